"""Counts and rates, against an independent computation on random worlds, and by hand where the rule is a choice."""

import datetime
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.questionnaires import make_spec
from tests.reports import independent

from palermo.reports.logic.dataset import Dataset, State, exported, restored
from palermo.reports.logic.rates import (
    LISTS,
    MEASURES,
    OF_PARTIES,
    WHOLE,
    Cut,
    Measure,
    Of,
    Rate,
    Record,
    Slice,
    Turn,
    by_habit,
    members,
    moves,
    percent,
    slice_of,
    slices,
    tallies,
    tally,
)
from palermo.responses.logic.standing import REPORTED, Standing

VIENNA = ZoneInfo("Europe/Vienna")
SPEC = make_spec()
REGIONS = ("african", "asia-pacific", "none", "")
DUE = datetime.date(2026, 6, 30)


def make_state(code: str, standing: str = "not_begun", *, days: int = 0, **more: Any) -> State:
    """A State as the query makes it; it reported so many days after its date (at noon), if it has reported."""
    word = Standing(standing)
    facts: dict[str, Any] = {"name": code.upper(), "sort": code, "group": "african", "subregion": "014"}
    facts |= {"lists": frozenset(), "legal": "party", "due_on": None if word is Standing.NOT_INVITED else DUE}
    if word in REPORTED:
        noon = datetime.datetime.combine(DUE, datetime.time(12), VIENNA)
        facts |= {"number": 1, "receipt": f"R-{code}", "first_at": noon + datetime.timedelta(days=days)}
        facts |= {"late": days > 0}
    return State(code=code, standing=word, **facts | more)


def make_dataset(*states: State) -> Dataset:
    return Dataset(
        cycle="2026",
        questionnaire="quiz",
        treaty="quiz",
        as_at=datetime.date(2026, 11, 24),
        known_at=datetime.datetime(2026, 11, 24, 12, tzinfo=VIENNA),
        states=states,
        spec=SPEC,
        years=(2023, 2024, 2025),
    )


@st.composite
def worlds(draw: st.DrawFn) -> Dataset:
    """Any number of States in any standing, group and legal status."""
    codes = draw(st.lists(st.text("abcdefgh", min_size=3, max_size=3), unique=True, max_size=25))
    return make_dataset(
        *(
            make_state(
                code,
                draw(st.sampled_from(list(Standing))).value,
                days=draw(st.integers(-40, 40)),
                group=draw(st.sampled_from(REGIONS)),
                subregion=draw(st.sampled_from(("014", "011", "145", ""))),
                lists=draw(st.frozensets(st.sampled_from(LISTS))),
                legal=draw(st.sampled_from(("party", "deposited", "signatory", "left", "none"))),
            )
            for code in sorted(codes)
        )
    )


EMPTY = make_dataset()
SILENT = make_dataset(*(make_state(code) for code in ("arg", "fra", "ken")))
ONE = make_dataset(make_state("arg", "submitted", days=1))


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ONE)
def test_counts_and_rates_are_those_of_the_independent_computation(world: Dataset) -> None:
    data = json.loads(json.dumps(exported(world)))
    for cut in Cut:
        for counted in tallies(world.states, cut, REGIONS):
            key = counted.slice.key
            assert {measure.value: counted[measure] for measure in Measure} == independent.counts(data, key)
            rates = independent.rates(data, key)
            assert {"of_parties": counted.of_parties.exact, "of_asked": counted.of_asked.exact} == rates
            assert counted.of_parties.percent == independent.whole_percent(rates["of_parties"])
            assert counted.of_asked.percent == independent.whole_percent(rates["of_asked"])


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ONE)
def test_every_number_is_the_length_of_the_list_behind_it(world: Dataset) -> None:
    for cut in Cut:
        for counted in tallies(world.states, cut, REGIONS):
            assert slice_of(counted.slice.key) == counted.slice
            for measure in Measure:
                assert counted[measure] == len(members(world.states, counted.slice, measure))


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ONE)
def test_groups_that_divide_add_up_to_the_whole(world: Dataset) -> None:
    whole = tally(world.states)
    for cut in (Cut.REGION, Cut.SUBREGION, Cut.LEGAL):
        parts = tallies(world.states, cut, REGIONS)
        assert {measure: sum(part[measure] for part in parts) for measure in Measure} == dict(whole.counts)
    # Silence, not asked, released and reported are four things, and nobody is two of them.
    asked = whole[Measure.REPORTED] + whole[Measure.SILENT]
    assert asked == whole[Measure.ASKED] == sum(whole[word.value] for word in Standing if word in _ASKED)
    not_invited = len([state for state in world.states if state.standing is Standing.NOT_INVITED])
    assert asked + whole[Measure.RELEASED] + not_invited == whole[Measure.STATES]
    assert sum(whole[measure] for measure in OF_PARTIES) == whole[Measure.PARTIES]
    assert whole[Measure.IN_TIME] + whole[Measure.LATE] == whole[Measure.REPORTED]


_ASKED = (*REPORTED, Standing.NOT_BEGUN, Standing.BEGUN)


@given(worlds())
@example(EMPTY)
@example(ONE)
def test_dataset_comes_back_from_its_file_as_it_was(world: Dataset) -> None:
    assert restored(json.loads(json.dumps(exported(world))), SPEC) == world


def test_file_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape 99"):
        restored(exported(EMPTY) | {"schema": 99}, SPEC)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(50, 107, 47), (37, 87, 43), (1, 200, 1), (1, 201, 0), (1, 8, 13), (0, 5, 0), (5, 5, 100), (0, 0, None)],
)
def test_percentages_are_whole_with_halves_rounded_up(part: int, whole: int, expected: int | None) -> None:
    assert percent(part, whole) == expected
    assert Rate(part, whole, Of.PARTIES).percent == expected


def test_rate_over_nobody_is_no_rate_and_not_nought() -> None:
    assert (Rate(0, 0, Of.ASKED).exact, Rate(0, 0, Of.ASKED).percent) == (None, None)
    assert (Rate(0, 3, Of.ASKED).exact, Rate(0, 3, Of.ASKED).percent) == (Fraction(0), 0)
    assert tally(EMPTY.states).of_parties == Rate(0, 0, Of.PARTIES)
    assert tally(SILENT.states).of_asked == Rate(0, 3, Of.ASKED)


def test_rate_of_parties_counts_no_replies_of_others() -> None:
    signatory = make_state("usa", "submitted", legal="signatory")
    counted = tally([make_state("arg", "final"), make_state("fra", "not_invited"), signatory])
    assert counted.of_parties == Rate(1, 2, Of.PARTIES)
    assert counted.of_asked == Rate(2, 2, Of.ASKED)
    assert (counted["parties_not_asked"], counted["bound"]) == (1, 2)


def test_groups_stand_in_their_own_order_and_those_in_none_last() -> None:
    states = [make_state("a", group=""), make_state("b", group="zzz"), make_state("c"), make_state("d", group="weog")]
    found = [item.key for item in slices(states, Cut.REGION, ("weog", "grulac", "african"))]
    assert found == ["region.weog", "region.african", "region.zzz", "region.-"]
    assert [item.key for item in slices([], Cut.LIST)] == ["list.ldc", "list.lldc", "list.sids", "list.-"]
    assert [item.key for item in slices(states, Cut.LEGAL)] == ["legal.party"]


@pytest.mark.parametrize("key", ["", "region", "region.", "whole.x", "planet.mars", "."])
def test_key_that_names_no_group_is_not_understood(key: str) -> None:
    assert slice_of(key) is None


def test_key_names_its_group() -> None:
    assert slice_of("whole") == WHOLE
    assert slice_of("region.-") == Slice(Cut.REGION, "")
    assert slice_of("list.ldc") == Slice(Cut.LIST, "ldc")


def test_every_measure_has_its_meaning() -> None:
    assert list(MEASURES) == list(Measure)


def test_moves_compare_only_those_asked_both_times() -> None:
    before = [
        make_state("both", "final"),
        make_state("gone", "submitted"),
        make_state("mute"),
        make_state("new", "begun"),
        make_state("old"),
        make_state("never", "not_invited"),
        make_state("yug", "submitted"),
    ]
    now = [
        make_state("both", "submitted"),
        make_state("gone", "begun"),
        make_state("mute"),
        make_state("new", "reopened"),
        make_state("old", "no_obligation"),
        make_state("never", "not_invited"),
        make_state("ssd", "submitted"),
    ]
    found = {kind.value: [state.code for state in states] for kind, states in moves(now, before).items()}
    assert found == {
        "both": ["both"],
        "new": ["new"],
        "no_longer": ["gone"],
        "neither": ["mute"],
        "only_now": ["ssd"],
        "only_before": ["old", "yug"],
    }


def record(code: str, *turns: str) -> Record:
    """A record from words: ``late``, or a standing."""
    at = datetime.datetime(2026, 5, 1, tzinfo=VIENNA)
    made = []
    for number, word in enumerate(turns):
        standing = Standing("submitted" if word == "late" else word)
        first = at if standing in REPORTED else None
        made.append(Turn(str(2000 + number), standing, first, late=word == "late"))
    return Record(code, code.upper(), code, "african", tuple(made))


def test_lists_across_cycles_mean_what_they_say() -> None:
    records = [
        record("e-released", "no_obligation", "not_invited"),
        record("d-once", "not_begun", "submitted"),
        record("c-always", "submitted", "final"),
        record("b-late", "late", "begun"),
        record("a-never", "not_begun", "no_obligation"),
    ]
    found = {habit.value: [item.code for item in listed] for habit, listed in by_habit(records).items()}
    assert found == {
        "never": ["a-never"],
        "once": ["b-late", "d-once"],
        "late": ["b-late"],
        "silent": ["a-never", "b-late"],
        "always": ["c-always"],
    }
    assert {item.code: (item.asked, item.reported, item.late) for item in records} == {
        "a-never": (1, 0, 0),
        "b-late": (2, 1, 1),
        "c-always": (2, 2, 0),
        "d-once": (2, 1, 0),
        "e-released": (0, 0, 0),
    }


def test_states_without_a_submission_are_never_late() -> None:
    silent = replace(make_state("arg"), late=True)
    assert tally([silent])["late"] == 0
