"""Boundaries that an operator supplies: what is read, refused and drawn. All areas here are squares."""

import json
import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palermo.reports.logic import boundaries
from palermo.reports.logic.boundaries import BoundaryError, absent, area, projected, read, simplified, svg
from palermo.reports.logic.charts import Words
from palermo.reports.logic.tile_map import grid
from palermo.site.demonstration.specimens import specimen_map

SVG = "{http://www.w3.org/2000/svg}"
CODES = frozenset(grid())
LISTED = [(code, f"State {code}", "Region") for code in sorted(CODES)]
MAP = specimen_map(LISTED, {})


def square(x: float, y: float, side: float = 6) -> list[list[list[float]]]:
    return [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]


def feature(code: str, polygon: Any, **more: Any) -> dict[str, Any]:
    made = {"type": "Feature", "properties": {"ISO_A3": code}, "geometry": {"type": "Polygon", "coordinates": polygon}}
    return {**made, **more}


def earth() -> list[dict[str, Any]]:
    """A square for each State, and one that belongs to none."""
    squares = [
        feature(code, square(-170 + at % 20 * 16, 70 - at // 20 * 14)) for at, (code, _n, _r) in enumerate(LISTED)
    ]
    return [*squares, feature("-99", square(160, -80))]


def collection(features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_every_state_of_the_file_is_drawn_with_its_category() -> None:
    held = read(collection(earth()), "earth.json", CODES)
    assert sorted(held.areas) == sorted(CODES)
    assert len(held.others) == 1
    root = ET.fromstring(svg(MAP, held, Words()))
    said = [str(title.text) for title in root.iter(f"{SVG}title")][1:]
    labels = MAP.category_of
    assert said == [f"{tile.name}: {labels[tile.category].label}" for tile in MAP.tiles]
    assert "do not imply official endorsement" in " ".join(re.findall(r">([^<]+)<", svg(MAP, held, Words())))


def test_the_code_may_stand_under_other_names() -> None:
    features = [
        feature("", square(0, 0), properties={"iso3": "arg"}),
        feature("", square(10, 0), properties={"ISO_A3": "-99", "ADM0_A3": "FRA"}),
        feature("", square(20, 0), properties=None, id="KEN"),
    ]
    assert sorted(read(collection(features), "x", CODES).areas) == ["ARG", "FRA", "KEN"]


def test_states_that_the_file_has_not_are_named() -> None:
    held = read(collection([feature(code, square(0, 0)) for code in sorted(CODES)[2:]]), "x", CODES)
    assert absent(MAP, held) == ["State AFG", "State AGO"]


def test_parts_and_holes_stay() -> None:
    parts = [square(0, 0, 20), square(40, 0, 20)]
    parts[0].append(square(5, 5, 6)[0])
    made = feature("ARG", None, geometry={"type": "MultiPolygon", "coordinates": parts})
    assert len(read(collection([made]), "x", CODES).areas["ARG"]) == 3


def test_a_state_too_small_to_see_stays_visible() -> None:
    held = read(collection([feature("MCO", square(7, 43, 0.001)), feature("FRA", square(-5, 43, 8))]), "x", CODES)
    assert area(held.areas["MCO"][0]) > 10


def test_areas_keep_their_proportion_to_each_other() -> None:
    def size(latitude: float) -> float:
        line = [
            *((x / 10, latitude) for x in range(101)),
            *((10.0, latitude + y / 10) for y in range(1, 101)),
            *((10 - x / 10, latitude + 10) for x in range(1, 101)),
            *((0.0, latitude + 10 - y / 10) for y in range(1, 101)),
        ]
        true = math.sin(math.radians(latitude + 10)) - math.sin(math.radians(latitude))
        return abs(area([projected(point) for point in line])) / true

    assert size(60) == pytest.approx(size(0), rel=0.002)


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=3, max_size=40))
def test_simplified_lines_keep_their_ends_and_lose_nothing_far(points: list[tuple[float, float]]) -> None:
    line = [*points, points[0]]
    kept = simplified(line, 0.5)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert set(kept) <= set(line)


def test_many_points_are_made_few() -> None:
    def circle(count: int) -> list[list[list[float]]]:
        ring = [
            [40 * math.cos(2 * math.pi * at / count), 40 * math.sin(2 * math.pi * at / count)] for at in range(count)
        ]
        return [[*ring, ring[0]]]

    held = read(collection([feature("ARG", circle(20_000))]), "x", CODES)
    assert 20 < len(held.areas["ARG"][0]) < 200


BAD: list[tuple[bytes, str]] = [
    (b"\x80\x81", "x: This is not JSON."),
    (b'{"type":\n nonsense}', "x, line 2: This is not JSON."),
    (b"[" * 100_000, "x: This is not JSON."),
    (b"[]", "x: There is no FeatureCollection."),
    (b'{"type": "Topology"}', "x: There is no FeatureCollection."),
    (collection([]), "x: The list of features is empty."),
    (collection({}), "x: The list of features is empty."),
    (collection([{}] * 1001), "x: There are 1001 features"),
    (collection([3]), "x, feature 1: This is not a feature."),
    (collection([feature("ARG", square(0, 0)), feature("FRA", 3)]), "x, feature 2: Its coordinates are no lists"),
    (collection([feature("ARG", [[[0, 0], [1, 1]]])]), "x, feature 1: A ring is not closed"),
    (collection([feature("ARG", [[[0, "a"]]])]), "x, feature 1: A point is not two numbers."),
    (collection([feature("ARG", square(500_000, 4_000_000))]), "x, feature 1: The point [500000, 4000000] is not on"),
    (collection([feature("ARG", 0, geometry={"type": "Point", "coordinates": [0, 0]})]), "Its geometry is 'Point'."),
    (collection([feature("ARG", 0, geometry=[])]), "Its geometry is 'None'."),
    (collection([feature("Argentina", square(0, 0))]), "No feature has the ISO 3166-1 code"),
    (collection([feature("ARG", None, geometry=None)]), "x: No area has a point."),
    (b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"ISO_A3": "ARG"}, "geometry": '
     b'{"type": "Polygon", "coordinates": [[[NaN, 0], [1, 0], [1, 1], [NaN, 0]]]}}]}', "is not on the earth."),
]  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), BAD, ids=[reason for _content, reason in BAD])
def test_what_is_wrong_with_a_file_is_said_with_place_and_way_out(content: bytes, reason: str) -> None:
    with pytest.raises(BoundaryError) as found:
        read(content, "x", CODES)
    assert reason in str(found.value)
    assert found.value.place.startswith("x")
    assert found.value.way_out


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "BYTES", 10)
    with pytest.raises(BoundaryError, match="at most"):
        read(b" " * 11, "x", CODES)


def test_a_file_with_too_many_points_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "POINTS", 7)
    with pytest.raises(BoundaryError, match="feature 2: The file has more than 7 points"):
        read(collection([feature("ARG", square(0, 0)), feature("FRA", square(0, 0))]), "x", CODES)
