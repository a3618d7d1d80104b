"""Who was asked and who has reported: counts, rates with their denominators, and the record across cycles.

Every count is the number of States that stand in one relation (``Measure``) in one group (``Cut``), and the same two
words name the list of States behind it, so that a number and its list cannot disagree. Parties are counted by deposit,
as published lists count them; those bound are counted apart. A rate over nobody is no rate, which is not nought.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from palermo.reports.logic.dataset import State
from palermo.responses.logic.standing import Course, Standing, standing, timing


class Measure(StrEnum):
    """In which relation States are counted."""

    STATES = "states"
    PARTIES = "parties"
    BOUND = "bound"
    ASKED = "asked"
    PARTIES_ASKED = "parties_asked"
    PARTIES_NOT_ASKED = "parties_not_asked"
    REPORTED = "reported"
    PARTIES_REPORTED = "parties_reported"
    IN_TIME = "in_time"
    LATE = "late"
    SILENT = "silent"
    PARTIES_SILENT = "parties_silent"
    RELEASED = "released"
    PARTIES_RELEASED = "parties_released"
    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    SUBMITTED = "submitted"
    CLARIFICATION = "clarification"
    REOPENED = "reopened"
    FINAL = "final"


def _stands(word: Standing) -> Callable[[State], bool]:
    return lambda state: state.standing is word


MEASURES: Final[Mapping[Measure, Callable[[State], bool]]] = {
    Measure.STATES: lambda _state: True,
    Measure.PARTIES: lambda state: state.is_party,
    Measure.BOUND: lambda state: state.legal == "party",
    Measure.ASKED: lambda state: state.was_asked,
    Measure.PARTIES_ASKED: lambda state: state.is_party and state.was_asked,
    Measure.PARTIES_NOT_ASKED: lambda state: state.is_party and state.standing is Standing.NOT_INVITED,
    Measure.REPORTED: lambda state: state.has_reported,
    Measure.PARTIES_REPORTED: lambda state: state.is_party and state.has_reported,
    Measure.IN_TIME: lambda state: state.has_reported and not state.late,
    Measure.LATE: lambda state: state.has_reported and state.late,
    Measure.SILENT: lambda state: state.is_silent,
    Measure.PARTIES_SILENT: lambda state: state.is_party and state.is_silent,
    Measure.RELEASED: _stands(Standing.NO_OBLIGATION),
    Measure.PARTIES_RELEASED: lambda state: state.is_party and state.standing is Standing.NO_OBLIGATION,
    Measure.NOT_BEGUN: _stands(Standing.NOT_BEGUN),
    Measure.BEGUN: _stands(Standing.BEGUN),
    Measure.SUBMITTED: _stands(Standing.SUBMITTED),
    Measure.CLARIFICATION: _stands(Standing.CLARIFICATION),
    Measure.REOPENED: _stands(Standing.REOPENED),
    Measure.FINAL: _stands(Standing.FINAL),
}
"""What each relation means."""

# What the parties divide into: four different things, none of which is another.
OF_PARTIES: Final = (
    Measure.PARTIES_REPORTED,
    Measure.PARTIES_SILENT,
    Measure.PARTIES_RELEASED,
    Measure.PARTIES_NOT_ASKED,
)
STANDINGS: Final = (
    Measure.NOT_BEGUN,
    Measure.BEGUN,
    Measure.SUBMITTED,
    Measure.CLARIFICATION,
    Measure.REOPENED,
    Measure.FINAL,
)
"""The standings that those who were asked divide into."""


class Cut(StrEnum):
    """By what States are divided."""

    WHOLE = "whole"
    REGION = "region"
    SUBREGION = "subregion"
    LIST = "list"
    LEGAL = "legal"


# What States in none of the groups of a cut are called in an address.
NO_GROUP: Final = "-"
LISTS: Final = ("ldc", "lldc", "sids")
LEGAL: Final = ("party", "deposited", "signatory", "left", "none")


@dataclass(frozen=True)
class Slice:
    """A group of a cut: ``Slice(Cut.REGION, "african")``; in an address ``region.african``."""

    cut: Cut = Cut.WHOLE
    code: str = ""

    @property
    def key(self) -> str:
        """How it is written in an address."""
        return self.cut.value if self.cut is Cut.WHOLE else f"{self.cut.value}.{self.code or NO_GROUP}"

    def holds(self, state: State) -> bool:
        """Whether a State is in it."""
        match self.cut:
            case Cut.WHOLE:
                return True
            case Cut.REGION:
                return state.group == self.code
            case Cut.SUBREGION:
                return state.subregion == self.code
            case Cut.LIST:
                return self.code in state.lists if self.code else not state.lists
            case Cut.LEGAL:
                return state.legal == self.code


WHOLE: Final = Slice()


def slice_of(key: str) -> Slice | None:
    """The slice that an address names; None if there is no such thing. Whether a group exists is not asked."""
    cut, _point, code = key.partition(".")
    if cut not in {known.value for known in Cut} or (cut == Cut.WHOLE.value) != (not code):
        return None
    return Slice(Cut(cut), "" if code == NO_GROUP else code)


def slices(states: Iterable[State], cut: Cut, order: Sequence[str] = ()) -> tuple[Slice, ...]:
    """The slices of a cut that hold at least one of the States, in the order of the groups; those in none last.

    Lists are always all there, and legal status in its own order: they divide by few words.
    """
    if cut is Cut.WHOLE:
        return (WHOLE,)
    if cut is Cut.LIST:
        return tuple(Slice(cut, code) for code in (*LISTS, ""))
    if cut is Cut.LEGAL:
        found = {state.legal for state in states}
        return tuple(Slice(cut, code) for code in LEGAL if code in found)
    found = {state.group if cut is Cut.REGION else state.subregion for state in states}
    known = [code for code in order if code and code in found]
    return tuple(Slice(cut, code) for code in (*known, *sorted(found - {*known, ""}), *([""] if "" in found else [])))


class Of(StrEnum):
    """What a rate is a part of: the denominator, which is said wherever the rate is."""

    PARTIES = "parties"
    BOUND = "bound"
    ASKED = "asked"
    REPORTED = "reported"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Rate:
    """So many of so many, exactly; what it is a part of is named."""

    part: int
    whole: int
    of: Of

    @property
    def exact(self) -> Fraction | None:
        """The fraction; None over an empty denominator: no rate, which is not nought."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def percent(self) -> int | None:
        """Whole per cent, halves rounded up, as the Secretariat's documents give them; None if there is no rate."""
        return percent(self.part, self.whole)

    @property
    def share(self) -> float | None:
        """The same in hundredths of one, as the page's tags write percentages: 0.47."""
        return None if self.percent is None else self.percent / 100


def percent(part: int, whole: int) -> int | None:
    """Whole per cent with halves rounded up; None over an empty denominator."""
    return (200 * part + whole) // (2 * whole) if whole else None


@dataclass(frozen=True)
class Tally:
    """The counts of one group of States."""

    slice: Slice
    counts: Mapping[Measure, int]

    def __getitem__(self, measure: Measure | str) -> int:
        """How many States stand in that relation."""
        return self.counts[Measure(measure)]

    @property
    def of_parties(self) -> Rate:
        """How many of the parties have reported: the published rate."""
        return Rate(self[Measure.PARTIES_REPORTED], self[Measure.PARTIES], Of.PARTIES)

    @property
    def of_asked(self) -> Rate:
        """How many of those asked have reported, parties or not."""
        return Rate(self[Measure.REPORTED], self[Measure.ASKED], Of.ASKED)

    @property
    def in_time(self) -> Rate:
        """How many of those that reported did so by their own date."""
        return Rate(self[Measure.IN_TIME], self[Measure.REPORTED], Of.REPORTED)


def members(states: Iterable[State], slice: Slice = WHOLE, measure: Measure = Measure.STATES) -> tuple[State, ...]:
    """The States behind a number, in the order in which they come."""
    test = MEASURES[measure]
    return tuple(state for state in states if slice.holds(state) and test(state))


def tally(states: Iterable[State], slice: Slice = WHOLE) -> Tally:
    """All counts of one group."""
    inside = [state for state in states if slice.holds(state)]
    return Tally(slice, {measure: sum(map(test, inside)) for measure, test in MEASURES.items()})


def tallies(states: Iterable[State], cut: Cut, order: Sequence[str] = ()) -> tuple[Tally, ...]:
    """The counts of every group of a cut."""
    everyone = tuple(states)
    return tuple(tally(everyone, slice) for slice in slices(everyone, cut, order))


# ── Against the previous cycle ───────────────────────────────────────────────────────────────────────────────────────


class Move(StrEnum):
    """How a State's reporting differs from the cycle before, among those asked in one of the two."""

    BOTH = "both"
    NEW = "new"
    NO_LONGER = "no_longer"
    NEITHER = "neither"
    ONLY_NOW = "only_now"
    ONLY_BEFORE = "only_before"


def move(now: State | None, before: State | None) -> Move | None:
    """How one State moved; None if it was asked neither time. Who was asked once only is no sign of change."""
    asked_now, asked_before = bool(now and now.was_asked), bool(before and before.was_asked)
    if not asked_now or not asked_before:
        return Move.ONLY_NOW if asked_now else Move.ONLY_BEFORE if asked_before else None
    assert now is not None
    assert before is not None
    if now.has_reported:
        return Move.BOTH if before.has_reported else Move.NEW
    return Move.NO_LONGER if before.has_reported else Move.NEITHER


def moves(now: Iterable[State], before: Iterable[State]) -> dict[Move, tuple[State, ...]]:
    """Every State by how it moved, in the order of names; one that exists no longer is named as it was before."""
    current = {state.code: state for state in now}
    former = {state.code: state for state in before}
    everyone = sorted(
        (current.get(code) or former[code] for code in current.keys() | former.keys()),
        key=lambda state: (state.sort, state.code),
    )
    found: dict[Move, list[State]] = {kind: [] for kind in Move}
    for state in everyone:
        moved = move(current.get(state.code), former.get(state.code))
        if moved is not None:
            found[moved].append(state)
    return {kind: tuple(states) for kind, states in found.items()}


# ── Across cycles ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Turn:
    """What one State did in one cycle."""

    cycle: str
    standing: Standing
    first_at: datetime.datetime | None = None
    late: bool = False
    overdue: bool = False
    """Whether its date had passed without a report."""

    @property
    def was_asked(self) -> bool:
        """Whether it had to answer."""
        return self.standing not in (Standing.NOT_INVITED, Standing.NO_OBLIGATION)

    @property
    def has_reported(self) -> bool:
        """Whether it did."""
        return self.first_at is not None and self.was_asked


def turn(
    cycle: str,
    course: Course,
    cycle_due_on: datetime.date,
    moment: datetime.datetime,
    known_at: datetime.datetime,
    end_of: Callable[[datetime.date], datetime.datetime],
) -> Turn:
    """The turn that follows from the course of a response at a moment."""
    word = standing(course, moment, known_at)
    found = timing(course, cycle_due_on, moment, known_at, end_of)
    return Turn(
        cycle=cycle,
        standing=word,
        first_at=found.first.moment.at if found.first else None,
        late=found.late,
        overdue=found.first is None and moment > end_of(found.due_on),
    )


@dataclass(frozen=True)
class Record:
    """What a State has done over all cycles, the oldest first; only cycles in which it was invited have a turn."""

    code: str
    name: str
    sort: str
    group: str
    turns: tuple[Turn, ...]

    @property
    def asked(self) -> int:
        """In how many cycles it had to answer."""
        return sum(turn.was_asked for turn in self.turns)

    @property
    def reported(self) -> int:
        """In how many of them it did."""
        return sum(turn.has_reported for turn in self.turns)

    @property
    def late(self) -> int:
        """In how many it reported after its own date."""
        return sum(turn.has_reported and turn.late for turn in self.turns)

    @property
    def last(self) -> Turn | None:
        """The latest cycle in which it had to answer."""
        return next((turn for turn in reversed(self.turns) if turn.was_asked), None)


class Habit(StrEnum):
    """The lists of States by what they have done across cycles; they may overlap."""

    NEVER = "never"
    ONCE = "once"
    LATE = "late"
    SILENT = "silent"
    ALWAYS = "always"


HABITS: Final[Mapping[Habit, Callable[[Record], bool]]] = {
    # Asked at least once, and has not reported in any cycle.
    Habit.NEVER: lambda record: record.asked > 0 and record.reported == 0,
    # Reported in one cycle and no more, however often it was asked.
    Habit.ONCE: lambda record: record.reported == 1,
    Habit.LATE: lambda record: record.late > 0,
    # Silent in the latest cycle in which it was asked.
    Habit.SILENT: lambda record: record.last is not None and not record.last.has_reported,
    Habit.ALWAYS: lambda record: record.asked > 0 and record.reported == record.asked,
}
"""What each list means."""


def by_habit(records: Iterable[Record]) -> dict[Habit, tuple[Record, ...]]:
    """Every list, in the order of names."""
    ordered = sorted(records, key=lambda record: (record.sort, record.code))
    return {habit: tuple(record for record in ordered if test(record)) for habit, test in HABITS.items()}
