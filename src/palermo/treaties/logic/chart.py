"""The line of parties over time as numbers for a small picture; the template turns them into tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 640, 220
START, END, TOP, BOTTOM = 44, 12, 12, 28


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its label."""

    at: float
    label: int


@dataclass(frozen=True)
class Chart:
    """A picture of the number of parties from one day to another."""

    line: str
    area: str
    years: tuple[Tick, ...]
    numbers: tuple[Tick, ...]
    first: date
    last: date
    total: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = START
    right: int = WIDTH - END
    top: int = TOP
    base: int = HEIGHT - BOTTOM
    year_base: int = HEIGHT - 8


def chart_of(counts: Sequence[tuple[date, int]], first: date, last: date) -> Chart | None:
    """The chart of counts (day, number from that day on) between two days; none if there is nothing to draw."""
    known = [(day, number) for day, number in counts if day <= last]
    if not known or first >= last:
        return None
    first = min(first, known[0][0])
    span = max(1, (last - first).days)
    step = next(step for step in (5, 10, 20, 25, 50, 100, 250) if step * 5 >= max(number for _day, number in known))
    most = step * max(1, -(-max(number for _day, number in known) // step))
    base = HEIGHT - BOTTOM

    def across(day: date) -> float:
        return round(START + (WIDTH - START - END) * (day - first).days / span, 1)

    def up(number: int) -> float:
        return round(base - (base - TOP) * number / most, 1)

    points = [f"{across(first)},{up(0)}"]
    before = 0
    for day, number in known:
        points += [f"{across(day)},{up(before)}", f"{across(day)},{up(number)}"]
        before = number
    points.append(f"{across(last)},{up(before)}")
    every = next(every for every in (1, 2, 5, 10, 20, 50, 100) if (last.year - first.year) <= every * 8)
    return Chart(
        line=" ".join(points),
        area=" ".join([*points, f"{across(last)},{base}", f"{START},{base}"]),
        years=tuple(
            Tick(across(date(year, 1, 1)), year)
            for year in range(first.year, last.year + 1)
            if year % every == 0 and date(year, 1, 1) >= first
        ),
        numbers=tuple(Tick(up(number), number) for number in range(0, most + 1, step)),
        first=first,
        last=last,
        total=before,
    )


def by_year(counts: Sequence[tuple[date, int]], last: date) -> list[tuple[int, int, int]]:
    """For each year: how many came (or left, if negative), and how many there were at its end or on the last day."""
    known = [(day, number) for day, number in counts if day <= last]
    rows: list[tuple[int, int, int]] = []
    total = 0
    for year in range(known[0][0].year if known else last.year, last.year + 1):
        now = max((pair for pair in known if pair[0].year <= year), default=(last, 0))[1]
        rows.append((year, now - total, now))
        total = now
    return rows
