"""From open to submitted and back: each step, and every path through them that hypothesis finds."""

import hashlib
import json
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.factories.questionnaires import make_spec, question
from tests.factories.responses import World, make_world, row

from palermo.base.errors import Refusal
from palermo.parties.models import AuditEvent
from palermo.responses.actions.cycles import decide_reopening
from palermo.responses.actions.workflow import (
    clear_response,
    declare_section,
    mark_part_done,
    rank_requests,
    reopen_response,
    request_reopening,
    submit_response,
    take_back_clearance,
    take_back_declaration,
)
from palermo.responses.logic.snapshot import canonical_json, read_snapshot
from palermo.responses.models import (
    Answer,
    AnswerRevision,
    Conflict,
    Declaration,
    RequestRank,
    ResponseState,
    Submission,
)

HELP = "33333333-3333-4333-8333-33333333333{}"


def small() -> World:
    """Two sections, one question that hangs on another, one request for assistance."""
    return make_world(
        make_spec(
            {
                "art-1": [
                    question("quiz.1.1.implementation", "implementation"),
                    question(
                        "quiz.1.1.measures", "yes_no", asks="measures", relevant="${quiz.1.1.implementation} = 'yes'"
                    ),
                    question(
                        "quiz.1.1.assistance", "assistance", asks="assistance", types=("training",), required=False
                    ),
                ],
                "art-2": [question("quiz.2.1.implementation", "yes_no", section="art-2", provision="quiz.2.1")],
            }
        )
    )


@pytest.fixture
def world(db: None) -> World:
    return small()


def refused(action: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught, transaction.atomic():
        action()
    return caught.value.code


def ready(world: World) -> None:
    by = world.focal_point
    world.save("quiz.1.1.implementation", "no")
    world.save("quiz.2.1.implementation", "yes")
    for section in ("art-1", "art-2"):
        declare_section(by=by, response=world.response, spec=world.spec, section=section)


def submitted(world: World) -> Submission:
    ready(world)
    clear_response(by=world.focal_point, response=world.response, spec=world.spec)
    return submit_response(by=world.focal_point, response=world.response, spec=world.spec)


def actions_of(world: World) -> list[str]:
    return list(AuditEvent.objects.filter(scope__startswith=world.scope).values_list("action", flat=True))


def test_declare_needs_every_required_answer(world: World) -> None:
    declare = lambda: declare_section(  # noqa: E731
        by=world.focal_point, response=world.response, spec=world.spec, section="art-1"
    )
    assert refused(declare) == "missing"
    world.save("quiz.1.1.implementation", "yes")
    # The answer has brought another question with it.
    assert refused(declare) == "missing"
    world.save("quiz.1.1.measures", cannot_answer=True, reason="Not known")
    declare()
    declare()
    assert Declaration.objects.count() == 1
    assert actions_of(world) == ["declare_section"]


def test_declare_refuses_a_section_with_two_texts_and_an_unknown_one(world: World) -> None:
    other = world.contributor()
    world.save("quiz.1.1.implementation", "no")
    world.save("quiz.1.1.implementation", "in_part", by=other)
    assert Conflict.objects.count() == 1
    declare = lambda section: declare_section(  # noqa: E731
        by=world.focal_point, response=world.response, spec=world.spec, section=section
    )
    assert refused(lambda: declare("art-1")) == "conflict"
    assert refused(lambda: declare("art-9")) == "unknown_section"


def test_change_undoes_the_declaration_and_says_by_what(world: World) -> None:
    ready(world)
    saved = world.save("quiz.1.1.implementation", "in_part", base=1)
    assert saved.undone is True
    assert list(Declaration.objects.order_by("section").values_list("section", "undone_by", "undone_by_code")) == [
        ("art-1", world.focal_point.pk, "quiz.1.1.implementation"),
        ("art-2", None, ""),
    ]


def test_take_back_declaration_twice_is_one_entry(world: World) -> None:
    ready(world)
    for _time in range(2):
        take_back_declaration(by=world.focal_point, response=world.response, section="art-1")
    assert actions_of(world).count("take_back_declaration") == 1


def test_part_is_marked_by_its_holder_only(world: World) -> None:
    contributor = world.contributor()
    assert (
        refused(lambda: mark_part_done(by=world.focal_point, response=world.response, section="art-1"))
        == "not_assigned"
    )
    mark_part_done(by=contributor, response=world.response, section="art-1")
    mark_part_done(by=contributor, response=world.response, section="art-1", done=False)
    assert actions_of(world) == ["mark_part_done", "mark_part_open"]


def test_requests_are_ranked_as_a_whole(world: World) -> None:
    rows = tuple(row(HELP.format(place), type="training", urgency="high") for place in range(3))
    world.save("quiz.1.1.assistance", "yes", rows=rows)
    order = [rows[2].uuid, rows[0].uuid, rows[1].uuid]
    rank_requests(by=world.focal_point, response=world.response, order=order)
    assert [str(rank.request) for rank in RequestRank.objects.order_by("rank")] == order
    for wrong in (order[:2], [*order, order[0]], [*order[:2], HELP.format(9)]):
        assert refused(
            lambda wrong=wrong: rank_requests(by=world.focal_point, response=world.response, order=wrong)
        ) == "changed_meanwhile"  # fmt: skip
    assert [str(rank.request) for rank in RequestRank.objects.order_by("rank")] == order


def test_clearing_needs_every_section_and_closes_all_doors(world: World) -> None:
    clear = lambda: clear_response(by=world.focal_point, response=world.response, spec=world.spec)  # noqa: E731
    assert refused(clear) == "blocked"
    ready(world)
    clear()
    assert refused(clear) == "cleared"
    assert refused(lambda: world.save("quiz.2.1.implementation", "no", base=1)) == "cleared"
    assert (
        refused(lambda: take_back_declaration(by=world.focal_point, response=world.response, section="art-1"))
        == "cleared"
    )
    assert refused(lambda: rank_requests(by=world.focal_point, response=world.response, order=[])) == "cleared"
    take_back_clearance(by=world.focal_point, response=world.response)
    assert world.save("quiz.2.1.implementation", "no", base=1).revision == 2
    assert refused(lambda: take_back_clearance(by=world.focal_point, response=world.response)) == "not_cleared"


def test_submission_is_a_snapshot_with_its_hash(world: World) -> None:
    assert refused(
        lambda: submit_response(by=world.focal_point, response=world.response, spec=world.spec)
    ) == "not_cleared"  # fmt: skip
    submission = submitted(world)
    assert submission.receipt == "QUIZ-2026-ARG-01"
    assert submission.sha256 == hashlib.sha256(submission.snapshot.encode()).hexdigest()
    assert canonical_json(json.loads(submission.snapshot)) == submission.snapshot
    frozen = read_snapshot(json.loads(submission.snapshot))
    assert {q.code: q.content.value for q in frozen.questions} == {
        "quiz.1.1.implementation": "no",
        "quiz.1.1.assistance": None,
        "quiz.2.1.implementation": "yes",
    }
    assert actions_of(world)[-2:] == ["clear_response", "submit_response"]


def test_submission_can_be_neither_changed_nor_deleted(world: World) -> None:
    submission = submitted(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        submission.delete()


def test_reopening_keeps_the_submission_and_the_next_has_the_next_number(world: World) -> None:
    first = submitted(world)
    assert refused(lambda: request_reopening(by=world.focal_point, submission=first, reason=" ")) == "empty"
    request = request_reopening(by=world.focal_point, submission=first, reason="A law was forgotten")
    assert refused(
        lambda: request_reopening(by=world.focal_point, submission=first, reason="Again")
    ) == "asked_already"  # fmt: skip
    decide_reopening(by=world.focal_point, request=request, granted=True)
    assert refused(lambda: decide_reopening(by=world.focal_point, request=request, granted=True)) == "decided"
    assert refused(lambda: request_reopening(by=world.focal_point, submission=first, reason="Again")) == "open"
    assert refused(lambda: reopen_response(by=world.focal_point, response=world.response)) == "not_submitted"
    world.save("quiz.2.1.implementation", "no", base=1)
    declare_section(by=world.focal_point, response=world.response, spec=world.spec, section="art-2")
    clear_response(by=world.focal_point, response=world.response, spec=world.spec)
    second = submit_response(by=world.focal_point, response=world.response, spec=world.spec)
    assert (second.number, second.receipt) == (2, "QUIZ-2026-ARG-02")
    assert Submission.objects.get(number=1).snapshot == first.snapshot


def test_refused_reopening_needs_a_reason_and_leaves_the_response(world: World) -> None:
    request = request_reopening(by=world.focal_point, submission=submitted(world), reason="A law was forgotten")
    assert (
        refused(lambda: decide_reopening(by=world.focal_point, request=request, granted=False, decision=" ")) == "empty"
    )
    decide_reopening(by=world.focal_point, request=request, granted=False, decision="The review has begun.")
    world.response.refresh_from_db()
    assert world.response.state == ResponseState.SUBMITTED
    assert actions_of(world)[-1] == "refuse_reopening"


# ── Every path ───────────────────────────────────────────────────────────────────────────────────────────────────────

VALUES = {
    "quiz.1.1.implementation": ["yes", "in_part", "no", ""],
    "quiz.1.1.measures": ["yes", "no", ""],
    "quiz.2.1.implementation": ["yes", "no", ""],
}
SECTION_OF = {code: f"art-{code[5]}" for code in VALUES}


class Workflow(RuleBasedStateMachine):
    """A response in any order of saves, declarations, clearing, submitting, reopening, beside a plain model of it."""

    @initialize()
    def begin(self) -> None:
        """A fresh response, whose changes are rolled back at the end."""
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = small()
        self.state = ResponseState.OPEN
        self.values: dict[str, str] = {}
        self.declared: set[str] = set()
        self.kept: dict[int, str] = {}

    def teardown(self) -> None:
        """Leaves nothing behind."""
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def attempt(self, action: Callable[[], object]) -> str:
        """The code of the refusal, or nothing if it went well."""
        try:
            with transaction.atomic():
                action()
        except Refusal as refusal:
            return refusal.code
        return ""

    def missing(self, section: str) -> bool:
        """Whether a required question of the section is unanswered, by the model."""
        if section == "art-2":
            return not self.values.get("quiz.2.1.implementation")
        return not self.values.get("quiz.1.1.implementation") or (
            self.values["quiz.1.1.implementation"] == "yes" and not self.values.get("quiz.1.1.measures")
        )

    @rule(code=st.sampled_from(sorted(VALUES)), choice=st.integers(0, 3))
    def save(self, code: str, choice: int) -> None:
        """Saves while open; a change undoes the section's declaration, the same answer does not."""
        value = VALUES[code][choice % len(VALUES[code])]
        base = Answer.objects.filter(question_id=code).values_list("revision", flat=True).first() or 0
        world = self.world
        outcome = self.attempt(lambda: world.save(code, *([value] if value else []), base=base))
        if self.state != ResponseState.OPEN:
            assert outcome == str(self.state)
            return
        assert outcome == ""
        if self.values.get(code, "") != value:
            self.declared.discard(SECTION_OF[code])
        self.values[code] = value

    @rule(section=st.sampled_from(["art-1", "art-2"]))
    def declare(self, section: str) -> None:
        """Declares what is complete."""
        world = self.world
        outcome = self.attempt(
            lambda: declare_section(by=world.focal_point, response=world.response, spec=world.spec, section=section)
        )
        if self.state != ResponseState.OPEN:
            assert outcome == str(self.state)
        elif self.missing(section):
            assert outcome == "missing"
        else:
            assert outcome == ""
            self.declared.add(section)

    @rule(section=st.sampled_from(["art-1", "art-2"]))
    def take_back(self, section: str) -> None:
        """Takes a declaration back."""
        world = self.world
        outcome = self.attempt(
            lambda: take_back_declaration(by=world.focal_point, response=world.response, section=section)
        )
        assert outcome == ("" if self.state == ResponseState.OPEN else str(self.state))
        if not outcome:
            self.declared.discard(section)

    @rule()
    def clear(self) -> None:
        """Clears once all is declared."""
        world = self.world
        outcome = self.attempt(lambda: clear_response(by=world.focal_point, response=world.response, spec=world.spec))
        if self.state != ResponseState.OPEN:
            assert outcome == str(self.state)
        elif self.declared == {"art-1", "art-2"}:
            assert outcome == ""
            self.state = ResponseState.CLEARED
        else:
            assert outcome == "blocked"

    @rule()
    def unclear(self) -> None:
        """Takes the clearance back."""
        world = self.world
        outcome = self.attempt(lambda: take_back_clearance(by=world.focal_point, response=world.response))
        assert outcome == ("" if self.state == ResponseState.CLEARED else "not_cleared")
        if not outcome:
            self.state = ResponseState.OPEN

    @rule()
    def submit(self) -> None:
        """Submits what is cleared."""
        world = self.world
        outcome = self.attempt(lambda: submit_response(by=world.focal_point, response=world.response, spec=world.spec))
        expected = {ResponseState.OPEN: "not_cleared", ResponseState.CLEARED: "", ResponseState.SUBMITTED: "submitted"}
        assert outcome == expected[self.state]
        if not outcome:
            self.state = ResponseState.SUBMITTED
            self.kept[len(self.kept) + 1] = Submission.objects.latest("number").snapshot

    @precondition(lambda self: self.kept)
    @rule(granted=st.booleans())
    def reopen(self, granted: bool) -> None:
        """Asks for reopening, which is granted or not."""
        world = self.world
        latest = Submission.objects.latest("number")

        def ask() -> None:
            request = request_reopening(by=world.focal_point, submission=latest, reason="Something is missing")
            decide_reopening(by=world.focal_point, request=request, granted=granted, decision="Decided.")

        outcome = self.attempt(ask)
        assert outcome == ("" if self.state == ResponseState.SUBMITTED else "open")
        if not outcome and granted:
            self.state = ResponseState.OPEN

    @invariant()
    def state_is_that_of_the_model(self) -> None:
        """State, declarations and answers are as the model says."""
        if not hasattr(self, "world"):
            return
        self.world.response.refresh_from_db()
        assert self.world.response.state == self.state
        found = Declaration.objects.filter(undone_at=None).values_list("section", flat=True)
        assert set(found) == self.declared
        stored = {
            code: content.get("value", "") for code, content in Answer.objects.values_list("question_id", "content")
        }
        assert {code: value for code, value in stored.items() if value} == {
            code: value for code, value in self.values.items() if value
        }

    @invariant()
    def submissions_never_change_and_hashes_hold(self) -> None:
        """Every submission is byte for byte what it was, and its receipt's hash is that of its snapshot."""
        if not hasattr(self, "world"):
            return
        found = {item.number: item for item in Submission.objects.all()}
        assert {number: item.snapshot for number, item in found.items()} == self.kept
        for item in found.values():
            assert item.sha256 == hashlib.sha256(item.snapshot.encode()).hexdigest()

    @invariant()
    def revisions_have_no_gaps(self) -> None:
        """The history of an answer counts up to its revision."""
        if not hasattr(self, "world"):
            return
        for answer in Answer.objects.all():
            numbers = (
                AnswerRevision.objects.filter(code=answer.code).order_by("number").values_list("number", flat=True)
            )
            assert list(numbers) == list(range(1, answer.revision + 1))


class TestWorkflow(TestCase):
    """Runs the machine inside the test's transaction."""

    def test_every_path(self) -> None:
        """No order of steps breaks a promise."""
        run_state_machine_as_test(
            Workflow,
            settings=settings(
                max_examples=12,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
