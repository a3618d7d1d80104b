"""Texts inside a drawing, without a font at hand: a careful guess at their width, their lines, and their safe form."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Final

SIZE: Final = 13.0


def width_of(text: str, size: float = SIZE) -> float:
    """About how wide a text is, rather too wide than too narrow."""
    return size * sum(_width(char) for char in text)


@lru_cache(maxsize=8192)
def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return 1.02
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0.0
    if char in " .,:;'|!ilj()[]/":
        return 0.34
    if char in "mwMW%@—":
        return 0.95
    return 0.7 if char.isupper() else 0.58


def wrapped(text: str, room: float, size: float = SIZE, most: int = 3) -> list[str]:
    """A text in lines that fit the room, at most so many; what does not fit ends in an ellipsis."""
    text = " ".join(text.split())
    if width_of(text, size) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for piece, joined in _pieces(text, room, size):
        longer = f"{line}{'' if joined else ' '}{piece}" if line else piece
        if line and width_of(longer, size) > room:
            lines.append(line)
            line = piece
        else:
            line = longer
    lines.append(line)
    if len(lines) > most:
        last = f"{lines[most - 1]} {lines[most]}"
        while last and width_of(last + "…", size) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip()}…"]
    return lines


def _pieces(text: str, room: float, size: float) -> Iterable[tuple[str, bool]]:
    """The words, and whether each follows without a space: a part of one wider than the room, or of Chinese writing."""
    for word in text.split(" "):
        piece, joined, long = "", False, 0.0
        for char in word:
            width = size * _width(char)
            if piece and (long + width > room or unicodedata.east_asian_width(char) in {"W", "F"}):
                yield piece, joined
                piece, joined, long = "", True, 0.0
            piece += char
            long += width
        if piece:
            yield piece, joined


_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def harmless(text: str) -> str:
    """A text for a drawing: escaped, without what XML forbids and without marks that turn the line round."""
    return escape(_FORBIDDEN.sub("", text), quote=True)


def turned(text: str, right_to_left: bool) -> str:
    """A text that keeps its own order inside a drawing, which itself always runs left to right."""
    kinds = {unicodedata.bidirectional(char) for char in text}
    safe = harmless(text)
    if right_to_left and kinds & {"R", "AL"}:
        return f"\u2067{safe}\u2069"
    return f"\u2068{safe}\u2069" if right_to_left or kinds & {"R", "AL"} else safe
