"""The pages of the national team: who sees them, handing over, inviting, taking back."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world, signed_in

from palermo.base.models import Mail
from palermo.parties.actions import grant_role
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Grant, Invitation, User
from palermo.responses.models import Assignment

pytestmark = pytest.mark.django_db

PERSON = {"name": "Juan Pérez", "email": "juan@example.org", "institution": "Police", "language": "es", "message": ""}


@pytest.fixture
def world() -> World:
    return make_world()


def post(world: World, user: User, name: str, data: dict[str, object] | None = None, **more: object):
    return signed_in(user).post(world.url(name, **more), data or {})  # type: ignore[arg-type]


def test_people_lists_roles_and_sections(world: World) -> None:
    lead = world.contributor(lead=True, name="Ana Gómez")
    world.contributor(aspects=["figures"], name="Statistics Office")
    deputy = world.member(Role.DEPUTY)
    page = signed_in(world.focal_point).get(world.url("people"))
    assert page.status_code == 200
    team = page.context["team"]
    assert [(member.role, member.user) for member in team.members] == [
        (Role.FOCAL_POINT, world.focal_point),
        (Role.DEPUTY, deputy),
    ]
    assert [[(part.user.name, part.lead, part.aspects) for part in section.parts] for section in team.sections] == [
        [(lead.name, True, ()), ("Statistics Office", False, ("figures",))],
        [],
    ]


def test_people_queries(world: World) -> None:
    for number in range(8):
        world.contributor(name=f"Body {number}")
    client = signed_in(world.focal_point)
    client.get(world.url("people"))
    with CaptureQueriesContext(connection) as queries:
        client.get(world.url("people"))
    # session, user, grants; response with its names; grants, assignments of the team, unread messages
    assert len(queries) == 7


def test_contributor_sees_only_people_of_own_sections(world: World) -> None:
    mine = world.contributor("art-1", name="Mine")
    world.contributor("art-2", name="Someone Else")
    page = signed_in(mine).get(world.url("people"))
    assert page.status_code == 200
    assert [section.code for section in page.context["held"]] == ["art-1"]
    assert "Someone Else" not in page.content.decode()


@pytest.mark.parametrize("name", ["people", "hand_over", "invite_person", "check", "submit", "receipts", "help"])
def test_pages_of_another_state_are_not_found(world: World, name: str) -> None:
    other = make_user()
    make_grant(other, Role.FOCAL_POINT, "/cycles/2026/quiz/bra")
    assert signed_in(other).get(world.url(name)).status_code == 404


@pytest.mark.parametrize(
    ("name", "reader", "contributor", "deputy", "focal"),
    [
        ("people", 200, 200, 200, 200),
        ("hand_over", 403, 403, 200, 200),
        ("invite_person", 403, 403, 200, 200),
        ("check", 200, 200, 200, 200),
        ("submit", 403, 403, 403, 200),
        ("receipts", 200, 403, 200, 200),
        ("help", 403, 403, 200, 200),
    ],
)
def test_pages_by_role(world: World, name: str, reader: int, contributor: int, deputy: int, focal: int) -> None:
    people = [world.member(Role.READER), world.contributor(), world.member(Role.DEPUTY), world.focal_point]
    assert [signed_in(person).get(world.url(name)).status_code for person in people] == [
        reader,
        contributor,
        deputy,
        focal,
    ]


def test_secretariat_reads_nothing_of_the_draft(world: World) -> None:
    officer = make_user()
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    pages = ["people", "hand_over", "check", "submit", "help"]
    assert [signed_in(officer).get(world.url(name)).status_code for name in pages] == [404] * 5
    assert signed_in(officer).get(world.url("receipts")).status_code == 200


def test_hand_over_gives_sections_and_sends_mail(world: World) -> None:
    answer = post(
        world, world.focal_point, "hand_over",
        {**PERSON, "sections": ["art-1", "art-2"], "lead": "lead", "aspects": []},
    )  # fmt: skip
    assert answer.status_code == 302
    assert answer["Location"] == world.url("people")
    person = User.objects.get(email="juan@example.org")
    assert list(Assignment.objects.values_list("section", "user", "lead", "aspects")) == [
        ("art-1", person.pk, True, []),
        ("art-2", person.pk, True, []),
    ]
    assert sorted(Grant.objects.filter(user=person).values_list("role", "scope", "accepted_at")) == [
        ("lead", f"{world.scope}/art-1", None),
        ("lead", f"{world.scope}/art-2", None),
    ]
    mail = Mail.objects.get()
    assert (mail.to_address, mail.language, mail.template) == ("juan@example.org", "es", "invitation")
    assert AuditEvent.objects.filter(action="hand_over").values_list("scope", "subject").get() == (
        world.scope,
        "juan@example.org",
    )


def test_hand_over_preselects_a_section(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("hand_over") + "?section=art-2")
    assert page.context["form"].chosen_sections == ["art-2"]
    ticked = re.findall(r'value="(art-\d)" id="[^"]+" checked', page.content.decode())
    assert ticked == ["art-2"]


def test_hand_over_without_section_says_so(world: World) -> None:
    answer = post(world, world.focal_point, "hand_over", {**PERSON, "lead": "lead"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["sections"] == ["Choose at least one section to hand over."]
    assert not Assignment.objects.exists()


def test_hand_over_refuses_a_second_lead_and_keeps_what_was_typed(world: World) -> None:
    world.contributor(lead=True)
    answer = post(world, world.focal_point, "hand_over", {**PERSON, "sections": ["art-1"], "lead": "lead"})
    assert answer.status_code == 409
    assert [message for _target, message in answer.context["errors"]] == [
        "One of these sections has a lead already; hand it over as a contribution, or take it back first."
    ]
    assert "juan@example.org" in answer.content.decode()
    assert not User.objects.filter(email="juan@example.org").exists()


def test_hand_over_beside_a_lead_by_aspect(world: World) -> None:
    world.contributor(lead=True)
    answer = post(
        world, world.focal_point, "hand_over",
        {**PERSON, "sections": ["art-1"], "lead": "beside", "aspects": ["figures", "practice"]},
    )  # fmt: skip
    assert answer.status_code == 302
    assert Assignment.objects.filter(user__email="juan@example.org").values_list("aspects", "lead").get() == (
        ["figures", "practice"],
        False,
    )


def test_deputy_invites_readers_but_no_deputies(world: World) -> None:
    deputy = world.member(Role.DEPUTY)
    refused = post(world, deputy, "invite_person", {**PERSON, "role": "deputy"})
    assert refused.status_code == 422
    assert not User.objects.filter(email="juan@example.org").exists()
    assert post(world, deputy, "invite_person", {**PERSON, "role": "reader"}).status_code == 302
    assert Grant.objects.filter(user__email="juan@example.org").values_list("role", "scope").get() == (
        "reader",
        world.scope,
    )


def test_invitation_that_expired_is_shown_and_sent_again(world: World) -> None:
    post(world, world.focal_point, "invite_person", {**PERSON, "role": "deputy"})
    grant = Grant.objects.get(user__email="juan@example.org")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    page = signed_in(world.focal_point).get(world.url("people"))
    assert [(member.accepted, member.expired) for member in page.context["team"].members] == [
        (True, False),
        (False, True),
    ]
    assert "invitation expired" in page.content.decode()
    answer = post(world, world.focal_point, "send_again", grant=grant.pk)
    assert answer["Location"] == world.url("people")
    assert [bool(item.withdrawn_at) for item in Invitation.objects.order_by("pk")] == [True, False]
    assert Mail.objects.count() == 2


def test_grant_of_another_response_is_not_found(world: World) -> None:
    stranger = make_user()
    other = make_grant(stranger, Role.READER, "/cycles/2026/quiz/bra")
    assert post(world, world.focal_point, "send_again", grant=other.pk).status_code == 404
    assert post(world, world.focal_point, "end_grant", grant=other.pk).status_code == 404


def test_end_grant_asks_first(world: World) -> None:
    reader = world.member(Role.READER)
    grant = Grant.objects.get(user=reader)
    client = signed_in(world.focal_point)
    asked = client.get(world.url("end_grant", grant=grant.pk))
    assert asked.status_code == 200
    assert reader.name in asked.content.decode()
    assert Grant.objects.get(pk=grant.pk).ended_at is None
    assert client.post(world.url("end_grant", grant=grant.pk)).status_code == 302
    assert signed_in(reader).get(world.url("people")).status_code == 404


def test_focal_point_cannot_be_ended_by_the_team(world: World) -> None:
    grant = Grant.objects.get(user=world.focal_point)
    assert post(world, world.member(Role.DEPUTY), "end_grant", grant=grant.pk).status_code == 403
    assert post(world, world.focal_point, "end_grant", grant=grant.pk).status_code == 403


def test_take_back_ends_the_grant_and_keeps_the_answers(world: World) -> None:
    contributor = world.contributor()
    world.save("quiz.1.1.implementation", "yes", by=contributor)
    assignment = Assignment.objects.get(user=contributor)
    answer = post(world, world.focal_point, "take_back_section", assignment=assignment.pk)
    assert answer.status_code == 302
    assert signed_in(contributor).get(world.url("section", "art-1")).status_code == 404
    assert world.response.answers.count() == 1
    assert AuditEvent.objects.filter(action="take_back").values_list("scope").get() == (f"{world.scope}/art-1",)


def test_send_again_for_an_accepted_grant_is_refused_in_words(world: World) -> None:
    reader = world.member(Role.READER)
    grant = Grant.objects.get(user=reader)
    client = signed_in(world.focal_point)
    answer = client.post(world.url("send_again", grant=grant.pk), follow=True)
    assert "This invitation has been accepted or withdrawn already." in answer.content.decode()


def test_grant_role_twice_is_one_grant(world: World) -> None:
    user = make_user()
    first = grant_role(by=world.focal_point, user=user, role=Role.READER, scope=world.scope)
    assert grant_role(by=world.focal_point, user=user, role=Role.READER, scope=world.scope) == first
