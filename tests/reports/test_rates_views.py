"""The pages and files of reporting status and rates."""

import csv
import datetime
import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.responses import signed_in
from tests.factories.treaties import make_instrument
from tests.reports.reporting import archived_cycle, asked, generated_questionnaire, noon, replied

from palermo.parties.logic.roles import Role
from palermo.parties.models import Group, GroupMembership, Party
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.logic.rates import Measure, tally
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.rates import cycles_by_date, overview
from palermo.responses.models import Extension, Response, StateChange
from palermo.treaties.models import StatusAct

pytestmark = pytest.mark.django_db
BEGAN, DUE = datetime.date(2024, 1, 10), datetime.date(2024, 6, 30)
BEGAN_AGAIN, DUE_AGAIN = datetime.date(2026, 1, 10), datetime.date(2026, 6, 30)
COUNTRIES = {"ARG": "Argentina", "BRA": "Brazil", "FRA": "France", "KEN": "Kenya", "TUR": "Türkiye", "USA": "America"}


def _member(party: Party, group: Group) -> None:
    GroupMembership.objects.create(
        party=party, group=group, kind=group.kind, validity=(datetime.date(1950, 1, 1), None)
    )


def _group(code: str, kind: str, name: str, order: int, parent: Group | None = None) -> Group:
    return Group.objects.create(
        code=code, kind=kind, order=order, texts={"en": {"name": name, "sort": name}}, parent=parent
    )


@pytest.fixture
def officer() -> Client:
    user = make_user("Elena")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return signed_in(user)


@pytest.fixture
def archive() -> dict[str, Party]:
    """Two cycles, six States, five of them parties.

    2024: all five parties asked; ARG in time, BRA in time with an extension, FRA late.
    2026: five parties and the USA asked; ARG reported again, KEN for the first time, the USA as a non-party; TUR is
    released; BRA and FRA are silent, and their date has passed.
    """
    instrument = make_instrument()
    type(instrument).objects.filter(pk=instrument.pk).update(in_force_on=datetime.date(2003, 9, 29))
    version = generated_questionnaire(instrument, "quiz-trial")
    parties = {code: make_party(code, name) for code, name in COUNTRIES.items()}
    africa, grulac, weog = (
        _group(code, "un-group", name, place)
        for place, (code, name) in enumerate(
            (("african", "African States"), ("grulac", "Latin American States"), ("weog", "Western States"))
        )
    )
    world = _group("001", "subregion", "World", 3)
    americas = _group("019", "subregion", "Americas", 4, world)
    south = _group("005", "subregion", "South America", 5, americas)
    poorest = _group("ldc", "ldc", "Least developed countries", 6)
    for code, groups in {
        "ARG": (grulac, south), "BRA": (grulac, south), "FRA": (weog,), "KEN": (africa, poorest), "USA": (weog,),
    }.items():  # fmt: skip
        for group in groups:
            _member(parties[code], group)
    for code, party in parties.items():
        if code != "USA":
            StatusAct.objects.create(
                instrument=instrument, party=party, kind="ratification", act_class="consent",
                on=datetime.date(2004, 1, 1), source="a list",
            )  # fmt: skip
    five = [party for code, party in parties.items() if code != "USA"]
    first = asked(archived_cycle("2024", DUE, version), version, five, BEGAN)
    Extension.objects.create(
        response=first["BRA"], due_on=datetime.date(2024, 7, 31), granted_at=noon(datetime.date(2024, 6, 1))
    )
    replied(first["ARG"], noon(datetime.date(2024, 6, 30)))
    replied(first["BRA"], noon(datetime.date(2024, 7, 20)))
    replied(first["FRA"], noon(datetime.date(2024, 8, 1)))
    second = asked(archived_cycle("2026", DUE_AGAIN, version), version, parties.values(), BEGAN_AGAIN)
    for code, day in (("ARG", (2026, 5, 1)), ("KEN", (2026, 6, 1)), ("USA", (2026, 7, 15))):
        replied(second[code], noon(datetime.date(*day)))
    released = noon(datetime.date(2026, 2, 1))
    StateChange.objects.create(response=second["TUR"], kind="released", at=released, recorded_at=released)
    return parties


def text_of(content: bytes) -> str:
    """The words of a page."""
    body = content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def row_of(content: bytes, name: str) -> list[str]:
    """The cells of the last table row that begins with a name."""
    found: list[str] = []
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", content.decode(), re.DOTALL):
        cells = [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        found = cells if cells and cells[0] == name else found
    return found


URL = "/en/reporting/2026/quiz-trial/"


@pytest.mark.usefixtures("archive")
def test_rates_page_counts_by_group_with_its_denominators(officer: Client) -> None:
    page = officer.get(URL)
    assert page.status_code == 200
    # Parties, asked, reported, late, silent; of the parties, of those asked.
    assert row_of(page.content, "African States") == [
        "African States",
        "1",
        "1",
        "1",
        "0",
        "0",
        "100% 1 / 1",
        "100% 1 / 1",
    ]
    assert row_of(page.content, "Latin American States")[1:] == ["2", "2", "1", "0", "1", "50% 1 / 2", "50% 1 / 2"]
    assert row_of(page.content, "Western States")[1:] == ["1", "2", "1", "1", "1", "0% 0 / 1", "50% 1 / 2"]
    assert row_of(page.content, "Outside the regional groups")[1:] == ["1", "0", "0", "0", "0", "0% 0 / 1", "no rate"]
    assert row_of(page.content, "South America")[1:] == ["2", "2", "1", "0", "1", "50% 1 / 2", "50% 1 / 2"]
    assert row_of(page.content, "Least developed countries")[1:] == [
        "1",
        "1",
        "1",
        "0",
        "0",
        "100% 1 / 1",
        "100% 1 / 1",
    ]
    assert row_of(page.content, "Parties, bound by the treaty")[1:] == [
        "5",
        "4",
        "2",
        "0",
        "2",
        "40% 2 / 5",
        "50% 2 / 4",
    ]
    assert row_of(page.content, "Neither signatories nor parties")[1:] == [
        "0",
        "1",
        "1",
        "1",
        "0",
        "no rate",
        "100% 1 / 1",
    ]
    words = text_of(page.content)
    assert "40% 2 of 5 parties have reported" in words
    assert "60% 3 of 5 States asked have reported" in words


@pytest.mark.usefixtures("archive")
def test_every_number_of_the_page_opens_to_as_many_states(officer: Client) -> None:
    page = officer.get(URL, {"as_at": "2026-07-01"}).content.decode()
    numbers = set(re.findall(r'<a href="([^"]+/states/[^"]+)">(\d+)(?: \(\d+%\))?</a>', page))
    assert len(numbers) == 55
    for address, number in sorted(numbers):
        listed = officer.get(unescape(address))
        assert (address, len(listed.context["states"])) == (address, int(number))
        assert str(listed.context["day"]) == "2026-07-01"


@pytest.mark.usefixtures("archive")
def test_chart_divides_the_parties_of_each_group_into_what_is_never_merged(officer: Client) -> None:
    chart = officer.get(URL).context["chart"]
    assert [series.key for series in chart.series] == [
        "parties_reported", "parties_silent", "parties_released", "parties_not_asked",
    ]  # fmt: skip
    assert {row.label: row.values for row in chart.rows} == {
        "African States": (1, 0, 0, 0),
        "Latin American States": (1, 1, 0, 0),
        "Western States": (0, 1, 0, 0),
        "Outside the regional groups": (0, 0, 1, 0),
    }
    file = officer.get(URL, {"chart": "reporting-by-region", "form": "svg"})
    assert (file["Content-Type"], file["Cache-Control"]) == ("image/svg+xml", "private, no-store")


@pytest.mark.usefixtures("archive")
def test_page_names_both_dates_and_the_address_that_keeps_them(officer: Client) -> None:
    page = officer.get(URL, {"as_at": "2026-05-31", "known_at": "2026-06-15T12:00"})
    assert "As at 31 May 2026 · as known on 15 June 2026, 10:00 UTC" in text_of(page.content)
    [pinned] = re.findall(r'<a href="([^"]+)">Address of exactly these figures', page.content.decode())
    assert unescape(pinned) == f"{URL}?as_at=2026-05-31&known_at=2026-06-15T10%3A00%3A00Z"
    # Nothing was on record then: what this test wrote about names came into the record today.
    assert "Nothing was on record then" in text_of(page.content)
    assert officer.get(unescape(pinned)).status_code == 200


@pytest.mark.usefixtures("archive")
def test_figures_as_at_a_past_day_are_those_of_the_day(officer: Client) -> None:
    page = officer.get(URL, {"as_at": "2026-05-31"})
    words = text_of(page.content)
    assert "20% 1 of 5 parties have reported" in words
    assert "20% 1 of 5 States asked have reported" in words
    before = officer.get(URL, {"as_at": "2026-01-09"})
    assert "no rate 0 of 0 States asked have reported" in text_of(before.content)


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"as_at": "1999-12-31"},
            "On this day there was no treaty to report on. Choose 15 November 2000 or a later day.",
        ),
        ({"as_at": "2999-01-01"}, "This day lies in the future. Choose today or an earlier day."),
        ({"as_at": "31/12/2005"}, "This is not a date. Write year, month and day, such as 2009-10-01."),
        ({"as_at": "\0"}, "This is not a date."),
        ({"known_at": "2999-01-01"}, "This moment lies in the future. Leave it empty for what is known now."),
        ({"known_at": "0001-01-01T00:00"}, "This is not a day or a moment."),
        ({"known_at": "soon"}, "This is not a day or a moment. Write it such as 2009-10-01 or 2009-10-01T12:00."),
        ({"as_at": "2026-06-01", "known_at": "2026-05-31"}, "This lies before the day itself."),
    ],
)
def test_dates_that_cannot_be_used_get_a_sentence_and_the_default(
    given: dict[str, str], sentence: str, officer: Client
) -> None:
    for path in ("/en/reporting/", URL, f"{URL}states/", f"{URL}change/", "/en/reporting/quiz-trial/record/"):
        page = officer.get(path, given)
        assert (path, page.status_code, sentence in text_of(page.content)) == (path, 200, True)
        assert page.context["form"].problems != []
        # What could not be used is not used: both dates are as by default, or as far as they could be read.
        assert page.context["day"] in {timezone.localdate(), datetime.date(2026, 6, 1)}
    for path in ("reporting.csv", "2026/quiz-trial/rates.json", "quiz-trial/record/record.csv"):
        refused = officer.get(f"/en/reporting/{path}", given)
        assert (refused.status_code, sentence in refused.content.decode()) == (400, True)


@pytest.mark.usefixtures("archive")
def test_known_moment_alone_names_its_own_day(officer: Client) -> None:
    page = officer.get(URL, {"known_at": "2026-05-31"})
    assert "As at 31 May 2026 · as known on 31 May 2026, 21:59 UTC" in text_of(page.content)
    today = officer.get(URL, {"known_at": timezone.localdate().isoformat()})
    assert today.context["form"].chosen == {}


@pytest.mark.usefixtures("archive")
def test_list_of_states_says_when_each_reported_and_leads_to_its_receipt(officer: Client) -> None:
    page = officer.get(f"{URL}states/", {"standing": "reported"})
    assert row_of(page.content, "America")[1:5] == ["Not a party", "Submitted", "30 Jun 2026", "15 Jul 2026 late"]
    assert row_of(page.content, "Kenya")[1:5] == ["Party", "Submitted", "30 Jun 2026", "1 Jun 2026"]
    assert re.findall(r'href="(/en/cycles/[^"]+)"', page.content.decode()) == [
        f"/en/cycles/2026/quiz-trial/{code}/receipts/1/" for code in ("usa", "arg", "ken")
    ]
    silent = officer.get(f"{URL}states/", {"standing": "silent", "group": "region.grulac"})
    assert [item.state.name for item in silent.context["states"]] == ["Brazil"]
    assert "Latin American States · Silent" in text_of(silent.content)


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"group": "planet.mars"}, "There is no such group. All States are shown."),
        ({"standing": "asleep"}, "There is no such standing. States in any standing are shown."),
        ({"group": "\0", "standing": "\0"}, "There is no such group. All States are shown."),
    ],
)
def test_list_that_does_not_exist_gets_a_sentence(given: dict[str, str], sentence: str, officer: Client) -> None:
    page = officer.get(f"{URL}states/", given)
    assert (page.status_code, len(page.context["states"])) == (200, 6)
    assert sentence in text_of(page.content)
    assert officer.get(f"{URL}states/states.csv", given).status_code == 400


@pytest.mark.usefixtures("archive")
def test_list_of_a_group_without_states_is_empty(officer: Client) -> None:
    page = officer.get(f"{URL}states/", {"group": "region.atlantis"})
    assert (page.status_code, page.context["states"]) == (200, [])


@pytest.mark.usefixtures("archive")
def test_all_cycles_stand_on_one_page_with_the_figures_of_their_own(officer: Client) -> None:
    page = officer.get("/en/reporting/")
    lines = [
        [
            item.line.asked_for.cycle.code,
            *(number.value for number in item.numbers),
            *(share.rate.percent for share in item.shares),
        ]
        for item in page.context["lines"]
    ]
    assert lines == [["2026", 5, 5, 3, 2, 40, 60], ["2024", 5, 5, 3, 2, 60, 60]]
    numbers = set(re.findall(r'<a href="([^"]+/states/[^"]+)">(\d+)</a>', page.content.decode()))
    for address, number in sorted(numbers):
        assert (address, len(officer.get(unescape(address)).context["states"])) == (address, int(number))


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("day", ["2024-01-01", "2024-07-01", "2026-01-31", "2026-02-01", "2026-07-14", "2026-07-15"])
def test_overview_says_what_each_dataset_says(day: str) -> None:
    on = datetime.date.fromisoformat(day)
    now = timezone.now()
    for line in overview(cycles_by_date(), on, now):
        found = dataset(line.asked_for.cycle, line.asked_for.questionnaire, "en", as_at=on, known_at=now)
        whole = tally(found.states)
        assert (line.parties, line.asked, line.reported, line.parties_reported, line.silent) == tuple(
            whole[measure] for measure in (
                Measure.PARTIES, Measure.ASKED, Measure.REPORTED, Measure.PARTIES_REPORTED, Measure.SILENT
            )
        )  # fmt: skip
        assert (line.of_parties, line.of_asked) == (whole.of_parties, whole.of_asked)


@pytest.mark.usefixtures("archive")
def test_change_is_counted_at_the_same_distance_from_the_date(officer: Client) -> None:
    page = officer.get(f"{URL}change/", {"as_at": "2026-07-05"})
    # Five days after its date: 5 July 2024, when only Argentina had reported.
    assert "Compared with Reporting cycle 2024 , as at 5 July 2024." in text_of(page.content)
    assert row_of(page.content, "All States")[1:] == ["20% 1 / 5", "40% 2 / 5", "20% 1 / 5", "40% 2 / 5"]
    for address, part in re.findall(
        r'<a href="([^"]+/states/[^"]+)">\d+%</a> <small><bdi dir="ltr">(\d+) /', page.content.decode()
    ):
        assert (address, len(officer.get(unescape(address)).context["states"])) == (address, int(part))
    moves = {str(label): [name for name, _url in states] for label, states in page.context["moves"]}
    assert moves == {
        "Reported both times": ["Argentina"],
        "Reported now, not before": ["Kenya"],
        "Reported before, not now": [],
        "Asked both times, silent both times": ["Brazil", "France"],
        "Asked only in this cycle": ["America"],
        "Asked only in the cycle before": ["Türkiye"],
    }
    links = dict(link for _label, states in page.context["moves"] for link in states)
    assert {name: url.removeprefix("/en/cycles/") for name, url in links.items() if url} == {
        "Argentina": "2026/quiz-trial/arg/receipts/1/",
        "Kenya": "2026/quiz-trial/ken/receipts/1/",
    }
    same_day = officer.get(f"{URL}change/", {"as_at": "2026-07-05", "against": "day"})
    moves = {str(label): [name for name, _url in states] for label, states in same_day.context["moves"]}
    assert moves["Reported before, not now"] == ["Brazil", "France"]
    assert row_of(same_day.content, "All States")[1:] == ["60% 3 / 5", "40% 2 / 5", "60% 3 / 5", "40% 2 / 5"]


@pytest.mark.usefixtures("archive")
def test_first_cycle_has_nothing_to_be_compared_with(officer: Client) -> None:
    page = officer.get("/en/reporting/2024/quiz-trial/change/")
    assert "There is no cycle before this one" in text_of(page.content)
    refused = officer.get("/en/reporting/2024/quiz-trial/change/change.csv")
    assert (refused.status_code, refused.content.decode()) == (400, "No earlier cycle asks this questionnaire.\n")


@pytest.mark.usefixtures("archive")
def test_record_lists_who_never_reported_once_and_late(officer: Client) -> None:
    def listed(word: str) -> list[str]:
        return [item.name for item, _turns in officer.get(RECORD, {"list": word}).context["rows"]]

    assert {word: listed(word) for word in ("never", "once", "late", "silent", "always")} == {
        "never": ["Türkiye"],
        "once": ["America", "Brazil", "France", "Kenya"],
        "late": ["America", "France"],
        "silent": ["Brazil", "France", "Türkiye"],
        "always": ["America", "Argentina"],
    }
    page = officer.get(RECORD, {"list": "once"})
    assert row_of(page.content, "America")[1:] == ["not asked", "late", "1", "1", "1"]
    assert row_of(page.content, "Brazil")[1:] == ["reported", "silent", "2", "1", "0"]
    never = officer.get(RECORD)
    assert row_of(never.content, "Türkiye")[1:] == ["silent", "no obligation", "1", "0", "0"]
    assert "6 States were asked in at least one of these cycles." in text_of(never.content)
    odd = officer.get(RECORD, {"list": "\0"})
    assert "There is no such list. Those that never reported are shown." in text_of(odd.content)


RECORD = "/en/reporting/quiz-trial/record/"


def read_csv(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The lines of the head, and the rows."""
    lines = content.decode("utf-8-sig").splitlines()
    head = [row[0] for row in csv.reader(line for line in lines if line.startswith(("#", '"#')))]
    return head, list(csv.DictReader(line for line in lines if not line.startswith(("#", '"#'))))


def test_files_name_dates_and_definitions_and_hold_the_figures(archive: dict[str, Party], officer: Client) -> None:
    answer = officer.get(f"{URL}rates.csv", {"as_at": "2026-07-01"})
    assert answer["Content-Disposition"] == 'attachment; filename="rates-2026-quiz-trial-2026-07-01.csv"'
    assert answer["Cache-Control"] == "private, no-store"
    head, rows = read_csv(answer.content)
    assert head[:5] == [
        "# Reporting status and rates",
        "# cycle: 2026 (Reporting cycle 2026)",
        "# questionnaire: quiz-trial (Questionnaire quiz-trial)",
        "# treaty: quiz",
        "# as_at: 2026-07-01",
    ]
    silence = "Were asked and had not submitted by the day. Silence says nothing about implementation or needs."
    assert [line for line in head if line.startswith("# silent:")] == [f"# silent: Silent. {silence}"]
    assert head[-1].startswith("# Percentages are whole, with halves rounded up.")
    whole = rows[0]
    assert (whole["group"], whole["parties"], whole["asked"], whole["of_parties_percent"]) == ("whole", "5", "5", "40")
    data = json.loads(officer.get(f"{URL}rates.json", {"as_at": "2026-07-01"}).content)
    assert [[str(value if value is not None else "") for value in row.values()] for row in data["rows"]] == [
        list(row.values()) for row in rows
    ]
    assert list(data["columns"]) == list(whole)
    nowhere = next(row for row in data["rows"] if row["group"] == "region.-")
    assert (nowhere["of_asked_percent"], nowhere["of_parties_percent"]) == (None, 0)


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("path", "given", "count"),
    [
        ("reporting", {}, 2),
        ("2026/quiz-trial/states/states", {"standing": "asked"}, 5),
        ("2026/quiz-trial/change/change", {}, 6),
        ("quiz-trial/record/record", {}, 11),
    ],
)
def test_every_table_can_be_taken_as_data(path: str, given: dict[str, str], count: int, officer: Client) -> None:
    _head, rows = read_csv(officer.get(f"/en/reporting/{path}.csv", given).content)
    data = json.loads(officer.get(f"/en/reporting/{path}.json", given).content)
    assert (len(rows), len(data["rows"])) == (count, count)
    assert sorted(data["about"])[:1] == ["as_at"]
    assert set(data["columns"]) == set(rows[0])


@pytest.mark.parametrize(
    "path", ["2026/other/", "2030/quiz-trial/", "other/record/", "2026/other/rates.csv", "other/record/record.json"]
)
@pytest.mark.usefixtures("archive")
def test_what_was_never_asked_does_not_exist(path: str, officer: Client) -> None:
    assert officer.get(f"/en/reporting/{path}").status_code == 404


def test_reporting_without_any_cycle_says_so(officer: Client) -> None:
    assert "No cycle has been opened yet" in text_of(officer.get("/en/reporting/").content)


def test_reporting_is_in_the_masthead_of_the_secretariat_alone(officer: Client) -> None:
    link = 'href="/en/reporting/"'
    assert (link in officer.get("/en/treaties/").content.decode()) is True
    assert (link in signed_in(make_user()).get("/en/treaties/").content.decode()) is False


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/en/reporting/", 13),
        (URL, 17),
        (f"{URL}states/?standing=reported", 17),
        (f"{URL}change/", 30),
        (RECORD, 14),
        (f"{URL}rates.csv", 17),
    ],
)
def test_pages_need_the_same_queries_for_more_states(
    path: str, queries: int, archive: dict[str, Party], officer: Client
) -> None:
    officer.get(path)
    with CaptureQueriesContext(connection) as few:
        officer.get(path)
    version = generated_questionnaire(make_instrument("other"), "other-trial")
    cycle = archived_cycle("2025", datetime.date(2025, 6, 30), version)
    more = [make_party(f"X{number:02}", f"X {number}") for number in range(30)]
    for response in asked(cycle, version, more, BEGAN).values():
        replied(response, noon(BEGAN))
    with CaptureQueriesContext(connection) as many:
        officer.get(path)
    assert (len(few), len(many)) == (queries, queries)


def test_day_of_a_report_is_that_by_which_lateness_is_judged(archive: dict[str, Party], officer: Client) -> None:
    response = Response.objects.get(cycle__code="2026", party=archive["FRA"])
    # Half past ten at night in Greenwich is the next day at the seat.
    replied(response, datetime.datetime(2026, 6, 30, 22, 30, tzinfo=datetime.UTC))
    page = officer.get(f"{URL}states/", {"standing": "reported"})
    assert row_of(page.content, "France")[1:5] == ["Party", "Submitted", "30 Jun 2026", "1 Jul 2026 late"]


ODD = st.text(max_size=20) | st.dates().map(str) | st.datetimes().map(str) | st.sampled_from(
    ["9999-12-31", "0001-01-01", "2009-W40-4", "20091001", "2026-05-01T10:00+25:00", "2026-05-01 10:00 02:00", "T"]
)  # fmt: skip


@settings(deadline=None)
@given(ODD, ODD)
def test_any_dates_give_two_usable_ones_or_sentences(as_at: str, known_at: str) -> None:
    form = AsAtForm({"as_at": as_at, "known_at": known_at}, earliest=datetime.date(2000, 11, 15))
    assert form.day <= timezone.localdate() + datetime.timedelta(days=1)
    assert form.moment <= form.now
    assert [problem for problem in form.problems if not problem.endswith(".")] == []
    again = AsAtForm(form.pinned)
    assert (again.problems, again.day, again.moment) == ([], form.day, form.moment)
