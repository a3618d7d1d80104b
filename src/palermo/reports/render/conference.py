"""A conference document on its way to a format: its blocks, its charts, its masthead."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from palermo.reports.documents import frame
from palermo.reports.logic import reading
from palermo.reports.logic.markdown import LINE_BREAK
from palermo.reports.render.pandoc import FILTER, kept_apart, pandoc, typst_blocks
from palermo.reports.render.pictures import inline, png, word_picture
from palermo.reports.render.safe_html import safe_html


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
            picture = f'<div role="img" aria-label="{html.escape(chart.alternative)}">{inline(chart.svg)}</div>'
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
            image, across, down = png(chart.svg, folder / f"chart{place}", self.fonts)
            parts[f"word/media/chart{place}.png"] = image
            relation = (
                f'<Relationship Id="rIdChart{place}" Target="media/chart{place}.png" '
                'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
            )
            relations = relations.replace("</Relationships>", f"{relation}</Relationships>")
            drawing = word_picture(place, chart.alternative, width * 635, width * 635 * down // across)
            document = re.sub(
                rf"<w:r>(?:(?!</w:r>).)*?<w:t[^>]*>{reading.CHART}{re.escape(key)}{reading.CHART}</w:t></w:r>",
                drawing.replace("\\", r"\\"),
                document,
            )
        if self.charts and 'Extension="png"' not in types:
            types = types.replace("<Default ", '<Default Extension="png" ContentType="image/png"/><Default ', 1)
        parts["word/document.xml"] = document.encode()
        parts["word/_rels/document.xml.rels"] = relations.encode()
        parts["[Content_Types].xml"] = types.encode()
