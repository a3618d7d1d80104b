"""Small filters for the pages of answering, and the parts of questions that are drawn once and used many times.

What is the same in every question (an empty row, the part for languages) is rendered once for a language, with marks
where a question's own words go; drawing an article of twelve questions then takes half the time.
"""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palermo.responses.forms.fields import NO_PLACE, Field, FigureLine, empty_row, language_options
from palermo.responses.labels import ASPECTS
from palermo.responses.logic.content import ROW_FIELDS

register = template.Library()

# These stand where a question's own words and a row's identity go, as ``NO_PLACE`` does where its code goes.
NO_WORDS = "0-no-words"
NO_UUID = "0-no-uuid"


@register.filter
def coded(address: str, code: str) -> str:
    """An address that was looked up once for the page, for the answer of one question."""
    return address.replace(NO_PLACE, code)


@register.filter
def aspects(codes: Iterable[str]) -> str:
    """The names of aspects, one after the other."""
    return ", ".join(str(ASPECTS.get(code, code)) for code in codes)


@register.simple_tag
def rows_of(field: Field) -> SafeString:
    """The rows of an answer, the empty one last."""
    parts: list[str] = [render_to_string("responses/_row.html", {"row": row}) for row in field.rows if not row.empty]
    last = field.rows[-1]
    blank = _blank_row(get_language() or "en", field.kind, field.types, last.number)
    parts.append(blank.replace(f"q-{NO_PLACE}", field.id).replace(NO_PLACE, field.code).replace(NO_UUID, last.uuid))
    return mark_safe("".join(parts))  # noqa: S308 - rendered above; codes and uuids hold nothing to escape


@lru_cache(maxsize=512)
def _blank_row(_language: str, kind: str, types: tuple[str, ...], number: int) -> str:
    row = empty_row(kind, types, code=NO_PLACE, ident=f"q-{NO_PLACE}", place=number - 1, uuid=NO_UUID)
    assert len(row.inputs) == len(ROW_FIELDS[kind])
    return render_to_string("responses/_row.html", {"row": row})


@register.simple_tag
def extras_of(field: Field) -> SafeString:
    """Language, translation, and that a question cannot be answered."""
    if field.gloss or field.cannot or field.reason:
        return render_to_string("responses/_extras.html", {"field": field})
    blank = _blank_extras(get_language() or "en", field.text_language)
    return mark_safe(  # noqa: S308 - rendered above
        blank.replace(f"q-{NO_PLACE}", field.id).replace(NO_PLACE, field.code).replace(NO_WORDS, escape(field.words))
    )


@lru_cache(maxsize=256)
def _blank_extras(page: str, text_language: str) -> str:
    field = {
        "id": f"q-{NO_PLACE}",
        "code": NO_PLACE,
        "words": NO_WORDS,
        "languages": language_options(page, text_language),
        "gloss_languages": language_options(page, "en", six=True),
    }
    return render_to_string("responses/_extras.html", {"field": field})


@register.simple_tag
def cells_of(line: FigureLine, ident: str) -> SafeString:
    """The figures of one row of a table."""
    absent = escape(_("not collected"))
    parts = []
    for cell in line.cells:
        label, name = escape(cell.label), escape(cell.name)
        parts.append(
            f'<td><input type="text" inputmode="decimal" name="{name}" id="{escape(cell.id)}"'
            f' value="{escape(cell.number)}" aria-label="{label}" aria-describedby="{ident}-remarks">'
            f'<label><input type="checkbox" name="{escape(cell.absent_name)}" value="1"'
            f'{" checked" if cell.absent else ""}>{absent}<span class="unseen"> · {label}</span></label>'
        )
        if cell.uuid:
            parts.append(f'<input type="hidden" name="{escape(cell.id_name)}" value="{escape(cell.uuid)}">')
        parts.append("</td>")
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped
