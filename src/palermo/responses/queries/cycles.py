"""The Secretariat's view of cycles: who was invited, who has begun, who has submitted; nothing of any draft."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from palermo.parties.logic.kinds import TREATY_PARTIES, GroupKind, PartyKind
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Group, Party
from palermo.parties.queries import Name, group_name, groups_of, names, parties_sorted
from palermo.questionnaires.models import Questionnaire
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.logic.standing import Course, Standing, Timing, standing, timing
from palermo.responses.models import (
    Cycle,
    CycleQuestionnaire,
    Extension,
    HelpRequest,
    NoteVerbale,
    PaperEntry,
    ReopeningRequest,
    Response,
    StateChange,
    Submission,
)
from palermo.responses.queries.archive import (
    DateChange,
    courses,
    date_changes,
    due_then,
    end_of,
)
from palermo.responses.queries.notes import notes_of
from palermo.responses.queries.team import latest_invitations
from palermo.treaties.models import Instrument
from palermo.treaties.queries import standings


@dataclass(frozen=True)
class CycleLine:
    """A cycle as the list shows it."""

    cycle: Cycle
    invited: int
    begun: int
    submitted: int


def cycle_lines() -> list[CycleLine]:
    """All cycles, the newest first, with their counts. One query."""
    cycles = Cycle.objects.annotate(
        invited=Count("responses"),
        begun=Count("responses", filter=Q(responses__begun_at__isnull=False)),
        submitted=Count("responses", filter=Q(responses__submitted_at__isnull=False)),
    ).order_by("-opened_at")
    return [CycleLine(cycle, cycle.invited, cycle.begun, cycle.submitted) for cycle in cycles]


def find_cycle(code: str) -> Cycle | None:
    """The cycle with this code. One query."""
    return Cycle.objects.filter(code=code).first()


def questionnaires_of(cycle: Cycle) -> list[CycleQuestionnaire]:
    """What the cycle asks. One query."""
    return list(
        CycleQuestionnaire.objects.filter(cycle=cycle)
        .select_related("questionnaire__instrument", "version")
        .order_by("questionnaire__code")
    )


def questionnaires_to_open() -> QuerySet[Questionnaire]:
    """The questionnaires that have a published version, so that a cycle can ask them."""
    return Questionnaire.objects.filter(current__isnull=False).order_by("code")


@dataclass(frozen=True)
class Invited:
    """One invited State: how far it is, by when it answers, and whether somebody answers for it."""

    party: str
    name: str
    region: str
    state: Standing
    due_on: datetime.date
    extended: bool
    late: bool
    was_late: bool
    overdue: bool
    submitted_at: datetime.datetime | None
    number: int | None
    receipt: str
    focal_point: str
    focal_point_name: str

    def is_in(self, chosen: str) -> bool:
        """Whether a filter of the page means this State."""
        if chosen == LATE:
            return self.late
        if chosen == OVERDUE:
            return self.overdue
        if chosen == WITHOUT:
            return self.focal_point in {"none", "expired"}
        return not chosen or self.state == chosen


# What the page of a cycle can be narrowed to, beside the states themselves.
LATE, OVERDUE, WITHOUT = "late", "overdue", "without"
FILTERS = (
    str(Standing.NOT_BEGUN),
    str(Standing.BEGUN),
    str(Standing.SUBMITTED),
    str(Standing.CLARIFICATION),
    str(Standing.REOPENED),
    str(Standing.FINAL),
    str(Standing.NO_OBLIGATION),
    LATE,
    OVERDUE,
    WITHOUT,
)


@dataclass(frozen=True)
class Region:
    """The invited States of a regional group, by name."""

    code: str
    name: str
    invited: tuple[Invited, ...]

    @property
    def submitted(self) -> int:
        """How many have submitted."""
        return sum(item.number is not None for item in self.invited)


OUTSIDE = "outside"


@dataclass(frozen=True)
class Overview:
    """A cycle and one of its questionnaires as the Secretariat sees them."""

    regions: tuple[Region, ...]
    help_requests: tuple[HelpRequest, ...]
    reopening_requests: tuple[ReopeningRequest, ...]
    names: dict[int, Name]

    @property
    def invited(self) -> tuple[Invited, ...]:
        """All invited States."""
        return tuple(item for region in self.regions for item in region.invited)

    @property
    def counts(self) -> Counter[str]:
        """How many States each filter means."""
        everyone = self.invited
        return Counter({chosen: sum(item.is_in(chosen) for item in everyone) for chosen in FILTERS})

    def narrowed(self, chosen: str, region: str) -> tuple[Region, ...]:
        """The regions with the States that a filter means; regions without any fall away."""
        found = [
            Region(item.code, item.name, tuple(state for state in item.invited if state.is_in(chosen)))
            for item in self.regions
            if region in ("", item.code)
        ]
        return tuple(item for item in found if item.invited)


def _timing(cycle: Cycle, changes: Sequence[DateChange], way: Course, now: datetime.datetime) -> tuple[Timing, bool]:
    """The judgement of now, and whether the State was late by the date that stood when it reported.

    A date that is moved later does not rewrite that: by today's date the State may be in time, and was late.
    """
    found = timing(way, due_then(cycle.due_on, changes, now), now, None, end_of)
    if found.first is None:
        return found, False
    at = found.first.moment.at
    return found, timing(way, due_then(cycle.due_on, changes, at), at, None, end_of).late


def overview(
    cycle: Cycle, questionnaire: Questionnaire, language: str, at: datetime.datetime | None = None
) -> Overview:
    """Who was invited and how far they are, now or at a moment. Fourteen queries at most, however many States.

    Before submission there is *begun* or *not begun*, nothing else (decisions of the first day, 13): that a response
    is cleared does not show.
    """
    responses = list(Response.objects.filter(cycle=cycle, questionnaire=questionnaire).select_related("party"))
    parties = [response.party for response in responses]
    called = names([party.pk for party in parties], language)
    groups = groups_of([party.pk for party in parties], kind=GroupKind.UN_GROUP.value)
    submissions = _latest_submissions(responses)
    ways = courses(responses)
    now = at or timezone.now()
    changes = date_changes([cycle])[cycle.pk]
    focal = _focal_points(cycle)
    rows: dict[int | None, list[tuple[str, Invited]]] = {}
    known: dict[int | None, Group] = {}
    for response in responses:
        found = groups.get(response.party_id, [])
        group = found[0] if found else None
        key = group.pk if group else None
        if group:
            known[key] = group
        name = called.get(response.party_id)
        submission = submissions.get(response.pk)
        way = ways[response.pk]
        state = standing(way, now)
        found_then, was_late = _timing(cycle, changes, way, now)
        due = found_then.due_on
        scope = f"{cycle_scope(cycle=cycle.code)}/{questionnaire.code.lower()}/{response.party.code.lower()}"
        word, person = focal.get(scope, ("none", ""))
        invited = Invited(
            party=response.party.code.lower(),
            name=name.short if name else response.party.code,
            region=group.code if group else OUTSIDE,
            state=state,
            due_on=due,
            extended=due > due_then(cycle.due_on, changes, now),
            late=found_then.late,
            was_late=was_late,
            overdue=state in (Standing.NOT_BEGUN, Standing.BEGUN) and end_of(due) < now,
            submitted_at=submission.at if submission else None,
            number=submission.number if submission else None,
            receipt=submission.receipt if submission else "",
            focal_point=word,
            focal_point_name=person,
        )
        rows.setdefault(key, []).append((name.sort if name else response.party.code, invited))
    order = sorted(rows, key=lambda key: (key is None, known[key].order if key is not None else 0))
    asked = {"response__cycle": cycle, "response__questionnaire": questionnaire}
    return Overview(
        regions=tuple(
            Region(
                code=known[key].code if key is not None else OUTSIDE,
                name=group_name(known[key], language) if key is not None else "",
                invited=tuple(invited for _sort, invited in sorted(rows[key], key=lambda item: item[0])),
            )
            for key in order
        ),
        help_requests=tuple(
            HelpRequest.objects.filter(answered_at=None, **asked).select_related("response__party", "by")
        ),
        reopening_requests=tuple(
            ReopeningRequest.objects.filter(
                decided_at=None,
                submission__response__cycle=cycle,
                submission__response__questionnaire=questionnaire,
            ).select_related("submission__response__party", "asked_by")
        ),
        names=called,
    )


def _latest_submissions(responses: Iterable[Response]) -> dict[int, Submission]:
    """The latest submission of each response, without its snapshot. One query."""
    found = (
        Submission.objects.filter(response__in=[response.pk for response in responses if response.submitted_at])
        .annotate(place=Window(RowNumber(), partition_by=F("response"), order_by=F("number").desc()))
        .filter(place=1)
        .only("response_id", "number", "receipt", "at")
    )
    return {submission.response_id: submission for submission in found}


def _focal_points(cycle: Cycle) -> dict[str, tuple[str, str]]:
    """By scope: ``nominated``, ``invited`` or ``expired``, and the person's name. Two queries."""
    grants = list(
        Grant.objects.filter(
            role=Role.FOCAL_POINT, ended_at=None, scope__startswith=f"{cycle_scope(cycle=cycle.code)}/"
        ).select_related("user")
    )
    expiries = latest_invitations(grants)
    now = timezone.now()
    found = {}
    for grant in grants:
        if grant.accepted_at is not None:
            word = "nominated"
        else:
            word = "invited" if grant.pk in expiries and expiries[grant.pk] > now else "expired"
        found[grant.scope] = (word, grant.user.name)
    return found


@dataclass(frozen=True)
class Candidate:
    """A State that can be invited, and whether it has been already."""

    party: Party
    name: str
    invited: bool


def candidates(cycle: Cycle, asked: Sequence[CycleQuestionnaire], language: str) -> list[Candidate]:
    """Everybody who could be bound by a treaty, by name, and who has been invited to all of it. Three queries."""
    everyone = Party.objects.filter(kind__in=[kind.value for kind in TREATY_PARTIES])
    there = _invited_to(cycle)
    return [
        Candidate(party, name.short, all(party.pk in there.get(item.questionnaire_id, ()) for item in asked))
        for party, name in parties_sorted(language, everyone)
    ]


def _invited_to(cycle: Cycle) -> dict[int, set[int]]:
    """Who has been invited to each questionnaire of the cycle. One query."""
    found: dict[int, set[int]] = {}
    for questionnaire, party in Response.objects.filter(cycle=cycle).values_list("questionnaire_id", "party_id"):
        found.setdefault(questionnaire, set()).add(party)
    return found


def basis_sets(instrument: Instrument, on: datetime.date) -> dict[str, frozenset[Party]]:
    """The States that each choice of the invitation form means on a day (``standing.BASES``). Two queries.

    A non-party is a State that has not deposited, whether it has signed or not; an observer is an observer State or a
    regional organisation that has not deposited.
    """
    towards = standings(instrument)
    deposited = {party for party, found in towards.items() if found.has_deposited(on)}
    others = [
        party
        for party in Party.objects.filter(kind__in=[kind.value for kind in TREATY_PARTIES])
        if party not in deposited
    ]
    return {
        "bound": frozenset(party for party, found in towards.items() if found.is_bound(on)),
        "deposited": frozenset(deposited),
        "signatories": frozenset(party for party, found in towards.items() if found.is_signatory(on)),
        "non_parties": frozenset(party for party in others if party.kind == PartyKind.STATE),
        "observers": frozenset(party for party in others if party.kind != PartyKind.STATE),
        "by_hand": frozenset(),
    }


@dataclass(frozen=True)
class ToInvite:
    """Who would be invited to a questionnaire: by status, besides by hand, and how many have been already."""

    asked: CycleQuestionnaire
    by_status: tuple[tuple[Party, str], ...]
    by_hand: tuple[tuple[Party, str], ...]
    already: int

    @property
    def new(self) -> tuple[tuple[Party, str], ...]:
        """Everybody who would be invited."""
        return (*self.by_status, *self.by_hand)


def to_invite(
    cycle: Cycle,
    asked: Sequence[CycleQuestionnaire],
    listed: Sequence[Candidate],
    *,
    basis: str,
    on: datetime.date,
    by_hand: Collection[int],
) -> list[ToInvite]:
    """Who would be invited to each questionnaire. One query, and two for each questionnaire."""
    there = _invited_to(cycle)
    found = []
    for item in asked:
        meant = {party.pk for party in basis_sets(item.questionnaire.instrument, on)[basis]}
        invited = there.get(item.questionnaire_id, set())
        by_status = [(one.party, one.name) for one in listed if one.party.pk in meant]
        besides = [(one.party, one.name) for one in listed if one.party.pk in by_hand and one.party.pk not in meant]
        everyone = {party.pk for party, _name in (*by_status, *besides)}
        found.append(
            ToInvite(
                asked=item,
                by_status=tuple(pair for pair in by_status if pair[0].pk not in invited),
                by_hand=tuple(pair for pair in besides if pair[0].pk not in invited),
                already=len(everyone & invited),
            )
        )
    return found


# ── One State, as the Secretariat's desk shows it ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Desk:
    """Everything about one State's response that the Secretariat may see and do something about."""

    state: Standing
    late: bool
    was_late: bool
    overdue: bool
    date_changes: tuple[DateChange, ...]
    submissions: tuple[Submission, ...]
    extensions: tuple[Extension, ...]
    changes: tuple[StateChange, ...]
    clarifications: int
    reopening: ReopeningRequest | None
    help_requests: tuple[HelpRequest, ...]
    notes: tuple[NoteVerbale, ...]
    entries: tuple[PaperEntry, ...]

    @property
    def entry(self) -> PaperEntry | None:
        """What is being entered from paper now."""
        return next((entry for entry in self.entries if entry.ended_at is None), None)


def desk(response: Response, at: datetime.datetime | None = None) -> Desk:
    """The Secretariat's page of one State, judged now or at a moment. Twelve queries, one more if notes have files."""
    way = courses([response])[response.pk]
    now = at or timezone.now()
    changes = date_changes([response.cycle])[response.cycle_id]
    state = standing(way, now)
    found, was_late = _timing(response.cycle, changes, way, now)
    return Desk(
        state=state,
        late=found.late,
        was_late=was_late,
        overdue=state in (Standing.NOT_BEGUN, Standing.BEGUN) and end_of(found.due_on) < now,
        date_changes=tuple(change for change in changes if change.before != change.after),
        submissions=tuple(Submission.objects.filter(response=response).defer("snapshot").order_by("-number")),
        extensions=tuple(Extension.objects.filter(response=response).select_related("granted_by")),
        changes=tuple(StateChange.objects.filter(response=response).select_related("by")),
        clarifications=sum(asked.settled_at is None for asked in way.clarifications),
        reopening=ReopeningRequest.objects.filter(submission__response=response, decided_at=None).first(),
        help_requests=tuple(
            HelpRequest.objects.filter(response=response).select_related("by", "answered_by").order_by("-at")
        ),
        notes=tuple(notes_of(response)),
        entries=tuple(
            PaperEntry.objects.filter(response=response).select_related("note", "begun_by", "ended_by").order_by("-pk")
        ),
    )


# ── Help to report, over all cycles ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class HelpLine:
    """A State's request for help to answer, and what was done: taken up by whom, a note verbale sent since."""

    request: HelpRequest
    name: str
    note: NoteVerbale | None


def help_queue(language: str, *, everything: bool = False) -> list[HelpLine]:
    """The requests for help, open ones first, the longest waiting first among them. Three queries.

    Of those that were taken up the latest come first; without ``everything`` there are a hundred of them at most.
    """
    requests = HelpRequest.objects.select_related(
        "response__cycle", "response__questionnaire", "response__party", "by", "answered_by"
    )
    waiting = list(requests.filter(answered_at=None).order_by("at"))
    done = requests.exclude(answered_at=None).order_by("-answered_at")
    found = [*waiting, *(done if everything else done[:MOST_DONE])]
    called = names({item.response.party_id for item in found}, language)
    notes: dict[int, list[NoteVerbale]] = {}
    for note in NoteVerbale.objects.filter(response__in={item.response_id for item in found}, direction="sent"):
        notes.setdefault(note.response_id, []).append(note)
    return [
        HelpLine(
            request=item,
            name=called[item.response.party_id].short if item.response.party_id in called else item.response.party.code,
            # The first note after the request is the answer to it.
            note=next(
                (note for note in notes.get(item.response_id, ()) if note.dated_on >= timezone.localdate(item.at)), None
            ),
        )
        for item in found
    ]


MOST_DONE = 100
