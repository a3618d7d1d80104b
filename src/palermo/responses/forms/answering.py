"""Reads what was typed into the fields of questions, and says in sentences what does not fit."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.base.multilingual import ENDONYMS, LANGUAGES
from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.responses.logic.content import (
    FIELD_LIMIT,
    ROW_FIELDS,
    ROW_KINDS,
    TEXT_LIMIT,
    Content,
    Given,
    Remark,
    Row,
    figure_identity,
    settle_value,
)

# Texts of people may be in any language; these are offered, and one that is stored already.
TEXT_LANGUAGES = (
    *LANGUAGES, "bn", "cs", "de", "el", "fa", "he", "hi", "hu", "id", "it", "ja", "km", "ko", "ms", "nl", "pl", "pt",
    "ro", "sr", "sw", "th", "tr", "uk", "ur", "uz", "vi",
)  # fmt: skip
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
ROW_FIELD = re.compile(r"rows-(\d{1,4})-([a-z_]+)")
REVISION = re.compile(r"\d{1,9}")

Posted = Mapping[str, Mapping[str, list[str]]]


def posted_fields(post: QueryDict) -> Posted:
    """The fields of a form by question: ``{code: {field: values}}``; what belongs to no question is left out."""
    fields: dict[str, dict[str, list[str]]] = {}
    for name in post:
        code, separator, field = name.partition(":")
        if separator and code:
            fields.setdefault(code, {})[field] = post.getlist(name)
    return fields


def read_given(
    question: QuestionSpec, fields: Mapping[str, list[str]], *, figure_key: str = "", language: str = "en"
) -> Given:
    """One answer as it was typed. ``language`` is that of a text whose language nobody chose."""

    def one(name: str) -> str:
        return fields.get(name, [""])[-1]

    revision = one("revision")
    return Given(
        code=question.code,
        values=tuple(fields.get("value", ())),
        content=Content(
            text=one("text"),
            language=_language(fields, "language", language),
            gloss=one("gloss"),
            gloss_language=_language(fields, "gloss_language", "en"),
            cannot_answer=bool(one("cannot")),
            reason=one("reason"),
            rows=_rows(question, fields, figure_key),
        ),
        base=int(revision) if REVISION.fullmatch(revision) else 0,
    )


def _language(fields: Mapping[str, list[str]], name: str, otherwise: str) -> str:
    """The language chosen, which may be *not stated*; ``otherwise`` if the form did not ask or the tag is none."""
    chosen = fields.get(name, [otherwise])[-1]
    return chosen if not chosen or (LANGUAGE_TAG.fullmatch(chosen) and len(chosen) <= 8) else otherwise


def _rows(question: QuestionSpec, fields: Mapping[str, list[str]], figure_key: str) -> tuple[Row, ...]:
    kind = str(question.kind)
    if kind not in ROW_KINDS:
        return ()
    if kind == "figures":
        return _figures(question, fields, figure_key)
    found: dict[int, dict[str, str]] = {}
    for name, values in fields.items():
        match = ROW_FIELD.fullmatch(name)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = values[-1]
    return tuple(
        Row(uuid=row.get("uuid", ""), fields={name: row[name] for name in ROW_FIELDS[kind] if row.get(name)})
        for _number, row in sorted(found.items())
        if not row.get("remove")
    )


def _figures(question: QuestionSpec, fields: Mapping[str, list[str]], figure_key: str) -> tuple[Row, ...]:
    cells: dict[tuple[str, str], dict[str, str]] = {}
    # A figure that came in otherwise keeps the identity that it has.
    known: dict[tuple[str, str], str] = {}
    for name, values in fields.items():
        place, _sep, rest = name.partition("-")
        row, _sep, year = rest.rpartition("-")
        if place in {"cell", "nc"} and row and re.fullmatch(r"\d{4}", year) and values[-1].strip():
            key, text = ("number", values[-1]) if place == "cell" else ("not_collected", "yes")
            cells.setdefault((row, year), {})[key] = text
        elif place == "id" and row:
            known[row, year] = values[-1]
    order = {row.code: place for place, row in enumerate(question.rows)}
    return tuple(
        Row(
            uuid=known.get((row, year)) or figure_identity(f"{figure_key}/{question.code}", row, year),
            fields={"row": row, "year": year, **texts},
        )
        for (row, year), texts in sorted(
            cells.items(), key=lambda cell: (order.get(cell[0][0], len(order)), cell[0][0], cell[0][1])
        )
    )


def refuse_too_long(given: Given) -> None:
    """Raises a ``Refusal`` if something is longer than can be kept: nothing is cut off silently."""
    content = given.content
    long = [text for text in (content.text, content.gloss) if len(text) > TEXT_LIMIT]
    short = [content.reason, *given.values, *(text for row in content.rows for text in row.fields.values())]
    for text, limit in (*((text, TEXT_LIMIT) for text in long), *((text, FIELD_LIMIT) for text in short)):
        # A form sends every line end as two characters; one is kept.
        length = len(text.replace("\r\n", "\n").strip()) if len(text) > limit else 0
        if length > limit:
            raise Refusal(
                _(
                    "The text has %(length)s characters; %(limit)s can be kept. It has not been saved: shorten it, "
                    "or attach it as a file and refer to it."
                )
                % {"length": length, "limit": limit},
                "too_long",
            )


def typed_content(question: QuestionSpec, given: Given) -> Content:
    """What was typed, as a form shows it again after it could not be saved: nothing cut off, nothing put right."""
    value, raw, _remarks = settle_value(question, given.values)
    return replace(given.content, value=value, raw=raw)


# ── Sentences ────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMED_LIMIT = 60


def _named(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= NAMED_LIMIT else text[: NAMED_LIMIT - 1] + "…"


def remark_sentence(remark: Remark, question: QuestionSpec | None = None) -> str:
    """What does not fit in an answer, why, and the way out, in one or two sentences."""
    values = {name: _named(text) for name, text in remark.values.items()}
    sentence = _SENTENCES[remark.code](values)
    place = _place_words(remark.place, question)
    return _("%(place)s: %(sentence)s") % {"place": place, "sentence": sentence} if place else sentence


def _place_words(place: str, question: QuestionSpec | None) -> str:
    """Where in the answer: a row by its number, a figure by its row and year; a single value needs no word."""
    if match := re.fullmatch(r"row (\d+)", place):
        return _("Row %(number)s") % {"number": match[1]}
    row, _sep, year = place.rpartition(" ")
    if re.fullmatch(r"\d{4}", year):
        words = question.wording(get_language() or "en")[0].rows.get(row, row) if question else row
        return f"{words}, {year}"
    return ""


_SENTENCES: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "not_a_number": lambda values: (
        _("“%(given)s” is not a number. It is kept as typed; write digits only, for example 1250 or 12.5.") % values
    ),
    "not_a_date": lambda values: (
        _("“%(given)s” is not a date. It is kept as typed; write year, month and day, for example 2026-11-24.") % values
    ),
    "negative": lambda values: _("A number of cases cannot be less than zero. Look at “%(given)s” again.") % values,
    "unknown_choice": lambda values: (
        _("“%(given)s” is none of the choices. It is kept as typed; choose one of those offered.") % values
    ),
    "none_and_others": lambda _values: _(
        "“None of these” is ticked together with other choices. Take one or the other away."
    ),
    "reason_missing": lambda _values: _(
        "You say that this cannot be answered. Give the reason, so that it counts as an answer."
    ),
    "row_without_essential": lambda _values: _(
        "The first field is empty. The rest is kept; fill it in, or remove the row."
    ),
    "not_a_link": lambda values: (
        _("“%(given)s” is not a web address. It is kept as typed; it should begin with https://.") % values
    ),
    "urgency_missing": lambda _values: _("The urgency is missing. Choose one, so that the request can be weighed."),
    "too_many_rows": lambda values: (
        _("There are more than %(limit)s rows. All are kept; a file that you attach would be easier to read.") % values
    ),
}
REMARKS_SHOWN = 4


def remark_sentences(remarks: Iterable[Remark], question: QuestionSpec) -> list[str]:
    """The sentences for an answer's remarks; a long list ends with how many more there are."""
    found = list(remarks)
    sentences = [remark_sentence(remark, question) for remark in found[:REMARKS_SHOWN]]
    left = len(found) - REMARKS_SHOWN
    if left > 0:
        sentences.append(
            ngettext("There is one more remark.", "There are %(count)s more remarks.", left) % {"count": left}
        )
    return sentences


def invalid_sentence() -> str:
    """For an answer that is well formed, but contradicts the question's limits or another answer."""
    return _("This answer does not agree with the limits of the question or with another answer. Look at it again.")


def progress_sentence(answered: int, total: int) -> str:
    """How far a section is."""
    return ngettext(
        "%(answered)s of %(total)s question answered", "%(answered)s of %(total)s questions answered", total
    ) % {"answered": answered, "total": total}


def undone_sentence() -> str:
    """That a change has undone a declaration."""
    return _("The section is no longer declared complete, because this answer has changed.")


# ── Moments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB", "zh": "zh_Hans"}.get(language, language.replace("-", "_")))


def moment_words(at: datetime.datetime, now: datetime.datetime | None = None) -> str:
    """When something happened, as short as can be: the time with its zone today, else the date."""
    local = timezone.localtime(at)
    today = timezone.localtime(now or timezone.now()).date()
    locale = _locale(get_language() or "en")
    if local.year != today.year:
        return format_date(local.date(), format="long", locale=locale)
    if local.date() != today:
        return format_skeleton("MMMMd", local, locale=locale)
    return (
        f"{format_time(local, format='short', locale=locale)} {get_timezone_name(local, width='short', locale=locale)}"
    )


def saved_words(at: datetime.datetime, by_name: str, now: datetime.datetime | None = None) -> str:
    """The quiet sign of a saved answer."""
    if not by_name:
        return _("Saved %(when)s") % {"when": moment_words(at, now)}
    return _("Saved %(when)s · %(name)s") % {"when": moment_words(at, now), "name": by_name}


def language_name(code: str) -> str:
    """The name of a language in the page's language, with its own name for the six of the United Nations."""
    names = _locale(get_language() or "en").languages
    return str(names.get(code.replace("-", "_")) or names.get(code.split("-")[0]) or ENDONYMS.get(code, code))
