"""The main job from beginning to end in a real browser: a State answers, checks, clears, submits, and is reopened.

Told twice, with scripts and without: where they differ, ``people.Somebody`` does.
"""

import datetime
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import docx
import lxml.html
import pypdf
import pytest
from tests.journeys.conftest import Site
from tests.journeys.people import Given, Somebody, code_id, wait_for
from tests.journeys.stage import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("journeys")]

OFFENCES = ("organized-criminal-group", "money-laundering", "corruption", "obstruction", "serious-crime")
CONTESTED = "untoc.16.2.implementation"
LAW = "untoc.16.measures.legislation"
NOT_MET = "untoc.16.15.implementation"
REASON = "Prosecutors in the provinces have had no training on requests for extradition since 2011."
REMARK = "The Extradition Act applies to every offence with a maximum of at least one year."

# What the contributor answers in article 16, and what the focal point answers beside: every question that comes up.
CONTRIBUTOR = {
    "untoc.16.1.implementation": Given(values=OFFENCES, text=REMARK),
    "untoc.16.1.measures.dual-criminality": Given(values=("conduct",)),
    "untoc.16.3.implementation": Given(values=("yes",)),
    "untoc.16.3.future.implementation": Given(values=("yes",)),
    "untoc.16.4.measures.treaty-required": Given(values=("yes",)),
    "untoc.16.4.implementation": Given(values=("in_part",), text="For States parties with which there is no treaty."),
    "untoc.16.5.a.notification": Given(values=("taken",)),
    "untoc.16.5.a.notification.date": Given(typed="2003-09-23"),
    "untoc.16.5.b.implementation": Given(values=("negotiating",)),
    "untoc.16.7.measures.minimum-penalty": Given(values=("one-year",)),
    "untoc.16.7.measures.refusal-grounds": Given(values=("discrimination", "political-offence", "death-penalty")),
    "untoc.16.8.implementation": Given(values=("consent", "direct")),
    "untoc.16.9.implementation": Given(values=("yes",)),
    LAW: Given(
        rows=(
            {"title": "Extradition Act", "number": "24.767", "date": "1997-01-13", "articles": "1–62"},
            {"title": "Code of Criminal Procedure", "number": "27.063"},
        )
    ),
    "untoc.16.authority": Given(
        rows=({"body": "Ministry of Foreign Affairs", "email": "extradition@foreign.example", "languages": "es, en"},)
    ),
    "untoc.16.4.practice.cases": Given(values=("none-of-these",)),
}
FOCAL_POINT = {
    "untoc.16.10.measures.nationals": Given(values=("some-cases",)),
    "untoc.16.10.implementation": Given(values=("yes",)),
    "untoc.16.10.manner.implementation": Given(values=("same-standard", "evidence")),
    "untoc.16.12.implementation": Given(values=("considered",)),
    "untoc.16.13.implementation": Given(values=("yes",)),
    NOT_MET: Given(values=("yes",), text="Fiscal matters are a ground for refusal."),
    "untoc.16.16.implementation": Given(values=("in_part",)),
    "untoc.16.17.implementation": Given(values=("in-force",)),
    "untoc.16.figures": Given(
        cells={
            **{f"received-{year}": str(number) for year, number in ((2023, 31), (2024, 28), (2025, 40))},
            **{f"sent-{year}": str(number) for year, number in ((2023, 12), (2024, 9), (2025, 17))},
            "average-days-2023": "-",
        },
        text="Without requests that were withdrawn.",
    ),
    "untoc.16.difficulties": Given(values=("evidence", "documents")),
    "untoc.16.assistance": Given(
        values=("yes",),
        rows=({"type": "training", "urgency": "critical", "reason": REASON, "institution": "Public Prosecution"},),
    ),
}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@dataclass
class Story:
    """Who takes part and where it happens."""

    site: Site
    scripts: bool
    cycle: str
    make: Callable[..., Somebody]

    @property
    def place(self) -> str:
        """The address of Argentina's response."""
        return f"/en/cycles/{self.cycle}/untoc/arg/"

    def address_of(self, name: str) -> str:
        """Somebody's mail address; each telling has its own people."""
        return f"{name}@{self.cycle}.example"

    def arrives(self) -> Somebody:
        """Somebody opens a browser."""
        return self.make(scripts=self.scripts)

    def content(self, code: str) -> dict[str, object]:
        """The answer as it lies in the database."""
        found = self.site.rows(
            "SELECT a.content FROM responses_answer a JOIN responses_response r ON r.id = a.response_id "
            "JOIN responses_cycle c ON c.id = r.cycle_id WHERE c.code = %s AND a.code = %s",
            self.cycle,
            code,
        )
        content: dict[str, object] = found[0][0]
        return content


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_state_goes_from_invitation_to_receipt_and_back(
    site: Site, somebody: Callable[..., Somebody], scripts: bool
) -> None:
    story = Story(site, scripts, "2026" if scripts else "2026-plain", somebody)
    officer = story.arrives().sign_in(site.officer)
    open_the_cycle(story, officer)
    focal_point = nominate(story, officer)
    contributor = hand_over(story, focal_point)
    answer_together(story, focal_point, contributor)
    disagree(story, focal_point, contributor)
    attach(story, contributor)
    if scripts:
        lose_the_line(story, contributor)
    declare(story, focal_point, contributor)
    site.do("fill", story.cycle, story.address_of("lucia"), "art-16")
    put_needs_in_order(story, focal_point)
    check(story, focal_point)
    copy = submit(story, officer, focal_point)
    read_back(story, focal_point)
    reopen(story, officer, focal_point, copy)


def open_the_cycle(story: Story, officer: Somebody) -> None:
    """The Secretariat opens a cycle and invites the parties of a day."""
    page = officer.page
    officer.go("/en/desk/").follow("Open a cycle")
    officer.fill("Code", story.cycle)
    officer.fill("Title in English", f"Reporting cycle {story.cycle}")
    page.locator("[name=due_on]").fill((datetime.date.today() + datetime.timedelta(days=200)).isoformat())
    page.locator("[name=first_year]").fill("2023")
    page.locator("[name=last_year]").fill("2025")
    page.locator("[name=questionnaires]").check()
    officer.press("Open the cycle")
    assert officer.heading() == f"Reporting cycle {story.cycle}"
    officer.follow("Invite States")
    page.locator("[name=basis][value=deposited]").check()
    page.locator("[name=on]").fill("2026-11-24")
    officer.press("Show who would be invited")
    officer.press("Invite these States")
    invited = story.site.rows(
        "SELECT count(*) FROM responses_response r JOIN responses_cycle c ON c.id = r.cycle_id WHERE c.code = %s",
        story.cycle,
    )
    assert invited[0][0] > 150
    assert page.locator("tbody tr").count() == invited[0][0]


def nominate(story: Story, officer: Somebody) -> Somebody:
    """Argentina's focal point is named, opens the link of the mail, chooses a password, and signs in anew."""
    row = officer.page.get_by_role("row").filter(has_text="Argentina")
    officer.follow("Nominate", within=row)
    officer.page.locator("[name=name]").fill("Lucía Fernández")
    officer.page.locator("[name=email]").fill(story.address_of("lucia"))
    officer.page.locator("[name=institution]").fill("Ministry of Justice")
    officer.page.locator("[name=message]").fill("With thanks for your note verbale.")
    officer.press("Nominate and send the invitation")
    mail = story.site.mail(story.address_of("lucia"))
    assert "With thanks for your note verbale." in mail
    lucia = story.arrives()
    lucia.accept(story.site.invitation(story.address_of("lucia")), "Lucía Fernández")
    assert lucia.heading() == "Your desk"
    lucia.sign_out()
    lucia.sign_in(story.address_of("lucia"), PASSWORD)
    lucia.follow("The response of Argentina")
    assert lucia.heading() == "The response of Argentina"
    return lucia


def hand_over(story: Story, lucia: Somebody) -> Somebody:
    """Articles 16 to 18 go to a contributor by mail, who accepts and sees these only."""
    lucia.follow("People")
    lucia.follow("Hand sections over")
    for section in ("art-16", "art-17", "art-18"):
        lucia.page.locator(f'[name=sections][value="{section}"]').check()
    lucia.page.locator("[name=lead][value=lead]").check()
    lucia.page.locator("[name=name]").fill("Pablo Quiroga")
    lucia.page.locator("[name=email]").fill(story.address_of("pablo"))
    lucia.press("Hand over and send the mail")
    pablo = story.arrives()
    pablo.accept(story.site.invitation(story.address_of("pablo")), "Pablo Quiroga")
    pablo.follow("The response of Argentina")
    listed = pablo.page.locator("main table tbody tr")
    assert listed.count() == 3
    pablo.go(story.place + "art-5/", status=404)
    return pablo


def answer_together(story: Story, lucia: Somebody, pablo: Somebody) -> None:
    """Both have the page of article 16 open and answer different questions of it; nothing is lost."""
    lucia.go(story.place + "art-16/")
    pablo.go(story.place + "art-16/")
    pablo.answer(CONTRIBUTOR)
    lucia.answer(FOCAL_POINT)
    for code, given in {**CONTRIBUTOR, **FOCAL_POINT}.items():
        content = story.content(code)
        value = content.get("value", [])
        assert sorted([value] if isinstance(value, str) else value or []) == sorted(
            given.values or _one(given.typed)
        ), code
        assert content.get("text", "") == given.text, code
    pablo.go(story.place + "art-16/")
    assert pablo.page.locator(f'[name="{NOT_MET}:value"][value=yes]').is_checked()


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def disagree(story: Story, lucia: Somebody, pablo: Somebody) -> None:
    """Both answer one question from the same page: both texts are kept, and the second writer decides."""
    lucia.go(story.place + "art-16/")
    pablo.go(story.place + "art-16/")
    pablo.give(CONTESTED, Given(values=("yes",), text="Always, if one offence is covered."))
    pablo.keep()
    lucia.give(CONTESTED, Given(values=("in_part",), text="Only where a treaty says so."))
    lucia.keep()
    if story.scripts:
        lucia.card(CONTESTED).and_(lucia.page.locator('[data-state="conflict"]')).wait_for()
        lucia.follow("Look at both texts", within=lucia.card(CONTESTED))
    else:
        notice = lucia.page.locator(".notice", has_text="Two texts of one answer")
        lucia.follow(re.compile("serious crimes"), within=notice)
    assert lucia.heading() == "Two texts of one answer"
    sides = lucia.page.locator(".side").all_inner_texts()
    assert "Always, if one offence is covered." in sides[0]
    assert "Pablo Quiroga" in sides[0]
    assert "Only where a treaty says so." in sides[1]
    lucia.give(
        CONTESTED, Given(values=("in_part",), text="Always under the treaties in force, otherwise as a courtesy.")
    )
    lucia.press("Save this text")
    assert story.content(CONTESTED)["text"] == "Always under the treaties in force, otherwise as a courtesy."
    lucia.go(f"{story.place}art-16/answers/{CONTESTED}/history/")
    versions = lucia.page.locator("ol.thread > li").all_inner_texts()
    # A slow typist is saved more than once, so that there may be further versions between these.
    newest, kept, first = (
        next(place for place, version in enumerate(versions) if text in version)
        for text in ("otherwise as a courtesy", "Only where a treaty says so", "Always, if one offence")
    )
    assert newest == 0
    assert "the answer now" in versions[newest]
    assert "set aside" in versions[kept]
    assert "Lucía Fernández" in versions[kept]
    assert "set aside" not in versions[first]
    assert "Pablo Quiroga" in versions[first]


def attach(story: Story, pablo: Somebody) -> None:
    """A PDF comes back byte for byte; a drawing that could hold a script is refused with a sentence."""
    pablo.go(f"{story.place}art-16/")
    pablo.follow(re.compile("^Files"), within=pablo.card(LAW))
    field = pablo.page.locator("input[type=file]")
    field.set_input_files({"name": "ley-24767.pdf", "mimeType": "application/pdf", "buffer": PDF})
    pablo.press("Attach")
    assert pablo.download(pablo.page.get_by_role("link", name="ley-24767.pdf", exact=True)) == PDF
    field = pablo.page.locator("input[type=file]")
    field.set_input_files({"name": "flag.svg", "mimeType": "image/svg+xml", "buffer": SVG})
    pablo.press("Attach")
    assert "flag.svg" in pablo.page.locator("[role=alert]").inner_text()
    assert pablo.page.locator("ul.thread > li").count() == 1


def lose_the_line(story: Story, pablo: Somebody) -> None:
    """The line drops while the page stays open: what is typed meanwhile waits, and arrives."""
    pablo.go(f"{story.place}art-17/")
    pablo.context.set_offline(True)
    codes = ("untoc.17.agreements.implementation", "untoc.17.agreements.measures.basis")
    pablo.give(codes[0], Given(values=("in-force",), text="Written without a line."))
    pablo.give(codes[1], Given(values=("bilateral", "multilateral")))
    for code in codes:
        pablo.card(code).and_(pablo.page.locator('[data-state="waiting"]')).wait_for()
    line = pablo.page.locator("#line")
    wait_for(lambda: "2 answers wait on this computer" in line.inner_text(), "the page says that two answers wait")
    pablo.context.set_offline(False)
    pablo.wait_until_saved()
    assert line.inner_text() == "The line is back. Everything is saved."
    assert story.content(codes[0])["text"] == "Written without a line."
    assert story.content(codes[1])["value"] == ["bilateral", "multilateral"]


def declare(story: Story, lucia: Somebody, pablo: Somebody) -> None:
    """The lead declares the article complete; a later change undoes this for all to see; it is declared again."""
    lucia.go(f"{story.place}art-16/")
    pablo.go(f"{story.place}art-16/")
    pablo.press("Declare this article complete")
    assert "has been declared complete" in " ".join(pablo.notices())
    lucia.go(f"{story.place}art-16/")
    assert "Declared complete by Pablo Quiroga" in lucia.page.locator("#complete").inner_text()
    lucia.give("untoc.16.13.implementation", Given(text="Also in the case of provisional arrest."))
    lucia.keep()
    said = "The section is no longer declared complete"
    shown = lucia.page.locator("#line") if story.scripts else lucia.page.locator(".messages")
    assert said in shown.inner_text()
    panel = lucia.page.locator("#complete")
    assert "Declared complete by" not in panel.inner_text()
    assert panel.get_by_role("button", name="Declare this article complete").is_visible()
    pablo.go(f"{story.place}art-16/")
    assert "Declared complete by" not in pablo.page.locator("#complete").inner_text()
    pablo.press("Declare this article complete")
    assert "has been declared complete" in " ".join(pablo.notices())


def put_needs_in_order(story: Story, lucia: Somebody) -> None:
    """The gap of article 16 is there; the request of article 16 is put first."""
    lucia.go(story.place)
    lucia.follow("Gaps and needs")
    assert lucia.page.locator("#criminalization table.matrix tbody tr").count() == 4
    gaps = lucia.page.locator("#mandatory ~ .scroll").first
    found = gaps.get_by_role("row").filter(has=lucia.page.get_by_text("Art. 16, para. 15", exact=True))
    assert found.locator(".tag.gap").count() == 1
    ranked = lucia.page.locator("ol.ranked > li")
    assert ranked.count() > 2
    mine = ranked.filter(has_text=REASON)
    assert REASON not in ranked.first.inner_text()
    mine.locator("input.year").fill("1")
    lucia.press("Save this order")
    assert REASON in lucia.page.locator("ol.ranked > li").first.inner_text()
    second = lucia.page.locator("ol.ranked > li").nth(1).inner_text().splitlines()
    lucia.press("Down", within=lucia.page.locator("ol.ranked > li").first)
    assert REASON in lucia.page.locator("ol.ranked > li").nth(1).inner_text()
    lucia.press("Up", within=lucia.page.locator("ol.ranked > li").nth(1))
    assert REASON in lucia.page.locator("ol.ranked > li").first.inner_text()
    assert lucia.page.locator("ol.ranked > li").nth(1).inner_text().splitlines()[-1] == second[-1]


def check(story: Story, lucia: Somebody) -> None:
    """Everything on one page; a search finds a text in it."""
    lucia.go(story.place)
    lucia.follow("Check answers")
    assert "Nothing stands in the way" in lucia.words()
    lucia.page.locator("#q").fill("Also in the case of provisional arrest")
    lucia.press("Search")
    assert lucia.page.locator(f"#{code_id('untoc.16.13.implementation')}").is_visible()
    assert "1 question speaks of" in lucia.words()


def submit(story: Story, officer: Somebody, lucia: Somebody) -> bytes:
    """Cleared, submitted, receipted: the hash is that of the copy and of what the database holds."""
    officer.go(story.place + "check/", status=404)
    lucia.go(story.place)
    lucia.follow("Clear and submit")
    lucia.press("Clear the response")
    lucia.go(story.place + "art-16/")
    assert lucia.page.locator("form#answers").count() == 0
    lucia.go(story.place + "submit/")
    lucia.press("Submit the response")
    assert "Tick the box to confirm" in lucia.words()
    lucia.page.locator("[name=confirmed]").check()
    lucia.press("Submit the response")
    if "/receipts/1/" not in lucia.page.url:
        lucia.go(story.place + "receipts/1/")
    shown = lucia.page.locator("#sha256").inner_text().strip()
    copy = lucia.download(lucia.page.get_by_role("link", name=re.compile("Download the frozen copy")))
    assert hashlib.sha256(copy).hexdigest() == shown
    snapshot, kept, receipt = submission(story, 1)
    assert (hashlib.sha256(snapshot.encode()).hexdigest(), kept) == (shown, shown)
    assert receipt in lucia.words()
    assert shown in story.site.mail(story.address_of("lucia"))
    officer.go(story.place + "receipts/1/")
    assert officer.page.locator("#sha256").inner_text().strip() == shown
    return copy


def submission(story: Story, number: int) -> tuple[str, str, str]:
    """A submission as it lies in the database: the snapshot, its hash, the number of the receipt."""
    found = story.site.rows(
        "SELECT s.snapshot, s.sha256, s.receipt FROM responses_submission s "
        "JOIN responses_response r ON r.id = s.response_id JOIN responses_cycle c ON c.id = r.cycle_id "
        "WHERE c.code = %s AND s.number = %s",
        story.cycle,
        number,
    )
    snapshot, sha256, receipt = found[0]
    return str(snapshot), str(sha256), str(receipt)


def read_back(story: Story, lucia: Somebody) -> None:
    """The national report says the same in three formats: title, numbered paragraphs, answers, requests in order."""
    ranked = story.site.rows(
        "SELECT w.fields->>'reason' FROM responses_requestrank k JOIN responses_answerrow w ON w.uuid = k.request "
        "JOIN responses_response r ON r.id = k.response_id JOIN responses_cycle c ON c.id = r.cycle_id "
        "WHERE c.code = %s ORDER BY k.rank",
        story.cycle,
    )
    reasons = [reason for (reason,) in ranked]
    assert reasons[0] == REASON
    lucia.go(story.place + "receipts/1/report/")
    assert lucia.heading() == "National report of Argentina"
    read: dict[str, Document] = {}
    for form, reader in READERS.items():
        link = lucia.page.locator(".actions").get_by_role("link", name=form, exact=True)
        read[form] = document = reader(lucia.download(link))
        assert document.title == "National report of Argentina", form
        assert document.reasons == reasons, form
        for wanted in (REMARK, "24.767", "Always under the treaties in force, otherwise as a courtesy."):
            assert wanted in document.words, (form, wanted)
    numbered = read["DOCX"].numbered
    assert len(numbered) > 10
    assert numbered[0].startswith("This report sets out the answers of Argentina")
    assert read["HTML"].numbered == numbered
    for number, paragraph in enumerate(numbered, start=1):
        # A page may break inside, and a note may stand behind any word.
        assert f"{number}. {paragraph[:20]}" in read["PDF"].words, number


def reopen(story: Story, officer: Somebody, lucia: Somebody, copy: bytes) -> None:
    """Reopening is asked for and granted; an answer changes; the submission made stays what it was."""
    lucia.go(story.place + "receipts/1/").follow("Ask to reopen")
    lucia.page.locator("[name=reason]").fill("The figures for 2025 were those of half a year.")
    lucia.press("Send the request")
    officer.go(f"/en/cycles/{story.cycle}/")
    officer.follow(re.compile("^Decide"))
    assert "The figures for 2025 were those of half a year." in officer.words()
    officer.page.locator("[name=granted][value=yes]").check()
    officer.page.locator("[name=decision]").fill("Please submit again within a month.")
    officer.press("Decide")
    assert "Please submit again within a month." in story.site.mail(story.address_of("lucia"))
    lucia.go(story.place + "art-16/")
    lucia.give("untoc.16.figures", Given(cells={"received-2025": "44"}))
    lucia.keep()
    lucia.go(story.place + "receipts/1/")
    again = lucia.download(lucia.page.get_by_role("link", name=re.compile("Download the frozen copy")))
    assert again == copy
    assert submission(story, 1)[0].encode() == copy


# --- reading documents back --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """What a reader finds in a report."""

    title: str
    numbered: list[str]
    """The numbered paragraphs, without numbers and notes."""
    reasons: list[str]
    """The reasons of the requests for assistance in the order of their table."""
    words: str


def spaced(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def read_docx(data: bytes) -> Document:
    """The report as Word sees it: styles tell title and numbered paragraphs."""
    document = docx.Document(io.BytesIO(data))
    tables = [[[spaced(cell.text) for cell in row.cells] for row in table.rows] for table in document.tables]
    (title,) = [one.text for one in document.paragraphs if one.style and one.style.name == "Title"]
    numbered = [one for one in document.paragraphs if one.style and one.style.name == "Numbered Paragraph"]
    return Document(
        title=title,
        numbered=[spaced(one.text) for one in numbered],
        reasons=reasons_in(tables),
        words=spaced(
            " ".join([one.text for one in document.paragraphs] + [" ".join(row) for table in tables for row in table])
        ),
    )


def read_html(data: bytes) -> Document:
    """The report as a page."""
    page = lxml.html.document_fromstring(data)
    tables = [
        [[spaced(cell.text_content()) for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")]
        for table in page.xpath("//table")
    ]
    numbered = []
    for number in page.xpath("//p/*[@class='number']"):
        paragraph = number.getparent()
        for note in paragraph.xpath(".//sup"):
            note.drop_tree()
        numbered.append(spaced(paragraph.text_content()).partition(". ")[2])
    return Document(
        title=spaced(page.xpath("string(//*[@class='title'])")),
        numbered=numbered,
        reasons=reasons_in(tables),
        words=spaced(page.text_content()),
    )


def read_pdf(data: bytes) -> Document:
    """The report as pages; what they are headed with repeats, so that only their flow can be compared."""
    pages = [spaced(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    words = " ".join(pages)
    table = words.partition("Rank Article Type Urgency By Reason Institution")[2]
    found = re.findall(
        r"(?:^| )\d+ Art\. .+?(?:Critical|High|Medium|Low) (?:–|\d+ \w+ \d{4}) ([A-Z].+?\.) [A-Z]", table
    )
    title = "National report of Argentina"
    return Document(title=title if title in pages[0] else pages[0], numbered=[], reasons=found, words=words)


def reasons_in(tables: list[list[list[str]]]) -> list[str]:
    """The column of reasons of the table of requests."""
    (table,) = [table for table in tables if table[0][:2] == ["Rank", "Article"]]
    assert [row[0] for row in table[1:]] == [str(number) for number in range(1, len(table))]
    return [row[table[0].index("Reason")] for row in table[1:]]


READERS: dict[str, Callable[[bytes], Document]] = {"DOCX": read_docx, "PDF": read_pdf, "HTML": read_html}
