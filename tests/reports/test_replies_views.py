"""The pages of what all States said: numbers, the States behind them, what they wrote, and bad addresses."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_version
from tests.factories.responses import signed_in

from palermo.parties.logic.roles import Role
from palermo.responses.logic.content import Content
from palermo.responses.queries.archive import today

pytestmark = pytest.mark.django_db
BASE = "/en/analysis/2026/quiz/"
OFFENCE, TEXT = "quiz.1.1.implementation", "quiz.1.1.difficulties"


@pytest.fixture
def officer() -> Client:
    user = make_user("Elena")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return signed_in(user)


def make_archive(count: int = 3) -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    for number, (code, said) in enumerate((("ARG", "yes"), ("FRA", "no"), ("KEN", "yes"))[:count]):
        response = invite(cycle, version, make_party(code, code.title()))
        submit(response, {OFFENCE: said, TEXT: Content(text=f"Words of {code} {number}.", language="en")})
    invite(cycle, version, make_party("SEN", "Senegal"))
    make_party("TUR", "Türkiye")


def words(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200, address
    return " ".join(reply.content.decode().split())


def test_question_shows_its_counts_and_opens_to_the_states_and_what_they_wrote(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}questions/{OFFENCE}/")
    assert "Shares are of the 3 States that answered." in page
    link = f"{BASE}questions/{OFFENCE}/states/?group=whole&amp;value=yes"
    assert f'<a href="{link}">2</a> <span class="quiet">67%</span>' in page
    behind = words(officer, link.replace("&amp;", "&"))
    assert [f'"row">{name}</th>' in behind for name in ("Arg", "Fra", "Ken", "Senegal")] == [True, False, True, False]
    assert "/en/cycles/2026/quiz/arg/receipts/1/report/" in behind
    assert "Words of FRA 1." in words(officer, f"{BASE}questions/{TEXT}/states/?said=answered")
    listed = officer.get(f"{BASE}questions/{TEXT}/states/?said=answered").content.decode()
    # From an answer in the list to its place in the report, and to asking what it means.
    assert f"/report/#q-{TEXT.replace('.', '-')}" in listed
    assert f"/messages/clarification/?about={TEXT}" in listed
    silent = words(officer, f"{BASE}questions/{OFFENCE}/states/?said=silent")
    assert ("Senegal" in silent, "Türkiye" in silent) == (True, False)


def test_provisions_open_to_their_states(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}provisions/")
    assert f"{BASE}provisions/quiz.1.1/?word=not_met&amp;group=whole" in page
    assert "Fra" in words(officer, f"{BASE}provisions/quiz.1.1/?word=not_met")
    data = officer.get(f"{BASE}provisions/provisions.json").json()
    first = data["rows"][0]
    assert (first["provision"], first["met"], first["not_met"], first["silent"], first["not_party"]) == (
        ("quiz.1.1", 2, 1, 1, 1)
    )
    assert set(data["about"]) == {"cycle", "questionnaire", "as_at", "known_at"}


def test_overview_and_sections_and_offences_are_there(officer: Client) -> None:
    make_archive()
    assert "Section art-1" in words(officer, BASE)
    assert "Is it a criminal offence?" in words(officer, f"{BASE}questions/?section=art-1")
    assert "Criminalization picture" in words(officer, f"{BASE}offences/")


def test_dates_go_with_every_link(officer: Client) -> None:
    make_archive()
    day = today().isoformat()
    assert f"as_at={day}&amp;group=whole&amp;value=yes" in words(officer, f"{BASE}questions/{OFFENCE}/?as_at={day}")
    before = (today() - datetime.timedelta(days=30)).isoformat()
    assert "the 0 States that answered" in words(officer, f"{BASE}questions/{OFFENCE}/?as_at={before}")


@pytest.mark.parametrize(
    "address",
    [
        f"{BASE}questions/?section=nonsense",
        f"{BASE}questions/{OFFENCE}/states/?group=planet.mars&said=nothing&value=maybe",
        f"{BASE}questions/{OFFENCE}/states/?value=<script>",
        f"{BASE}provisions/quiz.1.1/?word=never",
        f"{BASE}?as_at=yesterday",
    ],
)
def test_bad_choices_are_answered_with_a_sentence_and_the_default(officer: Client, address: str) -> None:
    make_archive(1)
    assert "<script>alert" not in words(officer, address)


@pytest.mark.parametrize("address", ["questions/quiz.9/", "questions/quiz.1.1.note/", "provisions/quiz.9.9/"])
def test_what_is_not_asked_is_not_found(officer: Client, address: str) -> None:
    make_archive(1)
    assert officer.get(f"{BASE}{address}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("", 16),
        ("questions/?section=art-1", 16),
        (f"questions/{OFFENCE}/", 18),
        (f"questions/{TEXT}/states/?said=answered", 18),
        ("provisions/", 17),
        ("offences/", 17),
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
