"""What is on record about the way of every response of a cycle, for questions about any day."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
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
class DateChange:
    """That the date of a cycle was moved."""

    at: datetime.datetime
    before: datetime.date
    after: datetime.date
    reason: str


def due_then(due_on: datetime.date, changes: Sequence[DateChange], moment: datetime.datetime) -> datetime.date:
    """The date of a cycle that stood at a moment; ``due_on`` is that of today, the latest change comes first."""
    return next((change.before for change in reversed(changes) if change.at > moment), due_on)


def date_changes(cycles: Iterable[Cycle], moment: datetime.datetime | None = None) -> dict[int, list[DateChange]]:
    """How the due date of each cycle was moved (after a moment), by the cycle's key, the latest first. One query."""
    return _changes(cycles, moment)[0]


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
    known = list(cycles)
    moved, versions = _changes(known, moment)
    return {cycle.pk: CycleThen(due_then(cycle.due_on, moved[cycle.pk], moment), versions[cycle.pk]) for cycle in known}


def _changes(
    cycles: Iterable[Cycle], moment: datetime.datetime | None
) -> tuple[dict[int, list[DateChange]], dict[int, dict[str, int]]]:
    """What the audit log holds of changes after a moment, by cycle: of dates, and what was asked before by version."""
    known = {cycle_scope(cycle=cycle.code): cycle.pk for cycle in cycles}
    moved: dict[int, list[DateChange]] = {key: [] for key in known.values()}
    versions: dict[int, dict[str, int]] = {key: {} for key in known.values()}
    events = AuditEvent.objects.filter(action__in=["change_deadlines", "offer_supplement"], scope__in=known)
    if moment is not None:
        events = events.filter(at__gt=moment)
    # The latest change first, so that the first one after the moment has the last word.
    for action, scope, at, detail in events.order_by("-at", "-id").values_list("action", "scope", "at", "detail"):
        if action == "offer_supplement":
            if "before" in detail:
                versions[known[scope]][detail["questionnaire"]] = detail["before"]["version"]
            continue
        before, after = (datetime.date.fromisoformat(text) for text in (detail["before"]["due_on"], detail["due_on"]))
        moved[known[scope]].append(DateChange(at, before, after, detail["reason"]))
    return moved, versions


def digests(numbers: Iterable[tuple[int, int]]) -> dict[int, dict[str, object]]:
    """The digests of submissions named by response and number, by the response's key. One query."""
    wanted = set(numbers)
    found = Digest.objects.filter(submission__response__in={response for response, _number in wanted}).values_list(
        "submission__response_id", "submission__number", "data"
    )
    return {response: data for response, number, data in found if (response, number) in wanted}
