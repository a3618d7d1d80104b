"""No acknowledged save is lost when servers and database are killed, and the site is back within ten seconds."""

import pytest
from tests.journeys.kills import RECOVERY, run_kills, wanted_from_environment


@pytest.mark.kill
@pytest.mark.slow
def test_no_acknowledged_save_is_lost_when_everything_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = wanted_from_environment()
    with capsys.disabled():
        print()
        outcome = run_kills(**wanted)
        print(outcome.say())
    assert (outcome.lost, outcome.doubled, outcome.gaps, outcome.odd) == ([], [], [], [])
    assert outcome.rounds == wanted["rounds"]
    assert outcome.saves >= max(wanted["saves"], outcome.rounds)
    assert outcome.slowest <= RECOVERY
