"""Questions added to a questionnaire that is being answered: what may be added, and what may not change (para. 4)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from palermo.questionnaires.logic.spec import (
    Aspect,
    Kind,
    QuestionSpec,
    QuestionText,
    VersionSpec,
    build_version,
    question_data,
)
from palermo.treaties.logic.kinds import Obligation

# Kinds that can be added on a page; the others need a file.
ADDED_KINDS: Final = (Kind.YES_NO, Kind.IMPLEMENTATION, Kind.CHOICE, Kind.CHOICES, Kind.TEXT, Kind.NUMBER, Kind.DATE)
ELEMENT: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_CHOICES: Final = 20


@dataclass(frozen=True)
class NewQuestion:
    """A question to be added; ``choices`` are codes with their English labels, in order."""

    section: str
    provision: str
    asks: Aspect
    element: str
    kind: Kind
    text: str
    guidance: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False

    @property
    def code(self) -> str:
        """The stable code: provision, aspect, element (decisions of the first day, 2)."""
        return f"{self.provision}.{self.asks.value}.{self.element}"


def choices_from_lines(lines: str) -> tuple[tuple[str, str], ...]:
    """The choices of a text with one label in a line; the codes are made of the labels."""
    found: dict[str, str] = {}
    for line in lines.splitlines():
        label = " ".join(line.split())
        code = "-".join(re.findall(r"[a-z0-9]+", label.lower()))[:40].strip("-")
        if label and code and code not in found:
            found[code] = label
    return tuple(found.items())


def with_added(spec: VersionSpec, new: NewQuestion, *, obligation: Obligation = Obligation.NONE) -> VersionSpec:
    """The version with one question more, at the end of its section. Raises ``KeyError`` for an unknown section."""
    section = spec.section(new.section)
    added = QuestionSpec(
        code=new.code,
        section=new.section,
        order=max((question.order for question in section.questions), default=0) + 1,
        provision=new.provision,
        also=(),
        asks=new.asks,
        kind=new.kind,
        obligation=obligation,
        required=new.required,
        relevant=None,
        constraint=None,
        choices=tuple(code for code, _label in new.choices),
        rows=(),
        types=(),
        topics=(),
        supersedes=None,
        texts=MappingProxyType(
            {"en": QuestionText(text=new.text, guidance=new.guidance, choices=MappingProxyType(dict(new.choices)))}
        ),
    )
    return _with_section(spec, new.section, (*section.questions, added))


def without(spec: VersionSpec, code: str) -> VersionSpec:
    """The version without one question. Raises ``KeyError`` if it asks no such thing."""
    section = spec.section(spec.questions[code].section)
    return _with_section(spec, section.code, tuple(q for q in section.questions if q.code != code))


def _with_section(spec: VersionSpec, code: str, questions: tuple[QuestionSpec, ...]) -> VersionSpec:
    return build_version(
        questionnaire=spec.questionnaire,
        treaty=spec.treaty,
        sections=[
            replace(section, questions=questions) if section.code == code else section for section in spec.sections
        ],
        rules=spec.rules.values(),
        texts=spec.texts,
    )


def added_codes(earlier: VersionSpec, later: VersionSpec) -> tuple[str, ...]:
    """The questions that the later version asks besides, in their order."""
    return tuple(question.code for question in later if question.code not in earlier.questions)


def disturbed(earlier: VersionSpec, later: VersionSpec) -> tuple[str, ...]:
    """What the later version does not leave as it was: codes of questions, sections and provisions.

    Only if this is empty may the later version take the place of the earlier one under answers that exist. Places
    may move: a question between two others disturbs nothing.
    """
    found = [
        code
        for code, question in earlier.questions.items()
        if code not in later.questions or _without_place(question) != _without_place(later.questions[code])
    ]
    kept = [section.code for section in later.sections]
    found += [section.code for section in earlier.sections if section.code not in kept]
    found += [
        provision for provision, rule in earlier.rules.items() if str(rule.met_when or "") != _rule(later, provision)
    ]
    return tuple(found)


def _rule(spec: VersionSpec, provision: str) -> str:
    rule = spec.rules.get(provision)
    return str(rule.met_when or "") if rule else ""


def _without_place(question: QuestionSpec) -> Mapping[str, object]:
    """What a question is, in the language it was written in; an added translation changes nothing."""
    data = dict(question_data(question))
    texts = data.pop("texts")
    assert isinstance(texts, dict)
    data["text"] = texts.get("en")
    del data["order"], data["supersedes"]
    return data


def sections_of(spec: VersionSpec, codes: Iterable[str]) -> tuple[str, ...]:
    """The sections in which these questions stand, in order."""
    wanted = {spec.questions[code].section for code in codes}
    return tuple(section.code for section in spec.sections if section.code in wanted)
