"""Fills the source of a conference document from the frozen copy; what is broken in it is named by file and line.

Whatever a source puts out is escaped, unless a function below made it; there is no ``safe`` filter. Only the child
process loads this (``reports.render``).
"""

import datetime
import functools
import re
import traceback
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from babel.lists import format_list
from babel.numbers import format_decimal
from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from palermo.base.citation import cite
from palermo.base.multilingual import best, direction
from palermo.base.yaml_source import parse
from palermo.reports.documents import frame
from palermo.reports.logic import charts, plotting
from palermo.reports.logic.frozen import Named
from palermo.reports.logic.markdown import clean, escape_markdown, language_tag
from palermo.reports.logic.readers import is_for_everybody

_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")


class BrokenSource(Exception):
    """A source that cannot be used: why, and in which file and line."""

    def __init__(self, reason: str, place: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.reason = reason
        self.place = place


class _Sources(BaseLoader):
    """The sources that were frozen with the figures, by name; tracebacks name them as files."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
        """The text of a source."""
        if template not in self.texts:
            raise TemplateNotFound(template)
        return self.texts[template], template, lambda: True


class Tables:
    """Numbers the tables of one document."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        """The number of the next table."""
        self.last += 1
        return self.last


def source_name(frozen: Mapping[str, Any], language: str) -> str:
    """The source of a language in a frozen copy."""
    return f"{frozen['kind']}/{language}.md"


def fill(frozen: Mapping[str, Any], language: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """The Markdown of the document, and its charts: key, picture and the words that stand for it."""
    name = source_name(frozen, language)
    if name not in frozen["sources"]:
        raise BrokenSource(f"There is no source in the language '{language}'.", name)
    tools = _Tools(frozen, language)
    environment = SandboxedEnvironment(
        loader=_Sources(frozen["sources"]), autoescape=True, finalize=tools.shown, undefined=StrictUndefined,
        lstrip_blocks=True, extensions=["jinja2.ext.do"],
    )  # fmt: skip
    del environment.filters["safe"]
    environment.filters.update(tools.filters())
    environment.globals.update(tools.functions())
    try:
        text = environment.get_template(name).render({**frozen["parts"], "about": tools.about()})
    except TemplateSyntaxError as error:
        raise BrokenSource(str(error.message or error), f"{error.name or name}:{error.lineno}") from error
    except TemplateNotFound as error:
        raise BrokenSource(f"It takes in '{error.name}', which is not there.", _place(error, frozen, name)) from error
    except TemplateError as error:
        raise BrokenSource(str(error.message or error), _place(error, frozen, name)) from error
    except (TypeError, ValueError, KeyError, AttributeError, LookupError, ZeroDivisionError, RecursionError) as error:
        raise BrokenSource(f"{type(error).__name__}: {error}", _place(error, frozen, name)) from error
    return text, tools.charts


def _place(error: BaseException, frozen: Mapping[str, Any], name: str) -> str:
    """The innermost line of a source in which it happened."""
    places = [entry for entry in traceback.extract_tb(error.__traceback__) if entry.filename in frozen["sources"]]
    return f"{places[-1].filename}:{places[-1].lineno}" if places else f"{name}:1"


def place_of(reason: str, frozen: Mapping[str, Any], language: str) -> str:
    """The line of a source from which a piece of the filled text most likely comes: the one that begins alike."""
    name = source_name(frozen, language)
    _why, _colon, piece = reason.partition(": ")
    lines = frozen["sources"][name].split("\n")
    for length in range(min(len(piece), 60), 2, -1):
        for number, line in enumerate(lines, start=1):
            if line.strip().startswith(piece[:length].strip()) and piece[:length].strip():
                return f"{name}:{number}"
    return f"{name}:{len(lines)}"


def provenance(frozen: Mapping[str, Any], language: str, sha256: str) -> str:
    """What the figures are made from, in a line."""
    words = frame.WORDS.get(language, frame.WORDS["en"])
    about = frozen["about"]
    moment = datetime.datetime.fromisoformat(about["known_at"]).astimezone(datetime.UTC)
    text = words["snapshot"].format(
        day=frame.long_date(datetime.date.fromisoformat(about["as_at"]), language),
        moment=f"{frame.long_date(moment.date(), language)} {moment:%H:%M} UTC",
        hash=sha256[:16],
    )
    return frame.typography(text, language)


def _made(markdown: str) -> Markup:
    """Markdown of this module: it goes out as it is, because every text of others in it has been escaped."""
    return Markup(markdown)  # noqa: S704 - the one place where a text is taken as safe


def _said(text: object) -> Markup:
    """A text of others, escaped."""
    return _made(escape_markdown(str(text)))


class _Tools:
    """What a source may call, in one language."""

    def __init__(self, frozen: Mapping[str, Any], language: str) -> None:
        self.frozen, self.language = frozen, language
        self.named = Named(frozen["names"], language)
        self.locale = frame.locale_of(language)
        self.charts: dict[str, tuple[str, str]] = {}
        words = frozen["sources"].get(f"words/{language}.yaml") or frozen["sources"]["words/en.yaml"]
        self.words = parse(words, f"words/{language}.yaml")

    def functions(self) -> dict[str, Any]:
        """The functions by name."""
        return {
            "figure": self.figure,
            "counted": self.counted,
            "percent": self.percent,
            "state": lambda code: _said(self.named.state(code)),
            "states": self.states,
            "submission": self.submission,
            "group": lambda code: self.said("groups", code),
            "section": lambda code: self.said("sections", code),
            "topic": lambda code: self.said("topics", code),
            "choice": self.choice,
            "quoted": lambda text, tongue: self._in_its_language(escape_markdown(text), tongue),
            "wording": lambda code: self.said("questions", code),
            "row_label": lambda question, row: self.said("rows", f"{question}/{row}"),
            "cite": lambda code: cite(code, self.language) or str(code),
            "word": self.word,
            "bars": self.bars,
            "few": _is_few,
            "some": lambda value: _is_few(value) or bool(self._of(value)),
            "for_everybody": is_for_everybody(self.frozen),
            "text": self.text,
            "tables": Tables(),
            # The line under the head of a table: its strokes are the shares of the columns.
            "rule": lambda width, to_the_end: _made("-" * int(width) + (":" if to_the_end else "")),
        }

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "number": lambda value: self._written(value) if isinstance(value, Mapping) else self.number(value),
            "initial": _capital,
            "date": self.date,
            "plural": self.plural,
            "by_name": self.named.by_name,
            "in_order": self.named.ordered,
        }

    def about(self) -> dict[str, Any]:
        """What the document is about, with every text in the language."""
        about = dict(self.frozen["about"])
        for place in ("cycle", "questionnaire", "treaty"):
            about[place] = {**about[place], "title": self.text(about[place]["titles"])}
        return about

    def shown(self, value: object) -> object:
        """What a source puts out, escaped unless it is markup already."""
        if isinstance(value, Markup):
            return value
        if isinstance(value, Mapping) and "n" in value:
            return self.figure(value)
        return _said("" if value is None else value)

    @functools.cache  # noqa: B019 - one object for one document
    def number(self, value: object) -> str:
        """A number as the language writes it."""
        try:
            return str(format_decimal(Decimal(str(value)), locale=self.locale, decimal_quantization=False))
        except ArithmeticError:
            return str(value)

    def date(self, value: str) -> str:
        """A date in words; anything else as it is."""
        try:
            return frame.long_date(datetime.date.fromisoformat(str(value)[:10]), self.language)
        except ValueError:
            return str(value)

    def plural(self, value: Any, **forms: str) -> str:
        """The form of a word that goes with a number; ``zero`` and ``two`` are taken where they are given."""
        return self._form(self._of(value), forms)

    def _form(self, number: int, forms: Mapping[str, str]) -> str:
        if number == 0 and "zero" in forms:
            return forms["zero"]
        return forms.get(self.locale.plural_form(number), forms["other"])

    @staticmethod
    def _of(value: Any) -> int:
        """What a word has to agree with; where only *fewer than* is told, with the number that follows it."""
        if _is_few(value):
            return int(value["fewer"])
        return int(value["n"] if isinstance(value, Mapping) else value)

    def _written(self, value: Mapping[str, Any]) -> str:
        """The number of a figure, or that there are fewer than so many."""
        if not _is_few(value):
            return self.number(value["n"])
        code = str(value["fewer"])
        words = self.words.get("fewer") or {"than": "< {n}"}
        return str(words["than"]).replace("{n}", str(words.get(code) or self.number(code)))

    def _linked(self, text: str, address: str) -> Markup:
        """A text of ours that leads to what is behind it."""
        written = escape_markdown(text)
        if not address:
            return _made(written)
        safe = quote(address, safe="/:?#@!$&'*+,;=%~.-_")
        if not _ADDRESS.fullmatch(safe):
            return _made(written)
        return _made(f"[{written}]{{href={safe}}}")

    def figure(self, value: Any) -> Markup:
        """A number; it leads to the States behind it."""
        if not isinstance(value, Mapping):
            return _said(self.number(value))
        return self._linked(self._written(value), value.get("url", ""))

    def counted(self, value: Any, **forms: str) -> Markup:
        """A number with its word: ``counted(f, one="{n} State", other="{n} States")``."""
        form = self._form(self._of(value), forms)
        if _is_few(value) and "{n}" not in form:
            form = forms["other"]
        before, mark, after = form.partition("{n}")
        if not mark:
            return self._linked(form, value.get("url", "") if isinstance(value, Mapping) else "")
        return _piece(before) + self.figure(value) + _piece(after)

    def percent(self, value: Mapping[str, Any]) -> Markup:
        """Whole per cent, halves rounded up, of what the figure is a part of; a dash over nobody or too few."""
        whole = int(value["of"])
        if not whole or _is_few(value):
            return Markup("–")
        share = (200 * int(value["n"]) + whole) // (2 * whole)
        return self._linked(str(self.words["percent"]).replace("{n}", self.number(share)), value.get("url", ""))

    def states(self, codes: Any) -> Markup:
        """The names of States in a sentence, in the order of the language; those that are not named are counted."""
        found = codes["states"] if isinstance(codes, Mapping) else codes
        names = [escape_markdown(self.named.state(code)) for code in self.named.ordered(found)]
        others = int(codes.get("others", 0)) if isinstance(codes, Mapping) else 0
        if _is_few(codes) and names:
            return _piece(str(self.words["among"]) + " ") + _made(format_list(names, locale=self.locale))
        if _is_few(codes) or (others and not names):
            return self.counted({**codes, "url": ""}, **self.words["states"])
        if others:
            names.append(str(self.counted(others, **self.words["others"])))
        return _made(format_list(names, locale=self.locale)) if names else _made("–")

    def submission(self, row: Mapping[str, Any]) -> Markup:
        """The name of a row's State; it leads to what it has submitted."""
        return self._linked(self.named.state(row["state"]), row.get("url", ""))

    def said(self, place: str, code: str) -> Markup:
        """A name or wording in the language; in another one it says so."""
        text, tongue = self.named.text(place, code)
        escaped = escape_markdown(text)
        return self._in_its_language(escaped, tongue)

    def choice(self, question: str, code: str) -> Markup:
        """What was chosen at a question; what every question offers is a word of documents."""
        key = f"{question}/{code}"
        return self.said("choices", key) if key in self.named.names["choices"] else _said(self.word("answer", code))

    def text(self, texts: Mapping[str, str]) -> Markup:
        """One of several languages' texts."""
        found, tongue = best(texts, self.language)
        return self._in_its_language(escape_markdown(found), tongue)

    def _in_its_language(self, escaped: str, tongue: str) -> Markup:
        """A text; where it is in another language than the document, it says so."""
        if tongue in {"", self.language} or not escaped:
            return _made(escaped)
        return _made(f"[{escaped}]{{lang={language_tag(tongue)} dir={direction(tongue)}}}")

    def word(self, kind: str, code: str) -> str:
        """The word for a code, from ``words/<language>.yaml``."""
        found: Any = self.words.get(kind)
        return str(found.get(code) or code) if isinstance(found, Mapping) else str(code)

    def bars(self, key: str, title: str, rows: Iterable[tuple[Any, Mapping[str, Any]]]) -> Markup:
        """A chart of shares, each bar with its label, its figure and what it is a part of; its table stands beside.

        What is too small to be told is not drawn; where nothing is left, there is no chart.
        """
        drawn = [(label, value) for label, value in rows if not _is_few(value)]
        if not drawn and rows:
            return Markup("")
        name = re.sub(r"[^a-z0-9]+", "-", str(key).lower()).strip("-") or "chart"
        shown = _plain(title)
        chart = charts.Chart(
            key=name,
            kind="bars",
            title=shown,
            series=(charts.Series("figure", shown, 1),),
            rows=tuple(charts.Row(_plain(label), (int(value["n"]),), whole=int(value["of"])) for label, value in drawn),
            heading="",
        )
        words = charts.Words(
            language=self.language,
            right_to_left=direction(self.language) == "rtl",
            number=self.number,
            of="{part} / {whole}",
        )
        self.charts[name] = (plotting.svg(chart, words, framed=False), charts.sentence(chart, words))
        return _made(f"::: {{.chart key={name}}}\n{escape_markdown(shown)}\n:::")


def _is_few(value: Any) -> bool:
    """Whether of a figure only is told that there are fewer than so many."""
    return isinstance(value, Mapping) and "fewer" in value


def _capital(text: str) -> str:
    """A text as it begins a sentence."""
    made = text[:1].upper() + text[1:]
    return _made(made) if isinstance(text, Markup) else made


def _piece(text: str) -> Markup:
    """The words beside a number, with the space that parts them from it."""
    lead, trail = " " if text[:1] == " " else "", " " if text.strip() and text[-1:] == " " else ""
    return _made(lead + escape_markdown(text) + trail)


_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def _plain(value: Any) -> str:
    """A text without markup."""
    if not isinstance(value, Markup):
        return clean(str(value)).replace("\n", " ")
    bare = re.sub(r"(?<!\\)\]\{[^}]*\}|(?<!\\)\[", "", str(value))
    return _ESCAPED.sub(r"\1", bare)
