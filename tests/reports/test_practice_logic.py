"""Figures of practice with their coverage: against an independent computation on random worlds, and by hand."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.reports import independent
from tests.reports.test_rates_logic import SPEC, make_dataset, make_state

from palermo.questionnaires.logic.spec import FigureRow, Unit
from palermo.reports.logic import practice
from palermo.reports.logic.dataset import Dataset, exported
from palermo.reports.logic.rates import WHOLE, Cut, slices
from palermo.responses.logic.standing import REPORTED, Standing

ASKED = practice.asked_figures(SPEC)
CODE = "quiz.1.1.practice"


def make_digest(code: str, said: Any, row: str, numbers: dict[str, str]) -> dict[str, Any]:
    answers = {} if said == "not applied" else {code: said}
    return {"answers": answers, "figures": {code: {row: numbers}} if said is True else {}, "cases": [], "requests": []}


DIGESTS = st.builds(
    make_digest,
    st.just(CODE),
    st.sampled_from((True, None, {"cannot": "Nobody counts."}, "not applied")),
    st.sampled_from(("investigations", "convictions")),
    st.dictionaries(
        st.sampled_from(("2023", "2024", "2025")), st.sampled_from(("0", "7", "12345.5", "not_collected")), min_size=1
    ),
)


@st.composite
def worlds(draw: st.DrawFn) -> Dataset:
    """Up to twelve States with any figures."""
    states = []
    for number in range(draw(st.integers(0, 12))):
        word = draw(st.sampled_from(list(Standing)))
        more = {"digest": draw(DIGESTS)} if word in REPORTED else {}
        group, legal = draw(st.sampled_from(("african", ""))), draw(st.sampled_from(("party", "none")))
        states.append(make_state(f"s{number:02}", word.value, group=group, legal=legal, **more))
    return make_dataset(*states)


EMPTY = make_dataset()
SILENT = make_dataset(make_state("aaa"), make_state("bbb", "begun"))
ALONE = make_dataset(make_state("aaa", "submitted", digest=make_digest(CODE, True, "convictions", {"2024": "3"})))


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ALONE)
def test_figures_agree_with_the_independent_computation(found: Dataset) -> None:
    data = json.loads(json.dumps(exported(found)))
    for question in ASKED:
        for item in (WHOLE, *slices(found.states, Cut.REGION)):
            for row in question.rows:
                for year in found.years:
                    made = practice.figure(found.states, question, row.code, year, item)
                    second = independent.figures_given(data, question.code, row.code, year, item.key)
                    assert {word: n for word, n in made.words.items() if n} == second["words"]
                    assert (made.total, made.median) == (second["total"], second["median"])
                    assert sum(made.words.values()) == sum(item.holds(state) for state in found.states)
                    for word, number in made.words.items():
                        listed = practice.behind(found.states, question.code, row.code, year, word, item)
                        assert len(listed) == number


@pytest.mark.parametrize(
    ("unit", "total", "middle"),
    [
        (Unit.COUNT, Decimal(30), Decimal(15)),
        (Unit.DAYS, None, Decimal(15)),
        (Unit.PERCENT, None, Decimal(15)),
        (Unit.MONEY, None, None),
    ],
)
def test_only_what_can_be_added_is_added(unit: Unit, total: Decimal | None, middle: Decimal | None) -> None:
    question = replace(ASKED[0], rows=(FigureRow("convictions", unit),))
    states = [
        make_state(code, "submitted", digest=make_digest(CODE, True, "convictions", {"2024": number}))
        for code, number in (("aaa", "10"), ("bbb", "20"))
    ]
    made = practice.figure(states, question, "convictions", 2024)
    assert (made.given, made.asked, made.total, made.median) == (2, 2, total, middle)


def test_nought_is_a_number_and_silence_is_not() -> None:
    states = [
        make_state("aaa", "submitted", digest=make_digest(CODE, True, "convictions", {"2024": "0"})),
        make_state("bbb"),
    ]
    made = practice.figure(states, ASKED[0], "convictions", 2024)
    assert (made.total, made.words["number"], made.words["silent"]) == (0, 1, 1)


def test_cases_are_told_by_states_that_reported() -> None:
    told = [{"uuid": "u", "code": "quiz.1.1.practice.cases", "title": "One", "convention_used": "yes"}]
    states = [make_state("aaa", "submitted", digest={"cases": told}), make_state("bbb", "begun")]
    assert [(case.state.code, case.title, case.convention_used, case.outcome) for case in practice.cases(states)] == [
        ("aaa", "One", "yes", "")
    ]
