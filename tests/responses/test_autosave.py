"""The script that saves as one types, in a real browser: lost lines, lost replies, ended sessions, two people."""

import re
import time
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.core.signals import request_finished, request_started
from tests.factories.responses import World, make_world, row, signed_in

from palermo.parties.models import User
from palermo.responses.models import Answer, AnswerRevision, Conflict

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFENCE = "quiz.1.1.implementation"
DIFFICULTIES = "quiz.1.1.difficulties"
LAWS = "quiz.1.1.measures"
TEXT = f'[name="{DIFFICULTIES}:text"]'
SIGN = f'[data-code="{DIFFICULTIES}"] .sign'


@pytest.fixture(autouse=True)
def asynchronous_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver of the browser runs an event loop in this thread; the database is used beside it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


class Desk:
    """A person's browser with the page of a section open."""

    def __init__(self, browser, server, world: World, user: User) -> None:
        self.world, self.server, self.user = world, server, user
        self.context = browser.new_context()
        self.sign_in(user)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.open()

    def sign_in(self, user: User) -> None:
        key = signed_in(user).cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": key, "url": self.server.url}])

    def open(self, section: str = "art-1") -> None:
        self.page.goto(self.server.url + self.world.url("section", section))

    def sign(self, text: str, code: str = DIFFICULTIES) -> None:
        from playwright.sync_api import expect

        expect(self.page.locator(f'[data-code="{code}"] .sign')).to_contain_text(text, timeout=15000)

    def state(self, state: str, code: str = DIFFICULTIES) -> None:
        from playwright.sync_api import expect

        expect(self.page.locator(f'[data-code="{code}"]')).to_have_attribute("data-state", state, timeout=15000)


class Traffic:
    """The requests that the server is working on: the tables are not emptied under the last of them."""

    def __init__(self) -> None:
        self.open, self.changed = 0, time.monotonic()

    def begin(self, **_rest: object) -> None:
        self.open, self.changed = self.open + 1, time.monotonic()

    def end(self, **_rest: object) -> None:
        self.open, self.changed = self.open - 1, time.monotonic()

    def wait_until_quiet(self) -> None:
        last = time.monotonic() + 20
        while (self.open > 0 or time.monotonic() - self.changed < 0.2) and time.monotonic() < last:
            time.sleep(0.02)


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    seen = Traffic()
    request_started.connect(seen.begin)
    request_finished.connect(seen.end)
    yield seen
    request_started.disconnect(seen.begin)
    request_finished.disconnect(seen.end)


@pytest.fixture
def world(live_server) -> World:
    return make_world()


@pytest.fixture
def desk(browser, live_server, world: World, traffic: Traffic) -> Iterator[Desk]:
    opened = Desk(browser, live_server, world, world.focal_point)
    yield opened
    # A tab that closes still sends what was typed; here it would arrive while the tables are being emptied.
    for page in opened.context.pages:
        page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    opened.context.close()
    traffic.wait_until_quiet()
    assert opened.errors == []


def text_of(code: str = DIFFICULTIES) -> str:
    return str(Answer.objects.get(question_id=code).content.get("text", ""))


def test_typing_saves_again_and_again_without_a_conflict_with_itself(desk: Desk) -> None:
    for words in ("One", "One two", "One two three"):
        desk.page.fill(TEXT, words)
        desk.page.wait_for_function(
            "([code, text]) => document.querySelector(`[data-code='${code}']`).dataset.state === 'saved'"
            " && document.activeElement.value === text",
            arg=[DIFFICULTIES, words],
        )
        desk.page.wait_for_timeout(1200)
    desk.sign("Saved")
    assert (text_of(), Answer.objects.get().revision, Conflict.objects.count()) == ("One two three", 3, 0)


def test_leaving_a_question_saves_at_once_and_counts(desk: Desk) -> None:
    desk.page.check(f'[name="{OFFENCE}:value"][value="no"]')
    desk.sign("Saved", OFFENCE)
    assert desk.page.inner_text("#progress") == "1 of 10 questions answered"
    assert desk.page.is_hidden('[data-asked="quiz.1.1.measures.model"]')
    desk.page.check(f'[name="{OFFENCE}:value"][value="yes"]')
    desk.page.wait_for_selector('[data-asked="quiz.1.1.measures.model"]', state="visible")
    assert desk.page.inner_text(".rail [aria-current] .tag") == "1/11"


def test_line_that_drops_is_said_and_nothing_is_lost(desk: Desk) -> None:
    desk.context.set_offline(True)
    desk.page.fill(TEXT, "Typed while the line was down.")
    desk.state("waiting")
    line = desk.page.locator("#line")
    assert line.inner_text() == "Not yet saved: the line is down. 1 answer waits on this computer."
    desk.page.fill(TEXT, "Typed while the line was down, and more.")
    desk.context.set_offline(False)
    desk.state("saved")
    desk.page.wait_for_timeout(1500)
    assert line.inner_text() == "The line is back. Everything is saved."
    assert text_of() == "Typed while the line was down, and more."
    assert desk.page.evaluate("localStorage.length") == 0


def test_reply_lost_after_the_commit_makes_no_conflict(desk: Desk) -> None:
    lost = []

    def lose_first(route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    desk.page.route("**/save/**", lose_first)
    desk.page.fill(TEXT, "Committed, but the reply was lost.")
    desk.state("waiting")
    desk.page.fill(TEXT, "Committed, but the reply was lost. And more.")
    desk.state("saved")
    desk.page.wait_for_timeout(2500)
    assert lost == [200]
    assert text_of() == "Committed, but the reply was lost. And more."
    assert Conflict.objects.count() == 0


def test_server_error_is_tried_again(desk: Desk) -> None:
    seen = []

    def fail_twice(route) -> None:
        seen.append(route.request.method)
        if len(seen) <= 2:
            route.fulfill(status=500, body="")
        else:
            route.continue_()

    desk.page.route("**/save/**", fail_twice)
    desk.page.fill(TEXT, "Third time lucky.")
    desk.state("saved")
    assert (text_of(), seen) == ("Third time lucky.", ["POST"] * 3)


def test_tab_closed_while_the_line_is_down_offers_nothing_but_saves_after_return(desk: Desk) -> None:
    desk.context.set_offline(True)
    desk.page.fill(TEXT, "Kept on this computer.")
    desk.state("waiting")
    desk.page.close(run_before_unload=False)
    desk.context.set_offline(False)
    desk.page = desk.context.new_page()
    desk.open()
    desk.state("saved")
    assert desk.page.input_value(TEXT) == "Kept on this computer."
    assert text_of() == "Kept on this computer."


def test_text_kept_here_is_sent_from_any_page_of_the_response(desk: Desk) -> None:
    desk.context.set_offline(True)
    desk.page.fill(TEXT, "Kept on this computer.")
    desk.state("waiting")
    desk.page.close(run_before_unload=False)
    desk.context.set_offline(False)
    desk.page = desk.context.new_page()
    desk.open("art-2")
    desk.page.wait_for_function("() => localStorage.length === 0")
    assert text_of() == "Kept on this computer."


def test_text_kept_here_is_offered_back_if_the_answer_changed_and_both_are_kept(desk: Desk, world: World) -> None:
    desk.context.set_offline(True)
    desk.page.fill(TEXT, "Mine, kept here.")
    desk.state("waiting")
    desk.page.close(run_before_unload=False)
    world.save(DIFFICULTIES, by=world.contributor(name="Juan Pérez"), text="Theirs, saved meanwhile.")
    desk.context.set_offline(False)
    desk.page = desk.context.new_page()
    desk.open()
    assert desk.page.inner_text(".offer blockquote") == "Mine, kept here."
    desk.page.click(".offer button >> text=Put it back")
    desk.state("conflict")
    assert text_of() == "Theirs, saved meanwhile."
    assert Conflict.objects.get().mine.content["text"] == "Mine, kept here."


def test_ended_session_goes_on_after_signing_in_again(desk: Desk) -> None:
    Session.objects.all().delete()
    desk.page.fill(TEXT, "The session has ended.")
    desk.state("waiting")
    assert desk.page.inner_text("#line") == (
        "Your session has ended; your text is kept on this computer. Sign in in a new tab, then this page goes on. "
        "Sign in in a new tab"
    )
    desk.sign_in(desk.user)
    desk.state("saved")
    assert text_of() == "The session has ended."


def test_somebody_else_signing_in_saves_nothing_in_their_name(desk: Desk, world: World) -> None:
    desk.sign_in(world.contributor(name="Juan Pérez"))
    desk.page.fill(TEXT, "Written by the one who left.")
    desk.state("failed")
    assert desk.page.inner_text("#line") == "Somebody else has signed in on this computer. Your text is kept for you."
    assert not Answer.objects.exists()
    assert desk.page.evaluate("localStorage.length") == 1


def test_two_people_at_once_keep_both_texts_and_are_led_to_the_conflict(desk: Desk, world: World) -> None:
    world.save(DIFFICULTIES, by=world.contributor(name="Juan Pérez"), text="Theirs.")
    desk.page.fill(TEXT, "Mine.")
    desk.state("conflict")
    desk.page.click(f'[data-code="{DIFFICULTIES}"] .sign a')
    desk.page.wait_for_url("**/conflict/")
    assert "Theirs." in desk.page.inner_text(".sides")
    desk.page.click("button >> text=Put mine in its place")
    desk.page.wait_for_url(re.compile(r".*/art-1/#q-"))
    assert text_of() == "Mine."


def test_rows_are_added_and_removed_without_a_reload(desk: Desk) -> None:
    desk.page.fill(f'[name="{LAWS}:rows-0-title"]', "Penal Code")
    desk.page.click(f'[data-code="{LAWS}"] [name="add"]')
    desk.page.keyboard.type("Code of Procedure")
    desk.page.focus(TEXT)
    desk.page.wait_for_timeout(1500)
    titles = [row["title"] for row in Answer.objects.get(question_id=LAWS).content["rows"]]
    assert titles == ["Penal Code", "Code of Procedure"]
    desk.page.check(f'[name="{LAWS}:rows-0-remove"]')
    desk.page.wait_for_timeout(1500)
    titles = [row["title"] for row in Answer.objects.get(question_id=LAWS).content["rows"]]
    assert titles == ["Code of Procedure"]


def test_row_keeps_its_identity_while_it_is_edited(desk: Desk) -> None:
    for words in ("Penal", "Penal Code"):
        desk.page.fill(f'[name="{LAWS}:rows-0-title"]', words)
        desk.page.focus(TEXT)
        desk.page.wait_for_timeout(1200)
    rows = [revision.content["rows"] for revision in AnswerRevision.objects.order_by("number")]
    assert [[cell["title"] for cell in found] for found in rows] == [["Penal"], ["Penal Code"]]
    assert rows[0][0]["uuid"] == rows[1][0]["uuid"]


def test_wrong_number_is_kept_and_said_where_it_is(desk: Desk) -> None:
    name = '[name="quiz.1.1.practice.share:value"]'
    desk.page.fill(name, "many")
    desk.page.focus(TEXT)
    desk.page.wait_for_selector(f'{name}[aria-invalid="true"]')
    described = desk.page.get_attribute(name, "aria-describedby").split()[-1]
    assert desk.page.inner_text(f"#{described}") == (
        "“many” is not a number. It is kept as typed; write digits only, for example 1250 or 12.5."
    )
    desk.page.fill(name, "12")
    desk.page.focus(TEXT)
    desk.page.wait_for_selector(f"{name}:not([aria-invalid])")
    assert desk.page.inner_text(f"#{described}") == ""


def test_following_a_link_waits_for_what_was_just_typed(desk: Desk) -> None:
    desk.page.fill(TEXT, "Just typed.")
    desk.page.click("text=Next: 2. Section art-2")
    desk.page.wait_for_url("**/art-2/")
    assert text_of() == "Just typed."


def test_page_warns_before_it_is_left_with_unsaved_text(desk: Desk) -> None:
    asked = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desk.page.route("**/save/**", lambda route: route.abort())
    desk.page.click(TEXT)
    desk.page.keyboard.type("Not saved.")
    desk.state("waiting")
    desk.page.close(run_before_unload=True)
    desk.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_assistance_asks_for_requests_only_where_it_is_wanted(desk: Desk, world: World) -> None:
    rows = '[data-code="quiz.1.1.assistance"] [data-rows]'
    assert desk.page.is_hidden(rows)
    desk.page.check('[name="quiz.1.1.assistance:value"][value="yes"]')
    assert desk.page.is_visible(rows)
    desk.page.check('[name="quiz.1.1.assistance:value"][value="no"]')
    assert desk.page.is_hidden(rows)


def test_page_works_by_keyboard_alone(desk: Desk) -> None:
    desk.page.focus(f'[name="{OFFENCE}:value"][value="yes"]')
    desk.page.keyboard.press("Space")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Tab")
    desk.sign("Saved", OFFENCE)
    assert Answer.objects.get().content == {"value": "in_part"}


def test_empty_row_waits_behind_its_button_where_there_are_rows(desk: Desk, world: World) -> None:
    world.save("quiz.1.1.practice.cases", rows=(row("", title="The case"),))
    desk.open()
    assert desk.page.is_hidden('[name="quiz.1.1.practice.cases:rows-1-title"]')
    desk.page.click('[data-code="quiz.1.1.practice.cases"] [name="add"]')
    desk.page.keyboard.type("Another case")
    desk.page.focus(TEXT)
    desk.page.wait_for_timeout(1500)
    assert len(Answer.objects.get().content["rows"]) == 2
