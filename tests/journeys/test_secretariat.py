"""The Secretariat's desk from beginning to end in a real browser: who reports, what is needed, what a document says."""

import datetime
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pypdf
import pytest
from tests.journeys.conftest import Site
from tests.journeys.people import Given, Somebody, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

CYCLE = "2009-desk"
PARTIES_ON = "2009-10-01"
# So many replies of each regional group; one more comes on paper.
REPLIES = {"african": 6, "asia-pacific": 5, "eastern-european": 4, "grulac": 3, "weog": 2}
WORDS = {"en": "Technical assistance", "fr": "assistance technique", "ar": "المساعدة التقنية"}


def test_secretariat_goes_from_the_invitation_to_a_figure_in_a_document_and_back(
    site: Site, somebody: Callable[..., Somebody], tmp_path: Path
) -> None:
    officer = somebody().sign_in(site.officer)
    invited = open_the_cycle(site, officer)
    told = site.do("report", CYCLE, *(f"{group}={number}" for group, number in REPLIES.items()))
    assert sorted(code for codes in told["invited"].values() for code in codes) == invited
    first, *asking = told["people"]
    ask_for_help(site, officer, somebody, {code: told["people"][code] for code in asking})
    paper = next(code for code in told["silent"] if code not in asking)
    enter_paper(site, officer, paper)
    clarify(site, officer, somebody, first, told["people"][first])
    replied = [*told["replied"], paper]
    pass_the_deadline(site, officer, len(invited) - len(replied))
    compare_rates(officer, told["invited"], replied)
    make_documents(officer, tmp_path, replied)


def open_the_cycle(site: Site, officer: Somebody) -> list[str]:
    """A cycle to the parties of a day in the past; the form says how many they are before anybody is asked."""
    page = officer.page
    officer.go("/en/cycles/open/")
    officer.fill("Code", CYCLE)
    officer.fill("Title in English", "Reporting cycle of 2009")
    page.locator("[name=due_on]").fill((datetime.date.today() + datetime.timedelta(days=40)).isoformat())
    page.locator("[name=first_year]").fill("2023")
    page.locator("[name=last_year]").fill("2025")
    page.locator("[name=questionnaires]").check()
    officer.press("Open the cycle")
    officer.follow("Invite States")
    page.locator("[name=basis][value=deposited]").check()
    page.locator("[name=on]").fill(PARTIES_ON)
    officer.press("Show who would be invited")
    # Counted a second time from the acts themselves.
    there = site.rows(
        "SELECT DISTINCT lower(p.code) FROM treaties_statusact a JOIN parties_party p ON p.id = a.party_id "
        "JOIN treaties_instrument i ON i.id = a.instrument_id "
        "WHERE i.code = 'untoc' AND a.act_class = 'consent' AND a.\"on\" <= %s AND a.withdrawn_at IS NULL ORDER BY 1",
        datetime.date.fromisoformat(PARTIES_ON),
    )
    parties = [code for (code,) in there]
    assert str(len(parties)) in officer.words()
    officer.press("Invite these States")
    asked = site.rows(
        "SELECT lower(p.code) FROM responses_response r JOIN parties_party p ON p.id = r.party_id "
        "JOIN responses_cycle c ON c.id = r.cycle_id WHERE c.code = %s ORDER BY 1",
        CYCLE,
    )
    assert [code for (code,) in asked] == parties
    return parties


def ask_for_help(site: Site, officer: Somebody, somebody: Callable[..., Somebody], people: dict[str, str]) -> None:
    """Two States ask for help to report; the Secretariat sees it at once and takes one up."""
    for code, email in people.items():
        person = somebody().sign_in(email)
        person.go(f"/en/cycles/{CYCLE}/untoc/{code}/help/")
        person.page.locator("[name=text]").fill(f"We need help to collect figures ({code}).")
        person.press("Send to the Secretariat now")
    officer.go("/en/cycles/help/")
    assert [f"figures ({code})" in officer.words() for code in people] == [True, True]
    officer.page.get_by_role("button", name="Take up").first.click()
    wait_for(
        lambda: site.rows("SELECT count(*) FROM responses_helprequest WHERE answered_at IS NOT NULL")[0][0] == 1,
        "one request is taken up",
    )


def enter_paper(site: Site, officer: Somebody, party: str) -> None:
    """A State sent paper: the note goes on record, the answers are entered and submitted on its behalf."""
    place = f"/en/cycles/{CYCLE}/untoc/{party}/"
    officer.go(place, status=404)
    officer.go(place + "notes/record/")
    page = officer.page
    page.locator("[name=direction][value=received]").check()
    page.locator("[name=reference]").fill("NV/2009/17")
    page.locator("[name=dated_on]").fill(datetime.date.today().isoformat())
    officer.press("Put on record")
    officer.go(place + "paper/")
    officer.press("Begin to enter")
    officer.go(place + "art-5/")
    code = "untoc.5.1.a.i.implementation"
    officer.give(code, Given(values=("yes",), text="As the paper says."))
    officer.wait_until_saved()
    kept = site.rows(
        "SELECT v.channel, v.on_behalf_of, v.by_name FROM responses_answerrevision v "
        "JOIN responses_response r ON r.id = v.response_id JOIN responses_cycle c ON c.id = r.cycle_id "
        "JOIN parties_party p ON p.id = r.party_id WHERE c.code = %s AND v.code = %s AND lower(p.code) = %s",
        CYCLE,
        code,
        party,
    )
    assert {(channel, behalf) for channel, behalf, _by in kept} == {("paper", party.upper())}
    site.do("paper", CYCLE, party)
    officer.go(place + "submit/")
    officer.press("Clear the response")
    page.locator("[name=confirmed]").check()
    officer.press("Submit the response")
    assert "NV/2009/17" in officer.go(place + "receipts/1/").words()
    officer.go(place, status=404)


def clarify(site: Site, officer: Somebody, somebody: Callable[..., Somebody], party: str, email: str) -> None:
    """The Secretariat asks what an answer means; the State answers in the thread; the matter is settled."""
    place = f"/en/cycles/{CYCLE}/untoc/{party}/"
    officer.go(place + "messages/clarification/?about=untoc.16.figures")
    officer.page.locator("[name=subject]").fill("The year of the figures")
    officer.page.locator("[name=text]").fill("Are these calendar years?")
    officer.press("Ask the State")
    wait_for(lambda: _state(site, party) == ["asked"], "the clarification is asked")
    person = somebody().sign_in(email)
    assert "Are these calendar years?" not in site.mail(email)
    person.go("/en/messages/")
    person.follow("The year of the figures")
    person.page.locator("[name=text]").fill("Yes, from January to December.")
    person.press("Send")
    wait_for(lambda: _state(site, party) == ["answered"], "the State has answered")
    officer.go("/en/messages/")
    officer.follow("The year of the figures")
    assert "Yes, from January to December." in officer.words()
    officer.page.get_by_role("button", name="Settle the clarification").first.click()
    wait_for(lambda: _state(site, party) == ["settled"], "the clarification is settled")


def _state(site: Site, party: str) -> list[str]:
    rows = site.rows(
        "SELECT k.answered_at, k.settled_at FROM responses_clarification k JOIN responses_submission s "
        "ON s.id = k.submission_id JOIN responses_response r ON r.id = s.response_id "
        "JOIN parties_party p ON p.id = r.party_id WHERE lower(p.code) = %s",
        party,
    )
    return ["settled" if settled else "answered" if answered else "asked" for answered, settled in rows]


def pass_the_deadline(site: Site, officer: Somebody, silent: int) -> None:
    """The day passes; who has not reported is overdue, and can be reminded."""
    site.database.execute("UPDATE responses_cycle SET due_on = current_date - 1 WHERE code = %s", [CYCLE])
    officer.go(f"/en/cycles/{CYCLE}/?state=overdue")
    assert officer.page.locator("main tbody tr").count() == silent


def compare_rates(officer: Somebody, invited: dict[str, list[str]], replied: list[str]) -> None:
    """The page of rates against a count by hand, by regional group."""
    officer.go(f"/en/reporting/{CYCLE}/untoc/")
    asked = sum(len(codes) for codes in invited.values())
    percent = (200 * len(replied) + asked) // (2 * asked)
    assert f"{len(replied)} of {asked} States asked have reported" in officer.words()
    assert f"{percent}%" in officer.words()
    for group, codes in invited.items():
        if group == "-":
            continue
        address = f"/en/reporting/{CYCLE}/untoc/states/?group=region.{group}&standing="
        for standing, number in (("asked", len(codes)), ("reported", len(set(codes) & set(replied)))):
            officer.go(address + standing)
            assert officer.page.locator("main tbody tr").count() == number, (group, standing)


def make_documents(officer: Somebody, folder: Path, replied: list[str]) -> None:
    """The overview of needs in three languages from one frozen copy; a figure in it opens to its States."""
    page = officer.page
    officer.go("/en/documents/new/needs-overview/")
    page.locator("[name=about]").select_option(f"{CYCLE}/untoc")
    page.locator("[name=symbol]").fill("CTOC/COP/WG.2/2009/2")
    page.get_by_role("button", name="Make the document").click()
    page.wait_for_url(re.compile(r"/documents/\d+/$"))
    addresses = {"en": page.url}
    for language in ("fr", "ar"):
        officer.page.goto(addresses["en"])
        page.locator("#again [name=language]").select_option(language)
        page.get_by_role("button", name="Make it in this language").click()
        page.wait_for_url(lambda url: url not in addresses.values() and bool(re.search(r"/documents/\d+/$", url)))
        addresses[language] = page.url
    for language, address in addresses.items():
        files = {form: page.request.get(f"{address}document.{form}").body() for form in ("docx", "pdf", "html")}
        look_at(folder / language, files, WORDS[language])
    html = page.request.get(f"{addresses['en']}document.html").text()
    figures = re.findall(r'href="([^"]*/needs/requests/[^"]*)"[^>]*>\s*(\d+)\s*</a>\s*States?\b', html)
    address, number = next((found, int(text)) for found, text in figures if int(text) > 0)
    page.goto(address.replace("&amp;", "&"))
    states = page.locator("main tbody th").all_inner_texts()
    assert len(set(states)) == number
    assert number <= len(replied)
    receipts = page.locator("main tbody a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(receipts) == len(states)
    assert all("/receipts/" in address for address in receipts)


def look_at(folder: Path, files: dict[str, bytes], words: str) -> None:
    """The DOCX is opened by LibreOffice where there is one, the PDF is tagged, and all say what they are about."""
    folder.mkdir(parents=True)
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert len(reader.pages) >= 2
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(files["docx"])).paragraphs)
    assert words.lower() in text.lower()
    assert words.lower() in files["html"].decode().lower()
    office = shutil.which("soffice")
    if office is None:
        return
    (folder / "overview.docx").write_bytes(files["docx"])
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/p", "--headless", "--convert-to", "pdf", "overview.docx"],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert len(pypdf.PdfReader(folder / "overview.pdf").pages) >= 2
