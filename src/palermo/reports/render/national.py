"""The source of the national report, filled: its Markdown, and the texts of its header and footer."""

import datetime
import functools
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from palermo.reports.documents import frame
from palermo.reports.logic.markdown import clean, escape_blocks, escape_markdown, language_tag
from palermo.reports.render import HERE


def description_of(document: str) -> Mapping[str, Any]:
    """What ``document.yaml`` says of a document."""
    import yaml

    # The loader in C does the same in a tenth of the time; not every installation has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (HERE / document / "document.yaml").read_text("utf-8")
    description: Mapping[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are safe ones
    return description


def running_texts(report: Mapping[str, Any], description: Mapping[str, Any], language: str) -> dict[str, str]:
    """The texts of header and footer."""
    words = description["running"][language]
    receipt = report["receipt"]
    reference = receipt["number"] if receipt else words["draft"]
    texts = {
        "organ": report["treaty_short"]["text"] or report["treaty_title"]["text"],
        "reference": reference,
        "title": words["title"].format(party=report["party"]["text"]),
        "author": report["party"]["text"],
        "notice": words["generated"] if report["generated"] else "",
        "foot": reference,
        "page": words["page"],
        "of": words["of"],
    }
    return {name: clean(str(text)).replace("\n", " ") for name, text in texts.items()}


def fill(document: str, language: str, report: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    """The Markdown of the document. Whatever a source puts out is escaped, unless a macro of a source made it."""
    from babel.dates import format_date
    from babel.numbers import format_decimal
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment
    from markupsafe import Markup

    from palermo.base.multilingual import direction
    from palermo.reports.documents.filling import Tables

    locale = frame.locale_of(language)

    def finalize(value: object) -> object:
        if isinstance(value, Markup):
            return value
        return Markup(escape_markdown("" if value is None else value))  # noqa: S704 - escaped here

    def attributes(said: Mapping[str, str]) -> str:
        """``{lang= dir=}`` for a text that is not in the document's language; empty for one that is."""
        tongue = said["language"]
        if tongue == language:
            return ""
        turned = _first_direction(said["text"]) or direction(tongue or language)
        if not tongue or turned != direction(tongue):
            # Nobody said which language it is, or it cannot be that one: a Latin title in an Arabic answer.
            return "" if turned == direction(language) else f"{{dir={turned}}}"
        return f"{{lang={language_tag(tongue)} dir={direction(tongue)}}}"

    def said(text: Mapping[str, str]) -> Markup:
        """A text inside a sentence or a cell, in its own language and direction."""
        escaped, marks = escape_markdown(text["text"]), attributes(text)
        # The marks are codes of languages and directions, which ``attributes`` has made.
        return Markup(f"[{escaped}]{marks}" if marks and escaped else escaped)  # noqa: S704 - escaped above

    def blocks(text: Mapping[str, str], style: str) -> Markup:
        """A text as paragraphs of a style, in its own language and direction."""
        marks = attributes(text).strip("{}")
        inside = escape_blocks(text["text"])
        return Markup(f"::: {{.{style} {marks}}}\n{inside}\n:::")  # noqa: S704 - escaped above; the style is a source's

    @functools.cache
    def number(value: object) -> str:
        try:
            return str(format_decimal(Decimal(str(value)), locale=locale, decimal_quantization=False))
        except InvalidOperation:
            return str(value)

    @functools.cache
    def date(value: str, form: str = "long") -> str:
        try:
            return str(format_date(datetime.date.fromisoformat(str(value)[:10]), format=form, locale=locale))
        except ValueError:
            return str(value)

    def plural(value: int, **forms: str) -> str:
        return forms.get(locale.plural_form(int(value)), forms["other"])

    environment = SandboxedEnvironment(
        loader=FileSystemLoader([HERE / document, HERE]),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        lstrip_blocks=True,
    )
    del environment.filters["safe"]
    environment.filters.update(
        number=number,
        date=date,
        plural=plural,
        language_name=lambda tag: locale.languages.get(str(tag).replace("-", "_")) or str(tag),
        groups=lambda text: " ".join(re.findall(".{1,16}", str(text))),
        slug=lambda text: re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-"),
    )
    environment.globals.update(
        said=said,
        blocks=blocks,
        tables=Tables(),
        # The line under the head of a table: its strokes are the shares of the columns.
        rule=lambda width, to_the_end: Markup("-" * int(width) + (":" if to_the_end else "")),  # noqa: S704 - strokes
    )
    published = description["published"].get(report["treaty"], "")
    return environment.get_template(f"{language}.md.j2").render({**report, "published": published})


def _first_direction(text: str) -> str:
    """The direction of the first letter that has one; empty if none has."""
    import unicodedata

    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""
