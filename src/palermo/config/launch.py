"""How the child processes of Palermo are started, watched and stopped.

A :class:`Site` is the web server and the worker of one world (``worlds.World``). This is plain Python: Django
runs only in the child processes.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from palermo.config.processes import ON_LINUX, kill_all, processes_with
from palermo.config.worlds import ROOT, LaunchError, Say, World, read_json, say_at_once


@dataclass
class Service:
    """One child process in a process group of its own, started again when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    """When it died lately, for whatever reason."""
    failures: list[float] = field(default_factory=list)
    """When it ended by itself lately."""
    again_at: float = 0.0
    _begin: int = 0

    def start(self) -> None:
        """Start the process."""
        output: IO[bytes] | None = None
        if self.log is not None:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            output = self.log.open("ab")
            self._begin = output.tell()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        if output is not None:
            output.close()

    def ask_to_stop(self) -> None:
        """Ask politely."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def make_stop(self, patience: float) -> None:
        """Wait for the end; then see to it, for everything the process has started."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, patience))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def recent(self) -> str:
        """What the process has written since it was started."""
        if self.log is None or not self.log.exists():
            return ""
        return self.log.read_bytes()[self._begin :].decode(errors="replace")

    def last_words(self) -> str:
        """The end of that."""
        return "\n".join(self.recent().splitlines()[-15:])


def _load_libc() -> ctypes.CDLL | None:
    """The C library of Linux, loaded before any fork."""
    if not ON_LINUX:
        return None
    try:
        return ctypes.CDLL(None)
    except OSError:
        return None


_LIBC = _load_libc()


def _die_with_parent() -> None:
    """In the child: be asked to stop when the parent dies, however it dies."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM, 0, 0, 0)


def free_port(wanted: int, host: str = "127.0.0.1", tries: int = 20) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + tries):
        if port_is_free(port, host):
            return port
    raise LaunchError(f"All ports from {wanted} to {wanted + tries - 1} are taken. Choose another: --port 9000")


def any_port() -> int:
    """A port that nobody uses, chosen by the system: for tests that run beside each other."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


@dataclass
class Site:
    """The web server and the worker of one world, and the watch over both and over the embedded database."""

    world: World
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 2
    worker: bool = True
    """Whether the worker for mail and other background work is started too."""
    logs: bool = True
    """Whether the services write into files (otherwise to where we write)."""
    say: Say = say_at_once
    services: list[Service] = field(default_factory=list, init=False)
    _lock: IO[str] | None = field(default=None, init=False)
    _token: str = field(default_factory=lambda: secrets.token_hex(8), init=False)

    @property
    def address(self) -> str:
        """What people type. Passkeys need the name, not the number."""
        name = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else self.host  # noqa: S104
        return f"http://{name}:{self.port}"

    @property
    def server(self) -> Service:
        """The web server."""
        return self.services[0]

    @property
    def _notes(self) -> Path:
        return self.world.state / "running.json"

    def claim(self) -> None:
        """Be the only one who serves this world, and clear away what a killed predecessor left."""
        self.world.state.mkdir(parents=True, exist_ok=True)
        lock = (self.world.state / "running.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            notes = read_json(self._notes)
            raise LaunchError(
                f"It runs already: {notes.get('address', 'the address is not known yet')} "
                f"(process {notes.get('pid', 'unknown')}). Stop that one first, with Ctrl-C."
            ) from None
        self._lock = lock
        notes = read_json(self._notes)
        left = processes_with(notes.get("token", ""), notes.get("groups", []))
        if left:
            self.say("Clearing away what was left by a run that was killed …")
            kill_all(left)
        self._write_notes()

    def _write_notes(self) -> None:
        groups = [service.process.pid for service in self.services if service.process is not None]
        notes = {"pid": os.getpid(), "address": self.address, "token": self._token, "groups": groups}
        self._notes.write_text(json.dumps(notes))

    def start(self) -> None:
        """Start everything; the world must be open."""
        if self._lock is None:
            self.claim()
        environment = self.world.environment() | {"PALERMO_RUN": self._token}
        folder = self.world.state / "log" if self.logs else None
        serve = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--host", self.host, "--port", str(self.port)),
            *("--workers", str(self.workers), "--blocking-threads", str(self.threads)),
            *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"),
            *("--log-level", "warning", "palermo.config.wsgi:application"),
        ]
        self.services = [Service("server", serve, environment, folder and folder / "server.log")]
        if self.worker:
            work = [sys.executable, "-m", "django", "procrastinate", "worker"]
            self.services.append(Service("worker", work, environment, folder and folder / "worker.log"))
        for service in self.services:
            service.start()
            self._write_notes()

    def answers(self, path: str = "/") -> int | None:
        """The status with which the site answers; none while it does not."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        shown = f"[{host}]" if ":" in host else host
        try:
            request = urllib.request.Request(f"http://{shown}:{self.port}{path}", headers={"Host": "localhost"})
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
            with opener.open(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def wait_until_ready(self, patience: float = 60.0) -> int:
        """Wait for the first answer and return its status."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            status = self.answers()
            if status is not None:
                return status
            self.look_after()
            if self.server.recent().count("Unexpected exit from worker") >= 4:
                raise LaunchError(f"The web server does not stay up.\n{self.server.last_words()}")
            time.sleep(0.05)
        raise LaunchError(f"The server did not answer within {patience:.0f} seconds.\n{self.server.last_words()}")

    def look_after(self) -> None:
        """Heal what has died: the server and the worker, which come up by themselves, and then the database."""
        cluster = self.world.cluster
        dead = cluster is not None and cluster.postmaster() is None
        if dead:
            # Whatever struck it may have struck the others a moment later.
            time.sleep(0.1)
        for service in self.services:
            self._look_after_service(service)
        if cluster is not None and dead:
            self.say("The database has died; starting it again …")
            cluster.acquire()

    def _look_after_service(self, service: Service) -> None:
        now = time.monotonic()
        if service.process is not None and service.process.poll() is not None:
            service.deaths = [moment for moment in service.deaths if now - moment < 30] + [now]
            code = service.process.returncode
            service.make_stop(0)
            # One that keeps ending by itself cannot serve here; one that is killed from outside may live after all,
            # also if it ends by itself once in between because its own processes were killed.
            killed = code < 0
            service.failures = [moment for moment in service.failures if now - moment < 30] + [now] * (not killed)
            if service is self.server and len(service.failures) >= 5:
                raise LaunchError(f"The web server does not stay up (exit code {code}).\n{service.last_words()}")
            # At once after the first death, later with more and more patience.
            again = len(service.deaths) - 1
            longest = 2.0 if killed else 10.0
            service.again_at = now + (min(0.1 * 2**again, longest) if again else 0.0)
            if len(service.deaths) in {1, 5}:
                where = f" Its log: {service.log}" if service.log else ""
                self.say(f"The {service.name} has died (exit code {code}); starting it again …{where}")
        if service.process is None and now >= service.again_at:
            service.start()
            self._write_notes()

    def stop(self) -> None:
        """Stop everything cleanly."""
        for service in self.services:
            service.ask_to_stop()
        deadline = time.monotonic() + 12
        for service in self.services:
            service.make_stop(deadline - time.monotonic())
        self.services = []
        self._notes.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def run(self) -> None:
        """Watch until somebody asks us to stop."""
        while True:
            self.look_after()
            time.sleep(0.25)

    def __enter__(self) -> Site:
        """Open the world, start the site and wait until it answers: for tests and benchmarks."""
        self.world.open()
        try:
            self.start()
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.world.close()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer too."""

    def redirect_request(self, *_: object) -> None:
        """Do not follow."""
