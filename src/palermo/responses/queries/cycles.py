"""The Secretariat's view of cycles: who was invited, who has begun, who has submitted; nothing of any draft."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from palermo.parties.logic.kinds import TREATY_PARTIES, GroupKind
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Group, Party
from palermo.parties.queries import Name, group_name, groups_of, names, parties_sorted
from palermo.questionnaires.models import Questionnaire
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import (
    Cycle,
    CycleQuestionnaire,
    HelpRequest,
    ReopeningRequest,
    Response,
    ResponseState,
    Submission,
)
from palermo.responses.queries.team import latest_invitations
from palermo.treaties.models import Instrument
from palermo.treaties.queries import bound_as_at, deposited_as_at, signatories_as_at


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
    """One invited State: how far it is, and whether somebody answers for it."""

    party: str
    name: str
    state: str
    submitted_at: datetime.datetime | None
    number: int | None
    receipt: str
    focal_point: str
    focal_point_name: str


@dataclass(frozen=True)
class Region:
    """The invited States of a regional group, by name."""

    name: str
    invited: tuple[Invited, ...]

    @property
    def submitted(self) -> int:
        """How many have submitted."""
        return sum(item.number is not None for item in self.invited)


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
        """How many States are in each state; ``without`` counts those without a focal point."""
        found = Counter(item.state for item in self.invited)
        found["without"] = sum(item.focal_point in {"none", "expired"} for item in self.invited)
        return found


def overview(cycle: Cycle, questionnaire: Questionnaire, language: str) -> Overview:
    """Who was invited and how far they are. Eight queries, however many States there are.

    Before submission there is *begun* or *not begun*, nothing else (decisions of the first day, 13): that a response
    is cleared does not show.
    """
    responses = list(Response.objects.filter(cycle=cycle, questionnaire=questionnaire).select_related("party"))
    parties = [response.party for response in responses]
    called = names([party.pk for party in parties], language)
    groups = groups_of([party.pk for party in parties], kind=GroupKind.UN_GROUP.value)
    submissions = _latest_submissions(responses)
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
        scope = f"{cycle_scope(cycle=cycle.code)}/{questionnaire.code.lower()}/{response.party.code.lower()}"
        word, person = focal.get(scope, ("none", ""))
        invited = Invited(
            party=response.party.code.lower(),
            name=name.short if name else response.party.code,
            state=_state(response),
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


def _state(response: Response) -> str:
    if response.state == ResponseState.SUBMITTED:
        return "submitted"
    if response.submitted_at is not None:
        return "reopened"
    return "begun" if response.begun_at else "not_begun"


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


BASES = ("bound", "deposited", "signatories", "by_hand")


def basis_parties(instrument: Instrument, basis: str, on: datetime.date) -> frozenset[Party]:
    """The States that a choice of the invitation form means on a day. One query."""
    if basis == "bound":
        return bound_as_at(instrument, on)
    if basis == "deposited":
        return deposited_as_at(instrument, on)
    if basis == "signatories":
        return signatories_as_at(instrument, on)
    return frozenset()


def candidates(cycle: Cycle, questionnaire: Questionnaire, language: str) -> list[Candidate]:
    """Everybody who could be bound by a treaty, by name, and who has been invited. Three queries."""
    everyone = Party.objects.filter(kind__in=[kind.value for kind in TREATY_PARTIES])
    invited = set(Response.objects.filter(cycle=cycle, questionnaire=questionnaire).values_list("party_id", flat=True))
    return [Candidate(party, name.short, party.pk in invited) for party, name in parties_sorted(language, everyone)]
