"""Bad input at every address: always a page or JSON with a sentence, never a fault of ours, and nothing typed is lost."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.access.cast import ROLES, Cast, ask, document_at_once, text_of
from tests.access.table import ARG, ARG_16, GET, KEN, PERSON, POST, REPORTS, RESPONSES, ROWS, Row
from tests.access.test_matrix import resolved
from tests.factories.world import FIGURES_CODE, LAW_CODE, CastWorld, counts, undone
from tests.robustness.payloads import BODIES, HEADERS, QUERIES, SCRIPT, SEGMENTS, bad_fields

from palermo.reports import exchange

# What is bad is refused before it reaches the database, or by it with a reply that is the same on every PostgreSQL.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("robustness"), pytest.mark.one_database]
POSTS = [row for row in ROWS if row.method == POST and {"ok", "go"} & set(row.who.split())]
GETS = [row for row in ROWS if row.method == GET and {"ok", "go"} & set(row.who.split())]
# Pages that read what stands behind the question mark.
ASKING = {
    "account_login", "demo:personas", "reports:rates", "reports:rates_change", "reports:rates_states", "reports:record",
    "reports:reporting", "responses:check", "responses:cycle", "responses:files", "responses:hand_over",
    "responses:invite_person", "responses:invite_states", "responses:section", "site:desk", "site:front",
    "site:publications", "site:states",
    "treaties:treaties", "treaties:treaty",
}  # fmt: skip
FIELD = re.compile(r"<(?:input|textarea|select|button)\b[^>]*?\bname=\"([^\"]+)\"")
VALUE = re.compile(r"<input\b[^>]*?\bname=\"([^\"]+)\"[^>]*?\bvalue=\"([^\"]*)\"")


@pytest.fixture(scope="module")
def cast(whole_world: CastWorld) -> Cast:
    return Cast.of(whole_world)


@pytest.fixture(autouse=True)
def quick_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents as the order for them: the child process that makes them has tests of its own."""
    monkeypatch.setattr(exchange, "_run", document_at_once)


def role_of(row: Row) -> str:
    """The first who may do this."""
    return next(role for role, word in zip(ROLES, row.who.split(), strict=True) if word in {"ok", "go"})


def patient(cast: Cast, role: str) -> Client:
    """A browser that shows a fault of ours instead of falling over it; it comes for the first time."""
    cache.clear()
    browser = cast.browser(role)
    browser.raise_request_exception = False
    return browser


def complaint(reply: Any) -> str:
    """What is wrong with a reply: a fault of ours, no sentence, or what was sent comes back as markup."""
    if reply.status_code >= 500:
        error = getattr(reply, "exc_info", None)
        return f"{reply.status_code} {error[1]!r}"[:300] if error else str(reply.status_code)
    text = text_of(reply)
    if SCRIPT in text and reply["Content-Type"].startswith("text/html"):
        return "a script comes back"
    if "marked-by-template" in text:
        return "a template was carried out"
    if reply.status_code >= 400 and reply.status_code not in {401, 405}:
        if reply["Content-Type"].startswith("application/json"):
            said = json.loads(text)
            # The library of sign-in answers scripts with the whole form and its errors in words.
            if "form" not in said and not any(
                isinstance(said.get(key), str) and len(said[key]) > 10 for key in ("message", "error")
            ):
                return f"{reply.status_code} without a sentence: {text[:100]}"
        elif reply["Content-Type"].startswith("text/plain"):
            # What was to be a file is a sentence about what could not be used.
            if len(text.strip()) <= 10:
                return f"{reply.status_code} without a sentence: {text[:100]}"
        elif not re.search(r"<h1[^>]*>\s*\S", text):
            return f"{reply.status_code} without a page: {text[:100]}"
    return ""


def fields_of(cast: Cast, row: Row, browser: Client) -> dict[str, Any]:
    """The fields of the form: those of the page at the same address with what stands in them, and those of the table."""
    address = cast.address(row.name, resolved(cast.world, row.arguments))
    if row.name == "responses:save_section":
        address = cast.address("responses:section", resolved(cast.world, row.arguments))
    page = browser.get(address)
    found: dict[str, Any] = {}
    if not row.data:
        return found
    if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
        text = text_of(page)
        found = dict.fromkeys(FIELD.findall(text), "1") | {name: unescape(value) for name, value in VALUE.findall(text)}
    found.pop("csrfmiddlewaretoken", None)
    return {**found, **{name: value for name, value in resolved(cast.world, row.data).items() if name != "file"}}


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.title)
def test_bad_fields_are_answered_in_words(world: CastWorld, cast: Cast, row: Row) -> None:
    role = role_of(row)
    if row.before:
        row.before(world)
    with undone():
        fields = fields_of(cast, row, patient(cast, role))
    address = cast.address(row.name, resolved(world, row.arguments))
    complaints = {}
    for number, data in enumerate(bad_fields(fields, row.title)):
        with undone():
            said = complaint(ask(patient(cast, role), POST, address, data))
        if said:
            complaints[number, str(data)[:200]] = said
    assert complaints == {}


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.title)
def test_bad_bodies_are_answered_in_words(world: CastWorld, cast: Cast, row: Row) -> None:
    role = role_of(row)
    address = cast.address(row.name, resolved(world, row.arguments))
    if row.before:
        row.before(world)
    complaints = {}
    for what, (kind, body) in BODIES.items():
        # Every address meets every body; half of them come from a script.
        accept = ("text/html", "application/json")[len(what + row.title) % 2]
        with undone():
            said = complaint(patient(cast, role).generic("POST", address, body, kind, headers={"Accept": accept}))
        if said:
            complaints[what, accept] = said
    assert complaints == {}


def test_bad_bodies_with_the_check_of_tokens_are_answered_in_words(world: CastWorld, cast: Cast) -> None:
    """The check of a form's token reads the body before any page does."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies["sessionid"] = cast.sessions["focal"]
    address = cast.address("responses:help", ARG)
    browser.get(address)
    complaints = {
        what: said
        for what, (kind, body) in BODIES.items()
        if (said := complaint(browser.generic("POST", address, body, kind)))
    }
    assert complaints == {}


@pytest.mark.parametrize("row", GETS, ids=lambda row: row.title)
def test_strange_queries_and_headers_are_answered_in_words(world: CastWorld, cast: Cast, row: Row) -> None:
    role = role_of(row)
    address = cast.address(row.name, resolved(world, row.arguments))
    complaints = {}
    with undone():
        if row.before:
            row.before(world)
        browser = patient(cast, role)
        # A page that reads no query meets a few; the long list is for those that do.
        for query in QUERIES if row.name in ASKING else QUERIES[1:4]:
            if said := complaint(ask(browser, GET, address + query)):
                complaints[query[:60]] = said
        for headers in HEADERS if row.name in ASKING else HEADERS[:6:2]:
            if said := complaint(ask(browser, GET, address, headers=headers)):
                complaints[str(headers)[:60]] = said
    assert complaints == {}


def test_strange_paths_are_answered_in_words(world: CastWorld, cast: Cast) -> None:
    """Every part of every address is exchanged for something strange, one after the other."""
    complaints = {}
    seen = set()
    for row in (*GETS, *POSTS):
        browser = patient(cast, role_of(row))
        parts = cast.address(row.name, resolved(world, row.arguments)).strip("/").split("/")
        for place in range(len(parts)):
            for number, segment in enumerate(SEGMENTS):
                # Not all with all: each strange part stands in one place of each address.
                if (place + number) % len(parts):
                    continue
                path = "/" + "/".join([*parts[:place], segment, *parts[place + 1 :]]) + "/"
                if (path, row.method) in seen:
                    continue
                seen.add((path, row.method))
                with undone():
                    if said := complaint(ask(browser, row.method, path)):
                        complaints[row.title, path[:120]] = said
    assert complaints == {}


# ── Nothing typed is lost ────────────────────────────────────────────────────────────────────────────────────────────

LONG_WORD = "Ñandú & <b>\"quotes'</b> ‏نص‎ 0123456789 "


def typed(name: str) -> str:
    """A text that stands nowhere else."""
    return f"{LONG_WORD}{name}"


# What is typed, what is wrong with it, and which of it must stand in the page that comes back.
FORMS: tuple[tuple[str, Mapping[str, Any], str, Mapping[str, Any], tuple[str, ...]], ...] = (
    (
        "responses:hand_over", ARG, "focal",
        {**PERSON, "name": typed("name"), "institution": typed("house"), "message": typed("message"), "email": "no-address",
         "lead": "lead"},
        ("name", "institution", "message", "email"),
    ),
    (
        "responses:hand_over", ARG, "focal",
        {**PERSON, "name": typed("name"), "institution": typed("house"), "message": typed("message"), "lead": "lead",
         "sections": "art-16"},
        ("name", "institution", "message", "email"),
    ),
    (
        "responses:invite_person", ARG, "focal",
        {**PERSON, "name": typed("name"), "institution": typed("house"), "message": typed("message"), "email": "no-address"},
        ("name", "institution", "message", "email"),
    ),
    (
        "responses:nominate", ARG, "secretariat",
        {**PERSON, "name": typed("name"), "institution": typed("house"), "message": typed("message")},
        ("name", "institution", "message", "email"),
    ),
    (
        "responses:open_cycle", {}, "secretariat",
        {"code": "Not A Code", "title_en": typed("en"), "title_ar": typed("ar"), "due_on": "tomorrow", "first_year": "x1",
         "last_year": "y2"},
        ("code", "title_en", "title_ar", "due_on", "first_year", "last_year"),
    ),
    ("responses:invite_states", {"cycle": "2026"}, "secretariat", {"basis": "by_hand", "on": "some day"}, ("on",)),
    ("responses:help", ARG, "focal", {"text": typed("help"), "language": "none"}, ("text",)),
    ("responses:help", ARG, "focal", {"text": typed("help") * 200, "language": "en"}, ("text",)),
    ("responses:ask_reopening", {**KEN, "number": 1}, "kenya", {"reason": typed("reason")}, ("reason",)),
    ("responses:ask_reopening", {**KEN, "number": 1}, "kenya", {"reason": typed("reason") * 200}, ("reason",)),
    (
        "responses:decide_reopening", {**KEN, "reopening": "$kenya_reopening"}, "secretariat",
        {"decision": typed("decision")}, ("decision",),
    ),
    ("responses:section_comments", ARG_16, "lead", {"text": typed("comment") * 200, "language": "en"}, ("text",)),
    ("responses:comments", {**ARG_16, "code": FIGURES_CODE}, "figures", {"text": typed("comment"), "language": "none"}, ("text",)),
    ("parties:account", {}, "focal", {"name": "", "institution": typed("house"), "language": "en"}, ("institution",)),
    (
        "responses:save_section", ARG_16, "focal",
        {f"{LAW_CODE}:text": typed("law") * 900, f"{LAW_CODE}:rows-0-title": typed("title"),
         f"{FIGURES_CODE}:text": typed("figures") * 900},
        (f"{LAW_CODE}:text", f"{LAW_CODE}:rows-0-title", f"{FIGURES_CODE}:text"),
    ),
    (
        # The figures are the person's part, the laws are not: what was typed there stays to be copied.
        "responses:save_section", ARG_16, "figures",
        {f"{LAW_CODE}:text": typed("law"), f"{LAW_CODE}:rows-0-title": typed("title")},
        (f"{LAW_CODE}:text", f"{LAW_CODE}:rows-0-title"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[0])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_was_typed_stands_in_the_page(world: CastWorld, cast: Cast, form: Any, language: str) -> None:
    name, arguments, role, data, kept = form
    before = counts()
    reply = cast.ask(role, POST, cast.address(name, resolved(world, arguments), language), data)
    assert reply.status_code in {409, 422} or (name == "parties:account" and reply.status_code == 200)
    text = unescape(text_of(reply))
    assert [field for field in kept if data[field].strip() not in text.replace("\r\n", "\n")] == []
    assert counts() == before


def test_page_after_an_error_says_what_and_where(world: CastWorld, cast: Cast) -> None:
    """The error summary leads to the field."""
    for name, arguments, role, data, _kept in FORMS:
        text = text_of(cast.ask(role, POST, cast.address(name, resolved(world, arguments)), data))
        targets = [target for target in re.findall(r'href="#([^"]+)"', text) if target not in {"content", "main"}]
        ids = set(re.findall(r'\bid="([^"]+)"', text))
        assert (name, [target for target in targets if unescape(target) not in ids]) == (name, [])


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def archive(**parts: bytes) -> bytes:
    """A ZIP with these parts; ``__`` in a name is a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def word(**more: bytes) -> bytes:
    """A Word document with further parts."""
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return archive(**{"[Content_Types].xml": types, "word__document.xml": b"<w/>", **more})


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
BAD_FILES: Mapping[str, bytes] = {
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page.html": b"<!doctype html><script>alert(1)</script>",
    "page.txt": b"<!doctype html><script>alert(1)</script>",
    "page.pdf": b"<html><body>%PDF-1.7 %%EOF",
    "page.png": b"<html></html>",
    "program.exe": b"MZ\x90\x00" + b"\x00" * 100,
    "program.pdf": b"MZ\x90\x00" + PDF,
    "program.txt": b"\x7fELF" + b"\x00" * 100,
    "script.js": b"alert(1)",
    "script.sh": b"#!/bin/sh\nrm -rf /\n",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "macros.docm": word(),
    "macros.docx": word(word__vbaProject_dot_bin=b"x"),
    "bomb.docx": word(word__media=b"\0" * 120_000_000),
    "bomb.xlsx": archive(**{f"part{number}": b"" for number in range(6000)}),
    "away.docx": word(**{"..__..__etc__passwd": b"x"}),
    "notes.docx": archive(a=b"x"),
    "broken.docx": word()[:-30],
    "both.pdf": PDF + word(),
    "both.docx": PDF + word(),
    "archive.zip": archive(a=b"x"),
    "empty.pdf": b"",
    "empty.txt": b"",
    "large.pdf": PDF[:-6] + b"\n" * (21 * 1024 * 1024) + b"%%EOF\n",
    "bytes.txt": b"\xff\xfe\xfd\x00\x01",
    "bytes.csv": b"a,b\n\x80\x81",
    "noextension": b"hello",
    ".htaccess": b"hello",
    "two.pdf.exe": PDF,
    "space.pdf ": b"no pdf",
    "\u202egnp.exe": b"MZ",
    "../../etc/passwd": b"root",
    "n" * 400 + ".svg": b"<svg/>",
    "nul.ph\x00p": b"x",
    "con.lnk": b"x",
}


def test_bad_files_are_refused_in_words(world: CastWorld, cast: Cast) -> None:
    address = cast.address("responses:files", {**ARG_16, "code": LAW_CODE})
    before = counts()
    complaints = {}
    for name, data in BAD_FILES.items():
        reply = ask(patient(cast, "lead"), POST, address, {"file": SimpleUploadedFile(name, data, "application/pdf")})
        said = complaint(reply)
        if said or reply.status_code not in {409, 422} or 'href="#id_file"' not in text_of(reply):
            complaints[name[:40]] = said or f"{reply.status_code} without the place"
    assert complaints == {}
    assert counts() == before


@pytest.mark.parametrize("name", ["law.pdf", "Gesetz über Auslieferung.pdf", "قانون.pdf", "law " + "n" * 300 + ".pdf"])
def test_good_file_comes_back_as_it_was(world: CastWorld, cast: Cast, name: str) -> None:
    address = cast.address("responses:files", {**ARG_16, "code": LAW_CODE})
    reply = cast.ask("lead", POST, address, {"file": SimpleUploadedFile(name, PDF)})
    assert reply.status_code == 302
    link = re.findall(r'href="(/en/cycles/[^"]+/files/[0-9a-f-]{36}/)"', text_of(cast.ask("lead", GET, address)))[-1]
    file = cast.ask("lead", GET, link)
    assert (b"".join(file.streaming_content), file["Content-Type"]) == (PDF, "application/pdf")
    assert file["Content-Disposition"].startswith("attachment")


# ── What was saved under strange names does not break the pages afterwards ───────────────────────────────────────────


def test_pages_stand_after_everything_strange_was_saved(world: CastWorld, cast: Cast) -> None:
    """Whatever a form took, every page of the response still opens, and the report too."""
    rows = [
        row for row in POSTS if row.arguments.get("party") == "arg" and row.before is None and "Again" not in row.name
    ]
    for row in rows:
        if row.name in {"responses:end_nomination", "responses:end_grant", "responses:take_back_section"}:
            continue
        browser = patient(cast, "focal")
        fields = fields_of(cast, row, browser)
        address = cast.address(row.name, resolved(world, row.arguments))
        for number, data in enumerate(bad_fields(fields, f"kept {row.title}")):
            if number % 5 == 0:
                ask(browser, POST, address, data)
    complaints = {}
    for row in (*RESPONSES, *REPORTS):
        if row.method == GET and row.who.split()[0] == "ok":
            address = cast.address(row.name, resolved(world, row.arguments))
            if said := complaint(ask(patient(cast, "focal"), GET, address)):
                complaints[row.title] = said
    assert complaints == {}
    desk = ask(patient(cast, "secretariat"), GET, cast.address("responses:cycle", {"cycle": "2026"}))
    assert complaint(desk) == ""


def test_report_is_made_of_strange_answers(world: CastWorld, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real documents, from answers full of what documents are made of."""
    monkeypatch.undo()
    strange = '\\input{/etc/passwd} #import "x" $x$ | a | b |\n|---|---|\n```{=html}\n<script>alert(1)</script>\n``` [x](javascript:alert(1)) ![](/etc/passwd)'
    data = {f"{LAW_CODE}:rows-0-title": strange, f"{LAW_CODE}:text": strange}
    address = cast.address("responses:save_answer", {**ARG_16, "code": LAW_CODE})
    data[f"{LAW_CODE}:revision"] = str(world.things["art16_law_revision"])
    assert cast.ask("focal", POST, address, data).status_code == 200
    for form in ("html", "docx", "pdf"):
        reply = ask(patient(cast, "focal"), GET, cast.address("reports:report_file", {**ARG, "form": form}))
        assert (form, reply.status_code, reply["Content-Disposition"].partition(";")[0]) == (form, 200, "attachment")
        if form == "html":
            assert SCRIPT not in text_of(reply)
            assert "javascript:" not in re.sub(r">[^<]*<", "><", text_of(reply))
