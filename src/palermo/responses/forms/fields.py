"""What the template of one question needs, as plain dataclasses: every decision is taken here, none in a template."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palermo.base.citation import anchor
from palermo.base.multilingual import LANGUAGES, direction
from palermo.questionnaires.logic.spec import QuestionSpec, QuestionText
from palermo.responses import labels
from palermo.responses.forms.answering import (
    TEXT_LANGUAGES,
    invalid_sentence,
    language_name,
    remark_sentences,
    saved_words,
)
from palermo.responses.logic.content import (
    NONE_OF_THESE,
    ROW_FIELDS,
    ROW_KINDS,
    Content,
    Remark,
    Row,
    figure_identity,
    settle,
)
from palermo.responses.queries.messages import Exchanges
from palermo.responses.queries.wording import Shown, shown

Label = str | Promise

# Stands in an address, a name or an id where a question's code goes; no code looks like it.
NO_PLACE = "0-no-code"
WIDE_FIELDS = frozenset({"extract", "summary", "outcome", "address", "reason", "expected_result", "urgent_channel"})
INPUT_TYPES = {"email": "email", "telephone": "tel"}
CHECKED, SELECTED = mark_safe(" checked"), mark_safe(" selected")
VALUE_KINDS = frozenset({"implementation", "yes_no", "choice", "assistance"})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    label: Label
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a row, or the one field of a number or a date."""

    name: str
    id: str
    label: Label
    type: str
    value: str = ""
    options: tuple[Option, ...] = ()
    wide: bool = False

    @property
    def option_markup(self) -> SafeString:
        """The options of a selector; there are many, and a template takes five times as long."""
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((option.value, SELECTED if option.checked else "", option.label) for option in self.options),
        )


@dataclass(frozen=True, slots=True)
class RowForm:
    """One row that can be edited; ``empty`` for the one that waits for a new law, case or request."""

    number: int
    title: str
    uuid_name: str
    uuid: str
    remove_name: str
    inputs: tuple[Input, ...]
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: a number, or that it is not collected."""

    id: str
    label: str
    name: str
    number: str
    absent_name: str
    absent: bool
    # The identity of a figure that came in otherwise than by this form.
    id_name: str = ""
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One row of a table of figures."""

    label: str
    unit: Label
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known of an answer on its page."""

    revision: int = 0
    at: datetime.datetime | None = None
    by_name: str = ""
    answered: bool = False
    flagged: bool = False
    applies: bool = True
    editable: bool = True
    in_conflict: bool = False
    invalid: bool = False
    comments: int = 0
    files: int = 0
    exchanges: Exchanges | None = None
    # A text that could not be saved stands in the fields again, with the reason.
    unsaved: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question with its answer, ready to be drawn."""

    code: str
    id: str
    kind: str
    wording: SafeString
    # The same without markup, for what only a screen reader says.
    words: str
    guidance: str
    guidance_language: str
    provision: str
    mandatory: bool
    force: Label
    required: bool
    around: Around
    state: str
    sign: str
    remarks: tuple[str, ...]
    choices: tuple[Option, ...]
    choice_type: str
    down: bool
    none: Option | None
    input: Input | None
    rows: tuple[RowForm, ...]
    # The types of assistance that the question offers.
    types: tuple[str, ...]
    another: Label
    # How rows are numbered; the number stands where ``%(number)s`` is.
    row_title: Label
    years: tuple[str, ...]
    figures: tuple[FigureLine, ...]
    text_label: Label
    text: str
    text_language: str
    languages: SafeString
    gloss: str
    gloss_languages: SafeString
    cannot: bool
    reason: str
    shown: Shown | None

    @property
    def group(self) -> bool:
        """Whether the fields belong together under a legend; tables and rows stand under a heading."""
        return self.kind not in {"text", "figures"} and self.kind not in ROW_KINDS or self.kind == "assistance"

    @property
    def tag(self) -> str:
        """How strongly the provision binds, where it is less than mandatory."""
        return "" if self.mandatory else str(self.force)

    @property
    def boxes(self) -> SafeString:
        """The choices as boxes to tick; there are many, and a template takes five times as long."""
        code, ident = escape(self.code), escape(self.id)
        return format_html_join(
            "",
            '<label><input type="{}" name="{}:value" value="{}"{} aria-describedby="{}-remarks">{}</label>',
            (
                (self.choice_type, code, option.value, CHECKED if option.checked else "", ident, option.label)
                for option in (*self.choices, *((self.none,) if self.none else ()))
            ),
        )

    @property
    def is_text(self) -> bool:
        """Whether the text itself is the answer."""
        return self.kind == "text"


def identity(code: str) -> str:
    """The id of a question's card on its page, as the page frame writes it."""
    return anchor(code)


def wording_markup(question: QuestionSpec, language: str) -> SafeString:
    """The question's wording; in another language than the page's it says so."""
    text, found = question.wording(language)
    if found == language:
        return format_html("{}", text.text)
    return format_html('<span lang="{}" dir="{}">{}</span>', found, direction(found), text.text)


def build_field(
    question: QuestionSpec, content: Content, around: Around, *, years: Sequence[int], language: str | None = None,
    text_language: str = "en", figure_key: str = "", now: datetime.datetime | None = None,
) -> Field:  # fmt: skip
    """The field of a question. ``text_language`` is the language that a new text gets unless another is chosen.

    ``figure_key`` is the scope of the response, from which figures have their identity.
    """
    page = language or get_language() or "en"
    kind = str(question.kind)
    words, found = question.wording(page)
    ident = identity(question.code)
    editable = around.editable
    offers_none = kind in labels.NONE_LABELS and "none" not in question.choices
    remarks = [*remark_sentences(remarks_of(question, content), question)]
    if around.invalid:
        remarks.append(invalid_sentence())
    if around.unsaved:
        remarks.insert(0, around.unsaved)
    all_years = _years(content, years) if kind == "figures" else ()
    chosen = content.language if content.text else text_language
    return Field(
        code=question.code,
        id=ident,
        kind=kind,
        wording=wording_markup(question, page),
        words=words.text,
        guidance=words.guidance,
        guidance_language="" if found == page else found,
        provision=question.provision,
        mandatory=str(question.obligation) == "mandatory",
        force=labels.OBLIGATIONS.get(str(question.obligation), ""),
        required=question.required,
        around=around,
        state=_state(around, content),
        sign=_sign(around, now),
        remarks=tuple(remarks),
        choices=_choices(question, content, words) if editable else (),
        choice_type="radio" if kind in VALUE_KINDS else "checkbox",
        down=kind in {"choice", "choices"},
        none=Option(NONE_OF_THESE, labels.NONE_LABELS[kind], NONE_OF_THESE in _values(content))
        if offers_none and editable
        else None,
        input=_input(question, content, ident) if kind in {"number", "date"} and editable else None,
        rows=_row_forms(question, content, ident) if kind in ROW_KINDS and kind != "figures" and editable else (),
        types=question.types,
        another=labels.ANOTHER_ROW.get(kind, ""),
        row_title=labels.ROW_TITLES.get(kind, ""),
        years=all_years,
        figures=_figure_lines(question, content, ident, words, all_years, figure_key)
        if kind == "figures" and editable
        else (),
        text_label=labels.TEXT_LABELS.get(kind, labels.TEXT_LABELS["choice"]),
        text=content.text,
        text_language=chosen,
        languages=language_options(page, chosen),
        gloss=content.gloss,
        gloss_languages=language_options(page, content.gloss_language if content.gloss else "en", six=True),
        cannot=content.cannot_answer,
        reason=content.reason,
        shown=None if editable else shown(question, content, page, years),
    )


def remarks_of(question: QuestionSpec, content: Content) -> list[Remark]:
    """The remarks on a stored answer: what its saving remarked."""
    if not (content.raw or content.rows or content.cannot_answer or NONE_OF_THESE in _values(content)):
        return []
    content = replace(content, text="", gloss="")
    values = content.value if isinstance(content.value, tuple) else (content.value,) if content.value else ()
    raw = (content.raw,) if content.raw else ()
    return settle(question, content, values=(*values, *raw) if str(question.kind) == "choices" else values or raw)[1]


def _values(content: Content) -> tuple[str, ...]:
    if isinstance(content.value, tuple):
        return content.value
    return (content.value,) if content.value else ()


def _state(around: Around, content: Content) -> str:
    if around.unsaved:
        return "failed"
    if around.in_conflict:
        return "conflict"
    if not around.applies:
        return "parked" if around.revision and content.canonical() else ""
    return "saved" if around.revision else ""


def _sign(around: Around, now: datetime.datetime | None) -> str:
    if around.unsaved:
        return _("Not saved")
    if around.in_conflict:
        return _("Two texts: yours is kept beside the one that was saved first.")
    if around.at is None:
        return ""
    return saved_words(around.at, around.by_name, now)


def _choices(question: QuestionSpec, content: Content, words: QuestionText) -> tuple[Option, ...]:
    kind = str(question.kind)
    chosen = _values(content)
    fixed = labels.VALUES.get(kind)
    # What was given and is none of the choices stays ticked until somebody takes it away.
    strange = (
        (Option(content.raw, content.raw, True),) if content.raw and kind not in {"number", "date", "text"} else ()
    )
    if fixed is not None:
        return (*strange, *(Option(value, label, value in chosen) for value, label in fixed.items()))
    return (*strange, *(Option(code, words.choices.get(code, code), code in chosen) for code in question.choices))


def _input(question: QuestionSpec, content: Content, ident: str) -> Input:
    kind = str(question.kind)
    value = content.value if isinstance(content.value, str) else ""
    # A date field of a browser cannot show a text that is no date.
    typ = "date" if kind == "date" and not content.raw else kind if kind == "number" else "text"
    label = _("Number") if kind == "number" else _("Date")
    return Input(f"{question.code}:value", f"{ident}-value", label, typ, value or content.raw)


def _row_forms(question: QuestionSpec, content: Content, ident: str) -> tuple[RowForm, ...]:
    kind = str(question.kind)
    forms = [
        _row_form(kind, question.types, question.code, ident, place, row) for place, row in enumerate(content.rows)
    ]
    # How the empty row looks is the same in all questions of a kind; templates draw it from ``empty_row``.
    number = len(content.rows) + 1
    forms.append(RowForm(number, "", "", str(uuid.uuid4()), "", (), empty=True))
    return tuple(forms)


def empty_row(kind: str, types: tuple[str, ...], *, code: str, ident: str, place: int, uuid: str) -> RowForm:
    """The row that waits for a new law, case, authority or request."""
    return replace(_row_form(kind, types, code, ident, place, Row(uuid, {})), empty=True)


def _row_form(kind: str, types: tuple[str, ...], code: str, ident: str, place: int, row: Row) -> RowForm:
    stem = f"{code}:rows-{place}"
    return RowForm(
        number=place + 1,
        title=str(labels.ROW_TITLES[kind]) % {"number": place + 1},
        uuid_name=f"{stem}-uuid",
        uuid=row.uuid,
        remove_name=f"{stem}-remove",
        inputs=tuple(
            _row_input(kind, types, name, f"{stem}-{name}", f"{ident}-{place}-{name}", row.fields.get(name, ""))
            for name in ROW_FIELDS[kind]
        ),
    )


def _row_input(kind: str, types: tuple[str, ...], field: str, name: str, ident: str, value: str) -> Input:
    label = labels.ROW_LABELS[kind][field]
    coded = labels.CODED_FIELDS.get((kind, field))
    if coded is not None:
        offered = [code for code in coded if field != "type" or not types or code in types]
        if value and value not in offered:
            offered.append(value)
        options = tuple(Option(code, coded.get(code, code), code == value) for code in offered)
        return Input(name, ident, label, "select", value, options)
    if field in WIDE_FIELDS:
        return Input(name, ident, label, "textarea", value, wide=True)
    if field in {"date", "by_date"}:
        shape = "date" if not value or _is_date(value) else "text"
        return Input(name, ident, label, shape, value)
    return Input(name, ident, label, INPUT_TYPES.get(field, "text"), value, wide=field == "title")


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _years(content: Content, years: Sequence[int]) -> tuple[str, ...]:
    """The years of the cycle, and any other for which there is a figure already."""
    return tuple(sorted({*map(str, years), *(row.fields["year"] for row in content.rows if row.fields.get("year"))}))


def _figure_lines(
    question: QuestionSpec, content: Content, ident: str, words: QuestionText, years: Sequence[str], figure_key: str
) -> tuple[FigureLine, ...]:
    stored = {(row.fields.get("row", ""), row.fields.get("year", "")): row.fields for row in content.rows}
    strange = {
        (row.fields.get("row", ""), row.fields.get("year", "")): row.uuid
        for row in content.rows
        if row.uuid
        != figure_identity(f"{figure_key}/{question.code}", row.fields.get("row", ""), row.fields.get("year", ""))
    }
    units: dict[str, Label] = {row.code: labels.UNITS.get(str(row.unit), "") for row in question.rows}
    for row, _year in stored:
        units.setdefault(row, "")
    lines = []
    for row, unit in units.items():
        label = words.rows.get(row, row)
        cells = tuple(
            Cell(
                id=f"{ident}-{row}-{year}",
                label=f"{label}, {year}",
                name=f"{question.code}:cell-{row}-{year}",
                number=stored.get((row, year), {}).get("number", ""),
                absent_name=f"{question.code}:nc-{row}-{year}",
                absent=bool(stored.get((row, year), {}).get("not_collected")),
                id_name=f"{question.code}:id-{row}-{year}",
                uuid=strange.get((row, year), ""),
            )
            for year in years
        )
        lines.append(FigureLine(label, unit, cells))
    return tuple(lines)


@lru_cache(maxsize=512)
def language_options(page: str, selected: str, *, six: bool = False) -> SafeString:
    """The options of a selector of languages, in the language of the page; the same markup is used many times."""
    codes = list(LANGUAGES if six else TEXT_LANGUAGES)
    if selected not in codes:
        codes.insert(0, selected)
    mark = mark_safe(" selected")
    return mark_safe(  # noqa: S308 - every part is escaped
        "".join(
            format_html(
                '<option value="{}"{}>{}</option>', code, mark if code == selected else "",
                language_name(code) if code else _("not stated"),
            )
            for code in codes
        )
    )  # fmt: skip
