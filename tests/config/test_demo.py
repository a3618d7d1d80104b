"""The demonstration from nothing to an address, a second time, and after it was killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from palermo.config import embedded, launch

pytestmark = [pytest.mark.kill, pytest.mark.slow]


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="palermo-demo-"))
    folder.chmod(0o711)
    yield folder
    embedded.Cluster(folder / "postgresql").remove()
    shutil.rmtree(folder)


class Demonstration:
    """One run of ``./palermo demo``."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = launch.any_port()
        quiet = {name: text for name, text in os.environ.items() if not name.startswith(("PALERMO_", "DJANGO_"))}
        quiet.pop("DATABASE_URL", None)
        self.output = (state / "output.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "palermo.config.door", "demo", "--port", str(self.port)],
            env=quiet | {"PALERMO_STATE": str(state)},
            cwd="/",
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )

    def said(self) -> str:
        return (self.state / "output.txt").read_text()

    def wait(self) -> str:
        deadline = time.monotonic() + 240
        while f"is at http://localhost:{self.port}" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return self.said()

    def page(self) -> int:
        answer = httpx.get(f"http://localhost:{self.port}/", trust_env=False, follow_redirects=True)
        return answer.status_code

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.output.close()
        return code


def remains(state: Path) -> list[int]:
    """Processes that still belong to the state folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if str(state).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_demonstration_is_built_served_and_stopped_by_ctrl_c(state: Path) -> None:
    demonstration = Demonstration(state)
    said = demonstration.wait()
    assert "statements of no government" in said
    assert demonstration.page() == 200
    assert demonstration.end(signal.SIGINT) == 130
    assert demonstration.said().endswith("Stopped.\n")
    assert remains(state) == []


def test_second_run_builds_nothing_and_a_killed_one_heals(state: Path) -> None:
    second = Demonstration(state)
    assert second.wait() == f"Palermo’s demonstration is at {second_address(second)}  (Ctrl-C stops it)\n"
    assert second.page() == 200
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    third = Demonstration(state)
    assert "Building" not in third.wait()
    assert third.page() == 200
    assert third.end(signal.SIGTERM) == 130
    assert remains(state) == []


def second_address(demonstration: Demonstration) -> str:
    return f"http://localhost:{demonstration.port}"
