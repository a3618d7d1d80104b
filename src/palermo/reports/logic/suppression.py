"""Counts of States for the public: what must be hidden so that no number tells what one State said.

Tables that hang together are hidden together. Each State stands in them with its whole *sheet*: every row in which it
is counted. A number is safe if the same tables could come from another world: one in which two States of different
groups had said what the other said, or in which one State had said what another said. All numbers that would differ in
that world are hidden with it, so whoever sees the rest, knows all totals of groups and all rules of the questionnaire
cannot tell the two worlds apart. See ``docs/decisions/0015-figures-for-the-public.md``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    """Whether nothing of the whole sheet is public, so that the State could have said something else."""


@dataclass(frozen=True)
class Earlier:
    """What was shown before: whose sheet was the same then, and which numbers were hidden."""

    same: frozenset[str]
    hidden: Collection[Cell]


@dataclass
class _Family:
    sheets: Sequence[Sheet]
    threshold: int
    statements: Collection[Row]
    earlier: Sequence[Earlier]
    hidden: set[Cell]
    counts: dict[Cell, int] = field(default_factory=dict)
    sizes: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sheet in self.sheets:
            for column in (sheet.group, ALL):
                for table in sheet.unknown:
                    self.sizes[table, column] = self.sizes.get((table, column), 0) + 1
                for table, row in sheet.rows:
                    self.counts[table, row, column] = self.counts.get((table, row, column), 0) + 1

    def is_telling(self, cell: Cell) -> bool:
        """Whether the number is too small, or is everybody, so that it says what each of them said."""
        count = self.counts[cell]
        table, row, column = cell
        return count < self.threshold or ((table, row) in self.statements and count == self.sizes[table, column])


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
    family = _Family(sheets, threshold, statements, earlier, set(already))
    telling = sorted(cell for cell in family.counts if family.is_telling(cell))
    family.hidden.update(telling)
    free = [sheet for sheet in sheets if sheet.is_free]
    safe: set[Cell] = set()
    for cell in telling:
        if cell in safe:
            continue
        move = _cheapest(family, free, cell)
        if move is None:
            return frozenset((*row, column) for row in rows for column in (*groups, ALL)) | family.hidden
        family.hidden |= move
        safe |= move
    return frozenset(family.hidden)


def _cheapest(family: _Family, free: Sequence[Sheet], cell: Cell) -> frozenset[Cell] | None:
    """The cells that another world would change, this one among them; as few as can be that are not hidden yet."""
    table, row, column = cell
    having = [sheet for sheet in free if (table, row) in sheet.rows]
    lacking = [sheet for sheet in free if (table, row) not in sheet.rows]
    # Those who are counted in the number are few, mostly: others are looked at only if nothing comes of it.
    for ones, others in ((having, lacking), (lacking, having)):
        best: tuple[int, tuple[Cell, ...]] | None = None
        for changed in _moves(family, ones, others, column):
            cost = sum(_cost(family, one) for one in changed if one not in family.hidden)
            if best is None or (cost, changed) < best:
                best = (cost, changed)
                if not cost:
                    break
        if best is not None:
            return frozenset(best[1])
    return None


# What it costs to hide one more number: one of a group rather than a total, a small one rather than a large one.
_TOTAL: Final = 100_000
_NUMBER: Final = 1_000


def _cost(family: _Family, cell: Cell) -> int:
    return (_TOTAL if cell[2] == ALL else _NUMBER) + family.counts.get(cell, 0)


def _moves(family: _Family, ones: Sequence[Sheet], others: Sequence[Sheet], column: str) -> Iterator[tuple[Cell, ...]]:
    """The worlds in which one of the first, who is counted in the column, had said what one of the others said."""
    for one in ones:
        if column not in (ALL, one.group):
            continue
        for other in others:
            differ = one.rows ^ other.rows
            if column != ALL and other.group != column:
                # If the other had said what this one said, the totals stay as they are.
                yield from _unless_known(family, differ, one, other)
            yield from _unless_known(family, differ, one, None)


def _unless_known(
    family: _Family, differ: frozenset[Row], one: Sheet, other: Sheet | None
) -> Iterator[tuple[Cell, ...]]:
    """The cells that change, unless what was shown before says that it was not so."""
    for before in family.earlier:
        movers = [sheet for sheet in (one, other) if sheet is not None and sheet.state in before.same]
        if any(changed not in before.hidden for changed in _changed(differ, [sheet.group for sheet in movers])):
            return
    yield tuple(sorted(_changed(differ, [one.group] if other is None else [one.group, other.group])))


def _changed(differ: frozenset[Row], groups: Sequence[str]) -> Iterator[Cell]:
    """A single State that says something else changes the totals too; two that exchange do not."""
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
