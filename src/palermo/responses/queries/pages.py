"""What the pages of answering show: a section, the hub, and the answers that both read. Few queries each."""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from palermo.parties.access import can
from palermo.parties.logic.roles import Permission, Role
from palermo.parties.models import Grant, User
from palermo.questionnaires.logic.fulfilment import Fulfilment, fits, fulfilments, relevant_codes
from palermo.questionnaires.logic.spec import Kind, SectionSpec, VersionSpec
from palermo.responses.logic.completeness import Progress, Sketch, progress
from palermo.responses.logic.content import EMPTY, Content, from_canonical
from palermo.responses.logic.parts import Part
from palermo.responses.models import (
    AnswerRow,
    Assignment,
    ReopeningRequest,
    Response,
)
from palermo.responses.queries.deadlines import days_left
from palermo.responses.queries.messages import READ_EXCHANGES, Exchanges, gathered, side_of
from palermo.responses.queries.places import Place, part_in
from palermo.responses.queries.state import scope_of
from palermo.treaties.models import Provision

# ── The answers of a response, as pages see them ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Stored:
    """One answer as it stands. ``content`` is read only where a page shows it."""

    code: str
    revision: int
    answered: bool
    flagged: bool
    at: datetime.datetime
    by_name: str
    value: str | tuple[str, ...] | None
    content: Content = EMPTY


# Written out, because it is read on every page of a response and costs half of what Django's own rows do.
READ_STORED = """
    SELECT code, revision, answered, flagged, extract(epoch FROM updated_at)::float8, updated_by_name,
        content->>'value', content->>'cannot_answer', CASE WHEN code = ANY(%s) THEN content->>'text' END,
        CASE WHEN code = ANY(%s) THEN content::text END
    FROM responses_answer WHERE response_id = %s
"""


def stored_answers(response: Response, spec: VersionSpec, shown: Iterable[str] = ()) -> dict[str, Stored]:
    """Every answer of a response; the whole content of those in ``shown``. One query."""
    # The words of a text matter to conditions only where one refers to them.
    judged = [q.code for q in spec if q.kind is Kind.TEXT and (q.code in spec.dependents or q.code in spec.rules_about)]
    with connection.cursor() as cursor:
        cursor.execute(READ_STORED, [judged, list(shown), response.pk])
        rows = cursor.fetchall()
    found: dict[str, Stored] = {}
    for code, revision, answered, flagged, seconds, by_name, written, cannot, text, content in rows:
        question = spec.questions.get(code)
        if question is None:
            continue
        value: str | tuple[str, ...] | None = None
        if cannot != "true":
            kind = question.kind
            several = kind is Kind.CHOICES and written is not None and written.startswith("[")
            value = tuple(json.loads(written)) if several else (text or None) if kind is Kind.TEXT else written
        whole = from_canonical(json.loads(content)) if content else EMPTY
        # A moment as a number is exact to the microsecond; as a text it is what costs most of a row.
        at = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        found[code] = Stored(code, revision, answered, flagged, at, by_name, value, whole)
    return found


@dataclass(frozen=True)
class Notes:
    """Small things beside the answers: conflicts, open comments, files, and which sections stand declared."""

    # Answers with two texts: one of them the person's own, or both of others.
    conflicts: frozenset[str] = frozenset()
    others_conflicts: frozenset[str] = frozenset()
    comments: Mapping[tuple[str, str], int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[str, tuple[datetime.datetime, str]] = field(default_factory=dict)
    exchanges: Mapping[str, Exchanges] = field(default_factory=dict)

    def comments_in(self, section: str) -> int:
        """How many comments of a section are open."""
        return sum(count for (place, _code), count in self.comments.items() if place == section)


READ_NOTES = f"""
    SELECT 'conflict', CASE WHEN user_id = %(user)s THEN 'own' ELSE '' END, code, 1, NULL::timestamptz, ''
    FROM responses_conflict WHERE response_id = %(response)s AND settled_at IS NULL
    UNION ALL
    SELECT 'comment', section, code, count(*), NULL, '' FROM responses_comment
    WHERE response_id = %(response)s AND settled_at IS NULL GROUP BY section, code
    UNION ALL
    SELECT 'file', '', code, count(*), NULL, '' FROM responses_evidence
    WHERE response_id = %(response)s AND removed_at IS NULL GROUP BY code
    UNION ALL
    SELECT 'declared', d.section, '', 1, d.declared_at, coalesce(u.name, '') FROM responses_declaration d
    LEFT JOIN parties_user u ON u.id = d.declared_by_id
    WHERE d.response_id = %(response)s AND d.undone_at IS NULL
    UNION ALL
    SELECT 'exchange', e.uuid, e.code, e.messages, NULL, e.unread || ' ' || e.last_side FROM ({READ_EXCHANGES}) AS e
"""  # noqa: S608 - put together from constants; what comes from outside is given as parameters


def notes_of(response: Response, user: User) -> Notes:
    """The notes of a response for one person. One query."""
    side = side_of(user, scope_of(response))
    with connection.cursor() as cursor:
        cursor.execute(READ_NOTES, {"response": response.pk, "user": user.pk, "side": side})
        rows = cursor.fetchall()
    conflicts: dict[str, set[str]] = {"own": set(), "": set()}
    comments: dict[tuple[str, str], int] = {}
    attached: dict[str, int] = {}
    complete: dict[str, tuple[datetime.datetime, str]] = {}
    exchanged: list[tuple[str, str, int, int, str]] = []
    for what, section, code, count, at, name in rows:
        if what == "conflict":
            conflicts[section].add(code)
        elif what == "comment":
            comments[section, code] = count
        elif what == "file":
            attached[code] = count
        elif what == "exchange":
            unread, _space, last_side = name.partition(" ")
            exchanged.append((code, section, count, int(unread), last_side))
        else:
            complete[section] = (at, name)
    own = frozenset(conflicts["own"])
    return Notes(own, frozenset(conflicts[""]) - own, comments, attached, complete, gathered(exchanged, side))


def settled_by(user: User, section_scope: str, notes: Notes) -> frozenset[str]:
    """The answers with two texts that the person may settle: the own ones; all, for whoever declares the section."""
    if can(user, Permission.DECLARE_SECTION, section_scope):
        return notes.conflicts | notes.others_conflicts
    return notes.conflicts


@dataclass(frozen=True)
class Worker:
    """Somebody who works on a section."""

    section: str
    user_id: int
    name: str
    institution: str
    aspects: tuple[str, ...]
    lead: bool
    done: bool
    assigned_at: datetime.datetime

    @property
    def called(self) -> str:
        """The institution if it is known, else the name."""
        return self.institution or self.name


def workers_of(response: Response) -> list[Worker]:
    """Who works on the sections of a response. One query."""
    return [
        Worker(
            section=section,
            user_id=user,
            name=name,
            institution=institution,
            aspects=tuple(aspects or ()),
            lead=lead,
            done=done is not None,
            assigned_at=assigned,
        )
        for section, user, name, institution, aspects, lead, done, assigned in Assignment.objects.filter(
            response=response, ended_at=None
        ).values_list(
            "section", "user_id", "user__name", "user__institution", "aspects", "lead", "done_at", "assigned_at"
        )
    ]


def _progress(
    spec: VersionSpec, stored: Mapping[str, Stored], declared: Iterable[str], relevant: set[str] | None = None
) -> dict[str, Progress]:
    sketched = {code: Sketch(answered=item.answered, value=item.value) for code, item in stored.items()}
    return progress(spec, sketched, today=timezone.localdate(), declared=declared, relevant=relevant)


# ── The page of a section ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SectionPage:
    """Everything that the page of one section shows."""

    place: Place
    section: SectionSpec
    stored: Mapping[str, Stored]
    relevant: frozenset[str]
    invalid: frozenset[str]
    notes: Notes
    workers: Sequence[Worker]
    progress: Mapping[str, Progress]
    part: Part

    @property
    def own_progress(self) -> Progress:
        """How far this section is."""
        return self.progress[self.section.code]


def section_page(*, user: User, place: Place, section: SectionSpec) -> SectionPage:
    """The page of a section for one person. Three queries beside that of the place."""
    spec = place.spec
    stored = stored_answers(place.response, spec, [question.code for question in section.questions])
    notes = notes_of(place.response, user)
    workers = workers_of(place.response)
    values = {code: item.value for code, item in stored.items()}
    codes = [question.code for question in section.questions]
    today = timezone.localdate()
    applying = relevant_codes(spec, values, today=today)
    relevant = applying & set(codes)
    invalid = {
        code
        for code in codes
        if code in relevant and not fits(spec.questions[code], values.get(code), values, today=today)
    }
    mine = next(
        (worker.aspects for worker in workers if worker.section == section.code and worker.user_id == user.pk), None
    )
    return SectionPage(
        place=place,
        section=section,
        stored=stored,
        relevant=frozenset(relevant),
        invalid=frozenset(invalid),
        notes=notes,
        workers=[worker for worker in workers if worker.section == section.code],
        progress=_progress(spec, stored, notes.declared, applying),
        part=part_in(user, place.scope, section.code, mine),
    )


# ── The hub ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class HubSection:
    """One line of the task list."""

    section: SectionSpec
    progress: Progress
    workers: Sequence[Worker]
    mine: bool
    last_at: datetime.datetime | None
    last_by: str
    comments: int
    # Answers with two texts that the person may settle: own ones first, then those of others.
    conflicts: Sequence[str]
    flagged: Sequence[str]


@dataclass(frozen=True)
class Hub:
    """Everything that the hub of a response shows to one person."""

    place: Place
    sections: Sequence[HubSection]
    whole: bool
    days_left: int
    gaps: int
    requests: int
    critical: int
    focal_points: Sequence[tuple[str, Role]]
    reopening: ReopeningRequest | None
    # What the articles are about, by code.
    kinds: Mapping[str, str]
    # What is said about the answers and the whole, by code.
    exchanges: Mapping[str, Exchanges]

    @property
    def answered(self) -> int:
        """How many questions are answered, of those the person sees."""
        return sum(item.progress.answered for item in self.sections)

    @property
    def total(self) -> int:
        """How many questions apply, of those the person sees."""
        return sum(item.progress.total for item in self.sections)


def hub(*, user: User, place: Place) -> Hub:
    """The hub of a response: only the sections that the person may read.

    Six queries beside that of the place, seven once it is cleared.
    """
    response, spec = place.response, place.spec
    stored = stored_answers(response, spec)
    notes = notes_of(response, user)
    workers = workers_of(response)
    far = _progress(spec, stored, notes.declared)
    whole = can(user, Permission.READ_RESPONSE, place.scope)
    lines = [
        _hub_section(section, far[section.code], stored, notes, workers, user, place.scope)
        for section in spec.sections
        if whole or can(user, Permission.READ_RESPONSE, f"{place.scope}/{section.code}")
    ]
    visible = {question.code for line in lines for question in line.section.questions}
    urgencies = [
        urgency
        for code, urgency in AnswerRow.objects.filter(response=response, kind="assistance").values_list(
            "code", "fields__urgency"
        )
        if code in visible
    ]
    focal = [
        (str(grant.user), Role(grant.role))
        for grant in Grant.objects.filter(
            scope=place.scope, role__in=[Role.FOCAL_POINT, Role.DEPUTY], ended_at=None, accepted_at__isnull=False
        ).select_related("user").order_by("-role")
    ]  # fmt: skip
    return Hub(
        place=place,
        sections=lines,
        whole=whole,
        days_left=days_left(place.due_on),
        gaps=_gaps(spec, stored) if whole else 0,
        requests=len(urgencies),
        critical=urgencies.count("critical"),
        focal_points=focal,
        kinds=article_kinds(spec.treaty),
        exchanges=notes.exchanges,
        reopening=None
        if place.is_open
        else ReopeningRequest.objects.filter(submission__response=response, decided_at=None).first(),
    )


def _hub_section(
    section: SectionSpec,
    far: Progress,
    stored: Mapping[str, Stored],
    notes: Notes,
    workers: Sequence[Worker],
    user: User,
    scope: str,
) -> HubSection:
    conflicts = settled_by(user, f"{scope}/{section.code}", notes)
    answers = [stored[question.code] for question in section.questions if question.code in stored]
    last = max(answers, key=lambda answer: answer.at, default=None)
    own = [worker for worker in workers if worker.section == section.code]
    return HubSection(
        section=section,
        progress=far,
        workers=own,
        mine=any(worker.user_id == user.pk for worker in own),
        last_at=last.at if last else None,
        last_by=last.by_name if last else "",
        comments=notes.comments_in(section.code),
        conflicts=[question.code for question in section.questions if question.code in conflicts],
        flagged=[answer.code for answer in answers if answer.flagged],
    )


def _gaps(spec: VersionSpec, stored: Mapping[str, Stored]) -> int:
    """How many mandatory provisions the answers do not fulfil; *unanswered* is not counted, and is no *no gap*."""
    mandatory = {question.provision for question in spec if str(question.obligation) == "mandatory"}
    found = fulfilments(spec, {code: item.value for code, item in stored.items()}, today=timezone.localdate())
    return sum(
        verdict in {Fulfilment.IN_PART, Fulfilment.NOT_MET}
        for provision, verdict in found.items()
        if provision in mandatory
    )


def article_kinds(treaty: str) -> dict[str, str]:
    """What the articles of a treaty are about, by code. One query."""
    return dict(Provision.objects.filter(instrument__code=treaty, is_article=True).values_list("code", "kind"))
