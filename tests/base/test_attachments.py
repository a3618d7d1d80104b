"""Files that people hand in, hostile ones first."""

import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.http import HttpRequest
from django.test.utils import isolate_apps

from palermo.base.attachments import ACCEPT_ATTRIBUTE, Attachment, RefusedFile, accept, clean_name, serve

TYPES = b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml"/></Types>'
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def archive(parts: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def docx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": TYPES, "word/document.xml": b"<w:document/>"} | more)


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def encrypted(data: bytes) -> bytes:
    """The same archive with the encryption flag set on each entry."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            changed[place + offset] |= 1
            place = changed.find(signature, place + 4)
    return bytes(changed)


def judge(name: str, data: bytes) -> str:
    """The code of the refusal, or the type that was found."""
    try:
        return accept(SimpleUploadedFile(name, data)).content_type
    except RefusedFile as refusal:
        return refusal.code


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"}
OUTER = b'<R Type="x/attachedTemplate" Target="https://e" TargetMode="External"/>'
BOMB = archive({"[Content_Types].xml": TYPES, "word/document.xml": b"\0" * (90 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("law.pdf", PDF, "application/pdf"),
        ("law.PDF", PDF, "application/pdf"),
        ("law.docx", docx(), WORD),
        ("law.odt", archive(ODT, stored=("mimetype",)), "application/vnd.oasis.opendocument.text"),
        ("scan.png", png(), "image/png"),
        ("scan.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0...\xff\xd9", "image/jpeg"),
        ("scan.tiff", b"II*\0\x08\0\0\0", "image/tiff"),
        ("note.txt", "Закон № 1".encode(), "text/plain; charset=utf-8"),
        ("table.csv", "a;b\n1;2".encode("utf-16"), "text/csv; charset=utf-8"),
    ],
)
def test_accept_takes_honest_files(name: str, data: bytes, found: str):
    assert judge(name, data) == found


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_taken"),
        ("page.html", b"<html>", "not_taken"),
        ("noextension", PDF, "not_taken"),
        ("page.pdf", b"<html><script>alert(1)</script>%%EOF", "mismatch"),
        ("page.txt", b"  <!DOCTYPE html><script>", "mismatch"),
        ("picture.csv", b"<svg onload=alert(1)>", "mismatch"),
        ("program.pdf", b"MZ\x90\0" + b"\0" * 300, "program"),
        ("program.exe", b"MZ\x90\0", "not_taken"),
        ("script.txt", b"#!/bin/sh\nrm -rf /", "program"),
        ("elf.png", b"\x7fELF\x02", "program"),
        ("macro.docm", docx(), "macros"),
        ("macro.docx", docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        (
            "renamed.docx",
            archive(
                {
                    "[Content_Types].xml": b"<Types application/vnd.ms-word.document.macroEnabled/>",
                    "word/document.xml": b"x",
                }
            ),
            "macros",
        ),
        ("basic.odt", archive(ODT | {"Basic/Standard/Module1.xml": b"x"}), "macros"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_format"),
        ("archive.zip", archive({"a": b"b"}), "archive"),
        ("archive.docx", archive({"a": b"b"}), "mismatch"),
        ("sheet.xlsx", docx(), "mismatch"),
        ("bomb.docx", BOMB, "bomb"),
        ("many.docx", archive({f"{n}.xml": b"" for n in range(2_001)}), "bomb"),
        ("path.docx", docx(**{"../../etc/passwd": b"x"}), "mismatch"),
        ("root.docx", docx(**{"/etc/passwd": b"x"}), "mismatch"),
        ("windows.docx", docx(**{"..\\..\\x": b"x"}), "mismatch"),
        ("inside.docx", docx(**{"word/embeddings/a.bin": b"MZ\x90\0"}), "program"),
        ("entity.docx", docx(**{"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]>'}), "mismatch"),
        ("locked.docx", encrypted(docx()), "protected"),
        ("password.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected"),
        (
            "template.docx",
            docx(**{"word/_rels/settings.xml.rels": OUTER}),
            "outer_template",
        ),
        ("pdf_and_zip.pdf", PDF + docx() + b"%%EOF", "mismatch"),
        ("zip_and_pdf.docx", b"PK\x03\x04%PDF-1.7" + docx(), "mismatch"),
        ("picture_and_zip.png", png() + docx(), "mismatch"),
        ("picture_and_page.jpg", b"\xff\xd8\xff\xe0..\xff\xd9<script>", "mismatch"),
        ("broken.png", png()[:-6], "mismatch"),
        ("broken.docx", docx()[:-30], "mismatch"),
        ("bytes.txt", b"a\0b", "encoding"),
        ("windows.txt", "Закон".encode("cp1251"), "encoding"),
    ],
)
def test_accept_refuses_hostile_files(name: str, data: bytes, code: str):
    assert judge(name, data) == code


def test_accept_refuses_what_is_larger_than_the_limit(settings):
    settings.EVIDENCE_MAX_BYTES = 20
    assert judge("law.pdf", PDF) == "too_large"


def test_accept_refuses_an_entry_that_lies_about_its_size():
    data = bytearray(archive({"[Content_Types].xml": TYPES, "word/document.xml": b"\0" * (40 * 1024 * 1024)}))
    place = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    assert judge("lie.docx", bytes(data)) == "mismatch"


def test_accept_gives_name_size_and_hash():
    taken = accept(SimpleUploadedFile("law.pdf", PDF, content_type="text/html"))
    assert (taken.name, taken.size, taken.sha256) == ("law.pdf", len(PDF), hashlib.sha256(PDF).hexdigest())


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\law.pdf", "law.pdf"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("law\r\nSet-Cookie: a.pdf", "lawSet-Cookie_ a.pdf"),
        ("  law .pdf. ", "law .pdf"),
        ("...", "file"),
        ("قانون.pdf", "قانون.pdf"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
        ("a\0.pdf", "a.pdf"),
    ],
)
def test_clean_name_leaves_a_bare_name(name: str, cleaned: str):
    assert clean_name(name) == cleaned


def test_a_name_with_its_direction_turned_is_refused_for_what_it_is():
    upload = SimpleUploadedFile("x.pdf", PDF)
    upload._name = "law\u202efdp.exe"
    with pytest.raises(RefusedFile) as caught:
        accept(upload)
    assert caught.value.code == "not_taken"


def test_the_accept_attribute_names_what_is_taken():
    assert ACCEPT_ATTRIBUTE == ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.png,.jpg,.jpeg,.tif,.tiff,.txt,.csv"


@pytest.fixture
def files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


@pytest.mark.django_db(transaction=True)
@isolate_apps("palermo.base")
def test_keep_stores_under_a_random_key_and_serve_gives_a_harmless_download(files):
    class Evidence(Attachment):
        class Meta:
            app_label = "base"

    with connection.schema_editor() as editor:
        editor.create_model(Evidence)
    try:
        kept = Evidence.keep(accept(SimpleUploadedFile("قانون.pdf", PDF)), by=7)
        assert (kept.name, kept.uploaded_by_id, kept.removed_at) == ("قانون.pdf", 7, None)
        assert "قانون" not in kept.storage_key
        assert (files / kept.storage_key).read_bytes() == PDF
        response = serve(kept)
        assert b"".join(response.streaming_content) == PDF
        response.close()
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Evidence)


def test_the_policy_middleware_keeps_the_stricter_policy_of_a_file(files, rf):
    from csp.middleware import CSPMiddleware

    class Plain:
        storage_key = default_storage.save("a/b", ContentFile(PDF))
        name = "law.pdf"
        content_type = "application/pdf"

    def view(request: HttpRequest):
        return serve(Plain())

    response = CSPMiddleware(view)(rf.get("/"))
    response.close()
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert issubclass(Attachment, models.Model)
