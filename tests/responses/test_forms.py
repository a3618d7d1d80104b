"""Reading the fields of questions, the sentences about what does not fit, and the models that templates draw."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import translation
from tests.factories.questionnaires import ALL_KINDS, question

from palermo.base.errors import Refusal
from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.responses.forms.answering import (
    moment_words,
    posted_fields,
    progress_sentence,
    read_given,
    refuse_too_long,
    remark_sentence,
    remark_sentences,
    saved_words,
)
from palermo.responses.forms.fields import Around, Field, build_field, empty_row
from palermo.responses.logic.content import EMPTY, NONE_OF_THESE, Content, Given, Remark, Row, figure_identity, settle

YEARS = (2023, 2024, 2025)
KEY = "/cycles/2026/quiz/arg"
NOON = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)
CODE = "quiz.1.1.x"


def of_kind(kind: str) -> QuestionSpec:
    return next(asked for asked in ALL_KINDS if asked.kind == kind)


def read(asked: QuestionSpec, text: str, language: str = "es") -> Given:
    fields = posted_fields(QueryDict(text)).get(asked.code, {})
    return read_given(asked, fields, figure_key=KEY, language=language)


def field(asked: QuestionSpec, content: Content = EMPTY, **around: object) -> Field:
    return build_field(asked, content, Around(**around), years=YEARS, figure_key=KEY, text_language="es", now=NOON)  # type: ignore[arg-type]


def test_posted_fields_are_sorted_by_question() -> None:
    post = QueryDict("csrfmiddlewaretoken=x&a.b:value=1&a.b:value=2&c:text=t&:odd=1")
    assert posted_fields(post) == {"a.b": {"value": ["1", "2"]}, "c": {"text": ["t"]}}


def test_read_given_takes_all_fields() -> None:
    asked = question(CODE)
    given = read(
        asked,
        f"{CODE}:value=yes&{CODE}:text=S%C3%AD&{CODE}:language=pt&{CODE}:gloss=Yes&{CODE}:gloss_language=en"
        f"&{CODE}:cannot=1&{CODE}:reason=why&{CODE}:revision=7",
    )
    content = Content(text="Sí", language="pt", gloss="Yes", gloss_language="en", cannot_answer=True, reason="why")
    assert given == Given(code=CODE, values=("yes",), content=content, base=7)


@pytest.mark.parametrize(
    ("posted", "language"),
    [("", "es"), (f"&{CODE}:language=", ""), (f"&{CODE}:language=<b>", "es"), (f"&{CODE}:language=zh-Hans", "zh-Hans")],
)
def test_language_of_a_text_is_the_chosen_one_or_the_persons(posted: str, language: str) -> None:
    assert read(question(CODE), f"{CODE}:text=t{posted}").content.language == language


@pytest.mark.parametrize("revision", ["", "-1", "x", "1.5", "9" * 40])
def test_strange_revision_counts_as_none_seen(revision: str) -> None:
    assert read(question(CODE), f"{CODE}:revision={revision}").base == 0


def test_rows_are_read_in_order_without_removed_ones() -> None:
    asked = of_kind("legislation")
    given = read(
        asked,
        f"{asked.code}:rows-10-title=Third&{asked.code}:rows-2-title=Second&{asked.code}:rows-0-title=First"
        f"&{asked.code}:rows-0-remove=1&{asked.code}:rows-2-strange=x&{asked.code}:rows-2-uuid=u",
    )
    assert given.content.rows == (Row("u", {"title": "Second"}), Row("", {"title": "Third"}))


def test_figures_are_read_as_cells_with_a_stable_identity() -> None:
    asked = of_kind("figures")
    given = read(
        asked, f"{asked.code}:cell-convictions-2024=0&{asked.code}:nc-investigations-2023=1&{asked.code}:cell-x-20=1"
    )

    def key(row: str, year: str) -> str:
        return figure_identity(f"{KEY}/{asked.code}", row, year)

    assert given.content.rows == (
        Row(key("investigations", "2023"), {"row": "investigations", "year": "2023", "not_collected": "yes"}),
        Row(key("convictions", "2024"), {"row": "convictions", "year": "2024", "number": "0"}),
    )


@pytest.mark.parametrize(
    "given",
    [
        Given(code=CODE, content=Content(text="x" * 20_001)),
        Given(code=CODE, content=Content(gloss="x" * 20_001)),
        Given(code=CODE, content=Content(reason="x" * 5_001)),
        Given(code=CODE, values=("x" * 5_001,)),
        Given(code=CODE, content=Content(rows=(Row("", {"title": "x" * 5_001}),))),
    ],
)
def test_too_long_is_refused_with_the_way_out(given: Given) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_too_long(given)
    assert refused.value.code == "too_long"
    assert "shorten it, or attach it as a file" in refused.value.message


def test_a_line_end_of_a_form_counts_once() -> None:
    refuse_too_long(Given(code=CODE, content=Content(text="line\r\n" * 4_000)))


def test_blank_space_is_never_too_long() -> None:
    refuse_too_long(Given(code=CODE, content=Content(text=" " * 30_000)))


@pytest.mark.parametrize(
    ("remark", "sentence"),
    [
        (
            Remark("not_a_date", "value", {"given": "tomorrow"}),
            "“tomorrow” is not a date. It is kept as typed; write year, month and day, for example 2026-11-24.",
        ),
        (
            Remark("urgency_missing", "row 2"),
            "Row 2: The urgency is missing. Choose one, so that the request can be weighed.",
        ),
        (
            Remark("negative", "convictions 2024", {"given": "-3"}),
            "Convictions, 2024: A number of cases cannot be less than zero. Look at “-3” again.",
        ),
    ],
)
def test_remarks_say_place_reason_and_way_out(remark: Remark, sentence: str) -> None:
    assert remark_sentence(remark, of_kind("figures")) == sentence


def test_every_remark_of_settling_has_a_sentence() -> None:
    strange = {"number": "x", "date": "x", "by_date": "x", "urgency": "x", "link": "x", "type": "t"}
    found: set[str] = set()
    urgent = Row("", {"type": "training"})
    for asked in ALL_KINDS:
        for values in (("strange",), (NONE_OF_THESE, "police")):
            rows = tuple(
                Row("", {"row": "convictions", "year": "2024", **strange, "number": text}) for text in ("x", "-1")
            )
            content = Content(rows=(urgent, *rows * 101), cannot_answer=True)
            _content, remarks = settle(asked, content, values=values)
            for remark in remarks:
                assert remark_sentence(remark, asked)
                found.add(remark.code)
    assert found == {
        "not_a_number", "not_a_date", "negative", "unknown_choice", "none_and_others", "reason_missing",
        "row_without_essential", "not_a_link", "urgency_missing", "too_many_rows",
    }  # fmt: skip


def test_long_lists_of_remarks_end_with_how_many_more() -> None:
    remarks = [Remark("urgency_missing", f"row {number}") for number in range(1, 8)]
    sentences = remark_sentences(remarks, of_kind("assistance"))
    assert (len(sentences), sentences[-1]) == (5, "There are 3 more remarks.")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON, "12:00 UTC"),
        (NOON - datetime.timedelta(days=12), "12 November"),
        (NOON - datetime.timedelta(days=400), "20 October 2025"),
    ],
)
def test_moments_are_as_short_as_can_be(at: datetime.datetime, words: str) -> None:
    assert moment_words(at, NOON) == words


def test_saved_sign_names_time_and_person() -> None:
    assert saved_words(NOON, "Ministry of Justice", NOON) == "Saved 12:00 UTC · Ministry of Justice"


def test_progress_is_a_sentence() -> None:
    assert progress_sentence(3, 12) == "3 of 12 questions answered"


def test_field_offers_none_of_these_apart() -> None:
    drawn = field(of_kind("choices"), Content(value=("police",)))
    assert [(option.value, option.checked) for option in drawn.choices] == [("police", True), ("courts", False)]
    assert drawn.none is not None
    assert (drawn.none.value, str(drawn.none.label), drawn.none.checked) == (NONE_OF_THESE, "None of these", False)


def test_field_whose_own_choice_is_none_offers_no_second_one() -> None:
    assert field(question(CODE, "choices", choices=("money", "none"))).none is None


def test_field_keeps_what_is_none_of_the_choices_ticked() -> None:
    drawn = field(of_kind("choice"), Content(raw="astronauts"))
    assert [(option.value, option.checked) for option in drawn.choices] == [
        ("astronauts", True), ("agreement", False), ("participation", False),
    ]  # fmt: skip
    assert drawn.remarks == ("“astronauts” is none of the choices. It is kept as typed; choose one of those offered.",)


def test_field_of_a_date_that_is_none_is_a_plain_text() -> None:
    drawn = field(of_kind("date"), Content(raw="next spring"))
    assert drawn.input is not None
    assert (drawn.input.type, drawn.input.value) == ("text", "next spring")


def test_field_always_has_one_empty_row() -> None:
    drawn = field(of_kind("legislation"), Content(rows=(Row("u", {"title": "Penal Code"}),)))
    assert [(row.title, row.empty) for row in drawn.rows] == [("Law 1", False), ("", True)]
    blank = empty_row("legislation", (), code="a.b", ident="q-a-b", place=drawn.rows[1].number - 1, uuid="u")
    assert (blank.title, blank.inputs[0].name, blank.empty) == ("Law 2", "a.b:rows-1-title", True)


def test_field_of_assistance_offers_only_the_types_of_the_question() -> None:
    drawn = field(of_kind("assistance"))
    blank = empty_row("assistance", drawn.types, code="a.b", ident="q-a-b", place=0, uuid="u")
    offered = [option.value for option in blank.inputs[0].options]
    assert offered == ["legal-advice", "training"]


def test_field_of_figures_shows_years_of_the_cycle_and_older_ones_with_a_figure() -> None:
    stored = Row("other", {"row": "convictions", "year": "2019", "number": "3"})
    drawn = field(of_kind("figures"), Content(rows=(stored,)))
    assert drawn.years == ("2019", "2023", "2024", "2025")
    cell = drawn.figures[1].cells[0]
    assert (cell.number, cell.uuid, cell.label) == ("3", "other", "Convictions, 2019")


def test_field_says_in_which_language_a_new_text_is() -> None:
    drawn = field(of_kind("text"))
    assert (drawn.text_language, '<option value="es" selected>Spanish</option>' in drawn.languages) == ("es", True)


def test_field_does_not_claim_a_language_that_was_not_stated() -> None:
    drawn = field(of_kind("text"), Content(text="Words"))
    assert (drawn.text_language, drawn.languages.startswith('<option value="" selected>not stated</option>')) == (
        "",
        True,
    )


def test_field_marks_a_fallback_wording_with_its_language() -> None:
    with translation.override("ar"):
        assert field(of_kind("text")).wording == '<span lang="en" dir="ltr">What is difficult?</span>'


@pytest.mark.parametrize(
    ("around", "state"),
    [
        ({}, ""), ({"revision": 1}, "saved"), ({"revision": 1, "in_conflict": True}, "conflict"),
        ({"revision": 1, "unsaved": "Why."}, "failed"), ({"revision": 1, "applies": False}, "parked"),
    ],
)  # fmt: skip
def test_field_has_one_state(around: dict[str, object], state: str) -> None:
    assert field(of_kind("implementation"), Content(value="yes"), **around).state == state


def test_field_for_readers_has_nothing_to_fill_in() -> None:
    drawn = field(of_kind("implementation"), Content(value="yes"), editable=False)
    assert (drawn.choices, drawn.rows, drawn.shown.lines if drawn.shown else None) == ((), (), ("Yes",))
