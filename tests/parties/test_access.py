"""``can``, ``can_below`` and the three declarations of a view: who gets 200, 302, 401, 403 and 404."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from tests.factories.parties import make_grant, make_user

from palermo.parties.access import Access, can, can_below, open_grants, public, requires, signed_in
from palermo.parties.logic.roles import Permission, Role
from palermo.parties.models import Grant, User

pytestmark = pytest.mark.django_db

ARG = "/cycles/2026/untoc/arg"
P = Permission


def holder(role: Role, scope: str) -> User:
    user = make_user()
    make_grant(user, role, scope)
    return user


# role, its scope, permission, asked scope, can, can_below
CASES = [
    (Role.FOCAL_POINT, ARG, P.CLEAR_RESPONSE, ARG, True, True),
    (Role.FOCAL_POINT, ARG, P.ANSWER, f"{ARG}/art-5", True, True),
    (Role.FOCAL_POINT, ARG, P.ANSWER, "/cycles/2026/untoc/arm", False, False),
    (Role.FOCAL_POINT, ARG, P.ANSWER, "/cycles/2028/untoc/arg", False, False),
    (Role.FOCAL_POINT, ARG, P.MANAGE_CYCLES, ARG, False, False),
    (Role.FOCAL_POINT, ARG, P.READ_RESPONSE, "/", False, True),
    (Role.DEPUTY, ARG, P.CLEAR_RESPONSE, ARG, False, False),
    (Role.DEPUTY, ARG, P.HAND_OVER, ARG, True, True),
    (Role.CONTRIBUTOR, f"{ARG}/art-16", P.ANSWER, f"{ARG}/art-16", True, True),
    (Role.CONTRIBUTOR, f"{ARG}/art-16", P.ANSWER, f"{ARG}/art-17", False, False),
    (Role.CONTRIBUTOR, f"{ARG}/art-16", P.ANSWER, f"{ARG}/art-1", False, False),
    (Role.CONTRIBUTOR, f"{ARG}/art-16", P.READ_RESPONSE, ARG, False, True),
    (Role.CONTRIBUTOR, f"{ARG}/art-16", P.DECLARE_SECTION, f"{ARG}/art-16", False, False),
    (Role.LEAD, f"{ARG}/art-16", P.DECLARE_SECTION, f"{ARG}/art-16", True, True),
    (Role.READER, ARG, P.READ_RESPONSE, f"{ARG}/art-5", True, True),
    (Role.READER, ARG, P.ANSWER, f"{ARG}/art-5", False, False),
    (Role.SECRETARIAT, "/cycles", P.MANAGE_CYCLES, "/cycles", True, True),
    (Role.SECRETARIAT, "/cycles", P.READ_RESPONSE, ARG, False, False),
    (Role.SECRETARIAT, "/cycles", P.READ_SUBMISSION, ARG, True, True),
    (Role.ADMINISTRATOR, "/", P.READ_RESPONSE, ARG, False, False),
    (Role.ADMINISTRATOR, "/", P.ADMINISTER, "/", True, True),
]


@pytest.mark.parametrize(("role", "held", "permission", "scope", "here", "below"), CASES)
def test_can(role: Role, held: str, permission: Permission, scope: str, here: bool, below: bool) -> None:
    user = holder(role, held)
    assert (can(user, permission, scope), can_below(user, permission, scope)) == (here, below)


@pytest.mark.parametrize("user", [AnonymousUser(), None])
def test_strangers_can_nothing(user: AnonymousUser | None) -> None:
    someone = user or make_user()
    assert [permission for permission in Permission if can_below(someone, permission, "/")] == []


@pytest.mark.parametrize(
    "change",
    [{"accepted_at": None}, {"ended_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}],
    ids=["not accepted", "ended"],
)
def test_a_grant_counts_once_accepted_and_until_ended(change: dict[str, Any]) -> None:
    user = holder(Role.FOCAL_POINT, ARG)
    Grant.objects.filter(user=user).update(**change)
    assert can(user, P.ANSWER, ARG) is False


def test_a_closed_account_can_nothing() -> None:
    user = holder(Role.FOCAL_POINT, ARG)
    user.is_active = False
    assert can(user, P.ANSWER, ARG) is False


def test_grants_are_read_once_per_request(django_assert_num_queries: Any) -> None:
    user = holder(Role.FOCAL_POINT, ARG)
    make_grant(user, Role.READER, "/cycles/2028/untoc/arg")
    with django_assert_num_queries(1):
        assert len(open_grants(user)) == 2
        assert can(user, P.ANSWER, ARG)
        assert not can_below(user, P.ANSWER, "/cycles/2028")


# --- declarations


def page(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return HttpResponse("the page")


def scope(*, party: str) -> str:
    return f"/cycles/2026/untoc/{party}"


def ask(view: Any, user: User | AnonymousUser, party: str | None = "arg", **headers: str) -> Any:
    """The status of a view for a person; 403 and 404 are raised and told here as numbers."""
    request = RequestFactory().get("/en/somewhere/?q=1", headers=headers)
    request.user = user
    try:
        return view(request, **({"party": party} if party else {}))
    except PermissionDenied:
        return HttpResponse(status=403)
    except Http404:
        return HttpResponse(status=404)


answering = requires(P.ANSWER, scope=scope, read=(P.READ_RESPONSE, P.READ_SUBMISSION))(page)


@pytest.mark.parametrize(
    ("role", "held", "status"),
    [
        (Role.FOCAL_POINT, ARG, 200),
        (Role.READER, ARG, 403),
        (Role.SECRETARIAT, "/cycles", 403),
        (Role.ADMINISTRATOR, "/", 404),
        (Role.FOCAL_POINT, "/cycles/2026/untoc/arm", 404),
        (Role.CONTRIBUTOR, f"{ARG}/art-16", 403),
        (None, "", 404),
    ],
)
def test_requires(role: Role | None, held: str, status: int) -> None:
    user = holder(role, held) if role else make_user()
    assert ask(answering, user).status_code == status


def test_requires_below_opens_to_the_holder_of_a_part() -> None:
    hub = requires(P.READ_RESPONSE, scope=scope, below=True)(page)
    assert ask(hub, holder(Role.CONTRIBUTOR, f"{ARG}/art-16")).status_code == 200
    assert ask(hub, holder(Role.CONTRIBUTOR, "/cycles/2026/untoc/arm/art-16")).status_code == 404


def test_requires_sends_strangers_to_sign_in_and_back() -> None:
    answer = ask(answering, AnonymousUser())
    assert answer.status_code == 302
    assert answer["Location"] == "/en/account/sign-in/?next=/en/somewhere/%3Fq%3D1"


def test_requires_tells_a_script_of_strangers_401() -> None:
    assert ask(answering, AnonymousUser(), accept="application/json").status_code == 401


def test_one_of_several_permissions_is_enough() -> None:
    either = requires(P.CLEAR_RESPONSE, P.READ_SUBMISSION, scope=scope)(page)
    assert ask(either, holder(Role.SECRETARIAT, "/cycles")).status_code == 200


def test_signed_in_asks_strangers_only() -> None:
    view = signed_in(page)
    assert ask(view, make_user(), None).status_code == 200
    assert ask(view, AnonymousUser(), None).status_code == 302


def test_every_declaration_can_be_read_from_the_view() -> None:
    def other(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert public(other).access == Access("public")  # type: ignore[attr-defined]
    assert signed_in(other).access == Access("signed in")  # type: ignore[attr-defined]
    assert answering.access == Access(  # type: ignore[attr-defined]
        "requires", (P.ANSWER,), (P.READ_RESPONSE, P.READ_SUBMISSION)
    )


def test_a_grant_accepted_now_counts_at_the_next_request() -> None:
    user = make_user()
    grant = Grant.objects.create(user=user, role=Role.READER, scope=ARG)
    assert not can(user, P.READ_RESPONSE, ARG)
    Grant.objects.filter(pk=grant.pk).update(accepted_at=timezone.now())
    assert can(User.objects.get(pk=user.pk), P.READ_RESPONSE, ARG)
