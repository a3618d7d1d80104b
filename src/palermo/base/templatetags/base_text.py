"""Texts, dates, numbers and citations in the language of the page."""

import datetime
import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal, format_percent
from django import template
from django.utils import timezone
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from palermo.base.citation import anchor
from palermo.base.citation import cite as cite_code
from palermo.base.multilingual import best, direction

register = template.Library()
Length = Literal["full", "long", "medium", "short"]


def page_language() -> str:
    """The language of the page that is being made."""
    return get_language() or "en"


def _locale(language: str | None = None) -> Locale:
    """Babel's rules for a language; English as the United Nations writes it, Chinese in simplified characters."""
    language = language or page_language()
    return Locale.parse({"en": "en_GB", "zh": "zh_Hans"}.get(language, language.replace("-", "_")))


def _choose(texts: Mapping[str, Any] | None, field: str) -> tuple[str, str]:
    """The text of ``field`` and its language; texts are ``{"en": {"title": …}}``, or ``{"en": …}`` without a field."""
    texts = texts or {}
    if field:
        texts = {code: record.get(field, "") for code, record in texts.items() if isinstance(record, Mapping)}
    try:
        value, language = best(texts, page_language())
    except LookupError:
        return "", page_language()
    return str(value), language


@register.simple_tag
def text(texts: Mapping[str, Any] | None, field: str = "", paragraphs: bool = False) -> SafeString:
    """A record's text in the page's language; a fallback carries its own ``lang`` and ``dir``.

    ``paragraphs=True`` turns empty lines into paragraphs.
    """
    value, language = _choose(texts, field)
    shown = mark_safe(linebreaks(value, autoescape=True)) if paragraphs else format_html("{}", value)  # noqa: S308 - escaped
    if not value or language == page_language():
        return shown
    element = "div" if paragraphs else "span"
    return format_html('<{} lang="{}" dir="{}">{}</{}>', element, language, direction(language), shown, element)


@register.filter
def text_of(texts: Mapping[str, Any] | None, field: str = "") -> str:
    """The same text without markup, for titles, attributes and options."""
    return _choose(texts, field)[0]


@register.filter
def text_language(texts: Mapping[str, Any] | None, field: str = "") -> str:
    """The language that ``text`` would show."""
    return _choose(texts, field)[1]


@register.simple_tag
def date(value: datetime.date | datetime.datetime | None, format: Length = "long") -> SafeString:
    """A date (``long``, ``medium``, ``short``, ``full``), or a time with its date and its zone, in a ``<time>``."""
    if value is None or value == "":
        return mark_safe("")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_words(value, format))


def date_words(value: datetime.date | datetime.datetime, format: Length = "long", language: str | None = None) -> str:
    """The words of a date, or of a time with its date and zone, in a language (the page's by default)."""
    locale = _locale(language)
    if not isinstance(value, datetime.datetime):
        return format_date(value, format=format, locale=locale)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    clock = format_time(local, format="short", locale=locale)
    if local.tzinfo is not None:
        clock = f"{clock} {local.tzname()}"
    day = format_date(local, format=format, locale=locale)
    return str(get_datetime_format(format, locale=locale)).replace("'", "").format(clock, day)


@register.simple_tag
def number(value: int | float | Decimal | str | None, kind: str = "") -> str:
    """A number as the reader's language writes it; ``kind="percent"`` takes 0.4 for 40 per cent."""
    if value is None or value == "":
        return ""
    return _number(str(value), kind, page_language())


@functools.lru_cache(maxsize=4096)
def _number(typed: str, kind: str, language: str) -> str:
    """A number as a language writes it; a page of figures has the same few many times."""
    if kind == "percent":
        return str(format_percent(Decimal(typed), locale=_locale(language)))
    return str(format_decimal(Decimal(typed), locale=_locale(language), decimal_quantization=False))


@register.filter
def dir_of(language: str | None) -> str:
    """The direction of a language: ``rtl``, ``ltr``, or ``auto`` if the language is not known."""
    return direction(language) if language else "auto"


@register.simple_tag
def cite(code: str) -> str:
    """The provision of a code in the page's language: ``untoc.6.1.a.i`` is Art. 6, para. 1 (a) (i)."""
    return cite_code(code, page_language())


@register.filter
def anchored(code: str) -> str:
    """The id of the place of an answer on a page that shows several."""
    return anchor(code)


@register.filter
def cited(code: str) -> str:
    """The same as a filter, for use in ``{% translate %}`` arguments and attributes."""
    return cite_code(code, page_language())


@register.filter
def language_name(code: str | None) -> str:
    """The name of a language in the page's language: ``es`` is Spanish."""
    if not code:
        return ""
    names = _locale().languages
    return str(names.get(code.replace("-", "_")) or names.get(code.split("-")[0]) or code)
