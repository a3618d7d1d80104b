"""The public pages of treaties."""

from datetime import date

import pytest
from django.test import Client
from lxml import html
from pytest_django.fixtures import DjangoAssertNumQueries

from palermo.parties.models import Party
from palermo.treaties.actions import NewAct, generate_status, record_status
from palermo.treaties.logic.chart import by_year, chart_of
from palermo.treaties.logic.kinds import ActKind
from palermo.treaties.models import Instrument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture
def generated(content: object) -> None:
    generate_status(by=None, seed=2009)


def page(client: Client, address: str, status: int = 200) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == status
    return html.fromstring(response.content)


def select(root: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    """The elements of a simple selector: tags and classes, one below the other."""
    path = "."
    for step in selector.split():
        tag, *classes = step.split(".")
        tests = "".join(f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]" for name in classes)
        path += f"//{tag or '*'}{tests}"
    return list(root.xpath(path))


def cells(row: html.HtmlElement) -> list[str]:
    return [words(cell) for cell in row.xpath("./th|./td")]


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.usefixtures("generated")
def test_list_shows_every_treaty_with_its_parties(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        found = page(client, "/en/treaties/")
    assert [words(link) for link in select(found, ".card h2 a")] == [
        "Organized Crime Convention",
        "Trafficking in Persons Protocol",
        "Smuggling of Migrants Protocol",
        "Firearms Protocol",
        "Convention against Corruption",
    ]
    assert words(select(found, ".card p.quiet")[0]) == "191 parties today · in force since 29 September 2003"
    assert words(select(found, ".notice-title")[0]) == "Generated status"


@pytest.mark.usefixtures("generated")
def test_treaty_counts_parties_as_at_a_day_and_lists_them_as_called_then(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8):
        found = page(client, "/en/treaties/untoc/?on=2009-10-01")
    assert [words(figure) for figure in select(found, ".figures b")][0] == "151"
    names = words(select(found, "details.more p")[0]).split(" · ")
    assert (len(names), "Turkey" in names, "Türkiye" in names) == (151, True, False)
    rows = [cells(row) for row in found.xpath("//figure/following-sibling::details//tbody/tr")]
    assert rows[-1][0::2] == ["2009", "151"]
    assert len(select(found, "svg polyline")) == 1
    assert found.xpath("//*[@style]") == []


@pytest.mark.usefixtures("generated")
def test_treaty_lists_its_articles_with_obligation_and_topics(client: Client) -> None:
    found = page(client, "/en/treaties/untoc/")
    rows = found.xpath("//section[@aria-labelledby='articles']//tbody/tr")
    assert len(rows) == 41
    fifth = cells(rows[4])
    assert fifth[:3] == [
        "5",
        "Criminalization of participation in an organized criminal group",
        "mandatory notification",
    ]
    assert words(select(rows[0], "td .tag")[0]) == "no obligation"


def test_treaty_without_parties_has_no_chart_and_no_notice(client: Client) -> None:
    found = page(client, "/en/treaties/untoc/")
    assert (select(found, "figure"), select(found, ".notice")) == ([], [])


def test_treaty_with_a_head_only_says_so(client: Client) -> None:
    found = page(client, "/en/treaties/tip/")
    assert words(select(found, ".empty-title")[0]) == "The articles have not been entered yet"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("yesterday", "This is not a date. Write year, month and day, such as 2009-10-01."),
        ("2009-02-30", "This is not a date. Write year, month and day, such as 2009-10-01."),
        ("%00", "This is not a date. Write year, month and day, such as 2009-10-01."),
        ("9999-12-31", "This day lies in the future. Choose today or an earlier day."),
        ("", "No day was given; today is shown."),
    ],
)
def test_bad_day_is_named_and_today_is_shown(client: Client, given: str, said: str) -> None:
    found = page(client, f"/en/treaties/untoc/?on={given}")
    assert words(select(found, ".error-text")[0]) == said


def test_day_before_there_were_parties_shows_none(client: Client) -> None:
    found = page(client, "/en/treaties/untoc/?on=0001-01-01")
    assert [words(figure) for figure in select(found, ".figures b")] == ["0", "0", "0"]


@pytest.mark.parametrize(
    "address",
    [
        "/en/treaties/nato/",
        "/en/treaties/untoc/99/",
        "/en/treaties/untoc/5-1/",
        "/en/treaties/nato/1/",
        "/en/treaties/tip/1/",
    ],
)
def test_unknown_treaty_or_article_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_article_shows_what_each_provision_demands(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        found = page(client, "/en/treaties/untoc/5/")
    assert words(select(found, "h1")[0]) == "Criminalization of participation in an organized criminal group"
    limbs = {limb.get("id"): limb for limb in select(found, "li.question")}
    assert words(select(limbs["untoc-5-1-a-i"], ".cite")[0]) == "Art. 5, para. 1 (a) (i) · mandatory · shall"
    assert words(select(limbs["untoc-5-3-inform"], ".tag.part")[0]) == "to be notified to the Secretary-General"
    assert len(select(found, ".rail li")) == 41
    assert [words(link) for link in select(found, ".actions a")] == ["Before: Art. 4", "Next: Art. 6"]


def test_every_article_has_its_page_in_every_direction(client: Client) -> None:
    for number in range(1, 42):
        assert client.get(f"/en/treaties/untoc/{number}/").status_code == 200
    found = page(client, "/ar/treaties/untoc/6/")
    assert found.get("dir") == "rtl"
    demand = found.xpath("//li[@class='question']/p/span[@lang]")[0]
    assert (demand.get("lang"), demand.get("dir")) == ("en", "ltr")


def test_chart_holds_every_step_inside_its_frame() -> None:
    counts = [(date(2001, 1, 1), 3), (date(2002, 6, 1), 40), (date(2003, 1, 1), 39), (date(2030, 1, 1), 50)]
    chart = chart_of(counts, date(2000, 12, 12), date(2004, 1, 1))
    assert chart is not None
    points = [tuple(map(float, pair.split(","))) for pair in chart.line.split()]
    assert (points[0][0], points[-1][0]) == (chart.left, chart.right)
    assert [y for _x, y in points if not chart.top <= y <= chart.base] == []
    assert (chart.total, [tick.label for tick in chart.years]) == (39, [2001, 2002, 2003, 2004])
    assert by_year(counts, date(2004, 1, 1)) == [(2001, 3, 3), (2002, 37, 40), (2003, -1, 39), (2004, 0, 39)]
    assert chart_of([], date(2000, 1, 1), date(2001, 1, 1)) is None
    assert chart_of(counts, date(2000, 12, 12), date(2000, 1, 1)) is None


def test_one_party_makes_a_chart(client: Client) -> None:
    act = NewAct(
        Instrument.objects.get(code="fa"), Party.objects.get(code="ARG"), ActKind.ACCESSION, date(2006, 12, 18)
    )
    record_status(by=None, acts=[act], source="treaty collection")
    found = page(client, "/fr/treaties/fa/")
    assert len(select(found, "svg polyline")) == 1
    assert words(select(found, "details.more p")[0]) == "Argentine"
