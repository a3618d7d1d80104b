"""The pages of needs and practice: numbers, what is behind them, who may see what is inferred, and bad addresses."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_version
from tests.factories.responses import signed_in

from palermo.parties.logic.roles import ROLE_PERMISSIONS, Permission, Role
from palermo.responses.actions.consent import decide_consent
from palermo.responses.logic.content import Content, Row, figure_identity
from palermo.responses.models import Submission

pytestmark = pytest.mark.django_db
BASE = "/en/analysis/2026/quiz/"
HELP, FIGURES, CASES = "quiz.1.1.assistance", "quiz.1.1.practice", "quiz.1.1.practice.cases"


@pytest.fixture
def officer() -> Client:
    user = make_user("Elena")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return signed_in(user)


def rows(*fields: dict[str, str]) -> Content:
    return Content(rows=tuple(Row(str(uuid.uuid4()), item) for item in fields))


def make_archive(count: int = 3) -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    for number, code in enumerate(("ARG", "FRA", "KEN")[:count], start=1):
        response = invite(cycle, version, make_party(code, code.title()))
        asked = {"type": "training", "urgency": "high", "by_date": "2027-03-01", "institution": f"Court of {code}"}
        request = Content(value="yes", rows=(Row(str(uuid.uuid4()), asked),))
        figure = Row(
            figure_identity(f"{response.pk}:{FIGURES}", "investigations", "2024"),
            {"row": "investigations", "year": "2024", "number": str(1000 * number)},
        )
        case = rows({"title": f"Case of {code}", "year": "2024", "convention_used": "yes", "outcome": "Convicted"})
        submit(response, {HELP: request, FIGURES: Content(rows=(figure,)), CASES: case})
    invite(cycle, version, make_party("SEN", "Senegal"))


def words(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200, address
    return " ".join(reply.content.decode().split())


def test_needs_open_to_the_requests_behind_them(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}needs/")
    assert f'<a href="{BASE}needs/requests/?type=training">3</a>' in page
    behind = words(officer, f"{BASE}needs/requests/?type=training&urgency=high")
    assert [f"Court of {code}" in behind for code in ("ARG", "FRA", "KEN")] == [True, True, True]
    assert "/en/cycles/2026/quiz/arg/receipts/1/report/" in behind
    assert "Court of ARG" not in words(officer, f"{BASE}needs/requests/?urgency=low")


def test_needs_as_data_name_dates_and_definitions(officer: Client) -> None:
    make_archive()
    data = officer.get(f"{BASE}needs/needs.json").json()
    assert set(data["about"]) == {"cycle", "questionnaire", "treaty", "as_at", "known_at"}
    found = [(row["code"], row["requests"], row["states"]) for row in data["rows"] if row["by"] == "type"]
    assert found == [("training", 3, 3)]
    assert officer.get(f"{BASE}needs/needs.csv").content.decode().count("\ufeff# Stated needs") == 1


FILES = (
    "needs/needs", "needs/requests/requests", "needs/cross/cross", "needs/top/top", "needs/inferred/inferred",
    "practice/practice", "practice/cases/cases", "practice/shared/shared", f"practice/{FIGURES}/states/states",
    f"questions/{HELP}/states/states", "provisions/quiz.1.1/states",
)  # fmt: skip
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("file", FILES)
def test_every_table_is_a_file_with_dates_and_definitions(officer: Client, file: str) -> None:
    make_archive()
    query = {"as_at": "2026-11-20", "word": "met", "row": "investigations", "year": "2024", "said": "number"}
    if not file.startswith("practice/quiz") and not file.startswith("provisions"):
        query = {"as_at": "2026-11-20"}
    data = officer.get(f"{BASE}{file}.json", query).json()
    assert data["about"]["as_at"] == "2026-11-20"
    assert {"cycle", "questionnaire", "treaty", "known_at"} <= set(data["about"])
    assert all(data["columns"].values())
    assert [row for row in data["rows"] if list(row) != list(data["columns"])] == []
    first = officer.get(f"{BASE}{file}.csv", query).content.decode().split("\r\n")[0]
    assert first.replace('"', "") == f"\ufeff# {data['title']}"
    book = officer.get(f"{BASE}{file}.xlsx", query)
    assert (book["Content-Type"], book.content[:2]) == (BOOK, b"PK")
    assert book["Content-Disposition"].endswith('-2026-quiz-2026-11-20.xlsx"')
    refused = officer.get(f"{BASE}{file}.csv", {"as_at": "yesterday"})
    assert (refused.status_code, "This is not a date" in refused.content.decode()) == (400, True)


def test_files_hold_the_words_beside_the_codes(officer: Client) -> None:
    make_archive(1)
    [row] = officer.get(f"{BASE}needs/requests/requests.json?type=training").json()["rows"]
    chosen = ("state", "name", "type", "type_words", "urgency_words", "provision_words", "regional", "receipt")
    assert [row[name] for name in chosen] == [
        "arg", "Arg", "training", "Training", "High", "Art. 1, para. 1", True, "QUIZ-2026-ARG-01",
    ]  # fmt: skip
    [cell] = officer.get(f"{BASE}needs/cross/cross.json?rows=type&columns=urgency").json()["rows"]
    assert [cell[name] for name in ("row_words", "column_words", "requests", "states")] == ["Training", "High", 1, 1]
    [place] = officer.get(f"{BASE}needs/top/top.json?by=type&first=1").json()["rows"]
    assert [place[name] for name in ("place", "label", "states")] == [1, "Training", 1]


def test_several_codes_of_one_kind_are_either_of_them(officer: Client) -> None:
    make_archive()
    address = f"{BASE}needs/requests/requests.json"
    assert len(officer.get(f"{address}?urgency=critical&urgency=high").json()["rows"]) == 3
    assert len(officer.get(f"{address}?urgency=critical&urgency=low").json()["rows"]) == 0
    page = words(officer, f"{BASE}needs/requests/?urgency=critical&urgency=high")
    assert "Critical or High" in page
    assert "urgency=critical&amp;urgency=high&amp;as_at=" in page


def test_long_list_of_requests_stands_on_several_pages(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palermo.reports.views.needs.REQUESTS_ON_A_PAGE", 2)
    make_archive()
    pages = [words(officer, f"{BASE}needs/requests/?type=training&page={page}") for page in ("", "2", "x", "99")]
    assert ["Court of KEN" in page for page in pages] == [False, True, False, True]
    assert [("3 requests" in page, "of 2</span>" in page) for page in pages] == [(True, True)] * 4


def test_charts_of_needs_are_files_and_lead_to_the_lists(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}needs/")
    assert [f'id="chart-needs-by-{by}"' in page for by in ("type", "region", "urgency")] == [True, True, True]
    assert "States that asked for each type of assistance. Training: 3 of 3." in page
    data = officer.get(f"{BASE}needs/", {"chart": "needs-by-type", "form": "json"}).json()
    assert [(row["label"], row["states"]) for row in data["rows"]] == [("Training", 3)]
    drawing = officer.get(f"{BASE}needs/", {"chart": "needs-by-urgency", "form": "svg"})
    assert drawing["Content-Type"] == "image/svg+xml"


def test_figures_by_year_are_drawn_with_how_many_gave_them(officer: Client) -> None:
    make_archive()
    data = officer.get(f"{BASE}practice/{FIGURES}/", {"chart": "practice-count", "form": "json"}).json()
    drawn = [(row["group"], row["label"], row["sum"]) for row in data["rows"] if row["sum"] is not None]
    assert drawn == [("Investigations", "2024 (3 States)", 6000)]


# ── What is shared ──


def opens(code: str, level: str) -> None:
    submission = Submission.objects.get(response__party__code=code)
    decide_consent(by=make_user(f"Focal {code} {level}"), submission=submission, decided={"art-1": level})


def test_practice_is_shared_as_far_as_its_section_is_open(officer: Client) -> None:
    make_archive()
    opens("ARG", "public")
    opens("FRA", "parties")
    assert "2 agreed to be shared" in words(officer, f"{BASE}practice/")
    page = words(officer, f"{BASE}practice/cases/?shared=yes")
    assert [f"Case of {code}" in page for code in ("ARG", "FRA", "KEN")] == [True, True, False]
    page = words(officer, f"{BASE}practice/cases/?shared=no")
    assert [f"Case of {code}" in page for code in ("ARG", "FRA", "KEN")] == [False, False, True]
    rows = officer.get(f"{BASE}practice/cases/cases.json").json()["rows"]
    assert [(row["state"], row["open_to"], row["title"], row["outcome"]) for row in rows] == [
        ("arg", "public", "Case of ARG", "Convicted"),
        ("fra", "parties", "Case of FRA", "Convicted"),
        ("ken", "private", None, None),
    ]
    page = words(officer, f"{BASE}practice/shared/?with=parties")
    assert [f"Case of {code}" in page for code in ("ARG", "FRA", "KEN")] == [False, True, False]
    rows = officer.get(f"{BASE}practice/shared/shared.json").json()["rows"]
    assert [(row["state"], row["title"]) for row in rows] == [("arg", "Case of ARG"), ("fra", "Case of FRA")]


def test_what_a_state_takes_back_is_shared_nowhere_whatever_the_dates(officer: Client) -> None:
    make_archive(1)
    opens("ARG", "public")
    then = timezone.now().isoformat()
    assert "Case of ARG" in words(officer, f"{BASE}practice/shared/")
    opens("ARG", "private")
    for query in ({}, {"known_at": then}):
        assert officer.get(f"{BASE}practice/shared/shared.json", query).json()["rows"] == []
        [row] = officer.get(f"{BASE}practice/cases/cases.json", query).json()["rows"]
        assert (row["open_to"], row["title"]) == ("private", None)
    opens("ARG", "public")
    assert officer.get(f"{BASE}practice/cases/cases.json", {"known_at": "2026-01-01T00:00:00Z"}).json()["rows"] == []


def test_figures_have_their_coverage_and_open_to_states(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}practice/{FIGURES}/")
    assert 'data-label="Sum">6,000<' in page
    assert 'data-label="Median">2,000<' in page
    behind = words(officer, f"{BASE}practice/{FIGURES}/states/?row=investigations&year=2024&said=number")
    assert [number in behind for number in ("1,000", "2,000", "3,000")] == [True, True, True]
    silent = words(officer, f"{BASE}practice/{FIGURES}/states/?row=investigations&year=2024&said=silent")
    assert ("Senegal" in silent, ">Ken<" in silent) == (True, False)
    rows = officer.get(f"{BASE}practice/practice.json").json()["rows"]
    whole = [row for row in rows if (row["row"], row["year"], row["group"]) == ("investigations", 2024, "whole")]
    assert [(row["sum"], row["median"], row["number"], row["asked"]) for row in whole] == [("6000", "2000", 3, 4)]


def test_cases_say_whether_the_convention_was_used(officer: Client) -> None:
    make_archive()
    assert "Case of KEN" in words(officer, f"{BASE}practice/cases/?used=yes")
    assert "Case of KEN" not in words(officer, f"{BASE}practice/cases/?used=no")


def test_inferred_needs_say_when_nothing_can_be_said(officer: Client) -> None:
    make_archive()
    page = words(officer, f"{BASE}needs/inferred/")
    assert "<h2>Senegal</h2> <p>Nothing can be said: fewer than 5 similar States have reported.</p>" in page


def test_who_may_not_see_inferred_needs_finds_them_nowhere(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_archive()
    assert f"{BASE}needs/inferred/" in words(officer, f"{BASE}needs/")
    kept = ROLE_PERMISSIONS[Role.SECRETARIAT] - {Permission.SEE_INFERRED_NEEDS}
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.SECRETARIAT, kept)
    assert officer.get(f"{BASE}needs/inferred/").status_code == 404
    for address in ("", "needs/", "needs/requests/", "needs/cross/", "needs/top/", "practice/", "practice/shared/"):
        page = words(officer, BASE + address)
        assert ("inferred" in page, "Senegal" in page) == (False, False)
    assert officer.get(f"{BASE}needs/inferred/inferred.csv").status_code == 404
    for file in FILES:
        # The list of the States behind a question names the silent ones, as silent.
        if "inferred" not in file and "questions" not in file:
            content = officer.get(f"{BASE}{file}.csv").content.decode().lower()
            assert ("senegal" in content, "inferred" in content) == (False, False), file


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("needs/requests/?type=<script>", "“By type of assistance” has no such entry; it was left out."),
        ("needs/requests/?region=mars&year=%00", "“By regional group” has no such entry; it was left out."),
        ("needs/cross/?rows=nonsense", "Needs are not counted by this; “By type of assistance” is shown."),
        ("needs/top/?first=-1", "The list can name the first 1, 4 or 10; the first 4 are shown."),
        ("needs/top/?by=%27", "Needs are not counted by this; “By kind of need” is shown."),
        ("needs/requests/?type=training&type=x", "“By type of assistance” has no such entry; it was left out."),
        ("practice/cases/?used=maybe", "There is no such list of cases; all cases are shown."),
        ("practice/cases/?shared=maybe", "There is no such list of cases; all cases are shown."),
        ("practice/shared/?with=private", "There is no such list; everything that is shared is shown."),
        (f"practice/{FIGURES}/states/?year=x", "There is no such figure; the first one with a number is shown."),
        (f"practice/{FIGURES}/states/?group=planet.mars", "There is no such group; all States are shown."),
        ("needs/inferred/?as_at=yesterday", "What was asked for could not be used"),
    ],
)
def test_bad_choices_are_answered_with_a_sentence_and_the_default(officer: Client, address: str, sentence: str) -> None:
    make_archive(1)
    page = words(officer, BASE + address)
    assert (sentence in page, "<script>alert" in page) == (True, False)


@pytest.mark.parametrize("address", ["practice/quiz.9/", "practice/quiz.1.1.assistance/"])
def test_what_is_no_figure_is_not_found(officer: Client, address: str) -> None:
    make_archive(1)
    assert officer.get(BASE + address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("needs/", 19),
        ("needs/requests/", 18),
        ("needs/requests/requests.json", 18),
        ("needs/cross/", 18),
        ("needs/top/", 18),
        ("needs/inferred/", 16),
        ("practice/", 17),
        (f"practice/{FIGURES}/", 17),
        (f"practice/{FIGURES}/states/?row=investigations&year=2024&said=number", 17),
        ("practice/cases/", 17),
        ("practice/shared/", 17),
        ("practice/shared/shared.json", 17),
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
