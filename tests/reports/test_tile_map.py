"""The map of squares: every State once, near its neighbours, and the same in drawing, table and data."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import palermo
from palermo.reports.logic.charts import Words
from palermo.reports.logic.drawing import NARROW
from palermo.reports.logic.tables import as_json
from palermo.reports.logic.tile_map import (
    PITCH,
    Category,
    Tile,
    TileMap,
    arranged,
    compact_svg,
    data,
    entries,
    grid,
    read_grid,
    sentence,
    svg,
)
from palermo.site.demonstration.specimens import CATEGORIES, HOSTILE, specimen_map

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Words()
ARABIC = Words(language="ar", right_to_left=True)
CONTENT = Path(palermo.__file__).parent / "content"
STATES = yaml.safe_load((CONTENT / "states.yaml").read_text("utf-8"))
LISTED = [(state["code"], state["names"][-1]["en"]["short"], state["subregion"] or "-") for state in STATES]
MAP = specimen_map(LISTED, {code: f"/en/states/{code.lower()}/" for code, _name, _region in LISTED})

# States of one land or strait; they stand side by side, or corner to corner at most one square further.
NEIGHBOURS = (
    "ARG-CHL ARG-URY BRA-BOL BRA-COL BRA-GUY PER-CHL PER-ECU COL-PAN COL-VEN CAN-USA USA-MEX MEX-GTM GTM-SLV "
    "GTM-BLZ HND-NIC NIC-CRI CRI-PAN HTI-DOM CUB-JAM VEN-TTO LCA-VCT PRT-ESP ESP-AND ESP-FRA FRA-BEL FRA-CHE "
    "FRA-MCO BEL-NLD BEL-LUX DEU-DNK DEU-POL DEU-CZE CHE-LIE LIE-AUT AUT-HUN ITA-SMR SMR-VAT ITA-AUT SVN-HRV "
    "HRV-SRB HRV-BIH BIH-MNE MNE-ALB ALB-GRC MKD-GRC SRB-BGR BGR-ROU ROU-MDA MDA-UKR UKR-BLR BLR-LTU LTU-LVA "
    "LVA-EST EST-FIN SWE-FIN NOR-SWE POL-LTU SVK-UKR RUS-BLR IRL-GBR GRC-TUR TUR-ARM GEO-ARM ARM-AZE AZE-IRN "
    "TUR-SYR SYR-IRQ IRQ-IRN IRQ-KWT SYR-LBN LBN-ISR ISR-PSE PSE-JOR SAU-YEM YEM-OMN OMN-ARE BHR-QAT IRN-AFG "
    "AFG-PAK AFG-TKM TKM-UZB UZB-KAZ UZB-KGZ KGZ-TJK TJK-CHN CHN-MNG PRK-KOR KOR-JPN CHN-NPL PAK-IND IND-NPL "
    "IND-BGD BTN-IND BGD-MMR MMR-THA MMR-LAO LAO-VNM LAO-KHM THA-MYS MYS-SGP MYS-BRN IDN-TLS IDN-SGP TLS-PNG "
    "PNG-SLB SLB-VUT VUT-FJI FJI-WSM WSM-TON TON-NIU NIU-COK PLW-FSM FSM-MHL NRU-KIR MAR-DZA DZA-TUN TUN-LBY "
    "LBY-EGY EGY-SDN EGY-ISR LBY-TCD DZA-MLI MAR-MRT MRT-SEN SEN-GNB GMB-GNB GNB-GIN GIN-SLE GIN-CIV SLE-LBR "
    "LBR-CIV CIV-GHA GHA-TGO TGO-BEN BEN-NGA NGA-NER NGA-CMR CMR-CAF CMR-GAB GAB-GNQ GNQ-STP GAB-COG COG-COD "
    "COD-CAF COD-UGA UGA-KEN UGA-RWA RWA-BDI RWA-TZA KEN-TZA KEN-SOM ETH-SOM ETH-DJI ETH-ERI SDN-SSD SSD-UGA "
    "TCD-SDN COG-AGO AGO-NAM NAM-BWA BWA-ZWE ZWE-ZMB ZMB-MOZ MOZ-MWI MWI-TZA MOZ-SWZ ZWE-ZAF ZAF-LSO ZAF-SWZ "
    "COM-MDG MDG-MUS "
)


def squares(root: ET.Element) -> dict[str, tuple[float, float]]:
    """The place of the square of each State that a map shows."""
    found = {}
    for group in root.iter():
        if group.get("class") == "tile":
            rect, text = group.find(f"{SVG}rect"), group.find(f"{SVG}text")
            assert rect is not None
            assert text is not None
            found[str(text.text)] = float(rect.get("x", "")), float(rect.get("y", ""))
    return found


# ── The arrangement ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_state_of_the_content_stands_once_and_alone() -> None:
    assert sorted(grid()) == sorted(state["code"] for state in STATES)
    assert len(set(grid().values())) == len(STATES)


@pytest.mark.parametrize("pair", NEIGHBOURS.split())
def test_neighbours_stand_near_each_other(pair: str) -> None:
    (across, down), (other_across, other_down) = (grid()[code] for code in pair.split("-"))
    assert max(abs(across - other_across), abs(down - other_down)) <= 2
    assert abs(across - other_across) + abs(down - other_down) <= 3


def test_each_sub_region_keeps_together() -> None:
    """No square lies far from all others of its sub-region."""
    for code, _name, region in LISTED:
        own = [grid()[other] for other, _other_name, other_region in LISTED if other_region == region and other != code]
        across, down = grid()[code]
        if own:
            nearest = min(max(abs(across - x), abs(down - y)) for x, y in own)
            assert nearest <= 3, f"{code} stands {nearest} squares from the rest of {region}"


@pytest.mark.parametrize(
    ("west", "east"), [("USA", "FRA"), ("BRA", "NGA"), ("FRA", "UKR"), ("EGY", "IND"), ("IND", "PHL"), ("PHL", "KIR")]
)
def test_west_is_left_of_east(west: str, east: str) -> None:
    assert grid()[west][0] < grid()[east][0]


@pytest.mark.parametrize(
    ("north", "south"), [("CAN", "ARG"), ("NOR", "ITA"), ("ITA", "LBY"), ("EGY", "ZAF"), ("KAZ", "IND"), ("JPN", "AUS")]
)
def test_north_is_above_south(north: str, south: str) -> None:
    assert grid()[north][1] < grid()[south][1]


def test_a_state_that_stands_twice_is_an_error_of_the_file() -> None:
    with pytest.raises(ValueError, match=r"row 2: ARG stands in row 1 already"):
        read_grid(["ARG ...", "... ARG"])


def test_a_state_without_a_place_is_not_lost() -> None:
    tiles = (Tile("ARG", "Argentina", "reported"), Tile("XXA", "Newland", "silent"), Tile("XXB", "Newerland", "silent"))
    places, _columns, rows = arranged(tiles)
    last = max(down for _across, down in grid().values())
    assert (places["XXA"], places["XXB"], rows) == ((0, last + 2), (1, last + 2), last + 3)
    assert sorted(squares(ET.fromstring(svg(replace(MAP, tiles=tiles), ENGLISH)))) == ["ARG", "XXA", "XXB"]


# ── The drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_squares_have_one_size_and_lie_apart() -> None:
    root = ET.fromstring(svg(MAP, ENGLISH, framed=False))
    found = squares(root)
    assert len(found) == len(STATES)
    assert len({(round(x / PITCH, 2), round(y / PITCH, 2)) for x, y in found.values()}) == len(STATES)
    sizes = {group.find(f"{SVG}rect").get("width") for group in root.iter(f"{SVG}a")}  # type: ignore[union-attr]
    assert sizes == {"28"}


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["ltr", "rtl"])
@pytest.mark.parametrize("draw", [svg, compact_svg])
def test_everything_is_within_the_map(draw: object, words: Words) -> None:
    root = ET.fromstring(draw(MAP, words))  # type: ignore[operator]
    _x, _y, wide, high = map(float, root.get("viewBox", "").split())
    for rect in root.iter(f"{SVG}rect"):
        assert -0.01 <= float(rect.get("x", "0")) <= wide - float(rect.get("width", "0")) + 0.01
        assert -0.01 <= float(rect.get("y", "0")) <= high - float(rect.get("height", "0")) + 0.01


def test_a_map_is_not_turned_round() -> None:
    english, arabic = (squares(ET.fromstring(svg(MAP, words, framed=False))) for words in (ENGLISH, ARABIC))
    assert arabic == english


def test_squares_of_narrow_screens_are_large_enough_for_a_finger() -> None:
    root = ET.fromstring(compact_svg(MAP, ENGLISH))
    found = squares(root)
    assert len(found) == len(STATES)
    assert len(set(found.values())) == len(STATES)
    sides = {float(group.find(f"{SVG}rect").get("width", "")) for group in root.iter(f"{SVG}a")}  # type: ignore[union-attr]
    # On a screen of 320 pixels the map has 288.
    assert min(sides) * 288 / NARROW >= 24


def test_each_square_says_name_and_category_and_leads_on() -> None:
    root = ET.fromstring(svg(MAP, ENGLISH, framed=False))
    said = {link.get("href"): link.get("aria-label") for link in root.iter(f"{SVG}a")}
    categories = MAP.category_of
    assert said == {
        tile.href: f"{tile.code} {categories[tile.category].letter}, {tile.name}: {categories[tile.category].label}"
        for tile in MAP.tiles
    }
    assert root.get("role") == "group"


def test_without_addresses_the_map_is_one_picture() -> None:
    plain = replace(MAP, tiles=tuple(replace(tile, href="") for tile in MAP.tiles))
    root = ET.fromstring(svg(plain, ENGLISH, framed=False))
    assert root.get("role") == "img"
    assert list(root.iter(f"{SVG}a")) == []


def test_a_file_has_no_links_but_the_disclaimer() -> None:
    drawn = svg(MAP, ENGLISH)
    assert list(ET.fromstring(drawn).iter(f"{SVG}a")) == []
    assert "do not imply the expression of any" in " ".join(re.findall(r">([^<]+)<", drawn))


def test_each_category_is_told_by_letter_and_pattern_besides_colour() -> None:
    root = ET.fromstring(svg(MAP, ENGLISH, framed=False))
    faces = set()
    for link in root.iter(f"{SVG}a"):
        rects, text = link.findall(f"{SVG}rect"), link.findall(f"{SVG}text")
        faces.add((text[1].text, tuple(rect.get("fill") for rect in rects)))
    assert len(faces) == len(CATEGORIES)
    assert len({letter for letter, _fills in faces}) == len(CATEGORIES)


def test_hostile_names_stay_text() -> None:
    spec = TileMap(
        "x", HOSTILE, (Category("a", HOSTILE, "A", 1),), (Tile("ARG", HOSTILE, "a", href=HOSTILE, region=HOSTILE),),
        HOSTILE, HOSTILE, note_heading=HOSTILE,
    )  # fmt: skip
    for drawn in (svg(spec, ENGLISH), svg(spec, ENGLISH, framed=False), compact_svg(spec, ARABIC)):
        root = ET.fromstring(drawn)
        assert not {element.tag for element in root.iter()} & {f"{SVG}script", "script"}
        assert not {name for element in root.iter() for name in element.attrib if name.startswith(("on", "style"))}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tiles": (Tile("ARG", "A", "reported"), Tile("arg", "A", "reported"))}, "a State stands twice"),
        ({"tiles": (Tile("ARG", "A", "nothing"),)}, "there is no category 'nothing'"),
        (
            {"categories": (Category("a", "A", "A", 1), Category("b", "B", "A", 2)), "tiles": ()},
            "one key or one letter",
        ),
        ({"key": "../x"}, "lower case letters"),
    ],
)
def test_what_a_programmer_got_wrong_is_said(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(MAP, **changed)  # type: ignore[arg-type]


# ── The same everywhere ──────────────────────────────────────────────────────────────────────────────────────────────


def test_drawing_legend_sentence_and_data_tell_the_same() -> None:
    counted = Counter(tile.category for tile in MAP.tiles)
    held = json.loads(as_json(data(MAP, ENGLISH)))["rows"]
    assert Counter(row["category"] for row in held) == counted
    assert [(row["code"], row["name"]) for row in held] == [(tile.code, tile.name) for tile in MAP.tiles]
    assert [said for _category, said in entries(MAP, ENGLISH)] == [
        f"{category.label}: {counted[category.key]}" for category in CATEGORIES
    ]
    root = ET.fromstring(svg(MAP, ENGLISH, framed=False))
    said = Counter(str(link.get("aria-label")).rpartition(": ")[2] for link in root.iter(f"{SVG}a"))
    assert said == {category.label: counted[category.key] for category in CATEGORIES}
    assert sentence(MAP, ENGLISH) == f"{MAP.title}. " + "; ".join(
        f"{category.label}: {counted[category.key]}" for category in CATEGORIES
    ) + "."  # fmt: skip
