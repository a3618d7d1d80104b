"""Charts as drawings: what stands where, that nothing is lost or covered, and that all tell the same figures."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palermo.reports.logic.charts import GREY, HOLLOW, Chart, Row, Series, Words, data, sentence, table
from palermo.reports.logic.drawing import INK, NARROW, QUIET, SHEET, TONES, WIDE
from palermo.reports.logic.lettering import SIZE, harmless, width_of, wrapped
from palermo.reports.logic.plotting import apart, scale, svg
from palermo.reports.logic.tables import as_csv, as_json
from palermo.site.demonstration.specimens import HOSTILE, LONG, specimens

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Words()
ARABIC = Words(language="ar", right_to_left=True, missing="لا يوجد رقم")
CHARTS = {chart.key: chart for chart in specimens()}
ONE = (Series("reported", "Reported"),)


def bars(*rows: Row, **more: object) -> Chart:
    made: dict[str, object] = {"kind": "bars", "series": ONE, "title": "Reports", "heading": "Group"}
    return Chart(key="reports", rows=rows, **{**made, **more})  # type: ignore[arg-type]


def drawn(chart: Chart, words: Words = ENGLISH, **more: float) -> ET.Element:
    return ET.fromstring(svg(chart, words, **more))  # type: ignore[arg-type]


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name, "0"))


def tones(root: ET.Element, name: str = "c") -> list[ET.Element]:
    return [rect for rect in root.iter(f"{SVG}rect") if re.fullmatch(rf"{name}\d", rect.get("class", ""))]


def texts(root: ET.Element) -> Iterator[tuple[str, float, float, float, float]]:
    """The text, then the box around it: left, right, top, bottom, by the same guess as the drawing makes."""
    for text in root.iter(f"{SVG}text"):
        said = re.sub("[\u2066-\u2069]", "", "".join(part for part in [text.text or "", *(c.tail or "" for c in text)]))
        size = number(text, "font-size") or SIZE
        wide, x, y = width_of(said, size), number(text, "x"), number(text, "y")
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor", "start")]
        yield said, left, left + wide, y - size * 0.75, y + size * 0.2


# ── Geometry ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bars_are_as_long_as_their_figures() -> None:
    root = drawn(bars(Row("a", (10,)), Row("b", (20,)), Row("c", (5,))))
    long = [number(rect, "width") for rect in tones(root)]
    assert [round(part / long[1], 3) for part in long] == [0.5, 1.0, 0.25]
    assert len({number(rect, "x") for rect in tones(root)}) == 1


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_stacked_bars_lie_side_by_side_and_in_proportion(figures: list[int]) -> None:
    series = tuple(Series(f"s{at}", f"S{at}") for at in range(len(figures)))
    root = drawn(bars(Row("a", tuple(figures)), series=series, kind="stacked"))
    parts = [rect for rect in tones(root) if number(rect, "height") == 20]
    known = [figure for figure in figures if figure]
    assert len(parts) == len(known)
    total = sum(number(rect, "width") for rect in parts)
    for rect, figure in zip(parts, known, strict=True):
        assert number(rect, "width") == pytest.approx(total * figure / sum(known), abs=0.05)
    for before, after in zip(parts, parts[1:], strict=False):
        assert number(after, "x") == pytest.approx(number(before, "x") + number(before, "width"), abs=0.02)


def test_a_hundred_per_cent_is_the_same_length_for_every_row() -> None:
    root = drawn(CHARTS["share"])
    frames = [rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "chart-frame"]
    assert len(frames) == 5
    assert len({(frame.get("x"), frame.get("width")) for frame in frames}) == 1


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["ltr", "rtl"])
@pytest.mark.parametrize("key", CHARTS)
def test_everything_is_within_the_drawing(key: str, words: Words, width: float) -> None:
    root = drawn(CHARTS[key], words, width=width)
    _x, _y, wide, high = map(float, root.get("viewBox", "").split())
    assert wide == width
    for said, left, right, top, bottom in texts(root):
        assert left >= -1, said
        assert right <= wide + 1, said
        assert top >= 0, said
        assert bottom <= high, said
    for rect in root.iter(f"{SVG}rect"):
        assert number(rect, "x") >= -0.01
        assert number(rect, "x") + number(rect, "width") <= wide + 0.01
        assert number(rect, "y") + number(rect, "height") <= high + 0.01


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["ltr", "rtl"])
@pytest.mark.parametrize("key", CHARTS)
def test_no_text_covers_another(key: str, words: Words, width: float) -> None:
    found = list(texts(drawn(CHARTS[key], words, width=width)))
    for at, (said, left, right, top, bottom) in enumerate(found):
        for other, left2, right2, top2, bottom2 in found[at + 1 :]:
            over = min(right, right2) - max(left, left2), min(bottom, bottom2) - max(top, top2)
            assert over[0] < 1 or over[1] < 1, f"{said!r} and {other!r}"


def test_small_charts_share_one_scale() -> None:
    root = drawn(bars(Row("a", (10,), panel="North"), Row("a", (40,), panel="South")))
    first, second = tones(root)
    assert number(second, "width") == pytest.approx(4 * number(first, "width"), abs=0.05)


def test_a_line_holds_its_figure_until_the_next_day_and_breaks_where_it_is_not_known() -> None:
    days = [date(2000, 1, 1), date(2001, 1, 1), date(2002, 1, 1), date(2003, 1, 1)]
    values: list[int | None] = [10, 20, None, 20]
    rows = [Row(str(day), (value,), at=day) for day, value in zip(days, values, strict=True)]
    root = drawn(bars(*rows, kind="line"))
    lines = [
        [tuple(map(float, point.split(","))) for point in line.get("points", "").split()]
        for line in root.iter(f"{SVG}polyline")
    ]
    assert len(lines) == 1
    points = lines[0]
    assert points[0][1] == points[1][1]
    assert points[1][0] == points[2][0]
    assert points[-1][0] < max(number(dot, "cx") for dot in root.iter(f"{SVG}circle"))


def test_labels_at_the_ends_of_lines_are_moved_apart() -> None:
    placed = apart([(50, "a", 0), (51, "b", 1), (200, "c", 2), (199, "d", 3)], 15, 8, 200)
    heights = [y for y, _said, _place in placed]
    assert all(after - before >= 15 for before, after in zip(heights, heights[1:], strict=False))
    assert max(heights) <= 200


@given(st.floats(0.001, 1e15))
def test_the_axis_reaches_over_the_largest_figure(most: float) -> None:
    end, step = scale(most, whole_numbers=most > 1)
    assert end >= most * (1 - 1e-9)
    assert end / step <= 11


# ── What is not known ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_known_is_never_nought() -> None:
    chart = bars(Row("a", (None,), 10), Row("b", (0,), 10), Row("c", (4,), 10))
    root = drawn(chart)
    said = [text for text, *_box in texts(root)]
    assert said[-6:] == ["a", "no figure", "b", "0 of 10", "c", "4 of 10"]
    assert len([rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "chart-frame"]) == 2
    assert [line.cells[0].text for line in table(chart, ENGLISH).lines] == ["no figure", "0", "4"]
    assert [row["reported"] for row in data(chart, ENGLISH).rows] == [None, 0, 4]


def test_an_empty_chart_says_so() -> None:
    chart = bars()
    assert "There is nothing to show." in svg(chart, ENGLISH)
    assert sentence(chart, ENGLISH) == "Reports. There is nothing to show."
    assert table(chart, ENGLISH).lines == ()


@pytest.mark.parametrize(
    ("rows", "more", "reason"),
    [
        ([Row("a", (1, 2))], {}, "2 values, 1 series"),
        ([Row("a", (-1,))], {}, "-1 cannot be drawn"),
        ([Row("a", (float("nan"),))], {}, "nan cannot be drawn"),
        ([Row("a", (1,))], {"kind": "line"}, "needs its day"),
        ([], {"series": ()}, "there are no series"),
    ],
)
def test_what_a_programmer_got_wrong_is_said(rows: list[Row], more: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        bars(*rows, **more)


# ── The same figures everywhere ──────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 10**9)), max_size=5))
def test_drawing_table_sentence_and_data_tell_the_same(figures: list[tuple[int | None, int | None]]) -> None:
    series = (Series("before", "Before"), Series("now", "Now"))
    chart = bars(*(Row(f"row {at}", pair) for at, pair in enumerate(figures)), series=series)
    written = ["no figure" if value is None else f"{value:,}" for pair in figures for value in pair]
    drawn_texts = [said for said, *_box in texts(drawn(chart))]
    assert [said for said in drawn_texts if said == "no figure" or said.replace(",", "").isdigit()] == written
    assert [cell.text for line in table(chart, ENGLISH).lines for cell in line.cells] == written
    held = json.loads(as_json(data(chart, ENGLISH)))["rows"]
    assert [(row["before"], row["now"]) for row in held] == figures
    lines = [line for line in as_csv(data(chart, ENGLISH)).splitlines() if not line.startswith(("#", "\ufeff"))]
    read = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert [(row["before"], row["now"]) for row in read] == [
        tuple("" if value is None else str(value) for value in pair) for pair in figures
    ]
    if figures:
        assert re.findall(r": (no figure|[\d,]+)", sentence(chart, ENGLISH)) == written


def test_shares_stand_beside_their_counts() -> None:
    chart = bars(Row("a", (1, 3)), kind="share", series=(Series("x", "X"), Series("y", "Y")))
    assert [cell.text for cell in table(chart, ENGLISH).lines[0].cells] == ["1 (25%)", "3 (75%)"]
    assert sentence(chart, ENGLISH) == "Reports. a, X: 1 (25%); a, Y: 3 (75%)."


def test_many_rows_are_summed_up() -> None:
    chart = bars(*(Row(str(at), (at or None,)) for at in range(30)))
    assert sentence(chart, ENGLISH) == ("Reports. 30 rows, from 1 to 29; 1 without a figure. All are in the table.")


def test_a_course_is_told_from_its_first_day_to_its_last() -> None:
    chart = bars(
        Row("a", (None,), at=date(2000, 1, 1)),
        Row("b", (2,), at=date(2001, 1, 1)),
        Row("c", (9,), at=date(2002, 1, 1)),
        kind="line",
    )
    assert sentence(chart, ENGLISH) == "Reports. Reported: 2 on 2001-01-01, 9 on 2002-01-01."


# ── Names, directions, colours ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["ltr", "rtl"])
@pytest.mark.parametrize("framed", [True, False])
def test_hostile_names_stay_text(words: Words, framed: bool) -> None:
    root = ET.fromstring(svg(CHARTS["hostile"], words, framed=framed))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "defs", "pattern", "path", "rect", "text", "line",
    }  # fmt: skip
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "href"}
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == HOSTILE.replace("\u202e", "")


@given(st.text())
def test_any_text_can_be_drawn(said: str) -> None:
    root = drawn(bars(Row(said, (1,), panel=said), title=said, subtitle=said))
    assert root.tag == f"{SVG}svg"


def test_what_turns_lines_round_is_taken_out() -> None:
    assert harmless("a\u202eb\u2066c\x00d\ufffee<") == "abcde&lt;"


def test_arabic_is_drawn_from_the_right() -> None:
    chart = bars(Row("ليبيا", (10,)), Row("مصر", (20,)))
    left, right = tones(drawn(chart)), tones(drawn(chart, ARABIC))
    assert [number(a, "x") + number(a, "width") for a in right] == pytest.approx([WIDE - number(a, "x") for a in left])
    labels = [text for text in drawn(chart, ARABIC).iter(f"{SVG}text") if "ليبيا" in (text.text or "")]
    assert [(label.get("x"), label.get("text-anchor"), label.text) for label in labels] == [
        (f"{WIDE:g}", "end", "\u2067ليبيا\u2069")
    ]


def test_long_labels_are_broken_and_whole_in_the_table() -> None:
    lines = wrapped(LONG, 200)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(width_of(line) <= 200 for line in lines)
    assert table(CHARTS["long-labels"], ENGLISH).lines[0].label == LONG


@given(st.text(max_size=80), st.floats(60, 600))
def test_lines_fit_the_room(said: str, room: float) -> None:
    assert all(width_of(line) <= room for line in wrapped(said, room))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_of_files_can_be_read() -> None:
    for tone in TONES[:-1]:
        assert contrast(tone, SHEET) >= 4.5
    assert contrast(INK, SHEET) >= 7
    assert contrast(QUIET, SHEET) >= 4.5


def test_no_series_is_told_by_its_colour_alone() -> None:
    root = drawn(CHARTS["share"])
    fills = {rect.get("fill") for rect in root.iter(f"{SVG}rect")}
    assert {f"url(#share-p{tone})" for tone in (2, GREY, HOLLOW)} <= fills
    assert {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")} == {
        f"share-p{tone}" for tone in (2, GREY, HOLLOW)
    }
    dashes = {line.get("stroke-dasharray") for line in drawn(CHARTS["line"]).iter(f"{SVG}polyline")}
    assert len(dashes) == 3


def test_names_of_patterns_do_not_meet_on_a_page() -> None:
    chart = CHARTS["share"]
    ids = [re.findall(r' id="([^"]+)"', svg(chart, ENGLISH, mark=mark)) for mark in ("-w", "-n")]
    assert not set(ids[0]) & set(ids[1])


def test_a_drawing_has_a_name_and_a_description() -> None:
    root = drawn(CHARTS["bars"])
    assert root.get("role") == "img"
    said = {element.get("id"): element.text for element in root}
    title, text = root.get("aria-labelledby", "").split()
    assert said[title] == CHARTS["bars"].title
    assert said[text] == sentence(CHARTS["bars"], ENGLISH)


def test_a_file_says_what_it_is_by_itself() -> None:
    chart = replace(CHARTS["bars"], known_at=date(2026, 11, 24))
    said = [text for text, *_box in texts(drawn(chart))]
    assert said[0] == chart.title
    for part in ("Unit: States", "As at 2026-11-01, as known at 2026-11-24", "Source: Specimen"):
        assert said.count(part) == 1
