"""The child process that makes documents: ``python -m palermo.reports.render``, JSON in, the finished file out.

A web worker never loads what stands here. The order comes on standard input; the file goes to standard output; what an
operator should know goes to standard error, one JSON object a line. A refusal ends the process with 1 and a line
``{"error": …, "step": …}``. See ``docs/guide/documents.md``.
"""

import contextlib
import datetime
import functools
import html
import html.parser
import importlib.util
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Literal

from palermo.reports.documents import frame
from palermo.reports.logic import frozen as copy_of
from palermo.reports.logic import reading
from palermo.reports.logic.markdown import APART, LINE_BREAK, clean, escape_blocks, escape_markdown, language_tag

HERE: Final = Path(__file__).resolve().parent / "documents"
PANDOC_SECONDS: Final = 30
# At most this much memory; so much at a time, which spares the collector most of its work.
PANDOC_HEAP: Final = ("-M1G", "-A16M")
OWN_SECONDS: Final = 60
OWN_BYTES: Final = 3 * 1024**3
FILE_BYTES: Final = 200 * 1024**2

FILTER: Final = f"--lua-filter={HERE / 'filter.lua'}"

# The style of each block that a source may mark by ``::: name``.
STYLES: Final = {
    "p": "Numbered Paragraph",
    "detail": "Masthead Detail",
    "treaty": "Subtitle",
    "title": "Title",
    "question": "Question",
    "answer": "Answer",
    "lead": "Lead",
    "explanation": "Explanation",
    "notice": "Notice",
    "note": "Table Note",
    "a": "Item",
    "i": "Subitem",
    "chart": "Chart",
}


class Failed(Exception):
    """A step that did not work, with the reason for the log; ``place`` is file and line of a source that is broken."""

    def __init__(self, step: str, reason: str, place: str = "") -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.place = place


def note(**words: str) -> None:
    """Tells the operator something."""
    sys.stderr.write(json.dumps(words) + "\n")


def main() -> int:
    """Makes one document."""
    resource.setrlimit(resource.RLIMIT_CPU, (OWN_SECONDS, OWN_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        order = json.loads(sys.stdin.buffer.read())
        with tempfile.TemporaryDirectory(prefix="palermo-document-") as folder:
            sys.stdout.buffer.write(make(order, Path(folder)))
    except Failed as failure:
        note(error=failure.reason, step=failure.step, **({"place": failure.place} if failure.place else {}))
        return 1
    except Exception as failure:
        note(error=f"{type(failure).__name__}: {failure}", step="render")
        return 1
    return 0


def make(order: Mapping[str, Any], folder: Path) -> bytes:
    """The bytes of the document that was ordered."""
    if order.get("frame") == "conference":
        return conference(order, folder)
    if order.get("frame") == "chart":
        return _png(str(order["svg"]), folder / "chart", str(order.get("fonts", "")))[0]
    document, language, form = str(order["document"]), str(order["language"]), str(order["format"])
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", document) or not re.fullmatch(r"[a-z]{2}", language):
        raise Failed("order", "there is no such document")
    description = _description(document)
    if form not in description["formats"]:
        raise Failed("order", f"{document} is not made as {form}")
    running = _running(order["report"], description, language)
    markdown = fill(document, language, order["report"], description)
    stamp = int(order["timestamp"])
    direction = "rtl" if language == "ar" else "ltr"
    if form == "docx":
        return docx(markdown, running, folder, language=language, direction=direction, stamp=stamp)
    if form == "pdf":
        return pdf(markdown, running, folder, language=language, direction=direction, stamp=stamp,
                   fonts=str(order.get("fonts", "")))  # fmt: skip
    made = pandoc(reading.tree(markdown), "html5", folder, stamp, FILTER, "--shift-heading-level-by=1").decode()
    fragment = safe_html(made).replace(LINE_BREAK, "<br>")
    if form == "fragment":
        return fragment.encode()
    page = (HERE / "page.html").read_text("utf-8")
    title = html.escape(running["title"])
    return page.format(language=language, direction=direction, title=title, body=fragment).encode()


def _description(document: str) -> Mapping[str, Any]:
    import yaml

    # The loader in C does the same in a tenth of the time; not every installation has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    description: Mapping[str, Any] = yaml.load((HERE / document / "document.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506
    return description


def _running(report: Mapping[str, Any], description: Mapping[str, Any], language: str) -> dict[str, str]:
    """The texts of header and footer."""
    words = description["running"][language]
    receipt = report["receipt"]
    reference = receipt["number"] if receipt else words["draft"]
    texts = {
        "organ": report["treaty_short"]["text"] or report["treaty_title"]["text"],
        "reference": reference,
        "title": words["title"].format(party=report["party"]["text"]),
        "author": report["party"]["text"],
        "notice": words["generated"] if report["generated"] else "",
        "foot": reference,
        "page": words["page"],
        "of": words["of"],
    }
    return {name: clean(str(text)).replace("\n", " ") for name, text in texts.items()}


# ── Filling the source ───────────────────────────────────────────────────────────────────────────────────────────────


class Tables:
    """Numbers the tables of one document."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        """The number of the next table."""
        self.last += 1
        return self.last


def fill(document: str, language: str, report: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    """The Markdown of the document. Whatever a source puts out is escaped, unless a macro of a source made it."""
    from babel.dates import format_date
    from babel.numbers import format_decimal
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment
    from markupsafe import Markup

    from palermo.base.multilingual import direction

    locale = frame.locale_of(language)

    def finalize(value: object) -> object:
        return value if isinstance(value, Markup) else Markup(escape_markdown("" if value is None else value))  # noqa: S704

    def attributes(said: Mapping[str, str]) -> str:
        """``{lang= dir=}`` for a text that is not in the document's language; empty for one that is."""
        tongue = said["language"]
        if tongue == language:
            return ""
        turned = _first_direction(said["text"]) or direction(tongue or language)
        if not tongue or turned != direction(tongue):
            # Nobody said which language it is, or it cannot be that one: a Latin title in an Arabic answer.
            return "" if turned == direction(language) else f"{{dir={turned}}}"
        return f"{{lang={language_tag(tongue)} dir={direction(tongue)}}}"

    def said(text: Mapping[str, str]) -> Markup:
        """A text inside a sentence or a cell, in its own language and direction."""
        escaped, marks = escape_markdown(text["text"]), attributes(text)
        return Markup(f"[{escaped}]{marks}" if marks and escaped else escaped)  # noqa: S704

    def blocks(text: Mapping[str, str], style: str) -> Markup:
        """A text as paragraphs of a style, in its own language and direction."""
        marks = attributes(text).strip("{}")
        return Markup(f"::: {{.{style} {marks}}}\n{escape_blocks(text['text'])}\n:::")  # noqa: S704

    @functools.cache
    def number(value: object) -> str:
        try:
            return str(format_decimal(Decimal(str(value)), locale=locale, decimal_quantization=False))
        except InvalidOperation:
            return str(value)

    @functools.cache
    def date(value: str, form: str = "long") -> str:
        try:
            return str(format_date(datetime.date.fromisoformat(str(value)[:10]), format=form, locale=locale))
        except ValueError:
            return str(value)

    def plural(value: int, **forms: str) -> str:
        return forms.get(locale.plural_form(int(value)), forms["other"])

    environment = SandboxedEnvironment(
        loader=FileSystemLoader([HERE / document, HERE]),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        lstrip_blocks=True,
    )
    del environment.filters["safe"]
    environment.filters.update(
        number=number,
        date=date,
        plural=plural,
        language_name=lambda tag: locale.languages.get(str(tag).replace("-", "_")) or str(tag),
        groups=lambda text: " ".join(re.findall(".{1,16}", str(text))),
        slug=lambda text: re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-"),
    )
    environment.globals.update(
        said=said,
        blocks=blocks,
        tables=Tables(),
        # The line under the head of a table: its strokes are the shares of the columns.
        rule=lambda width, to_the_end: Markup("-" * int(width) + (":" if to_the_end else "")),  # noqa: S704
    )
    published = description["published"].get(report["treaty"], "")
    return environment.get_template(f"{language}.md.j2").render({**report, "published": published})


def _first_direction(text: str) -> str:
    """The direction of the first letter that has one; empty if none has."""
    import unicodedata

    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""


# ── Pandoc ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pandoc_path() -> str:
    """The pandoc that came as a Python package (which is not loaded for it), else the one of the system."""
    package = importlib.util.find_spec("pypandoc")
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder) / "files" / ("pandoc.exe" if sys.platform == "win32" else "pandoc")
        if path.is_file():
            return str(path)
    found = shutil.which("pandoc")
    if found is None:
        raise Failed("pandoc", "there is no pandoc; install the package pypandoc-binary")
    return found


def pandoc(blocks: Sequence[reading.Node], writer: str, folder: Path, stamp: int, *options: str) -> bytes:
    """What pandoc writes of the blocks, in a child of its own with limits on time and memory."""
    command = [
        pandoc_path(), "+RTS", *PANDOC_HEAP, "-RTS", "--sandbox",
        "-f", "json", "-t", writer, "--wrap=none", "--columns=1", *options,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            input=json.dumps(reading.pandoc_json(blocks)).encode(),
            capture_output=True,
            timeout=PANDOC_SECONDS,
            check=False,
            cwd=folder,
            env={
                "PATH": os.environ.get("PATH", ""),
                "HOME": str(folder),
                "LC_ALL": "C.UTF-8",
                "SOURCE_DATE_EPOCH": str(stamp),
            },
        )
    except subprocess.TimeoutExpired as late:
        raise Failed("pandoc", f"no result within {PANDOC_SECONDS} seconds") from late
    if done.returncode:
        raise Failed("pandoc", done.stderr.decode(errors="replace").strip()[-500:] or f"exit code {done.returncode}")
    return done.stdout


# ── DOCX ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def docx(
    markdown: str, running: Mapping[str, str], folder: Path, *, language: str, direction: str, stamp: int,
    made: "Conference | None" = None,
) -> bytes:  # fmt: skip
    """The document as DOCX; equal input gives equal bytes."""
    from palermo.reports.documents import reference as form

    reference = folder / "reference.docx"
    shape = form.Conference(language, made.landscape) if made else None
    reference.write_bytes(form.reference_docx(running, right_to_left=direction == "rtl", conference=shape))
    target = folder / "document.docx"
    tag = {"en": "en-GB", "zh": "zh-CN"}.get(language, language)
    blocks = made.blocks if made else reading.tree(markdown)
    styled = list(
        reading.in_styles(blocks, STYLES, unnumbered="Annex Title", in_words=made is not None and language == "ar")
    )
    turned = ("-M", "dir=rtl") if made and direction == "rtl" else ()
    pandoc(
        styled, "docx", folder, stamp, f"--reference-doc={reference}", "-M", f"lang={tag}", *turned, "-o", str(target)
    )
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if made and shape:
        made.finish_docx(parts, folder, shape.width)
    # A row of a table stays on its page where it can.
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        b"<w:tr><w:tc>", b"<w:tr><w:trPr><w:cantSplit /></w:trPr><w:tc>"
    )
    for name in ("word/document.xml", "word/footnotes.xml"):
        parts[name] = _languages(parts[name].decode()).encode()
    parts["docProps/core.xml"] = _core(running, tag, stamp).encode()
    return form.pack(parts)


def _languages(xml: str) -> str:
    """Says the language of a run where Word looks for it: apart for right-to-left and for East Asian writing."""
    xml = xml.replace(LINE_BREAK, '</w:t><w:br/><w:t xml:space="preserve">')
    xml = re.sub(r'(<w:rtl />(?:<w:rFonts[^>]*/>)?)<w:lang w:val="([^"]*)" />', r'\1<w:lang w:bidi="\2" />', xml)
    return re.sub(r'<w:lang w:val="(zh|ja|ko)([^"]*)" />', r'<w:lang w:eastAsia="\1\2" />', xml)


def _core(running: Mapping[str, str], language: str, stamp: int) -> str:
    when = datetime.datetime.fromtimestamp(stamp, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    moment = f'xsi:type="dcterms:W3CDTF">{when}'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{html.escape(running['title'])}</dc:title><dc:subject>{html.escape(running['reference'])}</dc:subject>"
        f"<dc:creator>{html.escape(running['author'])}</dc:creator><dc:language>{language}</dc:language>"
        f"<dcterms:created {moment}</dcterms:created><dcterms:modified {moment}</dcterms:modified></cp:coreProperties>"
    )


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

# Font files by family, in the order in which they are preferred, and the writing they are needed for.
ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
CHINESE: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
FONTS: Final = (
    ("Noto Naskh Arabic", ARABIC, ("NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf")),
    (
        "Noto Sans Arabic",
        ARABIC,
        ("NotoSansArabic[wdth,wght].ttf", "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    ),
    ("Noto Serif CJK SC", CHINESE, ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSerifCJKsc-Regular.otf")),
    ("Noto Serif SC", CHINESE, ("NotoSerifSC-Regular.otf", "NotoSerifSC[wght].ttf")),
    ("Noto Sans CJK SC", CHINESE, ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Regular.otf")),
    ("Noto Sans SC", CHINESE, ("NotoSansSC-Regular.otf", "NotoSansSC[wght].ttf")),
    ("Noto Sans", None, ("NotoSans[wdth,wght].ttf", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf")),
)
FONT_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "/Library/Fonts")


def font_files(given: str) -> Iterator[Path]:
    """The font files there are: in the folders given, in Python packages, on the system."""
    folders = [Path(folder).expanduser() for folder in given.split(os.pathsep) if folder]
    if not folders:
        folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    packages = [folder for entry in sys.path for folder in Path(entry or ".").glob("fontpkg_noto*/files")]
    for folder in [*folders, *packages]:
        for root, _folders, names in os.walk(folder):
            yield from (Path(root) / name for name in names)


def choose_fonts(text: str, given: str, folder: Path) -> list[str]:
    """Links the fonts that the text needs into the folder and names their families, best first."""
    wanted = {name: family for family, _script, names in FONTS for name in names}
    there: dict[str, list[Path]] = {}
    for path in font_files(given):
        if path.name in wanted:
            there.setdefault(wanted[path.name], []).append(path)
    chosen: list[str] = []
    missing: set[re.Pattern[str]] = set()
    covered: set[re.Pattern[str]] = set()
    for family, script, _names in FONTS:
        if script is None:
            needed = True
        else:
            needed = script not in covered and script.search(text) is not None
        if not needed:
            continue
        if family not in there:
            if script is not None:
                missing.add(script)
            continue
        if script is not None:
            covered.add(script)
        chosen.append(family)
        for path in there[family]:
            with contextlib.suppress(FileExistsError):
                (folder / path.name).symlink_to(path)
    for script, name in ((ARABIC, "Arabic"), (CHINESE, "Chinese")):
        if script in missing - covered:
            note(note=f"no font for {name} was found; name a folder with Noto fonts in PALERMO_FONTS", step="fonts")
    return ["Libertinus Serif", *chosen]


def typst_body(markdown: str, folder: Path, stamp: int) -> str:
    """The Markdown as Typst, without the preamble."""
    return typst_blocks(reading.tree(kept_apart(markdown)), folder, stamp)


def kept_apart(markdown: str) -> str:
    """Marks between signs that Typst joins: hyphens to dashes, a hyphen before a digit, points to an ellipsis."""
    return markdown.replace(r"\-", rf"\-{APART}").replace(r"\.\.", rf"\.{APART}\.")


def typst_blocks(blocks: Sequence[reading.Node], folder: Path, stamp: int) -> str:
    """The blocks as Typst."""
    body = pandoc(blocks, "typst-smart", folder, stamp, FILTER).decode()
    return body.replace(LINE_BREAK, "#linebreak();").replace(APART, '#"";')


def pdf(
    markdown: str, running: Mapping[str, str], folder: Path, *, language: str, direction: str, stamp: int, fonts: str,
    made: "Conference | None" = None,
) -> bytes:  # fmt: skip
    """The document as PDF, tagged to PDF/UA-1; equal input and fonts give equal bytes."""
    import typst

    body = made.typst_body(folder, stamp) if made else typst_body(markdown, folder, stamp)
    work, faces = folder / "typst", folder / "fonts"
    work.mkdir()
    faces.mkdir()
    preamble = (HERE / "preamble.typ").read_text("utf-8")
    if made:
        preamble += (HERE / "conference.typ").read_text("utf-8")
        running = {**running, **made.inputs()}
        for key, chart in made.charts.items():
            (work / f"{key}.svg").write_text(chart.svg, "utf-8")
    (work / "main.typ").write_text(preamble + "\n" + body, "utf-8")
    families = choose_fonts(body + " ".join(running.values()), fonts, faces)
    # Room for the fonts and the layout of a very long report; more than that is a refusal, not a dead server.
    resource.setrlimit(resource.RLIMIT_AS, (OWN_BYTES, OWN_BYTES))
    # PDF/UA refuses a sign that no named font has: then whatever fonts the system has, then without that standard.
    written = None
    attempts: tuple[tuple[bool, Literal["ua-1"] | None], ...] = ((False, "ua-1"), (True, "ua-1"), (True, None))
    for system_fonts, standard in attempts:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                written = typst.compile(
                    str(work / "main.typ"),
                    root=str(work),
                    font_paths=[str(faces)],
                    ignore_system_fonts=not system_fonts,
                    format="pdf",
                    pdf_standards=standard,
                    timestamp=stamp,
                    package_path=str(folder),
                    package_cache_path=str(folder),
                    sys_inputs={**running, "language": language, "direction": direction, "fonts": ";".join(families)},
                )
                break
            except typst.TypstError as refused:
                missing = sorted(set(re.findall(r"the text `\"(.*?)\"` could not be displayed", refused.diagnostic)))
                if not standard or not missing:
                    raise Failed("typst", f"{refused.message} {refused.diagnostic}"[:800]) from refused
                note(note=f"no named font has {' '.join(missing)[:200]}", step="fonts")
    if not isinstance(written, bytes):
        raise Failed("typst", "no single file came out")
    return written


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

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


# ── Conference documents ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Chart:
    """A picture with the words that stand for it."""

    svg: str
    alternative: str


@dataclass
class Conference:
    """A document in the form of the United Nations on its way to a format."""

    language: str
    head: Mapping[str, Any]
    landscape: bool
    site: str
    fonts: str
    # What stands above the text and on every page; empty for what States have said.
    notice: str = ""
    markdown: str = ""
    charts: dict[str, Chart] = field(default_factory=dict)
    blocks: list[reading.Node] = field(default_factory=list)

    @property
    def right_to_left(self) -> bool:
        """Whether its language runs from right to left."""
        return self.language == "ar"

    def numbered(self, markdown: str) -> list[reading.Node]:
        """The blocks of a Markdown with numbers and the signs of the language."""
        blocks = list(frame.numbered(reading.tree(markdown), self.language))
        return list(frame.set_signs(blocks, self.language))

    def typst_body(self, folder: Path, stamp: int) -> str:
        """The body as Typst."""
        return typst_blocks(self.numbered(kept_apart(self.markdown)), folder, stamp)

    def inputs(self) -> dict[str, str]:
        """What the form of the PDF is told beside the running texts, as plain strings."""
        return {
            "masthead": json.dumps(self.head, ensure_ascii=False),
            "charts": json.dumps({key: chart.alternative for key, chart in self.charts.items()}, ensure_ascii=False),
            "landscape": "yes" if self.landscape else "no",
        }

    def html(self, folder: Path, stamp: int, *, title_element: str) -> str:
        """Masthead and body as HTML with nothing in it but what sources use, and the charts."""
        made = pandoc(self.blocks, "html5", folder, stamp, FILTER, "--shift-heading-level-by=1").decode()
        body = safe_html(made, self.site).replace(LINE_BREAK, "<br>")
        for key, chart in self.charts.items():
            picture = f'<div role="img" aria-label="{html.escape(chart.alternative)}">{_inline(chart.svg)}</div>'
            body = body.replace(f"<p>{reading.CHART}{key}{reading.CHART}</p>", picture)
        notice = f'<div class="notice"><p>{html.escape(self.notice)}</p></div>\n' if self.notice else ""
        return notice + frame.masthead_html(self.head, title_element=title_element) + body

    def finish_docx(self, parts: dict[str, bytes], folder: Path, width: int) -> None:
        """Puts masthead and charts into the DOCX, and turns its tables."""
        document = parts["word/document.xml"].decode()
        if self.right_to_left:
            document = re.sub(r"(<w:tblPr>\s*<w:tblStyle [^>]*/>)", r"\1<w:bidiVisual />", document)
        head = frame.masthead_docx(self.head, right_to_left=self.right_to_left, width=width)
        document = document.replace("<w:body>", "<w:body>" + head, 1)
        relations = parts["word/_rels/document.xml.rels"].decode()
        types = parts["[Content_Types].xml"].decode()
        for place, (key, chart) in enumerate(self.charts.items(), start=1):
            image, across, down = _png(chart.svg, folder / f"chart{place}", self.fonts)
            parts[f"word/media/chart{place}.png"] = image
            relation = (
                f'<Relationship Id="rIdChart{place}" Target="media/chart{place}.png" '
                'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
            )
            relations = relations.replace("</Relationships>", f"{relation}</Relationships>")
            drawing = _drawing(place, chart.alternative, width * 635, width * 635 * down // across)
            document = re.sub(
                rf"<w:r>(?:(?!</w:r>).)*?<w:t[^>]*>{reading.CHART}{re.escape(key)}{reading.CHART}</w:t></w:r>",
                lambda _match, drawing=drawing: drawing,  # type: ignore[misc]
                document,
            )
        if self.charts and 'Extension="png"' not in types:
            types = types.replace("<Default ", '<Default Extension="png" ContentType="image/png"/><Default ', 1)
        parts["word/document.xml"] = document.encode()
        parts["word/_rels/document.xml.rels"] = relations.encode()
        parts["[Content_Types].xml"] = types.encode()


def _inline(svg: str) -> str:
    """A picture of our own as part of a page."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", svg).strip()


def _png(svg: str, folder: Path, fonts: str) -> tuple[bytes, int, int]:
    """A picture in points for Word, which reads no SVG, with its width and height."""
    import typst

    folder.mkdir()
    faces = folder / "fonts"
    faces.mkdir()
    families = choose_fonts(svg, fonts, faces)
    (folder / "chart.svg").write_text(svg, "utf-8")
    listed = ", ".join(f'"{family}"' for family in families)
    (folder / "main.typ").write_text(
        f"#set page(width: auto, height: auto, margin: 0pt)\n#set text(font: ({listed},))\n"
        '#image("chart.svg", width: 17cm)',
        "utf-8",
    )
    made = typst.compile(
        str(folder / "main.typ"), root=str(folder), font_paths=[str(faces)], ignore_system_fonts=True, format="png",
        ppi=200,
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise Failed("chart", "no picture came out")
    return made, int.from_bytes(made[16:20], "big"), int.from_bytes(made[20:24], "big")


def _drawing(place: int, alternative: str, across: int, down: int) -> str:
    """A picture in a run of Word."""
    name = f'id="{9000 + place}" name="chart{place}" descr="{html.escape(alternative)}"'
    main = "http://schemas.openxmlformats.org/drawingml/2006/main"
    picture = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        f'<wp:extent cx="{across}" cy="{down}"/><wp:docPr {name}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{main}"><a:graphicData uri="{picture}"><pic:pic xmlns:pic="{picture}">'
        f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        "<pic:blipFill><a:blip "
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:embed="rIdChart{place}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def conference(order: Mapping[str, Any], folder: Path) -> bytes:
    """A conference document: ``frozen`` is the copy behind it, ``masthead`` what stands above it."""
    from palermo.reports.documents import filling

    frozen, language, form = order["frozen"], str(order["language"]), str(order["format"])
    head = frame.masthead({**order["masthead"], **copy_of.titled(frozen, language)}, language)
    made = Conference(language, head, bool(frozen["landscape"]), str(frozen["site"]), str(order.get("fonts", "")))
    if frozen["about"].get("generated"):
        made.notice = frame.typography(frame.WORDS.get(language, frame.WORDS["en"])["generated"], language)
    try:
        made.markdown, charts = filling.fill(frozen, language)
    except filling.BrokenSource as broken:
        raise Failed("source", broken.reason, broken.place) from broken
    made.charts = {key: Chart(svg, alternative) for key, (svg, alternative) in charts.items()}
    try:
        made.blocks = made.numbered(made.markdown)
    except reading.SourceError as error:
        place = filling.place_of(str(error), frozen, language)
        raise Failed("source", str(error), place) from error
    if form == "check":
        return b"sound"
    stamp, direction = int(order["timestamp"]), "rtl" if made.right_to_left else "ltr"
    running = {
        "title": head["title"],
        "author": head["organization"],
        "reference": head["symbol"] or head["title"],
        "foot": filling.provenance(frozen, language, str(order["sha256"])),
        "notice": made.notice,
        "organ": "",
        "page": "",
        "of": "",
    }
    if form == "docx":
        return docx("", running, folder, language=language, direction=direction, stamp=stamp, made=made)
    if form == "pdf":
        return pdf("", running, folder, language=language, direction=direction, stamp=stamp,
                   fonts=str(order.get("fonts", "")), made=made)  # fmt: skip
    if form == "fragment":
        return made.html(folder, stamp, title_element="p").encode()
    if form != "html":
        raise Failed("order", f"documents are not made as {form}")
    page = (HERE / "page.html").read_text("utf-8")
    body = made.html(folder, stamp, title_element="h1")
    foot = f'\n<footer class="note">{html.escape(running["foot"])}</footer>'
    return page.format(
        language=language, direction=direction, title=html.escape(head["title"]), body=body + foot
    ).encode()


if __name__ == "__main__":
    sys.exit(main())
