"""What States report of practice: figures by year with their coverage, and cases.

A figure of all States is worth nothing without its coverage: how many States gave a number, how many do not collect it,
how many said nothing. Counts are added up; days, months, years and shares have a median only; amounts of money are in
currencies of their own and are neither added nor compared.

Nobody is asked whether a good practice may be shown to others. A State opens what it has submitted section by section
(``responses.logic.consent``), and that is the agreement: a practice is shared as far as its section is open, and the
sections of the questions that decide whether it was asked (``docs/decisions/0016-…``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Any, Final

from palermo.questionnaires.logic.spec import Aspect, Kind, QuestionSpec, Unit, VersionSpec
from palermo.reports.logic.dataset import State
from palermo.reports.logic.rates import WHOLE, Slice
from palermo.reports.logic.replies import Relation, relation, values
from palermo.responses.logic.consent import Level, open_to
from palermo.responses.logic.content import NONE_OF_THESE

NUMBER: Final = "number"
NOT_COLLECTED: Final = "not_collected"
NOTHING: Final = "nothing"
SHOWN: Final = (NUMBER, NOT_COLLECTED, NOTHING, "cannot_answer", "not_applicable", "silent")
WORDS: Final = (*SHOWN, "released", "not_asked", "not_party")
"""How a State stands towards one figure: these divide all States."""


def asked_figures(spec: VersionSpec) -> tuple[QuestionSpec, ...]:
    """The questions that ask for figures."""
    return tuple(question for question in spec if question.kind is Kind.FIGURES)


def said(state: State, code: str, row: str, year: int) -> tuple[str, Decimal | None]:
    """How a State stands towards one figure, and the number if it gave one."""
    stands = relation(state, code)
    if stands not in (Relation.ANSWERED, Relation.UNANSWERED):
        return stands.value, None
    written = (state.digest or {}).get("figures", {}).get(code, {}).get(row, {}).get(str(year), "")
    if written == NOT_COLLECTED:
        return NOT_COLLECTED, None
    try:
        number = Decimal(written)
    except InvalidOperation:
        return NOTHING, None
    return (NUMBER, number) if number.is_finite() else (NOTHING, None)


@dataclass(frozen=True)
class Figure:
    """One figure of a group of States in one year."""

    row: str
    year: int
    slice: Slice
    asked: int
    words: Mapping[str, int]
    total: Decimal | None
    """The sum of the numbers given; None if there are none, or if they cannot be added."""
    median: Decimal | None

    @property
    def given(self) -> int:
        """How many States gave a number."""
        return self.words[NUMBER]


def figure(states: Iterable[State], question: QuestionSpec, row: str, year: int, slice: Slice = WHOLE) -> Figure:
    """One figure of a group with its coverage."""
    everyone = tuple(states)
    [made] = figures(everyone, question, row, year, places(everyone, (slice,)))
    return made


Places = Sequence[tuple[Slice, Sequence[int]]]
"""Which States each group holds, by their places: found once for many figures."""


def places(states: Iterable[State], slices: Iterable[Slice]) -> Places:
    """The places of the States of each group."""
    everyone = tuple(states)
    return [(slice, [place for place, state in enumerate(everyone) if slice.holds(state)]) for slice in slices]


def figures(states: Iterable[State], question: QuestionSpec, row: str, year: int, groups: Places) -> tuple[Figure, ...]:
    """One figure of several groups, each with its coverage."""
    unit = next((item.unit for item in question.rows if item.code == row), Unit.COUNT)
    everyone = [(state, *said(state, question.code, row, year)) for state in states]
    return tuple(_figure([everyone[place] for place in held], unit, row, year, slice) for slice, held in groups)


def _figure(
    said_by: Iterable[tuple[State, str, Decimal | None]], unit: Unit, row: str, year: int, slice: Slice
) -> Figure:
    words = dict.fromkeys(WORDS, 0)
    numbers: list[Decimal] = []
    asked = 0
    for state, word, number in said_by:
        asked += state.was_asked
        words[word] += 1
        if number is not None:
            numbers.append(number)
    can_compare = bool(numbers) and unit is not Unit.MONEY
    return Figure(
        row=row,
        year=year,
        slice=slice,
        asked=asked,
        words=words,
        total=sum(numbers, Decimal(0)) if can_compare and unit is Unit.COUNT else None,
        median=median(numbers) if can_compare else None,
    )


def behind(
    states: Iterable[State], code: str, row: str, year: int, word: str, slice: Slice = WHOLE
) -> tuple[tuple[State, Decimal | None], ...]:
    """The States behind a number of a figure, in order, each with its own."""
    listed = []
    for state in states:
        stands, number = said(state, code, row, year)
        if slice.holds(state) and stands == word:
            listed.append((state, number))
    return tuple(listed)


# ── Cases and other practice, and who may read of it ─────────────────────────────────────────────────────────────────


Opened = Mapping[str, Mapping[str, Level]]
"""How far each State has opened the sections of the submission that counts, by the codes of State and section."""
SHARED: Final = (Level.PARTIES, Level.PUBLIC)
CASE_FIELDS: Final = ("title", "year", "summary", "convention_used", "outcome", "reference")
"""What a State may say of a case."""


def narrower(one: Mapping[str, Level], other: Mapping[str, Level]) -> dict[str, Level]:
    """The narrower level of each section in two records; a section that is missing in one is private."""
    order = list(Level)
    return {section: min(one[section], other[section], key=order.index) for section in one.keys() & other.keys()}


def readable(state: State, question: QuestionSpec | None, spec: VersionSpec, levels: Mapping[str, Level]) -> Level:
    """Who may read the answer of a State to a question: as ``consent.excerpt`` shows it, and nobody sees more here.

    A question that the cycle does not ask any more is private, as nobody can say what it depended on.
    """
    applied: Mapping[str, Any] = (state.digest or {}).get("answers", {})
    if question is None or question.code not in applied:
        return Level.PRIVATE
    for level, allowed in ((Level.PUBLIC, (Level.PUBLIC,)), (Level.PARTIES, SHARED)):
        opened = open_to(levels, *allowed)
        needed = [spec.questions[code] for code in question.depends_on]
        if question.section in opened and all(one.code in applied and one.section in opened for one in needed):
            return level
    return Level.PRIVATE


def practices_asked(spec: VersionSpec) -> tuple[QuestionSpec, ...]:
    """The questions about practice that are answered in words: cases, choices and texts, but no figures."""
    return tuple(
        question
        for question in spec
        if question.asks is Aspect.PRACTICE and question.is_answered and question.kind is not Kind.FIGURES
    )


@dataclass(frozen=True)
class Case:
    """A case that a State told of."""

    state: State
    uuid: str
    code: str
    title: str
    year: str
    convention_used: str
    """``yes``, ``no`` or nothing said."""
    outcome: str
    level: Level
    """Who may read it besides the State and the Secretariat."""

    @property
    def is_shared(self) -> bool:
        """Whether its State agreed to share it."""
        return self.level in SHARED


def cases(states: Iterable[State], spec: VersionSpec, opened: Opened) -> tuple[Case, ...]:
    """All cases, by State and in the order in which they were told."""
    return tuple(
        _case(state, item, spec, opened.get(state.code, {}))
        for state in states
        if state.has_reported
        for item in _told(state)
    )


def _told(state: State) -> Iterable[Mapping[str, Any]]:
    told: Iterable[Mapping[str, Any]] = (state.digest or {}).get("cases", ())
    return told


def _case(state: State, item: Mapping[str, Any], spec: VersionSpec, levels: Mapping[str, Level]) -> Case:
    named = {key: item.get(key, "") for key in ("title", "year", "convention_used", "outcome")}
    level = readable(state, spec.questions.get(item["code"]), spec, levels)
    return Case(state=state, uuid=item["uuid"], code=item["code"], level=level, **named)


@dataclass(frozen=True)
class Told:
    """That a State answered a question about practice, and who may read it."""

    state: State
    question: QuestionSpec
    level: Level


def told(states: Iterable[State], spec: VersionSpec, opened: Opened) -> tuple[Told, ...]:
    """Every answer about practice, in the order of the questionnaire and then by State; that there is none is none."""
    reported = [state for state in states if state.has_reported]
    return tuple(
        Told(state, question, readable(state, question, spec, opened.get(state.code, {})))
        for question in practices_asked(spec)
        for state in reported
        if relation(state, question.code) is Relation.ANSWERED and values(state, question.code) != (NONE_OF_THESE,)
    )


@dataclass(frozen=True)
class Practice:
    """What a State told of its practice and opened to others, in its own words."""

    told: Told
    text: str
    language: str
    values: tuple[str, ...]
    """The codes that it chose."""
    rows: tuple[Mapping[str, str], ...]
    """Its cases, as it entered them."""


def gave_any(states: Iterable[State], code: str) -> tuple[State, ...]:
    """The States that gave at least one number to a question."""
    return tuple(state for state in states if relation(state, code) is Relation.ANSWERED and _numbers(state, code))


def _numbers(state: State, code: str) -> list[str]:
    table = (state.digest or {}).get("figures", {}).get(code, {})
    return [number for years in table.values() for number in years.values() if number != NOT_COLLECTED]
