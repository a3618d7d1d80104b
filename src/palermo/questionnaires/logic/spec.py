"""What a questionnaire asks, as frozen plain data: the one object that pages, workbooks and validation read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from palermo.base.multilingual import best
from palermo.questionnaires.logic.syntax import Expression, references
from palermo.treaties.logic.kinds import Obligation

SCHEMA: Final = 1
"""The number of the shape in which a version is written for its SHA-256."""


class Aspect(StrEnum):
    """What a question wants to know about its provision."""

    IMPLEMENTATION = "implementation"
    MEASURES = "measures"
    PRACTICE = "practice"
    FIGURES = "figures"
    DIFFICULTIES = "difficulties"
    ASSISTANCE = "assistance"
    AUTHORITY = "authority"
    NOTIFICATION = "notification"
    GENERAL = "general"


class Kind(StrEnum):
    """How a question is answered."""

    IMPLEMENTATION = "implementation"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FIGURES = "figures"
    LEGISLATION = "legislation"
    CASES = "cases"
    AUTHORITY = "authority"
    ASSISTANCE = "assistance"
    NOTE = "note"


class Unit(StrEnum):
    """What a row of figures counts."""

    COUNT = "count"
    MONEY = "money"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    PERCENT = "percent"


class Change(StrEnum):
    """How a question differs from the one it supersedes."""

    UNCHANGED = "unchanged"
    WORDING = "wording"
    MEANING = "meaning"


ASSISTANCE_TYPES: Final = (
    "legislative-drafting",
    "model-legislation",
    "legal-advice",
    "training",
    "on-site-expert",
    "capacity-building",
    "institution-building",
    "technology",
    "data-collection",
    "best-practices",
    "regional-cooperation",
    "networking",
    "awareness-raising",
    "study-visit",
    "action-plan",
    "equipment",
    "reporting-assistance",
    "other",
)
"""The types of assistance that a question may offer."""

FIXED_VALUES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.IMPLEMENTATION: ("yes", "in_part", "no"),
        Kind.YES_NO: ("yes", "no"),
        Kind.ASSISTANCE: ("yes", "no"),
    }
)
"""The values of the kinds whose choices are the same in every question."""

CHOICE_KINDS: Final = frozenset({Kind.CHOICE, Kind.CHOICES})
ROW_KINDS: Final = frozenset({Kind.FIGURES, Kind.LEGISLATION, Kind.CASES, Kind.AUTHORITY})
"""Kinds whose answer is rows; in a condition they can be counted or found empty, nothing else."""
OPTIONAL_KINDS: Final = frozenset({Kind.TEXT, Kind.CASES, Kind.NOTE})
"""Kinds that need no answer unless the question says ``required: true``."""
EMPTY: Final[Mapping[str, str]] = MappingProxyType({})


def frozen(mapping: Mapping[str, str]) -> Mapping[str, str]:
    """A read-only copy."""
    return MappingProxyType(dict(mapping)) if mapping else EMPTY


@dataclass(frozen=True, slots=True)
class Heading:
    """Title and introduction of a questionnaire or a section in one language."""

    title: str
    introduction: str = ""
    short: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question in one language; ``stale`` if the English changed after it was translated."""

    text: str
    guidance: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: EMPTY, hash=False)
    rows: Mapping[str, str] = field(default_factory=lambda: EMPTY, hash=False)
    stale: bool = False


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of a table of figures."""

    code: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Supersedes:
    """The question of an earlier version that this one replaces, and how far it differs."""

    code: str
    change: Change


@dataclass(frozen=True, slots=True)
class Rule:
    """When a provision counts as fulfilled, or why it is deliberately not asked."""

    provision: str
    met_when: Expression | None = None
    not_asked: str = ""


@dataclass(frozen=True, slots=True)
class ProvisionFacts:
    """What a questionnaire must know of a provision of its treaty."""

    code: str
    obligation: Obligation = Obligation.NONE
    topics: tuple[str, ...] = ()
    borne_by_states: bool = True

    @property
    def must_be_covered(self) -> bool:
        """Whether a questionnaire has to ask about it or say why it does not."""
        return self.borne_by_states and self.obligation is not Obligation.NONE


@dataclass(frozen=True, slots=True)
class QuestionSpec:
    """One question."""

    code: str
    section: str
    order: int
    provision: str
    also: tuple[str, ...]
    asks: Aspect
    kind: Kind
    obligation: Obligation
    required: bool
    relevant: Expression | None
    constraint: Expression | None
    choices: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    types: tuple[str, ...]
    topics: tuple[str, ...]
    supersedes: Supersedes | None
    texts: Mapping[str, QuestionText] = field(hash=False)

    def wording(self, language: str) -> tuple[QuestionText, str]:
        """The question in the language, or the nearest there is, with the language found."""
        return best(self.texts, language)

    @property
    def values(self) -> tuple[str, ...]:
        """The codes that an answer may hold; empty for kinds that are not choices."""
        return FIXED_VALUES.get(self.kind, self.choices)

    @property
    def is_answered(self) -> bool:
        """Whether an answer is wanted at all: not for a note."""
        return self.kind is not Kind.NOTE

    @property
    def provisions(self) -> tuple[str, ...]:
        """Every provision the question asks about, its own first."""
        return (self.provision, *self.also) if self.provision else self.also

    @property
    def depends_on(self) -> frozenset[str]:
        """The questions that decide whether this one applies."""
        return references(self.relevant) if self.relevant else frozenset()


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section: an article, or the general one."""

    code: str
    order: int
    article: str
    texts: Mapping[str, Heading] = field(hash=False)
    questions: tuple[QuestionSpec, ...]

    def heading(self, language: str) -> tuple[Heading, str]:
        """Title and introduction in the language, or the nearest there is, with the language found."""
        return best(self.texts, language)


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """A version of a questionnaire, complete, with what can be derived from it once."""

    questionnaire: str
    treaty: str
    number: int
    sha256: str
    texts: Mapping[str, Heading] = field(hash=False)
    sections: tuple[SectionSpec, ...]
    rules: Mapping[str, Rule] = field(hash=False)
    questions: Mapping[str, QuestionSpec] = field(hash=False, compare=False, repr=False)
    dependents: Mapping[str, frozenset[str]] = field(hash=False, compare=False, repr=False)
    order_of_dependence: tuple[str, ...] = field(compare=False, repr=False)
    rules_about: Mapping[str, tuple[str, ...]] = field(hash=False, compare=False, repr=False)

    def __iter__(self) -> Iterator[QuestionSpec]:
        """The questions in order."""
        return iter(self.questions.values())

    def section(self, code: str) -> SectionSpec:
        """The section of that code; raises ``KeyError``."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which there are texts, in order of first use."""
        return tuple(dict.fromkeys(language for question in self for language in question.texts))


def build_version(
    *,
    questionnaire: str,
    treaty: str,
    sections: Iterable[SectionSpec],
    rules: Iterable[Rule],
    texts: Mapping[str, Heading] | None = None,
    number: int = 0,
    sha256: str = "",
) -> VersionSpec:
    """A version with its maps: questions by code, who depends on whom, an order in which relevance can be decided."""
    listed = tuple(sections)
    questions = {question.code: question for section in listed for question in section.questions}
    dependents: dict[str, set[str]] = {}
    for question in questions.values():
        constraint = references(question.constraint) if question.constraint else frozenset()
        for code in question.depends_on | constraint:
            dependents.setdefault(code, set()).add(question.code)
    ruled = sorted(rules, key=lambda rule: rule.provision)
    about: dict[str, list[str]] = {}
    for rule in ruled:
        for code in references(rule.met_when) if rule.met_when else ():
            about.setdefault(code, []).append(rule.provision)
    return VersionSpec(
        questionnaire=questionnaire,
        treaty=treaty,
        number=number,
        sha256=sha256,
        texts=MappingProxyType(dict(texts or {})),
        sections=listed,
        rules=MappingProxyType({rule.provision: rule for rule in ruled}),
        questions=MappingProxyType(questions),
        dependents=MappingProxyType({code: frozenset(found) for code, found in dependents.items()}),
        order_of_dependence=order_of_dependence({code: q.depends_on for code, q in questions.items()})[0],
        rules_about=MappingProxyType({code: tuple(found) for code, found in about.items()}),
    )


def order_of_dependence(depends_on: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes so that each stands after those it depends on, and one cycle if there is any (``a, b, a``)."""
    waiting = {code: {other for other in others if other in depends_on} for code, others in depends_on.items()}
    followers: dict[str, list[str]] = {}
    for code, others in waiting.items():
        for other in others:
            followers.setdefault(other, []).append(code)
    ready = [code for code, others in waiting.items() if not others]
    ordered: list[str] = []
    while ready:
        batch, ready = ready, []
        for code in batch:
            ordered.append(code)
            del waiting[code]
            for follower in followers.get(code, ()):
                waiting[follower].discard(code)
                if not waiting[follower]:
                    ready.append(follower)
    return (*ordered, *waiting), _cycle(waiting)


def _cycle(waiting: Mapping[str, set[str]]) -> tuple[str, ...]:
    """A closed path among codes that all wait for one another."""
    if not waiting:
        return ()
    path: list[str] = [next(iter(waiting))]
    while True:
        following = min(waiting[path[-1]])
        if following in path:
            return (*path[path.index(following) :], following)
        path.append(following)


# ── The canonical data of a version, of which its SHA-256 is taken ──────────────────────────────────────────────────


def version_data(version: VersionSpec) -> dict[str, object]:
    """Everything that was asked, as plain data; the number of the version and derived maps are not part of it."""
    return {
        "schema": SCHEMA,
        "questionnaire": version.questionnaire,
        "treaty": version.treaty,
        "texts": {language: heading_data(heading) for language, heading in version.texts.items()},
        "sections": [
            {
                "code": section.code,
                "article": section.article,
                "texts": {language: heading_data(heading) for language, heading in section.texts.items()},
                "questions": [question_data(question) for question in section.questions],
            }
            for section in version.sections
        ],
        "rules": {
            rule.provision: {"met_when": str(rule.met_when or ""), "not_asked": rule.not_asked}
            for rule in version.rules.values()
        },
    }


def question_data(question: QuestionSpec) -> dict[str, object]:
    """A question as plain data."""
    return {
        **question_structure(question),
        "order": question.order,
        "texts": {language: text_data(text) for language, text in question.texts.items()},
        "supersedes": (
            {"code": question.supersedes.code, "change": question.supersedes.change.value}
            if question.supersedes
            else None
        ),
    }


def question_structure(question: QuestionSpec) -> dict[str, object]:
    """What decides the meaning of an answer, without the wording and the place."""
    return {
        "code": question.code,
        "provision": question.provision,
        "also": list(question.also),
        "asks": question.asks.value,
        "kind": question.kind.value,
        "obligation": question.obligation.value,
        "required": question.required,
        "relevant": str(question.relevant or ""),
        "constraint": str(question.constraint or ""),
        "choices": list(question.choices),
        "rows": [{"code": row.code, "unit": row.unit.value} for row in question.rows],
        "types": list(question.types),
        "topics": list(question.topics),
    }


def heading_data(heading: Heading) -> dict[str, object]:
    """A heading as plain data."""
    return {
        "title": heading.title,
        "introduction": heading.introduction,
        "short": heading.short,
        "stale": heading.stale,
    }


def text_data(text: QuestionText) -> dict[str, object]:
    """A question's texts in one language as plain data."""
    return {
        "text": text.text,
        "guidance": text.guidance,
        "choices": dict(text.choices),
        "rows": dict(text.rows),
        "stale": text.stale,
    }


def change_between(earlier: QuestionSpec, later: QuestionSpec) -> Change:
    """How far a question differs from the one it supersedes, as far as a machine can tell."""
    if later.supersedes is not None and later.supersedes.code == earlier.code:
        return later.supersedes.change
    first, second = question_structure(earlier), question_structure(later)
    for indifferent in ("code", "required", "topics", "obligation"):
        del first[indifferent], second[indifferent]
    if first != second:
        return Change.MEANING
    if earlier.texts.get("en") != later.texts.get("en"):
        return Change.WORDING
    return Change.UNCHANGED
