"""Where Palermo keeps its state, and what its child processes are told.

A :class:`World` is a mode with its database and its folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from palermo.config import embedded

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]
Say = Callable[[str], None]


class LaunchError(Exception):
    """Palermo cannot be started; the message says why and what helps."""


def say_at_once(text: str) -> None:
    """Say something at once, also into a pipe."""
    print(text, flush=True)


@dataclass
class World:
    """One mode (``production``, ``demo``, ``development``) with its database and its folder of files."""

    mode: str
    base: Path
    cluster: embedded.Cluster | None
    """The embedded server; none, if ``DATABASE_URL`` names one."""
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls, mode: str) -> World:
        """The world of this checkout, as the environment describes it."""
        # PALERMO_BASE is what we have told our own child processes.
        base = Path(os.environ.get("PALERMO_BASE") or os.environ.get("PALERMO_STATE") or ROOT / "var").resolve()
        base.mkdir(parents=True, exist_ok=True)
        url = os.environ.get("DATABASE_URL")
        if url and mode == "demo" and "demo" not in url.rsplit("/", 1)[-1].split("?")[0]:
            raise LaunchError(
                "The demonstration fills its database with generated answers. So that it never meets real ones, the "
                "name of the database in DATABASE_URL must contain “demo”."
            )
        return cls(mode=mode, base=base, cluster=None if url else embedded.Cluster(embedded.place_for(base)))

    @property
    def state(self) -> Path:
        """The folder of this world's files; the demonstration keeps apart."""
        return self.base / "demo" if self.mode == "demo" else self.base

    @property
    def database(self) -> str:
        """The name of this world's database in the embedded server."""
        return "palermo_demo" if self.mode == "demo" else "palermo"

    def open(self) -> None:
        """Make sure that folder, server and database are there; ours until :meth:`close`."""
        self.state.mkdir(parents=True, exist_ok=True)
        # What people upload and what the services write is nobody else's business.
        for name in ("files", "log"):
            (self.state / name).mkdir(mode=0o700, exist_ok=True)
        if self.cluster is not None:
            self.cluster.acquire()
            self.cluster.create_database(self.database)

    def close(self) -> None:
        """Use the embedded server no more; its last user stops it."""
        if self.cluster is not None:
            self.cluster.release()

    def secret_key(self) -> str:
        """The signing key: given by the operator, or made once and kept in a file that only we can read."""
        if key := os.environ.get("PALERMO_SECRET_KEY"):
            return key
        path = self.state / "secret-key"
        with contextlib.suppress(FileExistsError):
            self.state.mkdir(parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
        return path.read_text().strip()

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """What a child process finds in its environment; as owner it may change tables, otherwise only rows."""
        environment = dict(os.environ)
        environment |= {
            "DJANGO_SETTINGS_MODULE": "palermo.config.settings",
            "PALERMO_MODE": self.mode,
            "PALERMO_BASE": str(self.base),
            "PALERMO_STATE": str(self.state),
            "PALERMO_SECRET_KEY": self.secret_key(),
            "PYTHONUNBUFFERED": "1",
        }
        if self.cluster is not None:
            role = embedded.OWNER if owner else embedded.RUNTIME
            environment["DATABASE_URL"] = self.cluster.url(database=self.database, role=role)
        elif owner and (url := os.environ.get("PALERMO_OWNER_DATABASE_URL")):
            environment["DATABASE_URL"] = url
        return environment | self.extra

    def django(self, *arguments: str, owner: bool = False, quiet: bool = False) -> None:
        """Run one management command to its end."""
        command = [sys.executable, "-m", "django", *arguments]
        output = subprocess.PIPE if quiet else None
        done = subprocess.run(
            command,
            env=self.environment(owner=owner),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = f"\n{done.stdout.strip()}" if quiet else " (see above)"
            raise LaunchError(f"./palermo {arguments[0].replace('_', '-')} failed{said}")

    # Preparing

    def prepare(self, *, say: Say = say_at_once, migrate: bool = True, force: bool = False) -> bool:
        """Bring tables, content and static files up to date. Does nothing, quickly, if no source has changed."""
        notes = self.state / "prepared.json"
        before = read_json(notes)
        tables = digest(PACKAGE.glob("*/migrations/*.py"), PACKAGE.glob("content/**/*"), [ROOT / "requirements.lock"])
        static = digest(PACKAGE.glob("*/static/**/*"), [ROOT / "requirements.lock"])
        done = False
        if migrate and (force or before.get("tables") != tables):
            say("Preparing the database …")
            self.django("migrate", "--no-input", "--verbosity=0", owner=True, quiet=True)
            self.django("createcachetable", "--verbosity=0", owner=True, quiet=True)
            if has_command("load_content"):
                say("Loading the treaties, the States and the questionnaires …")
                self.django("load_content", quiet=True)
            before["tables"] = tables
            done = True
        if before.get("static") != static or not (self.state / "static").exists():
            self.django("collectstatic", "--no-input", "--verbosity=0", quiet=True)
            before["static"] = static
        notes.write_text(json.dumps(before))
        return done

    def build_demonstration(self, *, say: Say = say_at_once, reset: bool = False) -> None:
        """Fill the world with its generated story, once. A half-built one is thrown away."""
        mark = self.state / "demonstration.json"
        built = read_json(mark).get("built", False)
        if reset or not built:
            (self.state / "prepared.json").unlink(missing_ok=True)
            mark.unlink(missing_ok=True)
            if self.cluster is not None:
                self.cluster.drop_database(self.database)
                self.cluster.create_database(self.database)
        self.prepare(say=say)
        if has_command("build_demo") and not (built and not reset):
            say("Building the demonstration world: generated answers, statements of no government …")
            self.django("build_demo")
            mark.write_text(json.dumps({"built": True}))


def has_command(name: str) -> bool:
    """Whether one of our apps offers a management command."""
    return any(PACKAGE.glob(f"*/management/commands/{name}.py"))


def digest(*groups: Iterable[Path]) -> str:
    """A fingerprint of the names and contents of files."""
    total = hashlib.sha256()
    for path in sorted({path for group in groups for path in group}):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(f"{path}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """A small file of notes; an absent or broken one is empty."""
    try:
        notes = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}
