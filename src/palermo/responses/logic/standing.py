"""How a response stood on a day, from what is on record: invited, begun, submitted, under clarification, final.

A day means its end; the caller turns dates into moments. Two times are kept apart: when a thing happened and when it
came into the record, so that a figure made on a day can be made again later, whatever has been recorded since.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class ChangeKind(StrEnum):
    """The steps of a response that have a row of their own."""

    REOPENED = "reopened"
    FINALISED = "finalised"
    RELEASED = "released"
    OBLIGED = "obliged"


class Standing(StrEnum):
    """Where a response stands, in the order of the way through it."""

    NOT_INVITED = "not_invited"
    NO_OBLIGATION = "no_obligation"
    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    SUBMITTED = "submitted"
    CLARIFICATION = "clarification"
    REOPENED = "reopened"
    FINAL = "final"


# A State has reported once it has submitted, whatever followed.
REPORTED = frozenset({Standing.SUBMITTED, Standing.CLARIFICATION, Standing.REOPENED, Standing.FINAL})

# Why a State was invited: by its status on a day, or by name.
BASES = ("bound", "deposited", "signatories", "non_parties", "observers", "by_hand")


@dataclass(frozen=True)
class Moment:
    """When something happened, and when it came into the record."""

    at: datetime.datetime
    recorded_at: datetime.datetime

    def is_by(self, on: datetime.datetime, known_at: datetime.datetime | None) -> bool:
        """Whether it had happened by ``on``, as far as was known at ``known_at`` (by default all that is known)."""
        return self.at <= on and (known_at is None or self.recorded_at <= known_at)


@dataclass(frozen=True)
class Sent:
    """A submission with its number within the response."""

    number: int
    moment: Moment


@dataclass(frozen=True)
class Asked:
    """A clarification: asked, and perhaps settled."""

    asked_at: datetime.datetime
    settled_at: datetime.datetime | None


@dataclass(frozen=True)
class Course:
    """Everything on record about the way of one response."""

    invited: Moment
    begun_at: datetime.datetime | None = None
    submissions: tuple[Sent, ...] = ()
    changes: tuple[tuple[ChangeKind, Moment], ...] = ()
    clarifications: tuple[Asked, ...] = ()
    extensions: tuple[tuple[datetime.date, datetime.datetime], ...] = field(default=())
    """The date given, and when it was given."""


def latest_submission(course: Course, on: datetime.datetime, known_at: datetime.datetime | None = None) -> Sent | None:
    """The submission that counted on the day; none if there was none yet."""
    return max(
        (sent for sent in course.submissions if sent.moment.is_by(on, known_at)),
        key=lambda sent: sent.number,
        default=None,
    )


def first_submission(course: Course, on: datetime.datetime, known_at: datetime.datetime | None = None) -> Sent | None:
    """The submission with which the State reported; later ones replace what it says, not when it reported."""
    return min(
        (sent for sent in course.submissions if sent.moment.is_by(on, known_at)),
        key=lambda sent: sent.number,
        default=None,
    )


def standing(course: Course, on: datetime.datetime, known_at: datetime.datetime | None = None) -> Standing:
    """Where the response stood at ``on``."""
    if not course.invited.is_by(on, known_at):
        return Standing.NOT_INVITED
    happened = [(kind, moment.at) for kind, moment in course.changes if moment.is_by(on, known_at)]
    sent = latest_submission(course, on, known_at)
    if sent is None:
        if _is_on(happened, ChangeKind.RELEASED, ChangeKind.OBLIGED):
            return Standing.NO_OBLIGATION
        begun = course.begun_at is not None and course.begun_at <= on and (not known_at or course.begun_at <= known_at)
        return Standing.BEGUN if begun else Standing.NOT_BEGUN
    since = [(kind, at) for kind, at in happened if at >= sent.moment.at]
    last = max(
        (item for item in since if item[0] in (ChangeKind.REOPENED, ChangeKind.FINALISED)),
        key=lambda item: item[1],
        default=None,
    )
    if last is not None:
        return Standing.REOPENED if last[0] is ChangeKind.REOPENED else Standing.FINAL
    if any(
        asked.asked_at <= on
        and (known_at is None or asked.asked_at <= known_at)
        and (asked.settled_at is None or asked.settled_at > min(on, known_at or on))
        for asked in course.clarifications
    ):
        return Standing.CLARIFICATION
    return Standing.SUBMITTED


def _is_on(happened: Iterable[tuple[ChangeKind, datetime.datetime]], on: ChangeKind, off: ChangeKind) -> bool:
    """Whether the last of two opposite steps was ``on``."""
    last = max((item for item in happened if item[0] in (on, off)), key=lambda item: item[1], default=None)
    return last is not None and last[0] is on


def due_on(course: Course, cycle_due_on: datetime.date, at: datetime.datetime | None = None) -> datetime.date:
    """The State's own due date: that of its last extension given by ``at``, but never before that of the cycle."""
    given = [(when, day) for day, when in course.extensions if at is None or when <= at]
    return max(cycle_due_on, max(given)[1]) if given else cycle_due_on


@dataclass(frozen=True)
class Timing:
    """By when a State answers, when it reported, and whether that was late: judged as at one moment."""

    due_on: datetime.date
    first: Sent | None
    late: bool


def timing(
    course: Course,
    cycle_due_on: datetime.date,
    on: datetime.datetime,
    known_at: datetime.datetime | None,
    end_of: Callable[[datetime.date], datetime.datetime],
) -> Timing:
    """The one judgement of lateness. ``cycle_due_on`` is the cycle's date that stood at ``on``, not that of today."""
    due = due_on(course, cycle_due_on, on)
    first = first_submission(course, on, known_at)
    return Timing(due, first, first is not None and first.moment.at > end_of(due))


def last_day(closes_on: datetime.date | None, extended_to: datetime.date | None) -> datetime.date | None:
    """The last day on which a State's answers are taken; none if the cycle has no hard deadline."""
    if closes_on is None or extended_to is None:
        return closes_on
    return max(closes_on, extended_to)
