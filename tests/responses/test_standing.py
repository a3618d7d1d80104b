"""Where a response stood on any day: every step by itself, and the promise that the past stays as it was."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palermo.responses.logic.standing import (
    REPORTED,
    Asked,
    ChangeKind,
    Course,
    Moment,
    Sent,
    Standing,
    due_on,
    first_submission,
    last_day,
    latest_submission,
    standing,
)

START = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
DUE = datetime.date(2026, 6, 30)


def on(day: int) -> datetime.datetime:
    """So many days after the beginning."""
    return START + datetime.timedelta(days=day)


def at(day: int, recorded: int | None = None) -> Moment:
    """A thing that happened on a day and came into the record then, or later."""
    return Moment(on(day), on(day if recorded is None else recorded))


def change(kind: ChangeKind, day: int, recorded: int | None = None) -> tuple[ChangeKind, Moment]:
    return kind, at(day, recorded)


INVITED = Course(invited=at(0))
BEGUN = replace(INVITED, begun_at=on(10))
SUBMITTED = replace(BEGUN, submissions=(Sent(1, at(20)),))


def states(course: Course, *days: int) -> list[str]:
    """How it stood on each of the days."""
    return [str(standing(course, on(day))) for day in days]


def test_the_way_from_the_invitation_to_the_submission() -> None:
    assert states(SUBMITTED, -1, 0, 9, 10, 19, 20, 900) == [
        "not_invited", "not_begun", "not_begun", "begun", "begun", "submitted", "submitted",
    ]  # fmt: skip


def test_reopening_and_submitting_again() -> None:
    course = replace(
        SUBMITTED,
        submissions=(Sent(1, at(20)), Sent(2, at(40))),
        changes=(change(ChangeKind.REOPENED, 30), change(ChangeKind.FINALISED, 50), change(ChangeKind.REOPENED, 60)),
    )
    assert states(course, 20, 30, 39, 40, 50, 60) == [
        "submitted", "reopened", "reopened", "submitted", "final", "reopened",
    ]  # fmt: skip


def test_a_clarification_shows_while_it_is_open() -> None:
    course = replace(SUBMITTED, clarifications=(Asked(on(25), on(35)), Asked(on(30), None)))
    assert states(course, 24, 25, 35, 36) == ["submitted", "clarification", "clarification", "clarification"]
    settled = replace(SUBMITTED, clarifications=(Asked(on(25), on(35)),))
    assert states(settled, 34, 35) == ["clarification", "submitted"]


def test_a_clarification_gives_way_to_the_end_and_to_a_reopening() -> None:
    course = replace(SUBMITTED, clarifications=(Asked(on(25), None),), changes=(change(ChangeKind.REOPENED, 26),))
    assert states(course, 25, 26) == ["clarification", "reopened"]


def test_release_holds_until_it_is_taken_back_or_the_state_submits_anyway() -> None:
    course = replace(
        SUBMITTED,
        changes=(
            change(ChangeKind.RELEASED, 2),
            change(ChangeKind.OBLIGED, 5),
            change(ChangeKind.RELEASED, 12),
        ),
    )
    assert states(course, 1, 2, 4, 5, 11, 12, 19, 20) == [
        "not_begun", "no_obligation", "no_obligation", "not_begun", "begun", "no_obligation", "no_obligation",
        "submitted",
    ]  # fmt: skip


@pytest.mark.parametrize("state", list(Standing))
def test_what_counts_as_reported(state: Standing) -> None:
    assert (state in REPORTED) is (str(state) in {"submitted", "clarification", "reopened", "final"})


def test_what_was_recorded_later_is_unknown_before() -> None:
    course = replace(INVITED, submissions=(Sent(1, at(20, recorded=100)),))
    assert standing(course, on(50)) is Standing.SUBMITTED
    assert standing(course, on(50), on(99)) is Standing.NOT_BEGUN
    assert standing(course, on(50), on(100)) is Standing.SUBMITTED
    assert standing(Course(invited=at(0, recorded=30)), on(10), on(29)) is Standing.NOT_INVITED


def test_first_and_latest_submission() -> None:
    course = replace(SUBMITTED, submissions=(Sent(2, at(40)), Sent(1, at(20))))
    found = [(first_submission(course, on(day)), latest_submission(course, on(day))) for day in (19, 20, 40)]
    assert [(a and a.number, b and b.number) for a, b in found] == [(None, None), (1, 1), (1, 2)]


def test_the_last_extension_counts_but_never_before_the_cycle() -> None:
    later, latest = datetime.date(2026, 7, 31), datetime.date(2026, 9, 30)
    course = replace(INVITED, extensions=((later, on(100)), (latest, on(200))))
    assert due_on(INVITED, DUE) == DUE
    assert [due_on(course, DUE, on(day)) for day in (99, 100, 199, 200)] == [DUE, later, later, latest]
    assert due_on(course, DUE) == latest
    assert due_on(course, datetime.date(2026, 12, 31)) == datetime.date(2026, 12, 31)


def test_the_last_day_is_the_later_of_the_hard_deadline_and_the_extension() -> None:
    early, late = datetime.date(2026, 7, 1), datetime.date(2026, 8, 1)
    assert [last_day(*pair) for pair in ((None, late), (early, None), (early, late), (late, early))] == [
        None, early, late, late,
    ]  # fmt: skip


# ── The past stays as it was ─────────────────────────────────────────────────────────────────────────────────────────

days = st.integers(0, 60)
LAST = 60


@st.composite
def moments(draw: st.DrawFn, earliest: int = 0) -> Moment:
    """Something that happened, recorded at once or later."""
    day = draw(st.integers(earliest, LAST))
    return at(day, day + draw(st.integers(0, 20)))


@st.composite
def histories(draw: st.DrawFn, earliest: int = 0) -> Course:
    """Any course, sensible or not."""
    numbers = draw(st.lists(moments(earliest), max_size=4))
    return Course(
        invited=draw(moments(earliest)),
        begun_at=draw(st.none() | st.integers(earliest, LAST).map(on)),
        submissions=tuple(Sent(place, moment) for place, moment in enumerate(sorted(numbers, key=lambda m: m.at), 1)),
        changes=tuple(draw(st.lists(st.tuples(st.sampled_from(ChangeKind), moments(earliest)), max_size=5))),
        clarifications=tuple(
            Asked(on(begin), on(begin + length) if length else None)
            for begin, length in draw(st.lists(st.tuples(st.integers(earliest, LAST), st.integers(0, 9)), max_size=3))
        ),
        extensions=tuple(
            (DUE + datetime.timedelta(days=more), on(day))
            for more, day in draw(st.lists(st.tuples(st.integers(1, 90), st.integers(earliest, LAST)), max_size=3))
        ),
    )


def together(course: Course, more: Course) -> Course:
    """A course to which everything of another one has been added; its first day stays."""
    there = len(course.submissions)
    return replace(
        course,
        begun_at=course.begun_at or more.begun_at,
        submissions=(*course.submissions, *(replace(sent, number=there + sent.number) for sent in more.submissions)),
        changes=(*course.changes, *more.changes),
        clarifications=(*course.clarifications, *more.clarifications),
        extensions=(*course.extensions, *more.extensions),
    )


@given(histories(), histories(earliest=31), st.integers(0, 30))
def test_nothing_that_happens_later_changes_a_day(course: Course, later: Course, day: int) -> None:
    both = together(course, later)
    assert standing(both, on(day)) is standing(course, on(day))
    assert latest_submission(both, on(day)) == latest_submission(course, on(day))
    assert first_submission(both, on(day)) == first_submission(course, on(day))
    assert due_on(both, DUE, on(day)) == due_on(course, DUE, on(day))


@given(histories(), days, days)
def test_settling_a_clarification_later_changes_no_day_before(course: Course, day: int, later: int) -> None:
    settled = on(day + later + 1)
    open_ones = replace(course, clarifications=tuple(replace(a, settled_at=None) for a in course.clarifications))
    ended = replace(course, clarifications=tuple(replace(a, settled_at=settled) for a in course.clarifications))
    assert standing(open_ones, on(day)) is standing(ended, on(day))


def delayed(course: Course, by: int) -> Course:
    """The same course, of which everything came into the record so many days later than it can have been known."""

    def late(moment: Moment) -> Moment:
        return replace(moment, recorded_at=on(LAST + by))

    return replace(
        course,
        submissions=tuple(replace(sent, moment=late(sent.moment)) for sent in course.submissions),
        changes=tuple((kind, late(moment)) for kind, moment in course.changes),
    )


@given(histories(), histories(), days, st.integers(1, 9))
def test_what_is_recorded_later_is_invisible_to_an_earlier_reader(
    course: Course, more: Course, day: int, by: int
) -> None:
    known = on(LAST)
    late = replace(delayed(more, by), begun_at=None, clarifications=(), extensions=())
    both = together(course, late)
    assert standing(both, on(day), known) is standing(course, on(day), known)
    assert latest_submission(both, on(day), known) == latest_submission(course, on(day), known)
    assert first_submission(both, on(day), known) == first_submission(course, on(day), known)


@given(histories(), days)
def test_knowing_everything_is_knowing_it_at_the_end(course: Course, day: int) -> None:
    end = on(LAST + 30)
    assert standing(course, on(day), end) is standing(course, on(day))


@given(histories(), days)
def test_who_has_submitted_has_reported_and_nobody_else(course: Course, day: int) -> None:
    invited = course.invited.is_by(on(day), None)
    sent = latest_submission(course, on(day)) is not None
    assert (standing(course, on(day)) in REPORTED) is (invited and sent)


@given(histories(), days)
def test_the_order_in_which_things_are_listed_does_not_matter(course: Course, day: int) -> None:
    distinct = len({moment.at for _kind, moment in course.changes}) == len(course.changes)
    turned = replace(
        course,
        submissions=course.submissions[::-1],
        changes=course.changes[::-1] if distinct else course.changes,
        clarifications=course.clarifications[::-1],
        extensions=course.extensions[::-1],
    )
    assert standing(turned, on(day)) is standing(course, on(day))
    assert due_on(turned, DUE, on(day)) == due_on(course, DUE, on(day))
