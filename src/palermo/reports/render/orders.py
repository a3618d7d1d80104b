"""From an order to the bytes of a document: a national report, a conference document or a chart, in one format."""

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from palermo.reports.documents import frame
from palermo.reports.logic import frozen as copy_of
from palermo.reports.logic import reading
from palermo.reports.logic.markdown import LINE_BREAK
from palermo.reports.render import HERE, Failed
from palermo.reports.render.conference import Chart, Conference
from palermo.reports.render.docx import docx
from palermo.reports.render.national import description_of, fill, running_texts
from palermo.reports.render.pandoc import FILTER, pandoc
from palermo.reports.render.pdf import pdf
from palermo.reports.render.pictures import png
from palermo.reports.render.safe_html import safe_html


def make(order: Mapping[str, Any], folder: Path) -> bytes:
    """The bytes of the document that was ordered."""
    if order.get("frame") == "conference":
        return conference(order, folder)
    if order.get("frame") == "chart":
        return png(str(order["svg"]), folder / "chart", str(order.get("fonts", "")))[0]
    document, language, form = str(order["document"]), str(order["language"]), str(order["format"])
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", document) or not re.fullmatch(r"[a-z]{2}", language):
        raise Failed("order", "there is no such document")
    description = description_of(document)
    if form not in description["formats"]:
        raise Failed("order", f"{document} is not made as {form}")
    running = running_texts(order["report"], description, language)
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
