"""Files that people hand in: what is taken, how it is kept, how it is given back.

A file is judged by its content; its name only says what it claims to be. What is not on the short list is refused with
the reason and the way out. Kept files lie outside the web root under random keys and go out as downloads only.
"""

import hashlib
import io
import re
import stat
import unicodedata
import uuid
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Self

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palermo.base.errors import Refusal

ZIP_ENTRIES: Final = 2_000
ZIP_BYTES: Final = 100 * 1024 * 1024
ZIP_RATIO: Final = 150
NAME_LENGTH: Final = 150
HEAD: Final = 1024

_HIDDEN: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_MARKUP: Final = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?php|\?xml)", re.IGNORECASE)
_PROGRAMS: Final = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"dex\n",
    b"\0asm",
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OUTER_TEMPLATE: Final = re.compile(rb"attachedTemplate[^>]*TargetMode\s*=\s*[\"']External", re.IGNORECASE | re.DOTALL)

TAKEN: Final = gettext_lazy("Taken are PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), OpenDocument (odt, ods), "
                            "pictures (png, jpg, tiff) and plain text (txt, csv).")  # fmt: skip


class RefusedFile(Refusal):
    """A file that is not taken, with the reason and the way out."""

    def __init__(self, message: str | Promise, *, code: str) -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True)
class Accepted:
    """A file that was judged and taken, with its cleaned name and the type found in its content."""

    name: str
    content_type: str
    size: int
    sha256: str
    data: bytes = field(repr=False)


class Attachment(models.Model):
    """What is known of a kept file; abstract, each app has a table of its own with the link to what it belongs to."""

    uuid = models.UUIDField(gettext_lazy("identifier"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(gettext_lazy("name"), max_length=NAME_LENGTH)
    content_type = models.CharField(gettext_lazy("type"), max_length=100)
    size = models.PositiveBigIntegerField(gettext_lazy("size in bytes"))
    sha256 = models.CharField(gettext_lazy("SHA-256"), max_length=64)
    storage_key = models.CharField(gettext_lazy("storage key"), max_length=200, unique=True)
    uploaded_by_id = models.BigIntegerField(gettext_lazy("handed in by"), null=True)
    uploaded_at = models.DateTimeField(gettext_lazy("handed in at"), auto_now_add=True)
    removed_at = models.DateTimeField(gettext_lazy("removed at"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(cls, accepted: Accepted, *, by: Any, **fields: Any) -> Self:
        """Stores the bytes under a random key and writes the row; ``by`` is the person or the person's number."""
        folder = cls._meta.db_table
        random = uuid.uuid4()
        key = default_storage.save(f"{folder}/{random.hex[:2]}/{random.hex}", ContentFile(accepted.data))
        try:
            return cls._default_manager.create(
                name=accepted.name,
                content_type=accepted.content_type,
                size=accepted.size,
                sha256=accepted.sha256,
                storage_key=key,
                uploaded_by_id=getattr(by, "pk", by),
                **fields,
            )
        except Exception:
            default_storage.delete(key)
            raise


def serve(attachment: Attachment) -> FileResponse:
    """The kept file as a download that no browser runs, whatever is in it."""
    response = FileResponse(
        default_storage.open(attachment.storage_key, "rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def accept(upload: UploadedFile) -> Accepted:
    """Judges an uploaded file by name, size and content. Raises ``RefusedFile`` with a sentence for the person."""
    name = clean_name(upload.name or "")
    limit = settings.EVIDENCE_MAX_BYTES
    if upload.size == 0:
        raise RefusedFile(_("“%(name)s” is empty. Choose the file again.") % {"name": name}, code="empty")
    if upload.size is None or upload.size > limit:
        raise RefusedFile(
            _("“%(name)s” is larger than %(limit)s. Hand in a smaller scan, or divide the document.")
            % {"name": name, "limit": filesizeformat(limit)},
            code="too_large",
        )
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(extension)
    if kind is None:
        raise _refuse_extension(name, extension)
    upload.seek(0)
    data = upload.read(limit + 1)
    upload.seek(0)
    if data.startswith(_PROGRAMS):
        raise RefusedFile(
            _("“%(name)s” is a program, whatever its name says. Programs are not taken.") % {"name": name},
            code="program",
        )
    if kind.refuses_markup and (_MARKUP.search(data[:HEAD]) or (extension != "pdf" and b"%PDF-" in data[:HEAD])):
        raise _refuse_mismatch(name, extension)
    kind.check(name, extension, data)
    return Accepted(name, kind.content_type, len(data), hashlib.sha256(data).hexdigest(), data)


def clean_name(name: str) -> str:
    """The bare name of a file: no path, no control or direction characters, no end that a system would drop."""
    bare = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rpartition("/")[2]
    bare = re.sub(r'[<>:"|?*]', "_", " ".join(bare.split())).strip(". ") or "file"
    stem, dot, extension = bare.rpartition(".")
    if not dot:
        return bare[:NAME_LENGTH]
    return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"[:NAME_LENGTH]


def _refuse_extension(name: str, extension: str) -> RefusedFile:
    """Why a file of this extension is not taken, and what to do instead."""
    values = {"name": name, "taken": TAKEN}
    if extension in {"docm", "xlsm", "pptm", "dotm", "xltm", "xlsb", "xlam", "ppam"}:
        message = _("“%(name)s” can hold macros, which are programs. Save it as docx, xlsx or pptx and hand that in.")
        return RefusedFile(message % values, code="macros")
    if extension in {"doc", "xls", "ppt", "dot", "rtf"}:
        message = _("“%(name)s” is in an old format that can hide programs. Save it as docx, xlsx, pptx or PDF.")
        return RefusedFile(message % values, code="old_format")
    if extension in {"zip", "rar", "7z", "gz", "tar", "tgz", "bz2", "xz", "iso"}:
        message = _("“%(name)s” is an archive. Unpack it and hand in the documents one by one.")
        return RefusedFile(message % values, code="archive")
    message = _("“%(name)s” is of a kind that is not taken. %(taken)s")
    return RefusedFile(message % values, code="not_taken")


def _refuse_mismatch(name: str, extension: str) -> RefusedFile:
    """The content is not what the extension says."""
    message = _(
        "“%(name)s” is not what its name says: the content is not a proper %(extension)s file. "
        "Open it in the program that made it, save it anew and hand that in."
    )
    return RefusedFile(message % {"name": name, "extension": extension}, code="mismatch")


def _check_pdf(name: str, extension: str, data: bytes) -> None:
    """A PDF from its first byte to its end, and nothing else at the same time."""
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:] or zipfile.is_zipfile(io.BytesIO(data)):
        raise _refuse_mismatch(name, extension)


def _check_png(name: str, extension: str, data: bytes) -> None:
    """Chunk after chunk up to the end, and nothing behind it."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise _refuse_mismatch(name, extension)
    place = 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        if place == 8 and kind != b"IHDR":
            break
        place += length + 12
        if kind == b"IEND":
            if place == len(data):
                return
            break
    raise _refuse_mismatch(name, extension)


def _check_jpeg(name: str, extension: str, data: bytes) -> None:
    """A picture that ends as one; what some cameras put behind it may not be a document or an archive."""
    end = data.rfind(b"\xff\xd9")
    behind = data[end + 2 :]
    if (
        not data.startswith(b"\xff\xd8\xff")
        or end < 0
        or zipfile.is_zipfile(io.BytesIO(data))
        or b"%PDF-" in behind
        or _MARKUP.search(behind)
    ):
        raise _refuse_mismatch(name, extension)


def _check_tiff(name: str, extension: str, data: bytes) -> None:
    """The two byte orders of TIFF."""
    if not data.startswith((b"II*\0", b"MM\0*")) or zipfile.is_zipfile(io.BytesIO(data)):
        raise _refuse_mismatch(name, extension)


def _check_text(name: str, extension: str, data: bytes) -> None:
    """Readable text in a Unicode encoding."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        message = _("“%(name)s” cannot be read as text. Save it as plain text in UTF-8 and hand that in.")
        raise RefusedFile(message % {"name": name}, code="encoding")
    if _MARKUP.search(text[:HEAD].encode()):
        raise _refuse_mismatch(name, extension)


_MAIN_PARTS: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def _check_office(name: str, extension: str, data: bytes) -> None:
    """A document of Office Open XML: a safe archive with the right main part and without macros."""
    parts = _open_archive(name, extension, data)
    types = parts.get("[Content_Types].xml", b"")
    if _MAIN_PARTS[extension] not in parts or not types:
        raise _refuse_mismatch(name, extension)
    if b"macroenabled" in types.lower() or any(
        part.lower().endswith(("vbaproject.bin", "vbadata.xml")) for part in parts
    ):
        raise _refuse_extension(name, "docm")
    if any(part.endswith(".rels") and _OUTER_TEMPLATE.search(text) for part, text in parts.items()):
        message = _(
            "“%(name)s” fetches a template from elsewhere when it is opened. Remove the link, or save it as PDF."
        )
        raise RefusedFile(message % {"name": name}, code="outer_template")


_OPEN_TYPES: Final = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def _check_open_document(name: str, extension: str, data: bytes) -> None:
    """An OpenDocument file: a safe archive with the right type, unencrypted, without macros."""
    parts = _open_archive(name, extension, data)
    if parts.get("mimetype", b"").strip() != _OPEN_TYPES[extension].encode() or "content.xml" not in parts:
        raise _refuse_mismatch(name, extension)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise _refuse_protected(name)
    if any(part.startswith(("Basic/", "Scripts/")) for part in parts):
        message = _("“%(name)s” holds macros, which are programs. Remove them, or save it as PDF.")
        raise RefusedFile(message % {"name": name}, code="macros")


def _refuse_protected(name: str) -> RefusedFile:
    """Files under a password can be neither checked nor read by those they are for."""
    message = _("“%(name)s” is protected by a password. Save it without one and hand that in.")
    return RefusedFile(message % {"name": name}, code="protected")


def _open_archive(name: str, extension: str, data: bytes) -> dict[str, bytes]:
    """The parts of an archive with their first bytes, after everything that could do harm was ruled out.

    Entries, size and ratio are limited both as declared and as really unpacked.
    """
    if data.startswith(_OLE):
        raise _refuse_protected(name)
    bomb = RefusedFile(
        _("“%(name)s” unpacks to far more than it should, and was not opened. Save it anew, or hand in a PDF.")
        % {"name": name},
        code="bomb",
    )
    if not data.startswith(b"PK\x03\x04"):
        raise _refuse_mismatch(name, extension)
    parts: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > ZIP_ENTRIES or sum(entry.file_size for entry in entries) > ZIP_BYTES:
                raise bomb
            if sum(entry.compress_size for entry in entries) > len(data):
                raise bomb
            if archive.comment or min(entry.header_offset for entry in entries) != 0:
                raise _refuse_mismatch(name, extension)
            for entry in entries:
                if entry.flag_bits & 0x1:
                    raise _refuse_protected(name)
                if not _is_plain_entry(entry) or entry.filename in parts:
                    raise _refuse_mismatch(name, extension)
                with archive.open(entry) as part:
                    head = part.read(HEAD * 64)
                    unpacked = len(head)
                    while chunk := part.read(HEAD * 64):
                        unpacked += len(chunk)
                        if total + unpacked > ZIP_BYTES:
                            raise bomb
                total += unpacked
                if total > max(ZIP_RATIO * len(data), 1024 * 1024):
                    raise bomb
                if head.startswith(_PROGRAMS[:2]):
                    message = _("“%(name)s” holds a program. Remove it, or save the document as PDF.")
                    raise RefusedFile(message % {"name": name}, code="program")
                if entry.filename.endswith((".xml", ".rels")) and re.search(rb"<!(DOCTYPE|ENTITY)", head):
                    raise _refuse_mismatch(name, extension)
                parts[entry.filename] = head
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise _refuse_mismatch(name, extension) from error
    return parts


def _is_plain_entry(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a plain file or folder inside the archive's own tree."""
    path = entry.orig_filename
    steps = path.split("/")
    outside = path.startswith("/") or "\\" in path or "\0" in path or ":" in path or ".." in steps
    return not outside and not stat.S_ISLNK(entry.external_attr >> 16)


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its type and the check of its content."""

    content_type: str
    check: Callable[[str, str, bytes], None]
    refuses_markup: bool = True


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final = {
    "pdf": Kind("application/pdf", _check_pdf),
    "docx": Kind(f"{_OFFICE}wordprocessingml.document", _check_office),
    "xlsx": Kind(f"{_OFFICE}spreadsheetml.sheet", _check_office),
    "pptx": Kind(f"{_OFFICE}presentationml.presentation", _check_office),
    "odt": Kind(_OPEN_TYPES["odt"], _check_open_document),
    "ods": Kind(_OPEN_TYPES["ods"], _check_open_document),
    "png": Kind("image/png", _check_png),
    "jpg": Kind("image/jpeg", _check_jpeg),
    "jpeg": Kind("image/jpeg", _check_jpeg),
    "tif": Kind("image/tiff", _check_tiff),
    "tiff": Kind("image/tiff", _check_tiff),
    "txt": Kind("text/plain; charset=utf-8", _check_text, refuses_markup=False),
    "csv": Kind("text/csv; charset=utf-8", _check_text, refuses_markup=False),
}
ACCEPT_ATTRIBUTE: Final = ",".join(f".{extension}" for extension in KINDS)
