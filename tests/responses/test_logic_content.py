"""What an answer holds: its canonical form, the one *unanswered*, and that settling never loses what was typed."""

import json
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palermo.responses.logic.content import (
    EMPTY,
    NONE_OF_THESE,
    ROW_FIELDS,
    Content,
    Row,
    clean_text,
    condition_value,
    figure_identity,
    from_canonical,
    is_unanswered,
    read_date,
    read_number,
    settle,
)
from palermo.responses.logic.parts import NOTHING, WHOLE, Part, may_edit, part_of

KINDS = (
    "implementation", "yes_no", "choice", "choices", "text", "number", "date", "figures", "legislation", "cases",
    "authority", "assistance",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    kind: str
    code: str = "quiz.1"
    choices: tuple[str, ...] = ("a", "b", "c")
    asks: str = "practice"


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
tokens = st.one_of(
    words, st.sampled_from(["yes", "no", "in_part", "a", "b", NONE_OF_THESE, "12", "1,250.5", "2026-11-24"])
)


def rows_of(kind: str) -> st.SearchStrategy[tuple[Row, ...]]:
    names = ROW_FIELDS.get(kind, ())
    if not names:
        return st.just(())
    row = st.builds(
        Row, uuid=st.uuids().map(str) | words, fields=st.dictionaries(st.sampled_from(names), tokens, max_size=5)
    )
    return st.lists(row, max_size=4).map(tuple)


@st.composite
def typed(draw: st.DrawFn) -> tuple[Asked, Content, list[str]]:
    kind = draw(st.sampled_from(KINDS))
    content = Content(
        text=draw(words),
        language=draw(st.sampled_from(["", "en", "ar"])),
        gloss=draw(words),
        gloss_language=draw(st.sampled_from(["", "en"])),
        cannot_answer=draw(st.booleans()),
        reason=draw(words),
        rows=draw(rows_of(kind)),
    )
    return Asked(kind), content, draw(st.lists(tokens, max_size=3))


@given(typed())
def test_canonical_form_goes_round_through_json(given_: tuple[Asked, Content, list[str]]) -> None:
    asked, content, values = given_
    settled, _remarks = settle(asked, content, values=values)
    form = settled.canonical()
    assert from_canonical(json.loads(json.dumps(form))).canonical() == form


@given(typed())
def test_settling_what_is_settled_changes_nothing(given_: tuple[Asked, Content, list[str]]) -> None:
    asked, content, values = given_
    settled, _remarks = settle(asked, content, values=values)
    stored = settled.value if isinstance(settled.value, tuple) else (settled.value,) if settled.value else ()
    raw = (settled.raw,) if settled.raw else ()
    again, _remarks = settle(asked, settled, values=(*stored, *raw))
    assert again.canonical() == settled.canonical()


@given(typed())
def test_settling_never_loses_a_text(given_: tuple[Asked, Content, list[str]]) -> None:
    asked, content, values = given_
    settled, _remarks = settle(asked, content, values=values)
    kept = json.dumps(settled.canonical(), ensure_ascii=False)
    for text in (content.text, content.gloss, content.reason):
        assert json.dumps(clean_text(text), ensure_ascii=False)[1:-1] in kept


@given(st.sampled_from(["number", "date", "yes_no", "implementation", "choice"]), words)
def test_value_that_does_not_fit_is_kept_as_typed(kind: str, text: str) -> None:
    settled, remarks = settle(Asked(kind), EMPTY, values=[text])
    if clean_text(text) and settled.value is None:
        assert settled.raw == clean_text(text)
        assert len(remarks) == 1


@given(rows_of("legislation"))
def test_rows_never_share_an_identity(rows: tuple[Row, ...]) -> None:
    settled, _remarks = settle(Asked("legislation"), Content(rows=(*rows, *rows)), values=())
    identities = [row.uuid for row in settled.rows]
    assert len(identities) == len(set(identities))


@given(words)
def test_clean_text_keeps_every_visible_character(text: str) -> None:
    visible = [
        char for char in unicodedata.normalize("NFC", text) if not char.isspace() and unicodedata.category(char) != "Cc"
    ]
    assert [char for char in clean_text(text) if not char.isspace()] == visible


@pytest.mark.parametrize(
    ("typed_", "expected"),
    [
        ("1250", "1250"), ("1,250", "1250"), ("1 250", "1250"), ("1\u202f250", "1250"), ("1.250.000", "1250000"),
        ("12,5", "12.5"), ("12.50", "12.5"), ("١٢٥٠", "1250"), ("१२", "12"), ("0", "0"), ("-0", "0"), ("-3", "-3"),
        ("many", None), ("", None), ("1e5", None), ("NaN", None), ("1,25,0", None), ("9" * 30, None),
    ],
)  # fmt: skip
def test_number_is_read_as_people_write_it(typed_: str, expected: str | None) -> None:
    assert read_number(typed_) == expected


@pytest.mark.parametrize(
    ("typed_", "expected"),
    [("2026-11-24", "2026-11-24"), (" 2026-11-24 ", "2026-11-24"), ("2026-13-01", None), ("24/11/2026", None)],
)
def test_date_is_read_in_one_way(typed_: str, expected: str | None) -> None:
    assert read_date(typed_) == expected


@pytest.mark.parametrize(
    ("kind", "content", "unanswered"),
    [
        ("yes_no", Content(text="An explanation alone."), True),
        ("yes_no", Content(value="no"), False),
        ("text", Content(text="Words."), False),
        ("number", Content(raw="many"), True),
        ("number", Content(value="0"), False),
        ("choices", Content(value=(NONE_OF_THESE,)), False),
        ("legislation", Content(), True),
        ("legislation", Content(value=NONE_OF_THESE), False),
        ("assistance", Content(value="no"), False),
        ("assistance", Content(value="yes"), True),
        ("assistance", Content(value="yes", rows=(Row("u", {"type": "training"}),)), False),
        ("yes_no", Content(cannot_answer=True), True),
        ("yes_no", Content(cannot_answer=True, reason="The archive burnt."), False),
    ],
)
def test_unanswered_has_one_definition(kind: str, content: Content, unanswered: bool) -> None:
    assert is_unanswered(content, kind) is unanswered


def test_conditions_see_nothing_of_what_cannot_be_answered() -> None:
    assert condition_value(Content(value="yes", cannot_answer=True), "yes_no") is None


def test_figure_has_the_same_identity_whoever_fills_it_in() -> None:
    assert figure_identity("key", "convictions", "2024") == figure_identity("key", "convictions", "2024")
    assert figure_identity("key", "convictions", "2024") != figure_identity("key", "convictions", "2023")


@pytest.mark.parametrize(
    ("may_answer", "assigned", "above", "part"),
    [
        (False, None, False, NOTHING),
        (False, ["figures"], True, NOTHING),
        (True, None, False, WHOLE),
        (True, [], False, WHOLE),
        (True, ["figures"], True, WHOLE),
        (True, ["figures"], False, Part(aspects=frozenset({"figures"}))),
    ],
)
def test_part_of_a_section_follows_the_assignment(
    may_answer: bool, assigned: list[str] | None, above: bool, part: Part
) -> None:
    assert part_of(may_answer=may_answer, assigned=assigned, above=above) == part


@pytest.mark.parametrize(
    ("part", "may"),
    [
        (WHOLE, True),
        (NOTHING, False),
        (Part(aspects=frozenset({"practice"})), True),
        (Part(aspects=frozenset({"figures"})), False),
    ],
)
def test_may_edit_only_the_own_part(part: Part, may: bool) -> None:
    assert may_edit(part, Asked("text")) is may
