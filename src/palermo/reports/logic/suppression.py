"""Counts of States for the public: what must be hidden so that no number tells what one State said.

Tables that hang together are hidden together. Each State stands in them with its whole *sheet*: every row in which it
is counted. A number is safe if the same tables could come from another world: one in which a State had said something
else (and perhaps a State of another group the reverse), or what another State said. All numbers that would differ in
that world are hidden with it, so whoever sees the rest, knows all totals of groups and all rules of the questionnaire
cannot tell the two worlds apart. See ``docs/decisions/0015-figures-for-the-public.md``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ALL: Final = "*"
"""The column of all groups together."""
Row = tuple[str, str]
"""A table and a row of it."""
Cell = tuple[str, str, str]
"""A table, a row of it, and a group or ``ALL``."""


@dataclass(frozen=True)
class Sheet:
    """In which rows of tables that hang together a State is counted, and which of it nobody knows yet."""

    state: str
    group: str
    rows: frozenset[Row]
    """Of the tables in ``unknown`` only."""
    unknown: frozenset[str]
    """The tables in which what the State said is not public."""
    is_free: bool = True
    """Whether nothing of the whole sheet is public, so that the State could have said what another said."""
    variants: tuple[frozenset[Row], ...] = ()
    """What the State could have said as well, by the rules of the questionnaire and all that is public."""


@dataclass(frozen=True)
class Earlier:
    """What was shown before: whose sheet was the same then, and which numbers were hidden."""

    same: frozenset[str]
    hidden: Collection[Cell]


@dataclass(frozen=True)
class _Step:
    """A State could have said something else: the rows that it would leave, and those that it would enter."""

    sheet: Sheet
    left: frozenset[Row]
    entered: frozenset[Row]

    @property
    def rows(self) -> frozenset[Row]:
        return self.left | self.entered


def hidden(
    sheets: Sequence[Sheet],
    rows: Sequence[Row],
    groups: Sequence[str],
    *,
    threshold: int,
    statements: Collection[Row] = frozenset(),
    already: Collection[Cell] = frozenset(),
    earlier: Sequence[Earlier] = (),
) -> frozenset[Cell]:
    """The cells of tables that hang together which the public may not see; ``already`` are hidden whatever comes.

    Hidden are numbers of 1 to ``threshold`` - 1, numbers of ``statements`` that are everybody, and what would give them
    away. How many States each group has is known and is no cell. Nought is shown unless something is hidden behind it.
    If no other world is like this one, everything is hidden.
    """
    family = _Family(sheets, earlier, set(already))
    telling = sorted(cell for cell in family.counts if family.is_telling(cell, threshold, statements))
    family.hidden.update(telling)
    safe: set[Cell] = set()
    for cell in telling:
        if cell in safe:
            continue
        move = family.cheapest(cell)
        if move is None:
            return frozenset((*row, column) for row in rows for column in (*groups, ALL)) | family.hidden
        family.hidden |= move
        safe |= move
    return frozenset(family.hidden)


# What it costs to hide one more number: one of a group rather than a total, a small one rather than a large one.
_TOTAL: Final = 100_000
_NUMBER: Final = 1_000


class _Family:
    """Tables that hang together, with the other worlds that there could be."""

    def __init__(self, sheets: Sequence[Sheet], earlier: Sequence[Earlier], hidden: set[Cell]) -> None:
        self.earlier = earlier
        self.hidden = hidden
        self.counts: dict[Cell, int] = {}
        self.sizes: dict[tuple[str, str], int] = {}
        for sheet in sheets:
            for column in (sheet.group, ALL):
                for table in sheet.unknown:
                    self.sizes[table, column] = self.sizes.get((table, column), 0) + 1
                for table, row in sheet.rows:
                    self.counts[table, row, column] = self.counts.get((table, row, column), 0) + 1
        # One of several States that could do the same: of the same group, and known before to the same editions.
        alike: dict[tuple[object, ...], _Step] = {}
        free: dict[tuple[object, ...], Sheet] = {}
        for sheet in sheets:
            kind = (sheet.group, tuple(sheet.state in before.same for before in earlier))
            for variant in sheet.variants:
                step = _Step(sheet, sheet.rows - variant, variant - sheet.rows)
                alike.setdefault((*kind, step.left, step.entered), step)
            if sheet.is_free:
                free.setdefault((*kind, sheet.rows), sheet)
        self.free = tuple(free.values())
        self.steps: dict[Row, list[_Step]] = {}
        self.back: dict[tuple[frozenset[Row], frozenset[Row]], list[_Step]] = {}
        for step in alike.values():
            self.back.setdefault((step.left, step.entered), []).append(step)
            for place in step.rows:
                self.steps.setdefault(place, []).append(step)

    def is_telling(self, cell: Cell, threshold: int, statements: Collection[Row]) -> bool:
        """Whether the number is too small, or is everybody, so that it says what each of them said."""
        count = self.counts[cell]
        table, row, column = cell
        return count < threshold or ((table, row) in statements and count == self.sizes[table, column])

    def cheapest(self, cell: Cell) -> frozenset[Cell] | None:
        """The cells that another world would change, this one among them; few, and few that are not hidden yet."""
        return self._best(self._by_variants(cell)) or self._best(self._by_sheets(cell))

    def _best(self, moves: Iterator[tuple[Cell, ...]]) -> frozenset[Cell] | None:
        best: tuple[int, tuple[Cell, ...]] | None = None
        for changed in moves:
            cost = sum(self._cost(one) for one in changed if one not in self.hidden)
            if best is None or (cost, changed) < best:
                best = (cost, changed)
                if not cost:
                    break
        return frozenset(best[1]) if best else None

    def _cost(self, cell: Cell) -> int:
        return (_TOTAL if cell[2] == ALL else _NUMBER) + self.counts.get(cell, 0)

    def _by_variants(self, cell: Cell) -> Iterator[tuple[Cell, ...]]:
        """The worlds in which a State had said something else; and another the reverse, so that totals stay."""
        *row, column = cell
        for step in self.steps.get((row[0], row[1]), ()):
            if column not in (ALL, step.sheet.group):
                continue
            if column != ALL:
                for other in self.back.get((step.entered, step.left), ()):
                    if other.sheet.group != column:
                        yield from self._unless_known(step.rows, step.sheet, other.sheet)
            yield from self._unless_known(step.rows, step.sheet, None)

    def _by_sheets(self, cell: Cell) -> Iterator[tuple[Cell, ...]]:
        """The worlds in which a State had said what another said; and that one what it said, so that totals stay."""
        *row, column = cell
        having = [sheet for sheet in self.free if (row[0], row[1]) in sheet.rows]
        lacking = [sheet for sheet in self.free if (row[0], row[1]) not in sheet.rows]
        for ones, others in ((having, lacking), (lacking, having)):
            for one in ones:
                if column not in (ALL, one.group):
                    continue
                for other in others:
                    differ = one.rows ^ other.rows
                    if column != ALL and other.group != column:
                        yield from self._unless_known(differ, one, other)
                    yield from self._unless_known(differ, one, None)

    def _unless_known(self, differ: frozenset[Row], one: Sheet, other: Sheet | None) -> Iterator[tuple[Cell, ...]]:
        """The cells that change, unless what was shown before says that it was not so."""
        for before in self.earlier:
            movers = [sheet for sheet in (one, other) if sheet is not None and sheet.state in before.same]
            if any(changed not in before.hidden for changed in _changed(differ, [sheet.group for sheet in movers])):
                return
        yield tuple(sorted(_changed(differ, [one.group] if other is None else [one.group, other.group])))


def _changed(differ: frozenset[Row], groups: Sequence[str]) -> Iterator[Cell]:
    """A single State that says something else changes the totals too; two that do the reverse do not."""
    columns = [*groups, ALL] if len(groups) == 1 else groups
    for row in differ:
        for column in columns:
            yield (*row, column)


def crowded(changes: Sequence[Mapping[str, int]], threshold: int) -> frozenset[str]:
    """The groups whose numbers stay hidden because too few States of them changed since an earlier time.

    ``changes`` is, for each earlier time, how many States of each group are new or have changed. Where a group is
    shown then and now, nobody or at least ``threshold`` States made the difference; so of the groups that stay hidden,
    taken together.
    """
    kept: set[str] = set()
    while True:
        before = set(kept)
        for change in changes:
            kept.update(group for group, number in change.items() if 0 < number < threshold)
            together = sum(change.get(group, 0) for group in kept)
            others = sorted((number, group) for group, number in change.items() if number and group not in kept)
            if 0 < together < threshold and others:
                kept.add(others[0][1])
        if kept == before:
            return frozenset(kept)
