"""The dataset behind all analysis: who stood how on a day, and what was said by then."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_party, make_user
from tests.factories.questionnaires import make_version

from palermo.reports.logic.dataset import Dataset
from palermo.reports.queries.dataset import dataset
from palermo.responses.actions.workflow import reopen_response
from palermo.responses.logic.standing import Standing

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
