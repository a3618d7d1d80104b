"""The site is started, watched, healed and stopped; only one serves a world."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from palermo.config import embedded, launch
from palermo.config.processes import processes_with
from palermo.config.worlds import ROOT, LaunchError, World

TINY = {"DJANGO_SETTINGS_MODULE": "tests.config.tiny_settings", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def world() -> Iterator[World]:
    base = Path(tempfile.mkdtemp(prefix="palermo-launch-"))
    base.chmod(0o711)
    cluster = embedded.Cluster(base / "postgresql")
    yield World(mode="demo", base=base, cluster=cluster, extra=TINY)
    cluster.remove()
    subprocess.run(["rm", "-r", str(base)], check=True)


@pytest.fixture
def site(world: World) -> launch.Site:
    said: list[str] = []
    site = launch.Site(world, port=launch.any_port(), workers=2, worker=False, say=said.append)
    site.said = said  # type: ignore[attr-defined]
    return site


def page(site: launch.Site) -> tuple[str, int]:
    name, process = httpx.get(f"http://127.0.0.1:{site.port}/", trust_env=False).text.split()
    return name, int(process)


def wait_for(what: Callable[[], tuple[str, int] | None], patience: float = 10.0) -> tuple[str, int]:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if (found := what()) is not None:
                return found
        except (httpx.HTTPError, ValueError, psycopg.Error):
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_site_serves_with_the_role_that_only_works_with_rows(site: launch.Site) -> None:
    with site:
        assert page(site)[0] == "palermo"
        assert site.address == f"http://localhost:{site.port}"
    assert site.answers() is None
    assert site.world.cluster is not None
    assert site.world.cluster.postmaster() is None


def test_killed_web_worker_comes_back(site: launch.Site) -> None:
    with site:
        _, victim = page(site)
        os.kill(victim, signal.SIGKILL)
        assert wait_for(lambda: page(site))[1] != victim


def test_killed_server_and_database_come_back(site: launch.Site) -> None:
    with site:
        assert site.server.process is not None
        assert site.world.cluster is not None
        postmaster = site.world.cluster.postmaster()
        assert postmaster is not None
        os.kill(site.server.process.pid, signal.SIGKILL)
        os.kill(postmaster, signal.SIGKILL)

        def healed() -> tuple[str, int] | None:
            site.look_after()
            # Web processes whose parent has died answer until they are cleared away.
            return page(site) if len(site.said) == 2 else None  # type: ignore[attr-defined]

        assert wait_for(healed)[0] == "palermo"
        assert [line.split(" Its log:")[0] for line in sorted(site.said)] == [  # type: ignore[attr-defined]
            "The database has died; starting it again …",
            "The server has died (exit code -9); starting it again …",
        ]


def test_world_is_served_only_once(site: launch.Site) -> None:
    site.claim()
    second = launch.Site(site.world, port=site.port)
    with pytest.raises(LaunchError, match=rf"It runs already: .*:{site.port} \(process {os.getpid()}\)"):
        second.claim()
    site.stop()
    second.claim()
    second.stop()


def test_killed_run_leaves_nothing_that_the_next_one_does_not_clear(world: World) -> None:
    code = (
        "import json, os, signal, sys, pathlib\n"
        "from palermo.config import embedded, launch, worlds\n"
        "base = pathlib.Path(sys.argv[1])\n"
        "world = worlds.World('demo', base, embedded.Cluster(base / 'postgresql'), json.loads(sys.argv[2]))\n"
        "site = launch.Site(world, port=int(sys.argv[3]), worker=False)\n"
        "site.__enter__()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    port = launch.any_port()
    command = [sys.executable, "-c", code, str(world.base), json.dumps(TINY), str(port)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    token = json.loads((world.state / "running.json").read_text())["token"]
    site = launch.Site(world, port=port, worker=False, say=lambda text: None)
    site.claim()
    assert processes_with(token, []) == []
    with site:
        assert page(site)[0] == "palermo"


def test_server_that_cannot_stay_up_is_given_up_with_its_last_words(site: launch.Site) -> None:
    site.world.extra = TINY | {"DJANGO_SETTINGS_MODULE": "no_such_settings"}
    with pytest.raises(LaunchError, match="(?s)does not stay up.*no_such_settings"):
        site.__enter__()
    assert site.services == []


def test_server_that_is_killed_again_and_again_is_never_given_up(site: launch.Site) -> None:
    with site:
        for death in range(7):
            process = site.server.process
            assert process is not None
            # Once it ends by itself, as it does when its own processes are killed one after the other.
            process.send_signal(signal.SIGTERM if death == 5 else signal.SIGKILL)
            process.wait()

            def healed(dead: int = process.pid) -> tuple[str, int] | None:
                site.look_after()
                now = site.server.process
                return page(site) if now is not None and now.pid != dead else None

            assert wait_for(healed)[0] == "palermo"


def test_taken_port_is_passed_over() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not launch.port_is_free(port)
        assert launch.free_port(port) > port


def test_secret_key_is_made_once_and_private(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PALERMO_SECRET_KEY", raising=False)
    key = world.secret_key()
    assert len(key) >= 50
    assert world.secret_key() == key
    assert (world.state / "secret-key").stat().st_mode & 0o777 == 0o600


def test_demonstration_keeps_apart_from_real_use(world: World) -> None:
    real = World("production", world.base, world.cluster)
    assert (world.database, real.database) == ("palermo_demo", "palermo")
    assert (world.state, real.state) == (world.base / "demo", world.base)


def test_demonstration_refuses_a_database_that_is_not_named_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PALERMO_STATE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://palermo@db.example.org/palermo?sslmode=require")
    with pytest.raises(LaunchError, match="must contain “demo”"):
        World.here("demo")
    monkeypatch.setenv("DATABASE_URL", "postgresql://palermo@db.example.org/palermo_demo")
    assert World.here("demo").cluster is None
