"""What people typed comes out of pandoc as the same text, whatever it looks like."""

import json
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palermo.reports.logic.markdown import LINE_BREAK, clean, escape_blocks, escape_markdown, language_tag
from palermo.reports.logic.reading import SourceError, pandoc_json, tree
from palermo.reports.render.pandoc import pandoc_path

# What of pandoc's Markdown the sources use; the reader of ours reads such sources as pandoc does.
READER = (
    "markdown"
    "-smart-raw_html-raw_tex-raw_attribute-native_divs-native_spans-markdown_in_html_blocks-latex_macros"
    "-tex_math_dollars-citations-example_lists-definition_lists-fancy_lists-line_blocks-inline_notes-strikeout"
    "-subscript-superscript-task_lists-yaml_metadata_block-pandoc_title_block-auto_identifiers-implicit_figures"
    "-link_attributes-grid_tables-multiline_tables-simple_tables-backtick_code_blocks-fenced_code_blocks"
    "-inline_code_attributes-implicit_header_references-shortcut_reference_links"
)
SYNTAX = list("\\`*_{}[]()#+-.!|<>~^$@:%&'\"=/ \n\t") + [
    "1. ", "(a) ", "i) ", "    code", "```", "~~~", ":::", "::: {.x}", "[^1]", "[^1]: note", "@cite", "[@cite]",
    "$x$", "$$",
    "\\(x\\)", "\\begin{x}", "<b>", "</b>", "<script>", "<!-- -->", "&amp;", "https://example.org", "![a](b)", "[a](b)",
    "{.a}", "{=html}", "---\n", "| a | b |\n|---|---|\n", "+---+", "Term\n:   def", "# h", "% t", "^a^", "~a~", "(@x)",
    "\u202e", "\u2066", "\u2069", "\u0000", "\u0007", "العربية", "中文", "é", "\u00a0", "#h[", "//", "/*", "#import",
]  # fmt: skip
texts = st.lists(st.sampled_from(SYNTAX) | st.text(max_size=6), max_size=12).map("".join)


def pandoc_reads(markdown: str) -> list[Any]:
    """The blocks that pandoc itself finds, with the words of a text joined."""
    done = subprocess.run(
        [pandoc_path(), "--sandbox", "-f", READER, "-t", "json", "--columns=1"],
        input=markdown.encode(), capture_output=True, check=True,
    )  # fmt: skip
    blocks: list[Any] = joined(json.loads(done.stdout)["blocks"])
    return blocks


def joined(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: joined(value) for name, value in node.items()}
    if not isinstance(node, list):
        return node
    out: list[Any] = []
    for item in map(joined, node):
        if isinstance(item, dict) and item.get("t") in {"Space", "SoftBreak", "Str"}:
            text = item.get("c", " ")
            if out and isinstance(out[-1], dict) and out[-1].get("t") == "Str":
                text = out.pop()["c"] + text
            out.append({"t": "Str", "c": text})
        else:
            out.append(item)
    return out


def we_read(markdown: str) -> list[Any]:
    blocks: list[Any] = joined(json.loads(json.dumps(pandoc_json(tree(markdown))))["blocks"])
    return blocks


def plain(markdown: str) -> str:
    found = we_read(markdown)
    assert {block["t"] for block in found} - {"Para"} == set()
    assert {inline["t"] for block in found for inline in block["c"]} - {"Str"} == set()
    said = ["".join(inline["c"] for inline in block["c"]) for block in found]
    return "\n\n".join(said).replace(LINE_BREAK, "\n")


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


@pytest.mark.parametrize("word", ["palabra ", "x", "-", "a/", "ا"])
def test_long_text_is_read_whole_in_pieces(word: str) -> None:
    text = (word * 20_000)[:20_000].strip()
    assert plain(escape_blocks(text)) == text


@settings(max_examples=4, deadline=None)
@given(st.lists(texts, min_size=60, max_size=90))
def test_pandoc_reads_escaped_texts_as_we_do(many: list[str]) -> None:
    markdown = "\n\n".join(escape_blocks(text) for text in many)
    assert we_read(markdown) == pandoc_reads(markdown)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("::: p\nx", "the last block does not end"),
        ("::: p\n::: answer\nx\n:::\n:::", "a block begins before another one ends: ::: answer"),
        ("::: {x\n:::", "this begins no block: ::: {x"),
        ("#x", "this is no heading: #x"),
        ("| a |", "a table has no line under its head: | a |"),
        ("| a |\n|---|\n| b | c |", "a line of a table has 2 cells, not 1: | b | c |"),
        ("a *b", "* does not end: a *b"),
        ("a [b]", "] ends nothing: a [b]"),
        ("a]{.b}", "]{.b} ends nothing: a]{.b}"),
        ("a[^b]", "there is no footnote b"),
    ],
)
def test_source_that_is_not_written_as_sources_are_is_refused(source: str, reason: str) -> None:
    with pytest.raises(SourceError) as refused:
        tree(source)
    assert str(refused.value) == reason


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
