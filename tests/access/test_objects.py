"""Beyond the table: things of others under one's own address, what drafts keep to themselves, access that ends."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve
from tests.access.cast import ROLES, Cast, ask, document_at_once, response_of, text_of
from tests.access.table import ARG, ARG_5, ARG_16, GET, PEOPLE, POST, PUBLIC, REPORTS, RESPONSES, ROWS, SIGN_IN, Row
from tests.access.test_matrix import aim, resolved
from tests.factories.parties import make_grant
from tests.factories.world import CONFLICT_CODE, FIGURES_CODE, LAW_CODE, CastWorld, counts, undone

from palermo.base.models import Mail
from palermo.parties import actions as people
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User
from palermo.reports import exchange
from palermo.responses.actions import cycles
from palermo.responses.actions import people as team
from palermo.responses.models import Answer, Assignment, Comment, Evidence, Submission
from palermo.responses.queries.state import scope_of

# The same pages and the same questions to the database as in the matrix, with other people and other things.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("access"), pytest.mark.one_database]
ACCOUNTS = ROLES[:-1]
Walk = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def cast(whole_world: CastWorld) -> Cast:
    return Cast.of(whole_world)


@pytest.fixture(autouse=True)
def quick_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents as the order for them: the child process that makes them has tests of its own."""
    monkeypatch.setattr(exchange, "_run", document_at_once)


# ── Things of others ─────────────────────────────────────────────────────────────────────────────────────────────────

# For every argument that names a thing: things of Kenya, of another kind or of nobody, put under Argentina's address.
FOREIGN = {
    "uuid": ["$kenya_file", "$kenya_comment", "$art5_request", str(uuid.UUID(int=1))],
    "grant": ["$kenya_reader_grant", "$kenya_focal_grant", "$jordan_nomination", 0, 10**30],
    "assignment": ["$kenya_assignment", 0, 10**30],
    "reopening": ["$kenya_reopening", 0, 10**30],
    "asked": ["$kenya_help", 0, 10**30],
    "number": [0, 99, 10**30],
    "code": ["untoc.5.practice.figures", "untoc.99", "nothing", "a\x00b", "%00", "é" * 300],
}
ON_ARGENTINA = [row for row in (*RESPONSES, *REPORTS) if row.arguments.get("party") == "arg"]


def foreign_rows() -> Iterator[Row]:
    """Every row on Argentina's response with one argument exchanged for a thing that is not there."""
    for row in ON_ARGENTINA:
        for name, values in FOREIGN.items():
            if name in row.arguments:
                for value in values:
                    yield replace(
                        row, arguments={**row.arguments, name: value}, variant=f"{row.variant} {name}={value!r}"
                    )


def test_things_of_others_are_not_found_under_own_address(world: CastWorld, cast: Cast) -> None:
    found = {}
    for row in foreign_rows():
        address = cast.address(row.name, resolved(world, row.arguments))
        for role in ("focal", "lead", "secretariat"):
            with undone():
                before = counts()
                reply = cast.ask(role, row.method, address, resolved(world, row.data))
                if reply.status_code not in {403, 404} or counts() != before:
                    found[row.title, role] = reply.status_code
                if role == "focal" and reply.status_code == 403 and "404" in row.who.split()[0]:
                    found[row.title, role] = reply.status_code
    assert found == {}


@pytest.mark.parametrize("row", ON_ARGENTINA, ids=lambda row: row.title)
def test_response_that_is_not_there_is_not_found(world: CastWorld, cast: Cast, row: Row) -> None:
    elsewhere = ({"party": "xyz"}, {"party": "a-b"}, {"cycle": "1999"}, {"questionnaire": "uncac"}, {"party": "arg-"})
    told = {}
    for other in elsewhere:
        address = cast.address(row.name, {**resolved(world, row.arguments), **other})
        for role in ("focal", "secretariat"):
            told[str(other), role] = cast.ask(role, row.method, address, resolved(world, row.data)).status_code
    # The Secretariat, which reads all submissions, may learn of its role before it learns that there is nothing.
    allowed = {404, 403} if row.name == "responses:ask_reopening" else {404}
    assert set(told.values()) - allowed == set()


def test_section_that_is_not_there_is_not_found(world: CastWorld, cast: Cast) -> None:
    rows = [row for row in ON_ARGENTINA if "section" in row.arguments]
    told = {}
    for row in rows:
        address = cast.address(row.name, {**resolved(world, row.arguments), "section": "art-99"})
        told[row.title] = cast.ask("focal", row.method, address, resolved(world, row.data)).status_code
    # Without a body there is nothing to look for, so this one leads on to a page that is not there.
    told.pop("responses:save_section GET")
    assert told == dict.fromkeys(told, 404)


def test_question_of_another_section_is_not_found(world: CastWorld, cast: Cast) -> None:
    """The lead of article 16 reaches nothing of article 5 by its code under an address of article 16."""
    names = [
        ("save_answer", POST),
        ("history", GET),
        ("conflict", GET),
        ("flag", POST),
        ("files", GET),
        ("comments", GET),
    ]
    arguments = {**ARG_16, "code": world.things["art5_first"]}
    told = {
        name: cast.ask("lead", method, cast.address(f"responses:{name}", arguments)).status_code
        for name, method in names
    }
    assert told == dict.fromkeys(told, 404)


def test_comment_of_another_section_is_not_settled(world: CastWorld, cast: Cast) -> None:
    address = cast.address("responses:settle_comment", {**ARG_16, "uuid": world.things["art5_comment"]})
    assert cast.ask("lead", POST, address).status_code == 404
    assert Comment.objects.get(uuid=world.things["art5_comment"]).settled_at is None


def test_file_of_the_draft_is_not_in_the_receipt(world: CastWorld, cast: Cast) -> None:
    arguments = {**ARG, "number": 1, "uuid": world.things["art16_file"]}
    address = cast.address("responses:receipt_file", arguments)
    assert {role: cast.ask(role, GET, address).status_code for role in ("focal", "secretariat")} == {
        "focal": 404,
        "secretariat": 404,
    }


def test_row_of_another_state_is_left_alone(world: CastWorld, cast: Cast) -> None:
    row = world.kenya.rows.filter(kind="legislation").first()
    before = (row.response_id, row.fields)
    code = LAW_CODE
    base = Answer.objects.get(response=world.argentina, question_id=code).revision
    data = {f"{code}:rows-0-uuid": str(row.uuid), f"{code}:rows-0-title": "Mine now", f"{code}:revision": base}
    reply = cast.ask("focal", POST, cast.address("responses:save_answer", {**ARG_16, "code": code}), data)
    assert (reply.status_code, json.loads(reply.content)["code"]) == (422, "foreign_row")
    row.refresh_from_db()
    assert (row.response_id, row.fields) == before


def test_requests_of_another_state_are_not_ranked(world: CastWorld, cast: Cast) -> None:
    theirs = [str(uuid) for uuid in world.kenya.rows.filter(kind="assistance").values_list("uuid", flat=True)]
    before = list(world.kenya.ranks.values_list("request", "rank"))
    data = {"request": theirs, "move": f"down:{theirs[0]}"}
    cast.ask("focal", POST, cast.address("reports:order_requests", ARG), data)
    assert list(world.kenya.ranks.values_list("request", "rank")) == before


def test_roles_that_are_not_offered_are_not_given(world: CastWorld, cast: Cast) -> None:
    person = {"name": "Juan", "email": "juan@example.org", "language": "en"}
    told = {}
    for role in Role:
        with undone():
            reply = cast.ask(
                "focal", POST, cast.address("responses:invite_person", ARG), {**person, "role": role.value}
            )
            told[role.value] = reply.status_code
    assert told == {role.value: 302 if role in {Role.DEPUTY, Role.READER} else 422 for role in Role}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "///evil",
    ],
)
def test_nobody_is_sent_elsewhere(world: CastWorld, cast: Cast, elsewhere: str) -> None:
    """No form leads to another site by its field ``next``."""
    led: dict[str, str] = {}
    for row in ROWS:
        words = row.who.split()
        if row.method == POST and "go" in words and row.arguments.get("party") == "arg":
            with undone():
                if row.before:
                    row.before(world)
                data = {**resolved(world, row.data), "next": elsewhere}
                role = ROLES[words.index("go")]
                reply = cast.ask(role, POST, cast.address(row.name, resolved(world, row.arguments)), data)
                if reply.status_code == 302 and reply["Location"].partition("#")[0].partition("?")[0] != aim(
                    cast, row, "en"
                ):
                    led[row.title] = reply["Location"]
    assert led == {}


# ── What drafts keep to themselves ───────────────────────────────────────────────────────────────────────────────────

LINK = re.compile(r"""(?:href|action|src)=["'](/[^"'#]*)""")
# What is the same for everybody, or leaves.
BESIDE = re.compile(
    r"^/(static/|(ar|zh|fr|ru|es)/|en/(treaties|questionnaires|states)/.|en/account/|en/demo/"
    # … and sections in which nobody wrote anything that could be betrayed.
    r"|en/cycles/2026/untoc/(arg|ken)/(?!art-(5|16|17)/)(general|art-\d+)/)"
)
MOST_PAGES = 600
DEEP = re.compile(r"/\w\w/(analysis|reporting|documents)/")
MOST_OF_A_KIND = 6


@pytest.fixture(scope="module")
def walked() -> dict[str, dict[str, str]]:
    """What each role found on its walk: nothing changes between two walks through the same world."""
    return {}


@pytest.fixture
def walk(world: CastWorld, cast: Cast, walked: dict[str, dict[str, str]]) -> Walk:
    def found(role: str) -> dict[str, str]:
        if role not in walked:
            walked[role] = walk_of(cast, role)
        return walked[role]

    return found


def walk_of(cast: Cast, role: str) -> dict[str, str]:
    """Everything that somebody can open: all addresses of the table, and every link from there on."""
    found: dict[str, str] = {}
    waiting = [
        cast.address(row.name, resolved(cast.world, row.arguments)) + row.query
        for row in (*PUBLIC, *PEOPLE, *RESPONSES, *REPORTS)
        # The list of personas is a page of the demonstration alone, whose people are invented.
        if row.method == GET and row.name != "demo:personas"
    ]
    waiting += [
        cast.address(row.name, {**resolved(cast.world, row.arguments), "party": "ken"})
        for row in (*RESPONSES, *REPORTS)
        if row.method == GET and row.arguments.get("party") == "arg"
    ]
    waiting += [cast.address("responses:check", ARG) + "?show=" + show for show in ("flagged", "comments", "parked")]
    seen = set(waiting)
    deep: Counter[str] = Counter()
    while waiting and len(found) < MOST_PAGES:
        address = waiting.pop()
        reply = cast.ask(role, GET, address)
        if reply.status_code != 200:
            continue
        found[address] = text_of(reply) + json.dumps(dict(reply.headers))
        if reply["Content-Type"].startswith("text/html"):
            links = {link.replace("&amp;", "&") for link in LINK.findall(found[address]) if not BESIDE.match(link)}
            fresh = sorted(links - seen)
            seen |= links
            for link in fresh:
                # The analysis is thousands of lists of one kind; a few of each kind tell what they tell.
                if DEEP.match(link):
                    name = resolve(link.partition("?")[0].partition("#")[0]).view_name
                    deep[name] += 1
                    if deep[name] > MOST_OF_A_KIND:
                        continue
                waiting.append(link)
    assert len(found) < MOST_PAGES
    return found


def betrayed(world: CastWorld, pages: dict[str, str], *sections: str) -> dict[str, list[str]]:
    """Which pages of somebody hold words of the draft, and which."""
    return {address: places for address, text in pages.items() if (places := world.canaries.found_in(text, *sections))}


@pytest.mark.parametrize("role", ["kenya", "secretariat", "administrator", "stranger", "visitor"])
def test_nobody_outside_the_team_finds_a_word_of_the_draft(world: CastWorld, walk: Walk, role: str) -> None:
    assert betrayed(world, walk(role)) == {}


def test_contributor_finds_no_word_of_other_sections(world: CastWorld, walk: Walk) -> None:
    assert betrayed(world, walk("figures"), "art-5", "art-17") == {}


def test_lead_finds_no_word_of_other_sections(world: CastWorld, walk: Walk) -> None:
    assert betrayed(world, walk("lead"), "art-5") == {}


def test_reader_finds_no_comment(world: CastWorld, walk: Walk) -> None:
    found = {place for places in betrayed(world, walk("reader")).values() for place in places}
    assert sorted(place for place in found if "comment" in place) == []


def test_focal_point_finds_everything(world: CastWorld, walk: Walk) -> None:
    """The walk sees what there is: what stands in no page is listed here."""
    found = {place for places in betrayed(world, walk("focal")).values() for place in places}
    nowhere = {
        f"{kind} of {section}"
        for kind in ("removedname", "removedcontent", "message")
        for section in ("art-5", "art-16")
    }
    # The text of a conflict is seen by its writer until it is settled, and stands in the history for all.
    assert set(world.canaries.of().values()) - found == nowhere


def test_secretariat_reads_what_was_submitted(world: CastWorld, walk: Walk) -> None:
    pages = walk("secretariat")
    assert sorted(a.split("/en/")[1] for a, text in pages.items() if f"{world.submitted_word} arg" in text) == [
        "cycles/2026/untoc/arg/receipts/1/copy.json",
        "cycles/2026/untoc/arg/receipts/1/report/",
        *(f"cycles/2026/untoc/arg/receipts/1/report/report.{form}" for form in ("csv", "docx", "html", "json", "pdf")),
    ]


def test_mail_to_the_secretariat_says_nothing_of_the_draft(world: CastWorld) -> None:
    officer = world.person("secretariat")
    mails = Mail.objects.filter(to_user_id=officer.pk)
    assert mails.count() == 2
    assert [world.canaries.found_in(f"{mail.subject} {mail.body}") for mail in mails] == [[], []]


def test_comments_stand_in_no_snapshot(world: CastWorld, cast: Cast) -> None:
    frozen = [submission.snapshot for submission in Submission.objects.all()]
    live = text_of(cast.ask("focal", GET, cast.address("reports:report_file", {**ARG, "form": "json"})))
    assert [text for text in (*frozen, live) if "remark" in text or "comment" in text.lower()] == []


def test_whoever_invites_is_not_told_of_other_work(world: CastWorld, cast: Cast) -> None:
    """An account that exists is met with the same words as a new one."""
    told = []
    for email in ("nobody@new.example", world.person("stranger").email):
        with undone():
            data = {"name": "Juan", "email": email, "language": "en", "role": "reader"}
            reply = cast.ask("focal", POST, cast.address("responses:invite_person", ARG), data)
            told.append((reply.status_code, reply["Location"]))
    assert told[0] == told[1]


# ── Access that ends ─────────────────────────────────────────────────────────────────────────────────────────────────


def opened(cast: Cast, role: str) -> set[str]:
    """The rows of Argentina's response that somebody can open."""
    return {
        row.title
        for row in ON_ARGENTINA
        if row.method == GET
        and cast.ask(role, GET, cast.address(row.name, resolved(cast.world, row.arguments))).status_code == 200
    }


@pytest.mark.parametrize("role", ["focal", "deputy", "lead", "figures", "reader"])
def test_ended_grant_ends_access_at_once(world: CastWorld, cast: Cast, role: str) -> None:
    user = world.person(role)
    browser = cast.browser(role)
    hub = cast.address("responses:hub", ARG)
    assert browser.get(hub).status_code == 200
    for grant in Grant.objects.filter(user=user, ended_at=None):
        people.end_grant(by=world.person("secretariat"), grant=grant)
    assert browser.get(hub).status_code == 404
    assert opened(cast, role) == set()
    data = {f"{FIGURES_CODE}:text": "Still me."}
    saving = cast.address("responses:save_answer", {**ARG_16, "code": FIGURES_CODE})
    assert browser.post(saving, data).status_code == 404


@pytest.mark.parametrize("role", ACCOUNTS)
def test_closed_account_is_nobody(world: CastWorld, cast: Cast, role: str) -> None:
    User.objects.filter(pk=world.person(role).pk).update(is_active=False)
    for row in ROWS:
        if row.method == GET and row.who.split()[-1] == "in":
            reply = cast.ask(role, GET, cast.address(row.name, resolved(world, row.arguments)))
            assert (row.title, reply.status_code, reply["Location"].partition("?")[0]) == (
                row.title, 302, cast.address("account_login"),
            )  # fmt: skip
    assert opened(cast, role) == set()


def test_closed_account_cannot_sign_in(world: CastWorld, cast: Cast) -> None:
    user = world.person("deputy")
    User.objects.filter(pk=user.pk).update(is_active=False)
    cache.clear()
    browser = Client()
    browser.post(cast.address("account_login"), {"login": user.email, "password": "a long sentence for trials"})
    assert browser.get(cast.address("site:desk")).status_code == 302
    assert browser.post(cast.address("demo:sign_in"), {"email": user.email}).status_code == 404


def test_grant_counts_only_once_accepted(world: CastWorld, cast: Cast) -> None:
    Grant.objects.filter(user=world.person("deputy")).update(accepted_at=None)
    assert opened(cast, "deputy") == set()


def test_section_taken_back_is_closed_and_the_others_stay(world: CastWorld, cast: Cast) -> None:
    focal, lead = world.person("focal"), world.person("lead")
    team.take_back(by=focal, assignment=Assignment.objects.get(user=lead, section="art-16"))
    told = {
        section: cast.ask(
            "lead", GET, cast.address("responses:section", response_of("arg", section=section))
        ).status_code
        for section in ("art-5", "art-16", "art-17", "art-18")
    }
    assert told == {"art-5": 404, "art-16": 404, "art-17": 200, "art-18": 200}
    file = cast.address("responses:file", {**ARG, "uuid": world.things["art16_file"]})
    assert cast.ask("lead", GET, file).status_code == 404


def test_ended_nomination_leaves_the_team(world: CastWorld, cast: Cast) -> None:
    grant = Grant.objects.get(pk=world.things["focal_grant"])
    cycles.end_nomination(by=world.person("secretariat"), response=world.argentina, grant=grant)
    assert opened(cast, "focal") == set()
    assert "responses:hub GET" in opened(cast, "deputy")


def test_two_roles_add_up_and_each_keeps_its_place(world: CastWorld, cast: Cast) -> None:
    """Kenya's focal point reads Argentina's article 5 by a grant of its own, and nothing besides."""
    kenya = world.person("kenya")
    make_grant(kenya, Role.CONTRIBUTOR, f"{scope_of(world.argentina)}/art-5")
    assert cast.ask("kenya", GET, cast.address("responses:section", ARG_5)).status_code == 200
    assert cast.ask("kenya", GET, cast.address("responses:section", ARG_16)).status_code == 404
    assert cast.ask("kenya", GET, cast.address("responses:people", ARG)).status_code == 200
    assert cast.ask("kenya", GET, cast.address("responses:submit", ARG)).status_code == 403
    assert cast.ask("kenya", GET, cast.address("reports:gaps", ARG)).status_code == 404


def test_role_in_one_cycle_says_nothing_in_another(world: CastWorld, cast: Cast) -> None:
    """A scope is a path and not a beginning of letters."""
    stranger = world.person("stranger")
    for scope in (
        "/cycles/2026/untoc/ar",
        "/cycles/2026/untoc/argx",
        "/cycles/2025/untoc/arg",
        "/cycles/202",
        "/cycle",
    ):
        for role in (Role.FOCAL_POINT, Role.SECRETARIAT):
            make_grant(stranger, role, scope)
    assert opened(cast, "stranger") == set()
    assert cast.ask("stranger", GET, cast.address("responses:cycle", {"cycle": "2026"})).status_code == 404


# ── How requests are made ────────────────────────────────────────────────────────────────────────────────────────────


def test_script_of_nobody_is_told_401(world: CastWorld, cast: Cast) -> None:
    told = {}
    for row in (*RESPONSES, *REPORTS):
        # What everybody may read is told to scripts too.
        if row.who.split()[-1] in {"ok", "404"}:
            continue
        address = cast.address(row.name, resolved(world, row.arguments))
        told[row.title] = cast.ask("visitor", row.method, address, headers={"Accept": "application/json"}).status_code
    assert told == dict.fromkeys(told, 401)


def test_forms_without_their_token_are_refused(world: CastWorld, cast: Cast) -> None:
    """A form from another site does nothing, whoever is signed in."""
    told = {}
    for row in ROWS:
        words = row.who.split()
        if row.method == POST:
            role = ROLES[next((place for place, word in enumerate(words) if word in {"go", "ok"}), 0)]
            browser = Client(enforce_csrf_checks=True)
            browser.cookies["sessionid"] = cast.sessions.get(role, "")
            address = cast.address(row.name, resolved(world, row.arguments))
            before = counts()
            told[row.title] = ask(browser, POST, address, resolved(world, row.data)).status_code
            assert counts() == before
    assert told == dict.fromkeys(told, 403)


def test_head_is_told_what_get_is_told(world: CastWorld, cast: Cast) -> None:
    told = {}
    for row in (*RESPONSES, *REPORTS, *PUBLIC, *PEOPLE):
        words = row.who.split()
        if row.method == GET and "ok" in words:
            role = ROLES[words.index("ok")]
            with undone():
                if row.before is not None:
                    row.before(world)
                address = cast.address(row.name, resolved(world, row.arguments)) + row.query
                told[row.title] = cast.ask(role, "HEAD", address).status_code
    assert told == dict.fromkeys(told, 200)


def test_pages_of_people_are_kept_by_no_cache(world: CastWorld, cast: Cast) -> None:
    """A page behind sign-in is not found in the browser by the next person at the computer."""
    kept = {}
    for row in (*RESPONSES, *REPORTS, *PEOPLE, *SIGN_IN):
        words = row.who.split()
        if row.method == GET and "ok" in words and words[-1] == "in" and row.before is None:
            role = ROLES[words.index("ok")]
            reply = cast.ask(role, GET, cast.address(row.name, resolved(world, row.arguments)))
            if "no-store" not in reply.get("Cache-Control", ""):
                kept[row.title] = reply.get("Cache-Control", "")
    assert kept == {}


def test_files_are_downloads_that_no_browser_runs(world: CastWorld, cast: Cast) -> None:
    for name, arguments in (
        ("responses:file", {**ARG, "uuid": world.things["art16_file"]}),
        ("responses:receipt_file", {**ARG, "number": 1, "uuid": world.things["argentina_submitted_file"]}),
        ("responses:receipt_copy", {**ARG, "number": 1}),
        *(("reports:report_file", {**ARG, "form": form}) for form in ("json", "csv", "html", "docx", "pdf")),
    ):
        reply = cast.ask("focal", GET, cast.address(name, arguments))
        text_of(reply)
        assert (name, reply["Content-Disposition"].partition(";")[0], reply["X-Content-Type-Options"]) == (
            name, "attachment", "nosniff",
        )  # fmt: skip


def test_removed_file_stays_with_its_submission(world: CastWorld, cast: Cast) -> None:
    file = Evidence.objects.get(uuid=world.things["argentina_submitted_file"])
    address = cast.address("responses:remove_file", {**ARG, "uuid": file.uuid})
    assert cast.ask("focal", POST, address).status_code == 302
    assert cast.ask("focal", GET, cast.address("responses:file", {**ARG, "uuid": file.uuid})).status_code == 404
    kept = cast.ask("secretariat", GET, cast.address("responses:receipt_file", {**ARG, "number": 1, "uuid": file.uuid}))
    assert "the law of Argentina" in text_of(kept)


def test_conflict_is_settled_by_its_writer_or_by_whoever_declares_the_section(world: CastWorld, cast: Cast) -> None:
    address = cast.address("responses:conflict", response_of("arg", section="art-17", code=CONFLICT_CODE))
    aside = world.canaries.word("art-17", "aside")
    for role, sees in (("lead", True), ("focal", True), ("deputy", True), ("figures", False), ("reader", False)):
        assert (role, aside in text_of(cast.ask(role, GET, address))) == (role, sees)
    assert cast.ask("focal", POST, address, {"choice": "theirs"}).status_code == 302
    for role in ("lead", "focal"):
        assert aside not in text_of(cast.ask(role, GET, address))
