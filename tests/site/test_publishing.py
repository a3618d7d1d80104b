"""What a State opens is copied to where the public reads; the role of the public sees nothing else."""

import csv
import datetime
import io
import json

import openpyxl
import pytest
from django.db import DatabaseError, connection
from django.test import Client
from tests.factories.archive import submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, question
from tests.factories.responses import World, make_world, signed_in

from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent
from palermo.responses.logic.content import Content, Row
from palermo.responses.models import Consent, Response, ResponseState, Submission
from palermo.responses.queries.consent import given_for
from palermo.site.actions.publishing import decide_and_publish, publish_reporting
from palermo.site.models import Published, Reporting
from palermo.site.queries.published import all_published, as_public, published_of, published_response
from palermo.treaties.models import StatusAct

pytestmark = pytest.mark.django_db
SECRET = "kanarienvogel"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def submission(world: World) -> Submission:
    law = Row(uuid="11111111-1111-4111-8111-111111111111", fields={"title": "Penal Code", "number": "1"})
    return submit(
        world.response,
        {
            "quiz.1.1.implementation": "yes",
            "quiz.1.1.measures": Content(rows=(law,)),
            "quiz.1.1.difficulties": Content(text="Too few prosecutors.", language="en"),
            "quiz.2.1.implementation": Content(value="no", text=SECRET, language="en"),
        },
        by=world.focal_point,
    )


def test_nothing_is_public_until_the_state_says_so(submission: Submission) -> None:
    assert given_for(submission) == []
    assert all_published() == []


def test_opened_section_is_copied_without_the_others_and_without_names_of_people(
    world: World, submission: Submission
) -> None:
    opened = decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    assert opened == {"art-1"}
    found = published_response(cycle="2026", questionnaire="quiz", party="arg")
    assert found is not None
    text = json.dumps(found.excerpt)
    assert [section["code"] for section in found.excerpt["sections"]] == ["art-1"]
    assert "Too few prosecutors." in text
    assert SECRET not in text
    assert world.focal_point.name not in text
    assert [item["code"] for item in found.excerpt["provisions"]] == ["quiz.1.1"]
    assert [row.receipt for row in published_of("ARG")] == [submission.receipt]


def test_section_open_to_states_parties_is_not_public(world: World, submission: Submission) -> None:
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "parties", "art-2": "parties"})
    assert all_published() == []
    assert Consent.objects.count() == 2


def test_consent_taken_back_takes_the_copy_away_and_stays_on_record(world: World, submission: Submission) -> None:
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "private"})
    assert all_published() == []
    assert given_for(submission) == [("art-1", "public"), ("art-1", "private")]
    assert AuditEvent.objects.filter(action="decide_consent").count() == 2


def test_same_decision_twice_makes_one_record(world: World, submission: Submission) -> None:
    for _turn in range(2):
        decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    assert Consent.objects.count() == 1


def test_earlier_copy_stands_until_the_state_opens_the_later_submission(world: World, submission: Submission) -> None:
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    Response.objects.update(state=ResponseState.OPEN)
    response = Response.objects.get()
    second = submit(response, {"quiz.2.1.practice": Content()}, by=world.focal_point)
    assert [row.receipt for row in all_published()] == [submission.receipt]
    decide_and_publish(by=world.focal_point, submission=second, decided={"art-2": "public"})
    assert [row.receipt for row in all_published()] == [second.receipt]


@pytest.mark.parametrize("decided", [{"art-9": "public"}, {"art-1": "everybody"}])
def test_unknown_section_or_level_is_refused_whole(
    world: World, submission: Submission, decided: dict[str, str]
) -> None:
    with pytest.raises(Refusal, match="load the page again"):
        decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"} | decided)
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM responses_answer",
        "SELECT snapshot FROM responses_submission",
        "SELECT data FROM responses_digest",
        "SELECT email FROM parties_user",
        "SELECT body FROM base_mail",
        "DELETE FROM published.response",
        "UPDATE published.response SET party = 'xxx'",
        "CREATE TABLE published.other (id int)",
    ],
)
def test_role_of_the_public_reads_the_copy_and_nothing_else(
    world: World, submission: Submission, statement: str
) -> None:
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    assert len(all_published()) == 1
    with pytest.raises(DatabaseError, match="permission denied"), as_public(), connection.cursor() as cursor:
        cursor.execute(statement)
    # Afterwards we are ourselves again.
    assert Published.objects.count() == 1
    assert Submission.objects.count() == 1


def test_public_record_of_reporting_follows_what_happened_and_tells_no_draft(world: World) -> None:
    other = Response.objects.create(
        cycle=world.response.cycle, questionnaire=world.response.questionnaire, party=make_party("KEN", "Kenya"),
        version=world.response.version,
    )  # fmt: skip
    world.save("quiz.1.1.implementation", "yes")
    assert publish_reporting() == 2
    assert publish_reporting() == 0
    assert set(Reporting.objects.values_list("party", "reported_at")) == {("arg", None), ("ken", None)}
    sent = submit(other, {"quiz.1.1.implementation": "yes"})
    assert publish_reporting() == 1
    assert Reporting.objects.get(party="ken").reported_at == sent.at
    Response.objects.filter(pk=world.response.pk).update(released_at=sent.at)
    assert publish_reporting() == 1
    assert list(Reporting.objects.values_list("party", flat=True)) == ["ken"]


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def consent_url(world: World, number: int = 1) -> str:
    return f"/en{world.scope}/receipts/{number}/consent/"


def test_focal_point_opens_sections_on_the_page_and_the_public_reads_them(
    world: World, submission: Submission, client: Client
) -> None:
    person = signed_in(world.focal_point)
    assert "Section art-1" in person.get(consent_url(world)).content.decode()
    assert client.get("/en/answers/2026/quiz/arg/").status_code == 404
    reply = person.post(consent_url(world), {"level-art-1": "public", "level-art-2": "parties"})
    assert (reply.status_code, reply.url) == (302, consent_url(world))
    page = client.get("/en/answers/2026/quiz/arg/").content.decode()
    assert "Too few prosecutors." in page
    assert "Penal Code" in page
    assert SECRET not in page
    assert world.focal_point.name not in page
    listing = client.get("/en/answers/").content.decode()
    assert "Argentina" in listing
    assert "/en/answers/2026/quiz/arg/" in client.get("/en/states/arg/").content.decode()


def test_one_button_opens_and_closes_all_sections(world: World, submission: Submission) -> None:
    person = signed_in(world.focal_point)
    person.post(consent_url(world), {"all": "public"})
    assert [row.sections for row in all_published()] == [2]
    person.post(consent_url(world), {"all": "private"})
    assert all_published() == []
    assert person.post(consent_url(world), {"all": "nobody"}).status_code == 409


def test_states_parties_read_what_was_opened_to_them_and_others_do_not(
    world: World, submission: Submission, client: Client
) -> None:
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-2": "parties"})
    url = "/en/answers/2026/quiz/arg/parties/"
    instrument = world.response.questionnaire.instrument
    bound, unbound = make_party("KEN", "Kenya"), make_party("FRA", "France")
    StatusAct.objects.create(
        instrument=instrument,
        party=bound,
        kind="ratification",
        act_class="consent",
        on=datetime.date(2003, 1, 1),
        source="test",
    )
    readers = {}
    for party in (bound, unbound):
        readers[party] = make_user(party=party)
        make_grant(readers[party], Role.READER, f"/cycles/2026/quiz/{party.code.lower()}")
    assert SECRET in signed_in(readers[bound]).get(url).content.decode()
    assert signed_in(readers[unbound]).get(url).status_code == 404
    assert signed_in(make_user(party=bound)).get(url).status_code == 404
    assert client.get(url).status_code == 302


def test_open_data_holds_what_is_published_and_nothing_else(
    world: World, submission: Submission, client: Client
) -> None:
    decide_and_publish(by=world.focal_point, submission=submission, decided={"art-1": "public"})
    data = json.loads(client.get("/en/answers/open-data.json").content)
    said = {record["code"]: (record["state"], record["value"], record["text"]) for record in data["answers"]}
    assert said["quiz.1.1.implementation"] == ("answered", "yes", "")
    assert said["quiz.1.1.difficulties"] == ("answered", "", "Too few prosecutors.")
    assert said["quiz.1.1.notification"] == ("unanswered", "", "")
    assert {code.split(".")[1] for code in said} == {"1"}
    text = client.get("/en/answers/open-data.csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert list(lines[0]) == list(data["columns"])
    assert len(lines) == len(data["answers"])
    book = openpyxl.load_workbook(io.BytesIO(client.get("/en/answers/open-data.xlsx").content))
    assert book.sheetnames == ["answers", "dictionary"]
    assert book["answers"].max_row == len(lines) + 1


def test_formula_in_an_answer_stays_a_text(world: World, client: Client) -> None:
    first = submit(world.response, {"quiz.1.1.difficulties": Content(text="=1+1", language="en")}, by=world.focal_point)
    decide_and_publish(by=world.focal_point, submission=first, decided={"art-1": "public"})
    assert "'=1+1" in client.get("/en/answers/open-data.csv").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get("/en/answers/open-data.xlsx").content))
    cells = [cell for row in book["answers"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_question_and_verdict_that_would_tell_a_closed_answer_are_held_back() -> None:
    first, second = question("quiz.1.1.implementation", "yes_no"), question(
        "quiz.2.1.implementation", "yes_no", section="art-2", provision="quiz.2.1",
        relevant="${quiz.1.1.implementation} = 'yes'",
    )  # fmt: skip
    world = make_world(make_spec({"art-1": [first], "art-2": [second]}))
    sent = submit(
        world.response, {"quiz.1.1.implementation": "yes", "quiz.2.1.implementation": "no"}, by=world.focal_point
    )
    decide_and_publish(by=world.focal_point, submission=sent, decided={"art-2": "public"})
    found = published_response(cycle="2026", questionnaire="quiz", party="arg")
    assert found is not None
    assert [section["questions"] for section in found.excerpt["sections"]] == [[]]
    assert found.excerpt["provisions"] == []
