"""The Secretariat's pages: opening, inviting, nominating, who has begun; decisions. Nothing of any draft."""

import datetime
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, make_version, question
from tests.factories.responses import World, make_world, signed_in

from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Grant, Group, GroupMembership, Invitation, Party, User
from palermo.responses.actions.cycles import ask_for_help
from palermo.responses.actions.workflow import request_reopening
from palermo.responses.models import Cycle, HelpRequest, ReopeningRequest, Response, StateChange, Submission
from palermo.treaties.actions import NewAct, record_status
from palermo.treaties.logic.kinds import ActKind

pytestmark = pytest.mark.django_db
PERSON = {"name": "Juan Pérez", "email": "juan@example.org", "institution": "", "language": "es", "message": ""}
CYCLE = {
    "code": "2027",
    "title_en": "Second cycle",
    "title_fr": "Deuxième cycle",
    "due_on": "2099-06-30",
    "first_year": "2024",
    "last_year": "2026",
}


@pytest.fixture
def world() -> World:
    return make_world(make_spec({"art-1": [question("quiz.1.1.implementation", "implementation")]}))


@pytest.fixture
def officer(world: World) -> User:
    user = make_user("Officer")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return user


@pytest.fixture
def client(officer: User) -> Client:
    return signed_in(officer)


def submission(world: World, number: int = 1) -> Submission:
    Response.objects.filter(pk=world.response.pk).update(
        state="submitted", submitted_at=timezone.now(), begun_at=timezone.now()
    )
    return Submission.objects.create(
        response=world.response,
        number=number,
        receipt=f"QUIZ-2026-ARG-{number:02d}",
        at=timezone.now(),
        by=world.focal_point,
        by_name="Lucía",
        schema=1,
        snapshot="{}",
        sha256="0" * 64,
    )


def test_cycles_are_listed_with_their_counts(world: World, client: Client) -> None:
    world.save("quiz.1.1.implementation", "yes")
    page = client.get("/en/cycles/")
    assert [(line.cycle.code, line.invited, line.begun, line.submitted) for line in page.context["lines"]] == [
        ("2026", 1, 1, 0)
    ]
    assert "Open a cycle" in page.content.decode()


def test_cycles_without_any_say_what_to_do(client: Client) -> None:
    Response.objects.all().delete()
    Cycle.objects.get().questionnaires.all().delete()
    Cycle.objects.all().delete()
    assert "No cycle has been opened yet" in client.get("/en/cycles/").content.decode()


@pytest.mark.parametrize("path", ["", "open/", "2026/", "2026/invite/", "2026/quiz/arg/nominate/"])
def test_secretariat_pages_by_person(world: World, officer: User, path: str) -> None:
    stranger = make_user()
    statuses = [
        signed_in(user).get(f"/en/cycles/{path}").status_code for user in (officer, stranger, world.focal_point)
    ]
    assert statuses == [200, 404, 403 if path.endswith("nominate/") else 404]
    assert Client().get(f"/en/cycles/{path}").status_code == 302


def test_cycle_is_opened_with_titles_and_version(world: World, client: Client) -> None:
    answer = client.post("/en/cycles/open/", {**CYCLE, "questionnaires": [world.response.questionnaire_id]})
    assert answer["Location"] == "/en/cycles/2027/"
    cycle = Cycle.objects.get(code="2027")
    assert cycle.texts == {"en": {"title": "Second cycle"}, "fr": {"title": "Deuxième cycle"}}
    assert (cycle.due_on, cycle.years) == (datetime.date(2099, 6, 30), (2024, 2025, 2026))
    assert cycle.questionnaires.get().version_id == world.response.version_id
    assert AuditEvent.objects.filter(action="open_cycle").values_list("scope").get() == ("/cycles/2027",)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (
            {"code": "Two thousand"},
            "code",
            "Use small letters a to z, digits and single hyphens only, such as 2026-first.",
        ),
        ({"code": "open"}, "code", "This word is used by the pages themselves; choose another code."),
        ({"title_en": ""}, "title_en", "This field is required."),
        ({"due_on": "soon"}, "due_on", "Write year, month and day, for example 2027-06-30."),
        ({"due_on": "2020-01-01"}, "due_on", "The due date lies in the past; choose a day to come."),
        ({"last_year": "2020"}, "last_year", "The last year lies before the first; exchange them."),
        (
            {"first_year": "2010"},
            "last_year",
            "Figures can be asked for ten years at most; choose a later first year.",
        ),
        ({"questionnaires": []}, "questionnaires", "Choose at least one questionnaire for the cycle."),
    ],
)
def test_cycle_form_says_what_is_wrong(
    world: World, client: Client, change: dict[str, Any], field: str, message: str
) -> None:
    answer = client.post("/en/cycles/open/", {**CYCLE, "questionnaires": [world.response.questionnaire_id], **change})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    assert not Cycle.objects.filter(code="2027").exists()


def test_cycle_code_is_taken_once(world: World, client: Client) -> None:
    answer = client.post(
        "/en/cycles/open/", {**CYCLE, "code": "2026", "questionnaires": [world.response.questionnaire_id]}
    )
    assert answer.status_code == 409
    assert [message for _target, message in answer.context["errors"]] == [
        "There is a cycle with the code 2026 already; choose another."
    ]


def test_overview_says_begun_and_nothing_else(world: World, client: Client) -> None:
    world.save("quiz.1.1.implementation", "in_part", text="A secret of the draft")
    page = client.get("/en/cycles/2026/")
    assert [(item.name, item.state, item.focal_point) for item in page.context["overview"].invited] == [
        ("Argentina", "begun", "nominated")
    ]
    assert "A secret of the draft" not in page.content.decode()


def test_overview_hides_that_a_response_is_cleared(world: World, client: Client) -> None:
    Response.objects.update(state="cleared", begun_at=timezone.now(), cleared_at=timezone.now())
    page = client.get("/en/cycles/2026/")
    assert [item.state for item in page.context["overview"].invited] == ["begun"]
    assert "clear" not in page.content.decode().lower().replace("nuclear", "")


def test_overview_has_submissions_with_date_and_reopened_ones(world: World, client: Client) -> None:
    submission(world, 1)
    submission(world, 2)
    page = client.get("/en/cycles/2026/")
    assert [(item.state, item.number, item.receipt) for item in page.context["overview"].invited] == [
        ("submitted", 2, "QUIZ-2026-ARG-02")
    ]
    assert world.url("receipt", number=2) in page.content.decode()
    Response.objects.update(state="open")
    StateChange.objects.create(response=world.response, kind="reopened")
    page = client.get("/en/cycles/2026/")
    assert [(item.state, item.number) for item in page.context["overview"].invited] == [("reopened", 2)]


def test_overview_is_by_region_and_needs_as_many_queries_for_many_states(world: World, client: Client) -> None:
    african = Group.objects.create(code="african", kind="un-group", order=1, texts={"en": {"name": "African States"}})
    asian = Group.objects.create(code="asian", kind="un-group", order=2, texts={"en": {"name": "Asia-Pacific States"}})
    for number in range(40):
        party = make_party(f"X{number:02d}", f"Land {number:02d}")
        GroupMembership.objects.create(
            party=party,
            group=asian if number % 2 else african,
            kind="un-group",
            validity=(datetime.date(1990, 1, 1), None),
        )
        Response.objects.create(
            cycle=world.response.cycle,
            questionnaire=world.response.questionnaire,
            party=party,
            version=world.response.version,
        )
    client.get("/en/cycles/2026/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/en/cycles/2026/")
    assert [(region.name, len(region.invited)) for region in page.context["overview"].regions] == [
        ("African States", 20),
        ("Asia-Pacific States", 20),
        ("", 1),
    ]
    # session, user, grants; cycle, what it asks; responses, names, groups; submissions, steps, clarifications and
    # extensions of their courses; dates moved; nominations, help, reopening
    assert len(queries) == 16


def test_questionnaire_that_the_cycle_does_not_ask_is_not_found(world: World, client: Client) -> None:
    assert client.get("/en/cycles/2026/?questionnaire=nothing").status_code == 404
    assert client.get("/en/cycles/1999/").status_code == 404


@pytest.fixture
def status(world: World) -> dict[str, Party]:
    """One State bound, one that has deposited only, one signatory, one without any act."""
    parties = {code: make_party(code, code.title()) for code in ("BOU", "DEP", "SIG", "NIL")}
    today = timezone.localdate()
    old = datetime.date(2005, 1, 1)
    first = make_party("ZZZ", "First of all")
    treaty = world.response.questionnaire.instrument
    treaty.in_force_on = datetime.date(2006, 1, 1)
    treaty.save()
    record_status(
        by=None,
        source="test",
        acts=[
            NewAct(treaty, first, ActKind.RATIFICATION, old),
            NewAct(treaty, parties["BOU"], ActKind.RATIFICATION, datetime.date(2010, 1, 1)),
            NewAct(treaty, parties["DEP"], ActKind.ACCESSION, today - timedelta(days=3)),
            NewAct(treaty, parties["SIG"], ActKind.SIGNATURE, old),
        ],
    )
    organisation = make_party("ORG", "Organisation")
    Party.objects.filter(pk=organisation.pk).update(kind="regional_organisation")
    return {**parties, "ZZZ": first, "ORG": organisation}


@pytest.mark.parametrize(
    ("basis", "invited"),
    [
        ("bound", ["ARG", "BOU", "ZZZ"]),
        ("deposited", ["ARG", "BOU", "DEP", "ZZZ"]),
        ("signatories", ["ARG", "SIG"]),
        ("non_parties", ["ARG", "NIL", "SIG"]),
        ("observers", ["ARG", "ORG"]),
    ],
)
def test_states_are_invited_by_their_status(
    world: World, client: Client, status: dict[str, Party], basis: str, invited: list[str]
) -> None:
    answer = client.post(
        "/en/cycles/2026/invite/", {"basis": basis, "on": timezone.localdate().isoformat(), "step": "send"}
    )
    assert answer["Location"] == "/en/cycles/2026/?questionnaire=quiz"
    assert sorted(Response.objects.values_list("party__code", flat=True)) == invited
    assert set(Response.objects.values_list("version_id", flat=True)) == {world.response.version_id}
    asked = Response.objects.exclude(pk=world.response.pk).values_list("basis", "basis_on").distinct()
    assert list(asked) == [(basis, timezone.localdate())]


def test_states_are_invited_by_hand_and_only_once(world: World, client: Client) -> None:
    party = make_party("NIL", "Nil")
    data = {"basis": "by_hand", "on": "2026-11-24", "parties": [party.pk], "step": "send"}
    client.post("/en/cycles/2026/invite/", data)
    assert sorted(Response.objects.values_list("party__code", flat=True)) == ["ARG", "NIL"]
    page = client.get("/en/cycles/2026/invite/")
    assert [item.party.code for item in page.context["free"]] == []
    assert client.post("/en/cycles/2026/invite/", data).status_code == 422
    assert Response.objects.count() == 2


def test_inviting_nobody_by_hand_says_so(client: Client) -> None:
    answer = client.post("/en/cycles/2026/invite/", {"basis": "by_hand", "on": "2026-11-24"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"parties": ["Choose at least one State, or choose another way above."]}


def test_nomination_is_made_sent_again_and_ended(world: World, client: Client) -> None:
    where = world.url("nominate")
    refused = client.post(where, PERSON)
    assert [message for _target, message in refused.context["errors"]] == [
        "There is an open nomination of a focal point already; end it before another is nominated."
    ]
    old = Grant.objects.get(user=world.focal_point)
    asked = client.get(world.url("end_nomination", grant=old.pk))
    assert world.focal_point.name in asked.content.decode()
    assert client.post(world.url("end_nomination", grant=old.pk))["Location"] == where
    assert client.post(where, PERSON)["Location"] == where
    grant = Grant.objects.get(user__email="juan@example.org")
    assert (grant.role, grant.scope, grant.user.party) == ("focal_point", world.scope, world.response.party)
    client.post(world.url("send_nomination_again", grant=grant.pk))
    assert [bool(item.withdrawn_at) for item in Invitation.objects.order_by("pk")] == [True, False]
    mails = list(Mail.objects.values_list("template", "language"))
    assert mails == [("invitation", "es"), ("invitation", "es")]
    page = client.get("/en/cycles/2026/")
    assert [item.focal_point for item in page.context["overview"].invited] == ["invited"]
    Invitation.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    page = client.get("/en/cycles/2026/")
    assert [item.focal_point for item in page.context["overview"].invited] == ["expired"]


def test_other_grants_are_no_nominations(world: World, client: Client) -> None:
    reader = world.member(Role.READER)
    grant = Grant.objects.get(user=reader)
    assert client.get(world.url("end_nomination", grant=grant.pk)).status_code == 404
    assert client.post(world.url("send_nomination_again", grant=grant.pk)).status_code == 404


def test_reopening_is_refused_with_a_reason_and_granted(world: World, client: Client) -> None:
    made = submission(world)
    request = request_reopening(by=world.focal_point, submission=made, reason="A law was forgotten")
    assert "A law was forgotten" in client.get("/en/cycles/2026/").content.decode()
    where = world.url("decide_reopening", reopening=request.pk)
    assert signed_in(world.focal_point).get(where).status_code == 403
    missing = client.post(where, {"granted": "no", "decision": ""})
    assert missing.context["form"].errors == {
        "decision": ["Give the reason for which the response stays as it was submitted."]
    }
    assert client.post(where, {"granted": "yes", "decision": "Of course"}).status_code == 302
    world.response.refresh_from_db()
    assert world.response.state == "open"
    assert Submission.objects.count() == 1
    again = client.post(where, {"granted": "no", "decision": "Too late"})
    assert again.status_code == 409
    assert ReopeningRequest.objects.get().granted is True
    assert list(Mail.objects.values_list("template", "to_user_id")) == [("reopening_granted", world.focal_point.pk)]


def test_help_request_is_taken_up_once(world: World, client: Client, officer: User) -> None:
    asked = ask_for_help(by=world.focal_point, response=world.response, text="A workshop, please", language="en")
    assert "A workshop, please" in client.get("/en/cycles/2026/").content.decode()
    where = world.url("take_up_help", asked=asked.pk)
    assert client.post(where)["Location"] == world.url("desk")
    assert client.post(where, {"next": "/en/cycles/2026/"})["Location"] == "/en/cycles/2026/"
    assert HelpRequest.objects.get().answered_by == officer
    assert Mail.objects.filter(template="help_taken_up").count() == 1
    assert "A workshop, please" not in client.get("/en/cycles/2026/").content.decode()
    assert AuditEvent.objects.filter(action="answer_help_request").count() == 1


def test_second_questionnaire_of_a_cycle_is_chosen_by_a_chip(world: World, client: Client) -> None:
    page = client.get("/en/cycles/2026/")
    assert page.context["chips"] == []
    version, _spec = make_version(
        make_spec({"art-1": [question("quiz.1.1.implementation", "implementation", text="Another wording?")]})
    )
    assert version.questionnaire == world.response.questionnaire
    # An open cycle keeps the version that it was opened with.
    assert client.get("/en/cycles/2026/").context["asked"].version_id == world.response.version_id
