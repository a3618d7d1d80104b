"""Asks those who can change or read much for a second factor before anything else (decisions of the first day, 15)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from palermo.parties.access import needs_second_factor
from palermo.parties.models import User
from palermo.parties.queries import second_factors

# Where somebody without a second factor may still go: to set one up (``mfa_…``) and to sign out.
OPEN_VIEWS = frozenset({"account_logout", "account_login", "account_reauthenticate"})
OPEN_PREFIX = "mfa_"
# In the session, once the person was seen to have a factor. The last one cannot be removed by its owner, and whoever
# removes it for the person ends the person's sessions, so this stays true as long as the session lives.
SEEN = "second_factor"
# Where the person wanted to go; the page of set-up says why it came up instead, and leads there afterwards.
WANTED = "wanted"


def require_second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sends focal points, deputies, the Secretariat and administrators to set up a second factor if they have none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or not isinstance(request.user, User):
            return None
        match = request.resolver_match
        name = (match.url_name if match and not match.namespace else "") or ""
        if name in OPEN_VIEWS or name.startswith(OPEN_PREFIX) or request.session.get(SEEN) == request.user.pk:
            return None
        if not needs_second_factor(request.user):
            return None
        if second_factors(request.user).exists():
            request.session[SEEN] = request.user.pk
            request.session.pop(WANTED, None)
            return None
        sentence = _(
            "Your role asks for a second proof of who you are. Set up a passkey or one-time codes, then go on."
        )
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"error": sentence}, status=403)
        wanted = request.get_full_path() if request.method == "GET" else reverse(settings.LOGIN_REDIRECT_URL)
        request.session[WANTED] = wanted
        return HttpResponseRedirect(reverse("mfa_index"))

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
