"""Asks those who can change or read much for a second factor before anything else (decisions of the first day, 15)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from palermo.parties.access import needs_second_factor

# Where somebody without a second factor may still go: to set one up, to sign out, to change the language.
OPEN_VIEWS = ("account_logout", "account_reauthenticate", "account_login", "set_language", "jsi18n")


def require_second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sends focal points, deputies, the Secretariat and administrators to set up a second factor if they have none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        if name in OPEN_VIEWS or name.startswith("mfa_"):
            return None
        if not needs_second_factor(request.user) or is_mfa_enabled(request.user):
            return None
        return HttpResponseRedirect(reverse("mfa_index"))

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
