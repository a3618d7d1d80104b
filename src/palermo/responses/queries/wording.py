"""How states, roles and obstacles are called, and an answer as its reader sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palermo.base.templatetags.base_text import date_words, number
from palermo.parties.logic.roles import Role
from palermo.questionnaires.logic.spec import Kind, QuestionSpec, QuestionText, SectionSpec
from palermo.responses.labels import CODED_FIELDS, ROW_LABELS, UNITS, Label, value_label
from palermo.responses.logic.completeness import Obstacle, SectionState
from palermo.responses.logic.content import Content, Row
from palermo.responses.logic.standing import Standing

SECTION_STATE_LABELS: Final[Mapping[SectionState, Label]] = {
    SectionState.NOT_BEGUN: gettext_lazy("not begun"),
    SectionState.IN_PROGRESS: gettext_lazy("in progress"),
    SectionState.READY: gettext_lazy("ready to be declared complete"),
    SectionState.COMPLETE: gettext_lazy("complete"),
}
SECTION_STATE_KINDS: Final[Mapping[SectionState, str]] = {
    SectionState.NOT_BEGUN: "plain",
    SectionState.IN_PROGRESS: "part",
    SectionState.READY: "info",
    SectionState.COMPLETE: "done",
}
STANDING_LABELS: Final[Mapping[Standing, Label]] = {
    Standing.NOT_BEGUN: gettext_lazy("not begun"),
    Standing.BEGUN: gettext_lazy("begun"),
    Standing.SUBMITTED: gettext_lazy("submitted"),
    Standing.CLARIFICATION: gettext_lazy("under clarification"),
    Standing.REOPENED: gettext_lazy("reopened"),
    Standing.FINAL: gettext_lazy("final"),
    Standing.NO_OBLIGATION: gettext_lazy("no obligation"),
    Standing.NOT_INVITED: gettext_lazy("not invited"),
}
STANDING_KINDS: Final[Mapping[Standing, str]] = {
    Standing.NOT_BEGUN: "plain",
    Standing.BEGUN: "part",
    Standing.SUBMITTED: "done",
    Standing.CLARIFICATION: "info",
    Standing.REOPENED: "info",
    Standing.FINAL: "done",
    Standing.NO_OBLIGATION: "plain",
    Standing.NOT_INVITED: "plain",
}
BASIS_NAMES: Final[Mapping[str, Label]] = {
    "bound": gettext_lazy("as a State for which the treaty is in force"),
    "deposited": gettext_lazy("as a State party"),
    "signatories": gettext_lazy("as a signatory"),
    "non_parties": gettext_lazy("as a State that is not a party"),
    "observers": gettext_lazy("as an observer or regional organisation"),
    "by_hand": gettext_lazy("by name"),
}
ROLE_LABELS: Final[Mapping[Role, Label]] = {
    Role.FOCAL_POINT: gettext_lazy("Focal point"),
    Role.DEPUTY: gettext_lazy("Deputy"),
    Role.LEAD: gettext_lazy("Lead of a section"),
    Role.CONTRIBUTOR: gettext_lazy("Contributor"),
    Role.READER: gettext_lazy("Reader"),
    Role.SCRIBE: gettext_lazy("Enters what the State sent on paper"),
    Role.SECRETARIAT: gettext_lazy("Secretariat"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
}
OBSTACLE_LABELS: Final[Mapping[Obstacle, Label]] = {
    Obstacle.MISSING: gettext_lazy(
        "This required question is unanswered: answer it, or say why it cannot be answered."
    ),
    Obstacle.NOT_DECLARED: gettext_lazy("This section has not been declared complete."),
    Obstacle.CONFLICT: gettext_lazy("Two people changed this answer at once: decide which text stands."),
    Obstacle.RAW: gettext_lazy(
        "What was typed here does not fit the question: write it as a number or a date, or choose."
    ),
    Obstacle.CONSTRAINT: gettext_lazy(
        "This answer does not agree with what the question demands, or with another answer."
    ),
    Obstacle.REASON_MISSING: gettext_lazy("“Cannot answer” is chosen here without a reason: give the reason."),
    Obstacle.IN_PART_UNEXPLAINED: gettext_lazy("The answer is “in part”, but nothing says what is missing."),
    Obstacle.URGENCY_MISSING: gettext_lazy("A request for assistance has no urgency."),
    Obstacle.NOT_RANKED: gettext_lazy("A request for assistance has no place in your own order yet."),
    Obstacle.COMMENT_OPEN: gettext_lazy("A comment has not been settled."),
    Obstacle.FLAGGED: gettext_lazy("This answer is marked for a second look."),
}


def section_title(section: SectionSpec, language: str) -> str:
    """A section as lists name it: its number and its title; the general one by its title alone."""
    heading, _found = section.heading(language)
    article = section.article.rpartition(".")[2] if section.article else ""
    return f"{article}. {heading.title}" if article else heading.title


@dataclass(frozen=True)
class Table:
    """Rows of an answer as a table: heads, and the cells below them."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Record:
    """One law, case, authority or request: its name, and what is said of it."""

    title: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """An answer in the words of its reader; ``lines`` are what was chosen, ``text`` is as it was typed."""

    lines: tuple[str, ...] = ()
    text: str = ""
    language: str = ""
    gloss: str = ""
    gloss_language: str = ""
    cannot_answer: bool = False
    reason: str = ""
    raw: str = ""
    table: Table | None = None
    records: tuple[Record, ...] = field(default=())

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing beside what was chosen and the text."""
        return not (self.gloss or self.cannot_answer or self.raw or self.table or self.records)

    @property
    def words(self) -> str:
        """Everything that was said, for a search."""
        cells = [cell for row in self.table.rows for cell in row] if self.table else []
        parts = [part for record in self.records for part in (record.title, *(text for _label, text in record.parts))]
        return "\n".join([*self.lines, self.text, self.gloss, self.reason, self.raw, *cells, *parts])


def shown(question: QuestionSpec, content: Content | None, language: str, years: Sequence[int] = ()) -> Shown:
    """The answer as it is read in a language; ``years`` are those for which figures are asked."""
    if content is None:
        return Shown()
    wording, _found = question.wording(language)
    figures = question.kind is Kind.FIGURES and bool(content.rows)
    return Shown(
        lines=_lines(question, wording, content, language),
        text=content.text,
        language=content.language,
        gloss=content.gloss,
        gloss_language=content.gloss_language,
        cannot_answer=content.cannot_answer,
        reason=content.reason,
        raw=content.raw,
        table=_figures(question, wording, content, years) if figures else None,
        records=()
        if question.kind is Kind.FIGURES
        else tuple(_record(question.kind.value, row, language) for row in content.rows),
    )


def _lines(question: QuestionSpec, wording: QuestionText, content: Content, language: str) -> tuple[str, ...]:
    if content.value in (None, "", ()):
        return ()
    values = content.value if isinstance(content.value, tuple) else (content.value or "",)
    if question.kind is Kind.NUMBER:
        return tuple(_number(value) for value in values)
    if question.kind is Kind.DATE:
        return tuple(_date(value, language) for value in values)
    return tuple(value_label(question.kind.value, value, dict(wording.choices)) for value in values)


def _number(value: str) -> str:
    try:
        return number(Decimal(value))
    except InvalidOperation:
        return value


def _date(value: str, language: str) -> str:
    try:
        return date_words(date.fromisoformat(value), "long", language)
    except ValueError:
        return value


def _figures(question: QuestionSpec, wording: QuestionText, content: Content, years: Sequence[int]) -> Table:
    """Figures by row and year; *not collected* is said in words, an empty cell stays empty."""
    given = {(row.fields.get("row", ""), row.fields.get("year", "")): row for row in content.rows}
    asked = [str(year) for year in years] or sorted({year for _row, year in given if year})
    body = [
        (
            f"{wording.rows.get(row.code) or row.code}{_unit(row.unit.value)}",
            *(_cell(given.get((row.code, year))) for year in asked),
        )
        for row in question.rows
    ]
    return Table(heads=("", *asked), rows=tuple(body))


def _unit(unit: str) -> str:
    words = str(UNITS.get(unit, ""))
    return f" ({words})" if words else ""


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    if row.fields.get("not_collected"):
        return _("not collected")
    return _number(row.fields.get("number", ""))


def _record(kind: str, row: Row, language: str) -> Record:
    """A row under the name by which it is known: its title, its body, its type, or else its summary."""
    fields = {name: text for name, text in row.fields.items() if text}
    labels = ROW_LABELS.get(kind, {})
    named = next((name for name in ("title", "body", "type", "summary") if name in fields), "")
    title = _field(kind, named, fields.pop(named), language) if named else ""
    parts = tuple((str(labels.get(name, name)), _field(kind, name, text, language)) for name, text in fields.items())
    return Record(title=title, parts=parts)


def _field(kind: str, name: str, text: str, language: str) -> str:
    coded = CODED_FIELDS.get((kind, name))
    if coded is not None:
        return str(coded.get(text, text))
    return _date(text, language) if name in {"date", "by_date"} else text
