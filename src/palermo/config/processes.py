"""Processes of this machine: whether one lives, which belong to a server or to an earlier run, and how they end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ON_LINUX: bool = sys.platform == "linux"

_children: dict[int, subprocess.Popen[bytes]] = {}


def reap_later(server: subprocess.Popen[bytes]) -> None:
    """Remember a server that we started, so that its end leaves no zombie that looks alive."""
    _children[server.pid] = server


def is_alive(pid: int) -> bool:
    """Whether a process runs (one that ended and waits to be reaped does not)."""
    if pid in _children and _children[pid].poll() is not None:
        del _children[pid]
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return True


def wait_for_end(pid: int, patience: float) -> bool:
    """Wait until a process has ended."""
    deadline = time.monotonic() + patience
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def works_in(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL server of that folder: it makes the folder its working directory."""
    if ON_LINUX:
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == data
        except OSError:
            return False
    command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(data) in command.stdout


def processes_in(data: Path) -> list[int]:
    """All processes that have the data folder as their working directory and PostgreSQL's name."""
    if not ON_LINUX:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and works_in(int(entry.name), data):
            with contextlib.suppress(OSError):
                if (entry / "comm").read_text().strip() == "postgres":
                    found.append(int(entry.name))
    return found


def processes_with(token: str, groups: list[int]) -> list[int]:
    """The processes of an earlier run: its groups, and on Linux whoever carries its token in the environment."""
    if not token:
        return []
    if ON_LINUX:
        wanted = f"PALERMO_RUN={token}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if wanted in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
        return found
    listing = subprocess.run(["ps", "-axo", "pid=,pgid=,command="], capture_output=True, text=True, check=False).stdout
    found = []
    for line in listing.splitlines():
        pid, group, command = line.split(None, 2)
        if int(group) in groups and "palermo" in command:
            found.append(int(pid))
    return found


def kill_all(pids: list[int]) -> None:
    """Ask, wait a little, insist."""
    for how, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 2.0)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, how)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            pids = [pid for pid in pids if is_alive(pid)]
            if not pids:
                return
            time.sleep(0.05)
