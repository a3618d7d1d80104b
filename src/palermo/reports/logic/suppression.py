"""Small cells of a table of counts, hidden for the public so that no total gives them away.

A table with its totals is a circulation: rows get their totals from one end, give their cells to the columns, and the
columns give theirs to the other end. A hidden number can be worked out exactly if no closed way through hidden numbers
changes it; so a number is only hidden once such a way is there, and what it needs is hidden with it.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Place = tuple[int, int]
"""Row and column; -1 stands for the totals, and (-1, -1) for the total of all."""
# What it costs to hide one more number: inner ones first, small ones first, the total of all last.
_TOTAL: Final = 1_000_000
_WHOLE: Final = 1_000_000_000
TOTAL: Final = -1
# The ends of the circulation.
_SOURCE: Final = ("source", 0)
_SINK: Final = ("sink", 0)
_Node = tuple[str, int]


@dataclass(frozen=True)
class Hidden:
    """The table as the public may see it; None where a number is hidden."""

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def suppressed(table: Sequence[Sequence[int]], threshold: int) -> Hidden:
    """The table without its counts of 1 to ``threshold`` - 1, and without what would give one of them away.

    Nought is shown: that nobody said something identifies nobody. For each hidden number, whole numbers other than the
    true one fit everything that is shown. Two tables of the same States must be hidden as one to be safe together.
    """
    if len({len(row) for row in table}) > 1:
        raise ValueError("Every row of the table needs as many cells as the others.")
    values = _values(table)
    hidden = {place for place, value in values.items() if 0 < value < threshold}
    for place in sorted(hidden):
        hidden |= _cover(values, hidden, place)
    columns = len(table[0]) if table else 0

    def shown(row: int, column: int) -> int | None:
        return None if (row, column) in hidden else values[row, column]

    return Hidden(
        cells=tuple(tuple(shown(row, column) for column in range(columns)) for row in range(len(table))),
        row_totals=tuple(shown(row, TOTAL) for row in range(len(table))),
        column_totals=tuple(shown(TOTAL, column) for column in range(columns)),
        total=shown(TOTAL, TOTAL),
    )


def _values(table: Sequence[Sequence[int]]) -> dict[Place, int]:
    values: dict[Place, int] = {(TOTAL, TOTAL): sum(map(sum, table))}
    for number, row in enumerate(table):
        values[number, TOTAL] = sum(row)
        for column, value in enumerate(row):
            values[number, column] = value
    for column in range(len(table[0]) if table else 0):
        values[TOTAL, column] = sum(row[column] for row in table)
    return values


def _ends(place: Place) -> tuple[_Node, _Node]:
    """From where to where a number flows."""
    row, column = place
    if row == column == TOTAL:
        return _SINK, _SOURCE
    if column == TOTAL:
        return _SOURCE, ("row", row)
    if row == TOTAL:
        return ("column", column), _SINK
    return ("row", row), ("column", column)


def _cost(place: Place, value: int) -> int:
    if place == (TOTAL, TOTAL):
        return _WHOLE
    return (_TOTAL if TOTAL in place else 1) + value


def _cover(values: Mapping[Place, int], hidden: set[Place], place: Place) -> set[Place]:
    """What must be hidden so that the number at the place could be one more or one less: nothing, if it can be."""
    start, end = _ends(place)
    ways = [_way(values, hidden, place, end, start)]
    if values[place] > 0:
        ways.append(_way(values, hidden, place, start, end))
    return min(ways, key=lambda way: (way[0], sorted(way[1])))[1]


def _way(
    values: Mapping[Place, int], hidden: set[Place], without: Place, start: _Node, end: _Node
) -> tuple[int, set[Place]]:
    """The cheapest way, along numbers that grow or against numbers that can shrink, and its places."""
    best: dict[_Node, int] = {start: 0}
    came: dict[_Node, tuple[_Node, Place]] = {}
    waiting: list[tuple[int, _Node]] = [(0, start)]
    while waiting:
        cost, node = heapq.heappop(waiting)
        if cost > best[node] or node == end:
            continue
        for place, target in _steps(values, without, node):
            reached = cost + (0 if place in hidden else _cost(place, values[place]))
            if target not in best or reached < best[target]:
                best[target] = reached
                came[target] = node, place
                heapq.heappush(waiting, (reached, target))
    if end not in came:
        # There is always one: a row, a column and all totals can grow together; a shrinking one may find none.
        return 2 * _WHOLE, set(values)
    used = set()
    node = end
    while node != start:
        node, place = came[node]
        used.add(place)
    return best[end], used


def _steps(values: Mapping[Place, int], without: Place, node: _Node) -> Iterator[tuple[Place, _Node]]:
    for place, value in values.items():
        if place == without:
            continue
        start, end = _ends(place)
        if node == start:
            yield place, end
        elif node == end and value > 0:
            yield place, start
