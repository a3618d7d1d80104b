"""A document as DOCX."""

import datetime
import html
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from palermo.reports.logic import reading
from palermo.reports.logic.markdown import LINE_BREAK
from palermo.reports.render.conference import Conference
from palermo.reports.render.pandoc import pandoc

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


def docx(
    markdown: str, running: Mapping[str, str], folder: Path, *, language: str, direction: str, stamp: int,
    made: Conference | None = None,
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
