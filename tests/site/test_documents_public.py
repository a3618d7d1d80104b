"""Documents of the Secretariat go to the public: as a copy, without links that lead away, and away again."""

import datetime
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_version
from tests.factories.responses import signed_in

from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, User
from palermo.reports import exchange
from palermo.reports.actions.documents import freeze, make_document
from palermo.reports.documents.kinds import read_kinds
from palermo.reports.models import PUBLIC, Document, Making, Snapshot
from palermo.reports.queries.documents import frozen
from palermo.responses.actions.consent import decide_consent
from palermo.responses.models import CycleQuestionnaire, Submission
from palermo.site.actions.documents import publish_document, withdraw_document, write_publication
from palermo.site.logic.public_text import plain_words, without_links
from palermo.site.models import PublicEntry, PublishedDocument
from palermo.site.queries import documents as queries
from palermo.site.queries.published import as_public
from palermo.site.queries.search import search
from palermo.site.tasks import make_publication

pytestmark = pytest.mark.django_db
HEAD = {
    "symbol": "CTOC/COP/WG.2/2026/2", "distribution": "general", "dated": "2026-11-24", "original": "en",
    "body": "Conference of the Parties", "meeting": "", "session": "", "agenda": "",
}  # fmt: skip
CODE = "ctoc-cop-wg-2-2026-2-en"
ATOM = "{http://www.w3.org/2005/Atom}"
TEXT = (
    '<header class="un-head"><p>Orchidee &amp; Kanari</p></header><p class="p">Of these '
    '<a href="https://palermo.example/en/reporting/2026/quiz/states/?a=1&amp;b=2">1</a> has&#160;reported.'
    '<a href="#fn1" id="fnref1"><sup>1</sup></a></p><svg><text>12</text></svg><p id="fn1">有组织犯罪</p>'
)


class Secretariat:
    """One State of two has reported; documents are made of it."""

    def __init__(self) -> None:
        version, _spec = make_version()
        self.cycle = make_cycle(version)
        submit(invite(self.cycle, version, make_party()), {"quiz.1.1.implementation": "yes"})
        invite(self.cycle, version, make_party("BEN", "Benin"))
        self.officer: User = make_user("Elena Officer")
        make_grant(self.officer, Role.SECRETARIAT, "/cycles")

    def data(self, kind: str = "reporting-status", *, for_everybody: bool = False) -> dict[str, Any]:
        asked = CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").get(cycle=self.cycle)
        now = timezone.now()
        party = "arg" if kind == "country-profile" else ""
        return frozen(
            read_kinds().found[kind], asked, as_at=now.date(), known_at=now, party=party, for_everybody=for_everybody
        )

    def made(
        self, language: str = "en", *, kind: str = "reporting-status", snapshot: Snapshot | None = None, **head: str
    ) -> Document:
        data = json.loads(snapshot.data) if snapshot else self.data(kind)
        snapshot = snapshot or freeze(by=self.officer, data=data)
        return make_document(
            by=self.officer, snapshot=snapshot, language=language, masthead={**HEAD, **head}, data=data
        )

    def publish(self, document: Document, text: str = TEXT) -> PublishedDocument:
        publish_document(by=self.officer, document=document, conference_asked=True)
        assert write_publication(by=self.officer, document=document, text=text, docx=b"PK docx", pdf=b"%PDF-1.7")
        return PublishedDocument.objects.get(code=queries.code_of(document))


@pytest.fixture
def secretariat() -> Secretariat:
    return Secretariat()


@pytest.fixture
def browser(secretariat: Secretariat) -> Client:
    return signed_in(secretariat.officer)


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> None:
    """Files that are kept go to a folder of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "storage"}},
    }


def page(client: Client, address: str, status: int = 200, **data: str) -> str:
    reply = client.get(address, data)
    assert reply.status_code == status
    return str(reply.content.decode())


def address_of(document: Document) -> str:
    return reverse("site:publish_document", kwargs={"document": document.pk})


def actions() -> list[str]:
    return [event.action for event in AuditEvent.objects.filter(scope="/cycles/2026").order_by("pk")]


# ── Publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_document_is_on_its_way_until_the_worker_has_made_the_copy(secretariat: Secretariat, browser: Client) -> None:
    document = secretariat.made()
    address = address_of(document)
    shown = page(browser, address)
    assert "The document is not public." in shown
    assert "hides none of them" in shown
    reply = browser.post(address, {"do": "publish", "conference_asked": "yes"}, follow=True)
    text = reply.content.decode()
    assert "on its way to the public" in text
    assert 'data-refresh="now"' in text
    assert PublishedDocument.objects.count() == 0
    assert "No document has been published yet" in page(Client(), "/en/publications/")
    write_publication(by=secretariat.officer, document=document, text=TEXT, docx=b"d", pdf=b"p")
    text = page(browser, address)
    assert "The document is public." in text
    assert f"/en/publications/{CODE}/" in text
    assert "data-refresh" not in text
    assert actions()[-2:] == ["publish_document", "document_published"]


def test_copy_holds_what_the_document_says(secretariat: Secretariat) -> None:
    document = secretariat.made()
    found = secretariat.publish(document)
    shown = {name: getattr(found, name) for name in ("code", "figures", "kind", "cycle", "questionnaire", "treaty")}
    assert shown == {
        "code": CODE, "figures": document.snapshot.sha256, "kind": "reporting-status", "cycle": "2026",
        "questionnaire": "quiz", "treaty": json.loads(document.snapshot.data)["about"]["treaty"]["code"],
    }  # fmt: skip
    assert (found.symbol, found.language, found.title) == (HEAD["symbol"], "en", document.title)
    assert found.summary == read_kinds().found["reporting-status"].summary("en")
    assert (found.dated, found.as_at) == (datetime.date(2026, 11, 24), document.snapshot.as_at)


@pytest.mark.parametrize("kind", ["answer-matrix", "country-profile", "help-to-report"])
def test_kind_that_shows_single_states_is_refused_with_the_reason(
    secretariat: Secretariat, browser: Client, kind: str
) -> None:
    document = secretariat.made(kind=kind)
    with pytest.raises(Refusal, match="answers of single States"):
        publish_document(by=secretariat.officer, document=document, conference_asked=True)
    assert "section by section" in page(browser, address_of(document))
    assert 'value="publish"' not in page(browser, address_of(document))
    reply = browser.post(address_of(document), {"do": "publish", "conference_asked": "yes"})
    assert reply.status_code == 409
    assert Making.objects.filter(form=PUBLIC).count() == 0


@pytest.mark.parametrize("kind", ["needs-overview", "implementation"])
def test_copy_for_delegations_is_refused_with_the_way_out(secretariat: Secretariat, browser: Client, kind: str) -> None:
    document = secretariat.made(kind=kind)
    assert queries.disclosed(document).stays
    with pytest.raises(Refusal, match="Make the document again and choose “Everybody”"):
        publish_document(by=secretariat.officer, document=document, conference_asked=True)
    text = page(browser, address_of(document))
    assert "was made for delegations and the Secretariat" in text
    assert f'href="/en/documents/new/{kind}/"' in text
    assert 'value="publish"' not in text
    assert not write_publication(by=secretariat.officer, document=document, text=TEXT, docx=b"d", pdf=b"p")
    assert PublishedDocument.objects.count() == 0


@pytest.mark.parametrize("kind", ["needs-overview", "implementation"])
def test_copy_for_everybody_is_published_after_the_word(secretariat: Secretariat, browser: Client, kind: str) -> None:
    snapshot = freeze(by=secretariat.officer, data=secretariat.data(kind, for_everybody=True))
    document = secretariat.made(snapshot=snapshot)
    text = page(browser, address_of(document))
    assert "only where they have opened it to everybody" in text
    assert "Totals may still tell some of them" in text
    with pytest.raises(Refusal, match="Tick that the conference has asked"):
        publish_document(by=secretariat.officer, document=document, conference_asked=False)
    assert secretariat.publish(document).figures == snapshot.sha256


def test_copy_is_refused_when_a_state_has_closed_something_since(secretariat: Secretariat, browser: Client) -> None:
    submission = Submission.objects.get()
    focal_point = make_user("Focal", party=submission.response.party)
    decide_consent(by=focal_point, submission=submission, decided={"art-1": "public"})
    snapshot = freeze(by=secretariat.officer, data=secretariat.data("implementation", for_everybody=True))
    document = secretariat.made(snapshot=snapshot)
    assert not queries.closed_since(document)
    decide_consent(by=focal_point, submission=submission, decided={"art-1": "private"})
    with pytest.raises(Refusal, match="has decided that something it submitted is not for everybody"):
        publish_document(by=secretariat.officer, document=document, conference_asked=True)
    assert "is not for everybody" in page(browser, address_of(document))
    again = freeze(by=secretariat.officer, data=secretariat.data("implementation", for_everybody=True))
    publish_document(by=secretariat.officer, document=secretariat.made(snapshot=again), conference_asked=True)


def test_copy_is_not_written_when_a_state_closes_something_after_the_click(secretariat: Secretariat) -> None:
    submission = Submission.objects.get()
    focal_point = make_user("Focal", party=submission.response.party)
    decide_consent(by=focal_point, submission=submission, decided={"art-1": "public"})
    snapshot = freeze(by=secretariat.officer, data=secretariat.data("implementation", for_everybody=True))
    document = secretariat.made(snapshot=snapshot)
    publish_document(by=secretariat.officer, document=document, conference_asked=True)
    decide_consent(by=focal_point, submission=submission, decided={"art-1": "private"})
    assert not write_publication(by=secretariat.officer, document=document, text=TEXT, docx=b"d", pdf=b"p")
    assert not PublishedDocument.objects.exists()
    making = queries.standing(document).making
    assert making is not None
    assert making.state == "failed"
    assert "is not for everybody" in making.problem


def test_kind_without_answers_is_not_made_for_everybody(secretariat: Secretariat) -> None:
    for kind in ("reporting-status", "answer-matrix", "help-to-report"):
        with pytest.raises(Refusal, match="not made for everybody"):
            secretariat.data(kind, for_everybody=True)


def test_small_figures_need_the_word_that_the_conference_asked(secretariat: Secretariat, browser: Client) -> None:
    document = secretariat.made()
    # Counted from the text of the frozen copy, not by its own reader.
    numbers = [int(number) for number in re.findall(r'"n":(\d+),(?:"of":\d+,)?"states"', document.snapshot.data)]
    few = sum(0 < number < 5 for number in numbers)
    assert queries.disclosed(document).small == few > 0
    assert f"{few} figures of the frozen copy count fewer than 5 States." in page(browser, address_of(document))
    reply = browser.post(address_of(document), {"do": "publish"})
    assert reply.status_code == 409
    assert "Tick that the conference has asked for this document" in reply.content.decode()
    assert Making.objects.filter(form=PUBLIC).count() == 0


@pytest.mark.parametrize(
    ("kind", "parts", "needs_word"),
    [
        ("reporting-status", {"reporting": {"n": 4, "states": ["arg"] * 4, "url": ""}}, True),
        ("reporting-status", {"reporting": {"n": 5, "states": ["arg"] * 5, "url": ""}}, False),
        ("reporting-status", {"reporting": {"n": 0, "states": [], "url": ""}}, False),
        ("needs-overview", {"needs": {"n": 9, "states": ["arg"] * 9, "url": ""}}, True),
        ("needs-overview", {"needs": {"n": None, "fewer": 5, "states": [], "url": ""}}, True),
    ],
)
def test_word_is_asked_for_where_somebody_could_be_made_out(kind: str, parts: dict[str, Any], needs_word: bool) -> None:
    data = {"about": {"treaty": {"code": "untoc"}}, "parts": parts}
    document = Document(snapshot=Snapshot(kind=kind, data=json.dumps(data)))
    assert queries.disclosed(document).needs_word == needs_word


def test_publishing_again_replaces(secretariat: Secretariat) -> None:
    document = secretariat.made()
    first = secretariat.publish(document)
    second = secretariat.publish(document, "<p>Neue Orchidee</p>")
    assert PublishedDocument.objects.count() == 1
    assert second.published_at > first.published_at
    assert second.html == "<p>Neue Orchidee</p>"
    assert PublicEntry.objects.get(kind="document").body == "Neue Orchidee"


def test_other_document_at_the_address_is_said_before_it_is_replaced(secretariat: Secretariat, browser: Client) -> None:
    first, second = secretariat.made(), secretariat.made()
    secretariat.publish(first)
    shown = page(browser, address_of(second))
    assert "Another document stands at this address" in shown
    assert "The document is not public." in shown
    secretariat.publish(second)
    assert "The document is public." in page(browser, address_of(second))
    assert "Another document stands at this address" in page(browser, address_of(first))


@pytest.mark.parametrize(
    ("symbol", "language", "code"),
    [
        ("CTOC/COP/WG.2/2026/2", "ar", "ctoc-cop-wg-2-2026-2-ar"),
        ("", "fr", "reporting-status-quiz-2026-{day}-fr"),
        ("٣", "fr", "{hash}-fr"),
    ],
)
def test_address_is_made_of_the_symbol_or_of_what_it_is_about(symbol: str, language: str, code: str) -> None:
    snapshot = Snapshot(
        kind="reporting-status", questionnaire="quiz", cycle="2026", as_at=datetime.date(2026, 11, 24), sha256="ab" * 32
    )
    expected = code.format(day="2026-11-24", hash="ab" * 8)
    assert queries.code_of(Document(snapshot=snapshot, symbol=symbol, language=language)) == expected


def test_failure_stands_on_the_page_with_its_reason(
    secretariat: Secretariat, browser: Client, monkeypatch: pytest.MonkeyPatch, storage: None
) -> None:
    document = secretariat.made()
    publish_document(by=secretariat.officer, document=document, conference_asked=True)

    def broken(order: bytes) -> tuple[bytes, bool]:
        raise Refusal("The printer is on fire.", "failed")

    monkeypatch.setattr(exchange, "_run", broken)
    with pytest.raises(Refusal):
        make_publication(document_id=document.pk, person_id=secretariat.officer.pk)
    shown = page(browser, address_of(document))
    assert "It could not be published" in shown
    assert "The printer is on fire." in shown
    assert PublishedDocument.objects.count() == 0
    # The next attempt of the worker succeeds.
    monkeypatch.setattr(exchange, "_run", lambda order: (b"<p>made</p>", True))
    make_publication(document_id=document.pk, person_id=secretariat.officer.pk)
    assert "The document is public." in page(browser, address_of(document))


def test_what_nobody_works_on_is_said(secretariat: Secretariat, browser: Client) -> None:
    document = secretariat.made()
    publish_document(by=secretariat.officer, document=document, conference_asked=True)
    Making.objects.filter(form=PUBLIC).update(at=timezone.now() - datetime.timedelta(minutes=3))
    shown = page(browser, address_of(document))
    assert "Nobody has worked on it for two minutes." in shown
    assert 'value="withdraw"' in shown


# ── Withdrawing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_withdrawn_document_is_gone_from_pages_files_and_search(secretariat: Secretariat, browser: Client) -> None:
    document = secretariat.made()
    secretariat.publish(document)
    reply = browser.post(address_of(document), {"do": "withdraw"}, follow=True)
    assert "The document is no longer public." in reply.content.decode()
    assert PublishedDocument.objects.count() == PublicEntry.objects.filter(kind="document").count() == 0
    for address in (f"/en/publications/{CODE}/", f"/en/publications/{CODE}/document.pdf"):
        assert Client().get(address).status_code == 404
    assert AuditEvent.objects.get(action="withdraw_document").subject == CODE
    again = browser.post(address_of(document), {"do": "withdraw"})
    assert again.status_code == 409
    assert "there is nothing to withdraw" in again.content.decode()


def test_document_withdrawn_on_its_way_does_not_arrive(secretariat: Secretariat) -> None:
    document = secretariat.made()
    publish_document(by=secretariat.officer, document=document, conference_asked=True)
    withdraw_document(by=secretariat.officer, document=document)
    assert not write_publication(by=secretariat.officer, document=document, text=TEXT, docx=b"d", pdf=b"p")
    assert PublishedDocument.objects.count() == 0


def test_replaced_document_does_not_take_the_other_one_away(secretariat: Secretariat) -> None:
    first, second = secretariat.made(), secretariat.made()
    secretariat.publish(first)
    secretariat.publish(second)
    with pytest.raises(Refusal):
        withdraw_document(by=secretariat.officer, document=first)
    assert PublishedDocument.objects.get().figures == second.snapshot.sha256


# ── The copy ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_byte_for_byte_those_of_the_secretariat_and_no_link_leads_away(
    secretariat: Secretariat, browser: Client, storage: None
) -> None:
    document = secretariat.made()
    publish_document(by=secretariat.officer, document=document, conference_asked=True)
    make_publication(document_id=document.pk, person_id=secretariat.officer.pk)
    for form in ("docx", "pdf"):
        taken = browser.get(reverse("reports:document_file", kwargs={"document": document.pk, "form": form})).content
        assert Client().get(f"/en/publications/{CODE}/document.{form}").content == taken
        assert len(taken) > 5000
    own = exchange.conference_file(document, "fragment").content.decode()
    html = PublishedDocument.objects.get().html
    assert 'href="http' in own
    addresses = re.findall(r'href="([^"]*)"', html)
    assert [address for address in addresses if not address.startswith("#")] == []
    assert {address[1:] for address in addresses} <= set(re.findall(r'id="([^"]*)"', html))
    assert plain_words(html) == plain_words(own)
    assert secretariat.officer.name not in html
    assert "snapshot" not in html


def test_links_that_lead_away_are_taken_out_and_the_rest_left_as_it_is() -> None:
    assert without_links(TEXT) == TEXT.replace(
        '<a href="https://palermo.example/en/reporting/2026/quiz/states/?a=1&amp;b=2">1</a>', "1"
    )
    assert without_links('<p><a href="/en/"><a href="#x">x</a></a><a>y</a><a xlink:href="http://e">z</a></p>') == (
        '<p><a href="#x">x</a>yz</p>'
    )


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_keeps_its_words_and_loses_its_links(text: str, address: str) -> None:
    made = f'<p>{escape(text)}<a href="/{escape(address)}">x</a></p>'
    assert without_links(made) == f"<p>{escape(text)}x</p>"


def test_words_are_those_that_a_reader_reads() -> None:
    assert plain_words("<p>a</p>\n<p>b <b>c</b></p><style>d</style><svg><text>e</text></svg>") == "a\nb c"


@pytest.mark.parametrize(
    "statement",
    ["SELECT data FROM reports_snapshot", "SELECT * FROM reports_document", "DELETE FROM published.document"],
)
def test_role_of_the_public_sees_the_copy_and_nothing_behind_it(secretariat: Secretariat, statement: str) -> None:
    secretariat.publish(secretariat.made())
    with as_public():
        assert [item.code for item in PublishedDocument.objects.all()] == [CODE]
    with pytest.raises(DatabaseError, match="permission denied"), as_public(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_generated_figures_stay_marked_in_text_and_files(
    secretariat: Secretariat, settings: Any, storage: None
) -> None:
    settings.DEMONSTRATION = True
    document = secretariat.made()
    settings.DEMONSTRATION = False
    assert queries.disclosed(document).generated
    publish_document(by=secretariat.officer, document=document, conference_asked=True)
    make_publication(document_id=document.pk, person_id=None)
    assert "a statement of no government" in page(Client(), f"/en/publications/{CODE}/")
    section = docx.Document(io.BytesIO(exchange.conference_file(document, "docx").content)).sections[0]
    for header in (section.first_page_header, section.header):
        assert "a statement of no government" in "".join(paragraph.text for paragraph in header.paragraphs)


# ── Public pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_same_document_in_several_languages_is_one_line(
    secretariat: Secretariat, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    english = secretariat.made()
    french = secretariat.made("fr", snapshot=english.snapshot)
    other = secretariat.made(symbol="CTOC/COP/WG.2/2026/3")
    for document in (english, french, other):
        secretariat.publish(document)
    # A savepoint, the role and back around one query; then the treaties.
    with django_assert_num_queries(6):
        text = page(client, "/en/publications/")
    assert re.findall(r'<h3><a href="([^"]*)"', text) == [
        "/en/publications/ctoc-cop-wg-2-2026-3-en/", f"/en/publications/{CODE}/"
    ]  # fmt: skip
    assert text.count("Français") == 2  # the menu of languages, and the line
    assert re.findall(r'<h3><a href="([^"]*)"', page(client, "/fr/publications/"))[1] == (
        "/fr/publications/ctoc-cop-wg-2-2026-2-fr/"
    )


def test_list_is_paged_and_narrowed_by_treaty_and_language(secretariat: Secretariat, client: Client) -> None:
    assert "No document has been published yet" in page(client, "/en/publications/")
    first = secretariat.made()
    secretariat.publish(first)
    treaty = PublishedDocument.objects.get().treaty
    assert 'name="treaty"' not in page(client, "/en/publications/")
    for number in range(21):
        head = PublishedDocument.objects.get(code=CODE)
        head.pk, head.code, head.language = f"n-{number}-fr", f"n-{number}-fr", "fr"
        head.treaty, head.published_at = "other", timezone.now()
        head.save(force_insert=True)
    text = page(client, "/en/publications/")
    assert text.count("<h3>") == 20
    assert 'name="treaty"' in text
    assert page(client, "/en/publications/", page="2").count("<h3>") == 2
    assert page(client, "/en/publications/", treaty=treaty).count("<h3>") == 1
    assert page(client, "/en/publications/", language="en").count("<h3>") == 1
    assert "No document fits" not in page(client, "/en/publications/", treaty=treaty, language="en")
    assert "No document fits" in page(client, "/en/publications/", treaty=treaty, language="fr")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"treaty": "nonesuch"}, "There is no published document on this treaty."),
        ({"language": "\x00xx"}, "There is no published document in this language."),
        ({"page": "minus one"}, "CTOC/COP/WG.2/2026/2"),
    ],
)
def test_filter_that_cannot_be_used_is_said_and_everything_shown(
    secretariat: Secretariat, client: Client, query: dict[str, str], sentence: str
) -> None:
    secretariat.publish(secretariat.made())
    text = page(client, "/en/publications/", **query)
    assert sentence in text
    assert text.count("<h3>") == 1


def test_page_of_a_document_shows_text_files_with_sizes_and_other_languages(
    secretariat: Secretariat, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    english = secretariat.made()
    secretariat.publish(english)
    secretariat.publish(secretariat.made("fr", snapshot=english.snapshot))
    # The document and its other languages, each as the public; the treaty.
    with django_assert_num_queries(11):
        text = page(client, f"/en/publications/{CODE}/")
    assert "Orchidee &amp; Kanari" in text
    assert f'/en/publications/{CODE}/document.docx" download>DOCX · <bdi>7\xa0bytes</bdi></a>' in text
    assert f'/en/publications/{CODE}/document.pdf" download>PDF · <bdi>8\xa0bytes</bdi></a>' in text
    assert "/en/publications/ctoc-cop-wg-2-2026-2-fr/" in text
    assert client.get("/en/publications/nonesuch-en/").status_code == 404


def test_file_says_how_long_it_stays_and_is_not_sent_twice(
    secretariat: Secretariat, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secretariat.publish(secretariat.made())
    address = f"/en/publications/{CODE}/document.pdf"
    # When it was published, and the bytes, each as the public.
    with django_assert_num_queries(10):
        reply = client.get(address)
    assert reply.content == b"%PDF-1.7"
    assert {name: reply[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "Cache-Control": "public, max-age=300",
        "X-Content-Type-Options": "nosniff",
    }
    assert reply["Content-Disposition"] == f'attachment; filename="{CODE}.pdf"'
    assert reply["Last-Modified"]
    assert client.get(address, headers={"If-None-Match": reply["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": reply["Last-Modified"]}).status_code == 304
    assert client.get(f"/en/publications/{CODE}/document.json").status_code == 404
    assert client.get("/en/publications/nonesuch-en/document.pdf").status_code == 404
    tag = reply["ETag"]
    secretariat.publish(Document.objects.get())
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_front_page_shows_the_four_newest_and_leads_to_all(secretariat: Secretariat, client: Client) -> None:
    assert 'id="documents"' not in page(client, "/en/")
    snapshot = secretariat.made().snapshot
    for number in range(5):
        secretariat.publish(secretariat.made(snapshot=snapshot, symbol=f"A/{number}"))
    text = page(client, "/en/")
    assert re.findall(r"/en/publications/(a-\d)-en/\" lang=\"en\" dir", text) == ["a-4", "a-3", "a-2", "a-1"]
    assert 'href="/en/publications/"' in text
    assert 'type="application/atom+xml"' in text


def test_both_entries_of_the_masthead_are_told_apart(secretariat: Secretariat, browser: Client) -> None:
    text = page(browser, "/en/publications/")
    assert re.search(r'href="/en/documents/"[^>]*>Make documents<', text)
    assert re.search(r'href="/en/publications/"[^>]*>Documents<', text)
    assert "Make documents" not in page(Client(), "/en/publications/")


# ── Feed ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_feed_keeps_the_rules_of_atom(
    secretariat: Secretariat, client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    english = secretariat.made()
    secretariat.publish(english)
    secretariat.publish(secretariat.made("fr", snapshot=english.snapshot))
    secretariat.publish(secretariat.made(symbol="A/<1>"))
    with django_assert_num_queries(5):
        reply = client.get("/en/publications/feed.atom")
    assert reply["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(reply.content)
    assert feed.tag == f"{ATOM}feed"
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "en"
    for holder in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{name}")) == 1, name
        moment = datetime.datetime.fromisoformat(holder.findtext(f"{ATOM}updated") or "")
        assert moment.tzinfo is not None
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": f"{settings.SITE_ADDRESS}/en/publications/",
        "self": f"{settings.SITE_ADDRESS}/en/publications/feed.atom",
    }
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        f"A/<1> {english.title}", f"{HEAD['symbol']} {english.title}"
    ]  # fmt: skip
    assert all((entry.findtext(f"{ATOM}id") or "").startswith("urn:uuid:") for entry in entries)
    assert entries[0].findtext(f"{ATOM}summary") == read_kinds().found["reporting-status"].summary("en")
    enclosed = [
        (link.get("type"), link.get("length"), (link.get("href") or "")[-4:])
        for link in entries[1].findall(f"{ATOM}link")
        if link.get("rel") == "enclosure"
    ]
    assert enclosed == [(exchange.TYPES["docx"], "7", "docx"), ("application/pdf", "8", ".pdf")]
    assert client.get("/en/publications/feed.atom", headers={"If-None-Match": reply["ETag"]}).status_code == 304


def test_feed_is_in_the_language_of_the_address_and_ids_stay(secretariat: Secretariat, client: Client) -> None:
    english = secretariat.made()
    secretariat.publish(english)

    def entry(language: str) -> tuple[str | None, str | None, str | None]:
        one = ElementTree.fromstring(client.get(f"/{language}/publications/feed.atom").content).find(f"{ATOM}entry")
        assert one is not None
        tongue = one.get("{http://www.w3.org/XML/1998/namespace}lang")
        return one.findtext(f"{ATOM}id"), tongue, one.findtext(f"{ATOM}updated")

    before = entry("fr")
    secretariat.publish(secretariat.made("fr", snapshot=english.snapshot))
    after = entry("fr")
    assert (before[0], before[1]) == (after[0], "en")
    assert after[1] == "fr"
    assert (after[2] or "") >= (before[2] or "")
    assert entry("ar")[:2] == (before[0], "en")


def test_feed_without_documents_is_sound_and_can_be_found(client: Client) -> None:
    feed = ElementTree.fromstring(client.get("/ar/publications/feed.atom").content)
    assert feed.findall(f"{ATOM}entry") == []
    assert '<link rel="alternate" type="application/atom+xml"' in page(client, "/ar/publications/")


# ── Search ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_published_document_is_found_and_a_withdrawn_one_is_not(secretariat: Secretariat, client: Client) -> None:
    document = secretariat.made()
    assert search(secretariat.officer, "orchidee", "en").total == 0
    secretariat.publish(document)
    for typed in ("orchidee", "组织", "CTOC/COP/WG.2/2026/2"):
        hits = search(secretariat.officer, typed, "en", kind="document").hits
        assert [(hit.title, hit.url) for hit in hits] == [(document.title, f"/en/publications/{CODE}/")], typed
    assert search(secretariat.officer, "12", "en", kind="document").total == 0
    withdraw_document(by=secretariat.officer, document=document)
    assert search(secretariat.officer, "orchidee", "en").total == 0


def test_reindex_writes_documents_anew(secretariat: Secretariat) -> None:
    secretariat.publish(secretariat.made())
    PublicEntry.objects.all().delete()
    call_command("reindex", verbosity=0)
    assert [entry.source for entry in PublicEntry.objects.filter(kind="document")] == [f"document:{CODE}"]


# ── The page of the document ─────────────────────────────────────────────────────────────────────────────────────────


def test_page_of_the_document_leads_to_publishing_and_tells_of_files_only(
    secretariat: Secretariat, browser: Client
) -> None:
    document = secretariat.made()
    address = reverse("reports:document", kwargs={"document": document.pk})
    text = page(browser, address)
    assert f'href="{address_of(document)}"' in text
    assert 'data-refresh="made"' in text
    assert "Load this page again in a few seconds" in text
    publish_document(by=secretariat.officer, document=document, conference_asked=True)
    Making.objects.exclude(form=PUBLIC).update(state=Making.State.DONE)
    text = page(browser, address)
    assert "The files are ready." in text
    assert "data-refresh" not in text
