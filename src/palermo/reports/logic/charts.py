"""Charts: what they say as objects, and their drawing as SVG, their table, their sentence and their data.

A drawing carries literal colours, so that a file of it stands by itself; on a page the classes let the style sheet put
its own, light or dark. Colour is never alone: each series has a pattern, a mark or a dash besides, and each figure is
written out. What is not known is a gap with a word, never nought. See ``docs/guide/charts.md``.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Final, Literal, Protocol

from palermo.reports.logic.tables import Table

Value = int | float | Decimal | None
Kind = Literal["bars", "stacked", "share", "line", "range"]

WIDE: Final = 680.0
NARROW: Final = 340.0
FONT: Final = "Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, Arial, sans-serif"
SIZE: Final = 13.0
LINE: Final = 17.0
# Literal colours of a file; the style sheet has the same by the names c1 to c8.
TONES: Final = ("#0b4a85", "#9a5200", "#17623d", "#7a3f98", "#9c231a", "#0f6a73", "#5d6671", "#ffffff")
INK: Final = "#1a222d"
QUIET: Final = "#545e6b"
EDGE: Final = "#7b838d"
RULE: Final = "#e0dcd2"
SHEET: Final = "#ffffff"
HOLLOW: Final = 8
"""The tone that is only an outline: for what is outside, such as States that are not parties."""
GREY: Final = 7
"""The tone for silence."""
LETTERS: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Words:
    """What a drawing says in the reader's language, and how it writes figures."""

    language: str = "en"
    right_to_left: bool = False
    number: Callable[[Value], str] = lambda value: f"{value:,}" if value is not None else ""
    percent: Callable[[float], str] = lambda share: f"{round(100 * share)}%"
    date: Callable[[datetime.date], str] = lambda day: day.isoformat()
    missing: str = "no figure"
    of: str = "{part} of {whole}"
    whole: str = "Out of"
    as_at: str = "As at {date}"
    day: str = "Date"
    known_at: str = "as known at {date}"
    source: str = "Source: {source}"
    unit: str = "Unit: {unit}"
    item: str = "{label}: {value}"
    empty: str = "There is nothing to show."
    few: str = "{title}. {values}."
    many: str = "{title}. {count} rows, from {least} to {most}; {missing} without a figure. All are in the table."
    between: str = "; "
    time: str = "{title}. {values}."
    course: str = "{label}: {first} on {start}, {last} on {end}"
    group: str = "Group"
    squares: str = (
        "One square stands for each State. The arrangement and the size of the squares do not imply the expression of "
        "any opinion on the legal status of any country or territory, or on its boundaries."
    )
    boundaries: str = (
        "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
        "acceptance by the United Nations."
    )


@dataclass(frozen=True)
class Series:
    """One kind of figure that a chart shows, such as *reported*."""

    key: str
    """Its name in the data."""
    label: str
    tone: int = 0
    """1 to 8; 0 is the next in order. ``GREY`` for silence, ``HOLLOW`` for what stands outside."""


@dataclass(frozen=True)
class Row:
    """One line of a chart: a figure for each series, ``None`` where it is not known."""

    label: str
    values: tuple[Value, ...]
    whole: Value = None
    """What the figures are a part of; written beside them and drawn as a frame."""
    href: str = ""
    """The address behind the label."""
    hrefs: tuple[str, ...] = ()
    """The addresses of the lists behind the figures, in the order of the series."""
    panel: str = ""
    """The heading of the small chart in which it stands."""
    at: datetime.date | None = None
    """The day, in a chart over time."""


@dataclass(frozen=True)
class Chart:
    """A chart with everything that a reader needs to judge it."""

    key: str
    """Its name in addresses, files and marks of the page: lower case letters, digits, hyphens."""
    kind: Kind
    title: str
    series: tuple[Series, ...]
    rows: tuple[Row, ...]
    heading: str
    """What the rows are: the head of the first column of the table."""
    unit: str = ""
    subtitle: str = ""
    """What was counted, with the denominators."""
    as_at: datetime.date | None = None
    known_at: datetime.date | None = None
    source: str = ""
    notes: tuple[str, ...] = field(default=())
    """How it was counted; below the table and in the data."""

    def __post_init__(self) -> None:
        """Says what a programmer got wrong; figures from people never come here unread."""
        if not LETTERS.fullmatch(self.key):
            raise ValueError(f"chart {self.key!r}: the key has lower case letters, digits and hyphens only")
        if not self.series or len({series.key for series in self.series}) < len(self.series):
            raise ValueError(f"chart {self.key}: there are no series, or two of one key")
        for row in self.rows:
            if len(row.values) != len(self.series):
                raise ValueError(
                    f"chart {self.key}, row {row.label!r}: {len(row.values)} values, {len(self.series)} series"
                )
            for value in (*row.values, row.whole):
                if value is not None and not (math.isfinite(value) and value >= 0):
                    raise ValueError(f"chart {self.key}, row {row.label!r}: {value} cannot be drawn")
            if self.kind == "line" and row.at is None:
                raise ValueError(f"chart {self.key}, row {row.label!r}: a row over time needs its day")

    @property
    def panels(self) -> tuple[tuple[str, "tuple[Row, ...]"], ...]:
        """The rows of each small chart, in order; one without heading if there are no small charts."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.panel, []).append(row)
        return tuple((panel, tuple(rows)) for panel, rows in found.items()) or (("", ()),)

    @property
    def has_wholes(self) -> bool:
        """Whether a row says what it is a part of."""
        return any(row.whole is not None for row in self.rows)

    @property
    def has_panels(self) -> bool:
        """Whether there are small charts."""
        return any(row.panel for row in self.rows)


# ── Table, sentence and data: the same figures, without the drawing ──────────────────────────────────────────────────


@dataclass(frozen=True)
class Cell:
    """A figure of the table as it is written, with the address of the list behind it."""

    text: str
    href: str = ""
    known: bool = True


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    panel: str
    label: str
    href: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Shown:
    """The table of a chart as a page shows it."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def table(chart: Chart, words: Words) -> Shown:
    """The figures of a chart as a table, written in the reader's language."""
    heads = [chart.heading, *(series.label for series in chart.series)]
    if chart.has_wholes:
        heads.append(words.whole)
    lines: list[Line] = []
    for row in chart.rows:
        links = (*row.hrefs, *("",) * len(row.values))
        cells = [
            Cell(_figure(chart, row, value, words), link, known=value is not None)
            for value, link in zip(row.values, links, strict=False)
        ]
        if chart.has_wholes:
            cells.append(Cell(_number(row.whole, words), known=row.whole is not None))
        lines.append(Line(row.panel, row.label, row.href, tuple(cells)))
    return Shown(tuple(heads), tuple(lines))


def _number(value: Value, words: Words) -> str:
    return words.missing if value is None else words.number(value)


def whole_of(row: Row) -> float:
    """What the parts of a bar of a hundred per cent are parts of."""
    return float(row.whole) if row.whole else float(sum(value for value in row.values if value is not None))


def _figure(chart: Chart, row: Row, value: Value, words: Words) -> str:
    if value is None or chart.kind != "share" or not whole_of(row):
        return _number(value, words)
    return f"{words.number(value)} ({words.percent(float(value) / whole_of(row))})"


def sentence(chart: Chart, words: Words) -> str:
    """What the chart says, in words: each figure if they are few, else how many there are and how far they reach."""
    if not chart.rows:
        return f"{chart.title}. {words.empty}"
    one = len(chart.series) == 1
    if chart.kind == "line":
        parts = [_course(chart, place, series, words) for place, series in enumerate(chart.series)]
        return words.time.format(title=chart.title, values=words.between.join(parts))
    if len(chart.rows) * len(chart.series) <= 12:
        said: list[str] = []
        for row in chart.rows:
            label = f"{row.panel}, {row.label}" if row.panel else row.label
            for series, value in zip(chart.series, row.values, strict=True):
                figure = _figure(chart, row, value, words)
                if value is not None and row.whole is not None:
                    figure = words.of.format(part=figure, whole=words.number(row.whole))
                said.append(words.item.format(label=label if one else f"{label}, {series.label}", value=figure))
        return words.few.format(title=chart.title, values=words.between.join(said))
    known = [value for row in chart.rows for value in row.values if value is not None]
    return words.many.format(
        title=chart.title,
        count=words.number(len(chart.rows)),
        least=_number(min(known, default=None), words),
        most=_number(max(known, default=None), words),
        missing=words.number(sum(None in row.values for row in chart.rows)),
    )


def _course(chart: Chart, place: int, series: Series, words: Words) -> str:
    known = [(row.at, row.values[place]) for row in chart.rows if row.values[place] is not None and row.at]
    if not known:
        return words.item.format(label=series.label, value=words.missing)
    (start, first), (end, last) = min(known), max(known)
    return words.course.format(
        label=series.label,
        first=_number(first, words),
        start=words.date(start),
        last=_number(last, words),
        end=words.date(end),
    )


def data(chart: Chart, words: Words) -> Table:
    """The figures of a chart for spreadsheets and scripts (``tables.as_csv``, ``tables.as_json``)."""
    columns = {"label": chart.heading}
    if chart.kind == "line":
        columns["day"] = words.day
    if chart.has_panels:
        columns["group"] = words.group
    columns |= {series.key: " · ".join(filter(None, (series.label, chart.unit))) for series in chart.series}
    if chart.has_wholes:
        columns["whole"] = words.whole
    about = {
        "subtitle": chart.subtitle,
        "as_at": chart.as_at.isoformat() if chart.as_at else "",
        "known_at": chart.known_at.isoformat() if chart.known_at else "",
        "unit": chart.unit,
        "source": chart.source,
    }
    rows = [
        {
            "label": row.label,
            "group": row.panel,
            "day": row.at.isoformat() if row.at else None,
            "whole": _plain(row.whole),
            **{series.key: _plain(value) for series, value in zip(chart.series, row.values, strict=True)},
        }
        for row in chart.rows
    ]
    return Table(chart.title, {name: said for name, said in about.items() if said}, columns, rows, chart.notes)


def _plain(value: Value) -> int | float | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


# ── Text without a font at hand: a careful guess at its width, and its lines ─────────────────────────────────────────


def width_of(text: str, size: float = SIZE) -> float:
    """About how wide a text is, rather too wide than too narrow."""
    return size * sum(_width(char) for char in text)


@lru_cache(maxsize=8192)
def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return 1.02
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0.0
    if char in " .,:;'|!ilj()[]/":
        return 0.34
    if char in "mwMW%@—":
        return 0.95
    return 0.7 if char.isupper() else 0.58


def wrapped(text: str, room: float, size: float = SIZE, most: int = 3) -> list[str]:
    """A text in lines that fit the room, at most so many; what does not fit ends in an ellipsis."""
    text = " ".join(text.split())
    if width_of(text, size) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for piece, joined in _pieces(text, room, size):
        longer = f"{line}{'' if joined else ' '}{piece}" if line else piece
        if line and width_of(longer, size) > room:
            lines.append(line)
            line = piece
        else:
            line = longer
    lines.append(line)
    if len(lines) > most:
        last = f"{lines[most - 1]} {lines[most]}"
        while last and width_of(last + "…", size) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip()}…"]
    return lines


def _pieces(text: str, room: float, size: float) -> Iterable[tuple[str, bool]]:
    """The words, and whether each follows without a space: a part of one wider than the room, or of Chinese writing."""
    for word in text.split(" "):
        piece, joined, long = "", False, 0.0
        for char in word:
            width = size * _width(char)
            if piece and (long + width > room or unicodedata.east_asian_width(char) in {"W", "F"}):
                yield piece, joined
                piece, joined, long = "", True, 0.0
            piece += char
            long += width
        if piece:
            yield piece, joined


_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def harmless(text: str) -> str:
    """A text for a drawing: escaped, without what XML forbids and without marks that turn the line round."""
    return escape(_FORBIDDEN.sub("", text), quote=True)


def turned(text: str, right_to_left: bool) -> str:
    """A text that keeps its own order inside a drawing, which itself always runs left to right."""
    kinds = {unicodedata.bidirectional(char) for char in text}
    safe = harmless(text)
    if right_to_left and kinds & {"R", "AL"}:
        return f"\u2067{safe}\u2069"
    return f"\u2068{safe}\u2069" if right_to_left or kinds & {"R", "AL"} else safe


# ── Drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Anchor = Literal["start", "middle", "end"]
_OTHER: Final[dict[Anchor, Anchor]] = {"start": "end", "middle": "middle", "end": "start"}


def _at(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") if number else "0"


class Pen:
    """Draws from the beginning of the line: for right-to-left languages it turns places and anchors round."""

    def __init__(self, key: str, width: float, words: Words) -> None:
        self.key = key
        self.width = width
        self.words = words
        self.out: list[str] = []
        self.shift = 0.0
        self.room = width
        self.patterns: set[int] = set()

    def x(self, x: float, width: float = 0) -> str:
        """A place along the line."""
        x += self.shift
        return _at(self.width - x - width if self.words.right_to_left else x)

    def rect(self, x: float, y: float, width: float, height: float, tone: int, edge: bool = False) -> None:
        """A filled rectangle with its pattern."""
        if width <= 0:
            return
        place = f'x="{self.x(x, width)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
        stroke = f' stroke="{EDGE}"' if edge or tone == HOLLOW else ""
        self.out.append(f'<rect class="c{tone}" {place} fill="{TONES[tone - 1]}"{stroke}/>')
        if tone > 1:
            self.patterns.add(tone)
            self.out.append(f'<rect {place} fill="url(#{self.key}-p{tone})"/>')

    def plate(self, x: float, y: float, width: float, height: float, tone: int, edge: bool = False) -> None:
        """A plain rectangle of the tone below a text."""
        place = f'x="{self.x(x, width)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
        look = "chart-plate" if tone == HOLLOW and not edge else f"c{tone}"
        stroke = f' stroke="{EDGE}"' if tone == HOLLOW and edge else ""
        self.out.append(f'<rect class="{look}" {place} fill="{TONES[tone - 1]}"{stroke}/>')

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """An outline."""
        place = f'x="{self.x(x, width)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
        self.out.append(f'<rect class="chart-frame" {place} fill="none" stroke="{EDGE}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: Anchor = "start",
        size: float = SIZE,
        look: str = "",
        whole: str = "",
    ) -> None:
        """A line of text; ``look`` is ``quiet``, ``strong`` or ``on`` (on a tone)."""
        if not text:
            return
        fill = {"quiet": QUIET, "on": SHEET}.get(look, INK)
        anchor = _OTHER[anchor] if self.words.right_to_left else anchor
        more = ' font-weight="600"' if look == "strong" else ""
        more += "" if anchor == "start" else f' text-anchor="{anchor}"'
        more += "" if size == SIZE else f' font-size="{_at(size)}"'
        title = f"<title>{harmless(whole)}</title>" if whole else ""
        self.out.append(
            f'<text class="chart-{look or "ink"}" x="{self.x(x)}" y="{_at(y)}" fill="{fill}"{more}>'
            f"{title}{turned(text, self.words.right_to_left)}</text>"
        )

    def lines(
        self, x: float, y: float, text: str, room: float, *, most: int = 3, size: float = SIZE, look: str = ""
    ) -> float:
        """A text in as many lines as it needs; the height they take."""
        made = wrapped(text, room, size, most)
        height = LINE * size / SIZE
        cut = " ".join(text.split()) if made[-1].endswith("…") else ""
        for place, line in enumerate(made):
            self.text(x, y + place * height, line, size=size, look=look, whole=cut if place == 0 else "")
        return len(made) * height

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = "rule") -> None:
        """A straight line."""
        stroke = {"rule": RULE, "edge": EDGE}[look]
        self.out.append(
            f'<line class="chart-{look}" x1="{self.x(x1)}" y1="{_at(y1)}" x2="{self.x(x2)}" y2="{_at(y2)}" '
            f'stroke="{stroke}"/>'
        )

    def path(self, points: Sequence[tuple[float, float]], tone: int) -> None:
        """A line through points, with the dash of its tone."""
        made = " ".join(f"{self.x(x)},{_at(y)}" for x, y in points)
        dash = f' stroke-dasharray="{_DASHES[tone - 1]}"' if _DASHES[tone - 1] else ""
        colour = EDGE if tone == HOLLOW else TONES[tone - 1]
        self.out.append(
            f'<polyline class="l{tone}" points="{made}" fill="none" stroke="{colour}" stroke-width="2.25" '
            f'stroke-linejoin="round"{dash}/>'
        )

    def dot(self, x: float, y: float, tone: int, size: float = 5.5) -> None:
        """A mark whose form goes with the tone."""
        middle = float(self.x(x))
        colour = SHEET if tone == HOLLOW else TONES[tone - 1]
        if tone % 4 == 1:
            form = f'<circle cx="{_at(middle)}" cy="{_at(y)}" r="{_at(size)}"'
        else:
            corners = _CORNERS[tone % 4]
            made = " ".join(f"{_at(middle + size * across)},{_at(y + size * down)}" for across, down in corners)
            form = f'<polygon points="{made}"'
        self.out.append(
            f'{form} class="c{tone} chart-dot" fill="{colour}" stroke="{SHEET if tone != HOLLOW else EDGE}"/>'
        )


_DASHES: Final = ("", "7 4", "2 3", "10 3 2 3", "4 2", "12 4", "1 4", "3 6")
_CORNERS: Final = {
    2: ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
    3: ((0.0, -1.25), (1.2, 0.9), (-1.2, 0.9)),
    0: ((0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)),
}
# The lines of each pattern in a square of 8: on a tone they are of the colour of the sheet.
_PATTERNS: Final = {
    2: '<path d="M-2 2 2 -2M0 8 8 0M6 10 10 6"/>',
    3: '<path d="M0 4H8"/>',
    4: '<path d="M4 0V8"/>',
    5: '<path d="M0 0 8 8M8 0 0 8"/>',
    6: '<path d="M4 3.9V4.1" stroke-linecap="round" stroke-width="3"/>',
    7: '<path d="M-2 6 2 10M0 0 8 8M6 -2 10 2"/>',
    8: '<path d="M0 4H8M4 0V8"/>',
}


def patterns(key: str, tones: Iterable[int]) -> str:
    """The patterns of the tones of a drawing; their names begin with its key."""
    made: list[str] = []
    for tone in sorted(tones):
        look, stroke = ("chart-hatch-out", "#c9cdd2") if tone == HOLLOW else ("chart-hatch", SHEET)
        made.append(
            f'<pattern id="{key}-p{tone}" class="{look}" width="8" height="8" patternUnits="userSpaceOnUse" '
            f'stroke="{stroke}" stroke-width="1.1" fill="none">{_PATTERNS[tone]}</pattern>'
        )
    return "".join(made)


def tone_of(chart: Chart, place: int) -> int:
    """The tone of a series: its own, or by its place."""
    return chart.series[place].tone or place % 6 + 1


def scale(most: float, *, whole_numbers: bool = True, steps: int = 4) -> tuple[float, float]:
    """The end of an axis and the step of its grid: 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return 1.0, 1.0
    raw = most / steps
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= raw * (1 - 1e-9))
    if whole_numbers:
        step = max(1.0, math.ceil(step))
    return step * math.ceil(most / step - 1e-9), step


def svg(chart: Chart, words: Words, *, width: float = WIDE, framed: bool = True, mark: str = "") -> str:
    """The drawing. ``framed`` writes title, day and source into it, for a file; ``mark`` keeps names apart."""
    key = f"{chart.key}{mark}"
    pen = Pen(key, width, words)
    top = head(chart, pen) if framed else 2.0
    if not chart.rows:
        pen.text(0, top + 14, words.empty, look="quiet")
        top += 24
    else:
        if len(chart.series) > 1:
            top = legend(pen, [(tone_of(chart, at), series.label) for at, series in enumerate(chart.series)], top,
                         marks=chart.kind == "range", lines=chart.kind == "line")  # fmt: skip
        top = _panels(chart, pen, top)
    if framed:
        top = foot(chart, pen, top)
    return document(pen, top + 2, chart.title, sentence(chart, words), framed=framed)


def document(pen: Pen, height: float, title: str, text: str, *, framed: bool, group: bool = False) -> str:
    """The whole drawing around what a pen drew; as a group if there are links in it, which a picture would hide."""
    size = f'viewBox="0 0 {_at(pen.width)} {_at(height)}"'
    size += f' width="{_at(pen.width)}" height="{_at(height)}"' if framed else ""
    ground = f'<rect width="{_at(pen.width)}" height="{_at(height)}" fill="{SHEET}"/>' if framed else ""
    defs = patterns(pen.key, pen.patterns)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg" {size} role="{"group" if group else "img"}" '
        f'aria-labelledby="{pen.key}-t {pen.key}-d" lang="{harmless(pen.words.language)}" direction="ltr" '
        f'font-family="{FONT}" font-size="{_at(SIZE)}">'
        f'<title id="{pen.key}-t">{harmless(title)}</title><desc id="{pen.key}-d">{harmless(text)}</desc>'
        f"{f'<defs>{defs}</defs>' if defs else ''}{ground}{''.join(pen.out)}</svg>"
    )


class Told(Protocol):
    """What charts and maps have in common."""

    @property
    def title(self) -> str:
        """What it shows."""

    @property
    def subtitle(self) -> str:
        """What was counted."""

    @property
    def as_at(self) -> datetime.date | None:
        """The day it speaks of."""

    @property
    def known_at(self) -> datetime.date | None:
        """When it was known."""

    @property
    def source(self) -> str:
        """Where it comes from."""

    @property
    def notes(self) -> tuple[str, ...]:
        """How it was counted."""


def standing(chart: Told, words: Words) -> str:
    """As at when, and as known at when."""
    parts = []
    if chart.as_at:
        parts.append(words.as_at.format(date=words.date(chart.as_at)))
    if chart.known_at:
        parts.append(words.known_at.format(date=words.date(chart.known_at)))
    return ", ".join(parts)


def head(chart: Told, pen: Pen) -> float:
    """The title and what was counted, inside a file; where the drawing may go on."""
    top = 18.0
    top += pen.lines(0, top, chart.title, pen.width - 4, size=16, look="strong", most=4)
    if chart.subtitle:
        top += pen.lines(0, top, chart.subtitle, pen.width - 4, look="quiet", most=6)
    return top


def foot(chart: Told, pen: Pen, top: float) -> float:
    """Day, source and notes, inside a file; where it ends."""
    words = pen.words
    unit = str(getattr(chart, "unit", ""))
    top += 18
    for said in (
        words.unit.format(unit=unit) if unit else "",
        standing(chart, words),
        words.source.format(source=chart.source) if chart.source else "",
        *chart.notes,
    ):
        if said:
            top += pen.lines(0, top, said, pen.width - 4, size=11, look="quiet", most=8)
    return top - 10


def legend(
    pen: Pen, entries: Sequence[tuple[int, str]], top: float, *, marks: bool = False, lines: bool = False,
    letters: Sequence[str] = (),
) -> float:  # fmt: skip
    """The tones with their words, one after the other; where the drawing may go on."""
    x, tallest = 0.0, LINE
    for place, (tone, label) in enumerate(entries):
        made = wrapped(label, pen.room - 28, most=3)
        wide = 34 + max(width_of(line) for line in made)
        if x and x + wide > pen.room:
            x, top, tallest = 0.0, top + tallest + 5, LINE
        if lines:
            pen.path([(x, top + 9), (x + 22, top + 9)], tone)
        elif marks:
            pen.dot(x + 10, top + 9, tone)
        elif letters:
            pen.plate(x + 1, top, 18, 17, tone, edge=True)
            pen.text(x + 10, top + 13, letters[place], anchor="middle", size=12, look="ink" if tone == HOLLOW else "on")
        else:
            pen.rect(x, top + 2, 20, 14, tone)
        for at, line in enumerate(made):
            pen.text(x + 27, top + 13 + at * LINE, line)
        tallest = max(tallest, len(made) * LINE)
        x += wide + 8
    return top + tallest + 10


def _most(chart: Chart) -> float:
    """The largest figure that has to find room."""
    if chart.kind == "stacked":
        sums = [float(sum(value for value in row.values if value is not None)) for row in chart.rows]
        return max([*sums, *(float(row.whole) for row in chart.rows if row.whole is not None)], default=0.0)
    found = [value for row in chart.rows for value in row.values if value is not None]
    if chart.kind in ("bars", "range"):
        found += [row.whole for row in chart.rows if row.whole is not None]
    return float(max(found, default=0))


def _panels(chart: Chart, pen: Pen, top: float) -> float:
    if not chart.has_panels:
        return _draw(chart, chart.rows, pen, top)
    columns = 2 if pen.width >= 600 and len(chart.panels) > 1 else 1
    gap = 28.0
    room = (pen.width - gap * (columns - 1)) / columns
    pen.room = room
    listed = chart.panels
    for begin in range(0, len(listed), columns):
        ends = [top]
        for column, (panel, rows) in enumerate(listed[begin : begin + columns]):
            pen.shift = column * (room + gap)
            below = top + 16 + pen.lines(0, top + 16, panel, room, look="strong") - 8
            ends.append(_draw(chart, rows, pen, below))
        top = max(ends) + 14
    pen.shift, pen.room = 0.0, pen.width
    return top


def _draw(chart: Chart, rows: Sequence[Row], pen: Pen, top: float) -> float:
    if chart.kind == "line":
        return _line(chart, rows, pen, top)
    return _rows(chart, rows, pen, top)


def _beside(chart: Chart, row: Row, words: Words) -> list[str]:
    """What stands at the end of each bar of a row, or of the row."""
    if chart.kind == "bars":
        return [
            words.of.format(part=words.number(value), whole=words.number(row.whole))
            if value is not None and row.whole is not None
            else _number(value, words)
            for value in row.values
        ]
    known = [value for value in row.values if value is not None]
    if chart.kind == "range":
        return [" · ".join(_number(value, words) for value in row.values)] if known else [words.missing]
    if not known:
        return [words.missing]
    if row.whole is not None:
        return [words.of.format(part=words.number(sum(known)), whole=words.number(row.whole))]
    return [words.number(sum(known))]


def _rows(chart: Chart, rows: Sequence[Row], pen: Pen, top: float) -> float:
    """Bars, stacked bars and dots: a row below the other, its label before it or, where it is narrow, above it."""
    words = pen.words
    most = 1.0 if chart.kind == "share" else (_most(chart) or 1.0)
    ends = max((width_of(text) for row in chart.rows for text in _beside(chart, row, words)), default=0.0) + 12
    narrow = pen.room < 600
    labels = 0.0 if narrow else min(pen.room * 0.38, 12 + max(width_of(row.label) for row in chart.rows))
    wide = max(60.0, pen.room - labels - ends)
    bar = 16.0 if chart.kind == "bars" and len(chart.series) > 1 else 20.0
    begin = top
    for row in rows:
        if narrow:
            top += pen.lines(0, top + 14, row.label, pen.room) + 4
        bars = len(row.values) if chart.kind == "bars" else 1
        height = bars * (bar + 3)
        if not narrow:
            tall = LINE * len(wrapped(row.label, labels - 12))
            pen.lines(0, top + 14 + max(0.0, (height - tall) / 2 - 1), row.label, labels - 12)
            height = max(height, tall)
        _bars(chart, row, pen, labels, top, wide, most, bar)
        top += height + (12 if narrow else 7)
    if not narrow:
        pen.line(labels, begin - 2, labels, top - 4, "edge")
    return top


def _bars(chart: Chart, row: Row, pen: Pen, x: float, y: float, wide: float, most: float, bar: float) -> None:
    texts = _beside(chart, row, pen.words)
    if chart.kind == "bars":
        for place, value in enumerate(row.values):
            top = y + place * (bar + 3)
            long = wide * float(value or 0) / most
            pen.rect(x, top, long, bar, tone_of(chart, place))
            framed = wide * float(row.whole) / most if row.whole is not None and value is not None else 0.0
            if framed:
                pen.frame(x, top, framed, bar)
            look = "quiet" if value is None else ""
            pen.text(x + max(long, framed) + 7, top + bar - 4, texts[place], look=look)
        return
    if chart.kind == "range":
        dots = [(place, wide * float(value) / most) for place, value in enumerate(row.values) if value is not None]
        middle = y + bar / 2
        pen.line(x, middle, x + wide, middle, "rule")
        if len(dots) > 1:
            pen.line(x + min(at for _p, at in dots), middle, x + max(at for _p, at in dots), middle, "edge")
        for place, at in dots:
            pen.dot(x + at, middle, tone_of(chart, place))
        pen.text(x + wide + 10, y + bar - 5, texts[0], look="" if dots else "quiet")
        return
    known = [value for value in row.values if value is not None]
    whole = max(whole_of(row), float(sum(known))) if chart.kind == "share" else most
    at = x
    for place, value in enumerate(row.values):
        if not value or not whole:
            continue
        long = wide * float(value) / whole
        tone = tone_of(chart, place)
        pen.rect(at, y, long, bar, tone, edge=tone == HOLLOW)
        said = pen.words.number(value)
        needed = width_of(said, 12)
        if needed + 10 <= long:
            pen.plate(at + (long - needed) / 2 - 3, y + 2, needed + 6, bar - 4, tone)
            pen.text(
                at + long / 2, y + bar - 5.5, said, anchor="middle", size=12, look="ink" if tone == HOLLOW else "on"
            )
        at += long
    if chart.kind == "share" or row.whole is not None:
        framed = wide if chart.kind == "share" else wide * float(row.whole or 0) / most
        if known:
            pen.frame(x, y, framed, bar)
            at = max(at, x + framed)
    pen.text(at + 7, y + bar - 5, texts[0], look="" if known else "quiet")


def _line(chart: Chart, rows: Sequence[Row], pen: Pen, top: float) -> float:
    """Figures over time, in steps: each holds until the next; one that is not known leaves a gap."""
    words = pen.words
    days = sorted({row.at for row in chart.rows if row.at})
    first, last = days[0], days[-1]
    span = max(1, (last - first).days)
    whole = all(value == int(value) for row in chart.rows for value in row.values if value is not None)
    most, step = scale(_most(chart), whole_numbers=whole)
    ticks = [step * count for count in range(round(most / step) + 1)]
    written = [words.number(int(tick) if tick == int(tick) else round(tick, 6)) for tick in ticks]
    left = max(width_of(text, 12) for text in written) + 8
    ordered = sorted(rows, key=lambda row: row.at or first)
    ends: list[tuple[float, str, int]] = []
    right, height = 12.0, 200.0
    finals = {}
    for place, series in enumerate(chart.series):
        value = ordered[-1].values[place]
        if value is not None:
            said = (
                words.item.format(label=series.label, value=words.number(value))
                if len(chart.series) > 1
                else words.number(value)
            )
            finals[place] = (value, said)
    # Beside the end of a line stands its name, unless that would take too much of the room.
    room = max((width_of(said, 12) for _v, said in finals.values()), default=0.0) + 12
    if room > pen.room * 0.36:
        finals = {place: (value, words.number(value)) for place, (value, _said) in finals.items()}
        room = max((width_of(said, 12) for _v, said in finals.values()), default=0.0) + 12
    right = max(right, room)
    wide = max(40.0, pen.room - left - right)
    base = top + height + 8

    def across(day: datetime.date) -> float:
        return left + wide * (day - first).days / span

    def up(value: float) -> float:
        return base - height * value / most

    for tick, text in zip(ticks, written, strict=True):
        pen.line(left, up(tick), left + wide, up(tick), "rule" if tick else "edge")
        pen.text(left - 6, up(tick) + 4, text, anchor="end", size=12, look="quiet")
    every = max(1, math.ceil(span / 365.25 / max(1, int(wide // 62))))
    every = next(times for times in (1, 2, 5, 10, 20, 25, 50, 100, 1000) if times >= every)
    years = [
        year for year in range(first.year, last.year + 1) if year % every == 0 and datetime.date(year, 1, 1) >= first
    ]
    if years:
        for year in years:
            x = across(datetime.date(year, 1, 1))
            pen.line(x, base, x, base + 4, "edge")
            pen.text(x, base + 18, str(year), anchor="middle", size=12, look="quiet")
    else:
        pen.text(left, base + 18, words.date(first), size=12, look="quiet")
        if last > first and width_of(words.date(first), 12) + width_of(words.date(last), 12) + 12 < wide:
            pen.text(left + wide, base + 18, words.date(last), anchor="end", size=12, look="quiet")
    for place in range(len(chart.series)):
        tone = tone_of(chart, place)
        points: list[tuple[float, float]] = []
        for row in ordered:
            value, day = row.values[place], row.at or first
            if points:
                points.append((across(day), points[-1][1]))
            if value is None:
                _stroke(pen, points, tone)
                points = []
            else:
                points.append((across(day), up(float(value))))
        _stroke(pen, points, tone)
        if place in finals:
            value, said = finals[place]
            ends.append((up(float(value)), said, place))
    for y, said, _place in apart(ends, 15, top + 8, base):
        pen.text(left + wide + 7, y + 4, said, size=12, look="strong")
    return base + 30


def _stroke(pen: Pen, points: Sequence[tuple[float, float]], tone: int) -> None:
    if len(points) > 1:
        pen.path(points, tone)
    elif points:
        pen.dot(*points[0], tone, 3.5)


def apart(ends: Sequence[tuple[float, str, int]], gap: float, top: float, base: float) -> list[tuple[float, str, int]]:
    """Labels moved up and down so that none covers another, in the order of their figures."""
    placed: list[tuple[float, str, int]] = []
    for y, said, place in sorted(ends):
        placed.append((max(y, placed[-1][0] + gap) if placed else max(y, top), said, place))
    over = placed[-1][0] - base if placed else 0.0
    if over > 0:
        kept: list[tuple[float, str, int]] = []
        for y, said, place in reversed(placed):
            limit = kept[-1][0] - gap if kept else base
            kept.append((min(y, limit), said, place))
        placed = kept[::-1]
    return placed


def picked(chart: Chart, rows: Iterable[Row]) -> Chart:
    """The same chart with other rows."""
    return replace(chart, rows=tuple(rows))
