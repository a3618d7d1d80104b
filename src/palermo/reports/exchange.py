"""Documents on their way out: the child process that makes them, and what to say when it cannot."""

import datetime
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

import palermo
from palermo.base.errors import Refusal
from palermo.reports import kept
from palermo.reports import models as tables
from palermo.reports.logic.report import Report

logger = logging.getLogger(__name__)

DOCUMENT: Final = "national-report"
SOURCES: Final = Path(__file__).resolve().parent / "documents"
SECONDS: Final = 90
# At most so many at once in a worker of the web server; the next one waits a little, then is told to come again.
AT_ONCE: Final = 2
WAIT_SECONDS: Final = 20
_places = threading.BoundedSemaphore(AT_ONCE)

TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "fragment": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Document:
    """A finished document."""

    name: str
    content_type: str
    content: bytes


def document_language(language: str, document: str = DOCUMENT) -> str:
    """The language in which the document is made: the one asked for if there is a source in it, else English."""
    base = language.lower().split("-")[0]
    return base if (SOURCES / document / f"{base}.md.j2").is_file() else "en"


def make_document(report: Report, form: str) -> Document:
    """The report as ``docx``, ``pdf``, ``html`` or ``fragment``. Raises ``Refusal`` if it cannot be made now.

    What was submitted never changes: its documents are kept (``kept``) and made once.
    """
    moment = report.receipt.at if report.receipt else report.date
    stamp = datetime.datetime.fromisoformat(moment)
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=datetime.UTC)
    order = {
        "document": DOCUMENT,
        "language": report.language,
        "format": form,
        "report": asdict(report),
        "timestamp": int(stamp.timestamp()),
        "fonts": os.environ.get("PALERMO_FONTS", ""),
    }
    written = json.dumps(order).encode()
    name = kept.key(report, written, form) if report.receipt else ""
    content = kept.find(name) if name else None
    if content is None:
        with _place():
            content, sound = _run(written)
        # What came with a warning (a font that is missing) may come out better next time.
        if name and sound:
            kept.keep(name, content)
    return Document(name=f"{file_stem(report)}.{form}", content_type=TYPES[form], content=content)


# ── Conference documents ─────────────────────────────────────────────────────────────────────────────────────────────


def check_source(frozen: Mapping[str, Any], language: str, masthead: Mapping[str, str]) -> None:
    """Fills the source of a language and reads it; raises ``Refusal`` with file and line if it is broken."""
    _conference(frozen, "", language, masthead, "check")


def preview(frozen: Mapping[str, Any], language: str, masthead: Mapping[str, str]) -> str:
    """The document as part of a page, before anything is kept. Raises ``Refusal``."""
    return _conference(frozen, "", language, masthead, "fragment")[0].decode()


def conference_file(document: tables.Document, form: str) -> Document:
    """The document in a format, made once and kept. Raises ``Refusal`` if it cannot be made now."""
    snapshot = document.snapshot
    name = kept.document_key(snapshot.sha256, form, document.language, document.masthead)
    content = kept.find(name)
    if content is None:
        content, sound = _conference(
            json.loads(snapshot.data), snapshot.sha256, document.language, document.masthead, form
        )
        if sound:
            kept.keep(name, content)
    return Document(name=f"{document.file_stem}.{form}", content_type=TYPES[form], content=content)


def _conference(
    frozen: Mapping[str, Any],
    sha256: str,
    language: str,
    masthead: Mapping[str, str],
    form: str,
) -> tuple[bytes, bool]:
    """Has the child make it. The time inside its files is noon of the day that stands on it."""
    noon = datetime.datetime.fromisoformat(masthead["dated"]).replace(hour=12, tzinfo=datetime.UTC)
    order = {
        "frame": "conference",
        "frozen": frozen,
        "sha256": sha256,
        "language": language,
        "format": form,
        "masthead": masthead,
        "timestamp": int(noon.timestamp()),
        "fonts": os.environ.get("PALERMO_FONTS", ""),
    }
    with _place():
        return _run(json.dumps(order).encode())


def picture(svg: str) -> bytes:
    """A drawing as PNG, made in the child. Raises ``Refusal`` if it cannot be made now."""
    with _place():
        return _run(json.dumps({"frame": "chart", "svg": svg}).encode())[0]


def file_stem(report: Report) -> str:
    """The name of a file of this report, without its ending: the receipt, or draft and date."""
    return report.receipt.number if report.receipt else f"draft-{report.date}"


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Refusal(_("Several documents are being made at the moment. Try again in a minute."), "busy")
    try:
        yield
    finally:
        _places.release()


def _run(order: bytes) -> tuple[bytes, bool]:
    """Runs the child: the file, and whether all went without a warning.

    Whatever goes wrong in it is in the log; the reader learns what to do.
    """
    source = str(Path(palermo.__file__).resolve().parents[1])
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": source,
        "LC_ALL": "C.UTF-8",
        "PYTHONSAFEPATH": "1",
        **{name: os.environ[name] for name in ("TMPDIR", "VIRTUAL_ENV") if name in os.environ},
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "palermo.reports.render"],
            input=order,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired as late:
        logger.error("document: no result within %s seconds", SECONDS)
        raise Refusal(
            _("Making the document took too long and was stopped. Take the data instead, and tell the Secretariat."),
            "late",
        ) from late
    for line in done.stderr.decode(errors="replace").splitlines():
        logger.log(logging.ERROR if done.returncode else logging.WARNING, "document: %s", line[:2000])
    if done.returncode and (broken := _broken_source(done.stderr)):
        raise Refusal(broken, "broken_source")
    if done.returncode or not done.stdout:
        logger.error("document: the child ended with %s", done.returncode)
        raise Refusal(
            _("The document could not be made. The reason is in the log of the server; the data can still be taken."),
            "failed",
        )
    return done.stdout, not done.stderr


def _broken_source(said: bytes) -> str:
    """What to tell about a source that cannot be used: file and line, the reason, the way out."""
    for line in said.splitlines():
        try:
            words = json.loads(line)
        except ValueError:
            continue
        if isinstance(words, dict) and words.get("step") == "source":
            return _(
                "The template of this document cannot be used. %(place)s: %(reason)s Mend that line, or take another "
                "kind of document; the guide on documents says what a template may hold."
            ) % {"place": words.get("place", ""), "reason": f"{str(words.get('error', '')).rstrip('.')}."}
    return ""
