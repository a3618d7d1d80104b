"""What the pages of answering show: a section, the hub, the history of an answer, a conflict. Few queries each."""

import datetime
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Subquery, When
from django.db.models import Value as V
from django.http import Http404
from django.utils import timezone

from palermo.parties.access import can, open_grants
from palermo.parties.logic.roles import Permission, Role, allows, covers
from palermo.parties.models import Grant, PartyName, User
from palermo.questionnaires.logic.fulfilment import Fulfilment, fits, fulfilments, relevant_codes
from palermo.questionnaires.logic.spec import Kind, QuestionSpec, SectionSpec, VersionSpec
from palermo.responses.logic.completeness import Progress, Sketch, progress
from palermo.responses.logic.content import EMPTY, Content, from_canonical
from palermo.responses.logic.parts import Part, part_of
from palermo.responses.logic.standing import last_day
from palermo.responses.models import (
    Answer,
    AnswerRevision,
    AnswerRow,
    Assignment,
    Conflict,
    Declaration,
    PaperEntry,
    ReopeningRequest,
    Response,
    ResponseState,
)
from palermo.responses.queries.archive import today
from palermo.responses.queries.deadlines import last_extension
from palermo.responses.queries.messages import READ_EXCHANGES, Exchanges, gathered, side_of
from palermo.responses.queries.state import scope_of, spec_of
from palermo.treaties.models import Provision


@dataclass(frozen=True)
class Place:
    """A response as a page of it knows it: with its questionnaire, the State's names and what the person may do."""

    response: Response
    spec: VersionSpec
    scope: str
    party_names: Mapping[str, Mapping[str, str]]
    is_open: bool
    extended_to: datetime.date | None = None
    # The last day for answers if it has passed, so that nothing is taken any more.
    closed_on: datetime.date | None = None

    @property
    def due_on(self) -> datetime.date:
        """The day on which the State's answers are due, its extension counted."""
        return max(filter(None, (self.response.cycle.due_on, self.extended_to)))

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which the State's answers are taken, if there is one."""
        return last_day(self.response.cycle.closes_on, self.extended_to)

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the response's addresses."""
        return {
            "cycle": self.response.cycle.code,
            "questionnaire": self.response.questionnaire.code,
            "party": self.response.party.code.lower(),
        }


def _today() -> datetime.date:
    return timezone.localdate()


def find_place(*, cycle: str, questionnaire: str, party: str) -> Place:
    """The response at this address with the State's names of today; 404 if there is none. One query."""
    names = PartyName.objects.filter(party=OuterRef("party"), validity__contains=_today(), withdrawn_at=None)
    entries = PaperEntry.objects.filter(response=OuterRef("pk"), ended_at=None)
    found = _find(
        cycle, questionnaire, party,
        party_texts=Subquery(names.values("texts")[:1]),
        extended_to=last_extension(), entering=Exists(entries),
    )  # fmt: skip
    extended_to: datetime.date | None = found.extended_to  # type: ignore[attr-defined]
    last = last_day(found.cycle.closes_on, extended_to)
    # What came on paper is entered after the last day too.
    passed = last is not None and last < today() and not found.entering  # type: ignore[attr-defined]
    return Place(
        response=found,
        spec=spec_of(found),
        scope=scope_of(found),
        party_names=found.party_texts or {"en": {"short": found.party.code}},  # type: ignore[attr-defined]
        is_open=found.state == ResponseState.OPEN and not passed,
        extended_to=extended_to,
        closed_on=last if passed else None,
    )


def _find(cycle: str, questionnaire: str, party: str, **annotations: object) -> Response:
    try:
        return (
            Response.objects.select_related("cycle", "questionnaire", "party")
            .annotate(**annotations)
            .get(cycle__code=cycle, questionnaire__code=questionnaire, party__code=party.upper())
        )
    except Response.DoesNotExist as error:
        raise Http404 from error


def section_of(spec: VersionSpec, code: str) -> SectionSpec:
    """The section of a questionnaire; 404 if there is none."""
    try:
        return spec.section(code)
    except KeyError as error:
        raise Http404 from error


def question_in(section: SectionSpec, code: str) -> QuestionSpec:
    """The question of a section that has an answer; 404 if there is none."""
    for question in section.questions:
        if question.code == code and question.is_answered:
            return question
    raise Http404


def answers_for_all(user: User, scope: str) -> bool:
    """Whether the person answers for the whole response at ``scope``: the focal point, a deputy."""
    return any(allows(grant.role, Permission.ANSWER) and covers(grant.scope, scope) for grant in open_grants(user))


def part_in(user: User, scope: str, section: str, aspects: Collection[str] | None) -> Part:
    """The part of a section that the person may change; ``aspects`` are those of the person's assignment."""
    return part_of(
        may_answer=can(user, Permission.ANSWER, f"{scope}/{section}"),
        assigned=aspects,
        above=answers_for_all(user, scope),
    )


@dataclass(frozen=True)
class SavePlace:
    """As much of a response as saving one answer needs."""

    response: Response
    spec: VersionSpec
    scope: str
    part: Part
    declared: bool


def find_save_place(*, user: User, cycle: str, questionnaire: str, party: str, section: str) -> SavePlace:
    """The response at this address, the person's part of the section, and whether it stands declared. One query."""
    mine = Assignment.objects.filter(response=OuterRef("pk"), section=section, user=user, ended_at=None)
    open_declaration = Declaration.objects.filter(response=OuterRef("pk"), section=section, undone_at=None)
    found = _find(
        cycle, questionnaire, party,
        declared_now=Exists(open_declaration), aspects_now=Subquery(mine.values("aspects")[:1]),
    )  # fmt: skip
    scope = scope_of(found)
    return SavePlace(
        response=found,
        spec=spec_of(found),
        scope=scope,
        part=part_in(user, scope, section, found.aspects_now),  # type: ignore[attr-defined]
        declared=found.declared_now,  # type: ignore[attr-defined]
    )


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
    return progress(spec, sketched, today=_today(), declared=declared, relevant=relevant)


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
    today = _today()
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
    found = fulfilments(spec, {code: item.value for code, item in stored.items()}, today=_today())
    return sum(
        verdict in {Fulfilment.IN_PART, Fulfilment.NOT_MET}
        for provision, verdict in found.items()
        if provision in mandatory
    )


def article_kinds(treaty: str) -> dict[str, str]:
    """What the articles of a treaty are about, by code. One query."""
    return dict(Provision.objects.filter(instrument__code=treaty, is_article=True).values_list("code", "kind"))


def days_left(due_on: datetime.date, now: datetime.datetime | None = None) -> int:
    """How many days are left, this one included; negative once the date has passed (decisions, 18)."""
    there = timezone.localtime(now or timezone.now(), ZoneInfo(settings.DEADLINE_TIME_ZONE)).date()
    return (due_on - there).days


# ── The history of an answer, and two texts of it ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Piece:
    """A piece of a difference: what stayed, came or went."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """What changed between two texts, word by word; ``same``, ``gone`` and ``new`` pieces in order."""
    before, after = re.findall(r"\s+|[^\s]+", old), re.findall(r"\s+|[^\s]+", new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if a < b:
            pieces.append(Piece("gone", "".join(before[a:b])))
        if c < d:
            pieces.append(Piece("new", "".join(after[c:d])))
    return pieces


def revisions_of(response: Response, code: str) -> list[AnswerRevision]:
    """Every text that an answer has had, oldest first, with those set aside. One query."""
    return list(AnswerRevision.objects.filter(response=response, code=code))


@dataclass(frozen=True)
class TwoTexts:
    """An open conflict: the text that stands and the one that its writer has not yet given up."""

    conflict: Conflict
    mine: Content
    theirs: Content
    revision: int
    at: datetime.datetime
    by_name: str


def open_conflict(
    response: Response, user: User, code: str, *, of_others: bool = False, key: int | None = None
) -> TwoTexts | None:
    """The person's open conflict on an answer, else (``of_others``) the oldest of somebody else. Two queries.

    ``key`` names one: that which the person saw when choosing.
    """
    found = Conflict.objects.filter(response=response, code=code, settled_at=None).select_related("mine", "user")
    if key is not None:
        found = found.filter(pk=key)
    if not of_others:
        found = found.filter(user=user)
    own_first = Case(When(user=user, then=V(0)), default=V(1), output_field=IntegerField())
    conflict = found.order_by(own_first, "at", "pk").first()
    answer = Answer.objects.filter(response=response, question_id=code).first()
    if conflict is None or answer is None:
        return None
    return TwoTexts(
        conflict=conflict,
        mine=from_canonical(conflict.mine.content),
        theirs=from_canonical(answer.content),
        revision=answer.revision,
        at=answer.updated_at,
        by_name=answer.updated_by_name,
    )


def stored_contents(response: Response, codes: Iterable[str]) -> dict[str, tuple[int, Content]]:
    """Revision and content of some answers. One query."""
    return {
        code: (revision, from_canonical(content))
        for code, revision, content in Answer.objects.filter(
            response=response, question_id__in=list(codes)
        ).values_list("question_id", "revision", "content")
    }


def base_contents(response: Response, bases: Mapping[str, int]) -> dict[str, Content]:
    """What the answers said at the revisions that an editor has seen. One query, none if nothing is asked."""
    if not bases:
        return {}
    wanted = Q()
    for code, number in bases.items():
        wanted |= Q(code=code, number=number)
    return {
        code: from_canonical(content)
        for code, content in AnswerRevision.objects.filter(wanted, response=response, set_aside=False).values_list(
            "code", "content"
        )
    }
