"""Who is to be reminded of a due date: by schedule today, or by hand; and who was."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from palermo.base import mail
from palermo.base.multilingual import best
from palermo.base.templatetags.base_text import date_words
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant
from palermo.parties.queries import names, party_name
from palermo.responses.logic.reminding import ahead, falls_due
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import (
    Cycle,
    Extension,
    PaperEntry,
    Reminder,
    ReminderSent,
    Response,
    ResponseState,
)
from palermo.responses.queries.archive import today
from palermo.responses.queries.state import scope_of


def not_submitted(cycle: Cycle | None = None) -> QuerySet[Response]:
    """The responses whose State may be reminded, with ``extended_to``: asked, obliged, and never submitted.

    A State whose answers on paper are being entered is left in peace.
    """
    extensions = Extension.objects.filter(response=OuterRef("pk")).order_by("-granted_at", "-pk")
    entries = PaperEntry.objects.filter(response=OuterRef("pk"), ended_at=None)
    found = Response.objects.filter(
        ~Exists(entries),
        state__in=[ResponseState.OPEN, ResponseState.CLEARED],
        submitted_at=None,
        released_at=None,
        cycle__closed_at=None,
    )
    if cycle is not None:
        found = found.filter(cycle=cycle)
    return found.select_related("cycle", "questionnaire", "party").annotate(
        extended_to=Subquery(extensions.values("due_on")[:1])
    )


def due_of(response: Response) -> datetime.date:
    """The State's own due date; the response comes from ``not_submitted``."""
    extended: datetime.date | None = response.extended_to  # type: ignore[attr-defined]
    return max(filter(None, (response.cycle.due_on, extended)))


def schedule_of(cycle: Cycle) -> list[Reminder]:
    """The reminders of a cycle, the earliest first. One query."""
    return list(Reminder.objects.filter(cycle=cycle, ended_at=None).order_by("-days_before"))


def due_today(day: datetime.date | None = None) -> list[tuple[int, int]]:
    """Response and reminder, by key, for every reminder that falls due and was not sent. Three queries.

    Of several that fall due together for one response only the last counts, so that it is reminded once.
    """
    now = day or today()
    schedules: dict[int, list[Reminder]] = {}
    for reminder in Reminder.objects.filter(ended_at=None, cycle__closed_at=None):
        schedules.setdefault(reminder.cycle_id, []).append(reminder)
    if not schedules:
        return []
    sent = set(
        ReminderSent.objects.filter(reminder__ended_at=None, reminder__cycle__in=schedules).values_list(
            "response_id", "reminder_id"
        )
    )
    found = []
    for response in not_submitted().filter(cycle__in=schedules):
        due = due_of(response)
        falling = [
            reminder
            for reminder in schedules[response.cycle_id]
            if falls_due(
                due, reminder.days_before, now, set_on=reminder.set_at.date(), invited_on=response.invited_at.date()
            )
        ]
        if falling:
            last = min(falling, key=lambda reminder: reminder.days_before)
            if (response.pk, last.pk) not in sent:
                found.append((response.pk, last.pk))
    return found


@dataclass(frozen=True)
class Unreminded:
    """A State that has not submitted: by when it answers, who is reminded, and when it was and will be."""

    response: Response
    name: str
    due_on: datetime.date
    people: tuple[str, ...]
    sent: tuple[ReminderSent, ...]
    next_on: datetime.date | None

    @property
    def last_sent(self) -> ReminderSent | None:
        """The last reminder that reached somebody."""
        return next((item for item in reversed(self.sent) if item.people), None)


def unreminded(cycle: Cycle, schedule: Sequence[Reminder], language: str) -> list[Unreminded]:
    """All States that have not submitted, by name. Four queries."""
    responses = list(not_submitted(cycle))
    called = names({response.party_id for response in responses}, language)
    people = _people(cycle)
    sent: dict[int, list[ReminderSent]] = {}
    for item in ReminderSent.objects.filter(response__cycle=cycle).select_related("by", "reminder").order_by("at"):
        sent.setdefault(item.response_id, []).append(item)
    now = today()
    found = []
    for response in responses:
        due = due_of(response)
        gone = {item.reminder_id for item in sent.get(response.pk, ())}
        left = [reminder.days_before for reminder in schedule if reminder.pk not in gone]
        name = called.get(response.party_id)
        found.append(
            (
                name.sort if name else response.party.code,
                Unreminded(
                    response=response,
                    name=name.short if name else response.party.code,
                    due_on=due,
                    people=tuple(people.get(scope_of(response), ())),
                    sent=tuple(sent.get(response.pk, ())),
                    next_on=min(ahead(due, left, now), default=None),
                ),
            )
        )
    return [item for _sort, item in sorted(found, key=lambda pair: (pair[0], pair[1].response.questionnaire_id))]


def _people(cycle: Cycle) -> dict[str, list[str]]:
    """The names of focal points and deputies by the scope of their response. One query."""
    grants: Iterable[Grant] = (
        Grant.objects.filter(
            role__in=[Role.FOCAL_POINT, Role.DEPUTY],
            scope__startswith=f"{cycle_scope(cycle=cycle.code)}/",
            ended_at=None,
            accepted_at__isnull=False,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("-role", "pk")
    )
    found: dict[str, list[str]] = {}
    for grant in grants:
        there = found.setdefault(grant.scope, [])
        if grant.user.name not in there:
            there.append(grant.user.name)
    return found


def reminder_words(response: Response, due_on: datetime.date, language: str) -> dict[str, object]:
    """What the text of a reminder says, in a language."""
    days = (due_on - today()).days
    return {
        "party": party_name(response.party, language),
        "questionnaire": str(best(response.questionnaire.texts, language)[0]["title"]),
        "cycle": str(best(response.cycle.texts, language)[0]["title"]),
        "due": date_words(due_on, "long", language),
        "closes": date_words(max(response.cycle.closes_on, due_on), "long", language)
        if response.cycle.closes_on
        else "",
        "days": days,
        "ago": -days,
        "path": f"{language}{scope_of(response)}/",
    }


def preview(*, response: Response, name: str, language: str) -> tuple[str, str]:
    """Subject and text of a reminder as it would go to a person now; the response comes from ``not_submitted``."""
    words = reminder_words(response, due_of(response), language)
    return mail.render(template="reminder", language=language, context={"name": name, **words})
