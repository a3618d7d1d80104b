"""Checking, declaring, clearing, submitting, receipts, reopening, asking for help: the pages."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world, row, signed_in

from palermo.base.models import Mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent
from palermo.parties.queries import party_name
from palermo.responses.actions.evidence import attach_file, comment, remove_file
from palermo.responses.actions.workflow import reopen_response
from palermo.responses.models import Declaration, HelpRequest, ReopeningRequest, ResponseState, Submission
from palermo.responses.queries.state import find_response

pytestmark = pytest.mark.django_db
LAW = row("11111111-1111-4111-8111-111111111111", title="Penal Code", articles="210")
BODY = row("22222222-2222-4222-8222-222222222222", body="Ministry of Justice")
HELP = row("33333333-3333-4333-8333-333333333333", type="training", urgency="high", reason="No training so far")
FIGURE = row("44444444-4444-4444-8444-444444444444", row="requests", year="2024", number="12")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture(autouse=True)
def store(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


def fill(world: World) -> None:
    """Answers everything that is required."""
    world.save("quiz.1.1.implementation", "in_part", text="Only leaders are punished")
    world.save("quiz.1.1.measures", rows=(LAW,))
    world.save("quiz.1.1.measures.model", "agreement")
    world.save("quiz.1.1.practice.used", "police")
    world.save("quiz.1.1.practice", "none-of-these")
    world.save("quiz.1.1.practice.share", "40")
    world.save("quiz.1.1.notification", "2024-05-01")
    world.save("quiz.1.1.authority", rows=(BODY,))
    world.save("quiz.1.1.assistance", "yes", rows=(HELP,))
    world.save("quiz.2.1.implementation", cannot_answer=True, reason="The ministry has not replied")
    world.save("quiz.2.1.practice", rows=(FIGURE,))


def declare_all(world: World) -> None:
    client = signed_in(world.focal_point)
    for section in world.spec.sections:
        assert client.post(world.url("declare", section.code)).status_code == 302


def cleared(world: World) -> None:
    fill(world)
    declare_all(world)
    assert signed_in(world.focal_point).post(world.url("submit"), {"step": "clear"}).status_code == 302


def submitted(world: World) -> Submission:
    cleared(world)
    answer = signed_in(world.focal_point).post(world.url("submit"), {"step": "submit", "confirmed": "on"})
    assert answer["Location"] == world.url("receipt", number=1)
    return Submission.objects.get()


def state(world: World) -> str:
    world.response.refresh_from_db()
    return world.response.state


# ── Check answers ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_shows_every_answer_and_what_blocks(world: World) -> None:
    fill(world)
    page = signed_in(world.focal_point).get(world.url("check"))
    found = page.context["checked"]
    assert (found.answered, found.total) == (11, 13)
    assert [(finding.obstacle, finding.section) for finding in found.blocking] == [
        ("not_declared", "art-1"),
        ("not_declared", "art-2"),
    ]
    assert [(finding.obstacle, finding.code) for finding in found.warnings] == [("not_ranked", "quiz.1.1.assistance")]
    text = page.content.decode()
    for words in ("Only leaders are punished", "Penal Code", "The ministry has not replied", "Training", "12"):
        assert words in text


def test_check_offers_a_change_only_to_those_who_may(world: World) -> None:
    contributor = world.contributor("art-1")
    assert signed_in(world.focal_point).get(world.url("check")).context["may_change"] is True
    assert signed_in(contributor).get(world.url("check")).context["may_change"] is True
    submitted(world)
    page = signed_in(world.focal_point).get(world.url("check"))
    assert (page.context["may_change"], page.context["may_clear"]) == (False, False)


def test_check_leads_to_the_place_of_each_obstacle(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("check"))
    group = page.context["blocking"][1]
    assert (group.title, group.url) == ("2. Section art-2", world.url("section", "art-2"))
    assert group.labels == ("This section has not been declared complete.",)
    assert [[line.url for line in lines] for _label, lines in group.kinds] == [
        [
            world.url("section", "art-2") + "#q-quiz-2-1-implementation",
            world.url("section", "art-2") + "#q-quiz-2-1-practice",
        ]
    ]


def test_check_leads_to_conflicts_and_comments(world: World) -> None:
    fill(world)
    other = world.contributor("art-2")
    world.save("quiz.2.1.implementation", "no", by=other)
    comment(
        by=other, response=world.response, spec=world.spec, section="art-2", code="quiz.2.1.practice",
        text="Whose figures?", language="en",
    )  # fmt: skip
    comment(by=other, response=world.response, spec=world.spec, section="art-1", text="Done?", language="en")
    page = signed_in(world.focal_point).get(world.url("check"))
    blocking = {line.url for group in page.context["blocking"] for _label, lines in group.kinds for line in lines}
    assert blocking == {world.url("conflict", "art-2", code="quiz.2.1.implementation")}
    warnings = {line.url for group in page.context["warnings"] for _label, lines in group.kinds for line in lines}
    assert warnings == {
        world.url("comments", "art-2", code="quiz.2.1.practice"),
        world.url("section", "art-1") + "#q-quiz-1-1-assistance",
    }


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("show=unanswered", ["quiz.1.1.practice.cases", "quiz.1.1.difficulties"]),
        ("show=in_part", ["quiz.1.1.implementation"]),
        ("show=flagged", []),
        ("q=pénal+code", ["quiz.1.1.measures"]),
        ("q=LEADERS+offence", ["quiz.1.1.implementation"]),
        ("q=zebra", []),
        ("show=in_part&q=requests", []),
        ("show=nonsense&q=surrendered", ["quiz.2.1.implementation"]),
    ],
)
def test_check_filters_and_searches(world: World, query: str, codes: list[str]) -> None:
    fill(world)
    page = signed_in(world.focal_point).get(f"{world.url('check')}?{query}")
    assert page.status_code == 200
    assert [item.spec.code for section, _url in page.context["sections"] for item in section.questions] == codes


def test_check_mine_is_what_was_handed_over_or_written(world: World) -> None:
    fill(world)
    statistician = world.contributor("art-1", aspects=["figures"])
    page = signed_in(statistician).get(world.url("check") + "?show=mine")
    assert [item.spec.code for section, _url in page.context["sections"] for item in section.questions] == [
        "quiz.1.1.practice"
    ]


def test_check_shows_parked_answers_apart(world: World) -> None:
    world.save("quiz.1.1.measures.model", "agreement")
    world.save("quiz.1.1.implementation", "no")
    client = signed_in(world.focal_point)
    page = client.get(world.url("check") + "?show=parked")
    assert [item.spec.code for section, _url in page.context["sections"] for item in section.questions] == [
        "quiz.1.1.measures.model"
    ]
    everything = client.get(world.url("check"))
    assert "quiz.1.1.measures.model" not in [
        item.spec.code for section, _url in everything.context["sections"] for item in section.questions
    ]


def test_check_of_a_contributor_has_the_own_section_only(world: World) -> None:
    fill(world)
    page = signed_in(world.contributor("art-2")).get(world.url("check"))
    assert [section.code for section, _url in page.context["sections"]] == ["art-2"]
    assert "Penal Code" not in page.content.decode()


def test_check_queries(world: World) -> None:
    fill(world)
    client = signed_in(world.focal_point)
    client.get(world.url("check"))
    with CaptureQueriesContext(connection) as queries:
        client.get(world.url("check"))
    # session, user, grants; response with names; answers, declarations, conflicts, comments, ranks, files, assignments,
    # unread messages
    assert len(queries) == 12


def test_check_escapes_what_people_typed(world: World) -> None:
    world.save("quiz.1.1.difficulties", text="<script>alert(1)</script>")
    text = signed_in(world.focal_point).get(world.url("check") + "?q=<script>").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


# ── Sections ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_declare_refuses_an_incomplete_section_with_the_way_out(world: World) -> None:
    answer = signed_in(world.focal_point).post(world.url("declare", "art-2"), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "2 required questions are still unanswered: answer them, or say why they cannot be answered."
    ]
    assert not Declaration.objects.exists()


def test_declare_and_take_back(world: World) -> None:
    fill(world)
    client = signed_in(world.focal_point)
    answer = client.post(world.url("declare", "art-2"), {"next": world.url("hub")})
    assert answer["Location"] == world.url("hub")
    assert Declaration.objects.get().undone_at is None
    client.post(world.url("take_back_declaration", "art-2"))
    assert Declaration.objects.get().undone_at is not None
    assert list(AuditEvent.objects.filter(action__contains="declar").values_list("action", "scope")) == [
        ("declare_section", f"{world.scope}/art-2"),
        ("take_back_declaration", f"{world.scope}/art-2"),
    ]


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"]
)
def test_declare_never_leads_elsewhere(world: World, elsewhere: str) -> None:
    answer = signed_in(world.focal_point).post(world.url("declare", "art-2"), {"next": elsewhere})
    assert answer["Location"] == world.url("section", "art-2")


def test_lead_declares_contributor_marks_the_part(world: World) -> None:
    fill(world)
    lead, beside = world.contributor("art-2", lead=True), world.contributor("art-2", aspects=["figures"])
    assert signed_in(beside).post(world.url("declare", "art-2")).status_code == 403
    assert signed_in(beside).post(world.url("part_done", "art-2"), {"done": "1"}).status_code == 302
    assert [bool(item.done_at) for item in world.response.assignments.order_by("pk")] == [False, True]
    signed_in(beside).post(world.url("part_done", "art-2"), {"done": "0"})
    assert [bool(item.done_at) for item in world.response.assignments.order_by("pk")] == [False, False]
    signed_in(lead).post(world.url("declare", "art-2"))
    assert Declaration.objects.get().declared_by == lead


def test_get_changes_nothing(world: World) -> None:
    client = signed_in(world.focal_point)
    names = ["declare", "take_back_declaration", "part_done"]
    assert [client.get(world.url(name, "art-1")).status_code for name in names] == [405, 405, 405]
    assert client.get(world.url("take_back_clearance")).status_code == 405


# ── Clearing and submitting ──────────────────────────────────────────────────────────────────────────────────────────


def test_submit_page_lists_what_blocks_and_has_no_button(world: World) -> None:
    page = signed_in(world.focal_point).get(world.url("submit"))
    assert page.context["blocking_count"] == 13
    assert 'value="clear"' not in page.content.decode()


def test_clearing_is_refused_while_something_blocks(world: World) -> None:
    fill(world)
    answer = signed_in(world.focal_point).post(world.url("submit"), {"step": "clear"})
    assert answer.status_code == 409
    assert [message for _target, message in answer.context["errors"]] == [
        "2 things still stand in the way of clearing; they are listed on the page “Check answers”."
    ]
    assert state(world) == ResponseState.OPEN


def test_clearing_closes_and_can_be_taken_back(world: World) -> None:
    cleared(world)
    assert state(world) == ResponseState.CLEARED
    client = signed_in(world.focal_point)
    assert 'value="submit"' in client.get(world.url("submit")).content.decode()
    client.post(world.url("take_back_clearance"))
    assert state(world) == ResponseState.OPEN


def test_submitting_needs_the_ticked_box(world: World) -> None:
    cleared(world)
    answer = signed_in(world.focal_point).post(world.url("submit"), {"step": "submit"})
    assert answer.status_code == 422
    assert state(world) == ResponseState.CLEARED


def test_submitting_gives_a_receipt_whose_hash_is_that_of_the_copy(world: World) -> None:
    submission = submitted(world)
    client = signed_in(world.focal_point)
    page = client.get(world.url("receipt", number=1))
    text = page.content.decode()
    assert submission.receipt == "QUIZ-2026-ARG-01"
    assert submission.receipt in text
    assert submission.sha256 in text
    copy = client.get(world.url("receipt_copy", number=1))
    assert hashlib.sha256(copy.content).hexdigest() == submission.sha256
    assert copy["Content-Disposition"] == 'attachment; filename="quiz-2026-arg-01.json"'
    assert copy["Content-Type"] == "application/json"
    assert json.loads(copy.content)["submission"]["receipt"] == submission.receipt
    assert Mail.objects.filter(template="receipt", to_user_id=world.focal_point.pk).count() == 1


def test_submitted_twice_is_refused(world: World) -> None:
    submitted(world)
    answer = signed_in(world.focal_point).post(world.url("submit"), {"step": "submit", "confirmed": "on"})
    assert answer.status_code == 409
    assert Submission.objects.count() == 1


def test_receipt_that_does_not_exist_is_not_found(world: World) -> None:
    client = signed_in(world.focal_point)
    names = ["receipt", "receipt_copy", "ask_reopening"]
    assert [client.get(world.url(name, number=1)).status_code for name in names] == [404, 404, 404]


def test_secretariat_reads_the_receipt_and_the_copy(world: World) -> None:
    submitted(world)
    officer = make_user()
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    client = signed_in(officer)
    page = client.get(world.url("receipt", number=1))
    assert page.status_code == 200
    assert f'href="{world.url("hub")}"' not in page.content.decode()
    assert client.get(world.url("receipt_copy", number=1)).status_code == 200
    assert client.get(world.url("ask_reopening", number=1)).status_code == 403


def test_file_of_a_submission_outlives_its_removal(world: World) -> None:
    fill(world)
    upload = SimpleUploadedFile("law.txt", b"The law says no.")
    kept = attach_file(
        by=world.focal_point, response=world.response, spec=world.spec, code="quiz.1.1.measures", upload=upload
    )
    late = SimpleUploadedFile("late.txt", b"Another text.")
    declare_all(world)
    client = signed_in(world.focal_point)
    client.post(world.url("submit"), {"step": "clear"})
    client.post(world.url("submit"), {"step": "submit", "confirmed": "on"})
    reopen_response(by=world.focal_point, response=world.response)
    remove_file(by=world.focal_point, evidence=kept)
    other = attach_file(
        by=world.focal_point, response=world.response, spec=world.spec, code="quiz.1.1.measures", upload=late
    )
    assert client.get(world.url("file", uuid=kept.uuid)).status_code == 404
    answer = client.get(world.url("receipt_file", number=1, uuid=kept.uuid))
    assert b"".join(answer.streaming_content) == b"The law says no."  # type: ignore[attr-defined]
    assert client.get(world.url("receipt_file", number=1, uuid=other.uuid)).status_code == 404


# ── Reopening and help ───────────────────────────────────────────────────────────────────────────────────────────────


def test_reopening_is_asked_once_with_a_reason(world: World) -> None:
    submitted(world)
    client = signed_in(world.focal_point)
    assert client.post(world.url("ask_reopening", number=1), {"reason": " "}).status_code == 422
    assert client.post(world.url("ask_reopening", number=1), {"reason": "A law was forgotten"}).status_code == 302
    assert client.post(world.url("ask_reopening", number=1), {"reason": "Again"}).status_code == 409
    assert [item.reason for item in ReopeningRequest.objects.all()] == ["A law was forgotten"]
    page = client.get(world.url("receipt", number=1))
    assert page.context["may_ask"] is False
    assert "A law was forgotten" in page.content.decode()


def test_help_is_sent_at_once_and_the_page_says_so(world: World) -> None:
    officer = make_user("Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    client = signed_in(world.focal_point)
    assert "This is sent at once" in client.get(world.url("help")).content.decode()
    assert client.post(world.url("help"), {"text": "", "language": "es"}).status_code == 422
    answer = client.post(world.url("help"), {"text": "Necesitamos un taller", "language": "es"}, follow=True)
    assert "Necesitamos un taller" in answer.content.decode()
    assert HelpRequest.objects.values_list("text", "language", "by").get() == (
        "Necesitamos un taller",
        "es",
        world.focal_point.pk,
    )
    assert list(Mail.objects.values_list("template", "to_user_id")) == [("help_request", officer.pk)]
    mail = Mail.objects.get()
    party = party_name(world.response.party, officer.language)
    assert mail.subject == f"{party} asks for help to answer"
    assert f"Cycle: {world.response.cycle.texts['en']['title']}." in mail.body


# ── Comments ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_comment_is_written_listed_and_settled(world: World) -> None:
    contributor = world.contributor()
    client = signed_in(contributor)
    where = world.url("comments", "art-1", code="quiz.1.1.measures")
    assert client.post(where, {"text": "", "language": "en"}).status_code == 422
    assert client.post(where, {"text": "Which article?", "language": "en"})["Location"] == where
    page = signed_in(world.focal_point).get(world.url("section_comments", "art-1"))
    item = page.context["open"][0]
    assert (item["comment"].text, item["comment"].code) == ("Which article?", "quiz.1.1.measures")
    signed_in(world.focal_point).post(item["settle_url"])
    page = client.get(where)
    assert (page.context["open"], [found["comment"].text for found in page.context["settled"]]) == (
        [],
        ["Which article?"],
    )


def test_comments_are_closed_to_readers_others_and_the_secretariat(world: World) -> None:
    officer = make_user()
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    people = [world.member(Role.READER), world.contributor("art-2"), officer]
    where = world.url("section_comments", "art-1")
    assert [signed_in(person).get(where).status_code for person in people] == [403, 404, 404]


def test_comment_of_another_section_is_not_found(world: World) -> None:
    written = comment(
        by=world.focal_point, response=world.response, spec=world.spec, section="art-1", text="x", language="en"
    )
    contributor = world.contributor("art-2")
    answer = signed_in(contributor).post(world.url("settle_comment", "art-2", uuid=written.uuid))
    assert answer.status_code == 404


def test_address_has_the_cycle_in_its_own_spelling(world: World) -> None:
    assert find_response(cycle="2026", questionnaire="quiz", party="arg") == world.response
