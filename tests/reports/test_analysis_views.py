"""The pages of the matrix and of change between cycles, their files, and bad addresses."""

import datetime
import io
import re
from dataclasses import replace
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import ALL_KINDS, SECOND, make_spec, make_version
from tests.factories.responses import signed_in

from palermo.parties.logic.roles import Role
from palermo.questionnaires.actions import publish_version, store_draft
from palermo.questionnaires.logic.spec import Change, Supersedes
from palermo.reports.queries.analysis import replaced_between
from palermo.responses.logic.content import Content

pytestmark = pytest.mark.django_db
BASE = "/en/analysis/2026/quiz/"
OFFENCE, TEXT = "quiz.1.1.implementation", "quiz.1.1.difficulties"
FORMULA = "=1+1"


@pytest.fixture
def officer() -> Client:
    user = make_user("Elena")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return signed_in(user)


def make_archive(count: int = 3, *, before: bool = True) -> None:
    """ARG improves, FRA worsens, KEN is new; Senegal is silent both times, Türkiye is never asked."""
    version, _spec = make_version()
    if before:
        former = make_cycle(version, "2024", due_on=datetime.date(2025, 6, 30), year=2023)
    cycle = make_cycle(version)
    said = (("ARG", "no", "yes"), ("FRA", "yes", "in_part"), ("KEN", "", "yes"))
    for code, then, now in said[:count]:
        party = make_party(code, FORMULA if code == "KEN" else code.title())
        if before and then:
            at = datetime.datetime(2025, 1, 10, tzinfo=datetime.UTC)
            submit(invite(former, version, party), {OFFENCE: then}, at=at)
        submit(
            invite(cycle, version, party),
            {OFFENCE: now, TEXT: Content(text=f"<b>Words</b> of {code}.", language="en")},
        )
    invite(cycle, version, make_party("SEN", "Senegal"))
    make_party("TUR", "Türkiye")


def words(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200, address
    return " ".join(reply.content.decode().split())


def cells_of(page: str, name: str) -> list[str]:
    row = next(row for row in re.findall(r"<tr>(.*?)</tr>", page) if re.search(rf'row">(<a[^>]*>)?{name}<', row))
    return [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?</td>", row)]


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_matrix_shows_each_state_with_signs_and_words(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}matrix/?section=art-1")
    assert cells_of(page, "Arg")[0] == "● Yes"
    assert cells_of(page, "Fra")[0] == "◐ Yes, in part"
    assert cells_of(page, "Senegal") == ["… Silent"] * 11
    assert cells_of(page, "Türkiye") == ["× Not a party, not asked"] * 11
    assert cells_of(page, "Arg").count("▪ Given") == 1
    assert cells_of(page, "Arg").count("– Unanswered") == 9
    assert "States shown: 5, of which reported: 3. Questions shown: 11." in page
    assert 'href="/en/cycles/2026/quiz/arg/receipts/1/report/">Arg</a>' in page
    assert f'href="/en/analysis/2026/quiz/questions/{OFFENCE}/">' in page


def test_matrix_is_narrowed_and_keeps_its_dates(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}matrix/?kind=implementation&reported=on")
    assert "States shown: 3, of which reported: 3. Questions shown: 2." in page
    assert f"{BASE}matrix/matrix.xlsx?kind=implementation&amp;reported=on" in page
    before = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=30)).isoformat()
    page = words(officer, f"{BASE}matrix/?as_at={before}&section=art-2")
    assert f"{BASE}matrix/matrix.csv?as_at={before}&amp;section=art-2" in page
    assert f'<input type="hidden" name="as_at" value="{before}">' in page


def test_matrix_files_hold_the_whole_and_no_formula(officer: Client) -> None:
    make_archive()
    data = officer.get(f"{BASE}matrix/matrix.json").json()
    rows = {row["state"]: row for row in data["rows"]}
    assert {code: row[OFFENCE] for code, row in rows.items()} == {
        "arg": "yes", "fra": "in_part", "ken": "yes", "sen": "(silent)", "tur": "(not_party)",
    }  # fmt: skip
    assert (rows["arg"][TEXT], rows["arg"]["quiz.2.1.practice"]) == ("given", "(unanswered)")
    book = openpyxl.load_workbook(io.BytesIO(officer.get(f"{BASE}matrix/matrix.xlsx").content))
    found = list(book["data"].iter_rows(values_only=True))
    assert list(found[0]) == list(data["columns"])
    assert [list(row) for row in found[1:]] == [[v or None for v in row.values()] for row in data["rows"]]
    assert {cell.data_type for row in book["data"].iter_rows() for cell in row} <= {"s", "n"}
    assert f"'{FORMULA}" in officer.get(f"{BASE}matrix/matrix.csv").content.decode()


# ── Change ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_change_counts_states_and_opens_to_them(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}change/?section=art-1&against=day")
    assert "Compared with Reporting cycle 2024" in page
    numbers = [(unescape(a), n) for a, n in re.findall(r'<a href="([^"]+/change/states/[^"]+)">(\d+)</a>', page)]
    assert len(numbers) == 15
    for address, number in numbers:
        assert (address, len(officer.get(address).context["states"])) == (address, int(number))
    assert re.findall(r'step">|data-label="[^"]+">(?:<a[^>]+>)?(\d+)', page)[:9] == list("110001020")
    improved = words(officer, f"{BASE}change/states/?of=question&code={OFFENCE}&step=improved&against=day")
    assert '<a href="/en/cycles/2024/quiz/arg/receipts/1/report/">No</a>' in improved
    assert '<a href="/en/cycles/2026/quiz/arg/receipts/1/report/">Yes</a>' in improved
    new = words(officer, f"{BASE}change/states/?of=question&code={OFFENCE}&step=new&against=day")
    assert "Not a party, not asked" in new
    provision = words(officer, f"{BASE}change/states/?of=provision&code=quiz.1.1&step=improved&against=day")
    assert ('"row">Arg<' in provision, '"row">Fra<' in provision) == (True, False)


def test_change_file_holds_every_question_and_provision(officer: Client) -> None:
    make_archive()
    data = officer.get(f"{BASE}change/change.json?against=day").json()
    rows = {row["code"]: row for row in data["rows"]}
    assert len(rows) == 15
    assert {name: rows[OFFENCE][name] for name in ("improved", "worsened", "new", "neither")} == {
        "improved": 1, "worsened": 1, "new": 1, "neither": 2,
    }  # fmt: skip
    assert data["about"]["compared_with"] == "2024"


def test_change_needs_an_earlier_cycle(officer: Client) -> None:
    make_archive(before=False)
    assert "There is no cycle before this one" in words(officer, f"{BASE}change/")
    refused = officer.get(f"{BASE}change/change.csv")
    assert (refused.status_code, refused.content.decode()) == (400, "No earlier cycle asks this questionnaire.\n")
    assert officer.get(f"{BASE}change/states/?of=question&code={OFFENCE}").status_code == 404


def test_what_a_question_replaces_is_read_version_by_version() -> None:
    make_version()
    supersedes = Supersedes(SECOND[0].code, Change.MEANING)
    later = make_spec({"art-1": ALL_KINDS, "art-2": (replace(SECOND[0], supersedes=supersedes), SECOND[1])})
    publish_version(by=None, version=store_draft(by=None, spec=later))
    expected = {item.code: (item.code, Change.UNCHANGED) for item in later}
    expected[SECOND[0].code] = (SECOND[0].code, Change.MEANING)
    assert replaced_between("quiz", 1, 2) == [expected]
    assert replaced_between("quiz", 0, 2) == [expected, {}]
    assert replaced_between("quiz", 2, 2) == []


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("matrix/?section=nonsense", "Section or article: There is no such choice; nothing is narrowed by it."),
        ("matrix/?kind=<script>alert(1)</script>", "Kind of answer: There is no such choice"),
        ("matrix/?page=-9&columns=x&whole=2", "States shown: 5"),
        ("matrix/?region=%00&legal=' OR 1=1", "Regional group:"),
        ("matrix/?as_at=yesterday", "This is not a date."),
        ("change/?group=planet.mars", "There is no such group. All States are shown."),
        ("change/?section=art-99", "There is no such section. The provisions are shown."),
        (f"change/states/?code={OFFENCE}&step=sideways", "There is no such change. All States are shown."),
    ],
)
def test_bad_choices_are_answered_with_a_sentence_and_the_default(officer: Client, address: str, sentence: str) -> None:
    make_archive()
    page = words(officer, f"{BASE}{address}")
    assert sentence in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "address", ["matrix/matrix.xlsx?kind=x", "matrix/matrix.csv?as_at=x", "change/change.json?group=x"]
)
def test_files_refuse_what_they_cannot_use(officer: Client, address: str) -> None:
    make_archive(1)
    assert officer.get(f"{BASE}{address}").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("matrix/", 17),
        ("matrix/matrix.xlsx", 17),
        ("change/", 32),
        ("change/?section=art-1", 31),
        (f"change/states/?code={OFFENCE}", 31),
        ("change/change.csv", 30),
    ],
)
def test_pages_need_as_many_queries_for_one_state_as_for_three(
    officer: Client, count: int, address: str, queries: int
) -> None:
    make_archive(count)
    officer.get(BASE + address)
    with CaptureQueriesContext(connection) as seen:
        officer.get(BASE + address)
    assert len(seen) == queries
