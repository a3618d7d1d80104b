"""What one answer holds, its canonical form, and the one definition of *unanswered*.

The content of an answer is a frozen dataclass; its canonical form is a dictionary of plain JSON values (numbers and
dates as strings), which is what is stored, compared, hashed and printed.
"""

import datetime
import math
import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

ROW_KINDS = frozenset({"figures", "legislation", "cases", "authority", "assistance"})
TEXT_LIMIT = 20_000
FIELD_LIMIT = 5_000
ROW_LIMIT = 200

# What a row of each kind holds, in the order of the form. Figures are rows too: one for each row and year.
ROW_FIELDS: dict[str, tuple[str, ...]] = {
    "legislation": ("title", "number", "date", "articles", "status", "link", "extract"),
    "cases": ("title", "year", "summary", "convention_used", "outcome", "reference"),
    "authority": ("body", "unit", "contact", "email", "telephone", "address", "languages", "urgent_channel"),
    "assistance": (
        "type",
        "urgency",
        "reason",
        "by_date",
        "institution",
        "expected_result",
        "received",
        "received_from",
        "more_would_help",
    ),
    "figures": ("row", "year", "number", "not_collected"),
}
# A row counts once one of these is filled in.
ROW_ESSENTIALS: dict[str, tuple[str, ...]] = {
    "legislation": ("title",),
    "cases": ("title", "summary"),
    "authority": ("body",),
    "assistance": ("type",),
    "figures": ("number", "not_collected"),
}
URGENCIES = ("critical", "high", "medium", "low")
LAW_STATUSES = ("in_force", "adopted", "draft", "repealed")
# "None of these" stands apart from the choices of a question and from each other choice (decisions, 5).
NONE_OF_THESE = "none-of-these"


class Asked(Protocol):
    """What this module needs to know of a question; ``questionnaires.logic.spec.QuestionSpec`` fits."""

    @property
    def code(self) -> str:
        """The stable code."""
        ...

    @property
    def kind(self) -> Any:
        """The kind, as a string enum."""
        ...

    @property
    def choices(self) -> tuple[str, ...]:
        """The codes to choose from."""
        ...


@dataclass(frozen=True)
class Row:
    """One law, case, figure, authority or request for assistance, with an identity that stays."""

    uuid: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Content:
    """Everything that one answer says."""

    value: str | tuple[str, ...] | None = None
    raw: str = ""
    text: str = ""
    language: str = ""
    gloss: str = ""
    gloss_language: str = ""
    cannot_answer: bool = False
    reason: str = ""
    rows: tuple[Row, ...] = field(default=())

    def canonical(self) -> dict[str, Any]:
        """The plain JSON form, without what is empty; equal contents have equal forms."""
        form: dict[str, Any] = {}
        if self.value not in (None, "", ()):
            form["value"] = list(self.value) if isinstance(self.value, tuple) else self.value
        for name in ("raw", "text", "gloss", "reason"):
            if getattr(self, name):
                form[name] = getattr(self, name)
        if self.text and self.language:
            form["language"] = self.language
        if self.gloss and self.gloss_language:
            form["gloss_language"] = self.gloss_language
        if self.cannot_answer:
            form["cannot_answer"] = True
        if self.rows:
            form["rows"] = [
                {"uuid": row.uuid, **{key: text for key, text in row.fields.items() if text}} for row in self.rows
            ]
        return form


EMPTY = Content()


def from_canonical(form: Mapping[str, Any]) -> Content:
    """The content whose canonical form this is."""
    value = form.get("value")
    return Content(
        value=tuple(value) if isinstance(value, list) else value,
        raw=form.get("raw", ""),
        text=form.get("text", ""),
        language=form.get("language", ""),
        gloss=form.get("gloss", ""),
        gloss_language=form.get("gloss_language", ""),
        cannot_answer=bool(form.get("cannot_answer", False)),
        reason=form.get("reason", ""),
        rows=tuple(
            Row(uuid=row["uuid"], fields={key: text for key, text in row.items() if key != "uuid"})
            for row in form.get("rows", ())
        ),
    )


@dataclass(frozen=True)
class Given:
    """An answer as it was given: the texts and rows of ``content``, the value or values as typed, and its base."""

    code: str
    values: Sequence[str] = ()
    content: Content = field(default_factory=Content)
    base: int = 0


def is_unanswered(content: Content, kind: str) -> bool:
    """The one definition of *unanswered*.

    A question counts as answered by a value that fits it, by a row that says something, by words where words are
    asked for, or by "cannot answer" with its reason. An explanation alone does not answer a question of choice.
    """
    if content.cannot_answer and content.reason:
        return False
    if kind == "text":
        return not content.text.strip()
    if kind == "assistance":
        return content.value is None or (content.value == "yes" and not content.rows)
    if kind in ROW_KINDS:
        return not content.rows and content.value != NONE_OF_THESE
    return content.value in (None, "", ())


def condition_value(content: Content | None, kind: str) -> str | tuple[str, ...] | None:
    """What conditions see: the value, or the text of a text question; ``None`` while it is unanswered."""
    if content is None or content.cannot_answer:
        return None
    if kind == "text":
        return content.text or None
    return content.value


def condition_values(
    questions: Mapping[str, Asked], contents: Mapping[str, Content]
) -> dict[str, str | tuple[str, ...] | None]:
    """What conditions see of these contents, by code."""
    return {
        code: condition_value(content, str(questions[code].kind))
        for code, content in contents.items()
        if code in questions
    }


@dataclass(frozen=True)
class Remark:
    """What does not fit in an answer: the code of the remark, the field, and what is named in the sentence."""

    code: str
    place: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text as it is stored: normalised line ends, NFC, no control characters; nothing else is changed."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    return text.strip()[:limit]


def read_number(text: str) -> str | None:
    """A number as a canonical decimal string, whatever digits and group marks were typed; ``None`` if it is none."""
    plain = "".join(str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char for char in text)
    plain = re.sub(r"[\s\u00a0\u202f\u066c'’]", "", plain).replace("٫", ".")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?", plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,6})?", plain):
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:  # pragma: no cover - the pattern above admits decimals only
        return None
    if not math.isfinite(number):
        return None
    text = format(number.normalize(), "f")
    return "0" if text in {"-0", "0"} else text


def read_date(text: str) -> str | None:
    """An ISO date, checked; ``None`` if it is none."""
    try:
        return datetime.date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return None


def settle_value(question: Asked, given: Sequence[str]) -> tuple[str | tuple[str, ...] | None, str, list[Remark]]:
    """The typed value of what was given, the raw text that does not fit, and remarks. Nothing is lost."""
    kind = str(question.kind)
    texts = [text for text in (clean_text(item, FIELD_LIMIT) for item in given) if text]
    if not texts:
        return None, "", []
    if kind == "choices":
        known = set(question.choices) | {NONE_OF_THESE}
        # In the order of the question, so that equal choices are equal answers.
        chosen = tuple(code for code in (*question.choices, NONE_OF_THESE) if code in texts)
        strange = [text for text in texts if text not in known]
        remarks = [Remark("unknown_choice", "value", {"given": text}) for text in strange]
        if NONE_OF_THESE in chosen and len(chosen) > 1:
            remarks.append(Remark("none_and_others", "value"))
        return chosen or None, ", ".join(strange), remarks
    text = texts[0]
    if kind == "number":
        number = read_number(text)
        return (
            (number, "", []) if number is not None else (None, text, [Remark("not_a_number", "value", {"given": text})])
        )
    if kind == "date":
        date = read_date(text)
        return (date, "", []) if date is not None else (None, text, [Remark("not_a_date", "value", {"given": text})])
    allowed = {
        "implementation": ("yes", "in_part", "no"),
        "yes_no": ("yes", "no"),
        "assistance": ("yes", "no"),
        "choice": (*question.choices, NONE_OF_THESE),
        "legislation": (NONE_OF_THESE,),
        "cases": (NONE_OF_THESE,),
        "authority": (NONE_OF_THESE,),
        "figures": (NONE_OF_THESE,),
    }.get(kind, ())
    if text in allowed:
        return text, "", []
    return None, text, [Remark("unknown_choice", "value", {"given": text})]


def settle_rows(kind: str, rows: Sequence[Row]) -> tuple[tuple[Row, ...], list[Remark]]:
    """The rows as they are stored, without empty ones, with remarks on what does not fit. Nothing typed is lost."""
    settled: list[Row] = []
    remarks: list[Remark] = []
    taken: set[str] = set()
    fields = ROW_FIELDS[kind]
    for number, row in enumerate(rows, start=1):
        texts = {name: clean_text(row.fields.get(name, ""), FIELD_LIMIT) for name in fields}
        texts = {name: text for name, text in texts.items() if text}
        if not texts or (kind == "figures" and not any(name in texts for name in ROW_ESSENTIALS[kind])):
            continue
        place = f"row {number}"
        if kind == "figures":
            place = f"{texts.get('row', '')} {texts.get('year', '')}"
            if "number" in texts:
                count = read_number(texts["number"])
                if count is None:
                    remarks.append(Remark("not_a_number", place, {"given": texts["number"]}))
                elif count.startswith("-"):
                    remarks.append(Remark("negative", place, {"given": count}))
                else:
                    texts["number"] = count
        elif not any(texts.get(name) for name in ROW_ESSENTIALS[kind]):
            remarks.append(Remark("row_without_essential", place, {"field": ROW_ESSENTIALS[kind][0]}))
        for name in ("date", "by_date"):
            if name in texts and (read := read_date(texts[name])) is None:
                remarks.append(Remark("not_a_date", place, {"given": texts[name]}))
            elif name in texts:
                texts[name] = str(read)
        if texts.get("urgency") and texts["urgency"] not in URGENCIES:
            remarks.append(Remark("unknown_choice", place, {"given": texts["urgency"]}))
        if texts.get("link") and not re.match(r"https?://[^\s]+$", texts["link"]):
            remarks.append(Remark("not_a_link", place, {"given": texts["link"]}))
        if kind == "assistance" and texts.get("type") and not texts.get("urgency"):
            remarks.append(Remark("urgency_missing", place))
        identity = _identity(row.uuid)
        if identity in taken:
            identity = str(uuid.uuid4())
        taken.add(identity)
        settled.append(Row(uuid=identity, fields=texts))
    if len(rows) > ROW_LIMIT:
        remarks.append(Remark("too_many_rows", "", {"limit": str(ROW_LIMIT)}))
    return tuple(settled), remarks


def _identity(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def figure_identity(answer_key: str, row: str, year: str) -> str:
    """The stable identity of one figure: it is the same cell of the same answer, whoever fills it in."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"palermo:{answer_key}:{row}:{year}"))


def settle(question: Asked, given: Content, *, values: Sequence[str]) -> tuple[Content, list[Remark]]:
    """The content as it is stored, and what does not fit in it; the one validation of page, import and API.

    ``given`` carries the texts and rows as typed; ``values`` the value or values as typed.
    """
    kind = str(question.kind)
    value, raw, remarks = settle_value(question, values)
    text = clean_text(given.text)
    rows: tuple[Row, ...] = ()
    if kind in ROW_KINDS:
        rows, row_remarks = settle_rows(kind, given.rows)
        remarks += row_remarks
        if rows and value == NONE_OF_THESE:
            value = None
    if kind == "text" and raw:
        # A text question has no value beside its text.
        text, raw, remarks = text or raw, "", []
    if given.cannot_answer and not clean_text(given.reason):
        remarks.append(Remark("reason_missing", "reason"))
    content = replace(
        EMPTY,
        value=value,
        raw=raw,
        text=text,
        language=given.language if text else "",
        gloss=clean_text(given.gloss),
        gloss_language=given.gloss_language if clean_text(given.gloss) else "",
        cannot_answer=given.cannot_answer,
        reason=clean_text(given.reason, FIELD_LIMIT),
        rows=rows,
    )
    return content, remarks
