"""Small cells stay hidden: every table with the shown numbers is tried out on small tables."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from palermo.reports.logic.suppression import Hidden, suppressed


def published(cells: tuple[tuple[int, ...], ...]) -> Hidden:
    columns = len(cells[0]) if cells else 0
    return Hidden(
        cells=cells,
        row_totals=tuple(sum(row) for row in cells),
        column_totals=tuple(sum(row[column] for row in cells) for column in range(columns)),
        total=sum(map(sum, cells)),
    )


def numbers(table: Hidden) -> list[int | None]:
    return [*(cell for row in table.cells for cell in row), *table.row_totals, *table.column_totals, table.total]


def solutions(shown: Hidden, most: int) -> Iterator[list[int | None]]:
    """The numbers of every table of cells up to ``most`` that agrees with what is shown."""
    width = len(shown.cells[0])
    ranges = [range(most + 1) if cell is None else (cell,) for row in shown.cells for cell in row]
    seen = numbers(shown)
    for flat in product(*ranges):
        rows = tuple(flat[start : start + width] for start in range(0, len(flat), width))
        whole = numbers(published(rows))
        if all(said is None or said == found for said, found in zip(seen, whole, strict=True)):
            yield whole


tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 5), min_size=width, max_size=width), min_size=1, max_size=6 // width
    )
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(tables, st.integers(1, 4))
@example([[1]], 3)
@example([[0, 1], [5, 5]], 3)
@example([[2, 0], [0, 0]], 3)
@example([[1, 5, 5]], 2)
def test_no_hidden_number_can_be_worked_out(table: list[list[int]], threshold: int) -> None:
    shown = suppressed(table, threshold)
    true = numbers(published(tuple(tuple(row) for row in table)))
    seen = numbers(shown)
    found = list(solutions(shown, 6))
    assert true in found
    for place, (said, value) in enumerate(zip(seen, true, strict=True)):
        if said is None:
            assert len({solution[place] for solution in found}) > 1
        else:
            assert said == value
            assert not 0 < value < threshold


def test_nothing_is_hidden_without_need() -> None:
    assert suppressed([[7, 0], [9, 12]], 5) == published(((7, 0), (9, 12)))
    assert suppressed([[1, 2]], 1) == published(((1, 2),))
    assert suppressed([], 5) == Hidden((), (), (), 0)


def test_what_would_give_a_small_cell_away_is_hidden_with_it() -> None:
    shown = suppressed([[2, 20, 30], [10, 11, 40], [50, 60, 70]], 5)
    assert shown.cells == ((None, None, 30), (None, None, 40), (50, 60, 70))
    assert (shown.row_totals, shown.column_totals, shown.total) == ((52, 61, 180), (62, 91, 140), 293)


def test_uneven_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="Every row of the table needs as many cells as the others."):
        suppressed([[1, 2], [3]], 5)
