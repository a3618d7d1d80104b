"""Pictures inside a document: on a page as they are, for Word in points."""

import html
import re
from pathlib import Path

from palermo.reports.render import Failed
from palermo.reports.render.fonts import choose_fonts


def inline(svg: str) -> str:
    """A picture of our own as part of a page."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", svg).strip()


def png(svg: str, folder: Path, fonts: str) -> tuple[bytes, int, int]:
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


def word_picture(place: int, alternative: str, across: int, down: int) -> str:
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
