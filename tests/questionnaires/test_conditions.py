"""The language of conditions: reading, writing, evaluating, judging what is not known yet."""

import math
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from palermo.questionnaires.logic.conditions import Value, evaluate, judge, parse
from palermo.questionnaires.logic.syntax import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    Binary,
    Call,
    ConditionError,
    Expression,
    Itself,
    Junction,
    Negative,
    Node,
    Number,
    Reference,
    Text,
    and_terms,
    references,
    walk,
    write,
)

TODAY = date(2026, 11, 24)
CODES = ("a.b", "c-1", "d", "e")


def holds(source: str, values: dict[str, Value] | None = None, itself: Value = None) -> bool:
    return evaluate(parse(source), values or {}, today=TODAY, self_value=itself)


# ── Any tree, and any answers ───────────────────────────────────────────────────────────────────────────────────────

texts = st.text(alphabet=st.characters(exclude_characters="'\"", exclude_categories=("Cs",)), max_size=8)
written_texts = st.one_of(
    st.sampled_from(["", "yes", "no", "in_part", "2026-01-01", "9", "-1.5", "year", "it's", 'so "said"']), texts
)
leaves: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(["0", "1", "2.5", ".5", "7.", "99999999999999999999", "9" * 320]).map(Number),
    written_texts.map(Text),
    st.sampled_from(CODES).map(Reference),
    st.just(Itself()),
)


def calls(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def arguments(name: str) -> st.SearchStrategy[Node]:
        least, most = FUNCTIONS[name]
        return st.lists(children, min_size=least, max_size=least + 2 if most is None else most).map(
            lambda found: Call(name, tuple(found))
        )

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(arguments)


def branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"])
    return st.one_of(
        st.builds(Binary, operators, children, children),
        st.builds(Junction, st.sampled_from(["and", "or"]), st.lists(children, min_size=2, max_size=4).map(tuple)),
        st.builds(Negative, children),
        calls(children),
    )


trees = st.recursive(leaves, branches, max_leaves=16)
answers = st.one_of(
    written_texts, st.lists(st.sampled_from(["yes", "staff", "9", "-3", ""]), max_size=3).map(tuple), st.none()
)
answer_sets = st.dictionaries(st.sampled_from(CODES), answers)


@given(trees)
def test_condition_written_and_read_again_is_equal(tree: Node) -> None:
    assert parse(write(tree)).root == tree


@given(trees, answer_sets, answers)
def test_evaluation_always_gives_yes_or_no(tree: Node, values: dict[str, Value], itself: Value) -> None:
    assert evaluate(Expression("", tree), values, today=TODAY, self_value=itself) in (True, False)


@given(trees, answer_sets, answer_sets, st.booleans())
def test_learning_an_answer_never_flips_a_decided_judgement(
    tree: Node, known: dict[str, Value], learnt: dict[str, Value], lenient: bool
) -> None:
    before = judge(Expression("", tree), known, lenient=lenient, today=TODAY)
    settled = {code: value for code, value in known.items() if value is not None}
    after = judge(Expression("", tree), {**learnt, **settled}, lenient=lenient, today=TODAY)
    assert before is None or after is before


@given(trees, answer_sets)
def test_judgement_with_everything_known_is_the_evaluation(tree: Node, values: dict[str, Value]) -> None:
    known = {code: "" if values.get(code) is None else values[code] for code in CODES}
    assume(Itself() not in walk(tree))
    assert judge(Expression("", tree), known, today=TODAY) is evaluate(Expression("", tree), known, today=TODAY)


def plain(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(Junction, st.sampled_from(["and", "or"]), st.lists(children, min_size=2, max_size=3).map(tuple))


comparisons = st.builds(
    Binary, st.just("="), st.sampled_from(CODES).map(Reference), st.sampled_from(["yes", "no", "other"]).map(Text)
)


@given(
    st.recursive(comparisons | comparisons.map(lambda node: Call("not", (node,))), plain, max_leaves=8),
    st.dictionaries(st.sampled_from(CODES), st.sampled_from(["yes", "in_part", "no", "", None])),
)
def test_leniency_only_ever_adds(tree: Node, values: dict[str, Value]) -> None:
    strict, lenient = judge(Expression("", tree), values), judge(Expression("", tree), values, lenient=True)
    assert strict is not True or lenient is True


def _reads_or_says_where(source: str) -> bool:
    try:
        parse(source)
    except ConditionError as error:
        return 1 <= error.column <= len(source) + 1 and bool(error.reason) and bool(error.way_out)
    return True


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_column(source: str) -> None:
    assert _reads_or_says_where(source)


@given(
    st.lists(
        st.sampled_from(["${d}", "'yes'", "1", ".", "=", "<", "and", "or", "not(", "if(", "(", ")", ",", "-", "div"])
    )
)
def test_any_row_of_tokens_is_read_or_refused(tokens: list[str]) -> None:
    try:
        expression = parse(" ".join(tokens))
    except ConditionError:
        return
    assert evaluate(expression, {}, today=TODAY) in (True, False)


# ── Precedence ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "same"),
    [
        ("1 = 1 or 1 = 2 and 1 = 3", "(1 = 1) or ((1 = 2) and (1 = 3))"),
        ("1 = 2 and 1 = 3 or 1 = 1", "((1 = 2) and (1 = 3)) or (1 = 1)"),
        ("1 < 2 = true()", "(1 < 2) = true()"),
        ("3 > 2 > 1", "(3 > 2) > 1"),
        ("1 = 2 != 3", "(1 = 2) != 3"),
        ("1 + 2 < 4 - 1", "(1 + 2) < (4 - 1)"),
        ("10 - 4 - 3", "(10 - 4) - 3"),
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("12 div 4 mod 2", "(12 div 4) mod 2"),
        ("-2 * 3", "(-2) * 3"),
        ("2 * -3", "2 * (-3)"),
        ("- - 2 + 1", "(-(-2)) + 1"),
        ("${d}-1", "${d} - 1"),
        (".>=4", ". >= 4"),
        (".5 < .", "(.5) < (.)"),
        ("${d}='x'and${e}='y'", "(${d} = 'x') and (${e} = 'y')"),
    ],
)
def test_operators_bind_as_in_xpath(source: str, same: str) -> None:
    assert parse(source).root == parse(same).root


def test_brackets_keep_a_junction_apart() -> None:
    assert write(parse("${d} = 1 and (${e} = 1 and ${c-1} = 1)").root) == "${d} = 1 and (${e} = 1 and ${c-1} = 1)"
    assert len(and_terms(parse("${d} = 1 and (${e} = 1 and ${c-1} = 1)").root)) == 3
    assert len(and_terms(parse("${d} = 1 or ${e} = 1").root)) == 1


def test_references_of_a_condition_are_its_codes() -> None:
    assert references(parse("selected(${a.b}, 'x') or -${d} < count(${e}, ${d})")) == {"a.b", "d", "e"}


# ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("${d} = 'yes'", {"d": "yes"}, True),
        ("${d} = 'yes'", {}, False),
        ("${d} = ''", {}, True),
        ("${d} != 'yes'", {}, True),
        ("${d} < 5", {}, False),
        ("${d} >= 5", {}, False),
        ("${d} != 5", {}, False),
        ("number('') = number('')", {}, False),
        ("${d} < 10", {"d": "9"}, True),
        ("${d} = 3", {"d": "3.0"}, True),
        ("${d} < 10", {"d": "many"}, False),
        ("${d} < 10", {"d": "٣"}, False),
        ("${d} <= today()", {"d": "2026-11-24"}, True),
        ("${d} > '2026-02-30'", {"d": "2026-11-24"}, False),
        ("${d} > '2025-12-31'", {"d": "2026-01-01"}, True),
        ("selected(${d}, 'b')", {"d": ("a", "b")}, True),
        ("selected(${d}, 'b')", {"d": ("a", "bb")}, False),
        ("selected(${d}, '')", {}, False),
        ("count-selected(${d}) = 2", {"d": ("a", "b")}, True),
        ("count-selected(${d}) = 0", {"d": ()}, True),
        ("not(${d} = 'yes')", {}, True),
        ("if(${d} = 'yes', 1, 2) = 2", {}, True),
        ("coalesce(${d}, 'x') = 'x'", {}, True),
        ("coalesce(${d}, 'x') = 'y'", {"d": "y"}, True),
        ("concat('a', 1.50, true()) = 'a1.5true'", {}, True),
        ("concat(1 div 0, 0 div 0, -1 div 0) = 'InfinityNaN-Infinity'", {}, True),
        ("sum(${d}, 1) = 6", {"d": ("2", "3")}, True),
        ("sum(${d}) = 0", {}, True),
        ("count(${d}) = 2", {"d": ("2", "", "3")}, True),
        ("round(2.5) = 3 and round(-2.5) = -2", {}, True),
        ("round(3.14159, 2) = 3.14", {}, True),
        ("int(-2.7) = -2 and int('x') != 0", {}, False),
        ("7 mod 3 = 1 and -7 mod 3 = -1", {}, True),
        ("7 mod 0 = 7 mod 0", {}, False),
        ("1 div 0 > 1000000", {}, True),
        ("string-length(${d}) = 3", {"d": "𝒶é字"}, True),
        ("regex(${d}, 'year')", {"d": "2026"}, True),
        ("regex(${d}, 'year')", {"d": "20261"}, False),
        ("regex(${d}, 'e-mail')", {"d": "a.b@example.org"}, True),
        ("regex(${d}, 'e-mail')", {"d": "a b@example.org"}, False),
        ("regex(${d}, 'url')", {"d": "https://www.example.org/x"}, True),
        ("regex(${d}, 'url')", {"d": "javascript:alert(1)"}, False),
        ("regex(${d}, 'document-symbol')", {"d": "CTOC/COP/WG.2/2009/3"}, True),
        ("regex(${d}, 'nothing')", {"d": "2026"}, False),
        ("true() and not(false())", {}, True),
    ],
)
def test_values_are_compared_and_computed(source: str, values: dict[str, Value], expected: bool) -> None:
    assert holds(source, values) is expected


def test_dot_is_the_answer_itself() -> None:
    assert holds(". >= 4 and . < 10", itself="4") is True
    assert holds(". >= 4", itself="3") is False


def test_infinite_and_missing_numbers_stay_harmless() -> None:
    huge = "9" * 400
    assert holds("round(${d}) = int(${d})", {"d": huge}) is True
    assert holds("${d} mod 2 = 1", {"d": huge}) is False
    assert math.isinf(float(huge))


# ── What is not known yet ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("${d} = 'yes'", {}, None),
        ("${d} = 'yes'", {"d": None}, None),
        ("${d} = 'yes'", {"d": ""}, False),
        ("${d} = 'yes' or ${e} = 'yes'", {"e": "yes"}, True),
        ("${d} = 'yes' or ${e} = 'yes'", {"e": "no"}, None),
        ("${d} = 'yes' and ${e} = 'yes'", {"e": "no"}, False),
        ("not(${d} = 'yes')", {}, None),
        ("if(${d} = 'yes', 'x', 'x') = 'x'", {}, True),
        ("if(${d} = 'yes', 'x', 'y') = 'x'", {}, None),
        ("count(${d}) >= 0", {}, None),
        ("${d} <= today()", {"d": "2026-01-01"}, None),
    ],
)
def test_judgement_waits_for_what_it_needs(source: str, values: dict[str, Value], expected: bool | None) -> None:
    assert judge(parse(source), values) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${d} = 'yes'", True),
        ("'yes' = ${d}", True),
        ("${d} = 'no'", True),
        ("${d} = 'in_part'", True),
        ("${d} = 'other'", False),
        ("not(${d} = 'yes')", True),
        ("${d} = 'yes' and ${e} = 'yes'", False),
    ],
)
def test_lenient_judgement_counts_in_part(source: str, expected: bool) -> None:
    assert judge(parse(source), {"d": "in_part", "e": "no"}, lenient=True) is expected


# ── Errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "column", "reason"),
    [
        ("", 1, "The condition is empty."),
        ("${d} = ", 8, "The condition ends where I expected a value, a reference or a function."),
        ("${d} = 'yes", 8, "A text begins here and has no closing quote."),
        ("${d", 1, "A reference begins here and is not closed."),
        ("${D}", 1, "'D' is not the code of a question."),
        ("${d} = ‘yes’", 8, "The quote ‘ is a typographic one."),
        ("${d} == 'yes'", 7, "There are two equals signs."),
        ("${d} & ${e}", 6, "The character '&' has no meaning in a condition."),
        ("!${d}", 1, "An exclamation mark alone means nothing here."),
        ("${d} = yes", 8, "The word 'yes' stands alone."),
        ("and ${d}", 1, "There is nothing before 'and'."),
        ("select(${d}, 'x')", 1, "There is no function select()."),
        ("selected(${d})", 1, "selected() has 1 argument(s) and takes 2."),
        ("today(1)", 1, "today() has 1 argument(s) and takes 0."),
        ("round(1, 2, 3)", 1, "round() has 3 argument(s) and takes 1 to 2."),
        ("concat()", 1, "concat() has 0 argument(s) and takes at least 1."),
        ("(${d} = 1", 10, "The condition ends where I expected the bracket of column 1 to be closed."),
        ("${d} = 1)", 9, "There is ')' where I expected the end of the condition or an operator."),
        ("not(${d} = 1", 13, "The condition ends where I expected a comma, or the bracket of not() to be closed."),
        ("1 2", 3, "There is '2' where I expected the end of the condition or an operator."),
    ],
)
def test_unreadable_condition_names_the_column(source: str, column: int, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(source)
    assert (caught.value.column, caught.value.reason) == (column, reason)


@pytest.mark.parametrize(
    "source",
    ["(" * 5000 + "1" + ")" * 2000, "-" * 5000 + "1", "not(" * 1500 + "1", "1" + "+1" * 3000, "1" + "=(1" * 2000],
)
def test_deep_condition_is_refused(source: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(source)
    assert caught.value.reason == f"The condition is nested more than {MAX_DEPTH} levels deep."


def test_long_condition_is_refused() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("1 = 1 or " * 1000 + "1 = 1")
    assert caught.value.reason == f"The condition has 9005 characters; {MAX_LENGTH} are allowed."


def test_hundreds_of_terms_are_no_depth() -> None:
    assert holds(" or ".join(["1 = 2"] * 600 + ["1 = 1"])) is True
