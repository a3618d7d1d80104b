"""The fonts that a text needs, found among those there are."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from palermo.reports.render import note

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
