"""What actions of parties do, refuse, and write down; and what the database itself refuses."""

import datetime
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.utils import timezone
from tests.factories.parties import PASSWORD, make_member, make_party, make_user

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties import actions
from palermo.parties.logic.roles import Role
from palermo.parties.logic.tokens import token_hash
from palermo.parties.models import AuditEvent, Grant, Invitation, User

ARG = "/cycles/2026/untoc/arg"


def audit() -> list[tuple[str, str, str, dict[str, Any]]]:
    """The audit log, oldest first, without the making of accounts."""
    rows = AuditEvent.objects.exclude(action="create_user").order_by("pk")
    return list(rows.values_list("action", "scope", "subject", "detail"))


def refused(code: str, call: Callable[[], object]) -> str:
    """Calls, expects this refusal, and returns its sentence."""
    with pytest.raises(Refusal) as caught:
        call()
    assert caught.value.code == code
    return str(caught.value.message)


def invite(by: User, email: str = "new@example.org", role: Role = Role.DEPUTY, scope: str = ARG) -> Grant:
    return actions.invite(by=by, email=email, name="New", role=role, scope=scope, subject="Argentina")


def token_of(grant: Grant) -> str:
    """A secret whose invitation is open for the grant."""
    Invitation.objects.filter(grant=grant, used_at=None, withdrawn_at=None).update(token_hash=token_hash("secret"))
    return "secret"


# --- accounts


@pytest.mark.django_db
def test_create_user_trims_and_records() -> None:
    by = make_user("Officer")
    user = actions.create_user(by=by, email=" ana@example.org ", name=" Ana ", party=make_party(), language="es")
    assert (user.email, user.name, user.language, user.has_usable_password()) == ("ana@example.org", "Ana", "es", False)
    event = AuditEvent.objects.get()
    assert (event.action, event.by_id, event.by_name, event.subject) == (
        "create_user",
        by.pk,
        f"Officer <{by.email}>",
        "ana@example.org",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad", [{"email": "no address"}, {"email": ""}, {"name": " "}, {"name": "x" * 201}, {"language": "xx"}]
)
def test_create_user_refuses_what_is_not_valid(bad: dict[str, str]) -> None:
    refused("not_valid", lambda: actions.create_user(by=None, **{"email": "a@example.org", "name": "A"} | bad))
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_create_user_refuses_an_address_that_is_taken_in_other_letters() -> None:
    actions.create_user(by=None, email="ana@example.org", name="Ana")
    refused("not_valid", lambda: actions.create_user(by=None, email="ANA@Example.org", name="Ana"))


@pytest.mark.django_db
def test_change_account_records() -> None:
    user = make_user()
    actions.change_account(by=user, name="Ana", institution="Ministry", language="fr")
    assert audit() == [("change_account", "/", user.email, {})]


# --- grants


@pytest.mark.django_db
def test_grant_role_counts_at_once_and_is_recorded_once() -> None:
    by, user = make_user(), make_user()
    grant = actions.grant_role(by=by, user=user, role=Role.READER, scope=ARG)
    assert actions.grant_role(by=by, user=user, role=Role.READER, scope=ARG).pk == grant.pk
    assert (grant.granted_by, grant.accepted_at is not None) == (by, True)
    assert audit() == [("grant_role", ARG, user.email, {"role": "reader"})]


@pytest.mark.django_db
def test_grant_role_accepts_an_offer_that_waited() -> None:
    by = make_user()
    grant = invite(by)
    assert actions.grant_role(by=by, user=grant.user, role=Role.DEPUTY, scope=ARG).accepted_at is not None
    assert Invitation.objects.get().withdrawn_at is not None


@pytest.mark.django_db
def test_grant_role_refuses_what_is_no_scope() -> None:
    refused("not_a_scope", lambda: actions.grant_role(by=None, user=make_user(), role=Role.READER, scope="cycles"))


@pytest.mark.django_db
def test_a_second_focal_point_is_refused_until_the_first_ends() -> None:
    by = make_user()
    first = actions.grant_role(by=by, user=make_user(), role=Role.FOCAL_POINT, scope=ARG)
    sentence = refused(
        "focal_point_taken", lambda: actions.grant_role(by=by, user=make_user(), role=Role.FOCAL_POINT, scope=ARG)
    )
    assert "end it before" in sentence
    refused("focal_point_taken", lambda: invite(by, role=Role.FOCAL_POINT))
    invite(by, "deputy@example.org")
    actions.grant_role(by=by, user=make_user(), role=Role.FOCAL_POINT, scope="/cycles/2026/untoc/arm")
    actions.end_grant(by=by, grant=first)
    invite(by, role=Role.FOCAL_POINT)


@pytest.mark.django_db
def test_end_grant_withdraws_the_invitation_and_is_recorded_once() -> None:
    by = make_user()
    grant = invite(by)
    actions.end_grant(by=by, grant=grant)
    ended = Grant.objects.get().ended_at
    actions.end_grant(by=by, grant=grant)
    assert Grant.objects.get().ended_at == ended
    assert Invitation.objects.get().withdrawn_at is not None
    assert [row[0] for row in audit()] == ["invite", "end_grant"]


@pytest.mark.django_db
def test_accept_grant_is_for_the_person_only() -> None:
    grant = invite(make_user())
    refused("other_person", lambda: actions.accept_grant(by=make_user(), grant=grant))
    actions.accept_grant(by=grant.user, grant=grant)
    assert Grant.objects.get().accepted_at is not None
    assert Invitation.objects.get().used_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_nominations_at_the_same_time_one_wins() -> None:
    people = [make_user() for _ in range(4)]
    start = threading.Barrier(len(people))
    outcomes: list[str] = []

    def nominate(person: User) -> None:
        start.wait()
        try:
            actions.grant_role(by=None, user=person, role=Role.FOCAL_POINT, scope=ARG)
            outcomes.append("given")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=nominate, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["focal_point_taken", "focal_point_taken", "focal_point_taken", "given"]
    assert Grant.objects.filter(scope=ARG, ended_at=None).count() == 1


# --- invitations


@pytest.mark.django_db
def test_invite_makes_account_grant_invitation_and_mail() -> None:
    by = make_user("Ana Sosa")
    grant = actions.invite(
        by=by,
        email="new@example.org",
        name="New",
        role=Role.DEPUTY,
        scope=ARG,
        subject="Argentine",
        language="fr",
        message="See you on Monday.",
    )
    assert (grant.accepted_at, grant.granted_by, grant.user.has_usable_password()) == (None, by, False)
    invitation = Invitation.objects.get()
    assert (invitation.expires_at - invitation.sent_at).days in (9, 10)
    assert abs(invitation.expires_at - timezone.now() - datetime.timedelta(days=10)) < datetime.timedelta(minutes=1)
    mail = Mail.objects.get()
    assert (mail.to_address, mail.language) == ("new@example.org", "fr")
    assert "Ana Sosa" in mail.body
    assert "/fr/invitations/" in mail.body
    assert "See you on Monday." in mail.body
    assert audit() == [("invite", ARG, "new@example.org", {"role": "deputy"})]


@pytest.mark.django_db
def test_invite_refuses_what_was_given_already_and_closed_accounts() -> None:
    by = make_user()
    grant = invite(by)
    refused("already_granted", lambda: invite(by, "NEW@example.org"))
    User.objects.filter(pk=grant.user_id).update(is_active=False)
    refused("account_closed", lambda: invite(by, role=Role.READER))
    assert [row[0] for row in audit()] == ["invite"]


@pytest.mark.django_db
def test_invite_again_replaces_the_link() -> None:
    by = make_user()
    grant = invite(by)
    first = Invitation.objects.get()
    actions.invite_again(by=by, grant=grant, subject="Argentina")
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert Invitation.objects.filter(used_at=None, withdrawn_at=None).count() == 1
    actions.accept_invitation(token=token_of(grant), by=None, name="New", password=PASSWORD)
    refused("not_open", lambda: actions.invite_again(by=by, grant=grant, subject="Argentina"))
    assert [row[0] for row in audit()] == ["invite", "invite_again", "accept_invitation"]


@pytest.mark.django_db
def test_accepting_sets_the_password_of_a_new_person() -> None:
    grant = invite(make_user())
    user = actions.accept_invitation(token=token_of(grant), by=None, name=" Ana ", password=PASSWORD)
    assert (user.name, user.check_password(PASSWORD)) == ("Ana", True)
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.by_id, event.scope, event.detail) == (
        "accept_invitation",
        user.pk,
        ARG,
        {"role": "deputy"},
    )


@pytest.mark.django_db
def test_accepting_needs_a_password_from_a_new_person() -> None:
    grant = invite(make_user())
    refused("no_password", lambda: actions.accept_invitation(token=token_of(grant), by=None, name="A", password=None))


@pytest.mark.django_db
def test_nobody_comes_into_an_existing_account_by_a_link() -> None:
    member = make_member()
    grant = invite(make_user(), member.email)
    token = token_of(grant)
    refused(
        "sign_in_first",
        lambda: actions.accept_invitation(token=token, by=None, name="Intruder", password="another long one"),
    )
    refused(
        "other_person",
        lambda: actions.accept_invitation(token=token, by=make_member(), name="Intruder", password=None),
    )
    member.refresh_from_db()
    assert (member.check_password(PASSWORD), member.name == "Intruder") == (True, False)
    actions.accept_invitation(token=token, by=member, name="", password="another long one")
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"withdrawn_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"used_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
    ],
    ids=["expired", "withdrawn", "used"],
)
def test_a_link_that_does_not_count_is_refused(change: dict[str, Any]) -> None:
    grant = invite(make_user())
    token = token_of(grant)
    Invitation.objects.update(**change)
    refused("invitation_not_open", lambda: actions.accept_invitation(token=token, by=None, name="A", password=PASSWORD))
    assert Grant.objects.get().accepted_at is None


@pytest.mark.django_db
def test_one_link_accepts_what_the_same_person_offers_and_nothing_else() -> None:
    ana, officer = make_user(), make_user()
    first = invite(ana)
    besides = actions.grant_role(by=ana, user=first.user, role=Role.LEAD, scope=f"{ARG}/art-5", accepted=False)
    with_link = invite(ana, role=Role.READER, scope="/cycles/2026/untoc/arm")
    taken_back = invite(ana, role=Role.CONTRIBUTOR, scope=f"{ARG}/art-6")
    actions.end_grant(by=ana, grant=taken_back)
    of_another = invite(officer, role=Role.SECRETARIAT, scope="/cycles")
    of_nobody = actions.grant_role(by=None, user=first.user, role=Role.ADMINISTRATOR, scope="/", accepted=False)
    to_another = invite(ana, "other@example.org", role=Role.READER)
    actions.accept_invitation(token=token_of(first), by=None, name="", password=PASSWORD)
    accepted = set(Grant.objects.exclude(accepted_at=None).values_list("pk", flat=True))
    assert accepted == {first.pk, besides.pk, with_link.pk}
    assert accepted.isdisjoint({taken_back.pk, of_another.pk, of_nobody.pk, to_another.pk})
    recorded = AuditEvent.objects.filter(action="accept_invitation").values_list("scope", flat=True)
    assert sorted(recorded) == sorted([ARG, f"{ARG}/art-5", "/cycles/2026/untoc/arm"])
    assert Invitation.objects.get(grant=with_link).used_at is not None
    assert Invitation.objects.get(grant=of_another).used_at is None


@pytest.mark.django_db
def test_what_nobody_in_particular_gave_is_accepted_one_by_one() -> None:
    user = make_user()
    first = actions.grant_role(by=None, user=user, role=Role.READER, scope=ARG, accepted=False)
    second = actions.grant_role(by=None, user=user, role=Role.ADMINISTRATOR, scope="/", accepted=False)
    link = actions.invitation_link(by=None, grant=first)
    user.set_unusable_password()
    user.save()
    actions.accept_invitation(token=link.rstrip("/").rsplit("/", 1)[1], by=None, name="", password=PASSWORD)
    second.refresh_from_db()
    assert second.accepted_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_the_same_time_one_wins() -> None:
    token = token_of(invite(make_user()))
    start = threading.Barrier(3)
    outcomes: list[str] = []

    def accept(number: int) -> None:
        start.wait()
        try:
            actions.accept_invitation(token=token, by=None, name=f"Person {number}", password=f"{PASSWORD} {number}")
            outcomes.append("accepted")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "invitation_not_open", "invitation_not_open"]


# --- what is done is not undone when a step after it fails


@pytest.mark.django_db
def test_a_failed_invitation_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise OSError("no mail today")

    by = make_user()
    monkeypatch.setattr("palermo.base.mail.send", fail)
    with pytest.raises(OSError, match="no mail today"):
        invite(by)
    assert (User.objects.count(), Grant.objects.count(), AuditEvent.objects.count()) == (1, 0, 0)


# --- the database itself


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("again", "constraint"),
    [
        ({"role": "reader", "scope": ARG}, "parties_grant_open_unique"),
        ({"role": "reader", "scope": "cycles"}, "parties_grant_scope_is_a_path"),
    ],
)
def test_the_database_refuses_impossible_grants(again: dict[str, str], constraint: str) -> None:
    user = make_user()
    Grant.objects.create(user=user, role="reader", scope=ARG)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Grant.objects.create(user=user, **again)


@pytest.mark.django_db
def test_the_database_refuses_a_second_open_focal_point() -> None:
    Grant.objects.create(user=make_user(), role="focal_point", scope=ARG, ended_at=timezone.now())
    Grant.objects.create(user=make_user(), role="focal_point", scope=ARG)
    with pytest.raises(IntegrityError, match="parties_grant_one_focal_point"), transaction.atomic():
        Grant.objects.create(user=make_user(), role="focal_point", scope=ARG)


@pytest.mark.django_db
def test_the_database_refuses_two_open_invitations_and_two_equal_secrets() -> None:
    grant = invite(make_user())
    with pytest.raises(IntegrityError, match="parties_invitation_one_open"), transaction.atomic():
        Invitation.objects.create(grant=grant, token_hash="0" * 64)
    taken = Invitation.objects.get().token_hash
    with pytest.raises(IntegrityError, match="token_hash"), transaction.atomic():
        Invitation.objects.create(grant=grant, token_hash=taken, used_at=timezone.now())


def raw(statement: str) -> Callable[[AuditEvent], object]:
    def run(event: AuditEvent) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [event.pk])

    return run


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tamper",
    [
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.filter(pk=event.pk).delete(),
        lambda event: AuditEvent.objects.filter(pk=event.pk).update(action="nothing"),
        lambda event: AuditEvent.objects.bulk_update([event], ["scope"]),
        lambda event: event.save(),
        raw("UPDATE parties_auditevent SET by_name = '' WHERE id = %s"),
        raw("DELETE FROM parties_auditevent WHERE id = %s"),
    ],
    ids=["delete", "queryset delete", "queryset update", "bulk update", "save", "raw update", "raw delete"],
)
def test_the_audit_log_is_append_only(tamper: Callable[[AuditEvent], object]) -> None:
    actions.record(by=None, action="test", scope="/")
    event = AuditEvent.objects.get()
    with pytest.raises(ProgrammingError, match="Cannot (update|delete) rows"), transaction.atomic():
        tamper(event)
    assert AuditEvent.objects.get().action == "test"


@pytest.mark.django_db
def test_the_audit_log_outlives_whom_it_speaks_of() -> None:
    user = make_user("Ana")
    actions.record(by=user, action="test", scope="/")
    User.objects.filter(pk=user.pk).delete()
    assert AuditEvent.objects.get().by_name == f"Ana <{user.email}>"


# --- commands


def run(*arguments: str, answers: list[str] | None = None, monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    if monkeypatch is not None:
        waiting = list(answers or [])
        monkeypatch.setattr("getpass.getpass", lambda prompt: waiting.pop(0))
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_createadmin_asks_until_the_password_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["short", PASSWORD, "something else", PASSWORD, PASSWORD]
    out = run("createadmin", "root@example.org", "Root", answers=answers, monkeypatch=monkeypatch)
    assert "at least 12" in out
    assert "not the same" in out
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    grant = user.grants.get()
    assert (grant.role, grant.scope, grant.accepted_at is not None) == ("administrator", "/", True)
    again = run("createadmin", "ROOT@example.org", "Root")
    assert "its password stays as it is" in again
    assert Grant.objects.count() == 1


@pytest.mark.django_db
def test_createadmin_prints_a_link_that_works(client: Any) -> None:
    out = run("createadmin", "root@example.org", "Root", "--invite")
    link = out.split("http://localhost:8000")[1].strip()
    page = client.get(link).content.decode()
    assert "<li>Administrator</li>" in page
    form = {"name": "Root", "password": PASSWORD, "repeated": PASSWORD}
    assert client.post(link, form).status_code == 302
    assert User.objects.get().grants.get().accepted_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [("no address", "Root"), ("root@example.org", " ")])
def test_createadmin_refuses_what_is_not_valid(bad: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        run("createadmin", *bad, "--invite")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_grant_role_command_gives_and_takes_back() -> None:
    user = make_user()
    run("grant_role", user.email, "secretariat", "/cycles/")
    assert user.grants.get().scope == "/cycles"
    with pytest.raises(CommandError, match="Held: secretariat on /cycles"):
        run("grant_role", user.email, "reader", "/cycles", "--end")
    run("grant_role", user.email, "secretariat", "/cycles", "--end")
    assert user.grants.get().ended_at is not None
    with pytest.raises(CommandError, match="no account"):
        run("grant_role", "nobody@example.org", "secretariat", "/cycles")
    with pytest.raises(CommandError, match="begins with a slash"):
        run("grant_role", user.email, "secretariat", "cycles")


@pytest.mark.django_db
def test_forget_second_factors_command_says_how_many() -> None:
    user = make_user()
    assert "Removed 0." in run("forget_second_factors", user.email)
    with pytest.raises(CommandError, match="no account"):
        run("forget_second_factors", "nobody@example.org")
