"""Everything that changes parties, users and grants. Each action is atomic, says by whom, and writes its audit row."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from palermo.base import mail
from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.logic.tokens import token_hash
from palermo.parties.models import AuditEvent, Grant, Invitation, Party, User


def record(*, by: User | None, action: str, scope: str, subject: str = "", detail: dict[str, Any] | None = None) -> None:
    """Writes what was done into the audit log; every action calls it inside its own transaction."""
    AuditEvent.objects.create(
        by_id=by.pk if by else None,
        by_name=f"{by.name} <{by.email}>" if by else "",
        action=action,
        scope=scope,
        subject=subject,
        detail=detail or {},
    )


@transaction.atomic
def create_user(
    *,
    by: User | None,
    email: str,
    name: str,
    institution: str = "",
    language: str = "en",
    party: Party | None = None,
    password: str | None = None,
) -> User:
    """Makes an account; without a password the person can come in by an invitation only."""
    user = User(email=email.strip(), name=name.strip(), institution=institution.strip(), language=language, party=party)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    record(by=by, action="create_user", scope="/", subject=user.email)
    return user


@transaction.atomic
def grant_role(*, by: User | None, user: User, role: Role, scope: str, accepted: bool = True) -> Grant:
    """Gives a person a role on a scope at once; people outside the house are invited instead."""
    grant, created = Grant.objects.get_or_create(
        user=user,
        role=role.value,
        scope=scope,
        ended_at=None,
        defaults={"granted_by": by, "accepted_at": timezone.now() if accepted else None},
    )
    if created:
        record(by=by, action="grant_role", scope=scope, subject=user.email, detail={"role": role.value})
    return grant


@transaction.atomic
def end_grant(*, by: User, grant: Grant) -> None:
    """Ends a grant and withdraws its open invitation."""
    Grant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=Now(), ended_by=by)
    Invitation.objects.filter(grant=grant, used_at=None, withdrawn_at=None).update(withdrawn_at=Now())
    record(by=by, action="end_grant", scope=grant.scope, subject=grant.user.email, detail={"role": grant.role})


@transaction.atomic
def invite(
    *,
    by: User,
    email: str,
    name: str,
    role: Role,
    scope: str,
    subject: str,
    institution: str = "",
    language: str = "en",
    party: Party | None = None,
    message: str = "",
) -> Grant:
    """Invites a person by e-mail to take a role on a scope.

    ``subject`` says in a few words to what, in the invited person's language. An account is made if there is none. Refuses if the
    person has the role already or, for a focal point, if another nomination is open.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = create_user(by=by, email=email, name=name, institution=institution, language=language, party=party)
    elif not user.is_active:
        raise Refusal(_("The account of %(email)s is closed; ask an administrator.") % {"email": user.email}, "account_closed")
    try:
        with transaction.atomic():
            grant = Grant.objects.create(user=user, role=role.value, scope=scope, granted_by=by)
    except IntegrityError as error:
        if "one_focal_point" in str(error):
            raise Refusal(
                _("There is an open nomination of a focal point already; end it before another is nominated."),
                "focal_point_taken",
            ) from error
        raise Refusal(_("%(name)s has been given this already.") % {"name": user.name}, "already_granted") from error
    record(by=by, action="invite", scope=scope, subject=user.email, detail={"role": role.value})
    _send(by=by, grant=grant, subject=subject, message=message)
    return grant


@transaction.atomic
def invite_again(*, by: User, grant: Grant, subject: str, message: str = "") -> None:
    """Sends a new link for a grant that nobody has accepted; the earlier link stops working."""
    grant = Grant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    if grant.accepted_at or grant.ended_at:
        raise Refusal(_("This invitation has been accepted or withdrawn already."), "not_open")
    Invitation.objects.filter(grant=grant, used_at=None, withdrawn_at=None).update(withdrawn_at=Now())
    record(by=by, action="invite_again", scope=grant.scope, subject=grant.user.email, detail={"role": grant.role})
    _send(by=by, grant=grant, subject=subject, message=message)


def announce(*, by: User, grant: Grant, subject: str, message: str = "", invitation: bool) -> None:
    """Tells a person of a grant: with an invitation to accept, or, to one who signs in already, with a pointer."""
    if invitation:
        _send(by=by, grant=grant, subject=subject, message=message)
        return
    mail.send(
        template="granted",
        to=grant.user,
        language=grant.user.language,
        context={"name": grant.user.name, "by": str(by), "subject": subject, "message": message},
    )


def _send(*, by: User, grant: Grant, subject: str, message: str) -> None:
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(grant=grant, token_hash=token_hash(token), sent_by=by)
    with override(grant.user.language):
        path = reverse("parties:accept_invitation", kwargs={"token": token})
    mail.send(
        template="invitation",
        to=grant.user,
        language=grant.user.language,
        context={"name": grant.user.name, "by": str(by), "subject": subject, "path": path, "message": message},
    )


@transaction.atomic
def accept_invitation(*, token: str, by: User | None, name: str, password: str | None) -> User:
    """Accepts an invitation: the grant counts from now on. A person without a password sets one here."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("grant__user")
        .filter(token_hash=token_hash(token))
        .first()
    )
    problem = invitation_problem(invitation)
    if problem:
        raise Refusal(problem, "invitation_not_open")
    assert invitation is not None
    user = invitation.grant.user
    if by is not None and by.pk != user.pk:
        raise Refusal(
            _("This invitation is for %(email)s; sign out and open the link again.") % {"email": user.email},
            "other_person",
        )
    if not user.has_usable_password() and password:
        user.set_password(password)
    if name.strip():
        user.name = name.strip()
    user.save(update_fields=["password", "name"])
    now = timezone.now()
    Invitation.objects.filter(pk=invitation.pk).update(used_at=now)
    # One link accepts everything that was handed over to the person in the same response so far.
    Grant.objects.filter(user=user, granted_by=invitation.grant.granted_by_id, accepted_at=None, ended_at=None).update(
        accepted_at=now
    )
    record(by=user, action="accept_invitation", scope=invitation.grant.scope, detail={"role": invitation.grant.role})
    return user


def invitation_problem(invitation: Invitation | None) -> str:
    """Why an invitation cannot be accepted, as a sentence with the way out; empty if it can."""
    if invitation is None:
        return _("This invitation is not known. Check that the whole link was copied, or ask for a new one.")
    if invitation.withdrawn_at or invitation.grant.ended_at:
        return _("This invitation has been withdrawn or replaced by a newer one. Look for a later message, or ask for a new one.")
    if invitation.used_at:
        return _("This invitation has been used already. Sign in instead.")
    if invitation.expires_at <= timezone.now():
        return _("This invitation has expired. Ask the person who sent it for a new one.")
    return ""


@transaction.atomic
def change_account(*, by: User, name: str, institution: str, language: str) -> None:
    """Changes what a person may change about the own account."""
    by.name, by.institution, by.language = name.strip(), institution.strip(), language
    by.full_clean(exclude=["password"])
    by.save(update_fields=["name", "institution", "language"])
    record(by=by, action="change_account", scope="/", subject=by.email)


@transaction.atomic
def accept_grant(*, by: User, grant: Grant) -> None:
    """Accepts a grant as the signed-in person to whom it was given."""
    if grant.user_id != by.pk:
        raise Refusal(_("This was given to somebody else."), "other_person")
    now = timezone.now()
    Grant.objects.filter(pk=grant.pk, accepted_at=None, ended_at=None).update(accepted_at=now)
    Invitation.objects.filter(grant=grant, used_at=None, withdrawn_at=None).update(used_at=now)
    record(by=by, action="accept_grant", scope=grant.scope, detail={"role": grant.role})
