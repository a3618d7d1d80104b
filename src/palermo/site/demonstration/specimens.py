"""Charts and maps in hard cases, to look at and to test: nothing here says anything about a State."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Final

from palermo.reports.logic.charts import GREY, HOLLOW, Chart, Row, Series
from palermo.reports.logic.tile_map import Category, Tile, TileMap

DAY: Final = datetime.date(2026, 11, 1)
LONG: Final = (
    "مجموعة دول أمريكا اللاتينية ومنطقة البحر الكاريبي "
    "التي قدمت تقاريرها عن تنفيذ الاتفاقية في الموعد المحدد (LDC) 2026"
)
HOSTILE: Final = '"><script>alert(1)</script>&amp;\u202e]]>'
GROUPS: Final = (
    "Group of African States",
    "Group of Asia-Pacific States",
    "Group of Eastern European States",
    "Group of Latin American and Caribbean States",
    "Group of Western European and other States",
)
STATES: Final = (
    Series("reported", "Reported"),
    Series("begun", "Begun"),
    Series("silent", "Silent", GREY),
    Series("outside", "Not a party", HOLLOW),
)
COUNTS: Final = ((21, 6, 25, 2), (19, 0, 30, 7), (17, 3, 3, 0), (20, 1, 12, 0), (0, 0, 28, 1))


def _chart(key: str, title: str, rows: Sequence[Row], **more: object) -> Chart:
    made: dict[str, object] = {
        "kind": "bars",
        "series": (Series("reported", "Reported"),),
        "heading": "Group",
        "unit": "States",
        "subtitle": "Invented figures; the denominator is all States of the group.",
        "as_at": DAY,
        "source": "Specimen",
    }
    return Chart(key=key, title=title, rows=tuple(rows), **{**made, **more})  # type: ignore[arg-type]


def specimens() -> tuple[Chart, ...]:
    """Each kind once as it is meant, then the hard cases."""
    plain = [Row(group, (counts[0],), sum(counts)) for group, counts in zip(GROUPS, COUNTS, strict=True)]
    parted = [Row(group, counts) for group, counts in zip(GROUPS, COUNTS, strict=True)]
    days = [
        datetime.date(2003, 9, 29),
        datetime.date(2005, 12, 25),
        datetime.date(2009, 10, 1),
        datetime.date(2018, 3, 3),
    ]
    over_time = [
        Row(day.isoformat(), values, at=day)
        for day, values in zip(days, ((40, 32, 20), (107, 87, None), (150, 120, 77), (190, 174, 117)), strict=True)
    ]
    treaties = (
        Series("untoc", "Convention"),
        Series("tip", "Trafficking Protocol"),
        Series("som", "Smuggling Protocol"),
    )
    two = (Series("before", "2024"), Series("now", "2026"))
    needs = ("Legal advice", "Training", "Equipment")
    return (
        _chart("bars", "Bars with their wholes", plain),
        _chart(
            "grouped", "Grouped bars", [Row(g, c[:2]) for g, c in zip(GROUPS, COUNTS, strict=True)], series=STATES[:2]
        ),
        _chart("stacked", "Stacked bars", parted, kind="stacked", series=STATES),
        _chart("share", "Bars of a hundred per cent", parted, kind="share", series=STATES),
        _chart("line", "Parties over time", over_time, kind="line", series=treaties, heading="Day"),
        _chart(
            "range",
            "Two cycles",
            [Row(g, c[:2]) for g, c in zip(GROUPS, COUNTS, strict=True)],
            kind="range",
            series=two,
        ),
        _chart(
            "panels",
            "Needs by region",
            [
                Row(need, (counts[at],), panel=group)
                for group, counts in zip(GROUPS, COUNTS, strict=True)
                for at, need in enumerate(needs)
            ],
        ),
        _chart("empty", "Nothing at all", []),
        _chart("one", "One row", [Row("The only one", (1,), 1)]),
        _chart("zeros", "Nothing but zeros", [Row(group, (0,), 0) for group in GROUPS]),
        _chart(
            "gaps",
            "Not known is a gap",
            [Row(g, (None, 3) if at % 2 else (4, None), 9) for at, g in enumerate(GROUPS)],
            series=two,
        ),  # fmt: skip
        _chart("all-gaps", "Nothing is known", [Row(g, (None,) * 4) for g in GROUPS], kind="share", series=STATES),
        _chart(
            "huge", "Huge and small", [Row("Small", (1,)), Row("Huge", (123_456_789_012_345,)), Row("Half", (0.5,))]
        ),
        _chart(
            "long-labels",
            LONG,
            [Row(LONG, (7,), 9), Row("W" * 90, (5,), 9), Row("联合国打击跨国有组织犯罪公约" * 5, (2,), 9)],
        ),
        _chart(
            "hostile",
            HOSTILE,
            [Row(HOSTILE, (1, 2), panel=HOSTILE)],
            series=(Series("a", HOSTILE), Series("b", "B")),
            heading=HOSTILE,
            subtitle=HOSTILE,
            unit=HOSTILE,
            source=HOSTILE,
            notes=(HOSTILE,),
        ),  # fmt: skip
        _chart(
            "many",
            "Two hundred rows",
            [Row(f"Category {at} of two hundred", (at * 37 % 101,), 101) for at in range(200)],
        ),
        _chart("one-day", "One day only", over_time[:1], kind="line", series=treaties, heading="Day"),
    )


CATEGORIES: Final = (
    Category("reported", "Reported", "R", 1),
    Category("begun", "Begun", "B", 2),
    Category("silent", "Silent", "S", GREY),
    Category("outside", "Not a party", "–", HOLLOW),
)


def specimen_map(states: Sequence[tuple[str, str, str]], addresses: Mapping[str, str]) -> TileMap:
    """A map of States (code, name, region), each in the category that its place in the list gives it."""
    return TileMap(
        key="states",
        title="Every State, in invented categories",
        categories=CATEGORIES,
        tiles=tuple(
            Tile(code, name, CATEGORIES[at % 7 % 4].key, href=addresses.get(code, ""), region=region)
            for at, (code, name, region) in enumerate(states)
        ),
        heading="State",
        says="Report",
        subtitle="Invented: the category follows the order of the list.",
        as_at=DAY,
        source="Specimen",
    )
