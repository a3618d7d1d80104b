"""People at a browser, and the part of a story that is told quickly: what they do on pages, with or without scripts.

Run as a module in a prepared world it makes people and answers through the project's own actions, as a child process:
``python -m tests.journeys.people officer`` and so on; what it prints last is JSON.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.journeys.stage import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

PATIENCE = 20.0
SEED = 2026


# --- answers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What somebody gives as an answer on a page."""

    values: tuple[str, ...] = ()
    text: str = ""
    typed: str = ""
    """What goes into the one field of a number or a date."""
    rows: tuple[Mapping[str, str], ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    """Figures: ``{"received-2024": "12"}``; a dash stands for *not collected*."""


def code_id(code: str) -> str:
    """The id of a question's card."""
    return f"q-{code.replace('.', '-')}"


# --- a person ----------------------------------------------------------------------------------------------------


class Somebody:
    """A person with a browser of their own; knows how to do what the pages offer."""

    def __init__(self, browser: Browser, base: str, *, scripts: bool, **options: Any) -> None:
        self.scripts = scripts
        self.base = base
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=base, java_script_enabled=scripts, accept_downloads=True, **options
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        """Another tab; what its scripts complain about is kept."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._note(said.type, said.text))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "Content Security Policy" in text:
            self.complaints.append(text)

    def close(self) -> None:
        """Go away."""
        self.context.close()

    # Pages

    def go(self, address: str, status: int = 200) -> Somebody:
        """Open an address, which must answer with the status."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}\n{self.words()[:1500]}"
        return self

    def words(self) -> str:
        """What can be read in the main part of the page."""
        return self.page.locator("main").inner_text()

    def heading(self) -> str:
        """The first heading."""
        return self.page.locator("h1").inner_text()

    def notices(self) -> list[str]:
        """The messages above the page."""
        return [text.strip() for text in self.page.locator(".messages .notice").all_inner_texts()]

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press a button and wait for the page that follows."""
        self._follow((within or self.page).get_by_role("button", name=name, exact=within is None))

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow a link."""
        self._follow((within or self.page).get_by_role("link", name=name).first)

    def _follow(self, what: Locator) -> None:
        with self.page.expect_navigation(wait_until="load"):
            what.click()

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label).first.fill(text)

    def open_details(self, summary: str) -> None:
        """Open what stands behind a line."""
        self.page.locator("details:not([open]) > summary", has_text=summary).first.click()

    def download(self, what: Locator) -> bytes:
        """Take a file."""
        with self.page.expect_download() as coming:
            what.click()
        path: Path = coming.value.path()
        return path.read_bytes()

    # The account

    def sign_in(self, email: str, password: str = PASSWORD) -> Somebody:
        """Come in by the form."""
        self.go("/en/account/sign-in/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(password)
        self.press("Sign in", within=self.page.locator("form:has([name=password])"))
        assert "/sign-in/" not in self.page.url, self.words()
        return self

    def sign_out(self) -> None:
        """Leave."""
        self.page.locator("details.menu > summary").click()
        self.press("Sign out")

    def accept(self, link: str, name: str, password: str = PASSWORD) -> None:
        """Open the link of an invitation, choose a password, and accept."""
        self.go(link)
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("[name=repeated]").fill(password)
        self.press("Accept the invitation")

    # Answering

    def card(self, code: str) -> Locator:
        """The card of a question."""
        return self.page.locator(f'[data-code="{code}"]')

    def give(self, code: str, given: Given) -> None:
        """Fill in an answer as one does with mouse and keyboard; nothing waits for its saving."""
        card = self.card(code)
        for value in given.values:
            card.locator(f'[name="{code}:value"][value="{value}"]').check()
        if given.typed:
            card.locator(f'[name="{code}:value"]').fill(given.typed)
        for number, row in enumerate(given.rows):
            for name, text in row.items():
                spot = card.locator(f'[name="{code}:rows-{number}-{name}"]')
                if not spot.count():
                    self._add_row(code)
                if spot.evaluate("spot => spot.tagName") == "SELECT":
                    spot.select_option(text)
                else:
                    spot.fill(text)
        for cell, number_typed in given.cells.items():
            if number_typed == "-":
                card.locator(f'[name="{code}:nc-{cell}"]').check()
            else:
                card.locator(f'[name="{code}:cell-{cell}"]').fill(number_typed)
        if given.text:
            card.locator(f'[name="{code}:text"]').fill(given.text)

    def _add_row(self, code: str) -> None:
        button = self.card(code).locator("button[name=add]")
        if self.scripts:
            button.click()
        else:
            self._follow(button)

    def keep(self) -> None:
        """Until everything typed is saved: by waiting, or by the button."""
        if self.scripts:
            self.wait_until_saved()
        else:
            self.press("Save everything")

    def unsaved(self, page: Page | None = None) -> bool:
        """Whether the page says that something is not yet saved."""
        return bool((page or self.page).evaluate("() => window.palermo.unsaved.some((reason) => reason())"))

    def wait_until_saved(self, page: Page | None = None) -> None:
        """Wait for the script of the page."""
        wait_for(lambda: not self.unsaved(page), "everything is saved")

    def answer(self, plan: Mapping[str, Given], most_waves: int = 4) -> None:
        """Answer all these questions, those that appear on the way included; each wave is saved."""
        left = dict(plan)
        for _wave in range(most_waves):
            there = [code for code in left if self.card(code).is_visible()]
            for code in there:
                self.give(code, left.pop(code))
            self.keep()
            if not left:
                return
        raise AssertionError(f"These questions never appeared: {sorted(left)}")


def wait_for(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def link_in(body: str) -> str:
    """The link of an invitation in a mail."""
    found = re.search(r"https?://\S+/invitations/\S+", body)
    assert found is not None, body
    return found.group()


# --- child process -----------------------------------------------------------------------------------------------


def make_officer() -> dict[str, Any]:
    """The Secretariat's officer, and a generated treaty status to invite by."""
    from palermo.parties.actions import create_user, grant_role
    from palermo.parties.logic.roles import Role
    from palermo.treaties.actions import generate_status

    email = "officer@secretariat.example"
    officer = create_user(by=None, email=email, name="Elena Marković", institution="Secretariat", password=PASSWORD)
    grant_role(by=None, user=officer, role=Role.SECRETARIAT, scope="/cycles")
    generate_status(by=None, seed=SEED)
    return {"email": email}


def make_team(cycle: str) -> dict[str, Any]:
    """A cycle in which Argentina has a focal point and a deputy at work."""
    from palermo.parties.actions import create_user, grant_role
    from palermo.parties.logic.roles import Role
    from palermo.parties.models import Party, User
    from palermo.questionnaires.models import Questionnaire
    from palermo.responses.actions import cycles
    from palermo.responses.logic.scopes import response_scope

    officer = User.objects.get(email="officer@secretariat.example")
    untoc = Questionnaire.objects.get(code="untoc")
    opened = cycles.open_cycle(
        by=officer,
        code=cycle,
        texts={"en": {"title": f"Cycle {cycle}"}},
        due_on=datetime.date.today() + datetime.timedelta(days=100),
        first_year=2023,
        last_year=2025,
        questionnaires=[untoc],
    )
    party = Party.objects.get(code="ARG")
    cycles.invite_states(by=officer, cycle=opened, questionnaire=untoc, parties_invited=[party])
    emails = {}
    for role, name in ((Role.FOCAL_POINT, "Lucía Fernández"), (Role.DEPUTY, "Martín Sosa")):
        email = f"{role.value}@{cycle}.example"
        person = create_user(by=None, email=email, name=name, institution="Ministry of Justice", password=PASSWORD)
        scope = response_scope(cycle=cycle, questionnaire="untoc", party="arg")
        grant_role(by=None, user=person, role=role, scope=scope)
        emails[role.value] = email
    return emails


def fill(cycle: str, email: str, leave: Sequence[str]) -> dict[str, Any]:
    """Answer every section with generated answers and declare it complete, but for the sections to leave."""
    from django.utils import timezone

    from palermo.parties.models import User
    from palermo.responses.actions import answers, workflow
    from palermo.responses.logic.content import Content
    from palermo.responses.logic.content import Given as Stored
    from palermo.responses.models import Response
    from palermo.responses.queries.state import spec_of
    from palermo.site.logic.generated import Manner, generate_answers

    person = User.objects.get(email=email)
    response = Response.objects.select_related("cycle", "questionnaire__instrument", "party").get(
        cycle__code=cycle, questionnaire__code="untoc", party__code="ARG"
    )
    spec = spec_of(response)
    wanted = [section for section in spec.sections if section.code not in leave]
    codes = {question.code for section in wanted for question in section.questions}
    generated = generate_answers(
        spec,
        key=f"{cycle}/arg",
        years=response.cycle.years,
        manner=Manner(language="en", fulfilled=0.6, finished=frozenset(section.code for section in wanted)),
        seed=SEED,
        today=timezone.localdate(),
    )
    given_already = {code for code, (revision, _content) in answers.contents_now(response, codes).items() if revision}
    answers.import_answers(
        by=person,
        response=response,
        spec=spec,
        given=[item for item in generated if item.code in codes - given_already],
    )
    for _round in range(10):
        progress = workflow.progress_of(response, spec, declared=())
        missing = [code for section in wanted for code in progress[section.code].missing]
        if not missing:
            break
        there = answers.contents_now(response, missing)
        nothing = Content(cannot_answer=True, reason="The information is being gathered.")
        given = [Stored(code, content=nothing, base=there.get(code, (0, nothing))[0]) for code in missing]
        answers.import_answers(by=person, response=response, spec=spec, given=given)
    for section in wanted:
        workflow.declare_section(by=person, response=response, spec=spec, section=section.code)
    return {"sections": [section.code for section in wanted], "answers": len(codes)}


def report_states(cycle: str, *wanted: str) -> dict[str, Any]:
    """Replies of invited States, with generated answers: so many of each regional group, as in ``african=3``.

    Gives who was invited and who has replied, by group, and a focal point of one State that has replied and of two
    that have not.
    """
    from django.utils import timezone

    from palermo.parties.actions import create_user, grant_role
    from palermo.parties.logic.roles import Role
    from palermo.parties.models import User
    from palermo.parties.queries import groups_of
    from palermo.questionnaires.models import Questionnaire
    from palermo.responses.actions.archive import Item, import_submissions
    from palermo.responses.models import Cycle, Response
    from palermo.responses.queries.state import scope_of, spec_of
    from palermo.site.logic.generated import Manner, generate_answers

    officer = User.objects.get(email="officer@secretariat.example")
    opened, untoc = Cycle.objects.get(code=cycle), Questionnaire.objects.get(code="untoc")
    responses = list(
        Response.objects.filter(cycle=opened).select_related("cycle", "questionnaire", "party").order_by("party__code")
    )
    groups = groups_of([response.party for response in responses], kind="un-group")
    by_group: dict[str, list[Any]] = {}
    for response in responses:
        group = next((found.code for found in groups.get(response.party_id, ())), "-")
        by_group.setdefault(group, []).append(response)
    counts = {group: int(number) for group, _is, number in (word.partition("=") for word in wanted)}
    chosen = [response for group, number in counts.items() for response in by_group[group][:number]]
    spec = spec_of(responses[0])
    items = [
        Item(
            party=response.party,
            invited_at=response.invited_at,
            given=generate_answers(
                spec,
                key=f"{cycle}/{response.party.code.lower()}",
                years=opened.years,
                manner=Manner(
                    language="en", fulfilled=0.5, finished=frozenset(section.code for section in spec.sections)
                ),
                seed=SEED,
                today=timezone.localdate(),
            ),
            submitted_at=timezone.now(),
        )
        for response in chosen
    ]
    Response.objects.filter(pk__in=[response.pk for response in chosen]).delete()
    import_submissions(by=officer, cycle=opened, questionnaire=untoc, items=items)
    silent = [response for response in responses if response not in chosen]
    people = {}
    for response in (chosen[0], *silent[:2]):
        code = response.party.code.lower()
        email = f"focal@{code}.{cycle}.example"
        user = create_user(
            by=None, email=email, name=f"Focal Point of {code.upper()}", party=response.party, password=PASSWORD
        )
        grant_role(by=None, user=user, role=Role.FOCAL_POINT, scope=scope_of(response))
        people[code] = email
    return {
        "invited": {group: [r.party.code.lower() for r in found] for group, found in by_group.items()},
        "replied": [response.party.code.lower() for response in chosen],
        "silent": [response.party.code.lower() for response in silent],
        "people": people,
    }


def fill_paper(cycle: str, party: str) -> dict[str, Any]:
    """What the officer would type from paper, in one go: every section answered and declared on behalf of the State."""
    from django.utils import timezone

    from palermo.parties.models import User
    from palermo.responses.actions import answers, workflow
    from palermo.responses.logic.content import Content
    from palermo.responses.logic.content import Given as Stored
    from palermo.responses.models import Channel, Response
    from palermo.responses.queries.state import spec_of
    from palermo.site.logic.generated import Manner, generate_answers

    officer = User.objects.get(email="officer@secretariat.example")
    response = Response.objects.select_related("cycle", "questionnaire__instrument", "party").get(
        cycle__code=cycle, questionnaire__code="untoc", party__code=party.upper()
    )
    spec = spec_of(response)
    generated = generate_answers(
        spec,
        key=f"{cycle}/{party}",
        years=response.cycle.years,
        manner=Manner(language="en", fulfilled=0.5, finished=frozenset(section.code for section in spec.sections)),
        seed=SEED,
        today=timezone.localdate(),
    )
    paper = {"channel": Channel.PAPER, "on_behalf_of": response.party.code}
    there = answers.contents_now(response, list(spec.questions))
    answers.import_answers(
        by=officer,
        response=response,
        spec=spec,
        given=[item for item in generated if not there.get(item.code, (0, None))[0]],
        **paper,
    )
    for _round in range(10):
        progress = workflow.progress_of(response, spec, declared=())
        missing = [code for section in spec.sections for code in progress[section.code].missing]
        if not missing:
            break
        there = answers.contents_now(response, missing)
        nothing = Content(cannot_answer=True, reason="The paper does not say.")
        given = [Stored(code, content=nothing, base=there.get(code, (0, nothing))[0]) for code in missing]
        answers.import_answers(by=officer, response=response, spec=spec, given=given, **paper)
    for section in spec.sections:
        workflow.declare_section(by=officer, response=response, spec=spec, section=section.code)
    return {}


def main(arguments: Sequence[str]) -> Any:
    """One deed by its name."""
    import django

    django.setup()
    name, *rest = arguments
    deeds: dict[str, Callable[..., Any]] = {
        "officer": make_officer,
        "team": make_team,
        "fill": lambda cycle, email, *leave: fill(cycle, email, leave),
        "report": report_states,
        "paper": fill_paper,
    }
    return deeds[name](*rest)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
