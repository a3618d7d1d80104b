"""Text that people typed, written so that pandoc's Markdown reads it as nothing but text.

Every ASCII character that is neither letter, digit nor space is escaped by a backslash, which the Markdown of pandoc
takes literally everywhere outside code; line starts that only spaces would make special are stripped. Nothing else of
a text is changed but what no document can hold: control characters, and marks that would turn the direction of what
stands around the text.
"""

import re
import unicodedata
from typing import Final

# What follows is switched off in the reader besides, as a second lock (reports.render).
_SPECIAL: Final = re.compile(r"[!-/:-@\[-`{-~]")
_SPACES: Final = re.compile(r"[ \t\u000b\u000c\u0085]+")
_BREAKS: Final = re.compile(r"\r\n|[\r\n\u2028\u2029]")
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n\s*")
_OVERRIDES: Final = frozenset("\u202d\u202e")
_EMBEDDINGS: Final = frozenset("\u202a\u202b")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")

# A line break inside a paragraph or a cell: a sign of private use, which ``clean`` lets nobody type. Pandoc hands it
# through, and ``reports.render`` turns it into the line break of each format.
LINE_BREAK: Final = "\ue00a"
# Put between signs that Typst would join to another one; it becomes nothing there.
APART: Final = "\ue00b"


# Whatever ``_balance`` has to look at: controls, surrogates, private use, no characters, marks of direction.
_ODD: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U0001fffe-\U0010ffff]"
)


def clean(text: str) -> str:
    """The text without what no document can hold, in lines; embeddings of direction are closed where it ends."""
    text = _BREAKS.sub("\n", text)
    return "\n".join(_SPACES.sub(" ", _balance(_SPACES.sub(" ", line))).strip(" ") for line in text.split("\n")).strip(
        "\n"
    )


def _balance(line: str) -> str:
    """A line without control characters and overrides, every isolate and embedding closed."""
    if _ODD.search(line) is None:
        return line
    kept: list[str] = []
    open_marks: list[str] = []
    for char in line:
        if char in _EMBEDDINGS:
            open_marks.append("\u202c")
        elif char in _ISOLATES:
            open_marks.append("\u2069")
        elif char in "\u202c\u2069":
            # A closing mark without its opening one would close what the document opened.
            if char not in open_marks:
                continue
            while open_marks[-1] != char:
                kept.append(open_marks.pop())
            open_marks.pop()
        elif char in _OVERRIDES or _is_unprintable(char):
            continue
        kept.append(char)
    return "".join([*kept, *reversed(open_marks)])


def _is_unprintable(char: str) -> bool:
    """Control characters, lone surrogates, private signs, and code points that are no characters."""
    return (
        (char != "\t" and unicodedata.category(char) in {"Cc", "Cs", "Co"})
        or (ord(char) & 0xFFFE) == 0xFFFE
        or (0xFDD0 <= ord(char) <= 0xFDEF)
    )


def _escape(line: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", line)


def escape_markdown(text: object) -> str:
    """The text on one line of Markdown, for headings, cells and sentences; its line breaks stay visible."""
    lines = [_escape(line) for line in clean(str(text)).split("\n")]
    return LINE_BREAK.join(line for line in lines if line)


def escape_blocks(text: object) -> str:
    """The text as paragraphs of Markdown: an empty line parts paragraphs, a line break stays one."""
    paragraphs = _PARAGRAPHS.split(clean(str(text)))
    return "\n\n".join(filter(None, (escape_markdown(paragraph) for paragraph in paragraphs)))


def language_tag(language: object) -> str:
    """A language tag that may stand in markup; ``und`` for what is none."""
    tag = str(language)
    return tag if _TAG.fullmatch(tag) else "und"
