"""Documents for everybody: none of them tells of a State that has not opened what it answered, or a small number."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from tests.reports import conference
from tests.reports.test_documents_un import make

from palermo.reports.documents import filling
from palermo.reports.logic.dataset import State
from palermo.reports.logic.document import VERDICTS
from palermo.reports.logic.frozen import Named, addressed, figures
from palermo.reports.logic.practice import Opened
from palermo.responses.logic.consent import Level

EVERY = [("needs-overview", "en"), ("needs-overview", "fr"), ("needs-overview", "ar"), ("implementation", "en"),
         ("implementation", "fr")]  # fmt: skip
MADE = conference.dataset()
SECTIONS = [section.code for section in MADE.spec.sections]
REPORTED = [state for state in MADE.states if state.has_reported]
LEVELS = st.dictionaries(st.sampled_from(SECTIONS), st.sampled_from(list(Level)))
WORLDS = st.fixed_dictionaries({}, optional={state.code: LEVELS for state in REPORTED})
EVERYTHING = dict.fromkeys(SECTIONS, Level.PUBLIC)
# Every second State that has reported has opened everything to everybody, the others to the States parties.
HALF: Opened = {
    state.code: EVERYTHING if place % 2 else dict.fromkeys(SECTIONS, Level.PARTIES)
    for place, state in enumerate(REPORTED)
}


def closed(opened: Opened) -> list[State]:
    """The States of which nothing at all is open to everybody, though they have reported."""
    return [state for state in REPORTED if Level.PUBLIC not in opened.get(state.code, {}).values()]


def told(text: str, copy: Mapping[str, Any], opened: Opened) -> list[str]:
    """What stands in a text of States that have opened nothing: names in any language, and codes in addresses."""
    found = []
    for state in closed(opened):
        names = {name for language in ("en", "fr", "ar") if (name := Named(copy["names"], language).state(state.code))}
        found += [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
        found += [state.code] if re.search(rf"/{state.code}/", text, re.IGNORECASE) else []
    return found


def _question_is_open(opened: Opened, state: State, code: str) -> bool:
    """Said once more, from the questionnaire alone."""
    levels, question = opened.get(state.code, {}), MADE.spec.questions[code]
    sections = {question.section, *(MADE.spec.questions[other].section for other in question.depends_on)}
    return all(levels.get(section) is Level.PUBLIC for section in sections)


def numbers_of_answers(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every figure that follows from answers: some are not named, or it is too small."""
    if isinstance(value, dict):
        if "n" in value and ("others" in value or "fewer" in value):
            yield value
        for item in value.values():
            yield from numbers_of_answers(item)
    elif isinstance(value, list):
        for item in value:
            yield from numbers_of_answers(item)


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(opened=WORLDS)
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_text_names_no_state_that_has_opened_nothing(kind: str, language: str, opened: Opened) -> None:
    copy = conference.frozen(kind, opened=opened)
    text, _charts = filling.fill(copy, language)
    plain = re.sub(r"\\(.)", r"\1", text)
    assert told(plain, copy, opened) == []


@given(opened=WORLDS)
@settings(max_examples=25, deadline=None)
def test_needs_are_listed_and_named_by_the_section_of_their_question(opened: Opened) -> None:
    needs = conference.frozen("needs-overview", opened=opened)["parts"]["needs"]
    stated = [(state, item) for state in REPORTED for item in (state.digest or {})["requests"]]
    public = [(state, item) for state, item in stated if _question_is_open(opened, state, item["code"])]
    listed = {row["state"]: len(row["needs"]) for row in needs["register"]}
    assert listed == Counter(state.code for state, _item in public)
    whole = conference.frozen("needs-overview")["parts"]["needs"]
    for row, full in zip(needs["by_type"], whole["by_type"], strict=True):
        kind = "" if row["type"] == "unsaid" else row["type"]
        assert set(row["all"]["states"]) == {state.code for state, item in public if (item.get("type") or "") == kind}
        assert row["all"]["n"] in (None, full["all"]["n"])
    left = {state.code for state, item in stated if not _question_is_open(opened, state, item["code"])}
    requests = len(stated) - len(public)
    assert needs["unlisted"] == (
        {"n": None, "fewer": 5, "requests": None} if 0 < len(left) < 5
        else {"n": len(left), "others": len(left), "requests": requests}
    )  # fmt: skip


@given(opened=WORLDS)
@settings(max_examples=25, deadline=None)
def test_verdicts_and_practices_name_nobody_that_has_opened_nothing(opened: Opened) -> None:
    parts = conference.frozen("implementation", opened=opened)["parts"]
    hidden = {state.code for state in closed(opened)}
    for figure in numbers_of_answers(parts):
        assert hidden.isdisjoint(figure.get("states", ()))
    assert {row["level"] for asked in parts["practices"]["questions"] for row in asked["told"]} <= {"public"}
    assert hidden.isdisjoint(row["state"] for asked in parts["practices"]["questions"] for row in asked["told"])


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_files_name_no_state_that_has_opened_nothing(kind: str, language: str, tmp_path: Path) -> None:
    copy = conference.frozen(kind, opened=HALF)
    page = make(kind, "fragment", language, frozen=copy).decode()
    assert told(html.fromstring(page).text_content(), copy, HALF) == []
    assert told(page, copy, HALF) == []
    with zipfile.ZipFile(io.BytesIO(make(kind, "docx", language, frozen=copy))) as file:
        texts = [file.read(name).decode() for name in file.namelist() if name.endswith((".xml", ".rels"))]
    words = re.sub(r"<[^>]+>", "", " ".join(texts))
    assert told(words, copy, HALF) == []
    assert told(" ".join(texts), copy, HALF) == []
    opened_ones = [Named(copy["names"], language).state(code) for code in HALF if code not in
                   {state.code for state in closed(HALF)}]  # fmt: skip
    assert [name for name in opened_ones if name in words] != []
    if shutil.which("pdftotext"):
        path = tmp_path / "made.pdf"
        path.write_bytes(make(kind, "pdf", language, frozen=copy))
        read = subprocess.run(["pdftotext", "-q", str(path), "-"], capture_output=True, check=True, text=True).stdout
        assert told(" ".join(read.split()), copy, HALF) == []


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(opened=WORLDS, threshold=st.integers(2, 12))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("kind", ["needs-overview", "implementation"])
def test_no_number_below_the_threshold_is_in_the_data(kind: str, opened: Opened, threshold: int) -> None:
    parts = conference.frozen(kind, opened=opened, threshold=threshold)["parts"]
    found = list(numbers_of_answers(parts))
    assert found
    for figure in found:
        if "fewer" in figure:
            assert {name: figure.get(name) for name in ("n", "fewer", "requests", "others")} == {
                "n": None, "fewer": threshold, "requests": None, "others": None
            }  # fmt: skip
            assert not figure.get("url")
        else:
            assert figure["n"] == 0 or figure["n"] >= threshold
    linked = addressed(parts, lambda path: f"https://palermo.example/{path}")
    assert [figure["url"] for figure in figures(linked) if "fewer" in figure and figure["url"]] == []


def test_numbers_are_those_of_the_copy_for_delegations() -> None:
    public = conference.frozen("implementation", opened={})["parts"]["analysis"]
    whole = conference.frozen("implementation")["parts"]["analysis"]
    pairs = [
        (mine[verdict], theirs[verdict])
        for article, full in zip(public["articles"], whole["articles"], strict=True)
        for mine, theirs in zip(article["rows"], full["rows"], strict=True)
        for verdict in VERDICTS
    ]
    assert [mine["n"] for mine, _full in pairs] == [None if 0 < full["n"] < 5 else full["n"] for _mine, full in pairs]
    assert [mine["states"] for mine, _full in pairs] == [[]] * len(pairs)


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [
        ("en", {"n": 5, "states": ["afg", "alb"], "others": 3}, "Afghanistan, Albania and 3 other States"),
        ("en", {"n": 5, "states": ["afg", "alb", "dza", "and"], "others": 1},
         "Afghanistan, Albania, Algeria, Andorra and 1 other State"),
        ("en", {"n": 7, "states": [], "others": 7}, "7 States"),
        ("en", {"n": None, "fewer": 5, "states": ["afg"]}, "among them Afghanistan"),
        ("en", {"n": None, "fewer": 5, "states": []}, "fewer than five States"),
        ("en", {"n": None, "fewer": 12, "states": []}, "fewer than 12 States"),
        ("en", {"n": 0, "states": [], "others": 0}, "–"),
        ("fr", {"n": 6, "states": ["afg"], "others": 5}, "Afghanistan et 5 autres États"),
        ("fr", {"n": 5, "states": ["afg", "alb", "dza", "and"], "others": 1},
         "Afghanistan, Albanie, Algérie, Andorre et 1 autre État"),
        ("fr", {"n": None, "fewer": 5, "states": []}, "moins de cinq États"),
        ("ar", {"n": 6, "states": ["afg"], "others": 5}, "أفغانستان و5 دول أخرى"),
        ("ar", {"n": 13, "states": ["afg", "alb"], "others": 11}, "أفغانستان وألبانيا و11 دولة أخرى"),
        ("ar", {"n": None, "fewer": 5, "states": []}, "أقل من خمس دول"),
        ("ar", {"n": None, "fewer": 2, "states": []}, "أقل من 2 دولة"),
    ],
)  # fmt: skip
def test_states_that_are_not_named_are_counted(language: str, value: dict[str, Any], said: str) -> None:
    tools = filling._Tools(conference.frozen("needs-overview"), language)
    assert re.sub(r"\\(.)", r"\1", str(tools.states({**value, "url": ""}))) == said


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["The present edition is for everybody", "not listed, because those States", "fewer than five"]),
        ("fr", ["La présente édition s’adresse à tous", "ne sont pas énumérées, parce que ces États", "moins de cinq"]),
        ("ar", ["وهذه الطبعة موجهة إلى الجميع", "لأن هذه الدول لم تتحها للجميع", "أقل من خمس"]),
    ],
)  # fmt: skip
def test_overview_for_everybody_says_what_it_leaves_out(language: str, sentences: list[str]) -> None:
    copy = conference.frozen("needs-overview", opened=HALF)
    text = " ".join(
        html.fromstring(make("needs-overview", "html", language, frozen=copy).decode()).text_content().split()
    )
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_annex_is_left_out_where_nothing_is_open_and_says_how_many() -> None:
    copy = conference.frozen("needs-overview", opened={})
    text, _charts = filling.fill(copy, "en")
    needs = copy["parts"]["needs"]
    assert needs["register"] == []
    assert f"{needs['unlisted']['requests']} requests of {needs['unlisted']['n']} States are not listed" in text
    assert "Requests for technical assistance, by State" not in text


def test_copy_for_delegations_has_nothing_of_it() -> None:
    copy = conference.frozen("needs-overview")
    text = json.dumps(copy["parts"])
    assert [word for word in ('"others"', '"fewer"', '"unlisted"') if word in text] == []
    assert "readers" not in copy["about"]
    assert "The present edition is for everybody" not in filling.fill(copy, "en")[0]
