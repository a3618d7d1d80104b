"""A pytest plugin (named in ``pyproject.toml``): one embedded PostgreSQL for a whole test run.

The server starts when the first test asks for a database, in a short path of its own and without waiting for the
disk; the workers of pytest-xdist share it, each with a database of its own. It is gone when the run ends. Environment:

``DATABASE_URL``            use this server instead of an embedded one
``PALERMO_TEST_POSTGRES``   the folder of the PostgreSQL programs to use instead of the wheel's
``PALERMO_TEST_COUNTS``     a file that receives the counts of the run as JSON
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from palermo.config import embedded
from palermo.config.binaries import EmbeddedError, binaries_in, wheel_binaries

HOME = "PALERMO_TEST_HOME"
PREFIX = "palermo-test-"
_held: list[int] = []
_clusters: dict[str, embedded.Cluster] = {}


def cluster() -> embedded.Cluster | None:
    """The embedded server of this run; none, if the tests use a server by ``DATABASE_URL``."""
    home = os.environ.get(HOME)
    if home is None:
        return None
    if home not in _clusters:
        folder = os.environ.get("PALERMO_TEST_POSTGRES")
        programs = binaries_in(Path(folder)) if folder else wheel_binaries()
        _clusters[home] = embedded.Cluster(Path(home) / "pg", programs, durable=False)
    return _clusters[home]


def ensure_server() -> None:
    """Start the server of this run if no test has needed it before."""
    server = cluster()
    if server is not None:
        server.acquire()


def _hold(folder: Path) -> bool:
    """Mark a folder as in use until we die."""
    lock = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _held.append(lock)
    return True


def _sweep(root: Path) -> None:
    """Remove what killed runs left: their servers and their folders."""
    for left in root.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            status = left.stat()
            grown_up = time.time() - status.st_mtime > 60
            if status.st_uid == os.geteuid() and grown_up and (left / "run.lock").exists() and _hold(left):
                with contextlib.suppress(EmbeddedError):
                    embedded.Cluster(left / "pg").remove()
                shutil.rmtree(left, ignore_errors=True)
                os.close(_held.pop())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Set the environment before Django's settings are read; every test mode default is decided here."""
    os.environ["PALERMO_MODE"] = "test"
    if "PYTEST_XDIST_WORKER" not in os.environ and HOME not in os.environ:
        root = Path(tempfile.gettempdir())
        _sweep(root)
        home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        home.chmod(0o711)
        _hold(home)
        os.environ["PALERMO_STATE"] = str(home / "state")
        (home / "state").mkdir(mode=0o700)
        os.environ["PALERMO_TEST_FOLDER"] = str(home)
        if "DATABASE_URL" not in os.environ:
            os.environ[HOME] = str(home)
            server = cluster()
            assert server is not None
            os.environ["DATABASE_URL"] = server.url(database="palermo", role=embedded.OWNER)
    try:
        return (yield)
    except BaseException:
        _clear_up()
        raise


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our own options."""
    group = parser.getgroup("palermo")
    group.addoption("--only-database", action="store_true", help="Run only the tests that try the database.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what uses the database, for the leg on another server.

    Left out is what carries the marker ``one_database``: it sends the database nothing that other tests do not send.
    """
    if not config.getoption("--only-database"):
        return
    wanted = {"db", "transactional_db", "django_db_setup", "live_server"}
    kept = [
        item
        for item in items
        if (item.get_closest_marker("django_db") or wanted & set(getattr(item, "fixturenames", ())))
        and not item.get_closest_marker("one_database")
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write the counts where ``./palermo test`` reads them."""
    target = os.environ.get("PALERMO_TEST_COUNTS")
    if not target or "PYTEST_XDIST_WORKER" in os.environ:
        return
    stats = terminalreporter.stats
    reasons: Counter[str] = Counter()
    for report in stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    counts = {
        "passed": len(stats.get("passed", [])) + len(stats.get("xfailed", [])),
        "failed": len(stats.get("failed", [])) + len(stats.get("error", [])) + len(stats.get("xpassed", [])),
        "skipped": len(stats.get("skipped", [])),
        "deselected": len(stats.get("deselected", [])),
        "reasons": reasons,
    }
    Path(target).write_text(json.dumps(counts))


def _clear_up() -> None:
    """Remove the server and the files of this run, if they are ours."""
    if not _held:
        return
    server = cluster()
    if server is not None:
        server.remove()
    shutil.rmtree(os.environ["PALERMO_TEST_FOLDER"], ignore_errors=True)
    while _held:
        os.close(_held.pop())


def pytest_unconfigure(config: pytest.Config) -> None:
    """The end of the run is the end of its server and its files."""
    if not hasattr(config, "workerinput"):
        _clear_up()
