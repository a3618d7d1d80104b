"""Deadlines: changing those of a cycle, giving one State more time, and refusing what comes after the last day."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.base.multilingual import best
from palermo.base.templatetags.base_text import date_words
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.parties.queries import party_name
from palermo.responses.actions.telling import tell_heads
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.logic.standing import last_day
from palermo.responses.models import Cycle, Extension, Response, ResponseState
from palermo.responses.queries.archive import today
from palermo.responses.queries.deadlines import extended_to
from palermo.responses.queries.state import scope_of


def refuse_after_deadline(response: Response, at: datetime.datetime | None = None) -> None:
    """Raises a ``Refusal`` after the last day on which the State's answers are taken, and says the way out.

    Costs no query unless the cycle is closed for those without an extension.
    """
    closes_on = response.cycle.closes_on
    if closes_on is None:
        return
    day = timezone.localtime(at, ZoneInfo(settings.DEADLINE_TIME_ZONE)).date() if at else today()
    if day <= closes_on:
        return
    last = last_day(closes_on, extended_to(response))
    if last is not None and day > last:
        raise Refusal(closed_sentence(last), "closed")


def closed_sentence(last: datetime.date) -> str:
    """Why nothing is taken any more, and the way out."""
    return _(
        "The last day for answers was %(date)s. Ask the Secretariat for an extension; what has been entered is kept."
    ) % {"date": date_words(last)}


@transaction.atomic
def change_deadlines(
    *, by: User, cycle: Cycle, due_on: datetime.date, closes_on: datetime.date | None, reason: str = ""
) -> bool:
    """Changes the soft and the hard deadline of a cycle; says whether anything changed.

    What was given to a State as an extension stays: its date is the later of the two. Refuses a new date that has
    passed, and a hard deadline before the soft one.
    """
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    old = (locked.due_on, locked.closes_on)
    if old == (due_on, closes_on):
        return False
    if closes_on is not None and closes_on < due_on:
        raise Refusal(
            _("The last day for answers lies before the day on which they are due; exchange them."), "closes_before_due"
        )
    now = today()
    for changed, before in ((due_on, old[0]), (closes_on, old[1])):
        if changed is not None and changed != before and changed < now:
            raise Refusal(_("The new date has passed already; choose today or a day to come."), "past")
    locked.due_on, locked.closes_on = due_on, closes_on
    locked.save(update_fields=["due_on", "closes_on"])
    cycle.due_on, cycle.closes_on = due_on, closes_on
    record(
        by=by,
        action="change_deadlines",
        scope=cycle_scope(cycle=cycle.code),
        detail={
            "due_on": due_on.isoformat(),
            "closes_on": closes_on.isoformat() if closes_on else None,
            "before": {"due_on": old[0].isoformat(), "closes_on": old[1].isoformat() if old[1] else None},
            "reason": reason.strip(),
        },
    )
    return True


@transaction.atomic
def grant_extension(*, by: User, response: Response, due_on: datetime.date, reason: str = "") -> Extension:
    """Gives one State more time; its focal point and deputies are told in their languages.

    Refuses a date that gives no more time than the State has, one that has passed, and a response that is submitted.
    """
    locked = (
        Response.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire", "party")
        .get(pk=response.pk)
    )
    if locked.state in (ResponseState.SUBMITTED, ResponseState.FINAL):
        raise Refusal(_("The response has been submitted; it needs no more time."), "submitted")
    if due_on < today():
        raise Refusal(_("The new date has passed already; choose today or a day to come."), "past")
    present = max(filter(None, (locked.cycle.due_on, extended_to(locked))))
    if due_on <= present:
        raise Refusal(
            _("The State has time until %(date)s already; choose a later day.") % {"date": date_words(present)},
            "not_later",
        )
    extension = Extension.objects.create(response=locked, due_on=due_on, reason=reason.strip(), granted_by=by)
    record(
        by=by,
        action="grant_extension",
        scope=scope_of(locked),
        subject=locked.party.code,
        detail={"due_on": due_on.isoformat(), "reason": extension.reason},
    )
    tell_heads(
        response=locked,
        template="extension_granted",
        context=lambda language: {
            "party": party_name(locked.party, language),
            "questionnaire": str(best(locked.questionnaire.texts, language)[0]["title"]),
            "due": date_words(due_on, "long", language),
            "reason": extension.reason,
            "path": f"{language}{scope_of(locked)}/",
        },
    )
    return extension
