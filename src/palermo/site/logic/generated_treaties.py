"""Generated treaties with generated questionnaires, for trials of load: there are no such treaties.

Each takes the number of parties of a real one, so that rates differ from treaty to treaty. Their questionnaires have
the rhythm of the real checklist: articles with two limbs, conditions, constraints, and a rule for every limb.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from palermo.questionnaires.logic.conditions import parse
from palermo.questionnaires.logic.spec import (
    Aspect,
    FigureRow,
    Heading,
    Kind,
    QuestionSpec,
    QuestionText,
    Rule,
    SectionSpec,
    Unit,
    VersionSpec,
    build_version,
)
from palermo.treaties.logic.content import ProvisionSpec, TreatySpec
from palermo.treaties.logic.kinds import ArticleKind, InstrumentKind, Obligation, Verb


@dataclass(frozen=True)
class Trial:
    """One generated treaty: its code, the real one whose parties it takes, and what its articles are about."""

    code: str
    model: str
    number: int
    themes: tuple[str, ...]


TRIALS: Final = (
    Trial("gen-a", "tip", 1, ("recruitment", "transport", "harbouring")),
    Trial("gen-b", "som", 2, ("procurement of entry", "false documents", "enabling of stay")),
    Trial("gen-c", "fa", 3, ("manufacture", "transfer", "marking")),
    Trial("gen-d", "uncac", 4, ("bribery", "embezzlement", "abuse of functions")),
)
SIZE: Final = 200
PER_ARTICLE: Final = 15
KINDS: Final = (
    ArticleKind.CRIMINALIZATION,
    ArticleKind.CRIMINALIZATION,
    ArticleKind.CRIMINALIZATION,
    ArticleKind.CONFISCATION,
    ArticleKind.JURISDICTION,
    ArticleKind.COOPERATION,
    ArticleKind.COOPERATION,
    ArticleKind.LAW_ENFORCEMENT,
    ArticleKind.PROTECTION,
    ArticleKind.DATA,
    ArticleKind.PREVENTION,
    ArticleKind.ASSISTANCE,
    ArticleKind.CRIMINALIZATION,
    ArticleKind.COOPERATION,
)
LABEL: Final = "Generated for trials of load; there is no such treaty."
GUIDANCE: Final = (
    "Generated question. Say which laws, regulations or decisions of courts apply, since when, and to whom. If only a "
    "part of what the article asks for is covered, say which part is not."
)


def _articles(size: int) -> int:
    return -(-size // PER_ARTICLE)


def treaty_spec(trial: Trial, size: int = SIZE) -> TreatySpec:
    """The treaty: so many articles as its questionnaire needs, each with a duty and something to be considered."""
    provisions: list[ProvisionSpec] = []
    for number in range(1, _articles(size) + 1):
        article = f"{trial.code}.{number}"
        title = f"Generated article {number}: {_about(trial, number)}"
        provisions.append(
            ProvisionSpec(
                code=article,
                order=len(provisions) + 1,
                line=0,
                kind=KINDS[(number - 1) % len(KINDS)].value,
                obligation=Obligation.MANDATORY.value,
                verb=Verb.SHALL.value,
                texts={"en": {"title": title}},
            )
        )
        for limb, force, verb in (
            (1, Obligation.MANDATORY, Verb.SHALL),
            (2, Obligation.CONSIDERED, Verb.SHALL_CONSIDER),
        ):
            provisions.append(
                ProvisionSpec(
                    code=f"{article}.{limb}",
                    order=len(provisions) + 1,
                    line=0,
                    article=article,
                    parent=article,
                    obligation=force.value,
                    verb=verb.value,
                    texts={"en": {"demand": f"Generated demand {number}.{limb} on {_about(trial, number)}."}},
                )
            )
    name = f"Generated treaty {trial.number}"
    return TreatySpec(
        code=trial.code,
        kind=InstrumentKind.CONVENTION.value,
        parent="",
        order=100 + trial.number,
        symbol=f"GENERATED/{trial.number}",
        adopted_on=date(2000, 11, 15),
        opened_on=date(2000, 12, 12),
        in_force_on=None,
        deposits_for_entry=40,
        days_to_entry=90,
        binds_after_days=30,
        denunciation_after_months=12,
        complete=True,
        texts={"en": {"title": f"{name}. {LABEL}", "short": name}},
        provisions=provisions,
    )


def _about(trial: Trial, number: int) -> str:
    return trial.themes[(number - 1) % len(trial.themes)]


def questionnaire_spec(trial: Trial, size: int = SIZE) -> VersionSpec:
    """The questionnaire on it, with ``size`` questions."""
    sections: list[SectionSpec] = []
    left = size
    for number in range(1, _articles(size) + 1):
        asked = list(_questions(trial, number))[: min(left, PER_ARTICLE)]
        left -= len(asked)
        title = f"Generated article {number}: {_about(trial, number)}"
        sections.append(
            SectionSpec(
                code=f"art-{number}",
                order=number,
                article=f"{trial.code}.{number}",
                texts=MappingProxyType({"en": Heading(title=title, introduction=LABEL)}),
                questions=tuple(replace(question, order=order) for order, question in enumerate(asked, 1)),
            )
        )
    codes = {question.code for section in sections for question in section.questions}
    title = f"Generated questionnaire {trial.number}"
    return build_version(
        questionnaire=trial.code,
        treaty=trial.code,
        sections=sections,
        rules=[rule for section in sections for rule in _rules(section.article, codes)],
        texts=MappingProxyType({"en": Heading(title=title, introduction=LABEL, short=title)}),
    )


def _rules(article: str, codes: set[str]) -> Iterator[Rule]:
    """A duty is fulfilled by a law that is grave enough; what is to be considered, by having been put into law."""
    first, grave, second = f"{article}.1.implementation", f"{article}.1.measures.grave", f"{article}.2.implementation"
    both = f"${{{first}}} = 'yes' and ${{{grave}}} = 'yes'" if grave in codes else f"${{{first}}} = 'yes'"
    yield Rule(f"{article}.1", met_when=parse(both))
    if second in codes:
        yield Rule(f"{article}.2", met_when=parse(f"${{{second}}} = 'yes'"))
    else:
        yield Rule(f"{article}.2", not_asked="Left out of this generated questionnaire.")


def _questions(trial: Trial, number: int) -> Iterator[QuestionSpec]:
    """The fifteen questions of an article, as far as they are asked."""
    at, about = f"{trial.code}.{number}", _about(trial, number)
    section = f"art-{number}"

    def ask(
        tail: str,
        kind: Kind,
        words: str,
        *,
        asks: Aspect = Aspect.MEASURES,
        limb: int = 1,
        choices: tuple[str, ...] = (),
        rows: tuple[str, ...] = (),
        types: tuple[str, ...] = (),
        relevant: str = "",
        constraint: str = "",
        required: bool | None = None,
    ) -> QuestionSpec:
        text = QuestionText(
            text=f"{words} ({about}, generated article {number})?",
            guidance=GUIDANCE,
            choices=MappingProxyType({choice: choice.replace("-", " ").capitalize() for choice in choices}),
            rows=MappingProxyType({row: row.replace("-", " ").capitalize() for row in rows}),
        )
        return QuestionSpec(
            code=f"{at}.{tail}",
            section=section,
            order=0,
            provision=f"{at}.{limb}",
            also=(),
            asks=asks,
            kind=kind,
            obligation=Obligation.MANDATORY if limb == 1 else Obligation.CONSIDERED,
            required=kind not in (Kind.TEXT, Kind.CASES) if required is None else required,
            relevant=parse(relevant) if relevant else None,
            constraint=parse(constraint) if constraint else None,
            choices=choices,
            rows=tuple(FigureRow(row, Unit.COUNT) for row in rows),
            types=types,
            topics=(),
            supersedes=None,
            texts=MappingProxyType({"en": text}),
        )

    there = f"${{{at}.1.implementation}} != 'no'"
    used = f"${{{at}.1.practice}} = 'yes'"
    yield ask(
        "1.implementation",
        Kind.IMPLEMENTATION,
        "Does domestic law provide for what is demanded",
        asks=Aspect.IMPLEMENTATION,
    )
    yield ask("1.measures", Kind.LEGISLATION, "Which laws provide for it", relevant=there)
    yield ask(
        "1.measures.elements",
        Kind.CHOICES,
        "Which elements does the law name",
        relevant=there,
        choices=("intention", "attempt", "complicity", "organising", "none"),
        constraint="not(selected(., 'none')) or count-selected(.) = 1",
    )
    yield ask("1.measures.grave", Kind.YES_NO, "Can it be punished with four years of prison or more", relevant=there)
    yield ask(
        "2.implementation",
        Kind.IMPLEMENTATION,
        "Has what was to be considered been put into law",
        asks=Aspect.IMPLEMENTATION,
        limb=2,
    )
    yield ask(
        "2.measures.model",
        Kind.CHOICE,
        "By which way was it put into law",
        limb=2,
        choices=("general-law", "special-law", "treaty-applied-directly", "unsettled"),
        relevant=f"${{{at}.2.implementation}} != 'no'",
    )
    yield ask("1.practice", Kind.YES_NO, "Has the law been used in court", asks=Aspect.PRACTICE, relevant=there)
    yield ask(
        "1.practice.figures",
        Kind.FIGURES,
        "How many cases were there",
        asks=Aspect.FIGURES,
        rows=("investigations", "prosecutions", "convictions"),
    )
    yield ask(
        "1.practice.share",
        Kind.NUMBER,
        "What share of the cases ended in a conviction, in per cent",
        asks=Aspect.PRACTICE,
        relevant=used,
        constraint=". >= 0 and . <= 100",
    )
    yield ask("1.practice.cases", Kind.CASES, "Which cases show how it is used", asks=Aspect.PRACTICE, relevant=used)
    yield ask(
        "1.notification",
        Kind.DATE,
        "When was the depositary told of the law",
        asks=Aspect.NOTIFICATION,
        relevant=there,
        required=False,
    )
    yield ask(
        "1.difficulties",
        Kind.CHOICES,
        "What made it difficult",
        asks=Aspect.DIFFICULTIES,
        choices=("specificities", "capacity", "resources", "coordination", "other", "none"),
        constraint="not(selected(., 'none')) or count-selected(.) = 1",
    )
    yield ask(
        "1.difficulties.other",
        Kind.TEXT,
        "What else made it difficult",
        asks=Aspect.DIFFICULTIES,
        relevant=f"selected(${{{at}.1.difficulties}}, 'other')",
    )
    yield ask(
        "1.assistance",
        Kind.ASSISTANCE,
        "Which assistance would help",
        asks=Aspect.ASSISTANCE,
        types=("legislative-drafting", "training", "legal-advice", "technology", "on-site-expert"),
    )
    yield ask("2.general", Kind.TEXT, "What should the Conference know", asks=Aspect.GENERAL, limb=2)
