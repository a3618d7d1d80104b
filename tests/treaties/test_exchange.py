"""Loading treaties and importing status."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.parties.models import AuditEvent, Party
from palermo.parties.queries import Index, groups_of
from palermo.treaties.actions import NewAct, generate_status, record_status, withdraw_status
from palermo.treaties.exchange import Columns, Mapped, import_status, load_treaties, load_treaty, read_mapping
from palermo.treaties.logic.generated import PARTIES_AT_THE_MEETING, SIGNATORIES_AT_THE_MEETING
from palermo.treaties.logic.kinds import ActKind
from palermo.treaties.logic.status import entry_into_force
from palermo.treaties.models import Instrument, Provision, StatusAct, Topic
from palermo.treaties.queries import bound_as_at, deposited_as_at, signatories_as_at, standings, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "party_status_2014.csv"
LONG = "party,instrument,act,on,effective_on,note\n"


def instrument(code: str = "untoc") -> Instrument:
    return Instrument.objects.get(code=code)


def codes(parties: frozenset[Party]) -> list[str]:
    return sorted(party.code for party in parties)


def cut(file: Path, start: str, end: str) -> None:
    """Takes out of a file what stands from ``start`` to before ``end``."""
    text = file.read_text()
    file.write_text(text[: text.index(start)] + text[text.index(end) :])


def imported(text: str, **options: object) -> list[str]:
    report = import_status(text.encode(), by=None, source="a list of 2010", file="s.csv", **options)  # type: ignore[arg-type]
    return [str(problem) for problem in report.problems]


# Treaties


def test_loading_again_changes_nothing_and_asks_little(content: Path) -> None:
    with CaptureQueriesContext(connection) as queries:
        loaded = load_treaties(content, by=None)
    assert (loaded.created, loaded.changed, loaded.removed) == (0, 0, 0)
    assert loaded.unchanged == Topic.objects.count() + 5 + Provision.objects.count()
    assert Provision.objects.filter(is_article=True).count() == 41
    assert len(queries) == 36  # two for the topics, seven or so for each of five treaties: none for each provision


def test_loading_makes_changes_and_removes_what_is_gone(content: Path, tmp_path: Path) -> None:
    shutil.copytree(content / "treaties" / "untoc", tmp_path / "untoc")
    file = tmp_path / "untoc" / "en.yaml"
    file.write_text(file.read_text().replace("short: Money-laundering", "short: Laundering"))
    loaded = load_treaty(tmp_path / "untoc", by=None)
    assert (loaded.created, loaded.changed, loaded.removed) == (0, 1, 0)
    assert Provision.objects.get(code="untoc.6").texts["en"]["short"] == "Laundering"
    cut(tmp_path / "untoc" / "treaty.yaml", "      - code: untoc.7.1.b.fiu", "      - code: untoc.7.2")
    cut(file, "  untoc.7.1.b.fiu:", "  untoc.7.2:")
    loaded = load_treaty(tmp_path / "untoc", by=None)
    assert loaded.removed == 1
    assert Provision.objects.filter(code="untoc.7.1.b.fiu").count() == 0


def test_provision_that_is_in_use_is_not_removed(content: Path, tmp_path: Path) -> None:
    shutil.copytree(content / "treaties" / "untoc", tmp_path / "untoc")
    outside = Provision.objects.create(
        code="tip.9",
        instrument=instrument("tip"),
        parent=Provision.objects.get(code="untoc.40.1"),
        article=Provision.objects.get(code="untoc.40"),
        order=1,
        obligation="none",
        verb="none",
        bearer="state",
    )
    cut(tmp_path / "untoc" / "treaty.yaml", "  - code: untoc.40\n", "  - code: untoc.41\n")
    cut(tmp_path / "untoc" / "en.yaml", "  untoc.40:", "  untoc.41:")
    cut(tmp_path / "untoc" / "en.yaml", "  untoc.40.1:", "  untoc.41.1:")
    with pytest.raises(Refusal) as refusal:
        load_treaty(tmp_path / "untoc", by=None)
    assert refusal.value.code == "provision_in_use"
    assert outside.parent_id == Provision.objects.get(code="untoc.40.1").pk


def test_protocol_without_its_convention_is_refused(content: Path, tmp_path: Path) -> None:
    (tmp_path / "treaties").mkdir()
    shutil.copytree(content / "treaties" / "tip", tmp_path / "treaties" / "tip")
    shutil.copy(content / "topics.yaml", tmp_path)
    with pytest.raises(BadContent) as refusal:
        load_treaties(tmp_path, by=None)
    assert [problem.reason for problem in refusal.value.problems] == ["The convention 'untoc' is not here."]


# Status: the published counts


@pytest.fixture
def published(content: Path) -> None:
    if not PUBLISHED.exists():
        pytest.skip("the file of published status is not at hand")
    report = import_status(PUBLISHED, by=None, source="published status to April 2014")
    assert report.problems == ()
    assert report.applied


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2004, 3, 25), (65, 50, 44, 14)),
        (date(2005, 7, 29), (107, 87, 78, 43)),
        (date(2008, 9, 26), (147, 124, 116, 77)),
        (date(2009, 10, 1), (151, 134, 121, 79)),
    ],
)
def test_published_counts_of_parties_are_reproduced(day: date, counts: tuple[int, ...]) -> None:
    found = tuple(len(deposited_as_at(instrument(code), day)) for code in ("untoc", "tip", "som", "fa"))
    assert found == counts


@pytest.mark.usefixtures("published")
def test_published_split_by_regional_group_is_reproduced() -> None:
    meeting = date(2009, 10, 1)
    parties = deposited_as_at(instrument(), meeting)
    groups = groups_of(parties, meeting, kind="un-group")
    assert Counter(group.code for party in parties for group in groups[party.pk]) == {
        "african": 44,
        "asia-pacific": 31,
        "eastern-european": 22,
        "grulac": 28,
        "weog": 24,
        "none": 2,
    }


@pytest.mark.usefixtures("published")
def test_published_status_knows_those_at_the_meeting() -> None:
    meeting = date(2009, 10, 1)
    parties = {party.iso3 for party in deposited_as_at(instrument(), meeting)}
    signatories = {party.iso3 for party in signatories_as_at(instrument(), meeting)}
    assert (len(PARTIES_AT_THE_MEETING), PARTIES_AT_THE_MEETING - parties) == (63, set())
    assert (len(SIGNATORIES_AT_THE_MEETING), SIGNATORIES_AT_THE_MEETING - signatories) == (8, set())


@pytest.mark.usefixtures("published")
def test_published_entry_into_force_follows_from_the_deposits() -> None:
    for code in ("untoc", "tip", "som", "fa", "uncac"):
        treaty = instrument(code)
        deposits = [
            found.deposited_on
            for party, found in standings(treaty).items()
            if found.deposited_on and party.kind != "regional_organisation"
        ]
        assert (code, entry_into_force(deposits, treaty.rules)) == (code, treaty.in_force_on)


@pytest.mark.usefixtures("published")
def test_published_standing_of_single_states() -> None:
    meeting = date(2009, 10, 1)
    untoc = instrument()
    tip = instrument("tip")
    assert "IDN" in codes(deposited_as_at(tip, meeting))  # deposited on 28 September 2009 …
    assert "IDN" not in codes(bound_as_at(tip, meeting))  # … and bound thirty days later
    assert len(bound_as_at(untoc, date(2003, 9, 28))) == 0
    assert len(bound_as_at(untoc, date(2003, 9, 29))) == 41  # deposits to 30 August 2003
    germany = Party.objects.get(code="DEU")
    with CaptureQueriesContext(connection) as queries:
        found = {one.instrument.code: one.word for one in status_of(germany, meeting)}
    assert found == {"untoc": "party", "tip": "party", "som": "party", "fa": "signatory", "uncac": "signatory"}
    assert len(queries) == 2


@pytest.mark.usefixtures("published")
def test_published_file_imported_again_changes_nothing_and_asks_little() -> None:
    before = StatusAct.objects.count()
    with CaptureQueriesContext(connection) as queries:
        report = import_status(PUBLISHED, by=None, source="published status to April 2014")
    assert (report.recorded.added, report.recorded.corrected) == (0, 0)
    assert report.recorded.unchanged == before == StatusAct.objects.count()
    assert len(queries) == 9


@pytest.mark.usefixtures("published")
def test_published_gaps_are_named_as_doubts() -> None:
    report = import_status(PUBLISHED, by=None, source="published status to April 2014")
    assert [str(doubt).partition(": ")[2].partition(": a rat")[0] for doubt in report.doubts] == [
        "ATG, tip",
        "BHS, fa",
    ]


# Status: our own form


def test_long_form_records_acts_and_bound_follows_later() -> None:
    text = LONG + (
        "ARG,untoc,signature,2000-12-12,,\n"
        "Argentina,untoc,ratification,2002-11-19,,\n"
        "mne,UNTOC,succession,2006-10-23,2006-06-03,as notified\n"
        "European Union,untoc,Formal confirmation,2004-05-21,,\n"
    )
    assert imported(text) == []
    assert codes(deposited_as_at(instrument(), date(2004, 6, 1))) == ["ARG", "EU"]
    assert codes(bound_as_at(instrument(), date(2004, 6, 1))) == ["ARG"]
    assert codes(bound_as_at(instrument(), date(2006, 6, 3))) == ["ARG", "EU", "MNE"]
    assert imported(text) == []
    assert StatusAct.objects.count() == 4
    assert AuditEvent.objects.filter(action="record_status").count() == 1


def test_correction_withdraws_and_adds_and_the_past_is_kept() -> None:
    imported(LONG + "ARG,untoc,accession,2002-11-19,,\nBRA,untoc,accession,2004-01-29,,\n")
    before = timezone.now()
    imported(LONG + "ARG,untoc,accession,2002-11-20,,\n")
    day = date(2002, 11, 19)
    assert codes(deposited_as_at(instrument(), day)) == []
    assert codes(deposited_as_at(instrument(), day, known_at=before)) == ["ARG"]
    assert codes(deposited_as_at(instrument(), date(2010, 1, 1))) == ["ARG", "BRA"]
    assert list(StatusAct.objects.order_by("pk").values_list("on", Q(withdrawn_at=None))) == [
        (date(2002, 11, 19), False),
        (date(2004, 1, 29), True),
        (date(2002, 11, 20), True),
    ]


def test_signature_recorded_later_is_seen_together_with_the_deposit() -> None:
    imported(LONG + "ARG,untoc,ratification,2002-11-19,,\n")
    assert imported(LONG + "ARG,untoc,signature,2003-01-01,,\n") == [
        "s.csv:2: ARG, untoc: the ratification of 2002-11-19 comes before the signature of 2003-01-01. "
        "Check both dates; they may be interchanged."
    ]


BAD_ROWS = [
    ("XXX,untoc,signature,2000-12-12,,", "No party is known as 'XXX'."),
    (",untoc,signature,2000-12-12,,", "No party is known as ''."),
    ("ARG,nato,signature,2000-12-12,,", "The treaty 'nato' is not known."),
    ("ARG,untoc,blessing,2000-12-12,,", "'act' is 'blessing', which names no act."),
    ("ARG,untoc,,2000-12-12,,", "'act' is '', which names no act."),
    ("ARG,untoc,signature,12/12/2000,,", "'on' is '12/12/2000', which is no date."),
    ("ARG,untoc,signature,2000-13-12,,", "'on' is '2000-13-12', which is no date."),
    ("ARG,untoc,signature,,,", "'on' is empty."),
    ("ARG,untoc,signature,1999-12-12,,", "'on' is 1999-12-12, before untoc was adopted on 2000-11-15."),
    ("ARG,untoc,signature,2999-12-12,,", "'on' is 2999-12-12, which is in the future."),
    ("ARG,untoc,signature,2000-12-12,soon,", "'effective_on' is 'soon', which is no date."),
    ("ARG,untoc,signature,2000-12-12,,a,b", "The line has 7 cells, the first line 6."),
    ("ARG,untoc,denunciation,2010-01-01,,", "ARG, untoc: a denunciation needs an earlier consent to be bound."),
    ("ARG,untoc,signature,2000-12-12,," + "x" * 301, "'note' has 301 characters; 300 are allowed."),
    ("BRA,untoc,ratification,2005-01-01,,", "The consent of BRA to untoc stands on line 2 already."),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_bad_row_is_listed_and_nothing_is_applied_unless_asked(row: str, reason: str) -> None:
    text = LONG + "BRA,untoc,ratification,2004-01-29,,\n" + row + "\nCHL,untoc,accession,2004-11-29,,\n"
    report = import_status(text.encode(), by=None, source="a list", file="s.csv")
    assert [(problem.line, problem.reason) for problem in report.problems][:1] == [(3, reason)]
    assert all(problem.remedy for problem in report.problems)
    assert (report.applied, StatusAct.objects.count()) == (False, 0)
    report = import_status(text.encode(), by=None, source="a list", file="s.csv", good_rows=True)
    assert (report.applied, codes(deposited_as_at(instrument(), date(2010, 1, 1)))) == (True, ["BRA", "CHL"])


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "Columns are missing: party, instrument, act, on. There are: none."),
        (b"a,b\n1,2\n", 1, "Columns are missing: party, instrument, act, on. There are: a, b."),
        (b"party,instrument,act,on,on\n", 1, "The column 'on' is here twice."),
        (b"party,instrument,act,on\n\xff\xfe", 2, "This is not UTF-8 text."),
        (b"party,instrument,act,on\n\0", 2, "This is not a text file."),
        (b'party,instrument,act,on\n"ARG,untoc\n', 2, "This line is not CSV: unexpected end of data."),
        (b"x" * (4 * 1024 * 1024 + 1), 1, "The file is larger than 4 MB."),
    ],
)
def test_file_that_is_no_table_is_refused(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(BadContent) as refusal:
        import_status(data, by=None, source="a list", file="s.csv")
    assert (refusal.value.problems[0].line, refusal.value.problems[0].reason) == (line, reason)


def test_wide_form_is_recognised_and_checked() -> None:
    head = "iso3;name;UNTOC_signed;UNTOC_party;UNTOC_action\n"
    assert imported(head + "ARG;Argentina;2000-12-12;2002-11-19;\nBLZ;Belize;;2003-09-26;a\nAUS;Australia;;;\n") == []
    assert codes(deposited_as_at(instrument(), date(2010, 1, 1))) == ["ARG", "BLZ"]
    assert [
        line.partition(": ")[2] for line in imported(head + "ARG;Brazil;;;\nBLZ;Belize;;;a\nAUS;;;2003-01-01;z\n")
    ] == [
        "The code 'ARG' and the name 'Brazil' are two parties. Correct one of the two.",
        "'UNTOC_action' is 'a', but 'UNTOC_party' is empty. Add the date.",
        "'UNTOC_action' is 'z', which names no act of consent. Known are: a, A, AA, c, d, signature, ratification, "
        "acceptance, approval, accession, formal_confirmation, succession, denunciation.",
    ]


def test_mapping_file_names_the_columns(tmp_path: Path) -> None:
    file = tmp_path / "columns.yaml"
    file.write_text("party: State\ninstruments:\n  untoc: {consent: Joined, kind: How}\nkinds: {R: ratification}\n")
    mapped = read_mapping(file)
    assert mapped.instruments == (Columns("untoc", consent="Joined", kind="How"),)
    assert imported("State,Joined,How\nARG,2002-11-19,R\n", mapped=mapped) == []
    assert list(StatusAct.objects.values_list("kind", flat=True)) == ["ratification"]
    file.write_text("party: State\nkinds: {R: rumour}\n")
    with pytest.raises(BadContent) as refusal:
        read_mapping(file)
    assert [problem.reason for problem in refusal.value.problems] == ["'R' is 'rumour'."]
    assert Mapped().party == "party"


def test_denunciation_of_the_convention_leaves_its_protocols() -> None:
    text = (
        LONG + "ARG,untoc,accession,2004-01-01,,\nARG,tip,accession,2004-01-01,,\nARG,untoc,denunciation,2010-05-01,,\n"
    )
    assert imported(text) == []
    assert codes(deposited_as_at(instrument("tip"), date(2011, 4, 30))) == ["ARG"]
    assert codes(deposited_as_at(instrument("tip"), date(2011, 5, 1))) == []
    assert {one.instrument.code: one.word for one in status_of(Party.objects.get(code="ARG"), date(2012, 1, 1))} == {
        "untoc": "left",
        "tip": "left",
        "som": "none",
        "fa": "none",
        "uncac": "none",
    }


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=120)
    | st.lists(
        st.sampled_from([*'ARG,;\n"\0é٣', "untoc", "2000-12-12", "signature", "\r\n", "=", LONG]), max_size=40
    ).map(lambda parts: (LONG + "".join(parts)).encode())
)
def test_any_bytes_are_imported_or_refused_with_a_reason(data: bytes) -> None:
    try:
        problems = import_status(data, by=None, source="a list", file="s.csv", good_rows=True).problems
    except BadContent as bad:
        problems = bad.problems
    assert [problem for problem in problems if not problem.reason or not problem.remedy or problem.line < 1] == []


# Status: guarded by the database


def test_acts_cannot_be_changed_deleted_or_doubled() -> None:
    imported(LONG + "ARG,untoc,ratification,2002-11-19,,\n")
    act = StatusAct.objects.get()
    with pytest.raises(ProgrammingError), transaction.atomic():
        StatusAct.objects.update(on=date(2003, 1, 1))
    with pytest.raises(ProgrammingError), transaction.atomic():
        act.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusAct.objects.create(
            instrument=act.instrument,
            party=act.party,
            kind="accession",
            act_class="consent",
            on=date(2005, 1, 1),
            source="other",
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusAct.objects.create(
            instrument=act.instrument,
            party=act.party,
            kind="accession",
            act_class="signature",
            on=date(2005, 1, 1),
            source="other",
        )


def test_withdrawn_act_is_gone_from_today_and_stays_in_the_past() -> None:
    imported(LONG + "ARG,untoc,ratification,2002-11-19,,\n")
    before = timezone.now()
    act = StatusAct.objects.get()
    withdraw_status(by=None, act=act, reason="entered for the wrong State")
    assert codes(deposited_as_at(instrument(), date(2010, 1, 1))) == []
    assert codes(deposited_as_at(instrument(), date(2010, 1, 1), known_at=before)) == ["ARG"]
    with pytest.raises(Refusal):
        withdraw_status(by=None, act=act, reason="again")


# Status: generated


def test_generated_status_is_complete_labelled_and_the_same_each_time() -> None:
    result = generate_status(by=None, seed=2009)
    assert result.added == StatusAct.objects.count()
    assert set(StatusAct.objects.values_list("source", flat=True)) == {"generated"}
    assert generate_status(by=None, seed=2009).added == 0
    meeting = date(2009, 10, 1)
    counts = {code: len(deposited_as_at(instrument(code), meeting)) for code in ("untoc", "tip", "som", "fa")}
    assert counts == {"untoc": 151, "tip": 134, "som": 121, "fa": 79}
    parties = codes(deposited_as_at(instrument(), meeting))
    index = Index(meeting)
    represented = [index.find(name) for name in ("Afghanistan", "Turkey", "Zimbabwe", "European Community")]
    assert [party.code for party in represented if party and party.code not in parties] == []
    assert codes(bound_as_at(instrument(), date(2003, 9, 28))) == []
    untoc = instrument()
    days = [found.deposited_on for found in standings(untoc).values() if found.deposited_on]
    assert entry_into_force(days, untoc.rules) == untoc.in_force_on


def test_generated_and_real_status_never_stand_side_by_side() -> None:
    generate_status(by=None, seed=1)
    with pytest.raises(Refusal) as refusal:
        imported(LONG + "ARG,untoc,ratification,2002-11-19,,\n")
    assert refusal.value.code == "generated_status"
    assert imported(LONG + "ARG,untoc,ratification,2002-11-19,,\n", replace_generated=True) == []
    assert codes(deposited_as_at(instrument(), date(2026, 1, 1))) == ["ARG"]
    with pytest.raises(Refusal) as refusal:
        generate_status(by=None, seed=1)
    assert refusal.value.code == "real_status"


@pytest.mark.parametrize("source", ["", "  ", "generated", "Generated"])
def test_import_needs_a_source_of_its_own(source: str) -> None:
    with pytest.raises(BadContent):
        import_status(LONG.encode(), by=None, source=source)


def test_record_status_is_audited_by_whom() -> None:
    act = NewAct(instrument(), Party.objects.get(code="ARG"), ActKind.SIGNATURE, date(2000, 12, 12))
    record_status(by=None, acts=[act], source="treaty collection")
    event = AuditEvent.objects.get(action="record_status")
    assert (event.subject, event.detail) == ("treaty collection", {"added": 1, "corrected": 0, "withdrawn": 0})


# Commands


def test_import_command_prints_counts_and_refuses_bad_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.csv"
    file.write_text(LONG + "ARG,untoc,signature,2000-12-12,,\n")
    call_command("import_status", str(file), source="a list")
    assert capsys.readouterr().out == "Rows: 1; acts: 1 added, 0 corrected, 0 known already.\n"
    file.write_text(LONG + "XXX,untoc,signature,2000-12-12,,\n")
    with pytest.raises(CommandError):
        call_command("import_status", str(file), source="a list")
    assert capsys.readouterr().err.endswith(
        "s.csv:2: No party is known as 'XXX'. Use the ISO 3166 code of three letters.\n"
    )
    with pytest.raises(CommandError):
        call_command("import_status", str(file), source="a list", by="nobody@example.org")
    with pytest.raises(CommandError):
        call_command("import_status", str(tmp_path / "none.csv"), source="a list")
