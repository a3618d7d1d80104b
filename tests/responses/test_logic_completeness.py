"""When a section is complete and what stands in the way: rules without a database."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.questionnaires import make_spec

from palermo.questionnaires.logic.fulfilment import relevant_codes
from palermo.responses.logic.completeness import (
    BLOCKING,
    Finding,
    Obstacle,
    Progress,
    SectionState,
    findings,
    progress,
    sketch,
)
from palermo.responses.logic.content import NONE_OF_THESE, Content, Row, condition_values, is_unanswered

SPEC = make_spec()
TODAY = datetime.date(2026, 11, 24)
HELP = "33333333-3333-4333-8333-333333333333"


def found(contents: dict[str, Content], **more: Any) -> list[tuple[str, str]]:
    """The findings about questions, as pairs."""
    return [
        (finding.obstacle.value, finding.code)
        for finding in findings(SPEC, contents, today=TODAY, declared=["art-1", "art-2"], **more)
        if finding.obstacle is not Obstacle.MISSING
    ]


def test_empty_response_lacks_every_required_answer_and_every_declaration() -> None:
    everything = findings(SPEC, {}, today=TODAY)
    missing = [finding.code for finding in everything if finding.obstacle is Obstacle.MISSING]
    assert missing == [question.code for question in SPEC if question.required]
    assert [finding.section for finding in everything if finding.obstacle is Obstacle.NOT_DECLARED] == [
        "art-1",
        "art-2",
    ]


@pytest.mark.parametrize(
    ("code", "content", "obstacles"),
    [
        ("quiz.1.1.implementation", Content(value="yes"), []),
        ("quiz.1.1.implementation", Content(value="in_part"), ["in_part_unexplained"]),
        ("quiz.1.1.implementation", Content(value="in_part", text="Only leaders"), []),
        ("quiz.1.1.implementation", Content(cannot_answer=True, reason="Unknown"), []),
        ("quiz.1.1.implementation", Content(cannot_answer=True), ["reason_missing"]),
        ("quiz.1.1.practice.share", Content(raw="about forty"), ["raw"]),
        ("quiz.1.1.practice.share", Content(value="40"), []),
        ("quiz.1.1.practice.share", Content(value="140"), ["constraint"]),
        ("quiz.1.1.measures", Content(value=NONE_OF_THESE), []),
        ("quiz.1.1.assistance", Content(value="no"), []),
        (
            "quiz.1.1.assistance",
            Content(value="yes", rows=(Row(HELP, {"type": "training"}),)),
            ["urgency_missing", "not_ranked"],
        ),
    ],
)
def test_obstacles_of_one_answer(code: str, content: Content, obstacles: list[str]) -> None:
    assert found({code: content}) == [(obstacle, code) for obstacle in obstacles]


def test_ranked_request_needs_no_further_look() -> None:
    request = Content(value="yes", rows=(Row(HELP, {"type": "training", "urgency": "high"}),))
    assert found({"quiz.1.1.assistance": request}, ranked=[HELP]) == []


def test_answers_that_do_not_apply_are_neither_missing_nor_wrong() -> None:
    contents = {"quiz.1.1.implementation": Content(value="no"), "quiz.1.1.measures.model": Content(raw="odd")}
    assert found(contents, flagged=["quiz.1.1.measures.model"]) == []


def test_conflict_blocks_even_where_the_question_no_longer_applies() -> None:
    contents = {"quiz.1.1.implementation": Content(value="no")}
    assert found(contents, conflicts=["quiz.1.1.measures.model"]) == [("conflict", "quiz.1.1.measures.model")]


def test_comments_and_flags_only_warn() -> None:
    contents = {"quiz.1.1.implementation": Content(value="yes")}
    said = findings(
        SPEC,
        contents,
        today=TODAY,
        declared=["art-1", "art-2"],
        flagged=["quiz.1.1.implementation"],
        commented=[("art-1", "quiz.1.1.measures"), ("art-1", ""), ("art-1", "")],
    )
    assert [(item.obstacle, item.code, item.blocks) for item in said if item.obstacle is not Obstacle.MISSING] == [
        (Obstacle.FLAGGED, "quiz.1.1.implementation", False),
        (Obstacle.COMMENT_OPEN, "", False),
        (Obstacle.COMMENT_OPEN, "quiz.1.1.measures", False),
    ]


@pytest.mark.parametrize(
    ("answered", "missing", "declared", "state"),
    [
        (0, ("a",), False, SectionState.NOT_BEGUN),
        (1, ("a",), False, SectionState.IN_PROGRESS),
        (1, (), False, SectionState.READY),
        (1, (), True, SectionState.COMPLETE),
        (0, (), True, SectionState.COMPLETE),
    ],
)
def test_state_of_a_section(answered: int, missing: tuple[str, ...], declared: bool, state: SectionState) -> None:
    assert Progress("art-1", 2, answered, missing, declared=declared).state is state


def test_progress_counts_what_applies_and_what_is_parked() -> None:
    contents = {
        "quiz.1.1.implementation": Content(value="no"),
        "quiz.1.1.measures.model": Content(value="agreement"),
        "quiz.1.1.difficulties": Content(text="None"),
    }
    first = progress(SPEC, {c: sketch(x, SPEC.questions[c].kind.value) for c, x in contents.items()}, today=TODAY)[
        "art-1"
    ]
    assert (first.answered, first.total, first.parked) == (2, 10, ("quiz.1.1.measures.model",))
    assert first.missing == (
        "quiz.1.1.measures",
        "quiz.1.1.practice.used",
        "quiz.1.1.practice",
        "quiz.1.1.practice.share",
        "quiz.1.1.notification",
        "quiz.1.1.authority",
        "quiz.1.1.assistance",
    )


# ── Whatever the answers ─────────────────────────────────────────────────────────────────────────────────────────────

TEXTS = st.sampled_from(["", "words"])
CONTENTS = st.builds(
    Content,
    value=st.sampled_from([None, "yes", "in_part", "no", "40", "2024-05-01", NONE_OF_THESE]),
    raw=TEXTS,
    text=TEXTS,
    cannot_answer=st.booleans(),
    reason=TEXTS,
    rows=st.sampled_from([(), (Row(HELP, {"title": "Law", "type": "training", "body": "Ministry"}),)]),
)
RESPONSES = st.dictionaries(st.sampled_from([question.code for question in SPEC]), CONTENTS)


def judged(contents: dict[str, Content]) -> tuple[dict[str, Progress], list[Finding], set[str]]:
    """Progress, findings and what applies."""
    sketches = {code: sketch(content, SPEC.questions[code].kind.value) for code, content in contents.items()}
    relevant = relevant_codes(SPEC, condition_values(SPEC.questions, contents), today=TODAY)
    return (
        progress(SPEC, sketches, today=TODAY),
        findings(SPEC, contents, today=TODAY, declared=["art-1", "art-2"]),
        relevant,
    )


@given(RESPONSES)
def test_complete_means_that_every_relevant_required_question_is_answered_or_says_why_not(
    contents: dict[str, Content],
) -> None:
    sections, _findings, relevant = judged(contents)
    for section in SPEC.sections:
        open_codes = {
            question.code
            for question in section.questions
            if question.code in relevant
            and question.required
            and is_unanswered(contents.get(question.code, Content()), question.kind.value)
        }
        assert set(sections[section.code].missing) == open_codes
        assert sections[section.code].is_complete == (not open_codes)


@given(RESPONSES)
def test_what_is_missing_blocks_and_nothing_that_is_complete_does(contents: dict[str, Content]) -> None:
    sections, everything, _relevant = judged(contents)
    for code, section in sections.items():
        blocked = {
            finding.code
            for finding in everything
            if finding.section == code and finding.obstacle in {Obstacle.MISSING, Obstacle.RAW, Obstacle.REASON_MISSING}
        }
        assert set(section.missing) <= blocked


@given(RESPONSES)
def test_counts_never_exceed_what_applies(contents: dict[str, Content]) -> None:
    sections, everything, relevant = judged(contents)
    for section in sections.values():
        assert 0 <= section.answered <= section.total
        assert set(section.parked).isdisjoint(relevant)
    assert [finding for finding in everything if finding.blocks != (finding.obstacle in BLOCKING)] == []
    order = {question.code: place for place, question in enumerate(SPEC)}
    places = [order[finding.code] for finding in everything if finding.code]
    assert places == sorted(places)


@given(RESPONSES, st.sampled_from([question.code for question in SPEC if question.required]))
def test_saying_why_not_always_settles_a_question(contents: dict[str, Content], code: str) -> None:
    settled = {**contents, code: Content(cannot_answer=True, reason="Not known")}
    sections, everything, _relevant = judged(settled)
    assert code not in sections[SPEC.questions[code].section].missing
    assert [finding for finding in everything if finding.code == code and finding.blocks] == []
