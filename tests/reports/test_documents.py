"""The documents themselves: sound files, the same bytes twice, and nothing that was typed breaks out of its place."""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
import typst
from docx.oxml.ns import qn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from tests.reports import world
from tests.reports.test_markdown import as_read, pandoc_reads, texts, we_read

import palermo
from palermo.base.errors import Refusal
from palermo.reports import exchange
from palermo.reports.documents.reference import reference_docx
from palermo.reports.logic.markdown import clean, escape_blocks
from palermo.reports.render.national import description_of, fill
from palermo.reports.render.pandoc import typst_body
from palermo.reports.render.safe_html import ATTRIBUTES, ELEMENTS, safe_html

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = (
    "# Heading\n\n**bold** _it_ <script>alert(1)</script> <b>x</b> $x^2$ $$y$$ [a](http://evil) ![i](file:///etc/passwd)\n"
    "| a | b |\n|---|---|\n[^1] [@cite] {.class} `code` ~~~\n::: {.x}\n:::: table\n:::\n"
    '#import "/etc/passwd" #read("/etc/passwd") #sys.version @ref <label> = Title\n/ Term: x\n+ enum\n- item\n1. one\n'
    "{{ 7 * 7 }} {% for x in y %} {# c #} \\begin{document} \\input{x} --- ... -1 \"q\" 'q' https://example.org/*2*\n"
    "\u202eoverride \u2067isolate \u202bembed\n\x00\x07\x1b[31m \ue00a \ufffe end"
)

FREE = {"title", "reason", "institution", "summary", "extract"}


def make(form: str, report: object = None) -> bytes:
    made = report or world.report_of()
    return exchange.make_document(made, form).content  # type: ignore[arg-type]


def hostile_report(text: str = HOSTILE, language: str = "es") -> object:
    said = {
        code: replace(content, text=text, language=language, rows=tuple(
            replace(row, fields={name: text if name in FREE else value for name, value in row.fields.items()})
            for row in content.rows))
        for code, content in world.contents(spec=world.small()).items()
    }  # fmt: skip
    return world.report_of(world.response_of(said, spec=world.small(), party={"en": text}))


@pytest.fixture(scope="module")
def word() -> bytes:
    return make("docx", world.report_of(world.response_of(generated=True), receipt=world.RECEIPT))


@pytest.fixture(scope="module")
def pdf() -> pypdf.PdfReader:
    made = world.report_of(world.response_of(generated=True), receipt=world.RECEIPT)
    return pypdf.PdfReader(io.BytesIO(make("pdf", made)))


@pytest.fixture(scope="module")
def pages(pdf: pypdf.PdfReader) -> list[str]:
    return [page.extract_text() for page in pdf.pages]


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# ── DOCX ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_docx_parts_are_sound_and_relations_resolve(word: bytes) -> None:
    found = parts(word)
    types = etree.fromstring(found["[Content_Types].xml"])
    typed = {item.get("PartName", "").lstrip("/") for item in types if item.tag.endswith("Override")}
    assert typed - set(found) == set()
    for name, content in found.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)
    for name in [name for name in found if name.endswith(".rels")]:
        folder = Path(name).parent.parent
        for relation in etree.fromstring(found[name]):
            if relation.get("TargetMode") != "External":
                target = os.path.normpath(folder / relation.get("Target", "").lstrip("/"))
                assert target in found, f"{name} points to {target}"
    assert [name for name in found if b'TargetMode="External"' in found[name]] == []


def test_docx_numbers_paragraphs_and_headings_by_style(word: bytes) -> None:
    document = docx.Document(io.BytesIO(word))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Heading 1"] == [
        "Introduction",
        "Overview",
        "Criminalization",
        "Gaps by obligation",
        "Technical assistance requested",
        "Practice",
        "Notifications",
    ]
    assert by_style["Annex Title"] == ["Annex: all answers"]
    assert by_style["Title"] == ["National report of Argentina"]
    for name in ("Numbered Paragraph", "Heading 1", "Heading 2"):
        assert document.styles[name].element.find(f"{W}pPr/{W}numPr/{W}numId") is not None
    numbers = {item.get(qn("w:numId")) for item in document.part.numbering_part.element.findall(f"{W}num")}
    used = {item.get(qn("w:val")) for item in document.styles.element.iter(f"{W}numId")}
    assert used - numbers == set()
    styles = {style.style_id for style in document.styles}
    named = {item.get(qn("w:val")) for item in document.element.iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")}
    assert named - styles == set()


def test_docx_tables_repeat_their_heads(word: bytes) -> None:
    document = docx.Document(io.BytesIO(word))
    assert len(document.tables) > 20
    for table in document.tables:
        assert table.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(cell.text for cell in table.rows[0].cells)
        assert len({len(row.cells) for row in table.rows}) == 1


def test_docx_says_its_languages(word: bytes) -> None:
    found = parts(word)
    styles = etree.fromstring(found["word/styles.xml"])
    assert next(styles.iter(f"{W}lang")).get(qn("w:val")) == "en-GB"
    assert b'<w:lang w:val="es"' in found["word/document.xml"]
    assert b"<dc:language>en-GB</dc:language>" in found["docProps/core.xml"]


def test_docx_writes_arabic_and_chinese_as_such() -> None:
    spoken = [("ar", world.ARABIC), ("zh", world.CHINESE)]
    contents = list(world.contents(spec=world.small()).items())
    said = {
        code: replace(c, text=spoken[i % 2][1], language=spoken[i % 2][0]) for i, (code, c) in enumerate(contents[:30])
    }
    document = etree.fromstring(
        parts(make("docx", world.report_of(world.response_of(said, spec=world.small()))))["word/document.xml"]
    )
    arabic = [p for p in document.iter(f"{W}p") if world.ARABIC in "".join(t.text or "" for t in p.iter(f"{W}t"))]
    assert arabic
    outside = [p for p in arabic if p.getparent().tag == f"{W}body"]
    assert all(p.find(f"{W}pPr/{W}bidi") is not None for p in outside)
    runs = [r for p in outside for r in p.iter(f"{W}r")]
    assert {r.find(f"{W}rPr/{W}lang").get(qn("w:bidi")) for r in runs if r.find(f"{W}t") is not None} == {"ar"}
    assert next(item for item in document.iter(f"{W}lang") if item.get(qn("w:eastAsia"))).get(qn("w:eastAsia")) == "zh"


def test_docx_has_no_empty_paragraphs_and_a_header_on_every_page(word: bytes) -> None:
    document = docx.Document(io.BytesIO(word))
    assert [p.style.name for p in document.paragraphs if not p.text.strip()] == []
    for section in document.sections:
        assert section.different_first_page_header_footer
        for header in (section.header, section.first_page_header):
            text = "\n".join(p.text for p in header.paragraphs)
            assert "UNTOC-2026-ARG-01" in text
            assert "Generated demonstration: a statement of no government" in text
        footer = etree.tostring(section.footer._element).decode()
        assert "PAGE" in footer
        assert "NUMPAGES" in footer


@pytest.mark.parametrize("form", ["docx", "pdf", "html"])
def test_equal_input_gives_equal_bytes(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.kept, "find", lambda name: None)
    made = world.report_of(
        world.response_of(world.contents(spec=world.small()), spec=world.small()), receipt=world.RECEIPT
    )
    assert make(form, made) == make(form, made)


def test_reference_is_the_same_twice_and_escapes_its_texts() -> None:
    texts = dict.fromkeys(("organ", "reference", "title", "notice", "foot", "page", "of"), "<a & b>")
    assert reference_docx(texts) == reference_docx(texts)
    header = etree.fromstring(parts(reference_docx(texts, right_to_left=True))["word/header1.xml"])
    assert "".join(header.itertext()) == "<a & b><a & b><a & b>"


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pdf_is_tagged_and_says_what_it_is(pdf: pypdf.PdfReader) -> None:
    root = pdf.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "National report of Argentina"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert [str(item.title) for item in pdf.outline if not isinstance(item, list)][:2] == [
        "I. Introduction",
        "II. Overview",
    ]


def test_pdf_says_on_every_page_what_it_is(pages: list[str]) -> None:
    for text in pages:
        assert "UNTOC-2026-ARG-01" in text
        assert "a statement of no government" in text


def test_pdf_shows_what_was_answered(pages: list[str]) -> None:
    text = re.sub(r"\s+", " ", "\n".join(pages))
    assert "Law 11.179" in text
    assert "https://example.org/law?id=1&x=*2*" in text
    assert world.SPANISH in text


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fragment_numbers_its_paragraphs_and_holds_only_known_markup() -> None:
    tree = html.fragment_fromstring(make("fragment").decode(), create_parent="main")
    numbers = [item.text for item in tree.iterfind(".//div[@class='p']/p/span[@class='number']")]
    assert numbers == [f"{place}." for place in range(1, len(numbers) + 1)]
    assert {element.tag for element in tree.iter()} - ELEMENTS == {"main"}
    # Wide tables are reached by the keyboard, to be moved sideways.
    assert {name for element in tree.iter() for name in element.attrib} - ATTRIBUTES == {"tabindex"}
    assert {div.get("class") for div in tree.xpath("//*[@tabindex]")} <= {"table", "tablenumbers"}
    assert {href[:1] for href in tree.xpath("//@href")} == {"#"}
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_sanitiser_drops_everything_it_does_not_know() -> None:
    assert safe_html(
        '<p style="x" onclick="y" class="a">a<script>b</script><img src=x><a href="http://x">c</a></p>'
    ) == ('<p class="a">ab<a>c</a></p>')


# ── Hostile answers ──────────────────────────────────────────────────────────────────────────────────────────────────


def visible(text: str) -> str:
    """What a text amounts to once spaces and marks nobody sees are left out."""
    return "".join(
        char
        for char in unicodedata.normalize("NFKC", text)
        if not char.isspace() and unicodedata.category(char)[0] not in "C"
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_answers_come_out_as_text(language: str) -> None:
    made = hostile_report(language=language)
    said = visible(clean(HOSTILE))
    document = docx.Document(io.BytesIO(make("docx", made)))
    assert said in visible("\n".join(p.text for p in document.paragraphs))
    assert len({p.text for p in document.paragraphs if p.style.name == "Heading 1"}) == 7
    tree = html.fragment_fromstring(make("fragment", made).decode(), create_parent="main")
    assert said in visible(tree.text_content())
    assert {element.tag for element in tree.iter()} - ELEMENTS == {"main"}
    pages = pypdf.PdfReader(io.BytesIO(make("pdf", made))).pages
    written = visible("\n".join(page.extract_text() for page in pages))
    for piece in ("<script>alert(1)</script>", '#read("/etc/passwd")', "{{7*7}}{%forxiny%}{#c#}", "---...-1"):
        assert visible(piece) in written
    assert "root:x" not in written


def test_answer_of_twenty_thousand_characters_is_set_out_whole() -> None:
    long = ("palabra " * 2500)[:20_000].strip()
    said = {
        code: replace(content, text=long, language="es")
        for code, content in list(world.contents(spec=world.small()).items())[:12]
    }
    made = world.report_of(world.response_of(said, spec=world.small()))
    for form in ("docx", "pdf", "fragment"):
        assert len(make(form, made)) > 10_000


def typed(node: Any) -> str:
    """The text of a node as Typst has understood it; anything but plain text is an error."""
    match node["func"]:
        case "text":
            return str(node["text"])
        case "space":
            return " "
        case "linebreak":
            return "\n"
        case "smartquote":
            return '"' if node.get("double", True) else "'"
        case "sequence":
            return "".join(typed(child) for child in node["children"])
    raise AssertionError(f"{node['func']} is no plain text")


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(texts, min_size=25, max_size=40))
@example(["1. one", "12. two", "1.  two spaces", "**1. x**", "a\n1. b", "1. 2. x", "1) x"])
def test_typst_understands_the_texts_that_were_typed(many: list[str]) -> None:
    markdown = "\n\n".join(f"x\n\n{escape_blocks(text)}\n\ny" for text in many)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        body = typst_body(markdown, path, 0)
        (path / "main.typ").write_text(f"#set smartquote(enabled: false)\n{body}", "utf-8")
        found = json.loads(typst.query(str(path / "main.typ"), "par", root=folder))
    said = "\n\n".join(typed(paragraph["body"]) for paragraph in found)
    given = "\n\n".join(f"x\n\n{as_read(text)}\n\ny" for text in many)
    assert re.sub(r" +", " ", said) == re.sub(r"\n\n+", "\n\n", given)


def test_our_reader_reads_the_whole_report_as_pandoc_does() -> None:
    made = world.order("docx", world.report_of(world.response_of(generated=True), receipt=world.RECEIPT))
    markdown = fill("national-report", "en", made["report"], description_of("national-report"))
    assert we_read(markdown) == pandoc_reads(markdown)


# ── Failing well ─────────────────────────────────────────────────────────────────────────────────────────────────────


def child(order: bytes) -> subprocess.CompletedProcess[bytes]:
    source = str(Path(palermo.__file__).resolve().parents[1])
    return subprocess.run(
        [sys.executable, "-m", "palermo.reports.render"], input=order, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": source},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (b"{", "JSONDecodeError"),
        (b'{"document": "../x", "language": "en", "format": "pdf"}', "there is no such document"),
        (b'{"document": "national-report", "language": "../", "format": "pdf"}', "there is no such document"),
        (b'{"document": "national-report", "language": "en", "format": "exe"}', "national-report is not made as exe"),
    ],
)
def test_child_refuses_with_its_reason(order: bytes, reason: str) -> None:
    done = child(order)
    assert (done.returncode, done.stdout) == (1, b"")
    assert reason in done.stderr.decode()


def test_child_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "SECONDS", 0.01)
    with pytest.raises(Refusal) as refused:
        make("docx", world.report_of(world.response_of({}, spec=world.small())))
    assert refused.value.code == "late"


def test_too_many_at_once_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(exchange, "WAIT_SECONDS", 0.01)
    with exchange._place(), pytest.raises(Refusal) as refused:
        make("docx", world.report_of(world.response_of({}, spec=world.small())))
    assert refused.value.code == "busy"


def test_missing_font_is_said_in_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PALERMO_FONTS", str(tmp_path))
    said = {
        code: replace(c, text=world.CHINESE, language="zh")
        for code, c in list(world.contents(spec=world.small()).items())[:4]
    }
    make("pdf", world.report_of(world.response_of(said, spec=world.small())))
    assert "no font for Chinese was found" in caplog.text


def test_web_workers_never_load_what_makes_documents() -> None:
    code = (
        "import os, sys; os.environ['PALERMO_MODE'] = 'test';"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'palermo.config.settings';"
        "import django; django.setup(); import palermo.config.urls;"
        "print([name for name in ('typst', 'jinja2', 'pypandoc', 'palermo.reports.render') if name in sys.modules])"
    )
    source = str(Path(palermo.__file__).resolve().parents[1])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": source})  # fmt: skip
    assert done.stdout.strip() == "[]"
