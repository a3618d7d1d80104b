"""Handing over, inviting, taking back: each action with its refusal and its line in the audit log."""

from collections.abc import Callable

import pytest
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties.actions import accept_invitation, create_user
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Grant, Invitation, User
from palermo.responses.actions.cycles import nominate_focal_point
from palermo.responses.actions.people import end_team_grant, hand_over, invite_to_team, take_back
from palermo.responses.models import Assignment
from palermo.responses.queries.team import invitation_subject, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


def give(world: World, *sections: str, **more: object) -> User:
    """Hands sections to one and the same person."""
    said = {"email": "juan@example.org", "name": "Juan", "subject": "some sections", **more}
    return hand_over(by=world.focal_point, response=world.response, sections=sections, **said)  # type: ignore[arg-type]


def token_of(mail: Mail) -> str:
    """The secret in the link of an invitation."""
    return mail.body.split("/invitations/")[1].split("/")[0]


def test_new_person_gets_one_invitation_for_all_sections(world: World) -> None:
    person = give(world, "art-1", "art-2", "art-1", language="fr", institution="Police")
    assert (person.name, person.institution, person.language, person.party) == (
        "Juan",
        "Police",
        "fr",
        world.response.party,
    )
    assert [(mail.template, mail.language) for mail in Mail.objects.all()] == [("invitation", "fr")]
    assert set(Grant.objects.filter(user=person).values_list("accepted_at", flat=True)) == {None}
    accept_invitation(token=token_of(Mail.objects.get()), by=None, name="Juan", password="a long enough password")
    assert Grant.objects.filter(user=person, accepted_at=None).count() == 0


def test_person_who_signs_in_already_gets_the_sections_at_once(world: World) -> None:
    create_user(by=None, email="juan@example.org", name="Juan", password="a long enough password")
    person = give(world, "art-1", message="Please")
    assert Grant.objects.get(user=person).accepted_at is not None
    mail = Mail.objects.get()
    assert (mail.template, "Please" in mail.body) == ("granted", True)


def test_address_is_the_same_person_whatever_its_case(world: World) -> None:
    first = give(world, "art-1")
    assert give(world, "art-2", email=" JUAN@example.org ") == first


def test_hand_over_refusals(world: World) -> None:
    assert refused(lambda: give(world)) == "no_section"
    give(world, "art-1")
    assert refused(lambda: give(world, "art-1")) == "held_already"
    assert refused(lambda: give(world, "art-1", email="ana@example.org")) == "lead_taken"
    User.objects.filter(email="juan@example.org").update(is_active=False)
    assert refused(lambda: give(world, "art-2")) == "account_closed"


def test_two_bodies_share_a_section(world: World) -> None:
    give(world, "art-1")
    second = give(world, "art-1", email="ana@example.org", lead=False, aspects=["figures", "cases"])
    assert list(Assignment.objects.order_by("pk").values_list("lead", "aspects")) == [
        (True, []),
        (False, ["cases", "figures"]),
    ]
    assert Grant.objects.get(user=second).role == Role.CONTRIBUTOR


def test_taking_the_invited_section_back_leaves_the_link_working_for_the_rest(world: World) -> None:
    person = give(world, "art-1", "art-2")
    take_back(by=world.focal_point, assignment=Assignment.objects.get(section="art-1"))
    invitation = Invitation.objects.get()
    assert (invitation.withdrawn_at, invitation.grant.scope) == (None, f"{world.scope}/art-2")
    accept_invitation(token=token_of(Mail.objects.get()), by=None, name="Juan", password="a long enough password")
    assert [(grant.scope, bool(grant.accepted_at), bool(grant.ended_at)) for grant in Grant.objects.filter(
        user=person).order_by("scope")] == [
        (f"{world.scope}/art-1", False, True),
        (f"{world.scope}/art-2", True, False),
    ]  # fmt: skip


def test_taking_back_twice_is_one_entry(world: World) -> None:
    give(world, "art-1")
    assignment = Assignment.objects.get()
    for _time in range(2):
        take_back(by=world.focal_point, assignment=assignment)
    assert AuditEvent.objects.filter(action="take_back").values_list("scope", "subject").get() == (
        f"{world.scope}/art-1",
        "juan@example.org",
    )
    assert Invitation.objects.get().withdrawn_at is not None
    # The section is free for another lead.
    give(world, "art-1", email="ana@example.org")


def test_team_has_deputies_and_readers_only(world: World) -> None:
    invite = lambda role: invite_to_team(  # noqa: E731
        by=world.focal_point, response=world.response, role=role, email="a@example.org", name="A", subject="x"
    )
    assert [refused(lambda role=role: invite(role)) for role in (Role.FOCAL_POINT, Role.LEAD, Role.SECRETARIAT)] == [
        "role"
    ] * 3
    grant = invite(Role.READER)
    assert refused(lambda: invite(Role.READER)) == "already_granted"
    end_team_grant(by=world.focal_point, response=world.response, grant=grant)
    grant.refresh_from_db()
    assert grant.ended_by == world.focal_point
    assert refused(
        lambda: end_team_grant(
            by=world.focal_point, response=world.response, grant=Grant.objects.get(user=world.focal_point)
        )
    ) == "role"  # fmt: skip


def test_grant_elsewhere_is_not_ended_from_here(world: World) -> None:
    elsewhere = make_grant(make_user(), Role.READER, "/cycles/2026/quiz/bra")
    assert refused(
        lambda: end_team_grant(by=world.focal_point, response=world.response, grant=elsewhere)
    ) == "role"  # fmt: skip
    assert Grant.objects.get(pk=elsewhere.pk).ended_at is None


def test_one_focal_point_at_a_time(world: World) -> None:
    nominate = lambda: nominate_focal_point(  # noqa: E731
        by=make_user(), response=world.response, email="b@example.org", name="B", subject="focal point"
    )
    assert refused(nominate) == "focal_point_taken"
    assert not User.objects.filter(email="b@example.org").exists()


def test_subject_is_in_the_language_of_the_invited(world: World) -> None:
    said = {
        role: invitation_subject(
            response=world.response, spec=world.spec, role=role, language="en", sections=["art-1", "art-2"]
        )
        for role in (Role.FOCAL_POINT, Role.DEPUTY, Role.READER, Role.LEAD)
    }
    assert said == {
        Role.FOCAL_POINT: "focal point of Argentina for “A questionnaire for tests” (Reporting cycle 2026)",
        Role.DEPUTY: "deputy of the focal point of Argentina for “A questionnaire for tests” (Reporting cycle 2026)",
        Role.READER: "reader of the response of Argentina to “A questionnaire for tests” (Reporting cycle 2026)",
        Role.LEAD: "1. Section art-1; 2. Section art-2, in the response of Argentina to “A questionnaire for tests” "
        "(Reporting cycle 2026)",
    }


def test_team_shows_one_open_link_for_all_sections_of_a_person(world: World) -> None:
    give(world, "art-1", "art-2")
    found = team(world.response, world.spec, "en")
    assert [[(part.accepted, part.expired) for part in section.parts] for section in found.sections] == [
        [(False, False)],
        [(False, False)],
    ]
    Invitation.objects.update(expires_at="2020-01-01T00:00:00Z")
    found = team(world.response, world.spec, "en")
    assert [[part.expired for part in section.parts] for section in found.sections] == [[True], [True]]
