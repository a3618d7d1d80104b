"""Pages travel compressed; downloads keep their length."""

import gzip

from django.http import FileResponse, HttpResponse

from palermo.base.middleware import CompressPages


def through(rf, reply):
    return CompressPages(lambda _request: reply)(rf.get("/", headers={"accept-encoding": "gzip"}))


def test_a_page_is_compressed(rf):
    reply = through(rf, HttpResponse("An answer. " * 200))
    assert reply["Content-Encoding"] == "gzip"
    assert gzip.decompress(reply.content) == b"An answer. " * 200


def test_a_download_keeps_its_length(rf, tmp_path):
    there = tmp_path / "law.txt"
    there.write_text("x" * 1000)
    with there.open("rb") as file:
        reply = through(rf, FileResponse(file, as_attachment=True))
        assert (reply.get("Content-Encoding"), reply["Content-Length"]) == (None, "1000")


def test_a_document_to_keep_is_left_as_it_is(rf):
    reply = through(rf, HttpResponse("x" * 1000, headers={"Content-Disposition": "attachment"}))
    assert (reply.get("Content-Encoding"), reply.content) == (None, b"x" * 1000)
