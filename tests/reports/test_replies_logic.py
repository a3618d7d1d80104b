"""What all States said: against an independent computation on random worlds, and by hand where the rule is a choice."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.reports import independent
from tests.reports.test_rates_logic import REGIONS, SPEC, make_dataset, make_state

from palermo.reports.logic import provisions, replies
from palermo.reports.logic.dataset import Dataset, exported
from palermo.reports.logic.rates import WHOLE, Cut, slices
from palermo.reports.logic.replies import Relation
from palermo.responses.logic.standing import REPORTED, Standing

ASKED = [question for question in SPEC if question.is_answered]
PROVISIONS = provisions.asked_provisions(SPEC)
EMPTY = make_dataset()


def value_for(question: Any) -> st.SearchStrategy[Any]:
    common = [st.none(), st.just({"cannot": "Nobody knows."})]
    offered = replies.offered(question)
    if question.kind.value == "choices":
        return st.one_of(*common, st.lists(st.sampled_from(offered), unique=True, min_size=1))
    if offered:
        return st.one_of(*common, st.sampled_from(offered))
    return st.one_of(*common, st.just(True), st.just({"number": "7"}))


@st.composite
def digests(draw: st.DrawFn) -> dict[str, Any]:
    applied = [question for question in ASKED if draw(st.booleans())]
    judged = [code for code in PROVISIONS if draw(st.booleans())]
    return {
        "answers": {question.code: draw(value_for(question)) for question in applied},
        "provisions": {code: draw(st.sampled_from(("met", "in_part", "not_met", "unanswered"))) for code in judged},
        "requests": [],
        "figures": {},
        "cases": [],
    }


@st.composite
def worlds(draw: st.DrawFn) -> Dataset:
    """Any number of States, each with any answers if it has reported."""
    codes = draw(st.lists(st.text("abcdefgh", min_size=3, max_size=3), unique=True, max_size=12))
    states = []
    for code in sorted(codes):
        standing = draw(st.sampled_from(list(Standing)))
        more = {"digest": draw(digests())} if standing in REPORTED else {}
        states.append(
            make_state(
                code,
                standing.value,
                group=draw(st.sampled_from(REGIONS)),
                legal=draw(st.sampled_from(("party", "deposited", "signatory", "none"))),
                **more,
            )
        )
    return make_dataset(*states)


SILENT = make_dataset(make_state("aaa", "begun"), make_state("bbb", "not_begun", legal="signatory"))
ALONE = make_dataset(
    make_state("aaa", "submitted", digest={"answers": {ASKED[0].code: "yes"}, "provisions": {PROVISIONS[0]: "met"}})
)


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ALONE)
def test_counts_of_questions_agree_with_the_independent_computation(found: Dataset) -> None:
    data = json.loads(json.dumps(exported(found)))
    whole = replies.counts(found.states, ASKED)
    for question in ASKED:
        for item in (WHOLE, *slices(found.states, Cut.REGION)):
            count = replies.count(found.states, question, item)
            second = independent.question_counts(data, question.code, item.key)
            assert {word.value: n for word, n in count.relations.items() if n} == second["relations"]
            assert {value: n for value, n in count.values.items() if n} == second["values"]
            assert sum(count.relations.values()) == len([state for state in found.states if item.holds(state)])
            for word, number in count.relations.items():
                assert len(replies.behind(found.states, question.code, slice=item, said=word)) == number
            for value, number in count.values.items():
                assert len(replies.behind(found.states, question.code, slice=item, value=value)) == number
        assert whole[question.code] == replies.count(found.states, question)


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ALONE)
def test_counts_of_provisions_agree_with_the_independent_computation(found: Dataset) -> None:
    data = json.loads(json.dumps(exported(found)))
    for provision in PROVISIONS:
        for item in (WHOLE, *slices(found.states, Cut.REGION)):
            counted = provisions.judged(found.states, provision, item)
            words = {word: n for word, n in counted.words.items() if n}
            assert words == independent.provision_words(data, provision, item.key)
            for word, number in counted.words.items():
                assert len(provisions.behind(found.states, provision, word, item)) == number


@pytest.mark.parametrize(
    ("standing", "legal", "expected"),
    [
        ("not_invited", "none", Relation.NOT_PARTY),
        ("not_invited", "party", Relation.NOT_ASKED),
        ("no_obligation", "party", Relation.RELEASED),
        ("begun", "party", Relation.SILENT),
        ("begun", "none", Relation.SILENT),
        ("submitted", "party", None),
    ],
)
def test_silence_and_not_a_party_are_never_confused(standing: str, legal: str, expected: Relation | None) -> None:
    assert replies.outside(make_state("aaa", standing, legal=legal)) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("met", "met"), "met"),
        (("met", "unanswered"), "unanswered"),
        (("not_met", "not_met"), "not_met"),
        (("not_met", "unanswered"), "in_part"),
        (("met", "not_met"), "in_part"),
        (("in_part", "met"), "in_part"),
        (("unanswered", "unanswered"), "unanswered"),
        (("silent", "silent"), "silent"),
        (("met", "not_judged"), "met"),
    ],
)
def test_one_word_for_an_offence(words: tuple[str, ...], expected: str) -> None:
    assert provisions.offence_word(words) == expected


def test_provisions_stand_under_the_level_that_the_treaty_gives_them() -> None:
    assert provisions.levels(SPEC, {"quiz.1.1": "considered"}) == {
        "mandatory": ("quiz.2.1",),
        "considered": ("quiz.1.1",),
        "optional": (),
    }


def test_offences_show_every_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provisions, "OFFENCES", {"quiz": ("quiz.1", "quiz.2")})
    found = replace(ALONE, states=(*ALONE.states, *SILENT.states[1:]))
    pictured = provisions.criminalization(found.states, SPEC)
    assert [(o.article, o.elements, [cell.word for cell in o.cells]) for o in pictured] == [
        ("quiz.1", ("quiz.1.1",), ["met", "silent"]),
        ("quiz.2", ("quiz.2.1",), ["not_judged", "silent"]),
    ]
    assert [state.code for state in pictured[0].states("met")] == ["aaa"]
