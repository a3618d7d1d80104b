"""Who works on what: handing sections over, deputies, readers, and taking work back."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties import actions as parties
from palermo.parties.actions import record
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User
from palermo.responses.models import Assignment, Response
from palermo.responses.queries.state import scope_of


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
    that the person holds already stay as they are. Refuses a second lead, and an empty list.
    """
    chosen = list(dict.fromkeys(sections))
    if not chosen:
        raise Refusal(_("Choose at least one section to hand over."), "no_section")
    base = scope_of(response)
    wanted = sorted(aspects)
    role = Role.LEAD if lead else Role.CONTRIBUTOR
    person = User.objects.filter(email__iexact=email.strip()).first()
    if person is not None and not person.is_active:
        raise Refusal(_("The account of %(email)s is closed; ask an administrator.") % {"email": person.email}, "account_closed")
    if person is None:
        person = parties.create_user(
            by=by, email=email, name=name, institution=institution, language=language, party=response.party
        )
    held = set(
        Assignment.objects.filter(response=response, user=person, ended_at=None).values_list("section", flat=True)
    )
    new = [section for section in chosen if section not in held]
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
    first: Grant | None = None
    for section in new:
        grant = parties.grant_role(by=by, user=person, role=role, scope=f"{base}/{section}", accepted=known)
        first = first or grant
    if first is not None:
        parties.announce(by=by, grant=first, subject=subject, message=message, invitation=not known)
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
    """Takes a section back from a contributor; what was written stays."""
    response = Response.objects.select_related("cycle", "questionnaire", "party").get(pk=assignment.response_id)
    scope = f"{scope_of(response)}/{assignment.section}"
    Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=timezone.now())
    for grant in Grant.objects.filter(
        user=assignment.user_id, scope=scope, ended_at=None, role__in=[Role.LEAD, Role.CONTRIBUTOR]
    ).select_related("user"):
        parties.end_grant(by=by, grant=grant)


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
    if role not in {Role.DEPUTY, Role.READER}:
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
