"""The command line behind ``./palermo``: our own commands, and everything that Django and our apps offer.

``./palermo load-content`` is the management command ``load_content``; it finds the embedded PostgreSQL running, or
the server that ``DATABASE_URL`` names. ``./palermo demo report …`` runs a command in the demonstration's world.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from palermo.config import embedded, launch
from palermo.config.binaries import EmbeddedError
from palermo.config.worlds import ROOT, LaunchError, World

Command = Callable[[list[str]], int]

OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "createcachetable",
    "flush",
    "inspectdb",
    "pgtrigger",
}
"""These change tables, and so run as their owner; everything else runs as a role that only works with rows."""

WITHOUT_DATABASE = {"help", "version", "makemessages", "compilemessages", "startapp", "startproject", "diffsettings"}
USUAL_DJANGO = {
    "check": "Look for mistakes in the set-up; with --deploy, for an unsafe one.",
    "migrate": "Bring the tables up to date.",
    "makemigrations": "Write migrations for changed models.",
    "makemessages": "Collect the texts to translate.",
    "compilemessages": "Make translations usable.",
    "shell": "A Python prompt with Palermo loaded.",
    "runserver": "Django's development server, with reloading.",
}


# --- our own commands --------------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """Build the demonstration world, once, and serve it."""
    if arguments and not arguments[0].startswith("-"):
        return manage(arguments, mode="demo")
    parser = _parser("demo", demo)
    _serving_options(parser)
    parser.add_argument("--reset", action="store_true", help="throw the world away and build it anew")
    parser.add_argument("--build-only", action="store_true", help="build the world, and do not serve it")
    parser.add_argument(
        "--world", action="store_true", help="all States, five questionnaires, three cycles (minutes; can be resumed)"
    )
    options = parser.parse_args(arguments)
    world = World.here("demo")
    site = _site(world, options, logs=True)
    chosen = "PALERMO_ADDRESS" in os.environ
    try:
        site.claim()
        if not chosen:
            # Where the links in its mail lead; the port may be another one.
            if not options.port and not launch.port_is_free(site.port, site.host):
                site.port = launch.free_port(site.port + 1, site.host)
                _say(f"Port 8000 is taken by another program; using {site.port}.")
            os.environ["PALERMO_ADDRESS"] = site.address
        _say_where(world)
        world.open()
        world.build_demonstration(say=_say, reset=options.reset)
        if options.world:
            _say("Building the world: generated answers of all States, statements of no government …")
            world.django("build_world")
            _look_over(world)
        if not options.build_only:
            _serve(site, f"Palermo’s demonstration is at {site.address}  (Ctrl-C stops it)")
    finally:
        site.stop()
        world.close()
    return 0


def serve(arguments: list[str]) -> int:
    """Serve Palermo for real use (behind a proxy that speaks HTTPS)."""
    parser = _parser("serve", serve)
    _serving_options(parser)
    options = parser.parse_args(arguments)
    world = World.here(os.environ.get("PALERMO_MODE") or "production")
    site = _site(world, options, logs=False)
    try:
        site.claim()
        _say_where(world)
        world.open()
        pending = subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--check", "--verbosity=0"],
            env=world.environment(owner=True),
            capture_output=True,
            text=True,
            check=False,
        )
        if pending.returncode != 0:
            reason = (pending.stdout + pending.stderr).strip().rsplit("\n", 1)[-1]
            raise LaunchError(
                f"The tables are not up to date{': ' + reason if reason else ''}.\n"
                "Save the database if it holds anything, then run: ./palermo migrate && ./palermo load-content"
            )
        world.prepare(say=_say, migrate=False)
        _serve(site, f"Palermo is served at {site.address}")
    finally:
        site.stop()
        world.close()
    return 0


def test(arguments: list[str]) -> int:
    """Run everything that is checked; --fast leaves out browser, kills and the second database."""
    from palermo.config import verify

    return verify.run(arguments)


def tidy(arguments: list[str]) -> int:
    """Put Python and templates into their usual form (all, or the folders given)."""
    from palermo.config import verify

    return verify.tidy(arguments)


def benchmark(arguments: list[str]) -> int:
    """Measure requests, queries, processor time, bytes and memory against the targets."""
    if not (ROOT / "benchmarks" / "__main__.py").exists():
        raise LaunchError("There are no benchmarks yet (benchmarks/__main__.py).")
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def lock(arguments: list[str]) -> int:
    """Write requirements.lock and requirements-test.lock anew from pyproject.toml."""
    parser = _parser("lock", lock)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    options = parser.parse_args(arguments)
    program = str(Path(sys.prefix) / "bin" / "uv")
    uv = [program, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    how = ["--generate-hashes", "--no-emit-index-url", "--no-header", *(["--upgrade"] if options.upgrade else [])]
    for name, what in (
        ("requirements.lock", []),
        ("requirements-test.lock", ["--extra", "test", "--constraint", "requirements.lock"]),
    ):
        subprocess.run([*uv, *how, *what, "pyproject.toml", "-o", name], cwd=ROOT, check=True)
        _say(f"Wrote {name}. The next ./palermo installs it.")
    return 0


def psql(arguments: list[str]) -> int:
    """Open PostgreSQL’s own prompt on the database (add --demo, --owner)."""
    parser = _parser("psql", psql)
    parser.add_argument("--demo", action="store_true", help="the demonstration’s database")
    parser.add_argument("--owner", action="store_true", help="as owner of the tables")
    options, rest = parser.parse_known_args(arguments)
    world = World.here("demo" if options.demo else "production")
    if world.cluster is None:
        return subprocess.run(["psql", os.environ["DATABASE_URL"], *rest], check=False).returncode
    world.open()
    try:
        role = embedded.OWNER if options.owner else embedded.RUNTIME
        program = world.cluster.binaries.folder / "psql"
        command = [str(program), "-h", str(world.cluster.sockets), "-U", role, "-d", world.database, *rest]
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return subprocess.run(command, check=False).returncode
    finally:
        world.close()


def postgres(arguments: list[str]) -> int:
    """Start, stop or look at the embedded PostgreSQL: start | stop | status."""
    parser = _parser("postgres", postgres)
    parser.add_argument("what", choices=["start", "stop", "status"])
    parser.add_argument("--force", action="store_true", help="stop it even if somebody uses it")
    options = parser.parse_args(arguments)
    cluster = World.here("production").cluster
    if cluster is None:
        raise LaunchError("DATABASE_URL names a server; there is no embedded one to look after.")
    if options.what == "start":
        cluster.start()
        _say("Started; it runs until ./palermo postgres stop.")
    if options.what == "stop" and cluster.in_use() and not options.force:
        raise LaunchError("Another ./palermo uses it now, and would start it again. Stop that one, or --force.")
    if options.what == "stop":
        _say("Stopped." if cluster.stop() else "It was not running.")
    ready = cluster.is_ready()
    _say(f"{cluster.binaries.name}\ndata     {cluster.data}\nsocket   {cluster.sockets}\nlog      {cluster.log}")
    _say(f"process  {cluster.postmaster()}" if ready else "process  none: it does not run")
    if ready:
        for mode in ("production", "demo"):
            world = World.here(mode)
            _say(f"{mode:<8} {cluster.url(database=world.database)}")
    return 0 if ready or options.what == "stop" else 3


OWN: dict[str, Command] = {
    "demo": demo,
    "serve": serve,
    "test": test,
    "tidy": tidy,
    "benchmark": benchmark,
    "psql": psql,
    "postgres": postgres,
    "lock": lock,
}


# --- Django's commands -------------------------------------------------------------------------------------------


def command_name(given: str) -> str:
    """``load-content`` is how people write ``load_content``."""
    return given if given.startswith("-") else given.replace("-", "_")


def manage(arguments: list[str], *, mode: str | None = None) -> int:
    """Hand a command to Django, with the database running."""
    name = command_name(arguments[0])
    mode = mode or os.environ.get("PALERMO_MODE") or ("development" if name == "runserver" else "production")
    world = World.here(mode)
    os.environ.update(world.environment(owner=name in OWNER_COMMANDS))
    wants_database = name not in WITHOUT_DATABASE and not {"--help", "-h"} & set(arguments[1:])
    if wants_database:
        world.open()
    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["palermo", name, *arguments[1:]])
        if name == "migrate" and not {"--plan", "--check"} & set(arguments):
            # The tables of the cache are Django's, but not part of its migrations.
            execute_from_command_line(["palermo", "createcachetable", "--verbosity=0"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if wants_database:
            from django.db import connections

            connections.close_all()
            world.close()
    return 0


def commands_of_our_apps() -> dict[str, str]:
    """The management commands of our own apps, as people write them, with one line each."""
    from django.core.management import get_commands, load_command_class

    world = World.here(os.environ.get("PALERMO_MODE") or "production")
    os.environ.update(world.environment())
    import django

    django.setup()
    found = {}
    for name, app in get_commands().items():
        if isinstance(app, str) and app.startswith("palermo."):
            words = str(load_command_class(app, name).help).strip().split("\n", 1)
            found[name.replace("_", "-")] = words[0]
    return found


def list_commands() -> int:
    """Say everything that can be said."""
    _say("Usage: ./palermo COMMAND …            ./palermo COMMAND --help tells more\n")
    _section("Running and checking", {name: _first_line(command) for name, command in OWN.items()})
    try:
        ours = commands_of_our_apps()
    except Exception as error:
        _say(f"The commands of the apps cannot be listed: {type(error).__name__}: {error}\n")
    else:
        _section("Working with Palermo", ours)
    _section("Django’s own (all of them: ./palermo help)", USUAL_DJANGO)
    _say("./palermo demo COMMAND runs a command in the demonstration’s world.")
    return 0


def _section(title: str, commands: dict[str, str]) -> None:
    """Print a heading and its commands."""
    if commands:
        width = max(16, *(len(name) + 2 for name in commands))
        _say(title)
        for name in sorted(commands) if title.startswith("Working") else commands:
            _say(f"  {name:<{width}}{commands[name]}")
        _say("")


# --- small things ------------------------------------------------------------------------------------------------


def _say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def _first_line(command: Command) -> str:
    """What a command does, from its docstring."""
    return (command.__doc__ or "").strip().split("\n", 1)[0]


def _parser(name: str, command: Command) -> argparse.ArgumentParser:
    """A parser that knows its name and purpose."""
    return argparse.ArgumentParser(prog=f"./palermo {name}", description=command.__doc__)


def _serving_options(parser: argparse.ArgumentParser) -> None:
    """Where and how wide to serve."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port to listen on (8000, or the next free one)")
    parser.add_argument("--workers", type=int, default=2, help="how many web processes (2)")
    parser.add_argument("--no-worker", action="store_true", help="leave mail and background work to another process")


def _site(world: World, options: argparse.Namespace, *, logs: bool) -> launch.Site:
    """The site that the options describe."""
    return launch.Site(
        world,
        host=options.host,
        port=options.port or 8000,
        workers=options.workers,
        worker=not options.no_worker,
        logs=logs,
        say=_say,
    )


def _say_where(world: World) -> None:
    """Say so if the database could not be kept where one would look for it."""
    if world.cluster is not None and world.cluster.home.parent != world.base:
        _say(f"The database is kept in {world.cluster.home}: PostgreSQL cannot be run from {world.base} by this user.")


def _look_over(world: World) -> None:
    """Let PostgreSQL count what its tables hold now, so that the first pages do not wait for its own vacuum."""
    if world.cluster is not None:
        program = str(world.cluster.binaries.folder / "psql")
        where = ["-h", str(world.cluster.sockets), "-U", embedded.OWNER, "-d", world.database]
        subprocess.run([program, *where, "-q", "-c", "VACUUM ANALYZE"], check=False)


def _serve(site: launch.Site, words: str) -> None:
    """Find a port, start, say the address, watch."""
    wanted = site.port
    if not launch.port_is_free(wanted, site.host):
        if "--port" in " ".join(sys.argv):
            raise LaunchError(f"Port {wanted} is taken by another program. Choose another: --port {wanted + 1}")
        site.port = launch.free_port(wanted + 1, site.host)
        words = words.replace(f":{wanted}", f":{site.port}")
        _say(f"Port {wanted} is taken by another program; using {site.port}.")
    site.start()
    status = site.wait_until_ready()
    if status >= 500:
        _say(f"The front page answers with an error ({status}).\n{site.server.last_words()}")
    _say(words)
    site.run()


def _stop_on_signal(*_: object) -> None:
    """A polite end is an end by Ctrl-C."""
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Open the door."""
    # Ctrl-C too: a shell without a terminal starts its background jobs deaf to it.
    signal.signal(signal.SIGINT, _stop_on_signal)
    signal.signal(signal.SIGTERM, _stop_on_signal)
    if not arguments or arguments[0] in {"-h", "--help"}:
        return list_commands()
    try:
        own = OWN.get(arguments[0])
        return own(arguments[1:]) if own else manage(arguments)
    except KeyboardInterrupt:
        _say("\nStopped.")
        return 130
    except (EmbeddedError, LaunchError) as error:
        print(f"palermo: {error}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
