"""The people of a response: who holds which part, who has been invited and has not answered yet."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from palermo.base.multilingual import best
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Invitation, User
from palermo.parties.queries import party_name
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.labels import Label
from palermo.responses.models import Assignment, Response
from palermo.responses.queries.state import scope_of
from palermo.responses.queries.wording import ROLE_LABELS, section_title


@dataclass(frozen=True)
class Member:
    """A person with a role on the whole response. ``expires_at`` is that of an open invitation."""

    grant: int
    role: Role
    user: User
    accepted: bool
    expires_at: datetime.datetime | None
    expired: bool

    @property
    def role_label(self) -> Label:
        """The role in words."""
        return ROLE_LABELS[self.role]


@dataclass(frozen=True)
class Part:
    """A person's part in a section."""

    assignment: int
    user: User
    section: str
    lead: bool
    aspects: tuple[str, ...]
    done_at: datetime.datetime | None
    grant: int | None
    accepted: bool
    expires_at: datetime.datetime | None
    expired: bool


@dataclass(frozen=True)
class SectionTeam:
    """Who works on a section, the lead first."""

    code: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Team:
    """Everybody who works on a response."""

    members: tuple[Member, ...]
    sections: tuple[SectionTeam, ...]

    @property
    def focal_point(self) -> Member | None:
        """The focal point, or the person invited to be it."""
        return next((member for member in self.members if member.role is Role.FOCAL_POINT), None)

    @property
    def held(self) -> tuple[SectionTeam, ...]:
        """The sections on which somebody works."""
        return tuple(section for section in self.sections if section.parts)

    @property
    def free(self) -> tuple[SectionTeam, ...]:
        """The sections that have not been handed to anybody."""
        return tuple(section for section in self.sections if not section.parts)


WHOLE_ROLES = (Role.FOCAL_POINT, Role.DEPUTY, Role.READER)


def open_team_grants(scope: str) -> list[Grant]:
    """The open grants on a response and its sections. One query."""
    return list(
        Grant.objects.filter(Q(scope=scope) | Q(scope__startswith=f"{scope}/"), ended_at=None)
        .select_related("user")
        .order_by("granted_at", "pk")
    )


def latest_invitations(grants: Iterable[Grant]) -> dict[int, datetime.datetime]:
    """When the open invitations to these grants expire, by grant. One query, none if all have accepted."""
    pending = [grant.pk for grant in grants if grant.accepted_at is None]
    if not pending:
        return {}
    found = Invitation.objects.filter(grant__in=pending, used_at=None, withdrawn_at=None)
    return dict(found.values_list("grant_id", "expires_at"))


def team(response: Response, spec: VersionSpec, language: str) -> Team:
    """Everybody who works on the response, by role and by section. Three queries."""
    scope = scope_of(response)
    grants = open_team_grants(scope)
    expiries = latest_invitations(grants)
    now = timezone.now()
    members = [
        Member(
            grant=grant.pk,
            role=Role(grant.role),
            user=grant.user,
            accepted=grant.accepted_at is not None,
            expires_at=expiries.get(grant.pk),
            expired=_expired(grant, expiries, now),
        )
        for grant in grants
        if grant.scope == scope and grant.role in WHOLE_ROLES
    ]
    on_section = {(grant.user_id, grant.scope): grant for grant in grants}
    # One link accepts everything that the same person was given by the same person, so one open link serves them all.
    links = {(grant.user_id, grant.granted_by_id): expiries[grant.pk] for grant in grants if grant.pk in expiries}
    parts: dict[str, list[Part]] = {}
    assignments = Assignment.objects.filter(response=response, ended_at=None).select_related("user")
    for item in assignments.order_by("-lead", "pk"):
        grant = on_section.get((item.user_id, f"{scope}/{item.section}"))
        expires_at = None
        if grant is not None and grant.accepted_at is None:
            expires_at = links.get((grant.user_id, grant.granted_by_id))
        accepted = grant is not None and grant.accepted_at is not None
        parts.setdefault(item.section, []).append(
            Part(
                assignment=item.pk,
                user=item.user,
                section=item.section,
                lead=item.lead,
                aspects=tuple(item.aspects),
                done_at=item.done_at,
                grant=grant.pk if grant else None,
                accepted=accepted,
                expires_at=expires_at,
                expired=not accepted and (expires_at is None or expires_at <= now),
            )
        )
    return Team(
        members=tuple(sorted(members, key=lambda member: WHOLE_ROLES.index(member.role))),
        sections=tuple(
            SectionTeam(section.code, section_title(section, language), tuple(parts.get(section.code, ())))
            for section in spec.sections
        ),
    )


def _expired(grant: Grant, expiries: Mapping[int, datetime.datetime], now: datetime.datetime) -> bool:
    if grant.accepted_at is not None:
        return False
    return grant.pk not in expiries or expiries[grant.pk] <= now


def team_grant(response: Response, grant: int) -> Grant | None:
    """The open grant with this number if it belongs to the response or one of its sections. One query."""
    scope = scope_of(response)
    return (
        Grant.objects.filter(Q(scope=scope) | Q(scope__startswith=f"{scope}/"), pk=grant, ended_at=None)
        .select_related("user")
        .first()
    )


def invitation_subject(
    *, response: Response, spec: VersionSpec, role: Role, language: str, sections: Sequence[str] = ()
) -> str:
    """To what a person is invited, in a few words of the person's language. One query."""
    party = party_name(response.party, language)
    heading, _found = best(spec.texts, language) if spec.texts else (None, language)
    titles = [section_title(section, language) for section in spec.sections if section.code in sections]
    with override(language):
        values = {
            "party": party,
            "questionnaire": heading.title if heading else response.questionnaire.code,
            "cycle": best(response.cycle.texts, language)[0]["title"],
            "sections": "; ".join(titles[:3]),
            "count": len(titles),
        }
        if role is Role.FOCAL_POINT:
            return _("focal point of %(party)s for “%(questionnaire)s” (%(cycle)s)") % values
        if role is Role.DEPUTY:
            return _("deputy of the focal point of %(party)s for “%(questionnaire)s” (%(cycle)s)") % values
        if role is Role.READER:
            return _("reader of the response of %(party)s to “%(questionnaire)s” (%(cycle)s)") % values
        if len(titles) > 3:
            return (
                ngettext(
                    "%(count)s section of the response of %(party)s to “%(questionnaire)s” (%(cycle)s)",
                    "%(count)s sections of the response of %(party)s to “%(questionnaire)s” (%(cycle)s)",
                    len(titles),
                )
                % values
            )
        return _("%(sections)s, in the response of %(party)s to “%(questionnaire)s” (%(cycle)s)") % values


def heads_of(response: Response) -> list[User]:
    """The focal point and the deputies who have accepted, the focal point first. One query."""
    grants = Grant.objects.filter(
        role__in=[Role.FOCAL_POINT, Role.DEPUTY],
        scope=scope_of(response),
        ended_at=None,
        accepted_at__isnull=False,
        user__is_active=True,
    ).select_related("user")
    # One person may hold both.
    return list({grant.user_id: grant.user for grant in grants.order_by("-role", "pk")}.values())
