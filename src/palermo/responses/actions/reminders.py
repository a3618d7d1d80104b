"""Reminders of the due date, to focal points and deputies, each in the own language; never twice for one reason."""

import datetime
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.responses.actions.telling import tell_heads
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import Cycle, Reminder, ReminderSent, Response
from palermo.responses.queries.archive import today
from palermo.responses.queries.reminders import due_of, due_today, not_submitted, reminder_words
from palermo.responses.queries.state import scope_of

MOST_REMINDERS = 12
FARTHEST = 366


@transaction.atomic
def set_schedule(*, by: User, cycle: Cycle, days_before: Iterable[int]) -> bool:
    """Sets on which days the States of a cycle are reminded; says whether anything changed.

    What was sent stays on record; a day that stays keeps its record of whom it has reminded.
    """
    wanted = set(days_before)
    if len(wanted) > MOST_REMINDERS:
        raise Refusal(_("Twelve reminders at most: more are not read."), "too_many")
    if any(abs(days) > FARTHEST for days in wanted):
        raise Refusal(_("A reminder lies within a year of the due date."), "too_far")
    # Two officers who set the schedule at once come one after the other.
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    standing = {reminder.days_before: reminder for reminder in Reminder.objects.filter(cycle=cycle, ended_at=None)}
    if set(standing) == wanted:
        return False
    Reminder.objects.filter(pk__in=[reminder.pk for days, reminder in standing.items() if days not in wanted]).update(
        ended_at=timezone.now()
    )
    Reminder.objects.bulk_create(
        Reminder(cycle=cycle, days_before=days, set_by=by) for days in sorted(wanted - set(standing), reverse=True)
    )
    record(
        by=by,
        action="set_reminders",
        scope=cycle_scope(cycle=cycle.code),
        detail={"days_before": sorted(wanted, reverse=True), "before": sorted(standing, reverse=True)},
    )
    return True


def send_due_reminders(*, by: User | None = None, day: datetime.date | None = None) -> int:
    """Sends every reminder that falls due; done again, none twice. Gives how many States were reminded.

    Each goes in a transaction of its own, so that what stops the work in the middle undoes nothing.
    """
    return sum(_send_scheduled(response=response, reminder=reminder, by=by) for response, reminder in due_today(day))


@transaction.atomic
def _send_scheduled(*, response: int, reminder: int, by: User | None) -> bool:
    locked = _locked(response)
    if locked is None:
        return False
    try:
        with transaction.atomic():
            sent = ReminderSent.objects.create(response=locked, reminder_id=reminder)
    except IntegrityError as error:
        if "remindersent_once" not in str(error):
            raise
        return False
    return _send(locked, sent, by=by) > 0


@transaction.atomic
def remind_now(*, by: User, response: Response) -> int:
    """An officer reminds one State; gives to how many people it went.

    Refuses a State that has submitted or need not answer, one without anybody, and a second reminder on one day.
    """
    locked = _locked(response.pk)
    if locked is None:
        raise Refusal(_("The State has submitted meanwhile, or need not answer; it is not reminded."), "not_waiting")
    begin = datetime.datetime.combine(today(), datetime.time(), ZoneInfo(settings.DEADLINE_TIME_ZONE))
    if ReminderSent.objects.filter(response=locked, at__gte=begin, people__gt=0).exists():
        raise Refusal(_("The State has been reminded today already."), "reminded")
    sent = ReminderSent.objects.create(response=locked, by=by)
    people = _send(locked, sent, by=by)
    if not people:
        raise Refusal(_("Nobody answers for this State here; send it a note verbale and put it on record."), "nobody")
    return people


def remind_all(*, by: User, cycle: Cycle) -> tuple[int, int]:
    """An officer reminds all States of a cycle that have not submitted; gives how many were, and how many were not.

    Each State in a transaction of its own; one that was reminded today, or has nobody, is left out.
    """
    reminded = left = 0
    for response in not_submitted(cycle):
        try:
            remind_now(by=by, response=response)
        except Refusal:
            left += 1
        else:
            reminded += 1
    return reminded, left


def _locked(key: int) -> Response | None:
    """The response, if its State is still to be reminded; nothing is submitted until the reminder stands."""
    return not_submitted().select_for_update(of=("self",)).filter(pk=key).first()


def _send(response: Response, sent: ReminderSent, *, by: User | None) -> int:
    """Writes to focal point and deputies, and notes to how many."""
    due = due_of(response)
    sent.people = tell_heads(
        response=response, template="reminder", context=lambda language: reminder_words(response, due, language)
    )
    sent.save(update_fields=["people"])
    record(
        by=by,
        action="remind",
        scope=scope_of(response),
        subject=response.party.code,
        detail={"due_on": due.isoformat(), "people": sent.people, "reminder": sent.reminder_id},
    )
    return sent.people
