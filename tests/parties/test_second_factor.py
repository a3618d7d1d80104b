"""Where a second factor is required: nothing opens before one is set up, and it is asked for at every sign-in."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.translation import override
from tests.factories.parties import PASSWORD, make_grant, make_member

from palermo.parties import actions, queries
from palermo.parties.access import needs_second_factor
from palermo.parties.checks import demonstration_stays_apart
from palermo.parties.logic.roles import SECOND_FACTOR_ROLES, Role
from palermo.parties.models import AuditEvent, User

pytestmark = pytest.mark.django_db

RESPONSE = "/cycles/2026/untoc/arg"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def production_rules() -> Iterator[None]:
    cache.clear()
    with override_settings(SECOND_FACTOR_REQUIRED=True), override("en"):
        yield


def person(role: Role | None = None) -> User:
    user = make_member()
    if role is not None:
        make_grant(user, role, RESPONSE)
    return user


def sign_in(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


@pytest.mark.parametrize("role", list(Role))
def test_the_roles_that_need_one(role: Role) -> None:
    expected = {"focal_point", "deputy", "secretariat", "administrator"}
    assert needs_second_factor(person(role)) is (role.value in expected)
    assert {role.value for role in SECOND_FACTOR_ROLES} == expected


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_without_one_everything_leads_to_the_set_up(client: Client, role: Role) -> None:
    sign_in(client, person(role))
    for name in ("site:desk", "site:front", "parties:account", "usersessions_list", "account_change_password"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    page = client.get(reverse("mfa_index")).content.decode()
    assert "Set up a second proof first" in page
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200


@pytest.mark.parametrize("role", [None, Role.CONTRIBUTOR, Role.LEAD, Role.READER])
def test_others_go_on_without_one(client: Client, role: Role | None) -> None:
    sign_in(client, person(role))
    assert client.get(reverse("parties:account")).status_code == 200


def test_a_script_gets_a_sentence_instead_of_a_page(client: Client) -> None:
    client.force_login(person(Role.DEPUTY))
    answer = client.post(reverse("parties:account"), headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "Set up a passkey" in answer.json()["error"]


def test_in_the_demonstration_nobody_is_asked(client: Client) -> None:
    client.force_login(person(Role.FOCAL_POINT))
    with override_settings(SECOND_FACTOR_REQUIRED=False):
        assert client.get(reverse("parties:account")).status_code == 200


def test_a_role_given_during_the_session_counts_at_once(client: Client) -> None:
    user = person(Role.CONTRIBUTOR)
    sign_in(client, user)
    assert client.get(reverse("parties:account")).status_code == 200
    make_grant(user, Role.FOCAL_POINT, RESPONSE)
    assert client.get(reverse("parties:account"))["Location"] == reverse("mfa_index")


def test_after_the_set_up_one_goes_on_to_where_one_wanted(client: Client) -> None:
    user = person(Role.FOCAL_POINT)
    sign_in(client, user)
    client.get(reverse("parties:account"))
    TOTP.activate(user, SECRET)
    page = client.get(reverse("mfa_index")).content.decode()
    assert f'<a class="button" href="{reverse("parties:account")}">Go on</a>' in page
    assert client.get(reverse("parties:account")).status_code == 200
    assert "Go on" not in client.get(reverse("mfa_index")).content.decode()


def test_with_one_the_page_asks_the_database_once_only(client: Client, django_assert_num_queries: Any) -> None:
    user = person(Role.FOCAL_POINT)
    TOTP.activate(user, SECRET)
    client.force_login(user)
    client.get(reverse("parties:account"))
    with django_assert_num_queries(3):  # the session, the person, and what the person was given
        client.get(reverse("parties:account"))


def test_with_one_it_is_asked_for_at_sign_in(client: Client) -> None:
    user = person(Role.FOCAL_POINT)
    TOTP.activate(user, SECRET)
    assert sign_in(client, user)["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.CONTRIBUTOR])
def test_an_invitation_for_a_role_that_needs_one_leads_to_the_set_up(client: Client, role: Role) -> None:
    officer = make_member()
    grant = actions.invite(
        by=officer, email="new@example.org", name="New", role=role, scope=RESPONSE, subject="Argentina"
    )
    link = actions.invitation_link(by=officer, grant=grant)
    form = {"name": "New", "password": "nine grey horses", "repeated": "nine grey horses"}
    answer = client.post(link, form)
    assert answer["Location"] == reverse("site:desk")
    desk = client.get(answer["Location"])
    if role == Role.CONTRIBUTOR:
        assert desk.status_code == 200
    else:
        assert desk["Location"] == reverse("mfa_index")
        # The password was chosen a moment ago; it is not asked for again.
        assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_an_invitation_for_an_account_with_a_second_factor_asks_for_it(client: Client) -> None:
    user = person()
    TOTP.activate(user, SECRET)
    grant = actions.invite(
        by=make_member(), email=user.email, name="", role=Role.DEPUTY, scope=RESPONSE, subject="Argentina"
    )
    link = actions.invitation_link(by=None, grant=grant)
    client.post(link, {"name": "X", "password": "nine grey horses", "repeated": "nine grey horses"})
    assert "_auth_user_id" not in client.session
    grant.refresh_from_db()
    assert grant.accepted_at is None


def make_passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})


def test_the_last_factor_stays_where_one_is_required(client: Client) -> None:
    user = person(Role.FOCAL_POINT)
    sign_in(client, user)
    passkey = make_passkey(user)
    remove = reverse("mfa_remove_webauthn", kwargs={"pk": passkey.pk})
    answer = client.post(remove)
    assert answer["Location"] == reverse("mfa_index")
    assert queries.second_factors(user).count() == 1
    TOTP.activate(user, SECRET)
    client.post(remove)
    assert list(queries.second_factors(user).values_list("type", flat=True)) == ["totp"]
    page = client.post(reverse("mfa_deactivate_totp")).content.decode()
    assert "this is all you have" in page
    assert queries.second_factors(user).count() == 1


def test_the_last_factor_goes_where_none_is_required(client: Client) -> None:
    user = person(Role.CONTRIBUTOR)
    sign_in(client, user)
    TOTP.activate(user, SECRET)
    assert client.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    assert not queries.second_factors(user).exists()


def test_lost_factors_are_forgotten_and_every_session_ends(client: Client) -> None:
    user = person(Role.FOCAL_POINT)
    sign_in(client, user)
    TOTP.activate(user, SECRET)
    assert client.get(reverse("parties:account")).status_code == 200
    assert actions.forget_second_factors(by=None, user=user) == 1
    assert client.get(reverse("parties:account")).status_code == 302
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.latest("pk").action == "forget_second_factors"


def test_secrets_are_kept_encrypted_and_survive_a_change_of_key() -> None:
    user = person()
    kept = TOTP.activate(user, SECRET).instance.data["secret"]
    assert SECRET not in kept
    assert decrypt(kept) == SECRET
    with override_settings(SECRET_KEY="another key " * 6, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert get_adapter().decrypt(kept) == SECRET


# --- settings


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        ({"SECRET_KEY": "short"}, "palermo.E002"),
        ({"SECRET_KEY": "ab" * 40}, "palermo.E002"),
        ({"SECOND_FACTOR_REQUIRED": False}, "palermo.W001"),
        ({"SITE_ADDRESS": "http://palermo.example.org"}, "palermo.W002"),
        ({"SITE_ADDRESS": "https://localhost:8000"}, "palermo.W002"),
        ({"ALLOWED_HOSTS": ["*"]}, "palermo.E003"),
        ({}, ""),
    ],
)
def test_dangerous_settings_are_found(bad: dict[str, Any], found: str) -> None:
    safe = {
        "PRODUCTION": True,
        "HTTPS": True,
        "DEMONSTRATION": False,
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
        "SITE_ADDRESS": "https://palermo.example.org",
    }
    with override_settings(**safe | bad):
        ids = [message.id for message in run_checks(include_deployment_checks=True) if "palermo." in (message.id or "")]
    assert ids == ([found] if found else [])


@pytest.mark.parametrize(("name", "found"), [("palermo", ["palermo.E001"]), ("palermo_demo", [])])
def test_the_demonstration_never_runs_on_real_data(
    name: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", name)
    with override_settings(DEMONSTRATION=True):
        assert [message.id for message in demonstration_stays_apart(None)] == found


def in_production(code: str, **environment: str) -> str:
    """What a line of Python prints with the settings of production."""
    command = [sys.executable, "-c", f"import django; django.setup(); from django.conf import settings; {code}"]
    variables = {
        "DJANGO_SETTINGS_MODULE": "palermo.config.settings",
        "PALERMO_MODE": "production",
        "PALERMO_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
        "PALERMO_HOSTS": "palermo.example.org",
        "DATABASE_URL": "postgresql:///palermo",
    }
    return subprocess.run(command, env=variables | environment, capture_output=True, text=True, check=True).stdout


def test_production_hashes_passwords_with_argon2_only() -> None:
    printed = in_production(
        "from django.contrib.auth.hashers import make_password; print(make_password('x')[:14]);"
        "print(len(settings.PASSWORD_HASHERS))"
    )
    assert printed.split() == ["argon2$argon2i", "1"]


def test_production_cookies_belong_to_this_host_and_https() -> None:
    names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"]
    names += ["CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "SECOND_FACTOR_REQUIRED", "SITE_ADDRESS"]
    printed = in_production(f"print(*(getattr(settings, name) for name in {names}))")
    assert printed.split() == [
        "__Host-sessionid",
        "True",
        "True",
        "Lax",
        "__Host-csrftoken",
        "True",
        "True",
        "https://palermo.example.org",
    ]
