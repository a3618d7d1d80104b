"""What goes out in other forms: published answers in one file, with a dictionary; the feed of documents."""

import csv
import datetime
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import best
from palermo.site.models import Published

FORMS: Final = ("csv", "json", "xlsx")
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DICTIONARY: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("party", _("The State: its ISO 3166 code of three letters; organisations have a code of their own.")),
    ("cycle", _("The code of the reporting cycle.")),
    ("questionnaire", _("The code of the questionnaire.")),
    ("treaty", _("The code of the treaty.")),
    ("receipt", _("The receipt of the submission from which the answer is taken.")),
    ("submitted_at", _("When it was submitted, in UTC.")),
    ("section", _("The code of the section, which is an article of the treaty or the general part.")),
    ("code", _("The stable code of the question; the same in all cycles.")),
    ("provision", _("The code of the provision asked about.")),
    ("obligation", _("mandatory, considered (to be considered) or optional.")),
    ("asks", _("The aspect: implementation, measures, practice, figures, difficulties, assistance and so on.")),
    ("kind", _("How the question is answered.")),
    ("question", _("The question in English, as it was asked.")),
    ("state", _("answered, cannot answer, or unanswered. Questions that did not apply to the State are not listed.")),
    ("value", _("The code of the answer, or several with a space between them, or the number or date.")),
    ("text", _("What the State wrote, in its own words.")),
    ("language", _("The language of the text.")),
    ("reason", _("Why the State cannot answer.")),
    ("rows", _("Laws, cases, figures, authorities or requests for assistance, as JSON.")),
    ("generated", _("true if the answer was generated for a demonstration and is the statement of no government.")),
)
COLUMNS: Final = tuple(name for name, _meaning in DICTIONARY)
# A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def records(published: Iterable[Published]) -> Iterator[dict[str, Any]]:
    """One record for each published question."""
    for item in published:
        for section in item.excerpt["sections"]:
            for question in section["questions"]:
                answer = question["answer"]
                value = answer.get("value", answer.get("raw", ""))
                state = "cannot answer" if answer.get("cannot_answer") else "answered" if answer else "unanswered"
                yield {
                    "party": item.party,
                    "cycle": item.cycle,
                    "questionnaire": item.questionnaire,
                    "treaty": item.treaty,
                    "receipt": item.receipt,
                    "submitted_at": item.submitted_at.isoformat(timespec="seconds"),
                    "section": section["code"],
                    "code": question["code"],
                    "provision": question["provision"],
                    "obligation": question["obligation"],
                    "asks": question["asks"],
                    "kind": question["kind"],
                    "question": best(question["wording"], "en")[0]["text"],
                    "state": state,
                    "value": " ".join(value) if isinstance(value, list) else value,
                    "text": answer.get("text", ""),
                    "language": answer.get("language", ""),
                    "reason": answer.get("reason", ""),
                    "rows": answer.get("rows", []),
                    "generated": item.generated,
                }


def open_data(form: str, published: Iterable[Published]) -> bytes:
    """The whole as a file in one of ``FORMS``."""
    if form == "json":
        return json.dumps(
            {"columns": {name: str(meaning) for name, meaning in DICTIONARY}, "answers": list(records(published))},
            ensure_ascii=False,
        ).encode()
    if form == "csv":
        out = io.StringIO("\ufeff", newline="")
        out.seek(0, io.SEEK_END)
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(record[name]) for name in COLUMNS] for record in records(published))
        return out.getvalue().encode()
    return _workbook(published)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _workbook(published: Iterable[Published]) -> bytes:
    """A workbook with the answers and the dictionary; texts stay texts."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("answers")
    sheet.write_row(0, 0, COLUMNS, bold)
    sheet.freeze_panes(1, 1)
    for number, record in enumerate(records(published), start=1):
        for column, name in enumerate(COLUMNS):
            value = record[name]
            text = _cell(value) if isinstance(value, bool | list) else str(value)
            sheet.write_string(number, column, text[:32_000])
    meanings = book.add_worksheet("dictionary")
    meanings.set_column(0, 0, 18)
    meanings.set_column(1, 1, 90, wrap)
    meanings.write_row(0, 0, ("column", "meaning"), bold)
    for number, (name, meaning) in enumerate(DICTIONARY, start=1):
        meanings.write_row(number, 0, (name, str(meaning)))
    book.close()
    return out.getvalue()


# ── The feed of documents ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class NewDocument:
    """One document of the feed."""

    urn: str
    title: str
    summary: str
    language: str
    url: str
    first_at: datetime.datetime
    updated_at: datetime.datetime
    # Address, size in bytes and type of each file.
    files: Sequence[tuple[str, int, str]]


class _Feed(Atom1Feed):
    """Atom (RFC 4287), each entry with its own language."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, Any]:
        """The language of the texts of an entry."""
        return {"xml:lang": item["language"]}


def documents_feed(
    *, title: str, author: str, language: str, page: str, feed: str, entries: Iterable[NewDocument]
) -> bytes:
    """The feed in UTF-8."""
    made = _Feed(title=title, link=page, description=None, language=language, author_name=author, feed_url=feed)
    for entry in entries:
        made.add_item(
            title=entry.title,
            link=entry.url,
            # It goes out as HTML.
            description=escape(entry.summary),
            unique_id=entry.urn,
            pubdate=entry.first_at,
            updateddate=entry.updated_at,
            enclosures=[Enclosure(url, str(size), kind) for url, size, kind in entry.files],
            language=entry.language,
        )
    return made.writeString("utf-8").encode()
