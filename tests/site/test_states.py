"""The public pages of States."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from lxml import html
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.factories.world import settle

from palermo.parties.exchange import load_parties
from palermo.parties.models import Party
from palermo.treaties.actions import NewAct, record_status
from palermo.treaties.exchange import load_treaties
from palermo.treaties.logic.kinds import ActKind
from palermo.treaties.models import Instrument

CONTENT = Path(__file__).parents[2] / "src" / "palermo" / "content"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def content(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Parties and treaties, loaded once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_parties(CONTENT, by=None)
        load_treaties(CONTENT, by=None)
        settle()
        yield
        transaction.set_rollback(True)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def table(response: object) -> list[list[str]]:
    found = html.fromstring(response.content)  # type: ignore[attr-defined]
    return [[words(cell) for cell in row.xpath("./th|./td")] for row in found.xpath("//main//tbody/tr")]


@pytest.fixture
def status() -> None:
    def act(party: str, code: str, kind: ActKind, on: date) -> NewAct:
        return NewAct(Instrument.objects.get(code=code), Party.objects.get(code=party), kind, on)

    acts = [
        act("TUR", "untoc", ActKind.SIGNATURE, date(2000, 12, 13)),
        act("TUR", "untoc", ActKind.RATIFICATION, date(2003, 3, 25)),
        act("TUR", "fa", ActKind.SIGNATURE, date(2002, 6, 28)),
    ]
    record_status(by=None, acts=acts, source="treaty collection")


@pytest.mark.usefixtures("status")
def test_states_stand_in_the_order_of_the_language(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6):
        rows = table(client.get("/en/states/"))
    assert len(rows) == 198
    assert [row[0] for row in rows][:2] == ["Afghanistan", "Albania"]
    turkey = next(row for row in rows if row[0] == "Türkiye")
    assert turkey[1:] == [
        "Group of Western European and other States",
        "25/03/2003",
        "–not a party",
        "–not a party",
        "signatory",
        "–not a party",
    ]
    french = [row[0] for row in table(client.get("/fr/states/"))]
    assert french[:2] == ["Afghanistan", "Afrique du Sud"]


@pytest.mark.usefixtures("status")
def test_state_shows_names_codes_and_status(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    # Five of them step down to the role of the public and back.
    with django_assert_num_queries(10):
        response = client.get("/en/states/tur/")
    found = html.fromstring(response.content)
    assert words(found.xpath("//h1")[0]) == "Türkiye"
    assert words(found.xpath("//main//ul/li")[0]) == "Turkey until 1 Jun 2022"
    assert table(response)[0] == [
        "Organized Crime Convention",
        "party",
        "13 Dec 2000",
        "25 Mar 2003 ratification",
        "29 Sept 2003",
    ]
    assert [words(name) for name in found.xpath("//aside//dd[@lang='ar']")] == ["تركيا"]
    assert found.xpath("//*[@style]") == []


def test_european_union_has_its_page_and_organisations_have_not(client: Client) -> None:
    found = html.fromstring(client.get("/en/states/eu/").content)
    assert words(found.xpath("//main//ul/li")[0]) == "European Community until 1 Dec 2009"
    assert [client.get(f"/en/states/{code}/").status_code for code in ("unodc", "xxx", "atlantis", "%00", "é")] == [
        404
    ] * 5


def test_page_in_arabic_is_turned_round(client: Client) -> None:
    found = html.fromstring(client.get("/ar/states/arg/").content)
    assert (found.get("dir"), words(found.xpath("//h1")[0])) == ("rtl", "الأرجنتين")
