"""A map with one square of equal size for each State, so that small States are as easy to see as large ones.

The arrangement is that of ``content/tile-grid.yaml``. What a square says is told by its tone, its pattern and a letter.
A map is never turned round: east is on the right in every language. See ``docs/guide/charts.md``.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from palermo.reports.logic import charts, drawing
from palermo.reports.logic.charts import HOLLOW, Words
from palermo.reports.logic.drawing import EDGE, FONT, INK, NARROW, SHEET, TONES, Pen
from palermo.reports.logic.lettering import harmless
from palermo.reports.logic.tables import Table

GRID: Final = Path(__file__).resolve().parents[2] / "content" / "tile-grid.yaml"
EMPTY: Final = "..."
PITCH: Final = 30.0
SQUARE: Final = 28.0
COMPACT_COLUMNS: Final = 8

Place = tuple[int, int]


@cache
def grid() -> Mapping[str, Place]:
    """Column and row of each State of the content."""
    return read_grid(yaml.safe_load(GRID.read_text("utf-8"))["rows"])


def read_grid(rows: Sequence[str]) -> dict[str, Place]:
    """The places that lines of codes say; a State that stands twice is an error of the file."""
    found: dict[str, Place] = {}
    for down, line in enumerate(rows):
        for across, code in enumerate(line.split()):
            if code == EMPTY:
                continue
            code = code.rstrip(".")
            if code in found:
                raise ValueError(f"tile-grid.yaml, row {down + 1}: {code} stands in row {found[code][1] + 1} already")
            found[code] = (across, down)
    return found


@dataclass(frozen=True)
class Category:
    """What a square can say."""

    key: str
    label: str
    letter: str
    """One letter or sign on the square; another for each category."""
    tone: int
    """1 to 8; ``charts.GREY`` for silence, ``charts.HOLLOW`` for what stands outside."""


@dataclass(frozen=True)
class Tile:
    """A State on the map."""

    code: str
    """As in ``states.yaml``; small letters are taken too."""
    name: str
    category: str
    """The key of its category."""
    href: str = ""
    region: str = ""
    """The heading under which it stands in the table and on narrow screens."""
    note: str = ""
    """What the table says besides the category, such as a date."""


@dataclass(frozen=True)
class TileMap:
    """A map of States with everything that a reader needs to judge it."""

    key: str
    title: str
    categories: tuple[Category, ...]
    tiles: tuple[Tile, ...]
    heading: str
    """The head of the column of States, such as *State*."""
    says: str
    """The head of the column of categories, such as *Report*."""
    subtitle: str = ""
    as_at: datetime.date | None = None
    known_at: datetime.date | None = None
    source: str = ""
    notes: tuple[str, ...] = field(default=())
    note_heading: str = ""
    """The head of the column of notes, if tiles have any."""

    def __post_init__(self) -> None:
        """Says what a programmer got wrong."""
        keys = [category.key for category in self.categories]
        letters = [category.letter for category in self.categories]
        if not charts.LETTERS.fullmatch(self.key):
            raise ValueError(f"map {self.key!r}: the key has lower case letters, digits and hyphens only")
        if len(set(keys)) < len(keys) or len(set(letters)) < len(letters):
            raise ValueError(f"map {self.key}: two categories have one key or one letter")
        codes = [tile.code.upper() for tile in self.tiles]
        if len(set(codes)) < len(codes):
            raise ValueError(f"map {self.key}: a State stands twice")
        if strange := {tile.category for tile in self.tiles} - set(keys):
            raise ValueError(f"map {self.key}: there is no category {sorted(strange)[0]!r}")

    @property
    def category_of(self) -> Mapping[str, Category]:
        """The categories by their keys."""
        return {category.key: category for category in self.categories}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many States each category has."""
        found = dict.fromkeys((category.key for category in self.categories), 0)
        for tile in self.tiles:
            found[tile.category] += 1
        return found

    @property
    def regions(self) -> Sequence[tuple[str, Sequence[Tile]]]:
        """The States of each region, both in the order of the caller."""
        found: dict[str, list[Tile]] = {}
        for tile in self.tiles:
            found.setdefault(tile.region, []).append(tile)
        return list(found.items())

    @property
    def has_links(self) -> bool:
        """Whether a square leads somewhere."""
        return any(tile.href for tile in self.tiles)


def entries(spec: TileMap, words: Words) -> list[tuple[Category, str]]:
    """The legend: each category with its letter, words and count."""
    counts = spec.counts
    return [
        (category, words.item.format(label=category.label, value=words.number(counts[category.key])))
        for category in spec.categories
    ]


def sentence(spec: TileMap, words: Words) -> str:
    """How many States each category has, in words."""
    if not spec.tiles:
        return f"{spec.title}. {words.empty}"
    return words.few.format(
        title=spec.title, values=words.between.join(said for _category, said in entries(spec, words))
    )


def standing(spec: TileMap, words: Words) -> str:
    """As at when, and as known at when."""
    return charts.standing(spec, words)


def data(spec: TileMap, words: Words) -> Table:
    """What the map says as data: a line for each State."""
    categories = spec.category_of
    columns = {"code": "ISO 3166-1 alpha-3", "name": spec.heading, "region": words.group, "category": spec.says}
    columns["label"] = " · ".join(f"{category.key}: {category.label}" for category in spec.categories)
    if spec.note_heading:
        columns["note"] = spec.note_heading
    about = {
        "subtitle": spec.subtitle,
        "as_at": spec.as_at.isoformat() if spec.as_at else "",
        "known_at": spec.known_at.isoformat() if spec.known_at else "",
        "source": spec.source,
    }
    rows = [
        {
            "code": tile.code.upper(),
            "name": tile.name,
            "region": tile.region,
            "category": tile.category,
            "label": categories[tile.category].label,
            "note": tile.note,
        }
        for tile in spec.tiles
    ]
    return Table(spec.title, {name: said for name, said in about.items() if said}, columns, rows, spec.notes)


# ── Drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def svg(spec: TileMap, words: Words, *, framed: bool = True, mark: str = "") -> str:
    """The map in its geographical arrangement. As a file (``framed``) it has title, legend, day and source in it."""
    places, columns, rows = arranged(spec.tiles)
    pen = Pen(f"{spec.key}{mark}", columns * PITCH, words)
    top = drawing.head(spec, pen) if framed else 2.0
    if framed:
        top = legend(spec, pen, top, words) + 6
    for tile in spec.tiles:
        across, down = places[tile.code.upper()]
        _square(spec, tile, pen, across * PITCH + 1, top + down * PITCH, words, links=not framed)
    top += rows * PITCH
    if framed:
        top = drawing.foot(replace(spec, notes=(*spec.notes, words.squares)), pen, top)
    return drawing.document(pen, top + 2, spec.title, sentence(spec, words), framed=framed,
                           group=spec.has_links and not framed)  # fmt: skip


def arranged(tiles: Sequence[Tile]) -> tuple[dict[str, Place], int, int]:
    """The place of each State, and how many columns and rows there are.

    A State without a place in the grid gets one in lines of their own below, so that none is ever lost.
    """
    known = grid()
    columns = max(across for across, _down in known.values()) + 1
    rows = max(down for _across, down in known.values()) + 1
    found: dict[str, Place] = {}
    more = 0
    for tile in tiles:
        code = tile.code.upper()
        if code in known:
            found[code] = known[code]
        else:
            found[code] = (more % columns, rows + 1 + more // columns)
            more += 1
    return found, columns, rows + (1 + -(-more // columns) if more else 0)


def compact_svg(spec: TileMap, words: Words, *, mark: str = "") -> str:
    """The same squares region by region, for narrow screens: nothing scrolls, and each is large enough for a finger."""
    pen = Pen(f"{spec.key}{mark}", NARROW, words)
    pitch, top = NARROW / COMPACT_COLUMNS, 2.0
    for region, tiles in spec.regions:
        if region:
            top += 4 + pen.lines(0, top + 16, region, NARROW, look="strong")
        for place, tile in enumerate(tiles):
            across, down = place % COMPACT_COLUMNS, place // COMPACT_COLUMNS
            x = across * pitch + 1
            x = NARROW - x - (pitch - 2) if words.right_to_left else x
            _square(spec, tile, pen, x, top + 2 + down * pitch, words, links=True, size=pitch - 2)
        top += 6 + -(-len(tiles) // COMPACT_COLUMNS) * pitch
    return drawing.document(pen, top + 2, spec.title, sentence(spec, words), framed=False, group=spec.has_links)


def swatch(category: Category, mark: str) -> str:
    """A small square of a category for a legend on a page; its words stand beside it."""
    pen = Pen(f"{mark}-{category.key}", SQUARE, Words())
    pen.plate(0, 0, SQUARE, SQUARE, category.tone, edge=True)
    if category.tone > 1:
        pen.patterns.add(category.tone)
        pen.out.append(f'<rect x="16" y="2" width="10" height="24" fill="url(#{pen.key}-p{category.tone})"/>')
    x, look = (8.5, "ink" if category.tone == HOLLOW else "on") if category.tone > 1 else (14.0, "on")
    pen.text(x, 20, category.letter, anchor="middle", size=15, look=look)
    defs = drawing.patterns(pen.key, pen.patterns)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg" viewBox="-1 -1 {SQUARE + 2:g} {SQUARE + 2:g}" '
        f'aria-hidden="true" font-family="{FONT}"><defs>{defs}</defs>{"".join(pen.out)}</svg>'
    )


def legend(spec: TileMap, pen: Pen, top: float, words: Words) -> float:
    """The legend inside a file; where the drawing may go on."""
    listed = entries(spec, words)
    return drawing.legend(
        pen,
        [(category.tone, said) for category, said in listed],
        top,
        letters=[category.letter for category, _said in listed],
    )


def _square(
    spec: TileMap, tile: Tile, pen: Pen, x: float, y: float, words: Words, *, links: bool, size: float = SQUARE
) -> None:
    """A State: what it says is read aloud with its name; with an address it can be reached by keyboard."""
    category = spec.category_of[tile.category]
    said = words.item.format(label=tile.name, value=category.label)
    if tile.note:
        said = f"{said} ({tile.note})"
    title = f"<title>{harmless(said)}</title>"
    if tile.href and links:
        # What is seen on the square comes first, so that it can be named to a computer that listens.
        named = f"{tile.code.upper()} {category.letter}, {said}"
        link = f'<a class="tile" href="{harmless(tile.href)}" aria-label="{harmless(named)}">'
        pen.out.append(f"<g>{title}{link}")
        _face(pen, x, y, size, category, tile.code.upper())
        pen.out.append("</a></g>")
        return
    grouped = ' role="img"' if spec.has_links and links else ""
    label = f' aria-label="{harmless(said)}"' if grouped else ""
    pen.out.append(f'<g class="tile"{grouped}{label}>{title}')
    _face(pen, x, y, size, category, tile.code.upper())
    pen.out.append("</g>")


def _face(pen: Pen, x: float, y: float, size: float, category: Category, code: str) -> None:
    """The square: tone, code, and below it the letter and the pattern of its category."""
    tone, unit = category.tone, size / SQUARE
    look, fill = ("ink", INK) if tone == HOLLOW else ("on", SHEET)
    edge = f' stroke="{EDGE}"' if tone == HOLLOW else ""
    box = f'x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}"'
    pen.out.append(f'<rect class="c{tone}" {box} rx="2" fill="{TONES[tone - 1]}"{edge}/>')
    if tone > 1:
        pen.patterns.add(tone)
        pen.out.append(
            f'<rect x="{x + 13 * unit:g}" y="{y + 16 * unit:g}" width="{13 * unit:g}" height="{10 * unit:g}" '
            f'fill="url(#{pen.key}-p{tone})"/>'
        )
    common = f'class="chart-{look}" fill="{fill}" text-anchor="middle" font-weight="600"'
    for said, across, down, high in (
        (code[:3], size / 2, 12.5 * unit, 10.5),
        (category.letter, 7 * unit, 25 * unit, 10),
    ):
        pen.out.append(
            f'<text {common} x="{x + across:g}" y="{y + down:g}" font-size="{high * unit:g}">{harmless(said)}</text> '
        )
