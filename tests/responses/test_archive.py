"""Many responses at once are what they would be if each had been answered and submitted on the pages."""

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_party, make_user
from tests.factories.questionnaires import make_version

from palermo.base.errors import Refusal
from palermo.parties.models import AuditEvent, Party, User
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.actions import archive, workflow
from palermo.responses.actions.answers import save_answer
from palermo.responses.actions.archive import Item, import_cycle, import_submissions
from palermo.responses.logic.canonical import fast_canonical_json
from palermo.responses.logic.content import Content, Given, Row
from palermo.responses.logic.snapshot import canonical_json
from palermo.responses.models import (
    Answer,
    AnswerRevision,
    AnswerRow,
    Channel,
    Cycle,
    Declaration,
    Digest,
    RequestRank,
    Response,
    StateChange,
    Submission,
)
from palermo.responses.queries.archive import courses
from palermo.site.logic.generated import Manner, generate_answers

PAST = datetime.datetime(2024, 3, 1, 12, tzinfo=datetime.UTC)
SENT = datetime.datetime(2024, 9, 30, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def quiz(db: None) -> tuple[Cycle, VersionSpec, User]:
    version, spec = make_version()
    return make_cycle(version, "2023", year=2022), spec, make_user("An officer")


def said(spec: VersionSpec, key: str = "2023/arg", seed: int = 1, fulfilled: float = 0.5) -> list[Given]:
    manner = Manner(fulfilled=fulfilled)
    return generate_answers(spec, key=key, years=(2020, 2021, 2022), manner=manner, seed=seed, today=SENT.date())


def requests_of(answers: list[Given]) -> list[str]:
    return sorted(row.uuid for item in answers for row in item.content.rows if "urgency" in row.fields)


def item(party: Party, answers: list[Given], **more: Any) -> Item:
    return Item(
        party=party, invited_at=PAST, given=answers, submitted_at=SENT, order=requests_of(answers)[::-1], **more
    )


def take(quiz: tuple[Cycle, VersionSpec, User], *items: Item, **more: Any) -> archive.Archived:
    cycle, _spec, officer = quiz
    questionnaire = cycle.questionnaires.get().questionnaire
    return import_submissions(by=officer, cycle=cycle, questionnaire=questionnaire, items=items, **more)


def everything(response: Response) -> dict[str, Any]:
    """All that is stored of a response, without times, people and the keys of tables."""
    submission = Submission.objects.get(response=response)
    snapshot = json.loads(submission.snapshot)
    assert canonical_json(snapshot) == submission.snapshot
    snapshot["submission"] |= {"at": "", "by": ""}
    for section in snapshot["sections"]:
        section["declared"] = section["declared"] is not None
        for question in section["questions"]:
            question["stamp"] = question["stamp"] is not None
    response.refresh_from_db()
    return {
        "response": (response.state, response.begun_at is not None, response.cleared_at is not None),
        "snapshot": snapshot,
        "submission": (submission.number, submission.receipt, submission.schema, len(submission.sha256)),
        "digest": Digest.objects.get(submission=submission).data,
        "answers": sorted(
            Answer.objects.filter(response=response).values_list(
                "question_id", "revision", "content", "answered", "flagged"
            ),
            key=lambda row: row[0],
        ),
        "history": sorted(
            AnswerRevision.objects.filter(response=response).values_list(
                "code", "number", "base", "content", "channel", "version", "set_aside"
            ),
            key=lambda row: row[:2],
        ),
        "rows": sorted(
            AnswerRow.objects.filter(response=response).values_list(
                "uuid", "answer__question_id", "code", "kind", "order", "fields"
            ),
            key=lambda row: row[0],
        ),
        "ranks": list(RequestRank.objects.filter(response=response).values_list("request", "rank")),
        "declared": sorted(
            Declaration.objects.filter(response=response, undone_at=None).values_list("section", flat=True)
        ),
    }


def undone(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a piece of work leaves, and afterwards nothing of it."""
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


def on_pages(quiz: tuple[Cycle, VersionSpec, User], answers: list[Given]) -> dict[str, Any]:
    cycle, spec, _officer = quiz
    person = make_user("A focal point")
    response = invite(cycle, cycle.questionnaires.get().version, make_party())
    for one in answers:
        save_answer(by=person, response=response, spec=spec, given=one, channel=Channel.IMPORT)
    for section in spec.sections:
        workflow.declare_section(by=person, response=response, spec=spec, section=section.code)
    if requests_of(answers):
        workflow.rank_requests(by=person, response=response, order=requests_of(answers)[::-1])
    workflow.clear_response(by=person, response=response, spec=spec)
    workflow.submit_response(by=person, response=response, spec=spec)
    return everything(response)


def imported(quiz: tuple[Cycle, VersionSpec, User], answers: list[Given]) -> dict[str, Any]:
    take(quiz, item(make_party(), answers))
    return everything(Response.objects.get())


@pytest.mark.parametrize("seed", range(6))
def test_an_imported_response_equals_one_answered_on_the_pages(quiz: Any, seed: int) -> None:
    answers = said(quiz[1], seed=seed, fulfilled=seed / 5)
    assert undone(lambda: imported(quiz, answers)) == undone(lambda: on_pages(quiz, answers))


def test_an_imported_response_keeps_both_times(quiz: Any) -> None:
    take(quiz, item(make_party(), said(quiz[1]), final_at=SENT + datetime.timedelta(days=40)))
    response = Response.objects.get()
    way = courses([response])[response.pk]
    assert (way.invited.at, way.begun_at, way.submissions[0].moment.at) == (PAST, SENT, SENT)
    assert response.state == "final"
    assert (datetime.datetime.now(datetime.UTC) - way.submissions[0].moment.recorded_at).total_seconds() < 60
    assert [str(change.kind) for change in StateChange.objects.all()] == ["finalised"]
    assert set(AnswerRevision.objects.values_list("at", "on_behalf_of")) == {(SENT, "arg")}
    event = AuditEvent.objects.get(action="import_submission")
    assert (event.scope, event.subject) == ("/cycles/2023/quiz/arg", "QUIZ-2023-ARG-01")
    assert event.detail["sha256"] == Submission.objects.get().sha256


def test_an_import_can_be_repeated_and_leaves_what_is_there(quiz: Any) -> None:
    parties = [make_party(code, code) for code in ("ARG", "KEN", "FJI")]
    items = [item(party, said(quiz[1], f"2023/{party.code}")) for party in parties]
    told: list[int] = []
    assert take(quiz, *items[:2]).imported == ["ARG", "KEN"]
    before = list(Submission.objects.order_by("pk").values_list("pk", "sha256"))
    again = take(quiz, *items, chunk=2, progress=told.append)
    assert (again.imported, again.unchanged, told) == (["FJI"], ["ARG", "KEN"], [2, 3])
    assert list(Submission.objects.order_by("pk").values_list("pk", "sha256"))[:2] == before


def test_an_import_refuses_by_name_what_differs_and_keeps_the_chunks_before(quiz: Any) -> None:
    cycle, spec, _officer = quiz
    parties = {code: make_party(code, code) for code in ("ARG", "KEN", "FJI")}
    submit(invite(cycle, cycle.questionnaires.get().version, parties["KEN"]), {"quiz.1.1.implementation": "yes"})
    items = [item(party, said(spec, f"2023/{code}")) for code, party in parties.items()]
    with pytest.raises(Refusal) as refused:
        take(quiz, *items, chunk=1)
    assert (refused.value.code, "KEN" in refused.value.message) == ("response_differs", True)
    assert set(Submission.objects.values_list("response__party__code", flat=True)) == {"ARG", "KEN"}


def test_a_state_that_was_only_invited_is_brought_forward(quiz: Any) -> None:
    cycle, spec, _officer = quiz
    party = make_party()
    take(quiz, Item(party=party, invited_at=PAST, basis="deposited", basis_on=PAST.date()))
    response = Response.objects.get()
    assert (response.state, response.begun_at, response.basis) == ("open", None, "deposited")
    take(quiz, item(party, said(spec)))
    response.refresh_from_db()
    assert (response.state, response.begun_at, response.submitted_at) == ("submitted", SENT, SENT)


def test_a_response_that_was_begun_is_open_and_has_no_submission(quiz: Any) -> None:
    answers = said(quiz[1])
    take(quiz, Item(party=make_party(), invited_at=PAST, given=answers[:3], answered_at=SENT))
    response = Response.objects.get()
    assert (response.state, response.begun_at, response.answers.count()) == ("open", SENT, 3)
    assert not Submission.objects.exists()
    assert not Declaration.objects.exists()


def test_the_validation_is_that_of_the_pages_and_its_findings_are_told(quiz: Any) -> None:
    answers = [
        Given("quiz.1.1.implementation", ["no"]),
        Given("quiz.1.1.measures.model", ["agreement"]),
        Given("quiz.1.1.practice.share", ["150"]),
        Given("quiz.1.1.notification", ["next spring"]),
        Given("quiz.1.1.practice.cases", content=Content(rows=(Row("", {"title": "Case 1"}), Row("", {"title": "2"})))),
    ]
    done = take(quiz, item(make_party(), answers))
    looked = done.looked["ARG"]
    assert {code: [remark.code for remark in found] for code, found in looked.remarks.items()} == {
        "quiz.1.1.notification": ["not_a_date"]
    }
    assert looked.parked == ("quiz.1.1.measures.model",)
    assert looked.unfit == ("quiz.1.1.practice.share",)
    assert "quiz.2.1.implementation" in looked.missing
    snapshot = json.loads(Submission.objects.get().snapshot)
    asked = {question["code"] for section in snapshot["sections"] for question in section["questions"]}
    assert "quiz.1.1.measures.model" not in asked
    assert Answer.objects.get(question_id="quiz.1.1.notification").content == {"raw": "next spring"}
    # Rows that came without an identity have one, and the same the next time.
    assert AnswerRow.objects.count() == 2
    assert take(quiz, item(make_party(), answers)).unchanged == ["ARG"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"given": [Given("quiz.9.9.nothing", ["yes"])]}, "unknown_question"),
        ({"given": [Given("quiz.1.1.difficulties", content=Content(text="a"))] * 2}, "twice"),
        ({"submitted_at": PAST - datetime.timedelta(days=1)}, "times"),
        ({"submitted_at": None}, "times"),
        ({"given": [], "order": []}, "times"),
        ({"order": ["11111111-1111-4111-8111-111111111111"]}, "order"),
    ],
)
def test_an_import_says_what_is_wrong(quiz: Any, change: dict[str, Any], code: str) -> None:
    answers = [Given("quiz.1.1.implementation", ["yes"])]
    with pytest.raises(Refusal) as refused:
        take(quiz, replace(item(make_party(), answers), **change))
    assert refused.value.code == code
    assert not Response.objects.exists()


def test_a_state_named_twice_is_refused(quiz: Any) -> None:
    answers = said(quiz[1])
    with pytest.raises(Refusal) as refused:
        take(quiz, item(make_party(), answers), item(make_party(), answers))
    assert refused.value.code == "twice"


def test_rows_of_another_answer_are_refused(quiz: Any) -> None:
    answers = said(quiz[1])
    with pytest.raises(Refusal) as refused:
        take(quiz, item(make_party(), answers), item(make_party("KEN", "Kenya"), answers))
    assert refused.value.code == "foreign_row"


def test_a_chunk_takes_the_same_number_of_statements_however_large(quiz: Any) -> None:
    def statements(codes: list[str]) -> int:
        items = [item(make_party(code, code), said(quiz[1], f"2023/{code}", fulfilled=0)) for code in codes]
        with CaptureQueriesContext(connection) as captured:
            take(quiz, *items)
        return len(captured)

    assert statements(["ARG", "KEN"]) == statements(["FJI", "EST", "JOR", "SEN", "KAZ"]) == 22


def test_a_cycle_of_an_older_archive_can_be_repeated_and_gains_questionnaires(quiz: Any) -> None:
    cycle, _spec, officer = quiz
    questionnaire = cycle.questionnaires.get().questionnaire
    facts: dict[str, Any] = {
        "by": officer,
        "code": "2019",
        "texts": {"en": {"title": "Cycle 2019"}},
        "opened_at": PAST,
        "due_on": datetime.date(2024, 12, 1),
        "first_year": 2017,
        "last_year": 2019,
    }
    first = import_cycle(**facts, questionnaires=[])
    assert import_cycle(**facts, questionnaires=[questionnaire]) == first
    assert import_cycle(**facts, questionnaires=[questionnaire]).questionnaires.count() == 1
    assert AuditEvent.objects.filter(action="import_cycle").count() == 2
    with pytest.raises(Refusal) as refused:
        import_cycle(**{**facts, "last_year": 2020}, questionnaires=[])
    assert "last_year" in refused.value.message


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abz_-.19", max_size=6), inner, max_size=4),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "Z", "code", ""]), PLAIN))
def test_the_fast_canonical_json_is_that_of_the_standard(structure: dict[str, Any]) -> None:
    assert fast_canonical_json(structure) == canonical_json(structure)


@pytest.mark.parametrize("structure", [{"a": 2**53}, {"a": 1.5}, {"é": "x"}, {"a": [{1: "x"}]}, {"a": object()}])
def test_the_fast_canonical_json_refuses_what_no_snapshot_holds(structure: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a snapshot"):
        fast_canonical_json(structure)
