"""The child process that makes documents: ``python -m palermo.reports.render``, JSON in, the finished file out.

A web worker never loads what stands here. The order comes on standard input; the file goes to standard output; what an
operator should know goes to standard error, one JSON object a line. A refusal ends the process with 1 and a line
``{"error": …, "step": …}``. See ``docs/guide/documents.md``.
"""

import json
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parents[1] / "documents"
"""The sources of the documents and what gives them their form."""


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
