"""Style and templates keep the rules: logical properties, one small stylesheet, nothing inline."""

import gzip
import re
from pathlib import Path

import palermo

PACKAGE = Path(palermo.__file__).parent
STYLES = sorted(PACKAGE.glob("*/static/**/*.css"))
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
SCRIPTS = sorted(PACKAGE.glob("*/static/**/*.js"))

PHYSICAL = re.compile(
    r"(?<![\w-])("
    r"(margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)[\w-]*\s*:"
    r"|(left|right|top|bottom)\s*:"
    r"|border-(top|bottom)-(left|right)-radius\s*:"
    r"|(text-align|float|clear|caption-side)\s*:\s*(left|right)\b"
    r"|(min-|max-)?(width|height)\s*:(?![^{]*\)\s*(and|\{|,))"
    r"|overflow-(inline|block)\s*:"
    r")"
)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE
)


def found(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    hits = []
    for file in files:
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        hits += [f"{file.relative_to(PACKAGE)}: {hit.group(0)}" for hit in pattern.finditer(text)]
    return hits


def test_styles_have_logical_properties_only():
    assert found(PHYSICAL, STYLES) == []


def test_the_pattern_finds_physical_properties():
    bad = "a{margin-left:1px} b{left:0} c{text-align:right} d{width:3px} e{border-top-left-radius:1px} f{float:left}"
    assert len(PHYSICAL.findall(bad)) == 6
    assert (
        PHYSICAL.findall(
            "@media (min-width: 64rem) {a{border-inline-start:0}} @media (min-width: 2rem) and (max-width: 3rem) {"
        )
        == []
    )


def test_there_is_one_stylesheet_and_it_is_small():
    assert [file.name for file in STYLES] == ["palermo.css"]
    assert len(gzip.compress(STYLES[0].read_bytes())) < 9_000


def test_scripts_are_small():
    own = [file for file in SCRIPTS if not file.name.endswith(".min.js")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in own) < 16_000


def test_templates_hold_no_inline_style_script_or_handler():
    assert found(INLINE, TEMPLATES) == []


def test_the_pattern_finds_what_is_inline():
    bad = ['<p style="x">', "<style>", '<a onclick="x">', '<a href="javascript:x">', "<script>x</script>"]
    assert [bool(INLINE.search(text)) for text in bad] == [True] * 5
    assert INLINE.search("<script src=\"{% static 'a.js' %}\" defer></script>") is None


def test_scripts_and_styles_load_nothing_from_elsewhere():
    elsewhere = re.compile(
        r"url\(\s*[\"']?(https?:)?//|@import|(?:src|href)=[\"']https?://[^\"']*\.(?:js|css)", re.IGNORECASE
    )
    assert found(elsewhere, [*STYLES, *TEMPLATES]) == []
