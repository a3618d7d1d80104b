"""Pandoc, in a child of its own: what it writes of blocks, and its Typst."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from palermo.reports.logic import reading
from palermo.reports.logic.markdown import APART, LINE_BREAK
from palermo.reports.render import HERE, Failed

PANDOC_SECONDS: Final = 30
# At most this much memory; so much at a time, which spares the collector most of its work.
PANDOC_HEAP: Final = ("-M1G", "-A16M")
FILTER: Final = f"--lua-filter={HERE / 'filter.lua'}"


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
