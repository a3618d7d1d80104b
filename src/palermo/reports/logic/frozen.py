"""The frozen copy behind a document: what it holds, and how it is read in one language.

Everything in it is neutral of language: figures with the codes of the States behind them, and beside them the names of
everything in every language there is. So one copy gives the document in each of its languages, and the same for ever.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from palermo.base.multilingual import best
from palermo.responses.logic.canonical import fast_canonical_json

SCHEMA: Final = 1


def frozen_text(data: Mapping[str, Any]) -> str:
    """The copy as it is kept: canonical JSON (RFC 8785)."""
    return fast_canonical_json(data)


def sha256(text: str) -> str:
    """The digest by which a copy is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def filled(text: str, values: Mapping[str, str]) -> str:
    """A title with ``{treaty}``, ``{cycle}``, ``{party}`` filled; other braces stay as they are."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


@dataclass(frozen=True)
class Named:
    """The names in a frozen copy, in one language."""

    names: Mapping[str, Any]
    language: str

    def state(self, code: str) -> str:
        """The name of a State on the day of the copy."""
        found = self.names["states"].get(code)
        return best(found, self.language)[0][0] if found else code.upper()

    def sort(self, code: str) -> tuple[str, str]:
        """Where a State stands in lists of the language; names in another language stand last."""
        found = self.names["states"].get(code)
        if not found:
            return ("\uffff", code)
        (_name, key), language = best(found, self.language)
        return (key if language == self.language else f"\uffff{key}", code)

    def ordered(self, codes: Iterable[str]) -> list[str]:
        """The codes of States in the order of their names."""
        return sorted(codes, key=self.sort)

    def by_name(self, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Rows with a ``state`` in the order of the names."""
        return sorted(rows, key=lambda row: self.sort(row["state"]))

    def text(self, place: str, code: str) -> tuple[str, str]:
        """A text of ``groups``, ``sections`` or ``questions`` with the language it is in."""
        texts = self.names[place].get(code)
        return best(texts, self.language) if texts else (code, "")


def titled(frozen: Mapping[str, Any], language: str) -> dict[str, str]:
    """Title and subtitle of the document in a language."""
    named = Named(frozen["names"], language)
    about = frozen["about"]
    values = {
        "treaty": best(about["treaty"]["titles"], language)[0],
        "cycle": best(about["cycle"]["titles"], language)[0],
        "questionnaire": best(about["questionnaire"]["titles"], language)[0],
        "party": named.state(about["party"]) if about["party"] else "",
    }
    title = filled(best(frozen["titles"], language)[0], values)
    subtitles = frozen["subtitles"]
    return {"title": title, "subtitle": filled(best(subtitles, language)[0], values) if subtitles else ""}


def is_figure(value: Any) -> bool:
    """Whether this is a figure with the States behind it."""
    return isinstance(value, dict) and {"n", "states", "url"} <= set(value)


def figures(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every figure in the data."""
    if is_figure(value):
        yield value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from figures(item)


def counting_fewer(value: Any, than: int) -> int:
    """How many figures in the data count States, but fewer than so many."""
    return sum(0 < (figure["n"] or 0) < than for figure in figures(value))


def addressed(value: Any, address: Callable[[str], str], path: str = "") -> Any:
    """The data in which every figure that leads nowhere leads to the address of its place in them."""
    if isinstance(value, dict):
        made = {key: addressed(item, address, f"{path}.{key}" if path else key) for key, item in value.items()}
        return {**made, "url": made["url"] or address(path)} if is_figure(value) and "fewer" not in value else made
    if isinstance(value, list):
        return [addressed(item, address, f"{path}.{place}") for place, item in enumerate(value)]
    return value


def at_path(value: Any, path: str) -> dict[str, Any] | None:
    """The figure at a place, ``by_type.3.all``; none if there is no figure there."""
    for step in path.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if is_figure(value) else None
