"""How a chart is drawn as SVG: its bars, dots and lines, one panel or several."""

import datetime
import math
from collections.abc import Sequence

from palermo.reports.logic.charts import HOLLOW, Chart, Row, Words, sentence, whole_of, written
from palermo.reports.logic.drawing import LINE, WIDE, Pen, document, foot, head, legend
from palermo.reports.logic.lettering import width_of, wrapped


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
            else written(value, words)
            for value in row.values
        ]
    known = [value for value in row.values if value is not None]
    if chart.kind == "range":
        return [" · ".join(written(value, words) for value in row.values)] if known else [words.missing]
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
    beside = [words.number(int(tick) if tick == int(tick) else round(tick, 6)) for tick in ticks]
    left = max(width_of(text, 12) for text in beside) + 8
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

    for tick, text in zip(ticks, beside, strict=True):
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
