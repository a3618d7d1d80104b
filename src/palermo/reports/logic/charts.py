"""Charts as objects: what they say, and their table, their sentence and their data.

How they are drawn stands in ``plotting``. What is not known is said so, never nought. See ``docs/guide/charts.md``.
"""

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, Protocol

from palermo.reports.logic.tables import Table

Value = int | float | Decimal | None
Kind = Literal["bars", "stacked", "share", "line", "range"]

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
            cells.append(Cell(written(row.whole, words), known=row.whole is not None))
        lines.append(Line(row.panel, row.label, row.href, tuple(cells)))
    return Shown(tuple(heads), tuple(lines))


def written(value: Value, words: Words) -> str:
    """A figure in the reader's language, or the word for one that is not known."""
    return words.missing if value is None else words.number(value)


def whole_of(row: Row) -> float:
    """What the parts of a bar of a hundred per cent are parts of."""
    return float(row.whole) if row.whole else float(sum(value for value in row.values if value is not None))


def _figure(chart: Chart, row: Row, value: Value, words: Words) -> str:
    if value is None or chart.kind != "share" or not whole_of(row):
        return written(value, words)
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
        least=written(min(known, default=None), words),
        most=written(max(known, default=None), words),
        missing=words.number(sum(None in row.values for row in chart.rows)),
    )


def _course(chart: Chart, place: int, series: Series, words: Words) -> str:
    known = [(row.at, row.values[place]) for row in chart.rows if row.values[place] is not None and row.at]
    if not known:
        return words.item.format(label=series.label, value=words.missing)
    (start, first), (end, last) = min(known), max(known)
    return words.course.format(
        label=series.label,
        first=written(first, words),
        start=words.date(start),
        last=written(last, words),
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
