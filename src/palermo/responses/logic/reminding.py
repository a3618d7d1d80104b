"""When a reminder falls due: so many days before, or after, a State's own date."""

import datetime
from collections.abc import Iterable

# A reminder that was missed, because the machine stood still, goes out within these days or not at all.
CATCH_UP = datetime.timedelta(days=2)


def reminder_day(due_on: datetime.date, days_before: int) -> datetime.date:
    """The day of a reminder; below zero it lies after the due date."""
    return due_on - datetime.timedelta(days=days_before)


def falls_due(
    due_on: datetime.date,
    days_before: int,
    today: datetime.date,
    *,
    set_on: datetime.date,
    invited_on: datetime.date,
) -> bool:
    """Whether the reminder goes out today; not if its day had passed before it was set, or the State invited."""
    day = reminder_day(due_on, days_before)
    return day <= today <= day + CATCH_UP and day >= set_on and day >= invited_on


def ahead(due_on: datetime.date, schedule: Iterable[int], today: datetime.date) -> list[datetime.date]:
    """The days of a schedule that are still to come."""
    return sorted(day for day in (reminder_day(due_on, days) for days in schedule) if day > today)
