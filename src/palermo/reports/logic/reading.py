"""The Markdown of our own sources, read into the tree that pandoc's writers take (its JSON).

Only what a source may use exists here: blocks ``::: name``, headings, paragraphs, pipe tables with a caption,
footnotes, ``*emphasis*``, ``**strong**``, and ``[text]{…}`` with a class, a language, a direction or an address
(``href=``). All else is text, and an escaped sign is itself; so what people typed cannot become markup. Pandoc's own
reader of Markdown says the same of such sources (a test holds both together) at four times the cost: it parts a text
into words, here it stays whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Node = dict[str, Any]

# The version of the tree that pandoc 3 reads.
API_VERSION: Final = (1, 23, 1)

_BLOCK: Final = re.compile(r":{3,4} (?:\{\.)?([a-z]+) ?([^{}]*)\}?")
_HEADING: Final = re.compile(r"(#{1,3}) (.*?)( \{\.unnumbered\})?")
_NOTE: Final = re.compile(r"\[\^((?:\\.|[^\]\\])+)\]: (.*)")
_RULE: Final = re.compile(r"\|(?:-+:?\|)+")
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_TOKEN: Final = re.compile(r"\\([!-/:-@\[-`{-~])|(\*\*?)|\[\^((?:\\.|[^\]\\])+)\]|(\[)|\](?:\{([^{}]*)\})?")
# Long texts are cut after a space, or inside a word, where nothing can come about: the time of pandoc's writer of Typst
# grows with the square of a text's length.
_PIECE: Final = re.compile(r".{1,240}(?<= )|.{240,}?(?<=\w)(?=\w)|.+", re.DOTALL)
# Pandoc's writer of Typst keeps a number at the beginning from becoming a list only if it is a word of its own.
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_NUMBER_FIRST: Final = re.compile(r"(\d+\.) ")
# Where a chart comes to stand; a sign of private use, which ``clean`` lets nobody type.
CHART: Final = "\ue00d"
_CAPTION: Final = "Table: "
_PLAIN: Final = ("", (), ())


class SourceError(ValueError):
    """A source that is not written as sources are; the reason names the place."""


def tree(markdown: str) -> list[Node]:
    """The blocks of a source that was filled in."""
    return _Reader(markdown).blocks


def pandoc_json(blocks: Sequence[Node]) -> Node:
    """The blocks as a whole document."""
    return {"pandoc-api-version": API_VERSION, "meta": {}, "blocks": blocks}


def in_styles(
    blocks: Sequence[Node], styles: Mapping[str, str], unnumbered: str, *, in_words: bool = False
) -> Iterator[Node]:
    """The blocks with the styles of Word in place of their names; the first level of ``unnumbered`` is one too.

    Word numbers by style; numbers of headings that it cannot write (``in_words``) are put into the text.
    """
    for block in blocks:
        if block["t"] == "Div":
            (identity, classes, attributes), content = block["c"]
            if classes[0] == "chart":
                # The place of a picture, and its title below it.
                key = next((value for name, value in attributes if name == "key"), "")
                mark = {"t": "Para", "c": [{"t": "Str", "c": f"{CHART}{key}{CHART}"}]}
                yield {"t": "Div", "c": (("", (), (("custom-style", styles["chart"]),)), [mark])}
                yield {"t": "Div", "c": (("", (), (("custom-style", "Image Caption"),)), content)}
            elif classes[0] in styles:
                style = ("custom-style", styles[classes[0]])
                rest = (pair for pair in attributes if pair[0] not in {"number", "key"})
                yield {"t": "Div", "c": ((identity, (), (style, *rest)), content)}
            else:
                yield from content
        elif block["t"] == "Header" and block["c"][1][1]:
            level, _attributes, content = block["c"]
            if level == 1:
                paragraph = {"t": "Para", "c": content}
                yield {"t": "Div", "c": (("", (), (("custom-style", unnumbered),)), (paragraph,))}
            else:
                yield {"t": "Header", "c": (level + 1, _PLAIN, content)}
        elif block["t"] == "Header":
            level, (identity, classes, attributes), content = block["c"]
            number = next((value for name, value in attributes if name == "number"), "")
            if in_words and number:
                content = [{"t": "Str", "c": f"{number} "}, *content]
            yield {"t": "Header", "c": (level, (identity, classes, ()), content)}
        else:
            yield block


def _spanned(attributes: Any, content: list[Node]) -> Node:
    """A span, or a link if it has an address."""
    identity, classes, pairs = attributes
    address = next((value for name, value in pairs if name == "href"), "")
    if not address:
        return {"t": "Span", "c": (attributes, content)}
    rest = tuple(pair for pair in pairs if pair[0] != "href")
    return {"t": "Link", "c": ((identity, classes, rest), content, (address, ""))}


def _attributes(text: str) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What stands in braces: ``.class`` and ``name=value``."""
    words = text.split()
    classes = tuple(word[1:] for word in words if word.startswith("."))
    named = (word.partition("=") for word in words if "=" in word)
    pairs = tuple((name, _ESCAPED.sub(r"\1", value)) for name, _sign, value in named)
    return ("", classes, pairs)


class _Reader:
    """Reads one source, a line at a time."""

    def __init__(self, markdown: str) -> None:
        lines = [line.strip(" \t") for line in markdown.split("\n")]
        # Footnotes are written below the place that names them.
        found = (_NOTE.fullmatch(line) for line in lines if line.startswith("[^"))
        self.notes = {match[1]: match[2] for match in found if match}
        self.blocks: list[Node] = []
        into, paragraph, fence = self.blocks, [], ""
        for line in [*lines, ""]:
            begins_note = line.startswith("[^") and _NOTE.fullmatch(line) is not None
            if line and not begins_note and line[0] not in ":#":
                paragraph.append(line)
                continue
            if paragraph:
                self._paragraph(paragraph, into)
                paragraph = []
            if line.startswith(":::"):
                if fence:
                    if line != fence:
                        raise SourceError(f"a block begins before another one ends: {line[:80]}")
                    into, fence = self.blocks, ""
                    continue
                match = _BLOCK.fullmatch(line)
                if match is None:
                    raise SourceError(f"this begins no block: {line[:80]}")
                content: list[Node] = []
                identity, classes, pairs = _attributes(match[2])
                self.blocks.append({"t": "Div", "c": ((identity, (match[1], *classes), pairs), content)})
                into, fence = content, ":" * (len(line) - len(line.lstrip(":")))
            elif line.startswith("#"):
                match = _HEADING.fullmatch(line)
                if match is None:
                    raise SourceError(f"this is no heading: {line[:80]}")
                classes = ("unnumbered",) if match[3] else ()
                into.append({"t": "Header", "c": (len(match[1]), ("", classes, ()), self.inlines(match[2]))})
        if fence:
            raise SourceError("the last block does not end")

    def _paragraph(self, lines: list[str], into: list[Node]) -> None:
        if lines[0].startswith("|"):
            into.append(self._table(lines))
        elif lines[0].startswith(_CAPTION) and into and into[-1]["t"] == "Table":
            caption = {"t": "Plain", "c": self.inlines(" ".join(lines).removeprefix(_CAPTION))}
            into[-1]["c"][1] = (None, (caption,))
        else:
            into.append({"t": "Para", "c": self.inlines(" ".join(lines))})

    def _table(self, lines: list[str]) -> Node:
        if len(lines) < 2 or not _RULE.fullmatch(lines[1]):
            raise SourceError(f"a table has no line under its head: {lines[0][:80]}")
        strokes = lines[1][1:-1].split("|")
        whole = sum(map(len, strokes))
        columns = [
            ({"t": "AlignRight" if stroke[-1] == ":" else "AlignDefault"}, {"t": "ColWidth", "c": len(stroke) / whole})
            for stroke in strokes
        ]
        head, *body = [self._row(line, len(columns)) for line in (lines[0], *lines[2:])]
        parts = [_PLAIN, (None, ()), columns, (_PLAIN, (head,)), ((_PLAIN, 0, (), body),), (_PLAIN, ())]
        return {"t": "Table", "c": parts}

    def _row(self, line: str, width: int) -> tuple[Any, ...]:
        cells = _CELL_END.split(line)[1:-1]
        if len(cells) != width:
            raise SourceError(f"a line of a table has {len(cells)} cells, not {width}: {line[:80]}")
        return (_PLAIN, [(_PLAIN, {"t": "AlignDefault"}, 1, 1, self._cell(cell.strip(" "))) for cell in cells])

    def _cell(self, text: str) -> list[Node]:
        return [{"t": "Plain", "c": self.inlines(text)}] if text else []

    def inlines(self, text: str) -> list[Node]:
        """The text of a paragraph, a heading or a cell."""
        out: list[Node] = []
        open_marks: list[tuple[str, list[Node]]] = []
        written: list[str] = []
        end = 0

        def flush() -> None:
            said = "".join(written)
            if not out and (number := _NUMBER_FIRST.match(said)):
                out.extend([{"t": "Str", "c": number[1]}, {"t": "Space"}])
                said = said[number.end() :]
            if len(said) <= 240:
                out.extend([{"t": "Str", "c": said}] if said else ())
            else:
                out.extend({"t": "Str", "c": piece} for piece in _PIECE.findall(said))
            written.clear()

        for match in _TOKEN.finditer(text):
            written.append(text[end : match.start()])
            end = match.end()
            if match[1]:
                written.append(match[1])
                continue
            flush()
            mark = match[2] or match[4]
            if match[3]:
                if match[3] not in self.notes:
                    raise SourceError(f"there is no footnote {match[3]}")
                out.append({"t": "Note", "c": ({"t": "Para", "c": self.inlines(self.notes[match[3]])},)})
            elif mark == "[" or (mark and mark not in [name for name, _outer in open_marks]):
                open_marks.append((mark, out))
                out = []
            else:
                opened, outer = open_marks.pop() if open_marks else ("", out)
                if opened != (mark or "[") or (not mark and match[5] is None):
                    raise SourceError(f"{match[0]} ends nothing: {text[:80]}")
                if mark:
                    node: Node = {"t": "Strong" if mark == "**" else "Emph", "c": out}
                else:
                    node = _spanned(_attributes(match[5]), out)
                out = outer
                out.append(node)
        written.append(text[end:])
        flush()
        if open_marks:
            raise SourceError(f"{open_marks[-1][0]} does not end: {text[:80]}")
        return out
