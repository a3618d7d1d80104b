"""Figures of practice with their coverage: against an independent computation on random worlds, and by hand."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.questionnaires import make_spec
from tests.factories.questionnaires import question as make_question
from tests.reports import conference, independent, world
from tests.reports.test_rates_logic import SPEC, make_dataset, make_state

from palermo.questionnaires.logic.spec import FigureRow, Unit
from palermo.reports.logic import document, practice
from palermo.reports.logic.dataset import Dataset, exported
from palermo.reports.logic.rates import WHOLE, Cut, slices
from palermo.responses.logic.consent import Level, excerpt, open_to
from palermo.responses.logic.content import NONE_OF_THESE, Content, Row
from palermo.responses.logic.digest import digest
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


# ── What is shared ───────────────────────────────────────────────────────────────────────────────────────────────────

ONE, TWO, THREE = "quiz.1.1.implementation", "quiz.2.1.practice.cases", "quiz.2.1.practice.used"
SHARING = make_spec(
    {
        "art-1": [make_question(ONE)],
        "art-2": [
            make_question(TWO, "cases", section="art-2", provision="quiz.2.1", asks="practice",
                          relevant=f"${{{ONE}}} = 'yes'"),
            make_question(THREE, "choices", section="art-2", provision="quiz.2.1", asks="practice",
                          choices=("police",)),
        ],
    }
)  # fmt: skip
LEVELS = st.sampled_from([level.value for level in Level])


def told_snapshot(said: str) -> dict[str, Any]:
    """What a State submitted: the case is asked for only after a yes."""
    case = Row("u-1", {"title": "One", "year": "2024", "convention_used": "yes", "outcome": "Convicted"})
    answers = {ONE: Content(value=said), THREE: Content(value=("police",), text="How.", language="en")}
    if said == "yes":
        answers[TWO] = Content(rows=(case,))
    return world.snapshot_of(answers, spec=SHARING)


@given(st.sampled_from(("yes", "no")), LEVELS, LEVELS)
def test_nobody_reads_more_than_the_excerpt_shows(said: str, first: str, second: str) -> None:
    snapshot = told_snapshot(said)
    state = make_state("aaa", "submitted", digest=digest(snapshot))
    levels = {"art-1": Level(first), "art-2": Level(second)}
    asked = {item.code: (item.section, sorted(item.depends_on)) for item in SHARING}
    plain = json.loads(json.dumps(exported(make_dataset(state))))["states"][0]
    for code in (ONE, TWO, THREE):
        level = practice.readable(state, SHARING.questions[code], SHARING, levels)
        assert level.value == independent.who_may_read(plain, code, {"art-1": first, "art-2": second}, asked)
        for allowed, reads in (((Level.PUBLIC,), (Level.PUBLIC,)), (practice.SHARED, practice.SHARED)):
            shown = excerpt(snapshot, open_to(levels, *allowed), SHARING)
            codes = {item["code"] for section in shown["sections"] for item in section["questions"]}
            assert (code in codes) == (level in reads)


def test_case_of_a_question_that_is_asked_no_more_is_private() -> None:
    told = [{"uuid": "u", "code": "quiz.9.practice.cases", "title": "Old"}]
    state = make_state("aaa", "submitted", digest={"answers": {"quiz.9.practice.cases": True}, "cases": told})
    [case] = practice.cases([state], SHARING, {"aaa": {"art-9": Level.PUBLIC}})
    assert (case.level, case.is_shared) == (Level.PRIVATE, False)


def test_that_there_is_no_case_is_no_practice() -> None:
    answers = {ONE: Content(value="yes"), TWO: Content(value=NONE_OF_THESE), THREE: Content(value=("police",))}
    state = make_state("aaa", "submitted", digest=digest(world.snapshot_of(answers, spec=SHARING)))
    assert [one.question.code for one in practice.told([state], SHARING, {})] == [THREE]


def test_what_was_closed_since_stays_closed() -> None:
    then = {"art-1": Level.PUBLIC, "art-2": Level.PARTIES, "art-3": Level.PUBLIC}
    now = {"art-1": Level.PRIVATE, "art-2": Level.PUBLIC}
    assert practice.narrower(then, now) == {"art-1": Level.PRIVATE, "art-2": Level.PARTIES}


def test_documents_quote_only_what_is_open_to_everybody() -> None:
    found = replace(
        make_dataset(
            *(make_state(code, "submitted", digest=digest(told_snapshot("yes"))) for code in ("aaa", "bbb", "ccc"))
        ),
        spec=SHARING,
    )
    opened = {
        "aaa": {"art-1": Level.PUBLIC, "art-2": Level.PUBLIC},
        "bbb": {"art-1": Level.PUBLIC, "art-2": Level.PARTIES},
    }
    told = practice.told(found.states, found.spec, opened)
    said = [
        practice.Practice(one, f"Words of {one.state.code}", "en", (), ({"title": f"Case of {one.state.code}"},))
        for one in told
    ]
    made = document.practices(document.Given(found, (), (), conference.Links(), told=told, practices=said))
    assert [made[name]["states"] for name in ("telling", "shared", "public", "parties")] == [
        ["aaa", "bbb", "ccc"], ["aaa", "bbb"], ["aaa"], ["bbb"],
    ]  # fmt: skip
    text = json.dumps(made)
    assert [word in text for word in ("Words of aaa", "Words of bbb", "Words of ccc", "Case of bbb")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_cases_are_told_by_states_that_reported() -> None:
    told = [{"uuid": "u", "code": "quiz.1.1.practice.cases", "title": "One", "convention_used": "yes"}]
    states = [make_state("aaa", "submitted", digest={"cases": told}), make_state("bbb", "begun")]
    told_of = practice.cases(states, SPEC, {})
    assert [(case.state.code, case.title, case.convention_used, case.outcome) for case in told_of] == [
        ("aaa", "One", "yes", "")
    ]
