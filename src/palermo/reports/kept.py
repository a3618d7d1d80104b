"""Finished documents of submissions, kept: what was submitted never changes, so its documents are made once.

A document is kept under a name that follows from everything it is made of: the frozen copy (its SHA-256), the receipt,
the sources and programs that make documents, the language and the format. A change of any of them is another name;
nothing has to be thrown away by hand. Drafts are never kept. Only ``exchange.make_document`` asks here, after the
view has decided who may read; the folder has no address of its own.
"""

import contextlib
import functools
import hashlib
import json
import logging
import os
from importlib import metadata
from pathlib import Path
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from palermo.reports.logic.report import Report

logger = logging.getLogger(__name__)

FOLDER: Final = "reports"
HERE: Final = Path(__file__).resolve().parent
# A file larger than this is made again each time; with more files than this nothing more is kept.
FILE_BYTES: Final = 20 * 1024**2
FILES_PER_FOLDER: Final = 64
_SOURCES: Final = frozenset({".py", ".j2", ".lua", ".typ", ".yaml", ".html", ".md"})
_PACKAGES: Final = ("pypandoc-binary", "typst", "jinja2", "babel")


@functools.cache
def makers() -> str:
    """What stands for everything that makes documents: sources, code and the versions of the programs."""
    found = hashlib.sha256()
    for path in sorted(path for path in HERE.rglob("*") if path.suffix in _SOURCES):
        found.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.update(f"{name} {metadata.version(name)}\n".encode())
    return found.hexdigest()


def key(report: Report, order: bytes, form: str) -> str:
    """Where a document of a submission is kept: a folder for the frozen copy, a name for all that it is made of."""
    assert report.receipt is not None
    named = hashlib.sha256(json.dumps([makers(), report.language, form]).encode() + order).hexdigest()
    snapshot = hashlib.sha256(report.receipt.sha256.encode()).hexdigest()
    return f"{FOLDER}/{snapshot[:2]}/{snapshot}/{named}.{form}"


def document_key(sha256: str, form: str, *about: object) -> str:
    """Where a file of a conference document is kept: a folder for its snapshot, a name for all that it is made of."""
    named = hashlib.sha256(json.dumps([makers(), form, *about], sort_keys=True).encode()).hexdigest()
    return f"{FOLDER}/{sha256[:2]}/{sha256}/{named}.{form}"


def find(name: str) -> bytes | None:
    """The kept document, if it is there and whole."""
    try:
        with default_storage.open(name, "rb") as file:
            kept: bytes = file.read()
    except OSError:
        return None
    digest, content = kept[:32], kept[32:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(name: str, content: bytes) -> None:
    """Keeps the document, once; if it cannot be kept it is simply made again next time."""
    if len(content) > FILE_BYTES:
        return
    try:
        folder = name.rpartition("/")[0]
        with contextlib.suppress(FileNotFoundError):
            if len(default_storage.listdir(folder)[1]) >= FILES_PER_FOLDER:
                return
        if default_storage.exists(name):
            default_storage.delete(name)
        # The digest before the content tells a whole file from one whose writing was cut short.
        default_storage.save(name, ContentFile(hashlib.sha256(content).digest() + content))
    except OSError as failure:
        logger.warning("document: it could not be kept: %s", os.strerror(failure.errno or 0))
