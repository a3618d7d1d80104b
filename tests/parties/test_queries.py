"""How parties are called on a day, and how they are found."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker
from tests.factories.world import settle

from palermo.parties.exchange import load_parties
from palermo.parties.logic.kinds import PartyKind
from palermo.parties.models import Group, Party
from palermo.parties.queries import (
    Index,
    find_party,
    groups_of,
    members,
    name_history,
    names,
    parties,
    parties_sorted,
    party_name,
)

CONTENT = Path(__file__).parents[2] / "src" / "palermo" / "content"
MEETING = date(2009, 10, 1)
TODAY = date(2026, 11, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The content files, loaded once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_parties(CONTENT, by=None)
        settle()
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("text", "on", "language", "code"),
    [
        ("Turkey", MEETING, None, "TUR"),
        ("Turkey", TODAY, None, "TUR"),
        ("Türkiye", TODAY, "en", "TUR"),
        ("Turkiye", TODAY, "en", "TUR"),
        ("  tuR ", None, None, "TUR"),
        ("TR", None, None, "TUR"),
        ("792", None, None, "TUR"),
        ("Czech Republic", MEETING, None, "CZE"),
        ("The former Yugoslav Republic of Macedonia", MEETING, None, "MKD"),
        ("Swaziland", MEETING, None, "SWZ"),
        ("Cape Verde", MEETING, None, "CPV"),
        ("Cabo Verde", TODAY, None, "CPV"),
        ("European Community", MEETING, None, "EU"),
        ("Palestine", MEETING, None, "PSE"),
        ("Côte d'Ivoire", MEETING, None, "CIV"),
        ("Cote d’Ivoire", MEETING, None, "CIV"),
        ("Argelia", MEETING, "es", "DZA"),
        ("Argelia", MEETING, "fr", None),
        ("阿富汗", MEETING, "zh", "AFG"),
        ("Sovereign Military Order of Malta", MEETING, None, "SMOM"),
        ("Yugoslavia", MEETING, None, "SRB"),
        ("Atlantis", MEETING, None, None),
        ("", None, None, None),
        ("   ", None, None, None),
    ],
)
def test_find_party_knows_codes_names_and_aliases(
    text: str, on: date | None, language: str | None, code: str | None
) -> None:
    party = find_party(text, on=on, language=language)
    assert (party.code if party else None) == code


def test_index_finds_many_with_three_queries() -> None:
    with CaptureQueriesContext(connection) as queries:
        index = Index(MEETING)
        found = [index.find(text) for text in ("Turkey", "Viet Nam", "Niue", "nowhere")]
    assert [party.code if party else None for party in found] == ["TUR", "VNM", "NIU", None]
    assert len(queries) == 3


def test_names_of_all_parties_take_one_query() -> None:
    everyone = list(Party.objects.all())
    with CaptureQueriesContext(connection) as queries:
        called = names(everyone, "fr", MEETING)
    assert len(queries) == 1
    assert called[Party.objects.get(code="TUR").pk].short == "Turquie"
    assert {name.language for name in called.values()} == {"fr"}


def test_missing_language_falls_back_and_says_so() -> None:
    name = names([Party.objects.get(code="TUR")], "de", MEETING).popitem()[1]
    assert (name.short, name.language) == ("Turkey", "en")


def test_name_before_there_was_one_is_the_code() -> None:
    party = Party.objects.create(code="ZZZ", kind="state")
    assert party_name(party, "en") == "ZZZ"


def test_former_names_are_the_earlier_ones_newest_first() -> None:
    def former(code: str, language: str, day: date) -> list[tuple[str, date | None, date | None]]:
        history = name_history(Party.objects.get(code=code), language, day)
        assert history is not None
        return [(name.short, name.start, name.until) for name in history.former]

    assert former("SRB", "en", TODAY) == [
        ("Serbia and Montenegro", date(2003, 2, 4), date(2006, 6, 3)),
        ("Yugoslavia", None, date(2003, 2, 4)),
    ]
    assert former("TUR", "ru", TODAY) == []
    assert former("TUR", "en", MEETING) == []


def test_parties_are_sorted_by_the_order_of_the_language() -> None:
    states = parties(PartyKind.STATE, PartyKind.OBSERVER_STATE)
    with CaptureQueriesContext(connection) as queries:
        english = parties_sorted("en", states, TODAY)
    assert len(queries) == 2
    assert [name.short for _party, name in english][:3] == ["Afghanistan", "Albania", "Algeria"]
    assert [name.short for _party, name in english][-3:] == ["Yemen", "Zambia", "Zimbabwe"]
    french = [name.short for _party, name in parties_sorted("fr", states, TODAY)]
    assert french.index("Égypte") < french.index("El Salvador") < french.index("Émirats arabes unis")
    chinese = [party.code for party, _name in parties_sorted("zh", states, TODAY)]
    assert chinese[:3] == ["ALB", "DZA", "AFG"]
    assert len(english) == 197


def test_groups_of_gives_region_and_lists_of_the_day() -> None:
    maldives = Party.objects.get(code="MDV")
    assert [group.code for group in groups_of([maldives], MEETING)[maldives.pk]] == [
        "ldc",
        "sids",
        "034",
        "asia-pacific",
    ]
    assert [group.code for group in groups_of([maldives], TODAY)[maldives.pk]] == ["sids", "034", "asia-pacific"]
    assert [group.code for group in groups_of([maldives], TODAY, kind="un-group")[maldives.pk]] == ["asia-pacific"]


@pytest.mark.parametrize(
    ("code", "born", "member"),
    [("TLS", "2002-05-20", "2002-09-27"), ("MNE", "2006-06-03", "2006-06-28"), ("SSD", "2011-07-09", "2011-07-14")],
)
def test_a_state_is_nowhere_before_it_exists(code: str, born: str, member: str) -> None:
    party, day, joined = Party.objects.get(code=code), date.fromisoformat(born), date.fromisoformat(member)
    before = day - timedelta(days=1)
    assert (party.pk in names(None, "en", before), party.pk in names(None, "en", day)) == (False, True)
    assert groups_of([party], before).get(party.pk, []) == []
    assert party.un_member_since == joined
    for on, there in ((joined - timedelta(days=1), 0), (joined, 1)):
        assert len(groups_of([party], on, kind="un-group").get(party.pk, [])) == there


def test_only_states_older_than_the_convention_have_no_beginning() -> None:
    """Who was admitted since and has a name of old existed before: Switzerland alone."""
    admitted = Party.objects.filter(un_member_since__gt=date(2000, 11, 15)).order_by("un_member_since")
    old = names(None, "en", date(2000, 11, 15))
    assert [(party.code, party.pk in old) for party in admitted] == [
        ("CHE", True),
        ("TLS", False),
        ("MNE", False),
        ("SSD", False),
    ]


def test_members_of_a_group_change_with_time() -> None:
    african = Group.objects.get(code="african")
    before, after = members(african, date(2011, 1, 1)), members(african, TODAY)
    assert [party.code for party in after.difference(before)] == ["SSD"]
