"""Everything that changes parties, users and grants. Each action is atomic, says by whom, and writes its audit row."""

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
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
from palermo.parties.models import INVITATION_DAYS, AuditEvent, Grant, Invitation, Party, User
from palermo.parties.queries import accepted_with


def record(
    *, by: User | None, action: str, scope: str, subject: str = "", detail: dict[str, Any] | None = None
) -> None:
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
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), "not_valid") from error
    user.save()
    record(by=by, action="create_user", scope="/", subject=user.email)
    return user


@transaction.atomic
def grant_role(*, by: User | None, user: User, role: Role, scope: str, accepted: bool = True) -> Grant:
    """Gives a person a role on a scope at once; people outside the house are invited instead.

    What the person has already stays as it is, but an offer that waited is accepted by this. Refuses a second focal
    point.
    """
    now = timezone.now()
    held = Grant.objects.select_for_update().filter(user=user, role=role.value, scope=scope, ended_at=None).first()
    if held is not None:
        if accepted and held.accepted_at is None:
            held.accepted_at = now
            held.save(update_fields=["accepted_at"])
            Invitation.objects.filter(grant=held, used_at=None, withdrawn_at=None).update(withdrawn_at=Now())
            record(by=by, action="grant_role", scope=scope, subject=user.email, detail={"role": role.value})
        return held
    grant = _new_grant(by=by, user=user, role=role, scope=scope, accepted_at=now if accepted else None)
    record(by=by, action="grant_role", scope=scope, subject=user.email, detail={"role": role.value})
    return grant


def _new_grant(*, by: User | None, user: User, role: Role, scope: str, accepted_at: Any = None) -> Grant:
    """Writes a grant; what the database refuses is refused in words."""
    if not scope.startswith("/"):
        raise Refusal(_("A scope begins with a slash: “/” is everything, “/cycles” all cycles."), "not_a_scope")
    try:
        with transaction.atomic():
            return Grant.objects.create(user=user, role=role.value, scope=scope, granted_by=by, accepted_at=accepted_at)
    except IntegrityError as error:
        if "one_focal_point" in str(error):
            raise Refusal(
                _("There is an open nomination of a focal point already; end it before another is nominated."),
                "focal_point_taken",
            ) from error
        raise Refusal(_("%(name)s has been given this already.") % {"name": user.name}, "already_granted") from error


@transaction.atomic
def end_grant(*, by: User | None, grant: Grant) -> None:
    """Ends a grant and withdraws its open invitation; one that has ended stays as it is."""
    if not Grant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=Now(), ended_by=by):
        return
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

    ``subject`` says in a few words to what, in the invited person's language. An account is made if there is none.
    Refuses if the person has the role already or, for a focal point, if another nomination is open.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = create_user(by=by, email=email, name=name, institution=institution, language=language, party=party)
    elif not user.is_active:
        raise Refusal(
            _("The account of %(email)s is closed; ask an administrator.") % {"email": user.email}, "account_closed"
        )
    grant = _new_grant(by=by, user=user, role=role, scope=scope)
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


@transaction.atomic
def invitation_link(*, by: User | None, grant: Grant) -> str:
    """The path of a new link for a grant that waits, to be handed over by hand; an earlier link stops working."""
    Invitation.objects.filter(grant=grant, used_at=None, withdrawn_at=None).update(withdrawn_at=Now())
    record(by=by, action="invitation_link", scope=grant.scope, subject=grant.user.email, detail={"role": grant.role})
    return _open_invitation(by=by, grant=grant)


def _open_invitation(*, by: User | None, grant: Grant, subject: str = "") -> str:
    """Writes an invitation and returns the path of its link; the secret in it is kept nowhere."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(grant=grant, token_hash=token_hash(token), subject=subject[:300], sent_by=by)
    with override(grant.user.language):
        return reverse("parties:accept_invitation", kwargs={"token": token})


def _send(*, by: User, grant: Grant, subject: str, message: str) -> None:
    path = _open_invitation(by=by, grant=grant, subject=subject)
    mail.send(
        template="invitation",
        to=grant.user,
        language=grant.user.language,
        context={
            "name": grant.user.name,
            "by": str(by),
            "subject": subject,
            "path": path,
            "message": message,
            "days": INVITATION_DAYS,
        },
    )


@transaction.atomic
def accept_invitation(*, token: str, by: User | None, name: str, password: str | None) -> User:
    """Accepts an invitation: what it offers counts from now on. A new person sets a password here.

    ``by`` is the person who is signed in. Nobody comes into an existing account by a link: who has a password must be
    signed in. What the same person has offered besides is accepted together with it (see ``queries.accepted_with``).
    """
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
    if by is None and user.has_usable_password():
        raise Refusal(_("You have an account already. Sign in, then open the link again."), "sign_in_first")
    if not user.has_usable_password():
        if not password:
            raise Refusal(_("Choose a password."), "no_password")
        user.set_password(password)
    if name.strip():
        user.name = name.strip()
    user.full_clean(exclude=["password", "email"])
    user.save(update_fields=["password", "name"])
    now = timezone.now()
    accepted = list(accepted_with(invitation).select_for_update())
    Grant.objects.filter(pk__in=[grant.pk for grant in accepted]).update(accepted_at=now)
    Invitation.objects.filter(grant__in=accepted, used_at=None, withdrawn_at=None).update(used_at=now)
    for grant in accepted:
        record(by=user, action="accept_invitation", scope=grant.scope, detail={"role": grant.role})
    return user


def invitation_problem(invitation: Invitation | None) -> str:
    """Why an invitation cannot be accepted, as a sentence with the way out; empty if it can."""
    if invitation is None:
        return _("This invitation is not known. Check that the whole link was copied, or ask for a new one.")
    if invitation.withdrawn_at or invitation.grant.ended_at:
        return _(
            "This invitation was withdrawn or replaced by a newer one. Look for a later message, or ask for a new one."
        )
    if not invitation.grant.user.is_active:
        return _("The account that this invitation is for is closed. Ask the person who sent it.")
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


@transaction.atomic
def set_password(*, by: User | None, user: User, password: str) -> None:
    """Sets a person's password; every session of the person ends by it."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(by=by, action="set_password", scope="/", subject=user.email)


@transaction.atomic
def send_password_link(*, by: User | None, user: User, link: str) -> None:
    """Sends the link by which a person who has forgotten the password sets a new one."""
    mail.send(template="password_link", to=user, language=user.language, context={"name": user.name, "link": link})
    record(by=by, action="send_password_link", scope="/", subject=user.email)


@transaction.atomic
def tell_unknown_address(*, by: User | None, email: str, language: str) -> None:
    """Says to an address that there is no account for it; the page that was asked says nothing of it."""
    mail.send(template="unknown_address", to=email, language=language, context={"email": email})
    record(by=by, action="tell_unknown_address", scope="/")


@transaction.atomic
def note_account_change(*, by: User, what: str) -> None:
    """Writes a change of password or second factor into the audit log, and tells the person by mail."""
    record(by=by, action=what, scope="/", subject=by.email)
    mail.send(template="account_changed", to=by, language=by.language, context={"name": by.name, "what": what})


@transaction.atomic
def note_sign_in(*, by: User, methods: list[str]) -> None:
    """Writes into the audit log that a person has signed in, and how."""
    record(by=by, action="sign_in", scope="/", subject=by.email, detail={"methods": methods})


@transaction.atomic
def note_refused_sign_in(*, by: User | None, email: str) -> None:
    """Writes a refused attempt to sign in into the audit log; an address without account is not kept."""
    known = User.objects.filter(email__iexact=email).values_list("email", flat=True).first()
    record(by=by, action="sign_in_refused", scope="/", subject=known or "")


@transaction.atomic
def end_sessions(*, by: User, sessions: list[UserSession]) -> None:
    """Signs the person out elsewhere."""
    for session in sessions:
        if session.user_id != by.pk:
            raise Refusal(_("This is somebody else’s session."), "other_person")
        session.end()
    record(by=by, action="end_sessions", scope="/", subject=by.email, detail={"count": len(sessions)})


@transaction.atomic
def forget_second_factors(*, by: User | None, user: User) -> int:
    """Removes passkeys, app and recovery codes of a person who has lost them, and ends every session of the person."""
    count, _models = Authenticator.objects.filter(user_id=user.pk).delete()
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()
    record(by=by, action="forget_second_factors", scope="/", subject=user.email, detail={"count": count})
    return int(count)
