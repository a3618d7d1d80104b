"""Questions added in a running cycle: what was submitted stays, what is open gets them, the State decides."""

import json

import pytest
from tests.factories.archive import submit
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import User
from palermo.questionnaires.actions import publish_version, store_draft
from palermo.questionnaires.logic.spec import Aspect, Kind
from palermo.questionnaires.logic.supplement import NewQuestion, without
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions import supplements as actions
from palermo.responses.actions.workflow import submit_response
from palermo.responses.models import (
    CycleQuestionnaire,
    Declaration,
    Response,
    ResponseState,
    Submission,
    SupplementOffer,
)

pytestmark = pytest.mark.django_db
CODE = "quiz.1.1.practice.dark-net"
FIELDS = {
    "do": "add", "section": "art-1", "provision": "quiz.1.1", "asks": "practice", "element": "dark-net",
    "kind": "choice", "choices": "Always\nNever", "text": "Is the dark net watched?", "required": "on",
}  # fmt: skip


def new(**changes: object) -> NewQuestion:
    known: dict[str, object] = {
        "section": "art-1", "provision": "quiz.1.1", "asks": Aspect.PRACTICE, "element": "dark-net",
        "kind": Kind.YES_NO, "text": "Is the dark net watched?", "required": True,
    }  # fmt: skip
    return NewQuestion(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def officer() -> User:
    person = make_user("Olga Officer")
    make_grant(person, Role.SECRETARIAT, "/")
    return person


@pytest.fixture
def asked(world: World) -> CycleQuestionnaire:
    return CycleQuestionnaire.objects.select_related("cycle", "questionnaire").get(cycle=world.response.cycle)


def offer(officer: User, asked: CycleQuestionnaire, *questions: NewQuestion) -> int:
    for question in questions or (new(),):
        actions.add_question(by=officer, asked=asked, new=question)
    return actions.offer_supplement(by=officer, cycle=asked.cycle, asked=asked)


def test_open_response_gets_added_questions_at_once_and_keeps_its_answers(
    world: World, officer: User, asked: CycleQuestionnaire
) -> None:
    world.save("quiz.1.1.implementation", "yes")
    for section in ("art-1", "art-2"):
        Declaration.objects.create(response=world.response, section=section, declared_by=world.focal_point)
    assert offer(officer, asked) == 1
    response = Response.objects.get(pk=world.response.pk)
    assert CODE in version_spec(response.version_id).questions
    assert list(response.answers.values_list("question_id", "content__value")) == [("quiz.1.1.implementation", "yes")]
    assert list(Declaration.objects.filter(undone_at=None).values_list("section", flat=True)) == ["art-2"]
    assert SupplementOffer.objects.count() == 0
    mail = Mail.objects.get()
    assert (mail.to_address, mail.template) == (world.focal_point.email, "supplement_added")
    assert "one question" in mail.body
    assert "/en/cycles/2026/quiz/arg/" in mail.body


def test_submitted_response_is_undisturbed_until_the_state_takes_the_questions_up(
    world: World, officer: User, asked: CycleQuestionnaire
) -> None:
    first = submit(world.response, {"quiz.1.1.implementation": "yes"}, by=world.focal_point)
    Mail.objects.all().delete()
    assert offer(officer, asked) == 1
    response = Response.objects.get(pk=world.response.pk)
    assert (response.state, response.version_id) == (ResponseState.SUBMITTED, world.response.version_id)
    assert Submission.objects.get().sha256 == first.sha256
    assert Mail.objects.get().template == "supplement_offered"
    actions.accept_supplement(by=world.focal_point, response=response)
    response.refresh_from_db()
    assert response.state == ResponseState.OPEN
    assert list(response.changes.values_list("kind", "reason")) == [("reopened", "supplement")]
    spec = version_spec(response.version_id)
    assert CODE in spec.questions
    Response.objects.filter(pk=response.pk).update(state=ResponseState.CLEARED)
    second = submit_response(by=world.focal_point, response=response, spec=spec)
    assert second.number == 2
    said = {
        question["code"]: question["answer"].get("value")
        for section in json.loads(second.snapshot)["sections"]
        for question in section["questions"]
    }
    assert (said["quiz.1.1.implementation"], said[CODE]) == ("yes", None)
    assert Submission.objects.get(number=1).snapshot == first.snapshot


def test_state_that_leaves_the_questions_keeps_its_version(
    world: World, officer: User, asked: CycleQuestionnaire
) -> None:
    submit(world.response, {"quiz.1.1.implementation": "yes"}, by=world.focal_point)
    offer(officer, asked)
    actions.decline_supplement(by=world.focal_point, response=world.response)
    response = Response.objects.get(pk=world.response.pk)
    assert (response.state, response.version_id) == (ResponseState.SUBMITTED, world.response.version_id)
    with pytest.raises(Refusal, match="no added questions"):
        actions.accept_supplement(by=world.focal_point, response=response)


def test_later_offer_takes_the_place_of_an_undecided_one(
    world: World, officer: User, asked: CycleQuestionnaire
) -> None:
    submit(world.response, {"quiz.1.1.implementation": "yes"}, by=world.focal_point)
    offer(officer, asked)
    asked.refresh_from_db()
    assert offer(officer, asked, new(element="drones")) == 1
    offers = [(item.accepted, item.decided_at is None) for item in SupplementOffer.objects.all()]
    assert offers == [(None, False), (None, True)]
    actions.accept_supplement(by=world.focal_point, response=world.response)
    questions = version_spec(Response.objects.get(pk=world.response.pk).version_id).questions
    assert {CODE, "quiz.1.1.practice.drones"} <= set(questions)


def test_version_that_changes_a_question_is_not_asked_in_a_running_cycle(
    world: World, officer: User, asked: CycleQuestionnaire
) -> None:
    publish_version(by=None, version=store_draft(by=None, spec=without(world.spec, "quiz.1.1.measures")))
    with pytest.raises(Refusal, match=r"quiz\.1\.1\.measures"):
        actions.offer_supplement(by=officer, cycle=asked.cycle, asked=asked)


def test_nothing_added_and_a_code_used_twice_are_refused(
    world: World, officer: User, asked: CycleQuestionnaire
) -> None:
    with pytest.raises(Refusal, match="No question has been added"):
        actions.offer_supplement(by=officer, cycle=asked.cycle, asked=asked)
    actions.add_question(by=officer, asked=asked, new=new())
    with pytest.raises(Refusal, match=CODE):
        actions.add_question(by=officer, asked=asked, new=new())
    actions.take_question_back(by=officer, asked=asked, code=CODE)
    assert Version.objects.filter(state=Version.State.DRAFT).count() == 0
    with pytest.raises(Refusal, match="No such question"):
        actions.take_question_back(by=officer, asked=asked, code="quiz.1.1.implementation")


def test_officer_adds_and_offers_on_the_page(world: World, officer: User) -> None:
    client = signed_in(officer)
    url = "/en/cycles/2026/supplement/"
    assert client.post(url, FIELDS).status_code == 302
    page = client.get(url).content.decode()
    assert CODE in page
    assert "Always" in page
    assert "Responses that get them at once: 1." in page
    assert client.post(url, {"do": "offer"}).status_code == 302
    assert CODE in version_spec(Response.objects.get(pk=world.response.pk).version_id).questions


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"element": "Dark Net"}, "Use small letters"),
        ({"choices": "Only one"}, "between 2 and 20"),
        ({"kind": "text"}, "no answers to choose from"),
        ({"provision": "quiz.2.1"}, "belongs to another section"),
        ({"text": ""}, "This field is required"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_beside_its_field(
    world: World, officer: User, changes: dict[str, str], sentence: str
) -> None:
    reply = signed_in(officer).post("/en/cycles/2026/supplement/", FIELDS | changes)
    assert reply.status_code == 422
    assert sentence in reply.content.decode()
    assert Version.objects.filter(state=Version.State.DRAFT).count() == 0


def test_state_decides_on_its_page(world: World, officer: User, asked: CycleQuestionnaire) -> None:
    client = signed_in(world.focal_point)
    assert "Nothing waits for a decision" in client.get(world.url("supplement_offer")).content.decode()
    submit(world.response, {"quiz.1.1.implementation": "yes"}, by=world.focal_point)
    offer(officer, asked)
    assert "Is the dark net watched?" in client.get(world.url("supplement_offer")).content.decode()
    assert client.post(world.url("supplement_offer"), {"do": "accept"}).url == world.url("hub")
    assert Response.objects.get(pk=world.response.pk).state == ResponseState.OPEN
