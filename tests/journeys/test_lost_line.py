"""Nothing that was typed is lost: the line, the server, the session, the tab. Looked at in the database itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.journeys.conftest import Site
from tests.journeys.people import Given, Somebody, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

CYCLE = "lost-line"
PLACE = f"/en/cycles/{CYCLE}/untoc/arg/"
FOCUS = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return {name: at.name || "", value: at.value || "", tag: at.tagName, text: at.textContent.trim().slice(0, 60),
          outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0};
}"""


@dataclass
class Desk:
    """The focal point at an article page, and the answers as the database holds them."""

    site: Site
    person: Somebody
    emails: dict[str, str]
    make: Callable[..., Somebody]

    @property
    def page(self) -> "Page":
        """The first tab."""
        return self.person.page

    def revisions(self, code: str) -> list[tuple[str, bool]]:
        """Texts of all revisions of an answer in their order, and whether each was set aside."""
        found = self.site.rows(
            "SELECT v.content->>'text', v.set_aside FROM responses_answerrevision v "
            "JOIN responses_response r ON r.id = v.response_id JOIN responses_cycle c ON c.id = r.cycle_id "
            "WHERE c.code = %s AND v.code = %s ORDER BY v.id",
            CYCLE,
            code,
        )
        return [(text or "", set_aside) for text, set_aside in found]


@pytest.fixture(scope="session")
def emails(site: Site) -> dict[str, str]:
    """A team in a cycle of its own."""
    return site.do("team", CYCLE)


@pytest.fixture
def desk(site: Site, emails: dict[str, str], somebody: Callable[..., Somebody]) -> Desk:
    """The focal point, signed in."""
    return Desk(site, somebody().sign_in(emails["focal_point"]), emails, somebody)


def sent(person: Somebody, action: Callable[["Route", int], Any]) -> list[int]:
    """Stands between the page and the saving; gives a list that grows with every request."""
    seen: list[int] = []

    def stand_between(route: "Route") -> None:
        seen.append(len(seen) + 1)
        action(route, len(seen))

    person.page.route(re.compile("/save/"), stand_between)
    return seen


def test_reply_lost_after_the_commit_is_no_second_revision_and_no_conflict(desk: Desk) -> None:
    def lose_the_first_reply(route: "Route", number: int) -> None:
        if number == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    code = "untoc.2.a.implementation"
    desk.person.go(PLACE + "art-2/")
    seen = sent(desk.person, lose_the_first_reply)
    desk.person.give(code, Given(text="Typed once."))
    desk.person.wait_until_saved()
    assert seen == [1, 2]
    assert desk.revisions(code) == [("Typed once.", False)]
    desk.person.give(code, Given(text="Typed twice."))
    desk.person.wait_until_saved()
    assert desk.revisions(code) == [("Typed once.", False), ("Typed twice.", False)]


def test_server_error_is_said_and_tried_again(desk: Desk) -> None:
    def fail_twice(route: "Route", number: int) -> None:
        if number <= 2:
            route.fulfill(status=500, body="broken")
        else:
            route.continue_()

    code = "untoc.2.b.implementation"
    desk.person.go(PLACE + "art-2/")
    seen = sent(desk.person, fail_twice)
    desk.person.give(code, Given(text="In spite of everything."))
    desk.person.card(code).and_(desk.page.locator('[data-state="waiting"]')).wait_for()
    assert "1 answer waits on this computer" in desk.page.locator("#line").inner_text()
    desk.person.wait_until_saved()
    assert seen == [1, 2, 3]
    assert desk.revisions(code) == [("In spite of everything.", False)]


def test_ended_session_keeps_the_text_and_the_page_goes_on_after_signing_in_beside_it(desk: Desk) -> None:
    desk.person.go(PLACE + "art-5/")
    code = str(desk.page.locator("[data-code]:has(textarea)").first.get_attribute("data-code"))
    desk.person.context.clear_cookies()
    desk.person.give(code, Given(text="Written after the session ended."))
    link = desk.page.locator("#line").get_by_role("link", name="Sign in in a new tab")
    link.wait_for()
    assert desk.revisions(code) == []
    with desk.person.context.expect_page() as coming:
        link.click()
    beside = coming.value
    beside.locator("[name=login]").fill(desk.emails["focal_point"])
    beside.locator("[name=password]").fill("correct horse battery staple")
    with beside.expect_navigation():
        beside.locator("form:has([name=password])").get_by_role("button", name="Sign in").click()
    desk.page.bring_to_front()
    desk.person.wait_until_saved()
    assert desk.page.locator(f'[name="{code}:text"]').input_value() == "Written after the session ended."
    assert desk.revisions(code) == [("Written after the session ended.", False)]


def test_closing_the_tab_warns_and_the_text_is_back_when_the_page_is_opened_again(desk: Desk) -> None:
    desk.person.go(PLACE + "art-6/")
    code = str(desk.page.locator("[data-code]:has(textarea)").first.get_attribute("data-code"))
    # A lost line that holds to the end: Chromium may let a last request out while an "offline" tab is closing.
    desk.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    # A browser asks only where somebody has really clicked or typed.
    desk.page.locator(f'[name="{code}:text"]').click()
    desk.page.keyboard.type("Not sent when the tab was closed.")
    desk.person.card(code).and_(desk.page.locator('[data-state="waiting"]')).wait_for()
    with desk.page.expect_event("dialog") as asked:
        desk.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    assert not desk.page.is_closed()
    # Now the tab goes without asking, as when the browser falls over.
    desk.page.close()
    assert desk.revisions(code) == []
    desk.person.page = desk.person.new_page()
    desk.person.go(PLACE + "art-6/")
    desk.person.wait_until_saved()
    assert desk.page.locator(f'[name="{code}:text"]').input_value() == "Not sent when the tab was closed."
    assert desk.revisions(code) == [("Not sent when the tab was closed.", False)]


def test_two_tabs_of_one_person_do_not_conflict_with_each_other(desk: Desk) -> None:
    code = "untoc.16.2.implementation"
    law = "untoc.16.measures.legislation"
    desk.person.go(PLACE + "art-16/")
    second = desk.person.new_page()
    second.goto(PLACE + "art-16/")
    desk.person.give(code, Given(values=("yes",), text="From the first tab."))
    desk.person.give(law, Given(rows=({"title": "Extradition Act"},)))
    desk.person.wait_until_saved()
    wait_for(
        lambda: second.locator(f'[name="{code}:text"]').input_value() == "From the first tab.",
        "the second tab shows what the first has saved",
    )
    assert second.locator(f'[name="{code}:value"][value=yes]').is_checked()
    assert second.locator(f'[name="{law}:rows-0-title"]').input_value() == "Extradition Act"
    second.locator(f'[name="{code}:text"]').fill("From the second tab.")
    second.locator(f'[name="{law}:rows-0-number"]').fill("24.767")
    desk.person.wait_until_saved(second)
    wait_for(
        lambda: desk.page.locator(f'[name="{code}:text"]').input_value() == "From the second tab.",
        "the first tab shows what the second has saved",
    )
    desk.person.give(code, Given(text="From the first tab again."))
    desk.person.wait_until_saved()
    kept = desk.revisions(code)
    assert [text for text, _aside in kept][-1] == "From the first tab again."
    assert [aside for _text, aside in kept] == [False] * len(kept)
    assert [aside for _text, aside in desk.revisions(law)] == [False] * len(desk.revisions(law))
    assert desk.site.rows(
        "SELECT w.fields->>'title', w.fields->>'number' FROM responses_answerrow w "
        "JOIN responses_response r ON r.id = w.response_id JOIN responses_cycle c ON c.id = r.cycle_id "
        "WHERE c.code = %s AND w.code = %s",
        CYCLE,
        law,
    ) == [("Extradition Act", "24.767")]


def test_another_tab_leaves_alone_what_is_being_typed(desk: Desk) -> None:
    code = "untoc.17.agreements.implementation"
    desk.person.go(PLACE + "art-17/")
    second = desk.person.new_page()
    second.goto(PLACE + "art-17/")
    second.route(re.compile("/save/"), lambda route: route.abort())
    second.locator(f'[name="{code}:text"]').fill("Being typed.")
    wait_for(lambda: desk.person.unsaved(second), "the second tab holds something")
    desk.person.give(code, Given(text="Saved first."))
    desk.person.wait_until_saved()
    assert second.locator(f'[name="{code}:text"]').input_value() == "Being typed."
    second.unroute_all()
    second.locator(f'[data-code="{code}"][data-state="conflict"]').wait_for()
    assert desk.revisions(code) == [("Saved first.", False), ("Being typed.", True)]


def test_three_questions_are_answered_by_keyboard_alone_and_focus_is_never_lost(desk: Desk) -> None:
    codes = ("untoc.18.1.implementation", "untoc.18.1.suspicion.implementation", "untoc.18.2.implementation")
    desk.person.go(PLACE + "art-18/")
    keyboard = desk.page.keyboard
    keyboard.press("Tab")
    assert desk.page.evaluate(FOCUS)["text"] == "Skip to the content"
    keyboard.press("Enter")

    def tab_to(name: str) -> None:
        for _step in range(60):
            keyboard.press("Tab")
            at = desk.page.evaluate(FOCUS)
            assert at["outline"], f"the focus cannot be seen on {at}"
            if at["name"] == name:
                return
        raise AssertionError(f"no way to {name} by keyboard")

    for number, code in enumerate(codes):
        tab_to(f"{code}:value")
        keyboard.press("Space")
        for _step in range(number):
            keyboard.press("ArrowDown")
        tab_to(f"{code}:text")
        keyboard.type(f"Typed without a mouse, {number}.")
        desk.person.wait_until_saved()
        at = desk.page.evaluate(FOCUS)
        assert (at["name"], at["value"]) == (f"{code}:text", f"Typed without a mouse, {number}.")
    stored = desk.site.rows(
        "SELECT a.code, a.content->>'value', a.content->>'text' FROM responses_answer a "
        "JOIN responses_response r ON r.id = a.response_id JOIN responses_cycle c ON c.id = r.cycle_id "
        "WHERE c.code = %s AND a.code = ANY(%s)",
        CYCLE,
        list(codes),
    )
    assert sorted(stored) == sorted(
        (code, value, f"Typed without a mouse, {number}.")
        for number, (code, value) in enumerate(zip(codes, ("yes", "in_part", "no"), strict=True))
    )


def test_questions_appear_and_go_with_the_answers_they_hang_on_and_progress_is_announced(desk: Desk) -> None:
    parent, child = "untoc.16.10.measures.nationals", "untoc.16.12.implementation"
    desk.person.go(PLACE + "art-16/")
    progress = desk.page.locator("#progress")
    assert progress.get_attribute("aria-live") == "polite"
    before = progress.inner_text()
    assert not desk.person.card(child).is_visible()
    desk.person.give(parent, Given(values=("some-cases",)))
    desk.person.card(child).wait_for(state="visible")
    wait_for(lambda: progress.inner_text() != before, "the progress is told")
    counted = re.compile(r"(\d+) of (\d+)")
    (answered, total), (then, of_all) = (
        [int(number) for number in counted.search(words).groups()]  # type: ignore[union-attr]
        for words in (before, progress.inner_text())
    )
    assert (then, of_all) == (answered + 1, total + 3)
    desk.person.give(parent, Given(values=("always",)))
    desk.person.card(child).wait_for(state="hidden")
    desk.page.reload()
    assert not desk.person.card(child).is_visible()
    sign = desk.person.card(parent).locator(".sign")
    assert sign.get_attribute("role") == "status"
    assert sign.inner_text().startswith("Saved")
