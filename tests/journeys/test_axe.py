"""Every page that somebody can open, in a real browser: axe finds nothing, nothing overflows, no script complains.

The pages are those of the table of access (``tests/access/table.py``), each opened by the first role that may, with the
strict content security policy in force: axe comes in beside the page, not through it. The browser lives in a thread of
its own; what it asks for is answered here, inside the transaction of the test, so that no server has to be started.

What is looked at, to keep it within minutes: in English everything on a wide screen, and on a narrow screen what
depends on the width; in Arabic everything on a wide screen but the contrast. Overflow is looked for in both at 320 and
at 360 pixels. In the dark (wide and narrow) and in Arabic the contrast is looked at by looks: it follows from the
colour, the size and the ground of a text, so a look that was found good is not measured again on the next page, and
what lies above what has been seen in English in the light.
"""

import mimetypes
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import override_settings
from tests.access.cast import ROLES, Cast, response_of
from tests.access.table import ARG, ARG_16, GET, PERSON, ROWS, Row
from tests.access.test_matrix import resolved
from tests.conftest import BROWSER_FLAGS
from tests.factories.world import CastWorld, standing_world, undone

from palermo.config.verify import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.xdist_group("axe"),
]
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
HOST = "http://localhost"
WIDE, NARROW, NARROWEST, HEIGHT = 1280, 360, 320, 800
PATIENCE = 120.0
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast"
BY_WIDTH = ["target-size", "scrollable-region-focusable", "color-contrast", "bypass", "region", "landmark-one-main"]
SAID = """bad => bad.id + ": " + bad.nodes.slice(0, 3).map(node =>
    node.target.join(" ") + " [" + node.failureSummary.split("\\n").slice(1, 2).join("").trim() + "]").join(" | ")"""
RUN = f"""async ({{tags, only, without}}) => {{
  const found = await axe.run(document, {{
    runOnly: only.length ? {{type: "rule", values: only}} : {{type: "tag", values: tags}},
    rules: Object.fromEntries(without.map(rule => [rule, {{enabled: false}}])),
    resultTypes: ["violations"], elementRef: false,
  }});
  return found.violations.map({SAID});
}}"""
# The contrast of texts that look as none did before; gives what is wrong, and the looks that were found good.
NEW_LOOKS = f"""async ({{good}}) => {{
  const known = new Set(good), grounds = new Map();
  const ground = it => {{
    if (!it) return {{stack: "", fade: 1}};
    if (!grounds.has(it)) {{
      const own = getComputedStyle(it), above = ground(it.parentElement);
      const covers = own.backgroundColor.startsWith("rgb(") && own.backgroundImage === "none";
      const colour = `${{own.backgroundColor}} ${{own.backgroundImage}} ${{own.filter}} ${{own.mixBlendMode}}`;
      grounds.set(it, {{stack: covers ? colour : `${{colour}} / ${{above.stack}}`, fade: above.fade * own.opacity}});
    }}
    return grounds.get(it);
  }};
  const look = it => {{
    const own = getComputedStyle(it), {{stack, fade}} = ground(it);
    const size = parseFloat(own.fontSize), bold = own.fontWeight >= 700;
    return [own.color, own.fill, own.textShadow, size >= 24 || bold && size >= 18.66, fade, stack].join(" ");
  }};
  const texts = [...document.querySelectorAll("body, body *")].filter(it =>
    it.matches("input, select, textarea") || [...it.childNodes].some(part => part.nodeType === 3 && part.data.trim()));
  const fresh = texts.filter(it => it.checkVisibility({{visibilityProperty: true}}) && !known.has(look(it)));
  if (!fresh.length) return {{bad: [], good: []}};
  const found = await axe.run({{include: fresh}}, {{
    runOnly: {{type: "rule", values: ["{CONTRAST}"]}}, resultTypes: ["violations", "passes"], elementRef: true,
  }});
  const passed = found.passes.flatMap(rule => rule.nodes.map(node => look(node.element)));
  const failed = new Set(found.violations.flatMap(rule => rule.nodes.map(node => look(node.element))));
  return {{bad: found.violations.map({SAID}), good: [...new Set(passed)].filter(one => !failed.has(one))}};
}}"""
OVERFLOW = """() => {
  const page = document.documentElement, room = page.clientWidth;
  if (page.scrollWidth <= room) return [];
  const out = [...document.querySelectorAll("body *")].filter(it => {
    const box = it.getBoundingClientRect();
    return box.width && (box.right > room + 1 || box.left < -1);
  });
  return ["wide by " + (page.scrollWidth - room), ...out.slice(0, 5).map(it =>
    it.tagName.toLowerCase() + (it.id ? "#" + it.id : "") + "." + it.className)];
}"""


@pytest.fixture(scope="module")
def whole_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[CastWorld]:
    """The world, for all pages."""
    with django_db_blocker.unblock(), standing_world() as world:
        yield world


@dataclass
class Wanted:
    """What a page asks for: the address, and where the answer goes."""

    role: str
    path: str
    answer: "Queue[dict[str, Any] | BaseException]" = field(default_factory=Queue)


@dataclass
class Done:
    """That a look has ended, and how."""

    found: list[str] | BaseException


class Visits:
    """A browser with a window for each person; what the pages ask for is answered by the application itself."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.complaints: list[str] = []
        self.row: Row | None = None
        self.posted: tuple[str, Any] | None = None
        self.good: dict[str, set[str]] = {"light": set(), "dark": set()}
        self._looks: Queue[Callable[[Browser], list[str]] | None] = Queue()
        self._inbox: Queue[Wanted | Done] = Queue()
        self._pages: dict[str, Page] = {}
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """All windows closed."""
        self._looks.put(None)
        self._thread.join(30)

    def look(self, look: "Callable[[Browser], list[str]]") -> list[str]:
        """Lets the browser look, and answers what it asks for meanwhile."""
        self.complaints.clear()
        self._looks.put(look)
        while True:
            came = self._inbox.get(timeout=PATIENCE)
            if isinstance(came, Done):
                if isinstance(came.found, BaseException):
                    raise came.found
                return [*dict.fromkeys(came.found), *self.complaints]
            try:
                came.answer.put(self._answer(came.role, came.path))
            except BaseException as error:
                came.answer.put(error)
                raise

    def _live(self) -> None:
        """The life of the browser's thread."""
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=BROWSER_FLAGS)
            while (look := self._looks.get()) is not None:
                try:
                    self._inbox.put(Done(look(browser)))
                except BaseException as error:
                    self._inbox.put(Done(error))
            browser.close()

    def page(self, browser: "Browser", role: str) -> "Page":
        """The window of this person, wide and in the light; in the browser's thread."""
        if role not in self._pages:
            context = browser.new_context(reduced_motion="reduce")
            # At the start of every document, so that the policy of the page stays as it is.
            context.add_init_script(path=AXE)
            context.route("**/*", lambda route: self._pass_on(route, role))
            page = self._pages[role] = context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda said: self._note(said.type, said.text))
        self._pages[role].set_viewport_size({"width": WIDE, "height": HEIGHT})
        self._pages[role].emulate_media(color_scheme="light")
        return self._pages[role]

    def contrast(self, page: "Page", scheme: str) -> list[str]:
        """What is wrong with the contrast of texts that look as none did before."""
        came = page.evaluate(NEW_LOOKS, {"good": sorted(self.good[scheme])})
        self.good[scheme].update(came["good"])
        return list(came["bad"])

    def _note(self, kind: str, text: str) -> None:
        # That a page of an error has its status is no complaint of a script.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)

    def _pass_on(self, route: "Route", role: str) -> None:
        wanted = Wanted(role, route.request.url.removeprefix(HOST))
        self._inbox.put(wanted)
        answer = wanted.answer.get(timeout=PATIENCE)
        if isinstance(answer, BaseException):
            route.abort()
        else:
            route.fulfill(**answer)

    def _answer(self, role: str, path: str) -> dict[str, Any]:
        """What the application says, or the file of a style or script."""
        if path.startswith("/static/"):
            found = finders.find(path.partition("?")[0].removeprefix("/static/"))
            if found is None:
                self.complaints.append(f"{path} is not there")
                return {"status": 404}
            kind = mimetypes.guess_type(str(found))[0] or "application/octet-stream"
            return {"body": Path(str(found)).read_bytes(), "content_type": kind}
        cache.clear()
        browser = self.cast.browser(role)
        with undone():
            if self.row is not None and self.row.before is not None:
                self.row.before(self.cast.world)
            if self.row is not None and self.row.came_by is not None and role == "visitor":
                self.row.came_by(self.cast.world, browser)
            if self.posted is not None and path == self.posted[0]:
                reply = browser.post(path, self.posted[1])
            else:
                reply = browser.get(path)
        return {"status": reply.status_code, "headers": dict(reply.headers), "body": reply.content}


@pytest.fixture(scope="module")
def visits(whole_world: CastWorld) -> Iterator[Visits]:
    """The browser, for all pages."""
    if chromium() is None:
        pytest.skip("Chromium is not installed (./palermo test --install fetches it)")
    # The last page is looked at long after the passwords were typed.
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=24 * 3600):
        made = Visits(Cast.of(whole_world))
        yield made
        made.close()


def ask(page: "Page", *, only: Sequence[str] = (), without: Sequence[str] = ()) -> list[str]:
    """What axe finds."""
    return list(page.evaluate(RUN, {"tags": TAGS, "only": list(only), "without": list(without)}))


def look(visits: Visits, role: str, address: str, *, right_to_left: bool = False) -> list[str]:
    """Everything that is wrong with a page."""

    def judge(browser: "Browser") -> list[str]:
        page = visits.page(browser, role)
        page.goto(HOST + address, wait_until="load")
        wide = ask(page, without=[CONTRAST] if right_to_left else [])
        found = [f"wide: {bad}" for bad in wide]
        if right_to_left:
            found += [f"wide: {bad}" for bad in visits.contrast(page, "light")]
        else:
            page.emulate_media(color_scheme="dark")
            found += [f"dark: {bad}" for bad in visits.contrast(page, "dark")]
            page.set_viewport_size({"width": NARROW, "height": HEIGHT})
            found += [f"dark and narrow: {bad}" for bad in visits.contrast(page, "dark")]
            page.emulate_media(color_scheme="light")
        for width in (NARROW, NARROWEST):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"at {width}: {bad}" for bad in page.evaluate(OVERFLOW)]
            if width == NARROW and not right_to_left:
                found += [f"narrow: {bad}" for bad in ask(page, only=BY_WIDTH)]
        return found

    return visits.look(judge)


def pages() -> list[Row]:
    """The rows that are pages: one of each address, and not a file, a piece of data or a variant of the same page."""
    data = {
        "health", "robots", "responses:receipt_copy", "responses:file", "mfa_login_webauthn",
        "mfa_download_recovery_codes", "site:open_data", "site:publications_feed",
    }  # fmt: skip
    seen: dict[str, Row] = {}
    for row in ROWS:
        if row.method == GET and "ok" in row.who.split() and row.name not in data and not row.name.endswith("_file"):
            seen.setdefault(row.name, row)
    return list(seen.values())


# Pages of which one and the same address looks different to others.
BESIDE = {
    "responses:hub": ["figures", "reader"],
    "responses:section": ["figures", "reader"],
    "responses:conflict": ["lead"],
    "responses:people": ["figures"],
    "site:desk": ["secretariat", "stranger"],
    "site:front": ["visitor"],
}


def visitors() -> list[tuple[Row, str]]:
    """Every page with those who look at it."""
    found = []
    for row in pages():
        first = next(role for role, word in zip(ROLES, row.who.split(), strict=True) if word == "ok")
        found += [(row, role) for role in (first, *BESIDE.get(row.name, []))]
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("row", "role"), visitors(), ids=lambda value: value.name if isinstance(value, Row) else value)
def test_page_is_open_to_everybody(
    whole_world: CastWorld, db: None, visits: Visits, row: Row, role: str, language: str
) -> None:
    visits.row, visits.posted = row, None
    address = visits.cast.address(row.name, resolved(whole_world, row.arguments), language)
    assert look(visits, role, address + row.query, right_to_left=language == "ar") == []


# Pages as they come back with something to put right.
RETURNED: tuple[tuple[str, Any, str, Any], ...] = (
    ("responses:hand_over", ARG, "focal", {**PERSON, "email": "none", "name": ""}),
    ("responses:invite_person", ARG, "focal", {"name": "A"}),
    ("responses:nominate", response_of("sen"), "secretariat", {"name": "A"}),
    ("responses:open_cycle", {}, "secretariat", {"code": "No Code"}),
    ("responses:invite_states", {"cycle": "2026"}, "secretariat", {"basis": "by_hand", "on": ""}),
    ("responses:help", ARG, "focal", {"text": ""}),
    ("responses:files", {**ARG_16, "code": "untoc.16.figures"}, "focal", {}),
    ("responses:section_comments", ARG_16, "lead", {"text": ""}),
    ("responses:save_section", ARG_16, "focal", {"untoc.16.measures.legislation:text": "long " * 5000}),
    ("parties:account", {}, "focal", {"name": ""}),
    ("account_login", {}, "visitor", {"login": "nobody@x.example", "password": "x"}),
)  # fmt: skip


@pytest.mark.parametrize("form", RETURNED, ids=lambda form: form[0])
def test_page_with_something_to_put_right_is_open_to_everybody(
    whole_world: CastWorld, db: None, visits: Visits, form: Any
) -> None:
    name, arguments, role, data = form
    address = visits.cast.address(name, arguments)
    visits.row, visits.posted = None, (address, data)
    assert look(visits, role, address) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("role", "name", "arguments", "status"),
    [
        ("stranger", "responses:hub", ARG, 404),
        ("reader", "responses:submit", ARG, 403),
        ("visitor", "parties:accept_invitation", {"token": "nothing"}, 404),
    ],
)
def test_page_of_an_error_is_open_to_everybody(
    whole_world: CastWorld, db: None, visits: Visits, role: str, name: str, arguments: Any, status: int, language: str
) -> None:
    address = visits.cast.address(name, arguments, language)
    assert visits.cast.ask(role, GET, address).status_code == status
    visits.row, visits.posted = None, None
    assert look(visits, role, address, right_to_left=language == "ar") == []


BAD = (
    "<!doctype html><html><title></title><body><img src=x><p style='color:#ccc;background:#fff'>faint</p>"
    "<p>strong</p><table width=900><tr><td>wide</table><script>void 0</script></body></html>"
)


def test_the_look_sees_what_is_wrong(whole_world: CastWorld, db: None, visits: Visits) -> None:
    """A page with every fault that is looked for, in the place of a real one."""

    def judge(browser: "Browser") -> list[str]:
        page = visits.page(browser, "visitor")
        policy = {"Content-Type": "text/html", "Content-Security-Policy": "script-src 'self'"}
        page.route("**/bad/", lambda route: route.fulfill(body=BAD, headers=policy))
        page.route("**/x", lambda route: route.abort())
        try:
            page.goto(f"{HOST}/bad/")
            found = [one.partition(":")[0] for one in ask(page)]
            found += [f"without it {one.partition(':')[0]}" for one in ask(page, without=[CONTRAST])]
            page.set_viewport_size({"width": NARROW, "height": HEIGHT})
            return [*found, *page.evaluate(OVERFLOW)]
        finally:
            page.unroute_all()

    found = visits.look(judge)
    expected = {"image-alt", CONTRAST, "html-has-lang", "document-title", f"wide by {900 + 8 - NARROW}"}
    assert expected - set(found) == set()
    assert "without it image-alt" in found
    assert f"without it {CONTRAST}" not in found
    assert [said for said in found if "Content Security Policy" in said] != []


def test_a_bad_look_is_seen_on_every_page_and_a_good_one_is_measured_once(
    whole_world: CastWorld, db: None, visits: Visits
) -> None:
    told: list[tuple[list[str], int]] = []

    def judge(browser: "Browser") -> list[str]:
        page = visits.page(browser, "visitor")
        page.route("**/bad/", lambda route: route.fulfill(body=BAD, headers={"Content-Type": "text/html"}))
        page.route("**/x", lambda route: route.abort())
        good: list[str] = []
        try:
            for _time in range(2):
                page.goto(f"{HOST}/bad/")
                came = page.evaluate(NEW_LOOKS, {"good": good})
                good += came["good"]
                told.append(([bad.partition(" [")[0] for bad in came["bad"]], len(came["good"])))
        finally:
            page.unroute_all()
        return []

    visits.look(judge)
    assert told == [([f"{CONTRAST}: p:nth-child(2)"], 2), ([f"{CONTRAST}: p:nth-child(2)"], 0)]
