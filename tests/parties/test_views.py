"""The pages of sign-in and of people: who may open them, what they do, and what they do not give away."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from tests.factories.parties import PASSWORD, make_member

from palermo.base.models import Mail
from palermo.parties import actions
from palermo.parties.account_urls import urlpatterns
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Invitation, User

pytestmark = pytest.mark.django_db

ARTICLE = "/cycles/2026/untoc/arg/art-16"


@pytest.fixture(autouse=True)
def no_attempts_yet() -> Iterator[None]:
    cache.clear()
    with override("en"):
        yield


def passkey(user: User, name: str = "Key") -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": {}})


def address(name: str, user: User | None = None) -> str:
    """The address of a page of sign-in, for the passkey of the user where it needs one."""
    arguments: dict[str, dict[str, object]] = {
        "account_reset_password_from_key": {"uidb36": "1", "key": "no-key"},
        "mfa_remove_webauthn": {"pk": 0},
        "mfa_edit_webauthn": {"pk": 0},
    }
    return reverse(name, kwargs=arguments.get(name, {}))


# name: status for a stranger, and for a person without second factor who has signed in long ago
MATRIX = {
    "account_login": (200, 302),
    "account_logout": (302, 200),
    "mfa_authenticate": (302, 302),
    "mfa_login_webauthn": (302, 302),
    "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "account_inactive": (200, 200),
    "account_change_password": (302, 200),
    "account_set_password": (302, 302),
    "account_reauthenticate": (302, 200),
    "mfa_reauthenticate": (302, 302),
    "mfa_reauthenticate_webauthn": (302, 302),
    "mfa_index": (302, 200),
    "mfa_activate_totp": (302, 302),
    "mfa_deactivate_totp": (302, 404),
    "mfa_view_recovery_codes": (302, 404),
    "mfa_generate_recovery_codes": (302, 302),
    "mfa_download_recovery_codes": (302, 404),
    "mfa_list_webauthn": (302, 200),
    "mfa_add_webauthn": (302, 302),
    "mfa_remove_webauthn": (302, 302),
    "mfa_edit_webauthn": (302, 302),
    "usersessions_list": (302, 200),
}


def test_every_address_of_sign_in_stands_in_the_matrix() -> None:
    assert sorted(MATRIX) == sorted(str(pattern.name) for pattern in urlpatterns)


@pytest.mark.parametrize("name", MATRIX)
def test_strangers_and_people_get_the_declared_status(client: Client, name: str) -> None:
    stranger, person = MATRIX[name]
    assert client.get(address(name)).status_code == stranger
    client.force_login(make_member())
    assert client.get(address(name)).status_code == person


@pytest.mark.parametrize("name", [name for name, (stranger, _) in MATRIX.items() if stranger == 200])
def test_pages_are_in_our_look_and_not_kept(client: Client, name: str) -> None:
    page = client.get(address(name))
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert "base/palermo" in page.content.decode()


# --- signing in


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def test_signing_in_leads_to_the_desk_and_is_recorded(client: Client) -> None:
    user = make_member()
    answer = sign_in(client, user.email.upper())
    assert (answer.status_code, answer["Location"]) == (302, reverse("site:desk"))
    assert client.session["_auth_user_id"] == str(user.pk)
    event = AuditEvent.objects.get(action="sign_in")
    assert (event.by_id, event.detail) == (user.pk, {"methods": ["password"]})


def test_the_key_of_the_session_is_new_after_signing_in(client: Client) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key
    sign_in(client, make_member().email)
    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_a_refused_attempt_is_recorded_without_unknown_addresses(client: Client) -> None:
    user = make_member()
    sign_in(client, user.email, "not the password")
    sign_in(client, "nobody@example.org", "not the password")
    subjects = AuditEvent.objects.filter(action="sign_in_refused").values_list("subject", flat=True)
    assert list(subjects) == [user.email, ""]


def test_known_and_unknown_addresses_get_the_same_answer(client: Client) -> None:
    user = make_member()
    pages = [
        sign_in(client, email, "not the password").content.decode().replace(email, "…")
        for email in (user.email, "nobody@example.org")
    ]
    plain = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]
    assert plain[0] == plain[1]


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
@pytest.mark.parametrize("way", ["query", "form"])
def test_signing_in_never_leads_elsewhere(client: Client, target: str, way: str) -> None:
    user = make_member()
    form = {"login": user.email, "password": PASSWORD}
    if way == "form":
        answer = client.post(reverse("account_login"), form | {"next": target})
    else:
        answer = client.post(reverse("account_login", query={"next": target}), form)
    assert answer["Location"] == reverse("site:desk")


def test_signing_in_leads_to_where_one_wanted(client: Client) -> None:
    user = make_member()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": "/en/account/"})
    assert client.get("/en/account/").status_code == 200


def test_the_account_of_a_closed_person_opens_no_session(client: Client) -> None:
    user = make_member()
    User.objects.filter(pk=user.pk).update(is_active=False)
    answer = sign_in(client, user.email)
    assert answer["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_five_failed_attempts_for_one_address_are_enough(client: Client) -> None:
    user = make_member()
    for _ in range(5):
        assert "do not belong together" in sign_in(client, user.email, "not the password").content.decode()
    assert "too many attempts that failed" in sign_in(client, user.email).content.decode()
    assert "_auth_user_id" not in client.session


def test_too_many_attempts_from_one_place_get_our_page(client: Client) -> None:
    for number in range(30):
        sign_in(client, f"nobody{number}@example.org", "not the password")
    page = sign_in(client, make_member().email)
    assert page.status_code == 429
    assert "There were too many attempts" in page.content.decode()
    assert "base/palermo" in page.content.decode()


def test_the_database_cache_counts_attempts(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    from django.core.management import call_command

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "base_cache"}}
    call_command("createcachetable", verbosity=0)
    user = make_member()
    for _ in range(5):
        sign_in(client, user.email, "not the password")
    assert "too many attempts that failed" in sign_in(client, user.email).content.decode()


def test_signing_out_asks_first_and_leads_to_the_front_page(client: Client) -> None:
    client.force_login(make_member())
    assert "Do you want to sign out?" in client.get(reverse("account_logout")).content.decode()
    assert client.session["_auth_user_id"]
    assert client.post(reverse("account_logout"))["Location"] == reverse("site:front")
    assert "_auth_user_id" not in client.session


# --- passwords


def test_a_forgotten_password_is_replaced_by_a_link_in_a_mail(client: Client) -> None:
    user = make_member(language="fr")
    elsewhere = Client()
    elsewhere.force_login(user)
    answer = client.post(reverse("account_reset_password"), {"email": user.email.upper()})
    assert answer["Location"] == reverse("account_reset_password_done")
    mail = Mail.objects.get()
    assert (mail.to_address, mail.to_user_id, mail.language) == (user.email, user.pk, "fr")
    link = re.search(r"http://localhost:8000(/fr/account/password/reset/key/\S+)", mail.body)
    assert link is not None
    form = client.get(link[1])
    assert "set-password" in form["Location"]
    done = client.post(form["Location"], {"password1": "nine grey horses", "password2": "nine grey horses"})
    assert done.status_code == 302
    assert "_auth_user_id" not in client.session
    user.refresh_from_db()
    assert user.check_password("nine grey horses")
    assert elsewhere.get(reverse("parties:account")).status_code == 302
    assert "does not work any more" in Client().get(link[1].replace("/fr/", "/en/")).content.decode()
    actions_done = list(AuditEvent.objects.exclude(action="create_user").values_list("action", flat=True))
    assert actions_done == ["send_password_link", "password_reset"]


def test_the_link_in_the_mail_ignores_the_host_of_the_request(client: Client) -> None:
    user = make_member()
    client.post(reverse("account_reset_password"), {"email": user.email}, HTTP_HOST="127.0.0.1:8123")
    assert "127.0.0.1" not in Mail.objects.get().body


def test_asking_for_a_password_says_nothing_of_who_has_an_account(client: Client) -> None:
    user = make_member()
    closed = make_member()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (user.email, "nobody@example.org", closed.email)
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert list(Mail.objects.order_by("pk").values_list("to_address", "template")) == [
        (user.email, "password_link"),
        ("nobody@example.org", "unknown_address"),
        (closed.email, "unknown_address"),
    ]


def test_changing_the_password_keeps_this_session_and_ends_the_others(client: Client) -> None:
    user = make_member()
    elsewhere = Client()
    elsewhere.force_login(user)
    client.force_login(user)
    new = {"oldpassword": PASSWORD, "password1": "nine grey horses", "password2": "nine grey horses"}
    assert client.post(reverse("account_change_password"), new)["Location"] == reverse("parties:account")
    assert client.get(reverse("parties:account")).status_code == 200
    assert elsewhere.get(reverse("parties:account")).status_code == 302
    assert Mail.objects.get().template == "account_changed"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "at least 12"), ("password1234", "too common"), ("person@example.org", "too similar")],
)
def test_a_weak_password_is_refused_with_the_reason(client: Client, password: str, sentence: str) -> None:
    user = make_member("person@example.org")
    client.force_login(user)
    new = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert sentence in client.post(reverse("account_change_password"), new).content.decode()


def test_setting_a_first_password(client: Client) -> None:
    user = make_member(password=None)
    client.force_login(user)
    assert client.get(reverse("account_change_password"))["Location"] == reverse("account_set_password")
    client.post(reverse("account_set_password"), {"password1": "nine grey horses", "password2": "nine grey horses"})
    user.refresh_from_db()
    assert user.check_password("nine grey horses")


# --- the own account


def test_the_own_account_is_changed(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    assert user.email in client.get(reverse("parties:account")).content.decode()
    form = {"name": " Ana Sosa ", "institution": "Ministry", "language": "es"}
    assert client.post(reverse("parties:account"), form).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.institution, user.language) == ("Ana Sosa", "Ministry", "es")


@pytest.mark.parametrize("bad", [{"name": ""}, {"name": "x" * 201}, {"language": "xx"}, {"institution": "x" * 201}])
def test_a_bad_account_is_refused_with_the_field(client: Client, bad: dict[str, str]) -> None:
    client.force_login(make_member())
    page = client.post(reverse("parties:account"), {"name": "A", "institution": "", "language": "en"} | bad)
    assert page.status_code == 200
    assert "There is something to put right" in page.content.decode()


def test_sessions_are_listed_and_ended(client: Client) -> None:
    user = make_member()
    browsers = [Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}) for _ in range(3)]
    for browser in browsers:
        sign_in(browser, user.email)
    page = browsers[0].get(reverse("usersessions_list")).content.decode()
    assert page.count("Firefox, Windows</th>") == 3
    second = UserSession.objects.get(session_key=browsers[1].session.session_key)
    browsers[0].post(reverse("usersessions_list"), {"session": second.pk})
    assert [browser.get(reverse("parties:account")).status_code for browser in browsers] == [200, 302, 200]
    browsers[0].post(reverse("usersessions_list"))
    assert [browser.get(reverse("parties:account")).status_code for browser in browsers] == [200, 302, 302]


def test_nobody_ends_the_session_of_somebody_else(client: Client) -> None:
    other = Client()
    sign_in(other, make_member().email)
    client.force_login(make_member())
    theirs = UserSession.objects.get()
    assert client.post(reverse("usersessions_list"), {"session": theirs.pk}).status_code == 404
    assert client.post(reverse("usersessions_list"), {"session": "' or 1=1"}).status_code == 404
    assert other.get(reverse("parties:account")).status_code == 200


# --- invitations


def invite(by: User, email: str = "new@example.org", role: Role = Role.CONTRIBUTOR, scope: str = ARTICLE) -> str:
    """Invites, and returns the address of the link in the mail."""
    actions.invite(by=by, email=email, name="New Person", role=role, scope=scope, subject="Article 16")
    return link_of(email)


def link_of(email: str) -> str:
    body = Mail.objects.filter(to_address=email).latest("pk").body
    link = re.search(r"http://localhost:8000(\S+)", body)
    assert link is not None
    return link[1]


ACCEPT = {"name": "New Person", "password": "nine grey horses", "repeated": "nine grey horses"}


def test_a_new_person_accepts_sets_a_password_and_is_signed_in(client: Client) -> None:
    link = invite(make_member("Ana"))
    page = client.get(link).content.decode()
    assert "<li>Contributor</li>" in page
    assert "new@example.org" in page
    answer = client.post(link, ACCEPT)
    assert (answer.status_code, answer["Location"]) == (302, reverse("site:desk"))
    user = User.objects.get(email="new@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.grants.get().accepted_at is not None
    assert UserSession.objects.filter(user=user).count() == 1


def test_a_link_works_once(client: Client) -> None:
    link = invite(make_member())
    client.post(link, ACCEPT)
    again = Client().get(link)
    assert again.status_code == 410
    assert "used already" in again.content.decode()
    assert Client().post(link, ACCEPT).status_code == 410


def expire(link: str) -> None:
    Invitation.objects.update(expires_at=timezone.now())


def end(link: str) -> None:
    grant = Invitation.objects.get().grant
    actions.end_grant(by=None, grant=grant)


def send_again(link: str) -> None:
    grant = Invitation.objects.get().grant
    assert grant.granted_by is not None
    actions.invite_again(by=grant.granted_by, grant=grant, subject="Article 16")


def close_account(link: str) -> None:
    User.objects.filter(email="new@example.org").update(is_active=False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (expire, "has expired"),
        (end, "was withdrawn"),
        (send_again, "replaced by a newer one"),
        (close_account, "is closed"),
    ],
)
def test_a_link_that_does_not_count_says_why(client: Client, change: Callable[[str], None], sentence: str) -> None:
    link = invite(make_member())
    change(link)
    for answer in (client.get(link), client.post(link, ACCEPT)):
        assert answer.status_code == 410
        assert sentence in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert not User.objects.get(email="new@example.org").has_usable_password()


def test_the_newer_link_works(client: Client) -> None:
    send_again(invite(make_member()))
    assert client.post(link_of("new@example.org"), ACCEPT).status_code == 302


def test_an_unknown_link_is_not_found(client: Client) -> None:
    assert client.get("/en/invitations/no-such-secret/").status_code == 404
    assert client.post("/en/invitations/no-such-secret/", ACCEPT).status_code == 404


def test_the_secret_of_a_link_cannot_be_guessed_and_is_not_kept() -> None:
    link = invite(make_member())
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert len(token) == 43  # 32 random bytes: 2^256 possibilities
    invitation = Invitation.objects.get()
    assert token not in str(Invitation.objects.values().get())
    assert re.fullmatch(r"[0-9a-f]{64}", invitation.token_hash)
    assert token not in str(list(AuditEvent.objects.values()))


def test_a_link_never_opens_an_account_that_exists(client: Client) -> None:
    member = make_member()
    link = invite(make_member(), email=member.email)
    page = client.get(link).content.decode()
    assert "You have an account already" in page
    assert 'name="password"' not in page
    client.post(link, ACCEPT)
    assert "_auth_user_id" not in client.session
    member.refresh_from_db()
    assert member.check_password(PASSWORD)
    assert member.grants.get().accepted_at is None
    client.force_login(member)
    assert client.post(link, {"name": member.name}).status_code == 302
    assert member.grants.get().accepted_at is not None


def test_another_person_is_told_for_whom_the_link_is(client: Client) -> None:
    link = invite(make_member())
    client.force_login(make_member())
    for answer in (client.get(link), client.post(link, ACCEPT)):
        assert answer.status_code == 403
        assert "This invitation is for new@example.org" in answer.content.decode()


def test_the_page_lists_all_that_is_accepted_together(client: Client) -> None:
    ana, officer = make_member("Ana"), make_member("Officer")
    invite(ana)
    link = invite(ana, scope="/cycles/2026/untoc/arg/art-17")
    invite(ana, role=Role.READER, scope="/cycles/2026/untoc/arg")
    invite(officer, role=Role.SECRETARIAT, scope="/cycles")
    page = client.get(link).content.decode()
    listed = re.findall(r"<li>(\w[^<]+?)\s*(?:<span class=\"quiet\">(.+?)</span>)?</li>", page)
    assert listed == [("Contributor", "(2 parts)"), ("Reader", "")]
    client.post(link, ACCEPT)
    held = User.objects.get(email="new@example.org").grants.order_by("pk")
    assert [(grant.role, grant.accepted_at is not None) for grant in held] == [
        ("contributor", True),
        ("contributor", True),
        ("reader", True),
        ("secretariat", False),
    ]


@pytest.mark.parametrize(
    "bad",
    [{"password": "short", "repeated": "short"}, {"repeated": "something else here"}, {"name": ""}, {"password": ""}],
)
def test_a_bad_acceptance_changes_nothing(client: Client, bad: dict[str, str]) -> None:
    link = invite(make_member())
    page = client.post(link, ACCEPT | bad)
    assert page.status_code == 200
    assert "There is something to put right" in page.content.decode()
    assert Invitation.objects.get().used_at is None


# --- second factors: pages


def fresh(client: Client, user: User) -> None:
    """Signs in by password now, so that nothing has to be confirmed."""
    cache.clear()
    assert sign_in(client, user.email).status_code == 302


def test_one_time_codes_are_turned_on_with_picture_and_key(
    client: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    user = make_member()
    fresh(client, user)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert '<svg role="img"' in page
    assert "data:image" not in page
    secret = client.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    wrong = "000000" if code != "000000" else "111111"
    assert client.post(reverse("mfa_activate_totp"), {"code": wrong}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    kept = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(kept.data)
    codes = re.findall(r'<code dir="ltr">(\S+)</code>', client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    download = client.get(reverse("mfa_download_recovery_codes"))
    assert download["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert [code for code in codes if code not in download.content.decode()] == []
    assert list(Mail.objects.values_list("template", flat=True)) == ["account_changed"]


def test_a_code_is_asked_after_the_password(client: Client) -> None:
    user = make_member()
    totp.TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    answer = sign_in(client, user.email)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("parties:account")).status_code == 302
    assert "not valid" in client.post(reverse("mfa_authenticate"), {"code": "12345678"}).content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == reverse("site:desk")
    assert client.session["_auth_user_id"] == str(user.pk)
    again = Client()
    sign_in(again, user.email)
    assert "not valid" in again.post(reverse("mfa_authenticate"), {"code": codes[0]}).content.decode()


def test_guessing_codes_is_stopped(client: Client) -> None:
    user = make_member()
    totp.TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    sign_in(client, user.email)
    for number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"99999{number}"})
    page = client.post(reverse("mfa_authenticate"), {"code": "999999"}).content.decode()
    assert "too many attempts that failed" in page


KEY = '"id": "AA", "rawId": "AA", "type": "public-key"'
NO_PASSKEYS = [
    "",
    "{",
    "[]",
    "null",
    "5",
    '"x"',
    "{}",
    '{"id": 1}',
    '{"response": null}',
    '{"response": {"userHandle": 5}}',
    f'{{{KEY}, "response": {{"clientDataJSON": "AA", "attestationObject": "AA"}}}}',
    f'{{{KEY}, "response": {{"clientDataJSON": "e30", "attestationObject": "oA"}}}}',
    f'{{{KEY}, "response": {{"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}}}',
    f'{{{KEY}, "response": {{"clientDataJSON": "e30", "authenticatorData": "{"A" * 50}", "signature": "AA",'
    ' "userHandle": "enp6enp6enp6enp6enp6enp6eno"}}',
]


@pytest.mark.parametrize("bad", NO_PASSKEYS)
@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_add_webauthn"])
def test_what_is_no_passkey_is_refused(client: Client, name: str, bad: str) -> None:
    if name == "mfa_add_webauthn":
        fresh(client, make_member())
        client.get(reverse(name))
    else:
        client.get(reverse(name), headers={"Accept": "application/json"})
    answer = client.post(reverse(name), {"credential": bad, "name": "x"})
    assert answer.status_code in (200, 302)
    assert not Authenticator.objects.exists()


def test_what_matters_is_confirmed_by_the_password(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    asked = client.get(reverse("mfa_add_webauthn"))
    assert asked["Location"] == reverse("account_reauthenticate", query={"next": reverse("mfa_add_webauthn")})
    assert "This is not your password" in client.post(asked["Location"], {"password": "wrong one"}).content.decode()
    answer = client.post(asked["Location"], {"password": PASSWORD})
    assert answer["Location"] == reverse("mfa_add_webauthn")
    assert client.get(answer["Location"]).status_code == 200


def test_passkeys_of_others_do_not_exist(client: Client) -> None:
    theirs = passkey(make_member())
    fresh(client, make_member())
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        for method in (client.get, client.post):
            assert method(reverse(name, kwargs={"pk": theirs.pk})).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_the_login_question_for_a_passkey_is_json(client: Client) -> None:
    answer = client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    question = answer.json()["request_options"]["publicKey"]
    assert (question["rpId"], question["userVerification"]) == ("testserver", "required")


def test_pages_carry_nothing_inline(client: Client) -> None:
    fresh(client, make_member())
    inline = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    names = ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "usersessions_list", "account_change_password")
    assert [name for name in names if inline.search(client.get(reverse(name)).content.decode())] == []
    assert not inline.search(Client().get(reverse("account_login")).content.decode())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_sign_in_in_every_direction(client: Client, language: str) -> None:
    page = client.get(f"/{language}/account/sign-in/").content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
