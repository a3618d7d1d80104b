"""A document as PDF."""

import re
import resource
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from palermo.reports.render import HERE, Failed, note
from palermo.reports.render.conference import Conference
from palermo.reports.render.fonts import choose_fonts
from palermo.reports.render.pandoc import typst_body

OWN_BYTES: Final = 3 * 1024**3


def pdf(
    markdown: str, running: Mapping[str, str], folder: Path, *, language: str, direction: str, stamp: int, fonts: str,
    made: Conference | None = None,
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
