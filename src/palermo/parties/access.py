"""The only judges of access: ``can`` for code, and one declaration on every view.

Every view carries exactly one of ``@public``, ``@signed_in`` or ``@requires(…)``; a test finds a view without.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from palermo.parties.logic.roles import SECOND_FACTOR_ROLES, Permission, Role, allows, counting, covers
from palermo.parties.models import Grant, User

View = Callable[..., HttpResponseBase]
_ANSWER = Permission.ANSWER


@dataclass(frozen=True)
class Access:
    """What a view declares: ``public``, ``signed in`` or the permissions it asks for."""

    kind: str
    permissions: tuple[Permission, ...] = ()
    read: tuple[Permission, ...] = ()


def open_grants(user: User | AnonymousUser) -> list[Grant]:
    """The grants of the user that count now; read once and kept on the object."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return []
    kept: list[Grant] | None = getattr(user, "_open_grants", None)
    if kept is None:
        held = list(
            Grant.objects.filter(user=user, ended_at=None, accepted_at__isnull=False).only("role", "scope", "user")
        )
        kept = [
            grant
            for grant, counts in zip(held, counting((grant.role, grant.scope) for grant in held), strict=True)
            if counts
        ]
        user._open_grants = kept  # type: ignore[attr-defined]
    return kept


def can(user: User | AnonymousUser, permission: Permission, scope: str) -> bool:
    """Whether the user holds the permission on the scope."""
    return any(allows(grant.role, permission) and covers(grant.scope, scope) for grant in open_grants(user))


def enters_paper(user: User | AnonymousUser, scope: str) -> bool:
    """Whether the user enters at the scope what a State sent on paper, and holds no part in that State's team."""
    roles = {grant.role for grant in open_grants(user) if covers(grant.scope, scope) and allows(grant.role, _ANSWER)}
    return roles == {Role.SCRIBE}


def can_below(user: User | AnonymousUser, permission: Permission, scope: str) -> bool:
    """Whether the user holds the permission on the scope or on something below it."""
    return any(
        allows(grant.role, permission) and (covers(grant.scope, scope) or covers(scope, grant.scope))
        for grant in open_grants(user)
    )


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """Whether one of the user's roles asks for a passkey or a one-time code in production."""
    return any(grant.role in SECOND_FACTOR_ROLES for grant in open_grants(user))


def public(view: View) -> View:
    """Declares that anyone may open the view."""
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def _kept_nowhere(response: HttpResponseBase) -> HttpResponseBase:
    """A page behind sign-in is in no cache, so that the next person at the computer does not find it."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """Leads a person to the form, and tells a script that it is nobody."""
    if request.headers.get("Accept", "").startswith("application/json"):
        sentence = _("Your session has ended; nothing was changed. Sign in, then send it once more.")
        return JsonResponse({"error": sentence}, status=401)
    return redirect_to_login(request.get_full_path())


def signed_in(view: View) -> View:
    """Declares that anyone with an account may open the view; others are asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in(request)
        return _kept_nowhere(view(request, *args, **kwargs))

    guarded.access = Access("signed in")  # type: ignore[attr-defined]
    return guarded


def requires(
    *permissions: Permission,
    scope: Callable[..., str],
    read: Permission | tuple[Permission, ...] = (),
    below: bool = False,
) -> Callable[[View], View]:
    """Declares that one of ``permissions`` is needed on ``scope(**url_parameters)``.

    Without any of them the reader is told *not found*, so that nobody learns what exists elsewhere; one who holds
    ``read`` there is told *not allowed*. With ``below`` a grant on a part of the scope is enough (the hub of a
    response is open to a contributor of one section; the view shows only what that person may see).
    """
    reading = (read,) if isinstance(read, Permission) else tuple(read)
    judge = can_below if below else can

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            place = scope(**kwargs)
            if not any(judge(request.user, permission, place) for permission in permissions):
                if any(can_below(request.user, permission, place) for permission in reading):
                    raise PermissionDenied
                raise Http404
            return _kept_nowhere(view(request, *args, **kwargs))

        guarded.access = Access("requires", permissions, reading)  # type: ignore[attr-defined]
        return guarded

    return declare
