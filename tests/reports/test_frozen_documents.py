"""Documents from the record: frozen once, the same for ever, made and taken by the Secretariat alone."""

import datetime
import json
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_version
from tests.factories.responses import signed_in

from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, PartyName, User
from palermo.questionnaires.models import Version
from palermo.reports import exchange
from palermo.reports.actions.documents import freeze, make_document
from palermo.reports.documents.kinds import read_kinds
from palermo.reports.logic import frozen as copy_of
from palermo.reports.models import Document, Making, Snapshot
from palermo.reports.queries import documents as queries
from palermo.reports.tasks import make_document_file
from palermo.responses.actions.consent import decide_consent
from palermo.responses.logic.content import Content, Row
from palermo.responses.models import Cycle, CycleQuestionnaire, HelpRequest, Response

pytestmark = pytest.mark.django_db
HEAD = {
    "symbol": "CTOC/COP/WG.2/2026/2",
    "distribution": "general",
    "dated": "2026-11-24",
    "original": "en",
    "body": "Conference of the Parties",
    "meeting": "",
    "session": "",
    "agenda": "",
}


class Archive:
    """Three States were asked: one has submitted, one asked for help, one is silent."""

    def __init__(self) -> None:
        version, self.spec = make_version()
        self.version: Version = version
        self.cycle: Cycle = make_cycle(version)
        self.argentina: Response = invite(self.cycle, version, make_party())
        self.benin: Response = invite(self.cycle, version, make_party("BEN", "Benin"))
        self.chad: Response = invite(self.cycle, version, make_party("TCD", "Chad"))
        submit(self.argentina, {"quiz.1.1.implementation": "yes"})
        HelpRequest.objects.create(
            response=self.benin, text="We need help", language="en", by=make_user(party=self.benin.party)
        )
        self.officer: User = make_user("Elena Officer")
        make_grant(self.officer, Role.SECRETARIAT, "/cycles")

    @property
    def asked(self) -> CycleQuestionnaire:
        return CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").get(cycle=self.cycle)

    def data(self, kind: str = "reporting-status", party: str = "") -> dict[str, Any]:
        now = timezone.now()
        return queries.frozen(read_kinds().found[kind], self.asked, as_at=now.date(), known_at=now, party=party)

    def made(self, kind: str = "reporting-status", language: str = "en") -> Document:
        data = self.data(kind, "arg" if kind == "country-profile" else "")
        snapshot = freeze(by=self.officer, data=data)
        return make_document(by=self.officer, snapshot=snapshot, language=language, masthead=HEAD, data=data)

    @property
    def choices(self) -> dict[str, str]:
        return {
            **HEAD, "about": "2026/quiz", "language": "en", "as_at": "", "known_at": "", "readers": "delegations"
        }  # fmt: skip


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def browser(archive: Archive) -> Client:
    return signed_in(archive.officer)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order in place of the file."""
    monkeypatch.setattr(exchange, "_run", lambda order: (order, True))


# ── Frozen ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_snapshot_holds_the_figures_with_the_states_behind_them(archive: Archive) -> None:
    whole = archive.data()["parts"]["reporting"]["whole"]
    assert {name: whole[name]["states"] for name in ("asked", "reported", "silent")} == {
        "asked": ["arg", "ben", "tcd"],
        "reported": ["arg"],
        "silent": ["ben", "tcd"],
    }
    assert archive.data("help-to-report")["parts"]["help"]["asked"]["states"] == ["ben"]
    assert whole["of_asked"]["of"] == 3
    assert "standing=silent" in whole["silent"]["url"]
    assert f"as_at={timezone.now().date()}" in whole["silent"]["url"]
    assert "known_at=" in whole["silent"]["url"]


@pytest.mark.parametrize("kind", list(read_kinds().found))
def test_copy_is_canonical_and_costs_the_same_for_any_number_of_states(archive: Archive, kind: str) -> None:
    party = "arg" if kind == "country-profile" else ""
    with CaptureQueriesContext(
        connection,
    ) as few:
        text = copy_of.frozen_text(archive.data(kind, party))
    assert json.loads(text)["kind"] == kind
    for place in range(8):
        invite(archive.cycle, archive.version, make_party(f"X{place}", f"State {place}"))
    with CaptureQueriesContext(connection) as many:
        archive.data(kind, party)
    assert len(many) == len(few)
    assert len(many) <= 20


def test_snapshot_and_document_never_change(archive: Archive) -> None:
    document = archive.made()
    for change in (
        lambda: Snapshot.objects.update(data="{}"),
        lambda: Snapshot.objects.all()._raw_delete("default"),
        lambda: Document.objects.update(title="x"),
        lambda: Document.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            change()
    kept = Snapshot.objects.get(pk=document.snapshot_id)
    assert copy_of.sha256(kept.data) == kept.sha256


@pytest.mark.parametrize("form", ["docx", "pdf", "html"])
def test_document_stays_the_same_whatever_happens_afterwards(archive: Archive, form: str, storage: Path) -> None:
    document = archive.made()
    before = exchange.conference_file(document, form).content
    submit(archive.chad, {"quiz.1.1.implementation": "no"})
    name = PartyName.objects.get(party=archive.argentina.party)
    PartyName.objects.filter(pk=name.pk).update(withdrawn_at=timezone.now())
    other = {"en": {"short": "Somewhere else", "formal": "", "sort": "somewhere"}}
    PartyName.objects.create(party=name.party, validity=name.validity, texts=other)
    Cycle.objects.update(texts={"en": {"title": "Another title"}})
    for path in sorted((storage / "reports").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    again = queries.document_at(document.pk)
    assert again is not None
    assert exchange.conference_file(again, form).content == before
    assert archive.data()["parts"]["reporting"]["whole"]["reported"]["n"] == 2


def test_late_record_changes_no_figure_of_an_earlier_moment(archive: Archive) -> None:
    now = timezone.now()
    kind = read_kinds().found["needs-overview"]
    first = queries.frozen(kind, archive.asked, as_at=now.date(), known_at=now)
    submit(archive.chad, {"quiz.1.1.implementation": "no"})
    second = queries.frozen(kind, archive.asked, as_at=now.date(), known_at=now)
    assert copy_of.frozen_text(first) == copy_of.frozen_text(second)


def test_same_snapshot_says_the_same_in_another_language(archive: Archive) -> None:
    english = archive.made("needs-overview")
    data = json.loads(english.snapshot.data)
    submit(archive.chad, {"quiz.1.1.implementation": "no"})
    arabic = make_document(by=archive.officer, snapshot=english.snapshot, language="ar", masthead=HEAD, data=data)
    assert arabic.snapshot_id == english.snapshot_id
    assert arabic.title.startswith("استعراض عام")
    text = "\n".join(
        p.text for p in docx.Document(BytesIO(exchange.conference_file(arabic, "docx").content)).paragraphs
    )
    assert "دولة واحدة من أصل 3" in text


def test_making_is_on_the_record(archive: Archive) -> None:
    document = archive.made()
    found = AuditEvent.objects.filter(by_name__startswith="Elena").order_by("pk").values_list("action", "scope")
    assert list(found) == [("freeze_figures", "/cycles/2026"), ("make_document", "/cycles/2026")]
    assert (document.snapshot.made_by, document.made_by) == (archive.officer, archive.officer)


def test_worker_makes_the_files_and_says_so(archive: Archive) -> None:
    document = archive.made("help-to-report")
    assert {making.form: making.state for making in document.makings.all()} == dict.fromkeys(
        ("docx", "pdf", "html"), "waiting"
    )
    for form in ("docx", "pdf", "html"):
        make_document_file.func(document_id=document.pk, form=form)
    assert {making.form: making.state for making in document.makings.all()} == dict.fromkeys(
        ("docx", "pdf", "html"), "done"
    )
    make_document_file.func(document_id=document.pk + 1, form="pdf")


def test_file_that_cannot_be_made_is_visibly_failed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    document = archive.made("help-to-report")
    monkeypatch.setattr(exchange, "SECONDS", 0.01)
    with pytest.raises(exchange.Refusal):
        make_document_file.func(document_id=document.pk, form="pdf")
    making = Making.objects.get(document=document, form="pdf")
    assert (making.state, making.problem.split(".")[0]) == (
        "failed",
        "Making the document took too long and was stopped",
    )


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_preview_keeps_nothing_and_pins_both_dates(archive: Archive, browser: Client) -> None:
    reply = browser.post("/en/documents/new/reporting-status/", {**archive.choices, "do": "preview"})
    text = reply.content.decode()
    assert reply.status_code == 200
    assert "Status of reporting on the implementation of the" in text
    assert "1 State</a> had reported" in text or ">1</a> State had reported" in text
    assert (Snapshot.objects.count(), Document.objects.count()) == (0, 0)
    assert reply.context["form"].data["as_at"] == timezone.localdate().isoformat()
    assert reply.context["form"].data["known_at"].endswith("Z")


def test_making_leads_to_the_document_and_its_files(archive: Archive, browser: Client) -> None:
    reply = browser.post("/en/documents/new/help-to-report/", {**archive.choices, "do": "make"})
    document = Document.objects.get()
    assert (reply.status_code, reply["Location"]) == (302, f"/en/documents/{document.pk}/")
    page = browser.get(reply["Location"])
    assert page.status_code == 200
    assert document.snapshot.sha256 in page.content.decode()
    word = browser.get(f"/en/documents/{document.pk}/document.docx")
    assert word["Content-Disposition"] == 'attachment; filename="CTOC-COP-WG-2-2026-2-en.docx"'
    assert "Benin" in docx.Document(BytesIO(word.content)).tables[2].rows[1].cells[0].text
    pdf = browser.get(f"/en/documents/{document.pk}/document.pdf")
    assert "CTOC/COP/WG.2/2026/2" in pypdf.PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    data = browser.get(f"/en/documents/{document.pk}/document.json")
    assert data.content.decode() == document.snapshot.data
    assert "paragraph" not in browser.get(f"/en/documents/{document.pk}/document.html").content.decode()
    assert "Benin" in browser.get(f"/en/documents/{document.pk}/text/").content.decode()
    assert browser.get(f"/en/documents/{document.pk}/document.csv").status_code == 404
    listed = browser.get("/en/documents/").content.decode()
    assert "CTOC/COP/WG.2/2026/2" in listed
    assert "Elena Officer" in listed


@pytest.mark.usefixtures("quick")
def test_other_language_is_made_from_the_same_figures(archive: Archive, browser: Client) -> None:
    document = archive.made("help-to-report")
    reply = browser.post(f"/en/documents/{document.pk}/", {**HEAD, "language": "fr"})
    other = Document.objects.exclude(pk=document.pk).get()
    assert reply["Location"] == f"/en/documents/{other.pk}/"
    assert (other.language, other.snapshot_id) == ("fr", document.snapshot_id)
    assert "Français" in browser.get(f"/en/documents/{document.pk}/").content.decode()
    refused = browser.post(f"/en/documents/{document.pk}/", {**HEAD, "language": "en"})
    assert (refused.status_code, Document.objects.count()) == (422, 2)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"symbol": "a b"}, "A symbol has letters, digits"),
        ({"dated": "yesterday"}, "Write year, month and day"),
        ({"as_at": "2009-13-01"}, "This is not a date."),
        ({"as_at": "2999-01-01"}, "This day lies in the future."),
        ({"known_at": "soon"}, "This is not a day or a moment."),
        ({"about": "x/y"}, "Choose one of the cycles in the list."),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_wrong_choices_are_said_where_they_are(
    archive: Archive, browser: Client, wrong: dict[str, str], sentence: str
) -> None:
    reply = browser.post("/en/documents/new/reporting-status/", {**archive.choices, **wrong, "do": "make"})
    assert reply.status_code == 422
    assert sentence in reply.content.decode()
    assert Document.objects.count() == 0


def test_profile_asks_for_a_state(archive: Archive, browser: Client) -> None:
    reply = browser.post("/en/documents/new/country-profile/", {**archive.choices, "party": "", "do": "make"})
    assert (reply.status_code, Document.objects.count()) == (422, 0)
    made = browser.post("/en/documents/new/country-profile/", {**archive.choices, "party": "arg", "do": "make"})
    assert made.status_code == 302
    assert Document.objects.get().title.startswith("Profile of Argentina: implementation of the ")
    assert Snapshot.objects.get().party == "arg"


@pytest.mark.parametrize("kind", list(read_kinds().found))
def test_every_kind_is_shown_from_the_record(archive: Archive, browser: Client, kind: str) -> None:
    reply = browser.post(
        f"/en/documents/new/{kind}/", {**archive.choices, "language": "fr", "party": "arg", "do": "preview"}
    )
    assert reply.status_code == 200, reply.context["problem"]
    assert "Introduction" in reply.content.decode() or "Statut" in reply.content.decode()


@pytest.mark.parametrize("kind", list(read_kinds().found))
def test_empty_world_is_said_without_failing(kind: str, browser: Client, archive: Archive) -> None:
    cycle = make_cycle(archive.version, "2030")
    invite(cycle, archive.version, make_party())
    choices = {**archive.choices, "about": "2030/quiz", "party": "arg", "do": "preview"}
    assert browser.post(f"/en/documents/new/{kind}/", choices).status_code == 200


def test_broken_template_is_said_with_file_and_line(
    archive: Archive, browser: Client, tmp_path: Path, settings: Any
) -> None:
    folder = tmp_path / "kinds" / "mine"
    folder.mkdir(parents=True)
    (folder / "document.yaml").write_text('code: mine\ntitles: {en: "Mine"}\ndata: [reporting]\n')
    (folder / "en.md").write_text("# One\n\n{{ reporting.whole.gone }}\n")
    settings.DOCUMENTS = str(tmp_path / "kinds")
    reply = browser.post("/en/documents/new/mine/", {**archive.choices, "do": "make"})
    assert reply.status_code == 400
    assert "The template of this document cannot be used. mine/en.md:3: " in reply.content.decode()
    assert Snapshot.objects.count() == 0
    (folder / "document.yaml").write_text('code: mine\ntitles: {en: "Mine"}\ndata: [gone]\n')
    page = browser.get("/en/documents/").content.decode()
    assert "mine/document.yaml:3: " in page
    assert browser.get("/en/documents/new/mine/").status_code == 404
    (folder / "document.yaml").write_text('code: mine\ntitles: {en: "Mine"}\ndata: [reporting]\n')
    (folder / "en.md").write_bytes(b"# One\n\xff\n")
    reply = browser.post("/en/documents/new/mine/", {**archive.choices, "do": "make"})
    assert "mine/en.md:2: This is not UTF-8 text." in reply.content.decode()


@pytest.mark.usefixtures("quick")
def test_only_the_secretariat_comes_here(archive: Archive) -> None:
    document = archive.made("help-to-report")
    kind, key = {"kind": "help-to-report"}, {"document": document.pk}
    names = [("documents", {}), ("new_document", kind), ("document", key), ("document_text", key)]
    names.append(("document_file", {**key, "form": "json"}))
    stranger, focal = make_user(), make_user(party=archive.argentina.party)
    make_grant(focal, Role.FOCAL_POINT, "/cycles/2026/quiz/arg")
    for name, arguments in names:
        address = reverse(f"reports:{name}", kwargs=arguments)
        assert [signed_in(user).get(address).status_code for user in (archive.officer, stranger, focal)] == [
            200,
            404,
            404,
        ]
        assert Client().get(address).status_code == 302


@pytest.mark.usefixtures("quick")
def test_list_costs_the_same_for_any_number_of_documents(archive: Archive, browser: Client) -> None:
    archive.made()
    browser.get("/en/documents/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/en/documents/")
    for _place in range(4):
        archive.made()
    with CaptureQueriesContext(connection) as many:
        browser.get("/en/documents/")
    assert len(few) == len(many)
    assert [query for query in many.captured_queries if '"data"' in query["sql"]] == []


def test_days_of_the_past_are_counted_as_they_were(archive: Archive) -> None:
    yesterday = timezone.now() - datetime.timedelta(days=1)
    kind = read_kinds().found["reporting-status"]
    data = queries.frozen(kind, archive.asked, as_at=yesterday.date(), known_at=timezone.now())
    assert data["parts"]["reporting"]["whole"]["reported"]["n"] == 0
    kind = read_kinds().found["help-to-report"]
    data = queries.frozen(kind, archive.asked, as_at=yesterday.date(), known_at=timezone.now())
    assert data["parts"]["help"]["all"]["n"] == 0


def test_command_names_what_is_wrong_with_a_kind(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_documents")
    assert "needs-overview/ar.md: sound" in capsys.readouterr().out
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "document.yaml").write_text('code: mine\ntitles: {en: "Mine"}\ndata: [reporting]\n')
    (folder / "en.md").write_text("# One\n\n{% if %}\n")
    settings.DOCUMENTS = str(tmp_path)
    with pytest.raises(CommandError, match=r"^mine/en\.md:3: "):
        call_command("check_documents")


@pytest.mark.parametrize("kind", list(read_kinds().found))
def test_every_address_opens_the_states_that_were_counted(archive: Archive, browser: Client, kind: str) -> None:
    data = archive.data(kind, "arg" if kind == "country-profile" else "")
    figures = list(_figures(data["parts"]))
    assert [item for item in figures if not item["url"]] == []
    assert kind in {"country-profile", "answer-matrix"} or figures
    names = {code: texts["en"][0] for code, texts in data["names"]["states"].items()}
    for item in figures[:60]:
        assert f"known_at={data['about']['known_at'].replace(':', '%3A')}" in item["url"]
        page = browser.get(item["url"].removeprefix("http://localhost:8000"))
        assert page.status_code == 200, item["url"]
        text = page.content.decode().split("<main")[1]
        assert [code for code in item["states"] if names[code] not in text] == [], item["url"]


def test_figures_of_needs_open_exactly_their_requests(archive: Archive, browser: Client) -> None:
    wanted = [{"type": "training", "urgency": "high"}, {"type": "training"}, {"type": "reporting-assistance"}]
    for response, fields in ((archive.benin, wanted), (archive.chad, wanted[:1])):
        asked = Content(value="yes", rows=tuple(Row(str(uuid.uuid4()), item) for item in fields))
        submit(response, {"quiz.1.1.assistance": asked})
    data = archive.data("needs-overview")
    drawn = [figure for figure in copy_of.figures(data["parts"]) if "requests" in figure]
    assert data["parts"]["needs"]["requests"] == 4
    for figure in drawn:
        address = figure["url"].removeprefix("http://localhost:8000").replace("/?", "/requests.json?")
        rows = browser.get(address).json()["rows"]
        assert (len(rows), {row["state"] for row in rows}) == (figure["requests"], set(figure["states"])), address


@pytest.mark.parametrize(
    ("level", "quoted", "named"), [("public", True, True), ("parties", False, True), ("private", False, False)]
)
def test_annex_holds_no_word_of_what_is_not_open_to_everybody(
    archive: Archive, level: str, quoted: bool, named: bool
) -> None:
    case = Row(str(uuid.uuid4()), {"title": "Case of Chad", "summary": "What happened there"})
    sent = submit(archive.chad, {"quiz.1.1.practice.cases": Content(rows=(case,), text="Words of Chad", language="fr")})
    decide_consent(by=make_user("Focal", party=archive.chad.party), submission=sent, decided={"art-1": level})
    text = copy_of.frozen_text(archive.data("implementation"))
    assert [words in text for words in ("Case of Chad", "What happened there", "Words of Chad")] == [quoted] * 3
    practices = json.loads(text)["parts"]["practices"]
    assert practices["telling"]["states"] == ["tcd"]
    assert practices["shared"]["states"] == (["tcd"] if named else [])


def _figures(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if {"n", "states", "url"} <= set(value) else []
        return own + [found for item in value.values() for found in _figures(item)]
    return [found for item in value for found in _figures(item)] if isinstance(value, list) else []


def test_figure_that_is_not_there_is_said(archive: Archive, browser: Client) -> None:
    address = "/en/documents/figures/2026/quiz/needs/"
    for path in ("", "by_type.99.all", "by_type", "requests", "a.b.c", "by_region.0.reported.states"):
        page = browser.get(address, {"figure": path})
        assert page.status_code == 200
        assert "This document has no such figure." in page.content.decode()
    page = browser.get(address, {"figure": "silent", "as_at": "2009-13-45"})
    assert (page.status_code, "This is not a date." in page.content.decode()) == (200, True)
    assert "Chad" in page.content.decode()
    assert browser.get("/en/documents/figures/2026/quiz/nothing/").status_code == 404
    assert browser.get("/en/documents/figures/2031/quiz/needs/").status_code == 404


# ── Who will read it ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_choice_of_readers_is_kept_in_the_copy_and_its_digest(archive: Archive, browser: Client) -> None:
    address = "/en/documents/new/implementation/"
    assert "Who will read it" in browser.get(address).content.decode()
    for readers in ("delegations", "public"):
        reply = browser.post(address, {**archive.choices, "readers": readers, "do": "make"})
        assert reply.status_code == 302
    for readers in ("", "nobody"):
        reply_to_none = browser.post(address, {**archive.choices, "readers": readers, "do": "make"})
        assert reply_to_none.status_code == 422
        assert "Choose one of the two." in reply_to_none.content.decode()
    mine, everybody = Snapshot.objects.order_by("pk")
    assert "readers" not in json.loads(mine.data)["about"]
    assert json.loads(everybody.data)["about"]["readers"] == "public"
    assert copy_of.sha256(everybody.data) == everybody.sha256 != mine.sha256
    verdicts = [
        row for article in json.loads(everybody.data)["parts"]["analysis"]["articles"] for row in article["rows"]
    ]
    assert [row["met"]["states"] for row in verdicts if row["met"]["n"] is None] == [[]]
    shown = browser.get(reply["Location"]).content.decode()
    assert "<dt>Who will read it</dt><dd>Everybody</dd>" in shown


def test_copy_for_everybody_names_what_was_opened_of_the_submission_that_counts(archive: Archive) -> None:
    kind = read_kinds().found["implementation"]

    def met() -> list[dict[str, Any]]:
        now = timezone.now()
        data = queries.frozen(kind, archive.asked, as_at=now.date(), known_at=now, for_everybody=True)
        rows = [row for article in data["parts"]["analysis"]["articles"] for row in article["rows"]]
        return [row["met"] for row in rows if row["met"]["n"] is None]

    assert [figure["states"] for figure in met()] == [[]]
    sent = archive.argentina.submissions.get()
    decide_consent(by=make_user("Focal", party=archive.argentina.party), submission=sent, decided={"art-1": "public"})
    [figure] = met()
    assert (figure["states"], figure["fewer"], figure["url"]) == (["arg"], 5, "")


def test_kind_that_does_not_follow_from_answers_asks_for_no_readers(archive: Archive, browser: Client) -> None:
    for kind in ("reporting-status", "answer-matrix", "help-to-report", "country-profile"):
        assert "Who will read it" not in browser.get(f"/en/documents/new/{kind}/").content.decode()
