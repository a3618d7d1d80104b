"""What is on record about the way of every response of a cycle, for questions about any day."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from palermo.parties.models import AuditEvent
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.logic.standing import Asked, ChangeKind, Course, Moment, Sent
from palermo.responses.models import Clarification, Cycle, Digest, Extension, Response, StateChange, Submission


def end_of(day: datetime.date) -> datetime.datetime:
    """The last moment of a day in the zone in which deadlines end (decisions of the first day, 18)."""
    begin = datetime.datetime.combine(
        day + datetime.timedelta(days=1), datetime.time(), ZoneInfo(settings.DEADLINE_TIME_ZONE)
    )
    return begin - datetime.timedelta(microseconds=1)


def day_of(moment: datetime.datetime) -> datetime.date:
    """The day on which a moment falls in the zone in which deadlines end."""
    return timezone.localtime(moment, ZoneInfo(settings.DEADLINE_TIME_ZONE)).date()


def today() -> datetime.date:
    """The day that it is now in the zone in which deadlines end."""
    return day_of(timezone.now())


def courses(responses: Iterable[Response], within: QuerySet[Response] | None = None) -> dict[int, Course]:
    """The course of each response by its key; four queries, however many there are.

    ``within`` is a query that finds the same responses: it spares the database a list of a thousand keys.
    """
    known = {response.pk: response for response in responses}
    chosen = known if within is None else within.values("pk")
    submissions: dict[int, list[Sent]] = {}
    for key, number, at, recorded_at in Submission.objects.filter(response__in=chosen).values_list(
        "response_id", "number", "at", "recorded_at"
    ):
        submissions.setdefault(key, []).append(Sent(number, Moment(at, recorded_at)))
    changes: dict[int, list[tuple[ChangeKind, Moment]]] = {}
    for key, kind, at, recorded_at in StateChange.objects.filter(response__in=chosen).values_list(
        "response_id", "kind", "at", "recorded_at"
    ):
        changes.setdefault(key, []).append((ChangeKind(kind), Moment(at, recorded_at)))
    clarifications: dict[int, list[Asked]] = {}
    for key, asked_at, settled_at in Clarification.objects.filter(submission__response__in=chosen).values_list(
        "submission__response_id", "asked_at", "settled_at"
    ):
        clarifications.setdefault(key, []).append(Asked(asked_at, settled_at))
    extensions: dict[int, list[tuple[datetime.date, datetime.datetime]]] = {}
    for key, due_on, granted_at in Extension.objects.filter(response__in=chosen).values_list(
        "response_id", "due_on", "granted_at"
    ):
        extensions.setdefault(key, []).append((due_on, granted_at))
    return {
        key: Course(
            invited=Moment(response.invited_at, response.recorded_at),
            begun_at=response.begun_at,
            submissions=tuple(submissions.get(key, ())),
            changes=tuple(changes.get(key, ())),
            clarifications=tuple(clarifications.get(key, ())),
            extensions=tuple(extensions.get(key, ())),
        )
        for key, response in known.items()
    }


@dataclass(frozen=True)
class CycleThen:
    """What a cycle was at a moment."""

    due_on: datetime.date
    versions: Mapping[str, int]
    """The number of the version that it asked, by questionnaire, where it asks another one today."""


def cycles_then(cycles: Iterable[Cycle], moment: datetime.datetime) -> dict[int, CycleThen]:
    """Each cycle as it was at a moment, by the cycle's key; one query.

    The cycle holds its date and its versions of today; what they were before each change stands in the audit log.
    """
    known = {cycle_scope(cycle=cycle.code): cycle for cycle in cycles}
    dates = {scope: cycle.due_on for scope, cycle in known.items()}
    versions: dict[str, dict[str, int]] = {scope: {} for scope in known}
    changes = AuditEvent.objects.filter(
        action__in=["change_deadlines", "offer_supplement"], scope__in=known, at__gt=moment
    ).order_by("-at", "-id")
    # The latest change first, so that the first one after the moment has the last word.
    for action, scope, detail in changes.values_list("action", "scope", "detail"):
        if action == "change_deadlines":
            dates[scope] = datetime.date.fromisoformat(detail["before"]["due_on"])
        elif "before" in detail:
            versions[scope][detail["questionnaire"]] = detail["before"]["version"]
    return {cycle.pk: CycleThen(dates[scope], versions[scope]) for scope, cycle in known.items()}


def digests(numbers: Iterable[tuple[int, int]]) -> dict[int, dict[str, object]]:
    """The digests of submissions named by response and number, by the response's key. One query."""
    wanted = set(numbers)
    found = Digest.objects.filter(submission__response__in={response for response, _number in wanted}).values_list(
        "submission__response_id", "submission__number", "data"
    )
    return {response: data for response, number, data in found if (response, number) in wanted}
