"""HTML written anew with nothing but known elements and attributes."""

import html
import html.parser
import re
from typing import Final

# fmt: off
ELEMENTS: Final = frozenset({
    "div", "section", "p", "span", "strong", "em", "br", "table", "caption", "colgroup", "col", "thead",
    "tbody", "tr", "th", "td", "h2", "h3", "h4", "ol", "ul", "li", "a", "sup", "hr", "blockquote", "aside",
})
# fmt: on
VOID: Final = frozenset({"br", "col", "hr"})
ATTRIBUTES: Final = frozenset({"lang", "dir", "class", "id", "href", "role", "scope", "start", "type"})
_VALUES: Final = {
    "class": re.compile(r"[A-Za-z0-9 _-]+"),
    "id": re.compile(r"[A-Za-z0-9_-]+"),
    "href": re.compile(r"#[A-Za-z0-9_-]+"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "lang": re.compile(r"[A-Za-z0-9-]+"),
    "role": re.compile(r"doc-[a-z]+"),
}


class _Allowed(html.parser.HTMLParser):
    """Writes the HTML anew with nothing but known elements and attributes."""

    def __init__(self, site: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.site = site
        self.out: list[str] = []
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            return
        if tag == "thead":
            self.in_head = True
        kept = [
            (name, value or "")
            for name, value in attrs
            if name in ATTRIBUTES
            and (name not in _VALUES or _VALUES[name].fullmatch(value or "") or self._leads_here(name, value or ""))
        ]
        if tag == "th":
            kept.append(("scope", "col"))
        if tag == "div" and {"table", "tablenumbers"} & set(dict(kept).get("class", "").split()):
            # A wide table is moved sideways on a narrow screen, by the keyboard too.
            kept.append(("tabindex", "0"))
        self.out.append("<" + tag + "".join(f' {name}="{html.escape(value)}"' for name, value in kept) + ">")

    def _leads_here(self, name: str, value: str) -> bool:
        """Whether this is an address of this site."""
        return bool(name == "href" and self.site and value.startswith(f"{self.site}/"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ELEMENTS and tag not in VOID:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(html.escape(data, quote=False))


def safe_html(fragment: str, site: str = "") -> str:
    """The fragment with nothing in it that our own sources do not use: no style, no script, no foreign address."""
    parser = _Allowed(site)
    parser.feed(fragment)
    parser.close()
    return "".join(parser.out)
