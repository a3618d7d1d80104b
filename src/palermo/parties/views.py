"""Pages of people: accepting an invitation, the own account, where one is signed in."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import PasswordResetView
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.parties import actions, queries
from palermo.parties.access import public, signed_in
from palermo.parties.forms import AcceptInvitationForm, AccountForm, ForgottenPasswordForm
from palermo.parties.logic.browsers import browser_name
from palermo.parties.models import User
from palermo.parties.words import ROLE_NAMES


@public
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Shows to what one is invited and by whom, and accepts; a new person sets a password here.

    A person who has an account already signs in first: whoever holds the link alone must not get into it.
    """
    invitation = queries.invitation(token)
    problem = actions.invitation_problem(invitation)
    if invitation is None or problem:
        return _closed(request, problem, status=410 if invitation else 404)
    user = invitation.grant.user
    person = request.user if isinstance(request.user, User) else None
    if person is not None and person.pk != user.pk:
        problem = _("This invitation is for %(email)s; sign out and open the link again.") % {"email": user.email}
        return _closed(request, problem, status=403)
    must_sign_in = person is None and user.has_usable_password()
    form = AcceptInvitationForm(request.POST or None, user=user, initial={"name": user.name})
    if request.method == "POST" and not must_sign_in and form.is_valid():
        try:
            accepted = actions.accept_invitation(
                token=token, by=person, name=form.cleaned_data["name"], password=form.cleaned_data.get("password")
            )
        except Refusal as refusal:
            return _closed(request, refusal.message, status=410)
        messages.success(request, _("Welcome. What was given to you is listed here."))
        if person is None:
            # The password was chosen this moment: setting up a second factor does not ask for it again.
            signed: HttpResponseBase = perform_password_login(request, {"email": accepted.email}, Login(user=accepted))
            return signed
        return redirect(settings.LOGIN_REDIRECT_URL)
    given = [ROLE_NAMES[grant.role] for grant in queries.accepted_with(invitation)]  # type: ignore[index]
    context = {
        "invitation": invitation,
        "form": form,
        "must_sign_in": must_sign_in,
        "person": user,
        "given": {role: given.count(role) for role in given},
    }
    return render(request, "parties/invitation.html", context)


def _closed(request: HttpRequest, problem: str, *, status: int) -> HttpResponse:
    """The page that says why an invitation cannot be accepted."""
    return render(request, "parties/invitation_closed.html", {"problem": problem}, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The own account: name, institution, language; the way to password, second factor and sessions."""
    user = request.user
    assert isinstance(user, User)
    initial = {"name": user.name, "institution": user.institution, "language": user.language}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_account(by=user, **form.cleaned_data)
        messages.success(request, _("Your account has been changed."))
        return redirect("parties:account")
    return render(request, "parties/account.html", {"form": form})


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in; ends one session (``session`` in the form) or all but this one."""
    user = request.user
    assert isinstance(user, User)
    if not UserSession.objects.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)
    running = sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.created_at, reverse=True)
    others = [session for session in running if not session.is_current()]
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        ending = [session for session in others if str(session.pk) == chosen] if chosen else others
        if chosen and not ending:
            raise Http404
        actions.end_sessions(by=user, sessions=ending)
        messages.success(request, _("You are signed out there."))
        return redirect("usersessions_list")
    rows = [
        {"session": session, "browser": browser_name(session.user_agent), "current": session.is_current()}
        for session in running
    ]
    return render(request, "parties/sessions.html", {"rows": rows, "others": len(others)})


class ForgottenPassword(PasswordResetView):  # type: ignore[misc]
    """Asks for a link to choose a new password; the page says the same whether there is an account or not."""

    def form_valid(self, form: ForgottenPasswordForm) -> HttpResponseBase:
        """Sends the link, or says to an unknown address that it is unknown."""
        answer: HttpResponseBase = super().form_valid(form)
        if answer.status_code == 302 and not form.users:
            actions.tell_unknown_address(
                by=None, email=form.cleaned_data["email"], language=get_language() or settings.LANGUAGE_CODE
            )
        return answer


forgotten_password = ForgottenPassword.as_view()


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Removes a passkey, unless it is the only factor of a person who must have one."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Says why the last one stays."""
        if request.user.is_authenticated:
            passkey = self.get_queryset().filter(pk=kwargs["pk"]).first()
            adapter = mfa_adapter()
            if passkey is not None and not adapter.can_delete_authenticator(passkey):
                messages.error(request, str(adapter.error_messages["cannot_delete_authenticator"]))
                return redirect("mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


remove_passkey = RemovePasskey.as_view()
