"""The answers as data: one line for each question, for spreadsheets and scripts."""

import csv
import io
import json
from typing import Final

from palermo.base.citation import cite
from palermo.responses.logic.snapshot import AnsweredQuestion, NationalResponse

COLUMNS: Final = (
    "section",
    "code",
    "provision",
    "obligation",
    "asks",
    "kind",
    "question",
    "state",
    "value",
    "text",
    "language",
    "gloss",
    "gloss_language",
    "reason",
    "rows",
    "changed_by",
    "changed_at",
)
# A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text (and is documented).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def answers_csv(response: NationalResponse, language: str) -> str:
    """All answers as CSV with a byte order mark, so that every spreadsheet reads UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in _line(question, language)] for question in response.questions)
    return out.getvalue()


def _line(question: AnsweredQuestion, language: str) -> tuple[str, ...]:
    content = question.content
    state = "unanswered"
    if question.is_answered:
        state = "cannot answer" if content.cannot_answer else "answered"
    value = content.value if content.value is not None else content.raw
    rows = [{"uuid": row.uuid, **row.fields} for row in content.rows]
    return (
        question.section,
        question.code,
        cite(question.provision, language),
        question.obligation,
        question.asks,
        question.kind,
        str(question.text(language)[0].get("text", "")),
        state,
        " ".join(value) if isinstance(value, tuple) else value,
        content.text,
        content.language,
        content.gloss,
        content.gloss_language,
        content.reason,
        json.dumps(rows, ensure_ascii=False) if rows else "",
        question.by,
        question.at,
    )


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
