"""The dataset behind all analysis: who stood how on a day, and what was said by then."""

import datetime
import json
import re
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_party, make_user
from tests.factories.questionnaires import make_version

from palermo.questionnaires.logic.spec import Aspect, Kind
from palermo.questionnaires.logic.supplement import NewQuestion
from palermo.reports.logic.dataset import Dataset, restored
from palermo.reports.queries.dataset import dataset
from palermo.responses.actions.deadlines import change_deadlines
from palermo.responses.actions.supplements import add_question, offer_supplement
from palermo.responses.actions.workflow import reopen_response
from palermo.responses.logic.standing import Standing
from palermo.responses.models import CycleQuestionnaire

pytestmark = pytest.mark.django_db
VIENNA = ZoneInfo("Europe/Vienna")
MAY = datetime.datetime(2026, 5, 10, 12, tzinfo=VIENNA)


def standings_of(found: Dataset) -> dict[str, str]:
    return {state.code: state.standing.value for state in found.states}


def test_states_stand_as_they_did_on_the_day_whatever_came_later() -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    early = datetime.datetime(2026, 1, 5, tzinfo=VIENNA)
    argentina = invite(cycle, version, make_party("ARG", "Argentina"), early)
    invite(cycle, version, make_party("KEN", "Kenya"), early)
    make_party("FRA", "France")
    submit(argentina, {"quiz.1.1.implementation": "yes"}, at=MAY)
    reopen_response(by=make_user(), response=argentina)

    def on(month: int, day: int) -> dict[str, str]:
        return standings_of(dataset(cycle, version.questionnaire, "en", as_at=datetime.date(2026, month, day)))

    nobody = {"arg": "not_invited", "fra": "not_invited", "ken": "not_invited"}
    assert on(1, 4) == nobody
    assert on(5, 9) == {"arg": "not_begun", "fra": "not_invited", "ken": "not_begun"}
    assert on(5, 10) == {"arg": "submitted", "fra": "not_invited", "ken": "not_begun"}
    assert standings_of(dataset(cycle, version.questionnaire, "en")) == {
        "arg": "reopened",
        "fra": "not_invited",
        "ken": "not_begun",
    }
    # What was recorded only today was not known in the summer: the submission of May came in today.
    summer = datetime.datetime(2026, 7, 1, tzinfo=VIENNA)
    known = dataset(cycle, version.questionnaire, "en", as_at=datetime.date(2026, 6, 30), known_at=summer)
    assert [state.standing for state in known.states] == []


@pytest.mark.parametrize("count", [1, 3])
def test_dataset_needs_as_many_queries_for_one_state_as_for_three(count: int) -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    for code in ("ARG", "KEN", "FRA")[:count]:
        submit(invite(cycle, version, make_party(code, code)), {"quiz.1.1.implementation": "no"})
    dataset(cycle, version.questionnaire, "en")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = dataset(cycle, version.questionnaire, "en")
    assert len(seen) == 12
    assert [state.digest["answers"]["quiz.1.1.implementation"] for state in found.states if state.digest] == [
        "no"
    ] * count
    assert found.states[0].standing == Standing.SUBMITTED


def test_state_invited_later_has_no_date_and_no_submission_before() -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    submit(invite(cycle, version, make_party("ARG", "Argentina"), MAY), {"quiz.1.1.implementation": "yes"}, at=MAY)
    [state] = dataset(cycle, version.questionnaire, "en", as_at=datetime.date(2026, 5, 9)).states
    assert (state.standing, state.due_on, state.number, state.first_at) == (Standing.NOT_INVITED, None, None, None)


def test_what_lies_after_the_moment_of_knowledge_was_not_known() -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    make_party("ARG", "Argentina")
    now = timezone.now()
    found = dataset(cycle, version.questionnaire, "en", as_at=datetime.date(2099, 1, 1), known_at=now)
    assert (found.as_at, found.known_at) == (datetime.date(2099, 1, 1), now)
    assert standings_of(found) == {"arg": "not_invited"}


def test_exported_dataset_holds_everything_in_plain_data(tmp_path: Path) -> None:
    version, spec = make_version()
    cycle = make_cycle(version)
    argentina = invite(cycle, version, make_party("ARG", "Argentina"), MAY)
    make_party("FRA", "France")
    submit(argentina, {"quiz.1.1.implementation": "yes", "quiz.2.1.implementation": "no"}, at=MAY)
    target = tmp_path / "dataset.json"
    call_command("export_dataset", "2026", "quiz", str(target), as_at="2026-05-10", stdout=StringIO())
    data = json.loads(target.read_text())
    assert sorted(data) == [
        "as_at", "cycle", "known_at", "provisions", "questionnaire", "questions", "schema", "states", "treaty",
        "version", "years",
    ]  # fmt: skip
    assert (data["cycle"], data["as_at"], data["years"]) == ("2026", "2026-05-10", [2023, 2024, 2025])
    assert data["version"] == {"number": 1, "sha256": spec.sha256}
    assert [question["code"] for question in data["questions"]] == [question.code for question in spec]
    assert data["questions"][2] == {
        "code": "quiz.1.1.measures.model",
        "section": "art-1",
        "provision": "quiz.1.1",
        "also": [],
        "asks": "measures",
        "kind": "choice",
        "obligation": "mandatory",
        "required": True,
        "values": ["agreement", "participation"],
        "rows": [],
        "types": [],
        "topics": [],
    }
    said, silent = data["states"]
    assert (silent["code"], silent["standing"], silent["digest"], silent["due_on"]) == (
        "fra",
        "not_invited",
        None,
        None,
    )
    digest = said["digest"]
    assert {name: value for name, value in said.items() if name != "digest"} == {
        "code": "arg",
        "name": "Argentina",
        "sort": "argentina",
        "group": "",
        "subregion": "",
        "lists": [],
        "legal": "none",
        "standing": "submitted",
        "number": 1,
        "receipt": argentina.submissions.get().receipt,
        "first_at": MAY.astimezone(datetime.UTC).isoformat(),
        "due_on": "2027-06-30",
        "late": False,
    }
    assert digest["provisions"] == {"quiz.1.1": "met", "quiz.2.1": "not_met"}
    found = dataset(cycle, version.questionnaire, "en", as_at=datetime.date(2026, 5, 10))
    assert restored(data, spec).states == found.states


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("2026", "other"), {}, "No cycle 2026 asks a questionnaire other."),
        (("2026", "quiz"), {"as_at": "yesterday"}, "--as-at yesterday: this is not a date."),
        (("2026", "quiz"), {"as_at": "2999-01-01"}, "--as-at 2999-01-01: this day lies in the future."),
        (("2026", "quiz"), {"known_at": "noon"}, "--known-at noon: this is not a moment."),
        (("2026", "quiz"), {"known_at": "2999-01-01"}, "--known-at 2999-01-01: this moment lies in the future."),
    ],
)
def test_export_says_what_is_wrong(
    arguments: tuple[str, str], options: dict[str, str], message: str, tmp_path: Path
) -> None:
    version, _spec = make_version()
    make_cycle(version)
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("export_dataset", *arguments, str(tmp_path / "x.json"), **options)
    with pytest.raises(CommandError, match=r"cannot be written: No such file or directory\."):
        call_command("export_dataset", "2026", "quiz", str(tmp_path / "nowhere" / "x.json"))


def test_lateness_is_judged_by_the_date_that_stood_on_the_day() -> None:
    version, _spec = make_version()
    cycle = make_cycle(version, due_on=timezone.localdate() - datetime.timedelta(days=10))
    now = timezone.now()
    argentina = invite(cycle, version, make_party("ARG", "Argentina"), MAY)
    submit(argentina, {"quiz.1.1.implementation": "yes"}, at=now - datetime.timedelta(days=3))
    old, new = cycle.due_on, timezone.localdate() + datetime.timedelta(days=30)
    before = timezone.now()

    def dates(known_at: datetime.datetime) -> tuple[datetime.date | None, bool]:
        [state] = dataset(cycle, version.questionnaire, "en", known_at=known_at).states
        return state.due_on, state.late

    change_deadlines(by=make_user(), cycle=cycle, due_on=new, closes_on=None)
    change_deadlines(by=make_user(), cycle=cycle, due_on=new + datetime.timedelta(days=1), closes_on=None)
    assert (dates(before), dates(timezone.now())) == ((old, True), (new + datetime.timedelta(days=1), False))


def test_past_dataset_asks_what_was_asked_then() -> None:
    version, spec = make_version()
    cycle = make_cycle(version)
    officer = make_user()
    asked = CycleQuestionnaire.objects.select_related("cycle", "questionnaire").get()
    before = timezone.now()
    new = NewQuestion("art-1", "quiz.1.1", Aspect.MEASURES, "register", Kind.YES_NO, "Is there a register?")
    add_question(by=officer, asked=asked, new=new)
    offer_supplement(by=officer, cycle=cycle, asked=asked)
    then = dataset(cycle, version.questionnaire, "en", known_at=before)
    now = dataset(cycle, version.questionnaire, "en")
    assert then.spec == spec
    assert len(now.spec.questions) == len(spec.questions) + 1
