"""What a response amounts to: the picture, gaps, requests, figures, counts; order and data."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports import world

from palermo.questionnaires.logic.fulfilment import Fulfilment
from palermo.reports.logic import ordering, picture
from palermo.reports.logic.data import COLUMNS, answers_csv
from palermo.responses.logic.content import Content, Row
from palermo.responses.logic.snapshot import NationalResponse

ELEMENT = "untoc.5.1.a.i.implementation"


def response(said: dict[str, Content] | None = None, **options: Any) -> NationalResponse:
    return world.response_of(said or {}, spec=world.small(), **options)


def level(found: NationalResponse, obligation: str) -> picture.Level:
    return next(level for level in picture.gaps(found) if level.obligation == obligation)


def test_nothing_answered_shows_no_gap_and_everything_unanswered() -> None:
    mandatory = level(response(), "mandatory")
    assert mandatory.shown == ()
    assert mandatory.tally == picture.Tally(unanswered=mandatory.tally.total)
    assert len(mandatory.unanswered) == mandatory.tally.total > 0


@pytest.mark.parametrize(
    ("value", "status"), [("yes", Fulfilment.MET), ("in_part", Fulfilment.IN_PART), ("no", Fulfilment.NOT_MET)]
)
def test_element_is_what_its_answer_says(value: str, status: Fulfilment) -> None:
    found = response({"untoc.5.2.implementation": Content(value=value)})
    element = next(item for item in picture.findings(found) if item.provision == "untoc.5.2")
    assert (element.status, element.is_gap) == (status, value != "yes")
    assert [question.code for question in element.questions] == ["untoc.5.2.implementation"]


def test_criminalization_holds_the_four_basic_offences() -> None:
    found = picture.criminalization(world.response_of())
    assert [offence.article for offence in found] == ["untoc.5", "untoc.6", "untoc.8", "untoc.23"]
    for offence in found:
        assert offence.section is not None
        assert offence.tally.total == len(offence.elements)
        assert {picture.article_of(element.provision) for element in offence.elements} == {offence.article}


def test_only_mandatory_provisions_are_ever_gaps() -> None:
    for item in picture.findings(world.response_of()):
        if item.is_gap:
            assert item.obligation == "mandatory"
            assert item.status in {Fulfilment.IN_PART, Fulfilment.NOT_MET}


def test_levels_hold_every_judged_provision_once() -> None:
    found = world.response_of()
    listed = [item.provision for level in picture.gaps(found) for item in (*level.shown, *level.unanswered)]
    assert len(listed) == len(set(listed))
    totals = sum(level.tally.total for level in picture.gaps(found))
    assert totals == len([item for item in picture.findings(found) if item.obligation != "none"])


def test_counts_add_up() -> None:
    found = world.response_of()
    counted = picture.counts(found)
    total = sum(counted.values(), picture.Count())
    assert total.asked == len(found.questions) == total.answered + total.cannot_answer + total.unanswered
    assert total.not_applicable > 0
    assert total.total == len([question for question in world.checklist() if question.is_answered])


def test_figures_tell_zero_from_not_collected_and_from_silence() -> None:
    code = "untoc.5.practice.figures"
    rows = (
        Row("1", {"row": "investigations", "year": "2023", "number": "0"}),
        Row("2", {"row": "investigations", "year": "2024", "not_collected": "yes"}),
    )
    found = response({ELEMENT: Content(value="yes"), code: Content(rows=rows)})
    table = next(table for table in picture.figures(found) if table.question.code == code)
    assert table.rows[0].cells == ("0", picture.NOT_COLLECTED, "")
    assert (table.asked, table.given, table.not_collected) == (len(table.rows) * 3, 1, 1)


def test_requests_stand_in_the_order_of_the_state() -> None:
    found = picture.requests(world.response_of(ranks=4))
    ranks = [request.rank for request in found]
    ranked = [rank for rank in ranks if rank is not None]
    assert ranked == list(range(1, len(ranked) + 1))
    assert ranks == ranked + [None] * (len(ranks) - len(ranked))


def test_notifications_are_the_questions_that_ask_for_them() -> None:
    assert {question.asks for question in picture.notifications(world.response_of())} == {"notification"}


def test_report_reads_live_and_frozen_alike() -> None:
    assert world.report_of(world.response_of()) == world.report_of(world.response_of())


def test_report_of_a_draft_has_no_receipt() -> None:
    made = world.report_of(response())
    assert (made.receipt, made.date) == (None, "2026-11-24")
    assert world.report_of(response(), receipt=world.RECEIPT).date == world.RECEIPT.at[:10]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"c": "1"}, ["c", "a", "b"]),
        ({"a": "3"}, ["b", "c", "a"]),
        ({"a": "2"}, ["b", "a", "c"]),
        ({"a": "2", "b": "1"}, ["b", "a", "c"]),
        ({"a": "x", "b": ""}, ["a", "b", "c"]),
        ({"b": "99"}, ["a", "c", "b"]),
    ],
)
def test_numbers_put_requests_in_order(numbers: dict[str, str], expected: list[str]) -> None:
    assert ordering.by_numbers(["a", "b", "c"], numbers) == expected


@given(st.permutations(list("abcdef")), st.sampled_from("abcdefx"), st.sampled_from([-1, 1]))
def test_moving_loses_no_request(current: list[str], request: str, step: int) -> None:
    order = ordering.moved(current, request, step)
    assert sorted(order) == sorted(current)
    if request in current:
        assert abs(order.index(request) - current.index(request)) <= 1


@given(st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=3) | st.integers().map(str)))
def test_numbers_lose_no_request(numbers: dict[str, str]) -> None:
    assert sorted(ordering.by_numbers(list("abcdef"), numbers)) == list("abcdef")


def test_csv_has_a_line_for_each_question_and_no_formula() -> None:
    found = response({"untoc.32.general.preparation": Content(text='=HYPERLINK("x")\nline, "two"', language="en")})
    lines = list(csv.DictReader(io.StringIO(answers_csv(found, "en").removeprefix("\ufeff"))))
    assert [line["code"] for line in lines] == [question.code for question in found.questions]
    assert tuple(lines[0]) == COLUMNS
    line = next(line for line in lines if line["code"] == "untoc.32.general.preparation")
    assert (line["text"], line["state"], line["language"]) == ('\'=HYPERLINK("x")\nline, "two"', "answered", "en")
