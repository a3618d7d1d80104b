"""What is being made follows by itself: every two seconds, in the same page, for two minutes at most."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).resolve().parents[2] / "src/palermo/base/static/base/refresh.js"
GOING = (
    '<p role="status" id="line" data-refresh="part" data-follows="It follows." data-late="Too late.">Load again.</p>'
)
PAGE = '<!doctype html><title>t</title>{line}<div id="part">{part}</div><script src="/refresh.js"></script>'


@pytest.fixture
def served(page: "Page") -> dict[str, Any]:
    """A site of one page, whose text is changed by the test; it counts how often it was asked for."""
    site: dict[str, Any] = {"line": GOING, "part": '<a href="/a">one</a>', "asked": 0, "fails": False}

    def answer(route: Any) -> None:
        if route.request.url.endswith("refresh.js"):
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
            return
        site["asked"] += 1
        if site["fails"]:
            route.abort()
        else:
            route.fulfill(body=PAGE.format(**site), content_type="text/html")

    page.route("**/*", answer)
    page.clock.install()
    page.goto("http://palermo.example/")
    return site


def later(page: "Page", seconds: int) -> None:
    """Lets time go by, with time for each answer to come."""
    for _second in range(seconds):
        page.clock.run_for(1000)
        page.wait_for_timeout(5)


def test_part_follows_until_it_is_done_and_keeps_what_has_the_focus(page: "Page", served: dict[str, Any]) -> None:
    assert page.inner_text("#line") == "It follows."
    page.focus("#part a")
    served["part"] = '<b>new</b> <a href="/a">one</a>'
    later(page, 3)
    page.locator("#part b").wait_for()
    assert page.locator("#part a:focus").count() == 1
    assert page.inner_text("#line") == "It follows."
    served["line"] = '<p role="status" id="line">It is ready.</p>'
    later(page, 4)
    page.locator("#line", has_text="It is ready.").wait_for()
    asked = served["asked"]
    later(page, 6)
    assert served["asked"] == asked


def test_line_that_is_down_is_waited_for_and_after_two_minutes_nobody_asks(
    page: "Page", served: dict[str, Any]
) -> None:
    served["fails"] = True
    later(page, 130)
    page.locator("#line", has_text="Too late.").wait_for()
    asked = served["asked"]
    assert asked > 10
    later(page, 10)
    assert served["asked"] == asked


def test_page_on_which_nothing_is_made_asks_for_nothing(page: "Page", served: dict[str, Any]) -> None:
    served["line"] = '<p role="status" id="line">It is ready.</p>'
    page.reload()
    asked = served["asked"]
    later(page, 6)
    assert served["asked"] == asked
