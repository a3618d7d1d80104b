"""A worker that is killed in the middle of a job: the job is done within two minutes all the same."""

import json
import os
import signal
import time
from pathlib import Path

import psycopg
import pytest
from tests.journeys.harness import new_world

from palermo.config import launch

PATIENCE = 120.0


def _wait_for(site: launch.Site, notes: Path, said: str, patience: float) -> float:
    """Looks after the site, as it does itself, until the job has said something; gives how long it took."""
    begin = time.monotonic()
    while time.monotonic() - begin < patience:
        site.look_after()
        if notes.exists() and notes.read_text() == said:
            return time.monotonic() - begin
        time.sleep(0.1)
    seen = notes.read_text() if notes.exists() else "nothing"
    raise AssertionError(f"not in {patience} seconds: {seen!r}\n{site.services[1].last_words()}")


@pytest.mark.kill
@pytest.mark.slow
def test_a_job_killed_in_the_middle_is_done_within_two_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    with new_world(extra={"DJANGO_SETTINGS_MODULE": "tests.config.slow_settings"}) as world:
        notes = world.base / "notes.txt"
        with launch.Site(world, port=launch.any_port(), workers=1, logs=True, say=lambda _text: None) as site:
            world.django("procrastinate", "defer", "take_long", json.dumps({"path": str(notes)}), quiet=True)
            _wait_for(site, notes, "begun\n", 60)
            worker = site.services[1].process
            assert worker is not None
            os.killpg(worker.pid, signal.SIGKILL)
            took = _wait_for(site, notes, "begun\nbegun\ndone\n", PATIENCE)
            with capsys.disabled():
                print(f" [{took:.0f} s]", end="")
            # Whoever looks finds it done, and nothing failed.
            deadline = time.monotonic() + 10
            with psycopg.connect(world.environment()["DATABASE_URL"], autocommit=True) as database:
                query = "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'take_long'"
                while (found := database.execute(query).fetchall()) != [("succeeded", 2)]:
                    assert time.monotonic() < deadline, found
                    time.sleep(0.2)
