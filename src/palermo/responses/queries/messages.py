"""Exchanges between the Secretariat and States: what a person may read, what is unread, what waits, who is told."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models import Value as V
from django.db.models.functions import Coalesce
from django.utils import timezone

from palermo.base.citation import cite
from palermo.parties.access import open_grants
from palermo.parties.logic.roles import Permission, Role, allows, covers
from palermo.parties.models import Grant, User
from palermo.parties.queries import names
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.queries import version_spec
from palermo.responses.logic.scopes import CYCLES, response_scope
from palermo.responses.models import Clarification, Message, Response, Submission, Thread, ThreadReading
from palermo.responses.queries.archive import today
from palermo.responses.queries.state import response_arguments, scope_of

SECRETARIAT, STATE = "secretariat", "state"
LONG_AGO = datetime.datetime(1, 1, 2, tzinfo=datetime.UTC)
# The hour, in the zone in which deadlines end, at which whoever has unread messages is told of them.
DIGEST_HOUR = 7
QUESTION_LENGTH = 110


def side_of(user: User, scope: str, permission: Permission = Permission.READ_MESSAGES) -> str:
    """For which side the person reads or writes at a scope; empty if for none.

    Whoever holds a role of the State stands on its side, even if the person is an officer elsewhere.
    """
    held = {grant.role for grant in open_grants(user) if covers(grant.scope, scope) and allows(grant.role, permission)}
    if not held:
        return ""
    return SECRETARIAT if held == {Role.SECRETARIAT} else STATE


def _reach(user: User, permission: Permission, *, prefix: str = "response__") -> tuple[Q, Q]:
    """The responses in which the person may do it for the Secretariat, and for a State."""
    found = {SECRETARIAT: Q(pk__in=[]), STATE: Q(pk__in=[])}
    for grant in open_grants(user):
        if not allows(grant.role, permission):
            continue
        parts = [part for part in grant.scope.removeprefix(CYCLES).split("/") if part]
        if len(parts) > 3 or not covers(grant.scope, CYCLES) and not covers(CYCLES, grant.scope):
            continue
        fields = ("cycle__code__iexact", "questionnaire__code__iexact", "party__code__iexact")
        where = Q(**{prefix + field: part for field, part in zip(fields, parts, strict=False)})
        side = SECRETARIAT if grant.role == Role.SECRETARIAT else STATE
        found[side] |= where if parts else Q(pk__isnull=False)
    return found[SECRETARIAT], found[STATE]


def threads_for(user: User, permission: Permission = Permission.READ_MESSAGES) -> QuerySet[Thread]:
    """The threads that the person may read (or write in), each with ``my_side``, ``last_side``, ``unread``, ``count``.

    Unread is what the other side has written since the person last read the thread.
    """
    secretariat, state = _reach(user, permission)
    return with_state(Thread.objects.filter(secretariat | state), user, state)


def with_state(threads: QuerySet[Thread], user: User, for_state: Q | None = None, side: str = "") -> QuerySet[Thread]:
    """Threads with what a person sees of them; the side is one for all, or follows from ``for_state``."""
    mine = V(side) if side else Case(When(for_state, then=V(STATE)), default=V(SECRETARIAT), output_field=CharField())
    messages = Message.objects.filter(thread=OuterRef("pk"))
    readings = ThreadReading.objects.filter(thread=OuterRef("pk"), user=user)
    unread = (
        messages.filter(at__gt=Coalesce(OuterRef("read_at"), V(LONG_AGO), output_field=DateTimeField()))
        .exclude(side=OuterRef("my_side"))
        .order_by()
        .values("thread")
        .annotate(number=Count("pk"))
        .values("number")
    )
    total = messages.order_by().values("thread").annotate(number=Count("pk")).values("number")
    return threads.annotate(
        my_side=mine,
        read_at=Subquery(readings.values("read_at")[:1]),
        last_side=Subquery(messages.order_by("-at", "-pk").values("side")[:1]),
    ).annotate(
        unread=Coalesce(Subquery(unread, output_field=IntegerField()), V(0)),
        count=Coalesce(Subquery(total, output_field=IntegerField()), V(0)),
    )


WAITING = Q(closed_at=None) & ~Q(last_side=F("my_side"))
OPEN_CLARIFICATION = Q(clarification__isnull=False, clarification__settled_at=None)
FILTERS: dict[str, Q] = {
    "unread": Q(unread__gt=0),
    "waiting": WAITING,
    "clarifications": OPEN_CLARIFICATION,
    "all": Q(),
}


def counts_for(threads: QuerySet[Thread]) -> dict[str, int]:
    """How many threads each filter means. One query."""
    # Only what counts is computed; the names of the aggregates must differ from those of the annotations.
    found = threads.order_by().aggregate(
        **{f"n_{name}": Count("pk", filter=where) if where else Count("pk") for name, where in FILTERS.items()}
    )
    return {name: found[f"n_{name}"] for name in FILTERS}


@dataclass(frozen=True)
class Line:
    """A thread in a list."""

    thread: Thread
    state: str
    about: str
    wording: str
    wording_language: str
    clarification: Clarification | None
    overdue: bool

    @property
    def unread(self) -> int:
        """How many messages of the other side the person has not read."""
        return int(self.thread.unread)  # type: ignore[attr-defined]

    @property
    def count(self) -> int:
        """How many messages there are."""
        return int(self.thread.count)  # type: ignore[attr-defined]

    @property
    def waits(self) -> bool:
        """Whether the person's side has the word."""
        return self.thread.closed_at is None and self.thread.last_side != self.thread.my_side  # type: ignore[attr-defined]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its address."""
        return arguments_of(self.thread)


def arguments_of(thread: Thread) -> dict[str, str]:
    """The arguments of a thread's addresses."""
    return {**response_arguments(thread.response), "thread": str(thread.uuid)}


def about(spec: VersionSpec, code: str, language: str) -> tuple[str, str, str]:
    """What a thread is about: the citation of the question, its wording and the wording's language."""
    question = spec.questions.get(code)
    if question is None:
        return (cite(code, language), "", "") if code else ("", "", "")
    wording, found = question.wording(language)
    text = wording.text
    short = text if len(text) <= QUESTION_LENGTH else text[:QUESTION_LENGTH].rsplit(" ", 1)[0] + " …"
    return cite(code, language), short, found


RELATED = ("response__cycle", "response__questionnaire", "response__party", "clarification")


def related(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """With what a list shows of each thread, in one query."""
    return threads.select_related(*RELATED)


def lines(threads: Iterable[Thread], language: str) -> list[Line]:
    """Threads as a list shows them; one query for the names of the States, none for a wording that is known."""
    found = list(threads)
    called = names({thread.response.party_id for thread in found}, language) if found else {}
    day = today()
    made = []
    for thread in found:
        response = thread.response
        cited, wording, spoken = about(version_spec(response.version_id), thread.code, language)
        asked = clarification_of(thread)
        made.append(
            Line(
                thread=thread,
                state=called[response.party_id].short if response.party_id in called else response.party.code,
                about=cited,
                wording=wording,
                wording_language=spoken,
                clarification=asked,
                overdue=asked is not None and is_overdue(asked, day),
            )
        )
    return made


def clarification_of(thread: Thread) -> Clarification | None:
    """The clarification that the thread is about, if it is about one."""
    try:
        return thread.clarification
    except Clarification.DoesNotExist:
        return None


def is_overdue(asked: Clarification, day: datetime.date) -> bool:
    """Whether the State has let the date pass without answering."""
    return asked.settled_at is None and asked.answered_at is None and asked.due_on < day


# ── What is said about the answers of one response ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Exchanges:
    """The exchanges about one answer, or (with an empty code) about the response as a whole."""

    code: str
    threads: tuple[str, ...]
    messages: int
    unread: int
    waits: bool
    """Whether the person's side has the word in one of them."""


# Part of the one query about the small things beside the answers of a response (``pages.READ_NOTES``), and by itself.
READ_EXCHANGES = """
    SELECT t.code, t.uuid::text AS uuid, count(m.id) AS messages,
        count(m.id) FILTER (WHERE m.side <> %(side)s::text AND (r.read_at IS NULL OR m.at > r.read_at)) AS unread,
        CASE WHEN t.closed_at IS NULL THEN (array_agg(m.side ORDER BY m.at DESC, m.id DESC))[1] ELSE '' END AS last_side
    FROM responses_thread t JOIN responses_message m ON m.thread_id = t.id
    LEFT JOIN responses_threadreading r ON r.thread_id = t.id AND r.user_id = %(user)s
    WHERE t.response_id = %(response)s AND %(side)s::text <> ''
    GROUP BY t.id, r.read_at
"""


def gathered(rows: Iterable[tuple[str, str, int, int, str]], side: str) -> dict[str, Exchanges]:
    """Rows of ``READ_EXCHANGES`` by what they are about."""
    found: dict[str, Exchanges] = {}
    for code, uuid, messages, unread, last_side in rows:
        waits = last_side not in ("", side)
        so_far = found.get(code)
        if so_far is None:
            found[code] = Exchanges(code, (uuid,), messages, unread, waits)
        else:
            found[code] = Exchanges(
                code,
                (*so_far.threads, uuid),
                so_far.messages + messages,
                so_far.unread + unread,
                so_far.waits or waits,
            )
    return found


def exchanges_about(response: Response, user: User, scope: str) -> dict[str, Exchanges]:
    """What is said about each answer of a response, as the person's side sees it. One query; none if it sees none."""
    side = side_of(user, scope)
    if not side:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(READ_EXCHANGES, {"response": response.pk, "user": user.pk, "side": side})
        return gathered(cursor.fetchall(), side)


def unread_in(exchanges: Mapping[str, Exchanges]) -> int:
    """How many messages of the other side the person has not read."""
    return sum(item.unread for item in exchanges.values())


def unread_at(user: User, arguments: Mapping[str, Any]) -> int:
    """How many messages of the other side the person has not read, in the response at an address. One query."""
    side = side_of(user, response_scope(**arguments))
    if not side:
        return 0
    read = ThreadReading.objects.filter(thread=OuterRef("thread"), user=user, read_at__gte=OuterRef("at"))
    there = Message.objects.filter(
        thread__response__cycle__code=arguments["cycle"],
        thread__response__questionnaire__code=arguments["questionnaire"],
        thread__response__party__code=str(arguments["party"]).upper(),
    )
    return there.exclude(side=side).filter(~Exists(read)).count()


def unread_exchanges(user: User) -> int:
    """How many exchanges hold messages of the other side that the person has not read. One query."""
    return threads_for(user).filter(FILTERS["unread"]).count()


def find_thread(response: Response, uuid: str) -> Thread | None:
    """The thread of a response. One query."""
    return (
        Thread.objects.filter(response=response, uuid=uuid)
        .select_related("clarification__asked_by", "clarification__settled_by")
        .defer("clarification__submission__snapshot")
        .first()
    )


def conversation(response: Response, code: str) -> Thread | None:
    """The one exchange about the response or one of its answers, clarifications apart. One query."""
    return Thread.objects.filter(response=response, code=code, clarification=None).order_by("pk").first()


def messages_of(thread: Thread) -> list[Message]:
    """The messages of a thread, the oldest first. One query."""
    return list(Message.objects.filter(thread=thread).order_by("at", "pk"))


def reading_of(thread: Thread, user: User) -> datetime.datetime | None:
    """Up to when the person has read the thread. One query."""
    return ThreadReading.objects.filter(thread=thread, user=user).values_list("read_at", flat=True).first()


def latest_submission_of(response: Response, number: int | None = None) -> Submission | None:
    """The submission with this number, or the latest. One query."""
    found = Submission.objects.filter(response=response).defer("snapshot")
    if number is not None:
        return found.filter(number=number).first()
    return found.order_by("-number").first()


# ── Who is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def officers_for(scope: str) -> list[User]:
    """The officers of the Secretariat who write to the State at a scope. One query."""
    grants = Grant.objects.filter(
        role=Role.SECRETARIAT, ended_at=None, accepted_at__isnull=False, user__is_active=True
    ).select_related("user")
    return list({grant.user_id: grant.user for grant in grants.order_by("pk") if covers(grant.scope, scope)}.values())


def concerned_officers(thread: Thread) -> list[User]:
    """The officers who have taken part in the thread and still write to this State; all of them if none has."""
    everyone = officers_for(scope_of(thread.response))
    wrote = set(Message.objects.filter(thread=thread, side=SECRETARIAT).values_list("author_id", flat=True))
    return [user for user in everyone if user.pk in wrote] or everyone


def digest_moment(now: datetime.datetime | None = None) -> datetime.datetime:
    """The last moment at which digests were due."""
    here = timezone.localtime(now or timezone.now(), ZoneInfo(settings.DEADLINE_TIME_ZONE))
    moment = here.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return moment if moment <= here else moment - datetime.timedelta(days=1)


def _unheard(moment: datetime.datetime, user: User | None = None) -> QuerySet[ThreadReading]:
    """Readings of those who were told of a thread, have not read it since, and of more that came until ``moment``."""
    later = (
        Message.objects.filter(thread=OuterRef("thread"), at__gt=OuterRef("told_at"), at__lte=moment)
        .exclude(author=OuterRef("user"))
        .order_by("-at")
    )
    found = ThreadReading.objects.filter(
        Q(read_at=None) | Q(read_at__lt=F("told_at")), told_at__isnull=False, user__is_active=True
    ).annotate(latest=Subquery(later.values("at")[:1]))
    found = found.filter(latest__isnull=False)
    return found if user is None else found.filter(user=user)


def people_to_tell(moment: datetime.datetime) -> list[int]:
    """Who has messages that nobody has told them of yet, by key. One query."""
    return sorted(_unheard(moment).order_by().values_list("user_id", flat=True).distinct())


def unheard_by(user: User, moment: datetime.datetime) -> QuerySet[ThreadReading]:
    """The person's readings that belong into a digest."""
    return _unheard(moment, user).order_by("pk")
