"""The published counts and rates come out when the file of published status is loaded; without it they are skipped."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker
from tests.factories.world import settle
from tests.reports import independent
from tests.reports.reporting import archived_cycle, asked, generated_questionnaire, noon, replied

from palermo.parties.exchange import load_parties
from palermo.reports.logic.dataset import Dataset, exported
from palermo.reports.logic.rates import Cut, Rate, Tally, tallies, tally
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.rates import group_names, overview
from palermo.responses.models import Cycle, CycleQuestionnaire
from palermo.treaties.exchange import import_status, load_treaties
from palermo.treaties.models import Instrument
from palermo.treaties.queries import deposited_as_at

pytestmark = pytest.mark.django_db
CONTENT = Path(__file__).parents[2] / "src" / "palermo" / "content"
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "party_status_2014.csv"
TREATIES = ("untoc", "tip", "som", "fa")
CONFERENCE = datetime.date(2005, 7, 29)
MEETING = datetime.date(2009, 10, 1)


@pytest.fixture(scope="module", autouse=True)
def archive(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cycle]:
    """The published status; a generated questionnaire on each treaty; fifty replies of 107, and 37 of 87, by 2005."""
    if not PUBLISHED.exists():
        pytest.skip("the file of published status is not at hand")
    with django_db_blocker.unblock(), transaction.atomic():
        load_parties(CONTENT, by=None)
        load_treaties(CONTENT, by=None)
        import_status(PUBLISHED, by=None, source="published status to April 2014")
        versions = {
            code: generated_questionnaire(Instrument.objects.get(code=code), f"{code}-trial") for code in TREATIES
        }
        cycle = archived_cycle("2005", datetime.date(2005, 6, 30), *versions.values())
        for code, replies in (("untoc", 50), ("tip", 37)):
            version = versions[code]
            parties = sorted(
                deposited_as_at(version.questionnaire.instrument, CONFERENCE), key=lambda party: party.code
            )
            responses = list(asked(cycle, version, parties, datetime.date(2005, 1, 10)).values())
            for place, response in enumerate(responses[:replies]):
                replied(response, noon(datetime.date(2005, 3, 1) + datetime.timedelta(days=3 * place)))
        settle()
        yield cycle
        transaction.set_rollback(True)


def on(day: datetime.date, treaty: str = "untoc") -> Dataset:
    asked_for = CycleQuestionnaire.objects.select_related("cycle", "questionnaire").get(
        questionnaire__code=f"{treaty}-trial"
    )
    return dataset(asked_for.cycle, asked_for.questionnaire, "en", as_at=day)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (datetime.date(2004, 3, 25), (65, 50, 44, 14)),
        (CONFERENCE, (107, 87, 78, 43)),
        (datetime.date(2008, 9, 26), (147, 124, 116, 77)),
        (MEETING, (151, 134, 121, 79)),
    ],
)
def test_published_counts_of_parties_come_out(day: datetime.date, counts: tuple[int, ...], archive: Cycle) -> None:
    assert tuple(len(on(day, treaty).parties) for treaty in TREATIES) == counts
    lines = overview([archive], day, datetime.datetime.now(datetime.UTC))
    found = {line.asked_for.questionnaire.instrument.code: line.parties for line in lines}
    assert found == dict(zip(TREATIES, counts, strict=True))
    assert tuple(
        independent.counts(json.loads(json.dumps(exported(on(day, treaty)))))["parties"] for treaty in TREATIES
    ) == counts  # fmt: skip


def test_published_split_by_regional_group_comes_out() -> None:
    found = on(MEETING)
    order = group_names("en", MEETING).order(Cut.REGION)
    parts = tallies(found.states, Cut.REGION, order)
    assert [(part.slice.code, part["parties"]) for part in parts if part["parties"]] == [
        ("african", 44),
        ("asia-pacific", 31),
        ("eastern-european", 22),
        ("grulac", 28),
        ("weog", 24),
        ("none", 2),
    ]


def whole(day: datetime.date, treaty: str) -> Tally:
    return tally(on(day, treaty).states)


def test_published_rates_of_2005_come_out() -> None:
    # All fifty had replied by the conference: 1 March and every third day after it, to 26 July.
    untoc, tip = whole(CONFERENCE, "untoc").of_parties, whole(CONFERENCE, "tip").of_parties
    assert (untoc.part, untoc.whole, untoc.percent) == (50, 107, 47)
    assert (tip.part, tip.whole, tip.percent) == (37, 87, 43)
    # Nobody was asked about the other Protocols: of the parties none has reported, and of those asked there is no rate.
    som = whole(CONFERENCE, "som")
    assert (som.of_parties, som.of_parties.percent, som.of_asked.percent) == (Rate(0, 78, som.of_parties.of), 0, None)


def test_rates_of_an_earlier_and_a_later_day_differ() -> None:
    # On 1 April eleven had replied, of those who were parties by then.
    early = whole(datetime.date(2005, 4, 1), "untoc")
    assert (early["reported"], early["parties"] < 107) == (11, True)
    late = whole(MEETING, "untoc")
    assert (late["reported"], late["parties"], late.of_parties.percent) == (50, 151, 33)
    assert (late["parties_not_asked"], late["silent"], late["late"]) == (44, 57, 9)


def test_names_and_groups_are_those_of_the_day() -> None:
    def names(day: datetime.date) -> dict[str, str]:
        wanted = ("tur", "swz", "mkd", "cod")
        return {state.code: state.name for state in on(day).states if state.code in wanted}

    assert names(MEETING)["tur"] == "Turkey"
    assert names(datetime.date(2026, 1, 1))["tur"] == "Türkiye"
    assert names(MEETING)["swz"] == "Swaziland"
    assert group_names("en", MEETING).names[Cut.REGION]["asia-pacific"] == "Group of Asian States"
    regions = {state.code: state.group for state in on(MEETING).states}
    assert (regions["kaz"], regions["usa"]) == ("asia-pacific", "weog")
    # A State that did not exist on the day counts nowhere.
    born = {"tls": datetime.date(2002, 5, 20), "mne": datetime.date(2006, 6, 3), "ssd": datetime.date(2011, 7, 9)}
    for code, day in born.items():
        before = {state.code for state in on(day - datetime.timedelta(days=1)).states}
        assert {state.code for state in on(day).states} - before == {code}
