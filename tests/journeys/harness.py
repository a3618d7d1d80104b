"""A real world in a folder of its own: PostgreSQL that waits for the disk, the real content, two States, web servers.

What runs is what an operator runs: ``./palermo serve`` with two web processes, in production mode (only without HTTPS
and the second factor, which a proxy and a person would bring). People come in by the form of sign-in. Used by the
tests that kill and race, and by ``benchmarks``; nothing here knows Django.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from tests.journeys.stage import CYCLE, PASSWORD

from palermo.config import embedded, launch
from palermo.config.worlds import ROOT, World

PLAIN = {"PALERMO_HTTPS": "0", "PALERMO_SECOND_FACTOR": "0", "PALERMO_HOSTS": "localhost 127.0.0.1"}
UNTOLD = ("DATABASE_URL", "PALERMO_BASE", "PALERMO_SECRET_KEY", "PALERMO_OWNER_DATABASE_URL")
"""What our own environment says of another world."""


# --- the world ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def new_world(*, extra: Mapping[str, str] | None = None, keep: bool = False) -> Iterator[World]:
    """A world of its own in a temporary folder, open, with tables and content; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="palermo-world-"))
    folder.chmod(0o711)
    cluster = embedded.Cluster(embedded.place_for(folder), durable=True)
    more = {**PLAIN, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **(extra or {})}
    world = World(mode="production", base=folder, cluster=cluster, extra=more)
    outside = {name: os.environ.pop(name) for name in UNTOLD if name in os.environ}
    try:
        world.open()
        try:
            world.prepare(say=lambda _text: None)
            yield world
        finally:
            world.close()
    finally:
        os.environ.update(outside)
        if not keep:
            cluster.remove()
            shutil.rmtree(folder, ignore_errors=True)


def run_in(world: World, module: str, *arguments: str) -> dict[str, Any]:
    """Run a module in a child process of the world; what it prints last is JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    found = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    assert isinstance(found, dict)
    return found


def free_port() -> int:
    """A port that nobody listens on, found at random so that two runs do not take the same."""
    return launch.free_port(random.randrange(20000, 30000), tries=200)


@dataclass
class Serving:
    """``./palermo serve`` on a world, as a process that can be looked into."""

    world: World
    workers: int = 2
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        """Choose a port and a place for the log."""
        self.port = self.port or free_port()
        self.log = self.world.base / "serve.log"

    def start(self) -> Self:
        """Start it and wait for its first answer."""
        environment = self.world.environment()
        for name in UNTOLD:
            environment.pop(name, None)
        environment["PALERMO_STATE"] = str(self.world.base)
        arguments = ["--port", str(self.port), "--workers", str(self.workers), "--no-worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "palermo.config.door", "serve", *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()
        return self

    def wait_until_ready(self, patience: float = 90.0) -> None:
        """Wait until the site answers."""
        assert self.process is not None
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            caller = Person(self.port)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(caller):
                if caller.ask("GET", "/").status < 500:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"The site did not answer:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Its processes

    @property
    def supervisor(self) -> int:
        """The process that watches over the others."""
        assert self.process is not None
        return self.process.pid

    def web_parent(self) -> int | None:
        """The parent of the web processes."""
        return next((pid for pid in children(self.supervisor) if "granian" in command_of(pid)), None)

    def web_workers(self) -> list[int]:
        """The web processes that answer."""
        parent = self.web_parent()
        return [pid for pid in children(parent) if "resource_tracker" not in command_of(pid)] if parent else []

    def postmaster(self) -> int | None:
        """The parent of the database's processes."""
        assert self.world.cluster is not None
        return self.world.cluster.postmaster()

    def is_whole(self) -> bool:
        """Whether every process is there that should be."""
        return self.postmaster() is not None and len(self.web_workers()) == self.workers


def children(parent: int) -> list[int]:
    """The living children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                state, above = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
                if int(above) == parent and state not in "ZX":
                    found.append(int(entry.name))
    return sorted(found)


def command_of(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(pid: int | None) -> bool:
    """SIGKILL; whether there was anybody."""
    if pid is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """An answer that was read to its last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


class Person:
    """Somebody at a browser: one connection that stays open, cookies, and the security token of forms."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None, *, timeout: float = 20.0) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self.timeout = timeout
        self._line: http.client.HTTPConnection | None = None
        self._used = 0.0

    def close(self) -> None:
        """Be done."""
        self.hang_up()

    def __del__(self) -> None:
        """A line that is left open is a warning."""
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request and read the whole answer; ``OSError`` or ``HTTPException`` if the line breaks."""
        sent = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if fields is not None:
            body = urlencode(list(fields.items()) if isinstance(fields, Mapping) else list(fields)).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        if time.monotonic() - self._used > 2:
            # The other side closes a line that nobody uses; better a new one.
            self.hang_up()
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self._line.request(method, path, body, sent)
            answer = self._line.getresponse()
            read = answer.read()
        except BaseException:
            self.hang_up()
            raise
        self._used = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _sep, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value.strip('"')
        if answer.will_close:
            self.hang_up()
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, read)

    def sign_in(self, email: str, password: str = PASSWORD) -> Self:
        """Come in by the form."""
        page = self.ask("GET", "/en/account/sign-in/")
        assert page.status == 200, (page.status, page.text[-2000:])
        done = self.ask("POST", "/en/account/sign-in/", {"login": email, "password": password})
        assert done.status == 302, (done.status, done.text[-2000:])
        return self

    def save(self, place: str, section: str, code: str, fields: Mapping[str, str], base: int) -> Reply:
        """Save one answer as the script of the page does."""
        named = {f"{code}:{name}": value for name, value in fields.items()} | {f"{code}:revision": str(base)}
        return self.ask("POST", f"{place}{section}/save/{code}/", named, {"Accept": "application/json"})

    def revisions(self, place: str, section: str) -> dict[str, int]:
        """The revisions that the page of a section shows."""
        page = self.ask("GET", f"{place}{section}/")
        assert page.status == 200, (page.status, page.text[-2000:])
        return {code: int(number) for code, number in re.findall(r'name="([^":]+):revision" value="(\d+)"', page.text)}


def place_of(state: str, questionnaire: str = "untoc") -> str:
    """The address of a State's response."""
    return f"/en/cycles/{CYCLE}/{questionnaire}/{state}/"
