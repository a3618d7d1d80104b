"""The text of a document as the public gets it: without links to pages that are not open, and as plain words."""

from html.parser import HTMLParser
from typing import Final

# After these the words of a sentence are over.
_APART: Final = frozenset(
    {"p", "div", "br", "li", "td", "th", "tr", "table", "caption", "h1", "h2", "h3", "h4", "header", "section", "hr"}
)
_DRAWN: Final = frozenset({"svg", "style", "script"})


def without_links(fragment: str) -> str:
    """The fragment with no link but those inside it; what stood in a link stays as text, byte for byte."""
    parser = _Unlinked()
    parser.feed(fragment)
    parser.close()
    return "".join(parser.out)


def plain_words(fragment: str) -> str:
    """What a reader reads, without the words inside of drawings, on one line for each piece."""
    parser = _Words()
    parser.feed(fragment)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.out).split("\n"))
    return "\n".join(line for line in lines if line)


class _Unlinked(HTMLParser):
    """Writes the HTML as it comes, without the tags of links that lead away."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.kept: list[bool] = []

    def _tag(self) -> str:
        return self.get_starttag_text() or ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            addresses = [value or "" for name, value in attrs if name.rpartition(":")[2] == "href"]
            self.kept.append(bool(addresses) and all(address.startswith("#") for address in addresses))
            if not self.kept[-1]:
                return
        self.out.append(self._tag())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.out.append(self._tag())

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and not (self.kept and self.kept.pop()):
            return
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")


class _Words(HTMLParser):
    """Keeps the words of the HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.drawn = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DRAWN:
            self.drawn += 1
        elif tag in _APART:
            self.out.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _APART:
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _DRAWN:
            self.drawn = max(0, self.drawn - 1)
        elif tag in _APART:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.drawn:
            self.out.append(data)
