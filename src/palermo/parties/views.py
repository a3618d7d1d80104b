"""Pages of people: accepting an invitation, the own account."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.parties import actions, queries
from palermo.parties.access import public, signed_in
from palermo.parties.forms import AcceptInvitationForm, AccountForm
from palermo.parties.models import User


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows to what one is invited and by whom, and accepts; a new person sets a password here.

    A person who has an account already signs in first: whoever holds the link alone must not get into it.
    """
    invitation = queries.invitation(token)
    problem = actions.invitation_problem(invitation)
    if invitation is None or problem:
        return render(request, "parties/invitation_closed.html", {"problem": problem}, status=410 if invitation else 404)
    user = invitation.grant.user
    person = request.user if isinstance(request.user, User) else None
    if person is not None and person.pk != user.pk:
        problem = _("This invitation is for %(email)s; sign out and open the link again.") % {"email": user.email}
        return render(request, "parties/invitation_closed.html", {"problem": problem}, status=403)
    must_sign_in = person is None and user.has_usable_password()
    form = AcceptInvitationForm(request.POST or None, user=user, initial={"name": user.name})
    if request.method == "POST" and not must_sign_in and form.is_valid():
        try:
            accepted = actions.accept_invitation(
                token=token, by=person, name=form.cleaned_data["name"], password=form.cleaned_data.get("password")
            )
        except Refusal as refusal:
            return render(request, "parties/invitation_closed.html", {"problem": refusal.message}, status=410)
        if person is None:
            login(request, accepted, backend="django.contrib.auth.backends.ModelBackend")
        messages.success(request, _("Welcome. What was given to you is listed here."))
        return redirect("site:desk")
    context = {"invitation": invitation, "form": form, "must_sign_in": must_sign_in, "person": user}
    return render(request, "parties/invitation.html", context)


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
