"""Questionnaires that are made in the code of a test, stored and published by the project's own actions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tests.factories.treaties import make_instrument

from palermo.questionnaires.actions import publish_version, store_draft
from palermo.questionnaires.logic.conditions import parse
from palermo.questionnaires.logic.spec import (
    Aspect,
    FigureRow,
    Heading,
    Kind,
    Obligation,
    QuestionSpec,
    QuestionText,
    Rule,
    SectionSpec,
    Unit,
    VersionSpec,
    build_version,
)
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec


def question(
    code: str, kind: str = "yes_no", *, section: str = "art-1", provision: str = "quiz.1.1", **more: Any
) -> QuestionSpec:
    """A question; everything that is not given has a plain value."""
    choices = tuple(more.pop("choices", ()))
    rows = tuple(FigureRow(row, Unit.COUNT) for row in more.pop("rows", ()))
    relevant, constraint = more.pop("relevant", ""), more.pop("constraint", "")
    text = QuestionText(
        text=more.pop("text", f"What of {code}?"),
        guidance=more.pop("guidance", ""),
        choices=MappingProxyType({choice: choice.replace("-", " ").capitalize() for choice in choices}),
        rows=MappingProxyType({row.code: row.code.capitalize() for row in rows}),
    )
    return QuestionSpec(
        code=code,
        section=section,
        order=more.pop("order", 1),
        provision=provision,
        also=(),
        asks=Aspect(more.pop("asks", "implementation")),
        kind=Kind(kind),
        obligation=Obligation(more.pop("obligation", "mandatory")),
        required=more.pop("required", kind not in {"text", "cases", "note"}),
        relevant=parse(relevant) if relevant else None,
        constraint=parse(constraint) if constraint else None,
        choices=choices,
        rows=rows,
        types=tuple(more.pop("types", ())),
        topics=(),
        supersedes=None,
        texts=MappingProxyType({"en": text}),
        **more,
    )


ALL_KINDS = (
    question("quiz.1.1.implementation", "implementation", text="Is it a criminal offence?",
             guidance="Say whether it is."),
    question("quiz.1.1.measures", "legislation", asks="measures", text="Which laws apply?"),
    question("quiz.1.1.measures.model", "choice", asks="measures", choices=("agreement", "participation"),
             relevant="${quiz.1.1.implementation} != 'no'", text="Which model was chosen?"),
    question("quiz.1.1.practice.used", "choices", asks="practice", choices=("police", "courts"), text="Who uses it?"),
    question("quiz.1.1.practice", "figures", asks="figures", rows=("investigations", "convictions"), text="How many?"),
    question("quiz.1.1.practice.cases", "cases", asks="practice", text="Which cases?"),
    question("quiz.1.1.practice.share", "number", asks="practice", constraint=". <= 100",
             text="What share, in per cent?"),
    question("quiz.1.1.notification", "date", asks="notification", text="When was it notified?"),
    question("quiz.1.1.authority", "authority", asks="authority", text="Which authority?"),
    question("quiz.1.1.difficulties", "text", asks="difficulties", text="What is difficult?"),
    question("quiz.1.1.assistance", "assistance", asks="assistance", types=("training", "legal-advice"),
             text="Would assistance help?"),
    question("quiz.1.1.note", "note", asks="general", text="Thank you for these answers."),
)  # fmt: skip
SECOND = (
    question("quiz.2.1.implementation", "implementation", section="art-2", provision="quiz.2.1",
             text="Can persons be surrendered?"),
    question("quiz.2.1.practice", "figures", section="art-2", provision="quiz.2.1", asks="figures", rows=("requests",),
             text="How many requests?"),
)  # fmt: skip


def make_spec(sections: Mapping[str, Sequence[QuestionSpec]] | None = None) -> VersionSpec:
    """What a small questionnaire asks: in section ``art-1`` one question of every kind, in ``art-2`` two more."""
    asked = sections or {"art-1": ALL_KINDS, "art-2": SECOND}
    listed = [
        SectionSpec(
            code=code,
            order=order,
            article=f"quiz.{code.removeprefix('art-')}" if code.startswith("art-") else "",
            texts=MappingProxyType({"en": Heading(title=f"Section {code}", introduction=f"What {code} is about.")}),
            questions=tuple(replace(item, order=place) for place, item in enumerate(questions, 1)),
        )
        for order, (code, questions) in enumerate(asked.items(), 1)
    ]
    provisions = dict.fromkeys(item.provision for section in listed for item in section.questions)
    rules = []
    for provision in provisions:
        judged = next(
            (item for section in listed for item in section.questions
             if item.provision == provision and item.kind in {Kind.IMPLEMENTATION, Kind.YES_NO}),
            None,
        )  # fmt: skip
        if judged is None:
            rules.append(Rule(provision, not_asked="Nothing to judge."))
        else:
            rules.append(Rule(provision, met_when=parse(f"${{{judged.code}}} = 'yes'")))
    return build_version(
        questionnaire="quiz",
        treaty="quiz",
        sections=listed,
        rules=rules,
        texts=MappingProxyType({"en": Heading(title="A questionnaire for tests", short="Test Convention")}),
    )


def make_version(spec: VersionSpec | None = None) -> tuple[Version, VersionSpec]:
    """A published version and what it asks, read into the cache of the process as on a running site."""
    spec = spec or make_spec()
    provisions = {item.provision for item in spec}
    make_instrument(spec.treaty, {*provisions, *(".".join(code.split(".")[:2]) for code in provisions)})
    version = publish_version(by=None, version=store_draft(by=None, spec=spec))
    return version, version_spec(version.pk)
