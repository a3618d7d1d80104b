"""Conference documents: their form in three formats and languages, the same bytes twice, what is typed stays text."""

import io
import json
import re
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from tests.reports import conference
from tests.reports.test_documents import HOSTILE, parts, visible
from tests.reports.test_markdown import pandoc_reads, we_read

from palermo.base.yaml_source import BadContent
from palermo.reports.documents import filling, frame
from palermo.reports.documents.kinds import read_kind, read_kinds
from palermo.reports.logic.markdown import clean
from palermo.reports.render import Failed, orders
from palermo.reports.render.fonts import ARABIC
from palermo.reports.render.safe_html import ELEMENTS, safe_html

KEPT = Path(__file__).parent / "kept"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KINDS = {
    "needs-overview": ("en", "fr", "ar"),
    "reporting-status": ("en", "fr"),
    "implementation": ("en", "fr"),
    "country-profile": ("en", "fr"),
    "answer-matrix": ("en", "fr"),
    "help-to-report": ("en", "fr"),
}
EVERY = [(kind, language) for kind, languages in KINDS.items() for language in languages]
DESCRIPTION = """code: mine
titles: {en: "A note on the {treaty}"}
data: [reporting]
"""


def make(kind: str, form: str, language: str = "en", **options: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return orders.make(conference.order(kind, form, language, **options), Path(folder))


def own_kind(folder: Path, source: str, description: str = DESCRIPTION) -> Path:
    kind = folder / "mine"
    kind.mkdir()
    (kind / "document.yaml").write_text(description, "utf-8")
    (kind / "en.md").write_text(source, "utf-8")
    return kind


# ── The kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_kinds_of_the_package_are_sound_and_in_their_languages() -> None:
    found = read_kinds()
    assert found.problems == ()
    assert {code: kind.languages for code, kind in found.found.items()} == KINDS


@pytest.mark.parametrize(("kind", "language"), EVERY)
@pytest.mark.parametrize("form", ["docx", "pdf", "html"])
def test_equal_input_gives_equal_bytes(kind: str, language: str, form: str) -> None:
    assert make(kind, form, language) == make(kind, form, language)


def test_only_the_date_differs_on_another_day() -> None:
    later = {**conference.MASTHEAD, "dated": "2026-12-01"}
    first = make("help-to-report", "html")
    second = make("help-to-report", "html", masthead=later, timestamp=1764600000)
    assert first != second
    assert first.replace(b"24 November 2026", b"1 December 2026") == second


def test_folder_outside_the_package_adds_a_kind(tmp_path: Path) -> None:
    folder = own_kind(tmp_path, "::: p\nThere are {{ reporting.whole.parties }} parties.\n:::\n")
    found = read_kinds(str(tmp_path))
    assert found.problems == ()
    assert list(found.found)[-1] == "mine"
    made = make("mine", "html", frozen=conference.frozen("mine", folder=folder)).decode()
    text = html.fromstring(made).text_content()
    assert "There are 26 parties." in text
    assert "A note on the United Nations Convention against Transnational Organized Crime" in text


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        ("code: mine\ntitles: {en: A}\ndata: [nothing]\n",
         "mine/document.yaml:3: 'nothing' is not known in 'data'. Known are: reporting, help, country, needs, "
         "analysis, matrix, practices."),
        ("code: other\ntitles: {en: A}\ndata: [help]\n",
         "mine/document.yaml:1: The code 'other' is not the name of the folder. Write 'code: mine'."),
        ("code: mine\ndata: [help]\n",
         "mine/document.yaml:1: 'titles' is missing. Write 'titles:' and below it 'en: …' for each language."),
        ("code: mine\ntitles:\n  en: A\n  xx: B\ndata: [help]\n",
         "mine/document.yaml:4: 'xx' is no language with a text here. Languages are: en, fr, es, ru, ar, zh; put the "
         "text in quotation marks."),
        ("code: mine\ntitles: {en: A}\ndata: [country]\n",
         "mine/document.yaml:3: 'country' needs a State. Add 'parameters: [party]'."),
        ("code: mine\ntitles: {fr: A}\ndata: [help]\n",
         "mine/document.yaml:2: The title in 'en' is missing. Add 'en: …' below 'titles'."),
        ("code: mine\ntitle: A\ntitles: {en: A}\ndata: [help]\n",
         "mine/document.yaml:2: 'title' is not known here. Known are: code, frame, order, names, titles, subtitles, "
         "summaries, data, parameters, landscape, public."),
        ("code: mine\ntitles: {en: A}\ndata: [help]\npublic: perhaps\n",
         "mine/document.yaml:4: 'public' must be true or false. If it is a text, put it in quotation marks."),
        ("code: mine\ntitles: {en: A}\ndata: [matrix]\npublic: true\n",
         "mine/document.yaml:4: 'matrix' shows answers of single States, which they open themselves. "
         "Write 'public: false'."),
        ("code: mine\ntitles: {en: A}\ndata: [help]\npublic: true\n",
         "mine/document.yaml:4: 'help' shows answers of single States, which they open themselves. "
         "Write 'public: false'."),
    ],
)  # fmt: skip
def test_broken_description_names_file_line_and_way_out(tmp_path: Path, description: str, problem: str) -> None:
    folder = own_kind(tmp_path, "text", description)
    with pytest.raises(BadContent) as bad:
        read_kind(folder)
    assert [str(item) for item in bad.value.problems] == [problem]
    assert [str(item) for item in read_kinds(str(tmp_path)).problems] == [problem]


def test_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert [str(item) for item in read_kinds(gone).problems] == [
        f"{gone}:1: PALERMO_DOCUMENTS names no folder. Create it, or take the setting out."
    ]


@pytest.mark.parametrize(
    ("source", "place", "reason"),
    [
        ("# A\n\n{% if x %}\n", "mine/en.md:3", "Unexpected end of template"),
        ("# A\n\n{{ reporting.whole.partys }}\n", "mine/en.md:3", "has no attribute 'partys'"),
        ("one\n\n{{ nothing }}\n", "mine/en.md:3", "'nothing' is undefined"),
        ("one\n{{ 1 / 0 }}\n", "mine/en.md:2", "ZeroDivisionError"),
        ("{% from 'absent.md' import x %}\n", "mine/en.md:1", "It takes in 'absent.md'"),
        ("one\n\n::: p\ntext\n", "mine/en.md", "the last block does not end"),
        ("one\n\n#### four\n", "mine/en.md:3", "this is no heading"),
        ("one\n\n{{ counted(3, one='{n} State') }}\n", "mine/en.md:3", "other"),
        ("{{ ''.__class__.__mro__ }}\n", "mine/en.md:1", "unsafe"),
        ("one\n[^gone]\n", "mine/en.md", "there is no footnote gone"),
    ],
)
def test_broken_source_names_file_line_and_reason(tmp_path: Path, source: str, place: str, reason: str) -> None:
    folder = own_kind(tmp_path, source)
    with pytest.raises(Failed) as failed:
        make("mine", "check", frozen=conference.frozen("mine", folder=folder))
    assert failed.value.step == "source"
    assert failed.value.place.startswith(place)
    assert reason in failed.value.reason


def test_sound_source_passes_the_check() -> None:
    assert {make(kind, "check", language) for kind, language in EVERY} == {b"sound"}


# ── DOCX ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_docx_is_sound_and_its_relations_resolve(kind: str, language: str) -> None:
    content = make(kind, "docx", language)
    found = parts(content)
    for name, part in found.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(part)
    document = docx.Document(io.BytesIO(content))
    styles = {style.style_id for style in document.styles}
    named = {item.get(qn("w:val")) for item in document.element.iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")}
    assert named - styles == set()
    relations = {relation.get("Id") for relation in etree.fromstring(found["word/_rels/document.xml.rels"])}
    used = set(re.findall(rb'r:(?:id|embed)="([^"]+)"', found["word/document.xml"]))
    assert {name.decode() for name in used} - relations == set()
    outside = [
        relation.get("Target", "")
        for relation in etree.fromstring(found["word/_rels/document.xml.rels"])
        if relation.get("TargetMode") == "External"
    ]
    assert all(target.startswith(conference.SITE) for target in outside)
    ids = [style.get(qn("w:styleId")) for style in etree.fromstring(found["word/styles.xml"]).iter(f"{W}style")]
    assert len(ids) == len(set(ids))


def test_docx_has_the_masthead_and_numbers_by_style() -> None:
    document = docx.Document(io.BytesIO(make("needs-overview", "docx")))
    first, second = document.tables[:2]
    assert [cell.text for cell in first.rows[0].cells] == ["United Nations", "CTOC/COP/WG.2/2026/2"]
    assert [cell.text for cell in second.rows[0].cells] == [
        conference.MASTHEAD["body"],
        "Distr.: General\n24 November 2026\nOriginal: English",
    ]
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Meeting"] == [conference.MASTHEAD["meeting"]]
    assert by_style["Session"] == [conference.MASTHEAD["session"], conference.MASTHEAD["agenda"]]
    assert by_style["Subtitle"] == ["Note by the Secretariat"]
    assert by_style["Heading 1"] == ["Introduction", "Needs identified", "States that have not reported"]
    # Four types of assistance, and a fifth that as many States asked for.
    assert len(by_style["Item"]) == 5
    for name in ("Numbered Paragraph", "Item", "Subitem", "Heading 1", "Heading 2"):
        assert document.styles[name].element.find(f"{W}pPr/{W}numPr/{W}numId") is not None


def test_docx_has_footnotes_charts_with_words_and_repeated_heads() -> None:
    content = make("needs-overview", "docx")
    found = parts(content)
    assert b"greatest need of technical assistance" in found["word/footnotes.xml"]
    picture = re.search(rb'<wp:docPr [^>]*descr="([^"]+)"', found["word/document.xml"])
    assert picture is not None
    assert picture[1].startswith(b"Figure. States asking for each type of assistance")
    assert found["word/media/chart1.png"].startswith(b"\x89PNG")
    document = docx.Document(io.BytesIO(content))
    for table in document.tables[2:]:
        assert table.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None


def test_docx_in_arabic_runs_from_right_to_left() -> None:
    found = parts(make("needs-overview", "docx", "ar"))
    document = etree.fromstring(found["word/document.xml"])
    tables = list(document.iter(f"{W}tbl"))
    assert len(tables) > 5
    assert all(table.find(f"{W}tblPr/{W}bidiVisual") is not None for table in tables)
    body = document.find(f"{W}body")
    assert body is not None
    for paragraph in body.iterfind(f"{W}p"):
        texts = [run for run in paragraph.iter(f"{W}r") if run.find(f"{W}t") is not None]
        arabic = [run for run in texts if ARABIC.search("".join(run.itertext()))]
        assert all(run.find(f"{W}rPr/{W}rtl") is not None for run in arabic)
    assert body.find(f"{W}sectPr/{W}bidi") is not None
    headings = [
        "".join(paragraph.itertext())
        for paragraph in body.iterfind(f"{W}p")
        if paragraph.find(f"{W}pPr/{W}pStyle") is not None
        and paragraph.find(f"{W}pPr/{W}pStyle").get(qn("w:val")) == "Heading1"
    ]
    assert headings == ["أولا - مقدمة", "ثانيا - الاحتياجات المحددة", "ثالثا - الدول التي لم تبلغ"]


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_pdf_is_tagged_and_says_what_it_is(kind: str, language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(make(kind, "pdf", language)))
    root = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert reader.metadata.title
    for page in reader.pages[1:]:
        assert "CTOC/COP/WG.2/2026/2" in page.extract_text()


def test_pdf_figures_lead_to_the_states_behind_them() -> None:
    reader = pypdf.PdfReader(io.BytesIO(make("reporting-status", "pdf")))
    addresses = {
        note.get_object()["/A"]["/URI"]
        for page in reader.pages
        for note in page.get("/Annots", ())
        if "/URI" in note.get_object().get("/A", {})
    }
    links = conference.Links()
    assert links.rates("silent", "whole") in addresses
    assert links.rates("reported", "region.african") in addresses
    assert all(address.startswith(conference.SITE) for address in addresses)


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_fragment_holds_only_known_markup(kind: str, language: str) -> None:
    tree = html.fragment_fromstring(make(kind, "fragment", language).decode(), create_parent="main")
    for drawing in tree.xpath("//*[local-name()='svg']"):
        drawing.getparent().remove(drawing)
    assert {element.tag for element in tree.iter()} - ELEMENTS - {"header", "bdi"} == {"main"}
    assert {href for href in tree.xpath("//@href") if not href.startswith(("#", conference.SITE + "/"))} == set()
    assert tree.xpath("//@style") + tree.xpath("//@onclick") == []
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_numbers_of_paragraphs_run_through_and_items_begin_anew() -> None:
    tree = html.fragment_fromstring(make("reporting-status", "fragment").decode(), create_parent="main")
    found = [(item.get("class"), item.find("p/span").text) for item in tree.xpath("//div[@class='p' or @class='a']")]
    assert [number for kind, number in found if kind == "p"] == [f"{place}." for place in range(1, 10)]
    assert [number for kind, number in found if kind == "a"] == ["(a)", "(b)"]


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("en", ["1.", "(a)", "(i)", "(ii)", "(b)", "2.", "(a)"]),
        ("fr", ["1.", "a)", "i)", "ii)", "b)", "2.", "a)"]),
        ("ar", ["1 -", "(أ)", "‘1’", "‘2’", "(ب)", "2 -", "(أ)"]),
    ],
)
def test_numbers_follow_the_language(language: str, numbers: list[str]) -> None:
    blocks = [{"t": "Div", "c": (("", (name,), ()), [])} for name in ("p", "a", "i", "i", "a", "p", "a")]
    assert [dict(block["c"][0][2])["number"] for block in frame.numbered(blocks, language)] == numbers


# ── The languages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_french_signs_keep_their_spaces() -> None:
    text = html.fromstring(make("needs-overview", "html", "fr").decode()).text_content()
    assert not re.search(r"\w [;:!?%»]", text)
    assert "100\u00a0%" in text
    assert "«\u00a0Premier cycle (2026-2027)\u00a0»" in text
    assert "Original\u00a0: anglais" in text


def test_states_stand_in_the_order_of_the_language() -> None:
    def said(language: str, lead: str) -> str:
        text = html.fromstring(make("reporting-status", "html", language).decode()).text_content()
        return " ".join(text.split(lead)[1].split(".")[0].split())

    assert said("en", "The following States were asked and have not reported:") == (
        "Albania, Angola, Armenia, Azerbaijan, Bangladesh, Belgium, Bhutan, Botswana, Bulgaria and Cabo Verde"
    )
    assert said("fr", "Les États suivants ont été sollicités et n’ont pas répondu\u00a0:") == (
        "Albanie, Angola, Arménie, Azerbaïdjan, Bangladesh, Belgique, Bhoutan, Botswana, Bulgarie et Cabo Verde"
    )


def test_plurals_follow_the_language() -> None:
    tools = filling._Tools(conference.frozen("needs-overview"), "ar")
    forms = {"zero": "لا دولة", "one": "دولة واحدة", "two": "دولتان", "few": "{n} دول", "many": "{n} دولة",
             "other": "{n} دولة"}  # fmt: skip
    assert [str(tools.counted(number, **forms)) for number in (0, 1, 2, 3, 10, 11, 100)] == [
        "لا دولة", "دولة واحدة", "دولتان", "3 دول", "10 دول", "11 دولة", "100 دولة",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        ("2009-10-01", "en", "1 October 2009"),
        ("2009-10-01", "fr", "1er octobre 2009"),
        ("2009-10-11", "fr", "11 octobre 2009"),
        ("2009-10-01", "ar", "1 تشرين الأول/أكتوبر 2009"),
    ],
)
def test_dates_are_written_as_the_language_wants(day: str, language: str, said: str) -> None:
    import datetime

    assert frame.long_date(datetime.date.fromisoformat(day), language) == said


def test_percent_over_nobody_is_no_percentage() -> None:
    tools = filling._Tools(conference.frozen("needs-overview"), "en")
    assert str(tools.percent({"n": 0, "of": 0})) == "–"
    assert str(tools.percent({"n": 1, "of": 200})) == "1 per cent"


# ── What people typed stays text ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_names_come_out_as_text(language: str) -> None:
    name = HOSTILE.replace("\n", " ")
    copy = conference.frozen("reporting-status" if language == "en" else "needs-overview", changed=name)
    said = visible(clean(name))[:200]
    document = docx.Document(io.BytesIO(make("x", "docx", language, frozen=copy)))
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert said in visible(cells)
    tree = html.fragment_fromstring(make("x", "fragment", language, frozen=copy).decode(), create_parent="main")
    assert said in visible(tree.text_content())
    assert tree.xpath("//script") + tree.xpath("//main//b") == []
    assert [href for href in tree.xpath("//@href") if "evil" in href or "passwd" in href] == []
    written = visible(
        "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(make("x", "pdf", language, frozen=copy))).pages)
    )
    if language == "en":
        # What is read out of a page from right to left has lost the order of its signs.
        assert visible('#read("/etc/passwd")') in written
    assert "root:x" not in written


def test_hostile_masthead_comes_out_as_text() -> None:
    hostile = '<script>alert(1)</script> #read("/etc/passwd") & "x" {{ 7 * 7 }}'
    head = {**conference.MASTHEAD, "meeting": hostile, "session": hostile, "body": hostile, "agenda": hostile}
    document = docx.Document(io.BytesIO(make("help-to-report", "docx", masthead=head)))
    assert [p.text for p in document.paragraphs if p.style.name == "Meeting"] == [hostile]
    tree = html.fromstring(make("help-to-report", "html", masthead=head).decode())
    assert tree.xpath("//script") == []
    assert tree.xpath("string(//p[@class='meeting'])") == hostile
    text = pypdf.PdfReader(io.BytesIO(make("help-to-report", "pdf", masthead=head))).pages[0].extract_text()
    assert visible(hostile) in visible(text)


def test_addresses_of_other_places_are_no_links() -> None:
    assert safe_html('<a href="https://a.example/x">a</a>', "https://a.example") == (
        '<a href="https://a.example/x">a</a>'
    )
    for address in ("https://a.example.evil/", "javascript:alert(1)", "https://b.example/", "//a.example/"):
        assert safe_html(f'<a href="{address}">a</a>', "https://a.example") == "<a>a</a>"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_address_of_a_figure_never_breaks_out(text: str) -> None:
    tools = filling._Tools({**SMALL, "site": "https://a.example"}, "en")
    said = str(tools._linked("7", f"https://a.example/{text}"))
    assert re.fullmatch(r"7|\[7\]\{href=https://a\.example/[^\s{}\[\]|\\\"<>]*\}", said)


SMALL: dict[str, Any] = {
    "kind": "x",
    "names": {"states": {}, "groups": {}, "sections": {}, "questions": {}, "rows": {}},
    "sources": {"words/en.yaml": 'percent: "{n} per cent"'},
    "about": {},
}


def test_our_reader_reads_a_filled_source_as_pandoc_does() -> None:
    copy = conference.frozen("reporting-status")
    copy["parts"] = json.loads(re.sub(r'"url": "[^"]*"', '"url": ""', json.dumps(copy["parts"])))
    markdown, _charts = filling.fill(copy, "en")
    plain = re.sub(r"::: \{\.chart[^:]*:::", "", markdown)
    assert we_read(plain) == pandoc_reads(plain)


def test_zip_of_docx_has_fixed_times() -> None:
    with zipfile.ZipFile(io.BytesIO(make("help-to-report", "docx"))) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# ── A copy that was frozen before ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_copy_that_was_frozen_before_says_the_same_for_ever(language: str) -> None:
    """``kept/`` holds a copy of November 2026, with its own sources, and what was made of it then."""
    copy = json.loads((KEPT / "needs-overview.json").read_text(encoding="utf-8"))
    text, charts = filling.fill(copy, language)
    assert text == (KEPT / f"needs-overview.{language}.md").read_text(encoding="utf-8")
    assert list(charts) == ["types"]


# ── What the sources say ─────────────────────────────────────────────────────────────────────────────────────────────


def counting() -> dict[str, Any]:
    """A copy of the overview in which one State asks twice: neither is regional, one is for help to report."""
    made = conference.dataset(8)
    first, *rest = made.states
    asked = next(question for question in made.spec if question.kind.value == "assistance")
    request = {"uuid": "u-1", "code": asked.code, "section": asked.section, "provision": asked.provision, "rank": 1}
    requests = [{**request, "type": "reporting-assistance"}, {**request, "uuid": "u-2", "rank": 2}]
    spec = replace(made.spec, questions={**made.spec.questions, asked.code: replace(asked, topics=("cybercrime",))})
    states = [
        replace(state, digest={**(state.digest or {}), "requests": requests if state is first else []})
        for state in (first, *rest)
        if state.has_reported
    ]
    return conference.frozen("needs-overview", replace(made, spec=spec, states=tuple(states)))


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["1 State asked in its response for help to comply", "1 State made 2 requests of that kind",
                "Cybercrime (1 State: Afghanistan)", "(a) Gathering information on implementation", "No type named"]),
        ("fr", ["1 État a demandé dans sa réponse une aide", "1 État a présenté 2 demandes de cette nature",
                "a) Collecte d’informations sur l’application", "Type non précisé"]),
        ("ar", ["وطلبت دولة واحدة في ردها المساعدة", "وقد قدمت دولة واحدة طلبين من هذا القبيل",
                "جمع المعلومات عن التنفيذ", "نوع غير محدد"]),
    ],
)  # fmt: skip
def test_overview_of_needs_says_what_stands_apart(language: str, sentences: list[str]) -> None:
    content = html.fromstring(make("needs-overview", "html", language, frozen=counting()).decode()).text_content()
    text = " ".join(content.split())
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_annex_quotes_only_what_is_open_to_everybody() -> None:
    text = html.fromstring(make("implementation", "html").decode()).text_content()
    told = conference.frozen("implementation")["parts"]["practices"]
    public = [row for asked in told["questions"] for row in asked["told"] if row["level"] == "public"]
    assert public
    assert text.count("What we did.") == len(public) == text.count("may be read by everybody")
    assert text.count("may be read by the States parties") == sum(
        row["level"] == "parties" for asked in told["questions"] for row in asked["told"]
    )
    assert "Case <One>. A *story*." in text
