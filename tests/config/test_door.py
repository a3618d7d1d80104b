"""The door lists what it opens, passes commands on and explains what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from palermo.config import door, embedded
from palermo.config.worlds import PACKAGE, ROOT, World

NEEDED_PROGRAMS = ("sh", "dirname", "readlink", "cat", "cksum", "mkdir", "sleep", "rm", "tr", "cmp", "awk", "cp")


def ask(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Knock from elsewhere."""
    quiet = {name: text for name, text in os.environ.items() if not name.startswith(("PALERMO_", "DJANGO_"))}
    quiet.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "palermo.config.door", *arguments],
        cwd="/",
        env=quiet | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("load-content", "load_content"),
        ("migrate", "migrate"),
        ("load_content", "load_content"),
        ("--version", "--version"),
    ],
)
def test_dashes_are_how_people_write_commands(given: str, name: str) -> None:
    assert door.command_name(given) == name


def test_door_without_a_word_lists_every_command_with_a_line_each(tmp_path: Path) -> None:
    answer = ask(PALERMO_STATE=str(tmp_path))
    assert answer.returncode == 0
    listed = {line.split()[0]: line.split()[1:] for line in answer.stdout.splitlines() if line.startswith("  ")}
    ours = {
        path.stem.replace("_", "-")
        for path in PACKAGE.glob("*/management/commands/*.py")
        if not path.stem.startswith("_")
    }
    assert set(listed) == set(door.OWN) | set(door.USUAL_DJANGO) | ours
    assert [name for name, words in listed.items() if not words] == []


def test_unknown_command_fails_and_says_so(tmp_path: Path) -> None:
    answer = ask("no-such-thing", DATABASE_URL="postgres:///none", PALERMO_STATE=str(tmp_path))
    assert answer.returncode == 1
    assert "Unknown command: 'no_such_thing'" in answer.stderr


def test_owner_changes_tables_and_the_rest_works_with_rows(tmp_path: Path) -> None:
    cluster = embedded.Cluster(tmp_path)
    world = World("production", tmp_path, cluster)
    assert world.environment(owner=True)["DATABASE_URL"] == cluster.url(role="palermo_owner")
    assert world.environment()["DATABASE_URL"] == cluster.url(role="palermo")
    assert {"migrate", "createcachetable"} - door.OWNER_COMMANDS == set()
    assert {"load_content", "build_demo", "shell", "runserver"} & door.OWNER_COMMANDS == set()


def test_missing_benchmarks_or_servers_are_explained(tmp_path: Path) -> None:
    answer = ask("postgres", "status", DATABASE_URL="postgres:///none", PALERMO_STATE=str(tmp_path))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "palermo: DATABASE_URL names a server; there is no embedded one to look after.\n"


def programs(folder: Path, **fakes: str) -> str:
    """A PATH with the programs that the script needs, and these fakes."""
    folder.mkdir()
    for name in NEEDED_PROGRAMS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    for name, text in fakes.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def knock(folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script in a folder without .venv, through a symbolic link, from elsewhere."""
    root = folder / "a folder, with signs"
    root.mkdir()
    shutil.copy(ROOT / "palermo", root / "palermo")
    for name in ("requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, root / name)
    link = folder / "link"
    link.symlink_to(root / "palermo")
    return subprocess.run([str(link)], cwd="/", env={"PATH": path}, capture_output=True, text=True, check=False)


def test_script_explains_a_python_that_is_too_old(tmp_path: Path) -> None:
    old = 'case "$1" in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac'
    answer = knock(tmp_path, programs(tmp_path / "bin", python3=old))
    assert answer.returncode == 1
    assert "python3 is Python 3.9.2" in answer.stderr
    assert "Python 3.11 or newer is needed. Install it, or name it: PALERMO_PYTHON=" in answer.stderr


def test_script_explains_a_missing_venv_module(tmp_path: Path) -> None:
    bare = 'case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac'
    answer = knock(tmp_path, programs(tmp_path / "bin", python3=bare))
    assert answer.returncode == 1
    assert "apt-get install python3-venv" in answer.stderr


def test_script_explains_a_missing_network_and_leaves_no_lock(tmp_path: Path) -> None:
    offline = (
        'case "$*" in *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;; '
        '*"-m pip"*) echo "no route to host" >&2; exit 1 ;; *) exit 0 ;; esac'
    )
    answer = knock(tmp_path, programs(tmp_path / "bin", python3=offline))
    assert answer.returncode == 1
    assert "no route to host" in answer.stderr
    assert "needs the network and a reachable Python package index" in answer.stderr
    assert not (tmp_path / "a folder, with signs" / ".venv.installing").exists()


def test_script_is_plain_posix() -> None:
    text = (ROOT / "palermo").read_text()
    assert text.startswith("#!/bin/sh\n")
    checked = subprocess.run(["sh", "-n", str(ROOT / "palermo")], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
