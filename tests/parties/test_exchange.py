"""The content files of parties: loading, loading again, correcting, refusing."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from palermo.base.yaml_source import BadContent
from palermo.parties.exchange import load_parties, sort_key
from palermo.parties.logic.content import read_parties
from palermo.parties.models import AuditEvent, Group, GroupMembership, Party, PartyName
from palermo.parties.queries import group_name, members, names, party_name

CONTENT = Path(__file__).parents[2] / "src" / "palermo" / "content"
FILES = ("states.yaml", "organisations.yaml", "regions.yaml", "development.yaml")
STATE = """\
- code: AAA
  kind: state
  iso2: XA
  iso3: AAA
  m49: '901'
  groups:
    - {group: one, from: null, until: null}
  subregion: null
  un_member_since: 1945-10-24
  names:
    - {from: null, until: 2010-01-01, en: {short: Oldland}, zh: {short: 旧, sort: jiu4}}
    - {from: 2010-01-01, until: null, en: {short: Newland}, zh: {short: 新, sort: xin1}}
  aliases:
    - {name: The Isle, language: en}
"""
GROUPS = """\
- {code: one, kind: regional_group, parent: null, names: [{from: null, until: null, en: {short: Group one}}]}
- {code: two, kind: regional_group, parent: null, names: [{from: null, until: null, en: {short: Group two}}]}
- {code: ldc, kind: development_list, parent: null, names: [{from: null, until: null, en: {short: Least developed}}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "states.yaml").write_text(STATE)
    (tmp_path / "organisations.yaml").write_text("[]\n")
    (tmp_path / "regions.yaml").write_text(GROUPS)
    (tmp_path / "development.yaml").write_text("- {list: ldc, party: AAA, from: 1990-01-01, until: 2012-01-01}\n")
    return tmp_path


def change(folder: Path, old: str, new: str, file: str = "states.yaml") -> None:
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))


@pytest.mark.django_db
def test_content_loads_and_a_second_loading_changes_nothing() -> None:
    first = load_parties(CONTENT, by=None)
    with CaptureQueriesContext(connection) as queries:
        second = load_parties(CONTENT, by=None)
    assert (second.created, second.changed, second.withdrawn) == (0, 0, 0)
    assert second.unchanged == first.created
    assert Party.objects.filter(kind="state", un_member_since__isnull=False).count() == 193
    assert Party.objects.get(code="EU").kind == "regional_organisation"
    assert AuditEvent.objects.filter(action="load_parties").count() == 1
    assert len(queries) == 7  # five tables, and the savepoint around them


@pytest.mark.django_db
def test_content_gives_names_groups_and_flags_of_a_day() -> None:
    load_parties(CONTENT, by=None)
    turkey = Party.objects.get(code="TUR")
    assert party_name(turkey, "en", date(2009, 10, 1)) == "Turkey"
    assert party_name(turkey, "en", date(2026, 1, 1)) == "Türkiye"
    assert len(names(None, "ar", date(2026, 1, 1))) == Party.objects.count()
    by_group = {
        group.code: members(group, date(2009, 10, 1)).count() for group in Group.objects.filter(kind="un-group")
    }
    assert by_group == {
        "african": 53,
        "asia-pacific": 55,
        "eastern-european": 23,
        "grulac": 33,
        "weog": 29,
        "none": 4,
    }
    assert members(Group.objects.get(code="ldc"), date(2026, 1, 1)).count() == 44
    assert members(Group.objects.get(code="002"), date(2026, 1, 1)).count() == 54  # Africa, through its sub-regions
    assert group_name(Group.objects.get(code="asia-pacific"), "en", date(2009, 10, 1)) == "Group of Asian States"
    assert group_name(Group.objects.get(code="asia-pacific"), "en") == "Group of Asia-Pacific States"


@pytest.mark.django_db
def test_correction_withdraws_and_adds_and_the_past_is_kept(folder: Path) -> None:
    load_parties(folder, by=None)
    before = timezone.now()
    change(folder, "Newland", "Newerland")
    change(folder, "{group: one, from: null", "{group: two, from: null")
    loaded = load_parties(folder, by=None)
    party = Party.objects.get()
    assert (loaded.created, loaded.changed, loaded.withdrawn) == (2, 0, 2)
    assert party_name(party, "en") == "Newerland"
    assert party_name(party, "en", known_at=before) == "Newland"
    assert party_name(party, "en", date(2009, 10, 1)) == "Oldland"
    assert list(members(Group.objects.get(code="one"))) == []
    assert list(members(Group.objects.get(code="one"), known_at=before)) == [party]
    assert list(members(Group.objects.get(code="two"))) == [party]


@pytest.mark.django_db
def test_name_cannot_be_changed_deleted_or_doubled(folder: Path) -> None:
    load_parties(folder, by=None)
    name = PartyName.objects.order_by("validity").last()
    assert name is not None
    with pytest.raises(ProgrammingError), transaction.atomic():
        PartyName.objects.filter(pk=name.pk).update(texts={"en": {"short": "Other"}})
    with pytest.raises(ProgrammingError), transaction.atomic():
        name.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyName.objects.create(party=name.party, validity=name.validity, texts=name.texts)


@pytest.mark.django_db
def test_changed_row_group_and_alias_are_stored(folder: Path) -> None:
    load_parties(folder, by=None)
    change(folder, "iso2: XA", "iso2: XB")
    change(folder, "The Isle", "The Islet")
    change(folder, "Group two", "Group second", "regions.yaml")
    loaded = load_parties(folder, by=None)
    assert (loaded.created, loaded.changed, loaded.withdrawn) == (1, 2, 1)
    assert Party.objects.get().iso2 == "XB"
    assert Group.objects.get(code="two").texts["en"]["name"] == "Group second"
    assert list(Party.objects.get().aliases.values_list("name", flat=True)) == ["The Islet"]


BAD = [
    ("states.yaml", "code: AAA", "cod: AAA", "states.yaml:1: 'cod' is not known here."),
    ("states.yaml", "kind: state", "kind: empire", "states.yaml:2: 'kind' is 'empire'."),
    ("states.yaml", "group: one", "group: three", "states.yaml:7: The group 'three' is not known."),
    ("states.yaml", "1945-10-24", "1945-13-24", "states.yaml:9: There is no day 1945-13-24."),
    (
        "states.yaml",
        "until: 2010-01-01",
        "until: 2011-01-01",
        "states.yaml:12: This name overlaps another one in time.",
    ),
    (
        "states.yaml",
        "{from: null, until: 2010-01-01, en: {short: Oldland}",
        "{from: 1990-01-01, until: 2010-01-01, en: {short: Oldland}",
        "states.yaml:7: 'AAA' is in 'one' before its first name begins on 1990-01-01.",
    ),
    ("states.yaml", ", sort: xin1", "", "states.yaml:12: 'sort' is missing."),
    ("states.yaml", "en: {short: Newland}, ", "", "states.yaml:12: 'en' is missing."),
    ("states.yaml", "language: en", "language: xx", "states.yaml:14: 'language' is 'xx'."),
    ("states.yaml", "m49: '901'", "m49: 901", "states.yaml:5: 'm49' must be a text."),
    ("states.yaml", "iso2: XA", "iso2: [", "states.yaml:5: This is not YAML"),
    ("states.yaml", "iso2: XA", "iso2: &a XA", "states.yaml:3: Anchors, aliases and tags are not used here."),
    ("states.yaml", "iso2: XA", "iso2: XA\n  iso2: XA", "states.yaml:4: 'iso2' stands here and on line 3."),
    ("development.yaml", "party: AAA", "party: BBB", "development.yaml:1: The party 'BBB' is not known."),
    ("development.yaml", "until: 2012-01-01", "until: 1980-01-01", "development.yaml:1: The period ends on 1980-01-01"),
    ("development.yaml", "list: ldc", "list: odc", "development.yaml:1: The group 'odc' is not known."),
    ("regions.yaml", "code: two", "code: one", "regions.yaml:2: 'one' is here twice."),
    ("regions.yaml", "ldc, kind", "ddc, kind", "regions.yaml:3: The list 'ddc' is not known."),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), BAD)
def test_bad_file_is_refused_with_place_reason_and_way_out(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    change(folder, old, new, file)
    with pytest.raises(BadContent) as refusal:
        read_parties(folder)
    found = [str(problem).partition("/")[2] for problem in refusal.value.problems]
    assert [problem[: len(said)] for problem in found if problem.startswith(file)][0] == said
    assert all(problem.remedy for problem in refusal.value.problems)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"{", b"key: 1", b"- 1", b"\x00", b"[" * 5000, b"- [a]\n- b"])
def test_damaged_file_is_refused(folder: Path, file: str, data: bytes) -> None:
    (folder / file).write_bytes(data)
    with pytest.raises(BadContent) as refusal:
        read_parties(folder)
    assert all(problem.remedy and problem.line for problem in refusal.value.problems)


@pytest.mark.parametrize("file", FILES)
def test_missing_file_is_refused(tmp_path: Path, file: str) -> None:
    for name in FILES:
        shutil.copy(CONTENT / name, tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(BadContent) as refusal:
        read_parties(tmp_path)
    assert [problem.reason for problem in refusal.value.problems] == ["The file is missing."]


def test_sort_key_follows_the_unicode_collation_algorithm() -> None:
    words = ["Zambia", "Österreich", "Åland", "Oman", "albania", "Allemagne", "Émirats", "Éthiopie", "Equateur"]
    assert sorted(words, key=sort_key) == [
        "Åland",
        "albania",
        "Allemagne",
        "Émirats",
        "Equateur",
        "Éthiopie",
        "Oman",
        "Österreich",
        "Zambia",
    ]


@pytest.mark.django_db
def test_membership_of_two_regional_groups_at_a_time_is_refused_by_the_database(folder: Path) -> None:
    load_parties(folder, by=None)
    row = GroupMembership.objects.get(kind="un-group")
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMembership.objects.create(
            party=row.party, group=Group.objects.get(code="two"), kind="un-group", validity=row.validity
        )
