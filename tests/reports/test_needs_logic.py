"""Stated and inferred needs: against an independent computation on random worlds, and the content behind them."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.questionnaires import make_spec, question
from tests.reports import conference, independent
from tests.reports.test_rates_logic import make_dataset, make_state

from palermo.questionnaires.logic.spec import ASSISTANCE_TYPES
from palermo.reports.logic import document, inferred, needs
from palermo.reports.logic import frozen as copy_of
from palermo.reports.logic.dataset import Dataset, exported
from palermo.reports.logic.needs import By, read_scheme, scheme
from palermo.responses.logic.standing import REPORTED, Standing

TYPES = yaml.safe_load((needs.CONTENT / "assistance-types.yaml").read_text())
AREAS = yaml.safe_load((needs.CONTENT / "priority-areas.yaml").read_text())
# Read once, before anything is timed.
RULES = scheme()
ASKED = {
    "quiz.1.1.assistance": ("extradition", "training"),
    "quiz.1.2.assistance": ("cybercrime", "extradition"),
    "quiz.2.1.assistance": (),
}
SPEC = make_spec(
    {
        "art-1": [
            replace(question(code, "assistance", provision=code.removesuffix(".assistance")), topics=topics)
            for code, topics in ASKED.items()
        ]
    }
)


@st.composite
def worlds(draw: st.DrawFn) -> Dataset:
    """Up to twenty States with any requests, in few sub-regions so that some are alike."""
    states = []
    for number in range(draw(st.integers(0, 20))):
        word = draw(st.sampled_from(list(Standing)))
        more: dict[str, Any] = {}
        if word in REPORTED:
            more["digest"] = {"answers": {}, "provisions": {}, "figures": {}, "cases": [], "requests": draw(REQUESTS)}
        states.append(
            make_state(
                f"s{number:02}",
                word.value,
                group=draw(st.sampled_from(("african", ""))),
                subregion=draw(st.sampled_from(("014", "015", ""))),
                lists=frozenset(draw(st.sampled_from(((), ("ldc",))))),
                **more,
            )
        )
    return replace(make_dataset(*states), spec=SPEC, treaty=draw(st.sampled_from(("quiz", "tip"))))


def make_request(code: str, place: int = 1, **more: str) -> dict[str, Any]:
    provision = code.removesuffix(".assistance")
    kept = {key: value for key, value in more.items() if value}
    return {"uuid": f"u-{place}", "code": code, "section": "art-1", "provision": provision, "rank": place, **kept}


REQUESTS = st.lists(
    st.builds(
        make_request,
        st.sampled_from(list(ASKED)),
        type=st.sampled_from(("training", "legal-advice", "reporting-assistance", "data-collection", "")),
        urgency=st.sampled_from((*needs.URGENCIES, "")),
        by_date=st.sampled_from(("", "2027-03-01", "2028-12-31")),
    ),
    max_size=6,
)
EMPTY = replace(make_dataset(), spec=SPEC)
SILENT = replace(make_dataset(make_state("aaa"), make_state("bbb", "begun")), spec=SPEC)
ALONE = replace(
    make_dataset(
        make_state("aaa", "submitted", digest={"requests": [make_request("quiz.1.2.assistance", type="training")]})
    ),
    spec=SPEC,
)


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ALONE)
def test_stated_needs_agree_with_the_independent_computation(found: Dataset) -> None:
    data = json.loads(json.dumps(exported(found)))
    second = independent.requests_under(data, TYPES, AREAS)
    first = needs.stated(found, RULES)
    assert len(first) == len(second)
    for by in By:
        counts = needs.counted(first, by)
        assert {code: (count.number, count.states) for code, count in counts.items()} == (
            independent.needs_by(second, by.value)
        )
        for code, count in counts.items():
            assert needs.chosen(first, {by: [code]}) == tuple(count.requests)
        for most in (1, 4):
            places = [(place.place, list(place.codes), place.states) for place in needs.top(first, by, most)]
            assert places == independent.most_stated(second, by.value, most)
    for rows, columns in ((By.TYPE, By.REGION), (By.ARTICLE, By.URGENCY), (By.AREA, By.YEAR)):
        for (row, column), count in needs.crossed(first, rows, columns).items():
            both = [item for item in second if row in item[rows.value] and column in item[columns.value]]
            assert (count.number, count.states) == (len(both), len({item["state"] for item in both}))
            assert needs.chosen(first, {rows: [row], columns: [column]}) == tuple(count.requests)


class Links(conference.Links):
    """Addresses that hold nothing but what was chosen."""

    def needs(self, **chosen: str | tuple[str, ...]) -> str:
        return urlencode(chosen, doseq=True) or "all"


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ALONE)
def test_document_says_of_every_figure_what_its_list_holds(found: Dataset) -> None:
    second = independent.requests_under(json.loads(json.dumps(exported(found))), TYPES, AREAS)
    part = document.needs(document.Given(found, ("african",), (), Links()))
    drawn = [figure for figure in copy_of.figures(part) if "requests" in figure]
    for figure in drawn:
        wanted = {} if figure["url"] == "all" else parse_qs(figure["url"])
        behind = independent.requests_of(second, wanted)
        assert (figure["requests"], figure["n"]) == (len(behind), len(figure["states"]))
        assert set(figure["states"]) == {request["state"] for request in behind}
    rows = {row["type"]: (row["all"]["requests"], row["all"]["n"]) for row in part["by_type"]}
    assert {("-" if code == "unsaid" else code): row for code, row in rows.items()} == (
        independent.needs_by(second, "type")
    )
    places = independent.most_stated(second, "type", 4)
    assert [row["type"] for row in part["most"]] == [code for _place, codes, _states in places for code in codes]
    assert part["requests"] == sum(len(row["needs"]) for row in part["register"]) == len(second)
    asking = {request["state"] for request in second}
    reported = {state.code for state in found.reported}
    assert set(part["not_asking"]["states"]) == reported - asking
    # What is in no regional group is said apart, and nothing is lost between the two.
    in_regions = sum(row["asking"]["requests"] for row in part["by_region"])
    assert in_regions + part["apart"]["not_regional"]["requests"] == len(second)


@given(worlds())
def test_documents_hold_nothing_that_is_inferred(found: Dataset) -> None:
    silent = {state.code for state in found.silent}
    part = document.needs(document.Given(found, (), (), Links()))
    asking = {code for figure in copy_of.figures(part) if "requests" in figure for code in figure["states"]}
    assert silent.isdisjoint(asking)
    assert silent.isdisjoint(row["state"] for row in part["register"])
    alone = document.needs(document.Given(found.only(found.reported), (), (), Links()))
    counted = ("asking", "by_type", "by_area", "by_section", "by_urgency", "apart", "register", "most", "requests")
    assert [part[name] for name in counted] == [alone[name] for name in counted]


def test_nothing_but_the_page_of_inferred_needs_computes_them() -> None:
    using = {
        path.relative_to(needs.CONTENT.parent).as_posix()
        for path in needs.CONTENT.parent.rglob("*.py")
        if re.search(
            r"^from \S+logic(\.inferred import| import inferred)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert using == {"reports/views/inferred_needs.py"}
    page = (needs.CONTENT.parent / "reports/views/inferred_needs.py").read_text(encoding="utf-8")
    # Nothing stands on it but what asks for the permission of its own.
    assert re.findall(r"@requires\((.*?),", page) == ["Permission.SEE_INFERRED_NEEDS"] * page.count("\n@requires(")
    assert page.count("\n@requires(") == len(re.findall(r"\ndef ", page)) == 2


@given(worlds())
@example(EMPTY)
@example(SILENT)
@example(ALONE)
def test_inferred_needs_agree_with_the_independent_computation(found: Dataset) -> None:
    data = json.loads(json.dumps(exported(found)))
    made = {
        item.state.code: (len(item.peers), {need.type: need.asked for need in item.needs})
        for item in inferred.inferred(found)
    }
    assert made == independent.inferred_needs(data, inferred.LEAST)


@given(worlds())
def test_silent_states_never_enter_what_is_stated(found: Dataset) -> None:
    silent = {state.code for state in found.silent}
    stated = needs.stated(found, RULES)
    assert silent.isdisjoint(request.state.code for request in stated)
    assert stated == needs.stated(found.only(found.reported), RULES)


def peers(number: int, *kinds: str, lists: tuple[str, ...] = ()) -> list[Any]:
    listed = [make_request("quiz.1.1.assistance", place, type=kind) for place, kind in enumerate(kinds, 1)]
    return [
        make_state(f"p{place}", "submitted", lists=frozenset(lists), digest={"requests": listed})
        for place in range(number)
    ]


def test_too_few_similar_states_say_nothing() -> None:
    found = make_dataset(make_state("zzz"), *peers(inferred.LEAST - 1, "training"))
    assert [(item.likeness, item.needs) for item in inferred.inferred(found)] == [(None, ())]


def test_the_nearest_step_with_enough_states_is_taken() -> None:
    found = make_dataset(make_state("zzz", lists=frozenset({"ldc"})), *peers(5, "training", "training"))
    (item,) = inferred.inferred(found)
    assert item.likeness is inferred.Likeness.SUBREGION
    assert item.needs == (inferred.InferredNeed("training", 5, 5),)


def test_equal_needs_share_a_place_and_are_not_cut() -> None:
    found = replace(make_dataset(*peers(2, "training", "legal-advice")), spec=SPEC)
    places = needs.top(needs.stated(found, RULES), By.TYPE, 1)
    assert places == (needs.Place(1, ("legal-advice", "training"), 2),)


def test_every_type_of_assistance_belongs_to_a_need() -> None:
    assert tuple(scheme().needs) == ASSISTANCE_TYPES


TOPICS = frozenset({"cybercrime"})
ONE = {"code": "training", "need": "other"}


@pytest.mark.parametrize(
    ("types", "areas", "reason"),
    [
        ([], [], "assistance-types.yaml: this is no mapping."),
        ({"types": [ONE]}, [], "assistance-types.yaml: the type 'legislative-drafting' is missing."),
        ({"types": [ONE, ONE]}, [], "assistance-types.yaml, type 2: 'training' stands here twice."),
        ({"types": [{**ONE, "ned": 1}]}, [],
         "assistance-types.yaml, type 1: 'ned' is not known here; known are code, need, regional."),
        ({"types": [{**ONE, "code": "x"}]}, [], "assistance-types.yaml, type 1: there is no type of assistance 'x'."),
        ({**TYPES, "not_regional_topics": ["x"]}, [],
         "assistance-types.yaml, not_regional_topics: there is no topic 'x'."),
        (TYPES, [{"code": "a", "letter": "a", "topics": ["x"]}],
         "priority-areas.yaml, area 1: there is no topic 'x'."),
        (TYPES, [{"code": "a", "letter": "a"}] * 2, "priority-areas.yaml, area 2: 'a' stands here twice."),
    ],
)  # fmt: skip
def test_wrong_content_is_refused_with_place_and_reason(types: Any, areas: Any, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_scheme(types, areas, TOPICS)
    assert str(refused.value) == reason
