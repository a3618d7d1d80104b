"""Reads for the front page, the desk and the demonstration."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from palermo.base.models import Mail
from palermo.parties.access import can_below, open_grants
from palermo.parties.logic.kinds import GroupKind
from palermo.parties.logic.roles import Permission, Role
from palermo.parties.models import Grant, Party, User
from palermo.parties.queries import group_name, groups_of, names
from palermo.parties.words import ROLE_NAMES
from palermo.questionnaires.models import Questionnaire
from palermo.responses.models import Cycle, Response, ResponseState
from palermo.responses.queries.deadlines import last_extension
from palermo.responses.queries.waiting import Waiting, waiting_for
from palermo.site.queries.published import reporting_of
from palermo.site.words import STATES
from palermo.treaties.models import Instrument
from palermo.treaties.queries import party_counts


@dataclass(frozen=True)
class FrontTreaty:
    """A treaty on the front page: how many parties, and its questionnaire if there is one."""

    instrument: Instrument
    parties: int
    questionnaire: Questionnaire | None


def front_treaties() -> list[FrontTreaty]:
    """The treaties with the number of their parties today."""
    today = timezone.localdate()
    asked = {item.instrument_id: item for item in Questionnaire.objects.filter(current__isnull=False)}
    return [
        FrontTreaty(
            instrument=instrument,
            parties=count,
            questionnaire=asked.get(instrument.pk),
        )
        for instrument, count in party_counts(today).items()
    ]


@dataclass(frozen=True)
class RegionReporting:
    """How many States of a regional group were invited, and how many have submitted."""

    name: str
    invited: int
    submitted: int


@dataclass(frozen=True)
class Reporting:
    """Who has reported in the latest cycle: a fact about submissions only, nothing of any draft."""

    cycle: Cycle
    regions: tuple[RegionReporting, ...]

    @property
    def invited(self) -> int:
        """All invited States."""
        return sum(region.invited for region in self.regions)

    @property
    def submitted(self) -> int:
        """All that have submitted."""
        return sum(region.submitted for region in self.regions)


def latest_reporting(language: str) -> Reporting | None:
    """Who has reported in the latest cycle, by regional group; ``None`` before the first cycle. Four queries.

    A State that is asked about several treaties is one State; it has reported once it has on one of them.
    """
    cycle = Cycle.objects.order_by("-opened_at").first()
    if cycle is None:
        return None
    asked, reported = reporting_of(cycle.code)
    codes = {key: code.lower() for key, code in Party.objects.values_list("pk", "code")}
    groups = {codes[party]: found[0] for party, found in groups_of(None, kind=GroupKind.UN_GROUP.value).items()}
    invited = Counter(groups.get(party) for party in asked)
    submitted = Counter(groups.get(party) for party in reported)
    ordered = sorted((group for group in invited if group is not None), key=lambda group: group.order)
    regions = [RegionReporting(group_name(group, language), invited[group], submitted[group]) for group in ordered]
    if invited[None]:
        regions.append(RegionReporting(gettext("No regional group"), invited[None], submitted[None]))
    return Reporting(cycle=cycle, regions=tuple(regions))


@dataclass
class DeskResponse:
    """A national response that the person works on, with the step that comes next."""

    response: Response
    name: str
    url: str
    step: str | Promise
    state: str | Promise
    kind: str
    due_on: datetime.date
    days_left: int
    roles: set[str | Promise] = field(default_factory=set)
    sections: int = 0


@dataclass(frozen=True)
class DeskWaiting:
    """Something that waits for the person, with the name of the State."""

    item: Waiting
    name: str


def desk_of(user: User, language: str) -> dict[str, Any]:
    """What the person works on and what waits: national responses by the grants, cycles for the Secretariat."""
    keys: dict[tuple[str, str, str], list[Grant]] = {}
    for grant in open_grants(user):
        parts = grant.scope.split("/")
        if len(parts) > 4:
            keys.setdefault((parts[2], parts[3], parts[4]), []).append(grant)
    found = (
        Response.objects.filter(
            cycle__code__in={key[0] for key in keys},
            questionnaire__code__in={key[1] for key in keys},
            party__code__in={key[2].upper() for key in keys},
        )
        .select_related("cycle", "questionnaire", "party")
        .annotate(extended_to=last_extension())
        if keys
        else Response.objects.none()
    )
    responses = {(r.cycle.code, r.questionnaire.code, r.party.code.lower()): r for r in found}
    waiting = waiting_for(user)
    called = names({*(r.party_id for r in responses.values()), *(item.party_id for item in waiting)}, language)
    today = timezone.localdate()
    secretariat = can_below(user, Permission.MANAGE_CYCLES, "/cycles")
    return {
        "works": [
            _work(key, held, responses[key], called[responses[key].party_id].short, today)
            for key, held in keys.items()
            if key in responses
        ],
        "waiting": [DeskWaiting(item=item, name=called[item.party_id].short) for item in waiting],
        "secretariat": secretariat,
        "cycles": Cycle.objects.order_by("-opened_at")[:10] if secretariat else [],
        "administrator": can_below(user, Permission.ADMINISTER, "/"),
    }


def _work(
    key: tuple[str, str, str], held: list[Grant], response: Response, name: str, today: datetime.date
) -> DeskResponse:
    cycle, questionnaire, party = key
    due_on = max(filter(None, (response.cycle.due_on, response.extended_to)))  # type: ignore[attr-defined]
    state, kind, step = STATES[
        response.state if response.state != ResponseState.OPEN else ("begun" if response.begun_at else "not_begun")
    ]
    return DeskResponse(
        response=response,
        name=name,
        url=reverse("responses:hub", kwargs={"cycle": cycle, "questionnaire": questionnaire, "party": party}),
        step=step,
        state=state,
        kind=kind,
        due_on=due_on,
        days_left=(due_on - today).days,
        roles={ROLE_NAMES[Role(grant.role)] for grant in held},
        sections=sum(len(grant.scope.split("/")) > 5 for grant in held),
    )


@dataclass(frozen=True)
class Persona:
    """Somebody of the demonstration world, with the role in words."""

    user: User
    role: str | Promise
    party: str


# The order in which personas stand on the page of the demonstration.
PERSONA_ORDER = (
    Role.SECRETARIAT,
    Role.FOCAL_POINT,
    Role.DEPUTY,
    Role.LEAD,
    Role.CONTRIBUTOR,
    Role.READER,
    Role.SCRIBE,
    Role.ADMINISTRATOR,
)


def personas(language: str) -> list[Persona]:
    """The people of the demonstration with their first role, the Secretariat first."""
    grants = Grant.objects.filter(
        ended_at=None, accepted_at__isnull=False, user__email__endswith=".example", user__is_active=True
    ).select_related("user__party")
    first: dict[int, Grant] = {}
    for grant in sorted(grants, key=lambda grant: (PERSONA_ORDER.index(Role(grant.role)), grant.pk)):
        first.setdefault(grant.user_id, grant)
    called = names([grant.user.party for grant in first.values() if grant.user.party], language)
    return [
        Persona(
            user=grant.user,
            role=ROLE_NAMES[Role(grant.role)],
            party=str(called[grant.user.party_id].short) if grant.user.party_id else "",
        )
        for grant in first.values()
    ]


def invited() -> QuerySet[User]:
    """The people whom somebody has invited in the demonstration and who have not accepted yet."""
    return (
        User.objects.filter(grants__in=Grant.objects.filter(accepted_at=None, ended_at=None), is_active=True)
        .distinct()
        .order_by("name")
    )


def outbox_of(user: User) -> QuerySet[Mail]:
    """The mail written to a person, newest first."""
    return Mail.objects.filter(to_user_id=user.pk)[:100]
