"""Who works on what: handing sections over, deputies, readers, and taking work back."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties import actions as parties
from palermo.parties.actions import record
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Invitation, User
from palermo.responses.models import Assignment, Response
from palermo.responses.queries.state import scope_of

TEAM_ROLES = frozenset({Role.DEPUTY, Role.READER})
SECTION_ROLES = frozenset({Role.LEAD, Role.CONTRIBUTOR})


@transaction.atomic
def hand_over(
    *,
    by: User,
    response: Response,
    sections: Iterable[str],
    email: str,
    name: str,
    subject: str,
    institution: str = "",
    language: str = "en",
    aspects: Iterable[str] = (),
    lead: bool = True,
    message: str = "",
) -> User:
    """Hands sections to a contributor by e-mail: all of each, or certain aspects only.

    One person is the lead of a section and declares it complete; a second body works beside the lead (12). Sections
    that the person holds already stay as they are. Refuses a second lead, an empty list, and a list
    that says nothing new.
    """
    chosen = list(dict.fromkeys(sections))
    if not chosen:
        raise Refusal(_("Choose at least one section to hand over."), "no_section")
    base = scope_of(response)
    wanted = sorted(aspects)
    role = Role.LEAD if lead else Role.CONTRIBUTOR
    person = User.objects.filter(email__iexact=email.strip()).first()
    if person is not None and not person.is_active:
        raise Refusal(
            _("The account of %(email)s is closed; ask an administrator.") % {"email": person.email}, "account_closed"
        )
    if person is None:
        person = parties.create_user(
            by=by, email=email, name=name, institution=institution, language=language, party=response.party
        )
    held = set(
        Assignment.objects.filter(response=response, user=person, ended_at=None).values_list("section", flat=True)
    )
    new = [section for section in chosen if section not in held]
    if not new:
        raise Refusal(
            _("%(name)s works on these sections already. To change how, take them back first.") % {"name": person.name},
            "held_already",
        )
    try:
        with transaction.atomic():
            Assignment.objects.bulk_create(
                Assignment(response=response, section=section, user=person, aspects=wanted, lead=lead, assigned_by=by)
                for section in new
            )
    except IntegrityError as error:
        raise Refusal(
            _("One of these sections has a lead already; hand it over as a contribution, or take it back first."),
            "lead_taken",
        ) from error
    # A person who has signed in before needs no invitation: the grant counts at once, and a mail says so.
    known = person.has_usable_password()
    grants = [
        parties.grant_role(by=by, user=person, role=role, scope=f"{base}/{section}", accepted=known) for section in new
    ]
    parties.announce(by=by, grant=grants[0], subject=subject, message=message, invitation=not known)
    record(
        by=by,
        action="hand_over",
        scope=base,
        subject=person.email,
        detail={"sections": new, "aspects": wanted, "lead": lead},
    )
    return person


@transaction.atomic
def take_back(*, by: User, assignment: Assignment) -> None:
    """Takes a section back from a contributor; what was written stays.

    An invitation that was sent for this section goes over to another one that the person has not accepted yet, so
    that the link in the mail still works for what is left.
    """
    response = Response.objects.select_related("cycle", "questionnaire", "party").get(pk=assignment.response_id)
    base = scope_of(response)
    scope = f"{base}/{assignment.section}"
    if not Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=timezone.now()):
        return
    grants = Grant.objects.filter(user=assignment.user_id, ended_at=None, role__in=SECTION_ROLES)
    for grant in grants.filter(scope=scope).select_related("user"):
        left = (
            grants.filter(scope__startswith=f"{base}/", accepted_at=None, granted_by=grant.granted_by_id)
            .exclude(pk=grant.pk)
            .exclude(invitations__in=Invitation.objects.filter(used_at=None, withdrawn_at=None))
            .first()
        )
        if left is not None:
            Invitation.objects.filter(grant=grant, used_at=None, withdrawn_at=None).update(grant=left)
        parties.end_grant(by=by, grant=grant)
    record(by=by, action="take_back", scope=scope, subject=assignment.user.email)


@transaction.atomic
def invite_to_team(
    *,
    by: User,
    response: Response,
    role: Role,
    email: str,
    name: str,
    subject: str,
    institution: str = "",
    language: str = "en",
    message: str = "",
) -> Grant:
    """Invites a deputy or a reader to the whole response."""
    if role not in TEAM_ROLES:
        raise Refusal(_("Only deputies and readers are invited to the whole response."), "role")
    return parties.invite(
        by=by,
        email=email,
        name=name,
        institution=institution,
        language=language,
        party=response.party,
        role=role,
        scope=scope_of(response),
        subject=subject,
        message=message,
    )


@transaction.atomic
def end_team_grant(*, by: User, response: Response, grant: Grant) -> None:
    """Ends the part of a deputy or a reader in the response; the Secretariat ends the focal point's nomination."""
    if grant.scope != scope_of(response) or grant.role not in TEAM_ROLES:
        raise Refusal(
            _("Only deputies and readers are taken from the team here. Sections are taken back one by one."), "role"
        )
    if grant.ended_at is None:
        parties.end_grant(by=by, grant=grant)
