"""The table of access: every address and method, and what each of the ten roles is told.

One line names a role's reply: ``ok`` is 200 with the text of the thing itself, ``go`` leads on to ``goes``, ``in``
leads to sign-in, a number is that status. The order of roles is that of ``cast.ROLES``:

    focal deputy lead figures reader | kenya secretariat administrator stranger | visitor
"""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from tests.access.cast import response_of
from tests.factories.world import (
    CONFLICT_CODE,
    CYCLE,
    FIGURES_CODE,
    LAW_CODE,
    PASSWORD,
    CastWorld,
    answer_what_is_missing,
    declare_all,
)

from palermo.base.attachments import accept
from palermo.reports.actions.documents import freeze
from palermo.reports.documents.kinds import read_kinds
from palermo.reports.models import Document, Making
from palermo.reports.queries.documents import frozen
from palermo.responses.actions import paper
from palermo.responses.models import (
    Clarification,
    Conflict,
    Cycle,
    CycleQuestionnaire,
    Declaration,
    Message,
    NoteFile,
    NoteVerbale,
    ReopeningRequest,
    Response,
    Submission,
    Thread,
)
from palermo.site.actions.figures import publish_figures
from palermo.site.actions.publishing import decide_and_publish, publish_reporting
from palermo.site.models import PublishedDocument

GET, POST = "GET", "POST"
Before = Callable[[CastWorld], object]


@dataclass(frozen=True)
class Row:
    """One address and method, and what each role is told. Values that begin with ``$`` are things of the world."""

    name: str
    method: str
    who: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    goes: tuple[str, Mapping[str, Any]] | str = ""
    before: Before | None = None
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    # What somebody who has not signed in did just before.
    came_by: Callable[[CastWorld, Client], object] | None = None
    variant: str = ""

    @property
    def title(self) -> str:
        """What the row is called where it fails."""
        return " ".join(filter(None, [self.name, self.method, self.variant]))


# ── What has to be so before a form can be sent ──────────────────────────────────────────────────────────────────────


def _cleared(world: CastWorld) -> None:
    Response.objects.filter(pk=world.argentina.pk).update(
        state="cleared", cleared_at=datetime.datetime.now(datetime.UTC)
    )


def _ready(world: CastWorld) -> None:
    """Nothing stands in the way of clearing."""
    Conflict.objects.update(settled_at=datetime.datetime.now(datetime.UTC))
    answer_what_is_missing(world.argentina, world.spec, world.person("focal"))
    declare_all(world.argentina, world.spec, world.person("focal"))


def _not_declared(world: CastWorld) -> None:
    Declaration.objects.update(undone_at=datetime.datetime.now(datetime.UTC))


def _opened(world: CastWorld) -> None:
    submission = Submission.objects.get(response=world.argentina, number=1)
    decide_and_publish(by=world.person("focal"), submission=submission, decided={"art-5": "public"})


def _figures(world: CastWorld) -> None:
    """An edition of the figures, and who has reported."""
    publish_reporting()
    publish_figures(
        by=world.person("secretariat"),
        asked=CycleQuestionnaire.objects.get(cycle__code=CYCLE, questionnaire__code="untoc"),
    )


def _asked_before(world: CastWorld) -> None:
    """An earlier cycle asked the same."""
    day, now = datetime.date(2020, 6, 30), world.argentina.cycle
    earlier = Cycle.objects.create(code="2020", texts=now.texts, due_on=day, first_year=2017, last_year=2019)
    earlier.questionnaires.create(questionnaire=world.argentina.questionnaire, version=world.argentina.version)


def _nobody_asked(world: CastWorld) -> None:
    ReopeningRequest.objects.filter(decided_at=None).delete()


DOCUMENT_KEY = 424_244


def _document(world: CastWorld) -> None:
    """A document that the Secretariat has made; its key is known."""
    officer = world.person("secretariat")
    asked = CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").get(cycle__code=CYCLE)
    now = datetime.datetime.now(datetime.UTC)
    data = frozen(read_kinds().found["reporting-status"], asked, as_at=now.date(), known_at=now)
    snapshot = freeze(by=officer, data=data)
    Document.objects.create(
        pk=DOCUMENT_KEY, snapshot=snapshot, language="en", symbol="KANARI/1", title="kanaridocument", masthead=MASTHEAD
    )
    with connection.cursor() as cursor:
        # The next one has the next key.
        cursor.execute("SELECT setval(pg_get_serial_sequence('reports_document', 'id'), %s)", [DOCUMENT_KEY])


MASTHEAD = {
    "symbol": "KANARI/1", "distribution": "general", "dated": "2026-11-24", "original": "en", "body": "", "meeting": "",
    "session": "", "agenda": "",
}  # fmt: skip
DOCUMENT = {"document": DOCUMENT_KEY}


def _public_document(world: CastWorld) -> None:
    """The same document, as everybody can read it."""
    _document(world)
    document = Document.objects.get(pk=DOCUMENT_KEY)
    Making.objects.create(document=document, form="public", state=Making.State.DONE)
    now = datetime.datetime.now(datetime.UTC)
    PublishedDocument.objects.create(
        code="kanari-1-en", figures=document.snapshot.sha256, kind="reporting-status", cycle=CYCLE,
        questionnaire="untoc", treaty="untoc", language="en", symbol="KANARI/1", title="kanaridocument", summary="",
        dated=now.date(), as_at=now.date(), published_at=now, html="<p>kanaritext</p>", docx=b"kanaridocx",
        pdf=b"kanaripdf",
    )  # fmt: skip


PUBLIC_DOCUMENT = {"code": "kanari-1-en"}


NOTE = uuid.UUID("7d8e9f10-1111-4222-8333-444455556666")
NOTE_FILE = uuid.UUID("7d8e9f10-1111-4222-8333-444455557777")
NOTE_KEY = 424_243


def _note(world: CastWorld) -> None:
    """A note verbale of Argentina on record, with a file."""
    note = NoteVerbale.objects.create(
        uuid=NOTE, response=world.argentina, direction="received", reference="kanarinote 1",
        dated_on=datetime.date(2026, 11, 2), language="en",
    )  # fmt: skip
    kept = NoteFile.keep(accept(SimpleUploadedFile("note.txt", b"kanarinotefile\n")), by=None, note=note)
    NoteFile.objects.filter(pk=kept.pk).update(uuid=NOTE_FILE)


def _note_of_jordan(world: CastWorld) -> NoteVerbale:
    return NoteVerbale.objects.create(
        pk=NOTE_KEY, response=world.jordan, direction="received", reference="JOR 7",
        dated_on=datetime.date(2026, 11, 2), language="en",
    )  # fmt: skip


def _entering(world: CastWorld) -> None:
    """The officer enters what Jordan sent on paper."""
    note = _note_of_jordan(world)
    paper.begin_entry(by=world.person("secretariat"), response=world.jordan, note=note)


def _entered(world: CastWorld) -> None:
    _entering(world)
    paper.end_entry(by=world.person("secretariat"), response=world.jordan)


THREAD = "2f1c8a52-7d0e-4c8a-9d1f-0c6a5f3b7e11"


def _written(world: CastWorld) -> Thread:
    """Argentina has written to the Secretariat."""
    thread = Thread.objects.create(uuid=THREAD, response=world.argentina)
    Message.objects.create(
        thread=thread, author=world.person("focal"), author_name="Lucía Focal", side="state",
        text="kanarimessage of Argentina", language="en",
    )  # fmt: skip
    return thread


def _submitted_again(world: CastWorld) -> None:
    Response.objects.filter(pk=world.argentina.pk).update(state="submitted", cleared_at=None)


def _clarification(world: CastWorld) -> None:
    submission = Submission.objects.get(response=world.argentina, number=1)
    Clarification.objects.create(
        thread=_written(world), submission=submission, due_on=datetime.date(2099, 1, 1),
        asked_by=world.person("secretariat"),
    )  # fmt: skip


SECRET = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
PASSKEY = 424_242


def _second_factors(world: CastWorld) -> None:
    """Everybody has an authenticator app and recovery codes; Argentina's focal point has a passkey."""
    for user in world.people.values():
        if user is not None:
            TOTP.activate(user, SECRET)
            RecoveryCodes.activate(user)
    Authenticator.objects.create(
        pk=PASSKEY,
        user=world.person("focal"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Blue key", "passwordless": True, "credential": {}},
    )


def _code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


def _password_given(world: CastWorld, browser: Client) -> None:
    """Of two steps of signing in, the first is done."""
    browser.post("/en/account/sign-in/", {"login": "focal@ken.example", "password": PASSWORD})


def _law() -> SimpleUploadedFile:
    return SimpleUploadedFile("law.txt", b"The text of a law.\n")


# ── Who may what ─────────────────────────────────────────────────────────────────────────────────────────────────────

#           focal deputy lead figures reader | kenya secretariat administrator stranger | visitor
EVERYBODY = "ok ok ok ok ok  ok ok ok ok  ok"
ACCOUNTS = "ok ok ok ok ok  ok ok ok ok  in"
GUESTS = "go go go go go  go go go go  ok"
TEAM = "ok ok ok ok ok  404 404 404 404  in"
TEAM_ON_5 = "ok ok 404 404 ok  404 404 404 404  in"
WHOLE = "ok ok 404 404 ok  404 404 404 404  in"
TALK = "ok ok ok ok 403  404 404 404 404  in"
TALK_GO = "go go go go 403  404 404 404 404  in"
LEADERS = "go go go 403 403  404 404 404 404  in"
HEADS = "ok ok 403 403 403  404 404 404 404  in"
HEADS_GO = "go go 403 403 403  404 404 404 404  in"
FOCAL = "ok 403 403 403 403  404 404 404 404  in"
FOCAL_GO = "go 403 403 403 403  404 404 404 404  in"
SUBMITTED = "ok ok 403 403 ok  404 ok 404 404  in"
SUBMITTED_ONLY = "ok ok 404 404 ok  404 ok 404 404  in"
KENYAN = "404 404 404 404 404  ok 403 404 404  in"
KENYAN_GO = "404 404 404 404 404  go 403 404 404  in"
NOBODY = "404 404 404 404 404  404 404 404 404  404"
CONSENT = "ok 403 403 403 403  404 404 404 404  in"
CONSENT_GO = "go 403 403 403 403  404 404 404 404  in"
WRITERS = "ok ok 403 403 403  404 ok 404 404  in"
WRITERS_GO = "go go 403 403 403  404 go 404 404  in"
OFFICER = "404 404 404 404 404  404 ok 404 404  in"
OFFICER_GO = "404 404 404 404 404  404 go 404 404  in"
NOBODY_IN = "404 404 404 404 404  404 404 404 404  in"
OFFICER_HERE = "403 403 403 403 403  404 ok 404 404  in"
OFFICER_HERE_GO = "403 403 403 403 403  404 go 404 404  in"
OFFICER_THERE = "404 404 404 404 404  403 ok 404 404  in"
OFFICER_THERE_GO = "404 404 404 404 404  403 go 404 404  in"

ARG = response_of("arg")
UNTOC = {"cycle": CYCLE, "questionnaire": "untoc"}
KEN = response_of("ken")
JOR = response_of("jor")
EXCHANGE = response_of("arg", thread=THREAD)
ARG_16 = response_of("arg", section="art-16")
JOR_5 = response_of("jor", section="art-5")
ARG_5 = response_of("arg", section="art-5")
PERSON = {
    "name": "Juan Pérez",
    "email": "juan@example.org",
    "institution": "Police",
    "language": "es",
    "message": "Please help.",
}
REPLY = ("responses:section", ARG_16)


def _answer(code: str) -> dict[str, Any]:
    return {f"{code}:text": "What we say.", f"{code}:language": "en", f"{code}:revision": "0"}


RESPONSES = [
    # Answering
    Row("responses:hub", GET, TEAM, ARG, text="Lucía Focal"),
    Row("responses:section", GET, TEAM, ARG_16, text="kanaritextart16x"),
    Row("responses:section", GET, TEAM_ON_5, ARG_5, text="kanaritextart5x", variant="of article 5"),
    Row("responses:save_section", GET, TALK_GO, ARG_16, goes=REPLY),
    Row("responses:save_section", POST, TALK_GO, ARG_16, data=_answer(FIGURES_CODE), goes=REPLY),
    Row(
        "responses:save_section", POST, "go go 404 404 403  404 404 404 404  in", ARG_5,
        data=_answer("untoc.5.practice.figures"), goes=("responses:section", ARG_5), variant="of article 5",
    ),
    Row(
        "responses:save_answer", POST, TALK, {**ARG_16, "code": FIGURES_CODE},
        data={f"{FIGURES_CODE}:text": "More.", f"{FIGURES_CODE}:revision": "$art16_figures_revision"},
        text='"revision"', variant="of everybody's part",
    ),
    Row(
        "responses:save_answer", POST, "ok ok ok 403 403  404 404 404 404  in", {**ARG_16, "code": LAW_CODE},
        data={f"{LAW_CODE}:text": "More.", f"{LAW_CODE}:revision": "$art16_law_revision"},
        text='"revision"', variant="of the lead's part",
    ),
    Row("responses:history", GET, TEAM, {**ARG_16, "code": "$art16_first"}, text="kanariearlierart16x"),
    Row(
        "responses:conflict", GET, "ok ok ok 404 403  404 404 404 404  in",
        response_of("arg", section="art-17", code=CONFLICT_CODE), text="agreements",
    ),
    Row(
        "responses:conflict", POST, "go go go 404 403  404 404 404 404  in",
        response_of("arg", section="art-17", code=CONFLICT_CODE), data={"choice": "theirs"},
        text="agreements", goes=("responses:section", response_of("arg", section="art-17")),
    ),
    Row("responses:flag", POST, TALK_GO, {**ARG_16, "code": FIGURES_CODE}, data={"flagged": "1"}, goes=REPLY),
    # The Secretariat's cycles
    Row("responses:cycles", GET, OFFICER, text=CYCLE),
    Row("responses:open_cycle", GET, OFFICER, text='name="questionnaires"'),
    Row(
        "responses:open_cycle", POST, OFFICER_GO,
        data={
            "code": "2028", "title_en": "Cycle 2028", "due_on": "2029-06-30", "first_year": "2025", "last_year": "2027",
            "questionnaires": "$questionnaire",
        },
        goes=("responses:cycle", {"cycle": "2028"}),
    ),
    Row("responses:cycle", GET, OFFICER, {"cycle": CYCLE}, text="help for Argentina"),
    Row("responses:invite_states", GET, OFFICER, {"cycle": CYCLE}, text="2026"),
    Row(
        "responses:invite_states", POST, OFFICER_GO, {"cycle": CYCLE},
        data={"basis": "by_hand", "on": "2026-11-24", "parties": "$france", "step": "send"},
        goes=("responses:cycle", {"cycle": CYCLE}),
    ),
    Row(
        "responses:invite_states", POST, OFFICER, {"cycle": CYCLE},
        data={"basis": "by_hand", "on": "2026-11-24", "parties": "$france"}, text='value="send"',
        variant="shows who first",
    ),
    Row("responses:change_deadlines", GET, OFFICER, {"cycle": CYCLE}, text='name="closes_on"'),
    Row(
        "responses:change_deadlines", POST, OFFICER_GO, {"cycle": CYCLE},
        data={"due_on": "2099-06-30", "closes_on": "2099-12-31"}, goes=("responses:cycle", {"cycle": CYCLE}),
    ),
    Row("responses:help_queue", GET, OFFICER, text="help for Argentina"),
    Row("responses:cycle_notes", GET, OFFICER, {"cycle": CYCLE}, text="kanarinote", before=_note),
    # One State, as the Secretariat sees it
    Row("responses:desk", GET, OFFICER_HERE, ARG, text="help for Argentina"),
    Row("responses:desk", GET, OFFICER, JOR, text="Leila Focal", variant="of a State that has not begun"),
    Row("responses:extension", GET, OFFICER_HERE, ARG, text='name="due_on"'),
    Row("responses:extension", POST, OFFICER_HERE_GO, ARG, data={"due_on": "2099-06-30"}, goes=("responses:desk", ARG)),
    Row("responses:obligation", GET, OFFICER, JOR, text='name="reason"'),
    Row("responses:obligation", POST, OFFICER_GO, JOR, data={"reason": "Not bound yet."}, goes=("responses:desk", JOR)),
    Row("responses:finalise", GET, OFFICER_THERE, KEN, text="can still ask to reopen it", before=_nobody_asked),
    Row(
        "responses:finalise", POST, OFFICER_THERE_GO, KEN, before=_nobody_asked, goes=("responses:desk", KEN),
    ),
    Row("responses:notes", GET, SUBMITTED, ARG, text="kanarinote", before=_note),
    Row("responses:record_note", GET, OFFICER_HERE, ARG, text='name="reference"'),
    Row(
        "responses:record_note", POST, OFFICER_HERE_GO, ARG,
        data={"direction": "sent", "reference": "N 17", "dated_on": "2026-11-20", "language": "en"},
        goes=("responses:desk", ARG),
    ),
    Row(
        "responses:note_file", GET, SUBMITTED, {**ARG, "note": NOTE, "uuid": NOTE_FILE}, text="kanarinotefile",
        before=_note,
    ),
    Row("responses:enter_paper", GET, OFFICER, JOR, text='name="note"', before=_note_of_jordan),
    Row(
        "responses:enter_paper", POST, OFFICER_GO, JOR, data={"note": str(NOTE_KEY)}, before=_note_of_jordan,
        goes=("responses:desk", JOR),
    ),
    Row("responses:end_paper", POST, OFFICER_GO, JOR, before=_entering, goes=("responses:desk", JOR)),
    # While an entry is open, and only then, the officer who enters sees and changes the draft
    Row("responses:hub", GET, OFFICER, JOR, text='class="figures"', before=_entering, variant="on paper"),
    Row("responses:section", GET, OFFICER, JOR_5, text='id="answers"', before=_entering, variant="on paper"),
    Row(
        "responses:save_section", POST, OFFICER_GO, JOR_5, data=_answer("untoc.5.practice.figures"),
        before=_entering, goes=("responses:section", JOR_5), variant="on paper",
    ),
    Row("responses:check", GET, OFFICER, JOR, text="JOR 7", before=_entering, variant="on paper"),
    Row("responses:submit", GET, OFFICER, JOR, text="JOR 7", before=_entering, variant="on paper"),
    Row("responses:people", GET, OFFICER, JOR, text="Leila Focal", before=_entering, variant="on paper"),
    Row("responses:hub", GET, NOBODY_IN, JOR, before=_entered, variant="once the entry has ended"),
    Row("responses:section", GET, NOBODY_IN, JOR_5, before=_entered, variant="once the entry has ended"),
    Row("responses:supplement", GET, OFFICER, {"cycle": CYCLE}, text="Added questions"),
    Row(
        "responses:supplement", POST, OFFICER_GO, {"cycle": CYCLE},
        data={"do": "add", "section": "art-16", "provision": "untoc.16.1", "asks": "practice", "element": "dark-net",
              "kind": "yes_no", "text": "Is the dark net watched?"},
        goes=("responses:supplement", {"cycle": CYCLE}),
    ),
    Row("responses:supplement_offer", GET, FOCAL, ARG, text="Added questions"),
    Row(
        "responses:supplement_offer", POST, FOCAL_GO, ARG, data={"do": "decline"}, goes=("responses:receipts", ARG),
    ),
    Row("site:publish_document", GET, OFFICER, DOCUMENT, text="conference_asked", before=_public_document),
    Row(
        "site:publish_document", POST, OFFICER_GO, DOCUMENT, data={"do": "withdraw"}, before=_public_document,
        goes=("site:publish_document", DOCUMENT),
    ),
    Row("site:publications", GET, EVERYBODY, text="/publications/kanari-1-en/", before=_public_document),
    Row("site:publications_feed", GET, EVERYBODY, text="/publications/kanari-1-en/", before=_public_document),
    Row("site:publication", GET, EVERYBODY, PUBLIC_DOCUMENT, text="kanaritext", before=_public_document),
    Row("site:publication", GET, NOBODY, PUBLIC_DOCUMENT, variant="before it is published"),
    Row(
        "site:publication_file", GET, EVERYBODY, {**PUBLIC_DOCUMENT, "form": "docx"}, text="kanaridocx",
        before=_public_document,
    ),
    Row("site:search", GET, EVERYBODY, query="?q=extradition", text="Search"),
    Row("site:figures", GET, EVERYBODY, text="/figures/2026/untoc/", before=_figures),
    Row("site:figures_of", GET, EVERYBODY, UNTOC, text="/figures/2026/untoc/questions/", before=_figures),
    Row("site:figures_of", GET, NOBODY, UNTOC, variant="before it is published"),
    Row("site:figures_of_treaty", GET, EVERYBODY, {"code": "untoc"}, text="/figures/2026/untoc/", before=_figures),
    Row("site:figures_needs", GET, EVERYBODY, UNTOC, text='id="type"', before=_figures),
    Row("site:figures_reporting", GET, EVERYBODY, UNTOC, text="/states/jor/", before=_figures),
    Row("site:figures_file", GET, EVERYBODY, {**UNTOC, "form": "json"}, text="untoc.16.1", before=_figures),
    Row(
        "site:figures_question", GET, EVERYBODY, {**UNTOC, "code": "untoc.16.1.implementation"}, text='id="published"',
        before=_figures,
    ),
    Row("site:publish_figures", GET, OFFICER, UNTOC, text='value="publish"'),
    Row(
        "site:publish_figures", POST, OFFICER_GO, UNTOC, data={"do": "publish"}, goes=("site:publish_figures", UNTOC),
    ),
    Row("site:answers", GET, EVERYBODY, text="Published answers"),
    Row("site:open_data", GET, EVERYBODY, {"form": "json"}, text="columns"),
    Row("site:answers_of", GET, EVERYBODY, ARG, text="that the State has opened to everybody", before=_opened),
    Row("site:answers_of", GET, NOBODY, ARG, variant="before it is opened"),
    Row("site:answers_for_parties", GET, OFFICER, ARG, text="opened to States parties", before=_opened),
    Row("site:consent", GET, CONSENT, {**ARG, "number": 1}, text="Who may read it"),
    Row(
        "site:consent", POST, CONSENT_GO, {**ARG, "number": 1}, data={"all": "private"},
        goes=("site:consent", {**ARG, "number": 1}),
    ),
    Row("responses:nominate", GET, OFFICER_HERE, ARG, text="Lucía Focal"),
    Row("responses:nominate", GET, OFFICER, JOR, text="Leila Focal", variant="of a State that has not begun"),
    Row(
        "responses:nominate", POST, OFFICER_GO, response_of("sen"), data=PERSON,
        goes=("responses:nominate", response_of("sen")),
    ),
    Row(
        "responses:send_nomination_again", POST, OFFICER_GO, {**JOR, "grant": "$jordan_nomination"},
        goes=("responses:nominate", JOR),
    ),
    Row(
        "responses:send_nomination_again", POST, OFFICER_HERE_GO, {**ARG, "grant": "$focal_grant"},
        goes=("responses:nominate", ARG), variant="already accepted",
    ),
    Row("responses:end_nomination", GET, OFFICER_HERE, {**ARG, "grant": "$focal_grant"}, text="Lucía Focal"),
    Row(
        "responses:end_nomination", POST, OFFICER_HERE_GO, {**ARG, "grant": "$focal_grant"},
        goes=("responses:nominate", ARG),
    ),
    Row("responses:decide_reopening", GET, OFFICER_THERE, {**KEN, "reopening": "$kenya_reopening"}, text="kanarireason"),
    Row(
        "responses:decide_reopening", POST, OFFICER_THERE_GO, {**KEN, "reopening": "$kenya_reopening"},
        data={"granted": "yes", "decision": ""}, goes=("responses:desk", KEN),
    ),
    Row(
        "responses:take_up_help", POST, OFFICER_HERE_GO, {**ARG, "asked": "$help"},
        goes=("responses:desk", ARG),
    ),
    # Messages, clarifications and reminders
    Row("messages:all", GET, ACCOUNTS, text='class="chips"'),
    Row("responses:messages", GET, SUBMITTED, ARG, text=THREAD, before=_written),
    Row("responses:write_message", GET, WRITERS, ARG, text='name="code"'),
    Row(
        "responses:write_message", POST, WRITERS_GO, ARG, data={"text": "Dear all", "language": "en"},
        goes=("responses:thread", EXCHANGE), before=_written,
    ),
    Row("responses:thread", GET, SUBMITTED, EXCHANGE, text="kanarimessage", before=_written),
    Row(
        "responses:thread", POST, WRITERS_GO, EXCHANGE, data={"text": "Dear all", "language": "en"},
        goes=("responses:thread", EXCHANGE), before=_written,
    ),
    Row("responses:close_thread", POST, WRITERS_GO, EXCHANGE, goes=("responses:thread", EXCHANGE), before=_written),
    Row("responses:ask_clarification", GET, OFFICER_HERE, ARG, text="UNTOC-2026-ARG-01"),
    Row(
        "responses:ask_clarification", POST, OFFICER_HERE_GO, ARG,
        data={"subject": "The year", "text": "Which?", "language": "en", "due_on": "2099-01-01"},
        goes=("responses:messages", ARG), before=_submitted_again,
    ),
    Row(
        "responses:settle_clarification", POST, OFFICER_HERE_GO, EXCHANGE, data={"do": "withdraw"},
        goes=("responses:thread", EXCHANGE), before=_clarification,
    ),
    Row("responses:reminders", GET, OFFICER, {"cycle": CYCLE}, text='name="before"'),
    Row(
        "responses:reminders", POST, OFFICER_GO, {"cycle": CYCLE}, data={"before": "30, 7", "after": "1"},
        goes=("responses:reminders", {"cycle": CYCLE}),
    ),
    Row("responses:remind_state", POST, OFFICER_GO, JOR, goes=("responses:reminders", {"cycle": CYCLE})),
    Row("site:jobs", GET, "404 404 404 404 404  404 ok ok 404  in", text='class="summary"'),
    Row("site:job_again", POST, "404 404 404 404 404  404 go go 404  in", {"number": 1}, goes=("site:jobs", {})),
    # The national team
    Row("responses:people", GET, TEAM, ARG, text="kanariinstitutionart16x"),
    Row("responses:hand_over", GET, HEADS, ARG, text="art-16"),
    Row(
        "responses:hand_over", POST, HEADS_GO, ARG,
        data={**PERSON, "sections": ["art-7", "art-8"], "lead": "lead"}, goes=("responses:people", ARG),
    ),
    Row("responses:invite_person", GET, HEADS, ARG, text="reader"),
    Row(
        "responses:invite_person", POST, HEADS_GO, ARG, data={**PERSON, "role": "reader"},
        goes=("responses:people", ARG), variant="reader",
    ),
    Row(
        "responses:invite_person", POST, "go 422 403 403 403  404 404 404 404  in", ARG,
        data={**PERSON, "role": "deputy"}, goes=("responses:people", ARG), variant="deputy",
    ),
    Row("responses:send_again", POST, HEADS_GO, {**ARG, "grant": "$invited_grant"}, goes=("responses:people", ARG)),
    Row("responses:end_grant", GET, HEADS, {**ARG, "grant": "$invited_grant"}, text="Inés Invited"),
    Row("responses:end_grant", POST, HEADS_GO, {**ARG, "grant": "$invited_grant"}, goes=("responses:people", ARG)),
    Row("responses:end_grant", POST, FOCAL_GO, {**ARG, "grant": "$deputy_grant"}, goes=("responses:people", ARG),
        variant="of a deputy"),
    Row("responses:end_grant", POST, "403 403 403 403 403  404 404 404 404  in", {**ARG, "grant": "$focal_grant"},
        variant="of the focal point"),
    Row("responses:take_back_section", GET, HEADS, {**ARG, "assignment": "$figures_assignment"}, text="Sofía Figures"),
    Row(
        "responses:take_back_section", POST, HEADS_GO, {**ARG, "assignment": "$figures_assignment"},
        goes=("responses:people", ARG),
    ),
    # Checking and submitting
    Row("responses:check", GET, TEAM, ARG, text="kanaritextart16x"),
    Row("responses:submit", GET, FOCAL, ARG, text="UNTOC-2026-ARG-01"),
    Row(
        "responses:submit", POST, FOCAL_GO, ARG, data={"step": "clear"}, before=_ready,
        goes=("responses:submit", ARG), variant="clear",
    ),
    Row(
        "responses:submit", POST, FOCAL_GO, ARG, data={"step": "submit", "confirmed": "on"}, before=_cleared,
        goes=("responses:receipt", {**ARG, "number": 2}), variant="submit",
    ),
    Row(
        "responses:take_back_clearance", POST, FOCAL_GO, ARG, before=_cleared, goes=("responses:submit", ARG),
    ),
    Row("responses:receipts", GET, SUBMITTED, ARG, text="UNTOC-2026-ARG-01"),
    Row("responses:receipt", GET, SUBMITTED, {**ARG, "number": 1}, text="UNTOC-2026-ARG-01"),
    Row("responses:receipt_copy", GET, SUBMITTED, {**ARG, "number": 1}, text="kanarisubmitted arg text"),
    Row(
        "responses:receipt_file", GET, SUBMITTED, {**ARG, "number": 1, "uuid": "$argentina_submitted_file"},
        text="kanarisubmitted the law of Argentina",
    ),
    Row("responses:ask_reopening", GET, FOCAL.replace("404 404 404 404", "404 403 404 404"), {**ARG, "number": 1},
        text="UNTOC-2026-ARG-01"),
    Row(
        "responses:ask_reopening", POST, KENYAN_GO, {**KEN, "number": 1}, data={"reason": "A figure was wrong."},
        before=_nobody_asked, goes=("responses:receipt", {**KEN, "number": 1}),
    ),
    Row("responses:help", GET, HEADS, ARG, text="help for Argentina"),
    Row(
        "responses:help", POST, HEADS_GO, ARG, data={"text": "We need a workshop.", "language": "en"},
        goes=("responses:help", ARG),
    ),
    Row("responses:declare", POST, LEADERS, ARG_16, before=_not_declared, goes=REPLY),
    Row("responses:take_back_declaration", POST, LEADERS, ARG_16, before=_ready, goes=REPLY),
    Row("responses:part_done", POST, TALK_GO, ARG_16, data={"done": "1"}, goes=REPLY),
    # Files and comments
    Row("responses:files", GET, TEAM, {**ARG_16, "code": FIGURES_CODE}, text="kanarifilenameart16x"),
    Row(
        "responses:files", POST, TALK_GO, {**ARG_16, "code": FIGURES_CODE}, data={"file": _law},
        goes=("responses:files", {**ARG_16, "code": FIGURES_CODE}),
    ),
    Row(
        "responses:files", POST, "go go go 403 403  404 404 404 404  in", {**ARG_16, "code": LAW_CODE},
        data={"file": _law}, goes=("responses:files", {**ARG_16, "code": LAW_CODE}), variant="of the lead's part",
    ),
    Row("responses:file", GET, TEAM, {**ARG, "uuid": "$art16_file"}, text="kanarifilecontentart16x"),
    Row("responses:file", GET, TEAM_ON_5, {**ARG, "uuid": "$art5_file"}, text="kanarifilecontentart5x",
        variant="of article 5"),
    Row("responses:file", GET, "404 404 404 404 404  404 404 404 404  in", {**ARG, "uuid": "$art16_removed_file"},
        variant="removed"),
    Row("responses:remove_file", GET, TALK, {**ARG, "uuid": "$art16_file"}, text="kanarifilenameart16x"),
    Row(
        "responses:remove_file", POST, TALK_GO, {**ARG, "uuid": "$art16_file"},
        goes=("responses:files", {**ARG_16, "code": FIGURES_CODE}),
    ),
    Row("responses:section_comments", GET, TALK, ARG_16, text="kanarisectioncommentart16x"),
    Row(
        "responses:section_comments", POST, TALK_GO, ARG_16, data={"text": "A remark.", "language": "en"},
        goes=("responses:section_comments", ARG_16),
    ),
    Row("responses:comments", GET, TALK, {**ARG_16, "code": FIGURES_CODE}, text="kanaricommentart16x"),
    Row(
        "responses:comments", POST, TALK_GO, {**ARG_16, "code": FIGURES_CODE},
        data={"text": "A remark.", "language": "en"}, goes=("responses:comments", {**ARG_16, "code": FIGURES_CODE}),
    ),
    Row(
        "responses:settle_comment", POST, TALK_GO, {**ARG_16, "uuid": "$art16_comment"},
        goes=("responses:comments", {**ARG_16, "code": FIGURES_CODE}),
    ),
    Row(
        "responses:settle_comment", POST, TALK_GO, {**ARG_16, "uuid": "$art16_section_comment"},
        goes=("responses:section_comments", ARG_16), variant="on the section",
    ),
]  # fmt: skip

NEW_DOCUMENT = {**MASTHEAD, "language": "en", "about": f"{CYCLE}/untoc", "as_at": "", "known_at": ""}

REPORTS = [
    # Documents for the conference
    Row("reports:documents", GET, OFFICER, text="KANARI/1", before=_document),
    Row("reports:new_document", GET, OFFICER, {"kind": "help-to-report"}, text='name="symbol"'),
    Row("reports:new_document", GET, OFFICER, {"kind": "needs-overview"}, text='name="readers"'),
    Row(
        "reports:new_document", POST, OFFICER, {"kind": "help-to-report"}, data={**NEW_DOCUMENT, "do": "preview"},
        text="KANARI/1",
    ),
    Row("reports:document", GET, OFFICER, DOCUMENT, text="kanaridocument", before=_document),
    Row(
        "reports:document", POST, OFFICER_GO, DOCUMENT, data={**MASTHEAD, "language": "fr"}, before=_document,
        goes=("reports:document", {"document": DOCUMENT_KEY + 1}),
    ),
    Row(
        "reports:document_figure", GET, OFFICER, {"cycle": CYCLE, "questionnaire": "untoc", "part": "needs"},
        query="?figure=reported", text="/untoc/arg/receipts/1/",
    ),
    Row("reports:document_text", GET, OFFICER, DOCUMENT, text="KANARI/1", before=_document),
    *(
        Row("reports:document_file", GET, OFFICER, {**DOCUMENT, "form": form}, text="reporting-status", before=_document,
            variant=form)
        for form in ("docx", "pdf", "html", "json")
    ),
    Row("reports:gaps", GET, WHOLE, ARG, text="kanarineedart16x"),
    Row(
        "reports:order_requests", POST, HEADS_GO, ARG, data={"move": "down:$art16_request"},
        goes=("reports:gaps", ARG),
    ),
    Row("reports:report", GET, WHOLE, ARG, text="kanaritextart16x"),
    *(
        Row("reports:report_file", GET, WHOLE, {**ARG, "form": form}, text="kanaritextart16x", variant=form)
        for form in ("json", "csv", "html", "docx", "pdf")
    ),
    Row("reports:submitted_report", GET, SUBMITTED_ONLY, {**ARG, "number": 1}, text="kanarisubmitted arg text"),
    *(
        Row(
            "reports:submitted_report_file", GET, SUBMITTED_ONLY, {**ARG, "number": 1, "form": form},
            text="kanarisubmitted arg text", variant=form,
        )
        for form in ("json", "csv", "html", "docx", "pdf")
    ),
    # Reporting status and rates: nothing of any draft, and of a submission only that it is there.
    Row("reports:reporting", GET, OFFICER, text="/reporting/2026/untoc/"),
    Row("reports:analysis", GET, OFFICER, UNTOC, text="What States said"),
    Row("reports:questions", GET, OFFICER, UNTOC, query="?section=art-16", text="untoc.16.1.implementation"),
    Row("reports:question", GET, OFFICER, {**UNTOC, "code": "untoc.16.1.implementation"}, text="Who answered"),
    Row(
        "reports:question_states", GET, OFFICER, {**UNTOC, "code": "untoc.16.1.implementation"},
        query="?said=answered", text="UNTOC-2026-ARG-01",
    ),
    Row("reports:gap_counts", GET, OFFICER, UNTOC, text="untoc.16.1"),
    Row("reports:gap_counts_file", GET, OFFICER, {**UNTOC, "form": "json"}, text="untoc.16.1"),
    Row(
        "reports:provision_states", GET, OFFICER, {**UNTOC, "provision": "untoc.16.1"}, query="?word=silent",
        text="Silent",
    ),
    Row("reports:offences", GET, OFFICER, UNTOC, text="Criminalization picture"),
    Row("reports:matrix", GET, OFFICER, UNTOC, text="matrix whole"),
    Row("reports:analysis_change", GET, OFFICER, UNTOC, text="/change/states/?of=provision", before=_asked_before),
    Row(
        "reports:analysis_change_states", GET, OFFICER, UNTOC, query="?code=untoc.16.1.implementation",
        text="Answered", before=_asked_before,
    ),
    *(
        row
        for form in ("csv", "json", "xlsx")
        for row in (
            Row("reports:matrix_file", GET, OFFICER, {**UNTOC, "form": form},
                text="xl/workbook.xml" if form == "xlsx" else "untoc.16.1.implementation", variant=form),
            Row("reports:analysis_change_file", GET, OFFICER, {**UNTOC, "form": form},
                text="xl/workbook.xml" if form == "xlsx" else "not_comparable", variant=form, before=_asked_before),
        )
    ),
    Row("reports:needs", GET, OFFICER, UNTOC, text="/needs/requests/"),
    *(
        Row(f"reports:{name}", GET, OFFICER, {**UNTOC, **more, "form": form},
            text="xl/workbook.xml" if form == "xlsx" else text, variant=form, query=query)
        for form in ("csv", "json", "xlsx")
        for name, text, more, query in (
            ("needs_file", "training", {}, ""),
            ("needs_requests_file", "UNTOC-2026-ARG-01", {}, ""),
            ("needs_cross_file", "column_words", {}, ""),
            ("needs_top_file", "place", {}, ""),
            ("needs_inferred_file", "ken", {}, ""),
            ("practice_file", "untoc.16.figures", {}, ""),
            ("practice_cases_file", "open_to_words", {}, ""),
            ("practice_shared_file", "open_to_words", {}, ""),
            ("practice_states_file", "untoc.16.figures", {"code": "untoc.16.figures"}, "?row=received&year=2025&said=silent"),
            ("question_states_file", "UNTOC-2026-ARG-01", {"code": "untoc.16.1.implementation"}, ""),
            ("provision_states_file", "untoc.16.1", {"provision": "untoc.16.1"}, "?word=silent"),
        )
    ),
    Row("reports:needs_requests", GET, OFFICER, UNTOC, text="UNTOC-2026-ARG-01"),
    Row("reports:needs_cross", GET, OFFICER, UNTOC, text='name="columns"'),
    Row("reports:needs_top", GET, OFFICER, UNTOC, text='name="first"'),
    Row("reports:needs_inferred", GET, OFFICER, UNTOC, text="What silent States may need"),
    Row("reports:practice", GET, OFFICER, UNTOC, text="/practice/untoc.16.figures/"),
    Row("reports:practice_cases", GET, OFFICER, UNTOC, text="Cases that States told of"),
    Row("reports:practice_shared", GET, OFFICER, UNTOC, text="Good practices that States have agreed to share"),
    Row("reports:practice_question", GET, OFFICER, {**UNTOC, "code": "untoc.16.figures"}, text="said=silent"),
    Row("reports:practice_states", GET, OFFICER, {**UNTOC, "code": "untoc.16.figures"}, text="Gave a number"),
    Row("reports:record", GET, OFFICER, {"questionnaire": "untoc"}, query="?list=once", text="/untoc/arg/receipts/"),
    Row("reports:rates", GET, OFFICER, UNTOC, text="/states/?group=region.grulac"),
    Row("reports:rates_states", GET, OFFICER, UNTOC, query="?standing=reported", text="UNTOC-2026-ARG-01"),
    Row("reports:rates_change", GET, OFFICER, UNTOC, text="/reporting/2020/untoc/", before=_asked_before),
    *(
        row
        for form in ("csv", "json")
        for row in (
            Row("reports:reporting_file", GET, OFFICER, {"form": form}, text="untoc", variant=form),
            Row("reports:record_file", GET, OFFICER, {"questionnaire": "untoc", "form": form}, text="grulac",
                variant=form),
            Row("reports:rates_change_file", GET, OFFICER, {**UNTOC, "form": form}, text="only_now", variant=form,
                before=_asked_before),
            Row("reports:rates_file", GET, OFFICER, {**UNTOC, "form": form}, text="region.grulac", variant=form),
            Row("reports:rates_states_file", GET, OFFICER, {**UNTOC, "form": form}, query="?standing=reported",
                text="UNTOC-2026-ARG", variant=form),
        )
    ),
]  # fmt: skip

PUBLIC = [
    Row("root", GET, "go go go go go  go go go go  go", goes="/en/"),
    Row("health", GET, EVERYBODY, text="ok"),
    Row("robots", GET, EVERYBODY, text="Disallow"),
    Row("site:front", GET, EVERYBODY, text="untoc"),
    Row("site:states", GET, EVERYBODY, text="/states/arg/"),
    Row("site:state", GET, EVERYBODY, {"code": "arg"}, text="ARG"),
    Row("site:desk", GET, ACCOUNTS, text="<h1"),
    Row("treaties:treaties", GET, EVERYBODY, text="/treaties/untoc/"),
    Row("treaties:treaty", GET, EVERYBODY, {"code": "untoc"}, text="/treaties/untoc/5/"),
    Row("treaties:article", GET, EVERYBODY, {"code": "untoc", "article": "5"}, text="untoc-5-1"),
    Row("questionnaires:reading", GET, EVERYBODY, {"code": "untoc"}, text="q-untoc-5-1-a-i-implementation"),
    Row(
        "questionnaires:section", GET, EVERYBODY, {"code": "untoc", "section": "art-5"},
        text="q-untoc-5-1-a-i-implementation",
    ),
    Row("demo:personas", GET, EVERYBODY, text="Elena Officer"),
    Row(
        "demo:sign_in", POST, "go go go go go  go go go go  go", data={"email": "focal@ken.example"},
        goes=("site:desk", {}),
    ),
    Row("demo:outbox", GET, ACCOUNTS, text="<h1"),
    Row("demo:charts", GET, EVERYBODY, text="chart-svg"),
]  # fmt: skip

PEOPLE = [
    Row("parties:account", GET, ACCOUNTS, text='name="institution"'),
    Row(
        "parties:account", POST, "go go go go go  go go go go  in",
        data={"name": "New Name", "institution": "New House", "language": "en"}, goes=("parties:account", {}),
    ),
    Row(
        "parties:accept_invitation", GET, "403 403 403 403 403  403 403 403 403  ok", {"token": "$token"},
        text="Leila Focal",
    ),
    Row(
        "parties:accept_invitation", POST, "403 403 403 403 403  403 403 403 403  go", {"token": "$token"},
        data={"name": "Leila Focal", "password": PASSWORD, "repeated": PASSWORD}, goes=("site:desk", {}),
    ),
]  # fmt: skip

OWN_KEY = "ok 404 404 404 404  404 404 404 404  in"
OWN_KEY_GO = "go 404 404 404 404  404 404 404 404  in"
ACCOUNTS_GO = "go go go go go  go go go go  in"
NEW = {"password1": "another long sentence", "password2": "another long sentence"}
DESK: tuple[str, Mapping[str, Any]] = ("site:desk", {})
SECURITY: tuple[str, Mapping[str, Any]] = ("mfa_index", {})
SIGN_IN = [
    Row("account_login", GET, GUESTS, text='name="login"', goes=DESK),
    Row(
        "account_login", POST, "go go go go go  go go go go  go",
        data={"login": "focal@ken.example", "password": PASSWORD}, goes=DESK,
    ),
    Row("account_logout", GET, "ok ok ok ok ok  ok ok ok ok  go", text="<form", goes=("site:front", {})),
    Row("account_logout", POST, "go go go go go  go go go go  go", goes=("site:front", {})),
    Row("account_inactive", GET, EVERYBODY, text="<h1"),
    Row("mfa_authenticate", GET, GUESTS, text='name="code"', goes=DESK, before=_second_factors, came_by=_password_given),
    Row(
        "mfa_authenticate", POST, "go go go go go  go go go go  go", data={"code": _code}, goes=DESK,
        before=_second_factors, came_by=_password_given,
    ),
    Row(
        "mfa_login_webauthn", GET, EVERYBODY, text="{",
        headers={"X-Requested-With": "XMLHttpRequest"},
    ),
    Row("mfa_login_webauthn", POST, ACCOUNTS_GO, data={"credential": "{}"}, goes=DESK),
    Row("account_reset_password", GET, EVERYBODY, text='name="email"'),
    Row(
        "account_reset_password", POST, "go go go go go  go go go go  go", data={"email": "focal@ken.example"},
        goes=("account_reset_password_done", {}),
    ),
    Row("account_reset_password_done", GET, EVERYBODY, text="<h1"),
    Row(
        "account_reset_password_from_key", GET, EVERYBODY, {"uidb36": "1", "key": "set-password"}, text="<h1",
    ),
    Row(
        "account_reset_password_from_key", POST, EVERYBODY, {"uidb36": "1", "key": "set-password"}, text="<h1", data=NEW,
        variant="without a link",
    ),
    Row("account_reset_password_from_key_done", GET, EVERYBODY, text="<h1"),
    Row("account_change_password", GET, ACCOUNTS, text='name="oldpassword"'),
    Row(
        "account_change_password", POST, ACCOUNTS_GO, data={"oldpassword": PASSWORD, **NEW},
        goes=("parties:account", {}),
    ),
    # Whoever has signed in has a password, so this leads to where it is changed.
    Row("account_set_password", GET, ACCOUNTS_GO, goes=("account_change_password", {})),
    Row("account_set_password", POST, ACCOUNTS_GO, data=NEW, goes=("account_change_password", {})),
    Row("account_reauthenticate", GET, ACCOUNTS, text='name="password"'),
    Row("account_reauthenticate", POST, ACCOUNTS_GO, data={"password": PASSWORD}, goes=DESK),
    Row("mfa_reauthenticate", GET, ACCOUNTS, text='name="code"', before=_second_factors),
    Row("mfa_reauthenticate", POST, ACCOUNTS_GO, data={"code": _code}, before=_second_factors, goes=DESK),
    # Nobody here has a passkey: the page leads to the other ways.
    Row("mfa_reauthenticate_webauthn", GET, ACCOUNTS_GO, goes=("account_reauthenticate", {})),
    Row("mfa_reauthenticate_webauthn", POST, ACCOUNTS_GO, data={"credential": "{}"}, goes=("account_reauthenticate", {})),
    Row("mfa_index", GET, ACCOUNTS, text="/account/security/"),
    Row("mfa_activate_totp", GET, ACCOUNTS, text='name="code"'),
    Row("mfa_activate_totp", POST, ACCOUNTS, text='name="code"', data={"code": "000000"}, variant="wrong code"),
    Row("mfa_deactivate_totp", GET, ACCOUNTS, text="<form", before=_second_factors),
    Row("mfa_deactivate_totp", POST, ACCOUNTS_GO, before=_second_factors, goes=SECURITY),
    Row("mfa_view_recovery_codes", GET, ACCOUNTS, text="<li", before=_second_factors),
    Row("mfa_generate_recovery_codes", GET, ACCOUNTS, text="<form", before=_second_factors),
    Row(
        "mfa_generate_recovery_codes", POST, ACCOUNTS_GO, before=_second_factors,
        goes=("mfa_view_recovery_codes", {}),
    ),
    Row("mfa_download_recovery_codes", GET, ACCOUNTS, text="\n", before=_second_factors),
    Row("mfa_list_webauthn", GET, ACCOUNTS, text="/account/security/passkeys/"),
    Row("mfa_add_webauthn", GET, ACCOUNTS, text='name="credential"'),
    Row("mfa_add_webauthn", POST, ACCOUNTS, text='name="credential"', data={"name": "Key", "credential": "{}"},
        variant="no passkey"),
    Row("mfa_remove_webauthn", GET, OWN_KEY, {"pk": PASSKEY}, text="Blue key", before=_second_factors),
    Row("mfa_remove_webauthn", POST, OWN_KEY_GO, {"pk": PASSKEY}, before=_second_factors, goes=("mfa_list_webauthn", {})),
    Row("mfa_edit_webauthn", GET, OWN_KEY, {"pk": PASSKEY}, text="Blue key", before=_second_factors),
    Row(
        "mfa_edit_webauthn", POST, OWN_KEY_GO, {"pk": PASSKEY}, data={"name": "Red key"}, before=_second_factors,
        goes=("mfa_list_webauthn", {}),
    ),
    Row("usersessions_list", GET, ACCOUNTS, text="<h1"),
    Row("usersessions_list", POST, ACCOUNTS_GO, goes=("usersessions_list", {})),
]  # fmt: skip

ROWS = [*RESPONSES, *REPORTS, *PUBLIC, *PEOPLE, *SIGN_IN]
