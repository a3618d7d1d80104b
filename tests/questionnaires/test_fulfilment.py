"""Which questions apply, and which provisions the answers fulfil."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.questionnaires.conftest import FOLDER, TODAY, facts_of_tiny

from palermo.questionnaires.logic.conditions import Value, parse
from palermo.questionnaires.logic.content import read_folder
from palermo.questionnaires.logic.fulfilment import (
    Fulfilment,
    affected_by,
    asked_for,
    fits,
    fulfilment,
    fulfilments,
    relevant_codes,
    settled,
)
from palermo.questionnaires.logic.spec import Rule, VersionSpec, build_version, order_of_dependence

_loaded = read_folder(FOLDER, provisions=facts_of_tiny()).version
assert _loaded is not None
TINY: VersionSpec = _loaded
ONE, TWO = "tiny.1.1.implementation", "tiny.1.2.implementation"
LAWS, YEARS = "tiny.1.1.measures", "tiny.1.2.measures.threshold"
DEPENDENT = {LAWS, TWO, YEARS, "tiny.2.1.authority"}


def relevant(values: dict[str, Value]) -> set[str]:
    return relevant_codes(TINY, values, today=TODAY) & DEPENDENT


def test_questions_appear_with_the_answers_they_wait_for() -> None:
    assert relevant({}) == set()
    assert relevant({ONE: "in_part"}) == {LAWS}
    assert relevant({ONE: "yes"}) == {LAWS, TWO}
    assert relevant({ONE: "yes", TWO: "in_part", "tiny.1.difficulties": ("law", "staff")}) == DEPENDENT


def test_parked_answer_counts_as_empty() -> None:
    assert relevant({ONE: "no", TWO: "yes"}) == set()
    assert relevant({ONE: "yes", TWO: "yes"}) == {LAWS, TWO, YEARS}


def test_only_some_questions_are_judged_on_demand() -> None:
    assert asked_for(TINY, [YEARS]) == {YEARS, TWO, ONE}
    assert relevant_codes(TINY, {ONE: "yes", TWO: "yes"}, today=TODAY, among=[YEARS, "unknown"]) == {YEARS}
    assert relevant_codes(TINY, {TWO: "yes"}, today=TODAY, among=[YEARS]) == set()


def test_change_affects_everything_below() -> None:
    assert affected_by(TINY, ONE) == {LAWS, TWO, YEARS}
    assert affected_by(TINY, YEARS) == frozenset()


def test_constraint_judges_the_answer_and_lets_empty_pass() -> None:
    question = TINY.questions[YEARS]
    assert [fits(question, value, {}, today=TODAY) for value in ("0", "40", "41", "many", "", None)] == [
        True, True, False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("unanswered", "unanswered", "unanswered")),
        ({ONE: "yes"}, ("met", "unanswered", "unanswered")),
        ({ONE: "yes", TWO: "yes"}, ("met", "met", "unanswered")),
        ({ONE: "yes", TWO: "no"}, ("met", "in_part", "unanswered")),
        ({ONE: "yes", TWO: "in_part"}, ("met", "in_part", "unanswered")),
        ({ONE: "in_part"}, ("in_part", "in_part", "unanswered")),
        ({ONE: "no"}, ("not_met", "not_met", "unanswered")),
        # Parked: the second does not apply, so it is known to be empty, and not unanswered.
        ({ONE: "no", TWO: "yes"}, ("not_met", "not_met", "unanswered")),
        # Some gaps are a yes.
        ({"tiny.2.1.measures.transnational": "yes"}, ("unanswered", "unanswered", "not_met")),
        ({"tiny.2.1.measures.transnational": "no"}, ("unanswered", "unanswered", "met")),
    ],
)
def test_provision_is_fulfilled_by_its_own_rule(values: dict[str, Value], expected: tuple[str, ...]) -> None:
    found = fulfilments(TINY, values, today=TODAY)
    assert found == dict(zip(("tiny.1.1", "tiny.1.2", "tiny.2.1"), map(Fulfilment, expected), strict=True))


def test_answer_that_hangs_on_a_missing_one_is_not_known() -> None:
    known = settled(TINY, {TWO: "yes"}, today=TODAY)
    assert (known[ONE], known[TWO]) == (None, None)
    assert settled(TINY, {ONE: "no", TWO: "yes"}, today=TODAY)[TWO] == ""


@pytest.mark.parametrize(
    ("rule", "answers", "expected"),
    [
        ("${a} = 'yes' or ${b} = 'yes'", {"a": "no", "b": "yes"}, Fulfilment.MET),
        ("${a} = 'yes' or ${b} = 'yes'", {"a": "yes", "b": None}, Fulfilment.MET),
        ("${a} = 'yes' or ${b} = 'yes'", {"a": "no", "b": None}, Fulfilment.UNANSWERED),
        ("${a} = 'yes' or ${b} = 'yes'", {"a": "in_part", "b": "no"}, Fulfilment.IN_PART),
        ("${a} = 'yes' or ${b} = 'yes'", {"a": "no", "b": "no"}, Fulfilment.NOT_MET),
        ("${a} = 'yes' and ${b} = 'yes'", {"a": "no", "b": None}, Fulfilment.NOT_MET),
        ("${a} = 'yes' and ${b} = 'yes'", {"a": "in_part", "b": None}, Fulfilment.IN_PART),
        ("${a} = 'yes' and ${b} = 'yes'", {"a": "in_part", "b": "no"}, Fulfilment.IN_PART),
        ("${a} = 'no'", {"a": "in_part"}, Fulfilment.IN_PART),
        ("${a} = 'no' or ${b} = 'yes'", {"a": "no", "b": ""}, Fulfilment.MET),
    ],
)
def test_in_part_is_derived(rule: str, answers: dict[str, Value], expected: Fulfilment) -> None:
    assert fulfilment(Rule("x", parse(rule)), answers) is expected


def test_provision_that_is_not_asked_has_no_fulfilment() -> None:
    assert fulfilment(Rule("x", None, "Because."), {}) is None
    assert "tiny.2.2" not in fulfilments(TINY, {}, today=TODAY)


values_of_tiny = st.fixed_dictionaries(
    {},
    optional={
        ONE: st.sampled_from(["yes", "in_part", "no"]),
        TWO: st.sampled_from(["yes", "in_part", "no"]),
        YEARS: st.sampled_from(["4", "x"]),
        "tiny.1.difficulties": st.sets(st.sampled_from(["staff", "law", "none"])).map(
            lambda found: tuple(sorted(found))
        ),
    },
)


@given(values_of_tiny, st.randoms(use_true_random=False))
def test_relevance_does_not_depend_on_the_order_of_questions(values: dict[str, Value], chance: random.Random) -> None:

    sections = [
        replace(section, questions=tuple(chance.sample(section.questions, len(section.questions))))
        for section in chance.sample(TINY.sections, len(TINY.sections))
    ]
    shuffled = build_version(questionnaire="tiny", treaty="tiny", sections=sections, rules=TINY.rules.values())
    assert relevant_codes(shuffled, values, today=TODAY) == relevant_codes(TINY, values, today=TODAY)
    assert fulfilments(shuffled, values, today=TODAY) == fulfilments(TINY, values, today=TODAY)


@given(values_of_tiny, values_of_tiny)
def test_what_is_not_affected_stays(before: dict[str, Value], after: dict[str, Value]) -> None:
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    moved = relevant_codes(TINY, before, today=TODAY) ^ relevant_codes(TINY, after, today=TODAY)
    assert moved <= {code for other in changed for code in affected_by(TINY, other)}


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.frozensets(st.sampled_from("abcdefghx"), max_size=4)))
def test_order_of_dependence_is_complete_and_finds_circles(depends_on: dict[str, frozenset[str]]) -> None:
    ordered, circle = order_of_dependence(depends_on)
    assert sorted(ordered) == sorted(depends_on)
    if circle:
        assert circle[0] == circle[-1]
        assert all(later in depends_on[earlier] for earlier, later in zip(circle, circle[1:], strict=False))
    else:
        place = {code: index for index, code in enumerate(ordered)}
        assert all(place[other] < place[code] for code in ordered for other in depends_on[code] if other in place)


def test_long_chains_need_no_recursion() -> None:
    chain = {str(number): frozenset({str(number - 1)} if number else set()) for number in reversed(range(5000))}
    assert order_of_dependence(chain) == (tuple(str(number) for number in range(5000)), ())
