"""Passkeys in a real browser with a virtual authenticator, under the strict content security policy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override
from tests.factories.parties import PASSWORD, make_grant, make_member

from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, User

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def production_rules() -> Iterator[None]:
    cache.clear()
    with override_settings(SECOND_FACTOR_REQUIRED=True), override("en"):
        yield


@pytest.fixture
def complaints(page: "Page") -> Iterator[list[str]]:
    """What the browser complains about; at the end there is nothing: no script failed, nothing was blocked."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    yield found
    assert found == []


class Key:
    """A virtual authenticator of the browser."""

    def __init__(self, page: "Page", *, verifies: bool = True) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal" if verifies else "usb",
            "hasResidentKey": verifies,
            "hasUserVerification": verifies,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
        }
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        answer = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(answer["credentials"])

    def forgets(self) -> None:
        """The passkey is not on this device."""
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def localhost(live_server: Any, name: str) -> str:
    """Passkeys need a name, not a network address."""
    return str(live_server.url).replace("127.0.0.1", "localhost") + reverse(name)


def type_password(page: "Page", user: User) -> None:
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def focal_point() -> User:
    user = make_member("Ana Sosa")
    make_grant(user, Role.FOCAL_POINT, "/cycles/2026/untoc/arg")
    return user


def add_passkey(page: "Page", name: str = "Work computer", *, alone: bool = True) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add the passkey").click()


def test_a_focal_point_sets_up_a_passkey_and_signs_in_with_it(
    live_server: Any, page: "Page", complaints: list[str]
) -> None:
    user = focal_point()
    key = Key(page)
    answer = page.goto(localhost(live_server, "account_login"))
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    type_password(page, user)
    page.get_by_text("Set up a second proof first").wait_for()
    page.get_by_role("link", name="Add a passkey").click()
    add_passkey(page)
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert page.locator("main code").count() == 10
    (credential,) = key.credentials()
    assert credential["isResidentCredential"] is True
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Work computer"
    page.get_by_role("link", name="I have kept them: go on").click()
    page.wait_for_url(localhost(live_server, "site:desk"))

    page.context.clear_cookies()
    page.goto(localhost(live_server, "account_login") + "?next=" + reverse("parties:account"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(localhost(live_server, "parties:account"))
    event = AuditEvent.objects.filter(action="sign_in").latest("pk")
    assert (event.by_id, event.detail) == (user.pk, {"methods": ["webauthn"]})


def test_after_the_password_the_passkey_is_asked_for(live_server: Any, page: "Page", complaints: list[str]) -> None:
    user = focal_point()
    Key(page)
    page.goto(localhost(live_server, "account_login"))
    type_password(page, user)
    page.get_by_role("link", name="Add a passkey").click()
    add_passkey(page)
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    page.context.clear_cookies()
    page.goto(localhost(live_server, "account_login"))
    type_password(page, user)
    page.get_by_role("heading", name="Show once more that it is you").wait_for()
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url(localhost(live_server, "site:desk"))


def test_an_old_key_without_pin_serves_after_the_password(
    live_server: Any, page: "Page", complaints: list[str]
) -> None:
    user = focal_point()
    key = Key(page, verifies=False)
    page.goto(localhost(live_server, "account_login"))
    type_password(page, user)
    page.get_by_role("link", name="Add a passkey").click()
    add_passkey(page, "Blue key", alone=False)
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    (credential,) = key.credentials()
    assert credential["isResidentCredential"] is False
    page.get_by_role("link", name="Back to the safety of your account").click()
    assert "(after the password)" in page.get_by_role("row", name="Blue key").inner_text()
    page.context.clear_cookies()
    page.goto(localhost(live_server, "account_login"))
    type_password(page, user)
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url(localhost(live_server, "site:desk"))


def test_what_matters_is_confirmed_by_the_passkey(live_server: Any, page: "Page", complaints: list[str]) -> None:
    user = focal_point()
    Key(page)
    page.goto(localhost(live_server, "account_login"))
    type_password(page, user)
    page.get_by_role("link", name="Add a passkey").click()
    add_passkey(page)
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=0):
        page.goto(localhost(live_server, "mfa_reauthenticate_webauthn") + "?next=" + reverse("parties:account"))
        page.get_by_role("button", name="Confirm with a passkey").click()
        page.wait_for_url(localhost(live_server, "parties:account"))


def test_a_passkey_that_is_not_there_is_said_in_words(live_server: Any, page: "Page") -> None:
    key = Key(page)
    page.goto(localhost(live_server, "account_login"))
    key.forgets()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("No passkey was given. Try again, or choose another way.").wait_for()
    assert page.get_by_role("button", name="Sign in with a passkey").is_enabled()


def test_a_passkey_of_nobody_here_is_refused_in_words(live_server: Any, page: "Page") -> None:
    user = focal_point()
    Key(page)
    page.goto(localhost(live_server, "account_login"))
    type_password(page, user)
    page.get_by_role("link", name="Add a passkey").click()
    add_passkey(page)
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    Authenticator.objects.all().delete()
    page.context.clear_cookies()
    page.goto(localhost(live_server, "account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This is not valid, or no longer. Try once more.").wait_for()


def test_at_a_network_address_the_page_says_why_passkeys_do_not_work(live_server: Any, page: "Page") -> None:
    page.goto(localhost(live_server, "account_login").replace("localhost", "127.0.0.1"))
    assert "http://localhost" in page.locator("[data-passkey-problem]").inner_text()
    assert page.get_by_role("button", name="Sign in with a passkey").is_disabled()


def test_without_scripts_the_password_still_works(live_server: Any, browser: Any) -> None:
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    user = make_member()
    page.goto(localhost(live_server, "account_login"))
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    type_password(page, user)
    page.wait_for_url(localhost(live_server, "site:desk"))
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_sign_in_is_wider_than_a_telephone(
    live_server: Any, browser: Any, language: str, scheme: str
) -> None:
    user = make_member("Ana Sosa", language=language)
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    Key(page)
    with override(language):
        page.goto(localhost(live_server, "account_login"))
        wide = ["account_login"] if too_wide(page) else []
        page.locator("[name=login]").fill(user.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form[action$='sign-in/'] button").click()
        page.goto(localhost(live_server, "mfa_add_webauthn"))
        page.locator("form[data-passkey] button").click()
        page.wait_for_url(localhost(live_server, "mfa_view_recovery_codes"))
        names = ["mfa_index", "mfa_view_recovery_codes", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"]
        names += ["usersessions_list", "account_change_password", "parties:account", "account_logout"]
        for name in names:
            page.goto(localhost(live_server, name))
            assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
            wide += [name] if too_wide(page) else []
    assert wide == []
    context.close()


def too_wide(page: "Page") -> bool:
    """Whether the page must be moved sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
