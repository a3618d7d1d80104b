"""The form of a document as DOCX: styles, numbering, header and footer, written out as the reference of pandoc.

It is built anew for each document, because the header carries the document's own reference; equal input gives equal
bytes.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

_IDENTITY = re.compile(r'w:styleId="([A-Za-z0-9]+)"')
FIXED = (1980, 1, 1, 0, 0, 0)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CUSTOM = ' w:customStyle="1"'
_TEXT_WIDTH = 8900  # twentieths of a point between the margins of A4


@dataclass(frozen=True)
class Conference:
    """What differs in a document in the form of the United Nations."""

    language: str
    landscape: bool = False

    @property
    def width(self) -> int:
        """Twentieths of a point between the margins."""
        return 14002 if self.landscape else 9070


def pack(parts: Mapping[str, bytes] | Mapping[str, str]) -> bytes:
    """A ZIP whose bytes depend on nothing but the parts and their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return out.getvalue()


def reference_docx(
    running: Mapping[str, str], *, right_to_left: bool = False, conference: Conference | None = None
) -> bytes:
    """The reference with its header and footer filled; ``running`` holds the texts of ``preamble.typ``."""
    width = conference.width if conference else _TEXT_WIDTH
    size = '<w:pgSz w:w="11906" w:h="16838"/>'
    margins = 'w:top="1701" w:right="1418" w:bottom="1361" w:left="1588"'
    if conference:
        margins = 'w:top="1418" w:right="1418" w:bottom="1361" w:left="1418"'
        if conference.landscape:
            size = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    types = "".join(
        f'<Override PartName="/word/{name}" ContentType="{_WORD}.{kind}+xml"/>'
        for name, kind in (
            ("document.xml", "document.main"),
            ("styles.xml", "styles"),
            ("numbering.xml", "numbering"),
            ("settings.xml", "settings"),
            ("header1.xml", "header"),
            ("header2.xml", "header"),
            ("footer1.xml", "footer"),
            ("footer2.xml", "footer"),
        )
    )
    related = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{name}"/>'
        for place, (name, kind) in enumerate(
            (
                ("styles.xml", "styles"),
                ("numbering.xml", "numbering"),
                ("settings.xml", "settings"),
                ("header1.xml", "header"),
                ("header2.xml", "header"),
                ("footer1.xml", "footer"),
                ("footer2.xml", "footer"),
            ),
            start=11,
        )
    )
    bidi = "<w:bidi/>" if right_to_left else ""
    section = (
        '<w:sectPr><w:headerReference w:type="first" r:id="rId14"/><w:headerReference w:type="default" r:id="rId15"/>'
        '<w:footerReference w:type="first" r:id="rId16"/><w:footerReference w:type="default" r:id="rId17"/>'
        '<w:footnotePr><w:numRestart w:val="continuous"/></w:footnotePr>'
        f'{size}<w:pgMar {margins} w:header="794" w:footer="680" w:gutter="0"/>'
        f"<w:titlePg/>{bidi}</w:sectPr>"
    )
    return pack(
        {
            "[Content_Types].xml": _HEAD
            + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
            "_rels/.rels": _HEAD
            + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": _HEAD
            + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + f"{related}</Relationships>",
            "word/document.xml": f"{_HEAD}<w:document {_W} {_R}><w:body><w:p/>{section}</w:body></w:document>",
            "word/styles.xml": _styles(right_to_left, width, conference),
            "word/numbering.xml": _conference_numbering(conference.language) if conference else _numbering(),
            "word/settings.xml": f'{_HEAD}<w:settings {_W}><w:zoom w:percent="100"/><w:autoHyphenation w:val="false"/>'
            '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/></w:settings>',
            "word/header1.xml": _line("hdr", "HeaderNotice", running["notice"])
            if conference
            else _header(running, first=True),
            "word/header2.xml": _symbol(running) if conference else _header(running, first=False),
            "word/footer1.xml": _line("ftr", "Footer", running["foot"]) if conference else _footer(running),
            "word/footer2.xml": _pages(running) if conference else _footer(running),
        }
    )


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _header(running: Mapping[str, str], *, first: bool) -> str:
    bold = "<w:b/><w:bCs/>" if first else ""
    style = "HeaderFirst" if first else "Header"
    start, end = (running["organ"], running["reference"]) if first else (running["reference"], running["title"])
    return (
        f'{_HEAD}<w:hdr {_W} {_R}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f"{_run(start, bold)}<w:r><w:tab/></w:r>{_run(end, bold)}</w:p>{_notice(running)}</w:hdr>"
    )


def _notice(running: Mapping[str, str]) -> str:
    if not running["notice"]:
        return ""
    return f'<w:p><w:pPr><w:pStyle w:val="HeaderNotice"/></w:pPr>{_run(running["notice"])}</w:p>'


def _field(code: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _footer(running: Mapping[str, str]) -> str:
    return (
        f'{_HEAD}<w:ftr {_W} {_R}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{_run(running["foot"])}'
        f"<w:r><w:tab/></w:r>{_run(running['page'] + ' ')}{_field('PAGE')}{_run(' ' + running['of'] + ' ')}"
        f"{_field('NUMPAGES')}</w:p></w:ftr>"
    )


def _line(part: str, style: str, text: str) -> str:
    return f'{_HEAD}<w:{part} {_W} {_R}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(text)}</w:p></w:{part}>'


def _symbol(running: Mapping[str, str]) -> str:
    line = _line("hdr", "Header", running["reference"]).replace("<w:rPr></w:rPr>", "<w:rPr><w:b/><w:bCs/></w:rPr>")
    return line.replace("</w:hdr>", f"{_notice(running)}</w:hdr>")


def _pages(running: Mapping[str, str]) -> str:
    # From left to right in every language: page 2 of 13.
    return (
        f'{_HEAD}<w:ftr {_W} {_R}><w:p><w:pPr><w:pStyle w:val="Footer"/><w:bidi w:val="0"/></w:pPr>'
        f"<w:r><w:tab/></w:r>{_field('PAGE')}"
        f"{_run('/')}{_field('NUMPAGES')}</w:p></w:ftr>"
    )


def _conference_numbering(language: str) -> str:
    """Paragraphs through the whole document, (a) and (i) anew below each; headings I. and A., in Arabic in words."""
    arabic, bare = language == "ar", language in {"fr", "es", "ru"}
    forms = (
        ("decimal", "%1 -" if arabic else "%1.", "NumberedParagraph", 720, 0),
        ("arabicAbjad" if arabic else "lowerLetter", "%2)" if bare else "(%2)", "Item", 1287, 567),
        ("decimal" if arabic else "lowerRoman", "‘%3’" if arabic else "%3)" if bare else "(%3)", "Subitem", 1854, 567),
    )
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/>'
        f'<w:suff w:val="tab"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="start"/>'
        f'<w:pPr><w:tabs><w:tab w:val="num" w:pos="{start + (567 if not hanging else 0)}"/></w:tabs>'
        f'<w:ind w:start="{start}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
        for level, (form, text, style, start, hanging) in enumerate(forms)
    )
    headings = ""
    if not arabic:
        headings = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:pStyle w:val="Heading{level + 1}"/><w:suff w:val="tab"/><w:lvlText w:val="%{level + 1}."/>'
            '<w:lvlJc w:val="start"/><w:pPr><w:tabs><w:tab w:val="num" w:pos="720"/></w:tabs>'
            '<w:ind w:start="720" w:hanging="720"/></w:pPr></w:lvl>'
            for level, form in enumerate(("upperRoman", "upperLetter"))
        )
    return (
        f'{_HEAD}<w:numbering {_W}><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>'
        f'{levels}</w:abstractNum><w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="multilevel"/>{headings}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
    )


def _numbering() -> str:
    """Paragraphs 1., 2., 3. through the whole document; headings I. and A."""
    headings = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="Heading{level + 1}"/>'
        f'<w:suff w:val="tab"/><w:lvlText w:val="%{level + 1}."/><w:lvlJc w:val="start"/>'
        '<w:pPr><w:tabs><w:tab w:val="num" w:pos="567"/></w:tabs><w:ind w:start="567" w:hanging="567"/></w:pPr></w:lvl>'
        for level, form in enumerate(("upperRoman", "upperLetter"))
    )
    return (
        f"{_HEAD}<w:numbering {_W}>"
        '<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="NumberedParagraph"/>'
        '<w:suff w:val="tab"/><w:lvlText w:val="%1."/><w:lvlJc w:val="start"/>'
        '<w:pPr><w:tabs><w:tab w:val="num" w:pos="567"/></w:tabs><w:ind w:start="0" w:firstLine="0"/></w:pPr></w:lvl>'
        "</w:abstractNum>"
        f'<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="multilevel"/>{headings}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
        "</w:numbering>"
    )


def _style(
    name: str,
    *,
    based: str = "Normal",
    kind: str = "paragraph",
    paragraph: str = "",
    run: str = "",
    following: str = "",
    own: bool = True,
) -> str:
    identity = name.replace(" ", "")
    return (
        f'<w:style w:type="{kind}" w:styleId={_quoted(identity)}{CUSTOM if own else ""}>'
        f"<w:name w:val={_quoted(name)}/>"
        + (f'<w:basedOn w:val="{based}"/>' if based else "")
        + (f'<w:next w:val="{following}"/>' if following else "")
        + "<w:qFormat/>"
        + (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "")
        + (f"<w:rPr>{run}</w:rPr>" if run else "")
        + "</w:style>"
    )


def _size(points: float) -> str:
    half = int(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _conference_styles(right_to_left: bool, language: str) -> str:
    """The styles that only documents in the form of the United Nations have."""
    bold = "<w:b/><w:bCs/>"
    keep = "<w:keepNext/><w:keepLines/>"
    ragged = "<w:suppressAutoHyphens/>"

    def spaced(before: int, after: int, line: int = 240) -> str:
        return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'

    def numbers(level: int, number: int = 1) -> str:
        return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'

    both = '<w:jc w:val="both"/>'
    inset = '<w:ind w:start="720" w:hanging="0"/>'
    hung = "" if language == "ar" else '<w:ind w:start="720" w:hanging="720"/>'

    def heading(level: int, points: float, before: int) -> str:
        listed = "" if language == "ar" else numbers(level - 1, 2)
        own = f'{keep}{listed}{ragged}{spaced(before, 140)}{hung}<w:outlineLvl w:val="{level - 1}"/>'
        return _style(
            f"heading {level}", own=False, paragraph=own, run=f"{bold}{_size(points)}", following="NumberedParagraph"
        ).replace(f'w:styleId="heading{level}"', f'w:styleId="Heading{level}"')

    symbol = "start" if right_to_left else "end"
    return (
        _style("Masthead Organization", paragraph=f"{keep}{spaced(0, 60)}", run=_size(13))
        + _style("Masthead Symbol", paragraph=f'{spaced(0, 60)}<w:jc w:val="{symbol}"/>', run=_size(12))
        + _style("Masthead Gap", paragraph=spaced(0, 40, 120), run=_size(4))
        + _style("Masthead Body", paragraph=f"{ragged}{spaced(120, 240)}", run=f"{bold}{_size(16)}")
        + _style("Masthead Detail", paragraph=spaced(20, 20), run=_size(10))
        + _style("Meeting", paragraph=f"{keep}{ragged}{spaced(240, 40)}", run=f"{bold}{_size(12)}")
        + _style("Session", paragraph=f"{keep}{spaced(0, 20)}", run=_size(10.5))
        + _style(
            "Title", own=False, paragraph=f"{keep}{ragged}{spaced(480, 200)}{inset}", run=f"{bold}{_size(15)}",
            following="NumberedParagraph",
        )
        + _style("Subtitle", own=False, paragraph=f"{keep}{spaced(0, 240)}{inset}", run=f"{bold}{_size(12)}")
        + heading(1, 13, 360)
        + heading(2, 11.5, 280)
        + _style(
            "Numbered Paragraph", paragraph=f'{numbers(0)}{spaced(100, 120, 252)}{inset}{both}'
        )
        + _style("Item", paragraph=f'{numbers(1)}{spaced(0, 120, 252)}<w:ind w:start="1287" w:hanging="567"/>{both}')
        + _style("Subitem", paragraph=f'{numbers(2)}{spaced(0, 120, 252)}<w:ind w:start="1854" w:hanging="567"/>{both}')
        + _style("Lead", paragraph=f"{keep}{spaced(240, 60)}")
        + _style("Chart", paragraph=f"{keep}{spaced(120, 60)}")
        + _style("Table Note", paragraph=spaced(60, 200), run=_size(8.5))
        + _style(
            "Hyperlink", based="DefaultParagraphFont", kind="character", own=False, run='<w:color w:val="1F4E79"/>'
        )
    )  # fmt: skip


def _styles(right_to_left: bool, width: int, conference: Conference | None = None) -> str:
    made = _own_styles(right_to_left, width)
    if conference is None:
        return made
    own = _conference_styles(right_to_left, conference.language)
    for identity in _IDENTITY.findall(own):
        made = re.sub(rf'<w:style (?:(?!</w:style>).)*w:styleId="{identity}".*?</w:style>', "", made)
    return made.replace("</w:styles>", own + "</w:styles>")


def _own_styles(right_to_left: bool, width: int) -> str:
    bold = "<w:b/><w:bCs/>"
    italic = "<w:i/><w:iCs/>"
    keep = "<w:keepNext/><w:keepLines/>"
    bidi = "<w:bidi/>" if right_to_left else ""

    def spaced(before: int, after: int, line: int = 264) -> str:
        return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'

    tab = f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>'

    def rule(size: int) -> str:
        return f'<w:pBdr><w:bottom w:val="single" w:sz="{size}" w:space="3" w:color="000000"/></w:pBdr>'

    box = "".join(
        f'<w:{side} w:val="single" w:sz="8" w:space="6" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right")
    )
    thin = '<w:{} w:val="single" w:sz="4" w:space="0" w:color="9AA2AC"/>'
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="SimSun"/>'
    return (
        f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_size(10.5)}"
        '<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{spaced(0, 120)}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f"<w:pPr><w:widowControl/>{bidi}</w:pPr></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:semiHidden/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
        '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        '<w:tblPr><w:tblBorders><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        + thin.format("bottom")
        + thin.format("insideH")
        + '</w:tblBorders></w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:i/><w:iCs/></w:rPr>'
        '<w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="10" w:space="0" w:color="000000"/></w:tcBorders>'
        '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
        + _style("Body Text", own=False, paragraph=spaced(0, 120))
        + _style("First Paragraph", based="BodyText", following="BodyText")
        + _style("Compact", paragraph=spaced(40, 40, 240), run=_size(9))
        + _style(
            "Title",
            own=False,
            paragraph=f"{keep}{spaced(120, 360, 240)}",
            run=f"{bold}{_size(18)}",
            following="BodyText",
        )
        + _style("Subtitle", own=False, paragraph=f"{keep}{spaced(360, 160)}", run=f"{bold}{_size(12)}")
        + _style(
            "heading 1",
            own=False,
            paragraph=f'{keep}<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>{spaced(420, 180)}'
            '<w:outlineLvl w:val="0"/>',
            run=f"{bold}{_size(14)}",
            following="NumberedParagraph",
        ).replace('w:styleId="heading1"', 'w:styleId="Heading1"')
        + _style(
            "heading 2",
            own=False,
            paragraph=f'{keep}<w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr>{spaced(320, 140)}'
            '<w:outlineLvl w:val="1"/>',
            run=f"{bold}{_size(11.5)}",
            following="NumberedParagraph",
        ).replace('w:styleId="heading2"', 'w:styleId="Heading2"')
        + _style(
            "heading 3",
            own=False,
            paragraph=f'{keep}{spaced(320, 120)}<w:outlineLvl w:val="1"/>',
            run=f"{bold}{_size(11.5)}",
        ).replace('w:styleId="heading3"', 'w:styleId="Heading3"')
        + _style(
            "Annex Title",
            paragraph=f'<w:keepNext/><w:pageBreakBefore/>{spaced(0, 200)}<w:outlineLvl w:val="0"/>',
            run=f"{bold}{_size(14)}",
        )
        + _style(
            "Numbered Paragraph",
            paragraph='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
            f'{spaced(100, 140)}<w:jc w:val="both"/>',
        )
        + _style("Masthead Detail", paragraph=f'{spaced(0, 60)}<w:ind w:start="5700"/>', run=_size(10))
        + _style("Notice", paragraph=f'<w:pBdr>{box}</w:pBdr>{spaced(160, 200)}<w:ind w:start="120" w:end="120"/>')
        + _style("Question", paragraph=f"{keep}{spaced(220, 60)}")
        + _style("Answer", paragraph=f'{spaced(0, 80)}<w:ind w:start="340"/>')
        + _style("Lead", paragraph=f'{keep}{spaced(0, 60)}<w:ind w:start="340"/>')
        + _style("Explanation", paragraph=f'{spaced(0, 100)}<w:ind w:start="340" w:end="340"/>')
        + _style("Table Note", paragraph=spaced(60, 240), run=_size(8.5))
        + _style("Table Caption", paragraph=f"{keep}{spaced(240, 80)}", run=f"{bold}{_size(9.5)}")
        + _style("Image Caption", run=_size(9))
        + _style("footnote text", own=False, paragraph=spaced(0, 40, 240), run=_size(8.5)).replace(
            'w:styleId="footnotetext"', 'w:styleId="FootnoteText"'
        )
        + _style(
            "footnote reference",
            based="DefaultParagraphFont",
            kind="character",
            own=False,
            run='<w:vertAlign w:val="superscript"/>',
        ).replace('w:styleId="footnotereference"', 'w:styleId="FootnoteReference"')
        + _style("Hyperlink", based="DefaultParagraphFont", kind="character", own=False, run='<w:u w:val="single"/>')
        + _style("header", own=False, paragraph=f"{rule(4)}{tab}{spaced(0, 40, 240)}", run=_size(8.5)).replace(
            'w:styleId="header"', 'w:styleId="Header"'
        )
        + _style("Header First", paragraph=f"{rule(12)}{tab}{spaced(0, 60, 240)}", run=_size(11))
        + _style("Header Notice", paragraph=spaced(40, 0, 240), run=f"{italic}{_size(8.5)}")
        + _style("footer", own=False, paragraph=f"{tab}{spaced(0, 0, 240)}", run=_size(8.5)).replace(
            'w:styleId="footer"', 'w:styleId="Footer"'
        )
        + "</w:styles>"
    )
