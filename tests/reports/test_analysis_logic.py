"""The matrix and the change between cycles: against an independent computation on random worlds, and by hand."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.factories.questionnaires import ALL_KINDS, SECOND, make_spec, question
from tests.reports import independent
from tests.reports.test_rates_logic import REGIONS, SPEC, make_dataset, make_state
from tests.reports.test_replies_logic import ASKED, EMPTY, PROVISIONS, worlds

from palermo.questionnaires.logic.spec import Change, Kind, VersionSpec
from palermo.reports.logic import change, matrix, provisions, replies
from palermo.reports.logic.change import Before, Step
from palermo.reports.logic.dataset import Dataset, exported
from palermo.reports.logic.matrix import Filter
from palermo.reports.logic.rates import WHOLE, Cut, slices
from palermo.reports.logic.replies import Relation

SILENT = make_dataset(*(make_state(code) for code in ("arg", "fra", "ken")))
ANSWERS = {item.code: "yes" if item.kind is Kind.IMPLEMENTATION else True for item in ASKED if not item.values[3:]}
ONE = make_dataset(
    make_state("arg", "submitted", digest={"answers": ANSWERS, "provisions": {"quiz.1.1": "met"}}),
)
RULES = {"quiz.1.1": ["quiz.1.1.implementation"], "quiz.2.1": ["quiz.2.1.implementation"]}


def plain(world: Dataset) -> dict[str, Any]:
    return json.loads(json.dumps(exported(world)))  # type: ignore[no-any-return]


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────────

filters = st.builds(
    Filter,
    section=st.sampled_from(("", "art-1", "art-2")),
    asks=st.sampled_from(("", "implementation", "practice")),
    kind=st.sampled_from(("", "implementation", "choices", "text")),
    region=st.sampled_from(("", "african", "none", "-")),
    development=st.sampled_from(("", "ldc", "-")),
    legal=st.sampled_from(("", "party", "none")),
    reported=st.booleans(),
)


@settings(deadline=None)
@given(worlds(), filters)
@example(EMPTY, Filter())
@example(SILENT, Filter())
@example(SILENT, Filter(reported=True))
@example(ONE, Filter())
def test_matrix_is_that_of_the_independent_computation(world: Dataset, chosen: Filter) -> None:
    found = matrix.matrix(world, chosen)
    names = ("section", "asks", "kind", "region", "development", "legal")
    second = independent.matrix(plain(world), {name: getattr(chosen, name) for name in names}, chosen.reported)
    first = {
        state.code: {
            asked.code: matrix.plain(cell)
            for asked, cell in zip(found.questions, matrix.cells(state, found.questions), strict=True)
        }
        for state in found.states
    }
    assert first == second


@settings(deadline=None)
@given(worlds())
@example(ONE)
def test_cells_stand_in_the_relations_of_the_counts(world: Dataset) -> None:
    for state in world.states:
        for asked, cell in zip(ASKED, matrix.cells(state, ASKED), strict=True):
            word = cell if isinstance(cell, Relation) else Relation.ANSWERED
            assert word is replies.relation(state, asked.code)


# ── Change between cycles ────────────────────────────────────────────────────────────────────────────────────────────


def earlier_spec(*, other_kind: bool, without_text: bool, other_choices: bool) -> VersionSpec:
    first = list(ALL_KINDS)
    if other_choices:
        first[3] = question("quiz.1.1.practice.used", "choices", asks="practice", choices=("police", "navy"))
    if without_text:
        first = [item for item in first if item.code != "quiz.1.1.difficulties"]
    second = list(SECOND)
    if other_kind:
        second[0] = replace(second[0], kind=Kind.YES_NO)
    return make_spec({"art-1": first, "art-2": second})


specs = st.builds(earlier_spec, other_kind=st.booleans(), without_text=st.booleans(), other_choices=st.booleans())
lineages = st.fixed_dictionaries(
    {},
    optional={
        item.code: st.tuples(
            st.sampled_from((item.code, item.code, item.code, "quiz.1.1.implementation")),
            st.sampled_from((True, True, False)),
        )
        for item in ASKED
    },
)
FULL = {item.code: (item.code, True) for item in ASKED}


@settings(deadline=None)
@given(worlds(), worlds(), specs, lineages)
@example(EMPTY, EMPTY, SPEC, FULL)
@example(SILENT, SILENT, SPEC, FULL)
@example(ONE, SILENT, SPEC, FULL)
@example(SILENT, ONE, SPEC, FULL)
@example(ONE, ONE, SPEC, FULL)
@example(ONE, EMPTY, SPEC, {})
def test_change_is_that_of_the_independent_computation(
    now: Dataset, then: Dataset, spec: VersionSpec, lineage: dict[str, tuple[str, bool]]
) -> None:
    then = replace(then, spec=spec)
    known = change.befores(now.spec, then.spec, lineage)
    former = {state.code: state for state in then.states}
    first, second = plain(now), plain(then)
    for item in (WHOLE, *slices(now.states, Cut.REGION, REGIONS)):
        for asked in ASKED:
            pairs = change.question_pairs(now.states, former, asked, known.get(asked.code), item)
            assert by_step(pairs) == independent.question_steps(first, second, asked.code, lineage, item.key)
            assert sum(change.steps(pairs).values()) == len(pairs)
        for provision in PROVISIONS:
            comparable = change.comparable_provision(now.spec, then.spec, known, provision)
            again = all(
                lineage.get(code, ("",))[0] == code and independent.can_be_compared(first, second, code, lineage)
                for code in RULES[provision]
            )
            assert comparable == again
            pairs = change.provision_pairs(now.states, former, provision, comparable, item)
            assert by_step(pairs) == independent.provision_steps(first, second, provision, again, item.key)


def by_step(pairs: tuple[change.Pair, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        found.setdefault(pair.step.value, []).append(pair.state.code)
    return found


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("no", "in_part", Step.IMPROVED),
        ("yes", "in_part", Step.WORSENED),
        ("yes", "yes", Step.SAME),
        (None, "no", Step.NEW),
        ("no", None, Step.NO_LONGER),
        ({"cannot": "?"}, "no", Step.NEW),
        (None, {"cannot": "?"}, Step.NEITHER),
    ],
)
def test_steps_of_a_graded_question(old: Any, new: Any, step: Step) -> None:
    code = "quiz.1.1.implementation"
    was, now = (make_state("arg", "final", digest={"answers": {code: value}}) for value in (old, new))
    asked = SPEC.questions[code]
    assert change.question_step(asked, Before(code, True), now, was)[2] is step
    other = Step.NEITHER if step is Step.NEITHER else Step.NOT_COMPARABLE
    assert change.question_step(asked, Before(code, False), now, was)[2] is other
    assert change.question_step(asked, None, now, was)[0] == change.ABSENT


def test_silence_before_is_named_beside_a_new_answer() -> None:
    code = "quiz.1.1.implementation"
    now = make_state("arg", "submitted", digest={"answers": {code: "yes"}})
    found = change.question_step(SPEC.questions[code], Before(code, True), now, make_state("arg"))
    assert found == ("silent", "answered", Step.NEW)


def test_meaning_is_followed_through_every_version_between() -> None:
    third = {"c": ("b", Change.UNCHANGED), "d": ("d", Change.WORDING), "e": ("e", Change.MEANING)}
    second = {"b": ("a", Change.MEANING), "d": ("d", Change.UNCHANGED), "e": ("e", Change.UNCHANGED)}
    assert change.predecessors(["c", "d", "e", "new"], [third, second]) == {
        "c": ("a", False), "d": ("d", True), "e": ("e", False),
    }  # fmt: skip
    assert change.predecessors(["c"], []) == {"c": ("c", True)}


def test_verdict_words_without_a_grade_are_no_step_down() -> None:
    met = make_state("arg", "final", digest={"answers": {}, "provisions": {"quiz.1.1": "met"}})
    for word in ("unanswered",):
        open_one = make_state("arg", "final", digest={"answers": {}, "provisions": {"quiz.1.1": word}})
        assert change.provision_step("quiz.1.1", True, open_one, met)[2] is Step.NO_LONGER
    assert change.provision_step("quiz.1.1", True, met, None) == (change.ABSENT, provisions.MET, Step.NEW)
