"""What people typed comes out of pandoc as the same text, whatever it looks like."""

import json
import subprocess

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palermo.reports.logic.markdown import LINE_BREAK, clean, escape_blocks, escape_markdown, language_tag
from palermo.reports.render import READER

SYNTAX = list("\\`*_{}[]()#+-.!|<>~^$@:%&'\"=/ \n\t") + [
    "1. ", "(a) ", "i) ", "    code", "```", "~~~", ":::", "::: {.x}", "[^1]", "[^1]: note", "@cite", "[@cite]",
    "$x$", "$$",
    "\\(x\\)", "\\begin{x}", "<b>", "</b>", "<script>", "<!-- -->", "&amp;", "https://example.org", "![a](b)", "[a](b)",
    "{.a}", "{=html}", "---\n", "| a | b |\n|---|---|\n", "+---+", "Term\n:   def", "# h", "% t", "^a^", "~a~", "(@x)",
    "\u202e", "\u2066", "\u2069", "\u0000", "\u0007", "العربية", "中文", "é", "\u00a0", "#h[", "//", "/*", "#import",
]  # fmt: skip
texts = st.lists(st.sampled_from(SYNTAX) | st.text(max_size=6), max_size=12).map("".join)


def plain(markdown: str) -> str:
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--sandbox", "-f", READER, "-t", "json"],
        input=markdown.encode(), capture_output=True, check=True,
    )  # fmt: skip

    def said(node: object) -> str:
        if isinstance(node, list):
            return "".join(said(item) for item in node)
        assert isinstance(node, dict)
        kind, content = node["t"], node.get("c")
        if kind == "Str":
            return str(content)
        if kind in {"Space", "SoftBreak"}:
            return " "
        if kind == "Para":
            return said(content) + "\n\n"
        raise AssertionError(f"{kind} is no plain text")

    return said(json.loads(done.stdout)["blocks"]).strip("\n").replace(LINE_BREAK, "\n")


def as_read(text: str) -> str:
    paragraphs, current = [], []
    for line in [*clean(text).split("\n"), ""]:
        if line:
            current.append(line)
        elif current:
            paragraphs.append("\n".join(current))
            current = []
    return "\n\n".join(paragraphs)


@settings(max_examples=150, deadline=None)
@given(texts)
def test_escaped_text_is_read_as_the_same_text(text: str) -> None:
    assert plain(escape_blocks(text)) == as_read(text)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_escaped_line_is_one_line(text: str) -> None:
    assert "\n" not in escape_markdown(text)


def test_direction_marks_are_closed_and_overrides_dropped() -> None:
    assert clean("a\u202eb\u2067c") == "ab\u2067c\u2069"
    assert clean("a\u2069b") == "ab"


def test_control_characters_are_dropped() -> None:
    assert clean("a\x00b\x1b[31mc\ufffe\ud800") == "ab[31mc"


@pytest.mark.parametrize(
    ("given", "shown"), [("es", "es"), ("zh-Hans", "zh-Hans"), ('x" onload="', "und"), ("", "und")]
)
def test_language_tag_admits_only_tags(given: str, shown: str) -> None:
    assert language_tag(given) == shown
