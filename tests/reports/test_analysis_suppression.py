"""What is hidden cannot be worked out: all worlds that fit the shown numbers are tried out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from palermo.reports.logic.suppression import ALL, Cell, Earlier, Row, Sheet, crowded, hidden

# A questionnaire of two questions: the second is put to those who say yes to the first.
YES, NO, NEVER = ("first", "yes"), ("first", "no"), ("first", "unanswered")
MORE, LESS, AWAY = ("second", "more"), ("second", "less"), ("second", "not applicable")
ROWS = (YES, NO, NEVER, MORE, LESS, AWAY)
SHEETS = ({YES, MORE}, {YES, LESS}, {NO, AWAY}, {NEVER, AWAY})
STATEMENTS = {YES, NO, MORE, LESS}
GROUPS = ("a", "b")
BOTH = frozenset({"first", "second"})


def counted(world: Sequence[tuple[str, set[Row]]]) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for group, sheet in world:
        for row in sheet:
            found.update({(*row, group): 1, (*row, ALL): 1})
    return found


def sheets_of(said: Sequence[tuple[str, int]], first: int = 0) -> list[Sheet]:
    return [
        Sheet(f"s{number}", group, frozenset(SHEETS[which]), BOTH, variants=(frozenset(SHEETS[which ^ 1]),))
        for number, (group, which) in enumerate(said, start=first)
    ]


CELLS = [(*row, column) for row in ROWS for column in (*GROUPS, ALL)]


def fitting(groups: Sequence[str], shown: dict[Cell, int]) -> Iterator[Counter[Cell]]:
    """The counts of every world of these States that agrees with what is shown."""
    for chosen in product(SHEETS, repeat=len(groups)):
        found = counted(list(zip(groups, chosen, strict=True)))
        if all(found[cell] == number for cell, number in shown.items()):
            yield found


worlds = st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(0, 3)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(worlds, st.integers(2, 4))
@example([("a", 0)], 2)
@example([("a", 0), ("b", 0)], 2)
@example([("a", 2), ("a", 2), ("b", 2), ("b", 0), ("b", 0)], 2)
def test_no_telling_number_can_be_worked_out(said: list[tuple[str, int]], threshold: int) -> None:
    gone = hidden(sheets_of(said), ROWS, GROUPS, threshold=threshold, statements=STATEMENTS)
    true = counted([(group, SHEETS[which]) for group, which in said])
    possible = list(fitting([group for group, _which in said], {c: true[c] for c in CELLS if c not in gone}))
    assert true in possible
    sizes = Counter(group for group, _which in said) + Counter({ALL: len(said)})
    for cell in CELLS:
        small = 0 < true[cell] < threshold
        everybody = cell[:2] in STATEMENTS and true[cell] == sizes[cell[2]] > 0
        if small or everybody:
            assert cell in gone
            assert len({found[cell] for found in possible}) > 1


@settings(deadline=None, max_examples=30)
@given(worlds, st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(0, 3)), max_size=3), st.integers(2, 3))
def test_no_telling_number_can_be_worked_out_with_an_earlier_edition(
    said: list[tuple[str, int]], later: list[tuple[str, int]], threshold: int
) -> None:
    said = said[:4]
    old, new = sheets_of(said), sheets_of(later, len(said))
    first = hidden(old, ROWS, GROUPS, threshold=threshold, statements=STATEMENTS)
    before = Earlier(frozenset(sheet.state for sheet in old), first)
    gone = hidden([*old, *new], ROWS, GROUPS, threshold=threshold, statements=STATEMENTS, earlier=[before])
    then = counted([(group, SHEETS[which]) for group, which in said])
    true = counted([(group, SHEETS[which]) for group, which in (*said, *later)])
    groups = [group for group, _which in (*said, *later)]
    telling = {cell for cell in CELLS if 0 < true[cell] < threshold}
    values: dict[Cell, set[int]] = {cell: set() for cell in telling}
    for chosen in product(SHEETS, repeat=len(groups)):
        whole = list(zip(groups, chosen, strict=True))
        was, now = counted(whole[: len(said)]), counted(whole)
        if all(was[cell] == then[cell] for cell in CELLS if cell not in first) and all(
            now[cell] == true[cell] for cell in CELLS if cell not in gone
        ):
            for cell in telling:
                values[cell].add(now[cell])
    for cell, found in values.items():
        # What the earlier edition did not hide was small then; nobody said so since, and nothing new is told.
        assert cell in gone
        assert len(found) > 1 or gone >= set(CELLS)


def test_nothing_is_hidden_without_need() -> None:
    said = [(group, which) for group in GROUPS for which in (0, 1, 2, 3) for _turn in range(3)]
    assert hidden(sheets_of(said), ROWS, GROUPS, threshold=3, statements=STATEMENTS) == frozenset()
    assert hidden([], ROWS, GROUPS, threshold=3) == frozenset()


def test_small_number_takes_along_what_would_give_it_away_and_no_total() -> None:
    said = [("a", 2)] * 2 + [("a", 3)] * 9 + [("b", 2)] * 8 + [("b", 3)] * 7
    gone = hidden(sheets_of(said), ROWS, GROUPS, threshold=5, statements=STATEMENTS)
    assert gone == {(*row, group) for row in (NO, NEVER) for group in GROUPS}


def test_what_everybody_says_is_hidden_with_what_depends_on_it() -> None:
    gone = hidden(sheets_of([("a", 0)] * 9), ROWS, ("a",), threshold=5, statements=STATEMENTS)
    assert gone == {(*row, column) for row in ROWS for column in ("a", ALL)}


def test_state_that_is_known_in_part_is_not_taken_for_free() -> None:
    known = Sheet("known", "a", frozenset({AWAY}), frozenset({"second"}), is_free=False)
    gone = hidden([known, *sheets_of([("b", 0)] * 5)], ROWS, GROUPS, threshold=5, statements=STATEMENTS)
    assert gone == set(CELLS)


def test_groups_in_which_few_changed_stay_hidden_until_they_are_a_crowd_together() -> None:
    assert crowded([], 5) == frozenset()
    assert crowded([{"a": 5, "b": 7}], 5) == frozenset()
    assert crowded([{"a": 3, "b": 2, "c": 0}], 5) == {"a", "b"}
    assert crowded([{"a": 3, "b": 9, "c": 6}], 5) == {"a", "c"}
    assert crowded([{"a": 3, "b": 9}, {"b": 5, "c": 8}], 5) == {"a", "b"}
