"""What States report of practice: figures by year with their coverage, and cases.

A figure of all States is worth nothing without its coverage: how many States gave a number, how many do not collect it,
how many said nothing. Counts are added up; days, months, years and shares have a median only; amounts of money are in
currencies of their own and are neither added nor compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Any, Final

from palermo.questionnaires.logic.spec import Kind, QuestionSpec, Unit, VersionSpec
from palermo.reports.logic.dataset import State
from palermo.reports.logic.rates import WHOLE, Slice
from palermo.reports.logic.replies import Relation, relation

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
    unit = next((item.unit for item in question.rows if item.code == row), Unit.COUNT)
    words = dict.fromkeys(WORDS, 0)
    numbers: list[Decimal] = []
    asked = 0
    for state in states:
        if not slice.holds(state):
            continue
        asked += state.was_asked
        word, number = said(state, question.code, row, year)
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


def cases(states: Iterable[State]) -> tuple[Case, ...]:
    """All cases, by State and in the order in which they were told."""
    return tuple(_case(state, item) for state in states if state.has_reported for item in _told(state))


def _told(state: State) -> Iterable[Mapping[str, Any]]:
    told: Iterable[Mapping[str, Any]] = (state.digest or {}).get("cases", ())
    return told


def _case(state: State, item: Mapping[str, Any]) -> Case:
    named = {key: item.get(key, "") for key in ("title", "year", "convention_used", "outcome")}
    return Case(state=state, uuid=item["uuid"], code=item["code"], **named)


def gave_any(states: Iterable[State], code: str) -> tuple[State, ...]:
    """The States that gave at least one number to a question."""
    return tuple(state for state in states if relation(state, code) is Relation.ANSWERED and _numbers(state, code))


def _numbers(state: State, code: str) -> list[str]:
    table = (state.digest or {}).get("figures", {}).get(code, {})
    return [number for years in table.values() for number in years.values() if number != NOT_COLLECTED]
