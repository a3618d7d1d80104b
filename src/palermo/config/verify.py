"""``./palermo test``: everything that is checked, in one order, with one count at the end.

First the checks that read the source, then the tests on the embedded PostgreSQL, then the tests that kill servers (by
themselves, so that nothing else is in their way), then whatever tries the database once more on Debian's PostgreSQL
(every action and every page, but not every bad input and every role: the marker ``one_database``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from palermo.config.binaries import system_binaries, wheel_binaries
from palermo.config.worlds import ROOT

CORES = 2
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@dataclass(frozen=True)
class Need:
    """A program or a font of the system that some tests need, and the Debian package that brings it."""

    what: str
    package: str
    proof: tuple[str, ...]
    """One of these files or programs is enough."""

    def is_there(self) -> bool:
        """Whether the machine has it."""
        return any(Path(proof).exists() if proof.startswith("/") else shutil.which(proof) for proof in self.proof)


NEEDS = (
    Need("Chromium, for the journeys in a browser", "chromium", CHROMIUM),
    Need("PostgreSQL of Debian, for the second database", "postgresql", ()),
    Need("LibreOffice, which opens the reports", "libreoffice-writer", ("soffice", "libreoffice")),
    Need("pdftoppm, which shows the pages of reports", "poppler-utils", ("pdftoppm",)),
    Need("Noto fonts", "fonts-noto-core", ("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",)),
    Need("Noto fonts for Chinese", "fonts-noto-cjk", ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",)),
)


def chromium() -> str | None:
    """The browser of the system, if there is one."""
    return next((path for path in CHROMIUM if Path(path).exists()), None)


def missing() -> list[Need]:
    """What the machine lacks."""
    return [need for need in NEEDS if not (system_binaries() if need.package == "postgresql" else need.is_there())]


@dataclass(frozen=True)
class Check:
    """A check that reads the source: a command that is content or not."""

    name: str
    command: list[str]
    env: dict[str, str] | None = None

    def run(self) -> tuple[subprocess.CompletedProcess[str], float]:
        """What it said, and how long it took."""
        begin = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done, time.monotonic() - begin


@dataclass
class Tally:
    """What was run so far and how it ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    lines: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def check(self, checks: list[Check]) -> None:
        """Run checks side by side and report them in their order; show what one says only if it finds something."""
        with ThreadPoolExecutor(CORES) as pool:
            for check, (done, spent) in zip(checks, pool.map(Check.run, checks), strict=True):
                good = done.returncode == 0
                self.passed += good
                self.failed += not good
                _say(f"{'ok    ' if good else 'FAILED'} {check.name} ({spent:.1f} s)")
                if not good:
                    _say("\n".join(f"       {line}" for line in done.stdout.strip().splitlines()[-80:]))
                    self.lines.append(f"{check.name}: failed")

    def tests(self, name: str, arguments: list[str], *, env: dict[str, str] | None = None) -> None:
        """Run one leg of tests."""
        _say(f"\n── {name}")
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            counts_file = Path(folder) / "counts.json"
            environment = {**(env or os.environ), "PALERMO_TEST_COUNTS": str(counts_file), "PYTHONUNBUFFERED": "1"}
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-ra", *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                check=False,
            )
            counts: dict[str, Any] = json.loads(counts_file.read_text()) if counts_file.exists() else {}
        spent = time.monotonic() - begin
        self.passed += counts.get("passed", 0)
        self.failed += counts.get("failed", 0)
        self.skipped += counts.get("skipped", 0)
        self.reasons.update(counts.get("reasons", {}))
        nothing_to_do = done.returncode == 5
        if done.returncode not in {0, 5} and not counts.get("failed"):
            # It broke before it could count: that is a failure too.
            self.failed += 1
        words = (
            "nothing to run" if nothing_to_do else f"{counts.get('passed', 0)} passed, {counts.get('failed', 0)} failed"
        )
        self.lines.append(f"{name}: {words}, {counts.get('skipped', 0)} skipped ({spent:.0f} s)")


def run(arguments: list[str]) -> int:
    """Check everything; the answer is the exit code."""
    parser = argparse.ArgumentParser(
        prog="./palermo test",
        description="Run everything that is checked. Further arguments go to pytest.",
    )
    parser.add_argument("--fast", action="store_true", help="without browser, kills and the second database")
    parser.add_argument("--ci", action="store_true", help="as the build server does it (also by CI=true)")
    parser.add_argument("--install", action="store_true", help="install missing Debian packages with apt-get")
    parser.add_argument("--only-checks", action="store_true", help="only the checks that read the source")
    options, rest = parser.parse_known_args(arguments)
    ci = options.ci or os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    tally = Tally()
    if not options.fast and not options.only_checks:
        see_to_needs(tally, install=ci or options.install)
    read_source(tally)
    if not options.only_checks:
        run_tests(tally, fast=options.fast, rest=rest)
    return close(tally)


def see_to_needs(tally: Tally, *, install: bool) -> None:
    """Say what the machine lacks, and fetch it if we may."""
    lacking = missing()
    if lacking and install and shutil.which("apt-get"):
        before = [] if os.geteuid() == 0 else ["sudo", "-n"]
        packages = [need.package for need in lacking]
        _say(f"Installing {', '.join(packages)} …")
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        get = [*before, "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
        for command in ([*get, "update"], [*get, "install", "--no-install-recommends", *packages]):
            done = subprocess.run(
                command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
            if done.returncode != 0:
                _say("\n".join(done.stdout.splitlines()[-10:]))
        lacking = missing()
    for need in lacking:
        tally.lines.append(f"missing on this machine: {need.what} (package {need.package}; --install fetches it)")


def read_source(tally: Tally) -> None:
    """The checks that read the source."""
    python = [sys.executable, "-m"]
    tools = Path(sys.prefix) / "bin"
    quiet = {**os.environ, "PALERMO_MODE": "test"}
    quiet.pop("DJANGO_SETTINGS_MODULE", None)
    # The longest first: the others find their time beside it.
    checks = [
        Check("types", [*python, "mypy"], quiet),
        Check("ruff check", [*python, "ruff", "check", "--no-cache", "."]),
        Check("ruff format", [*python, "ruff", "format", "--no-cache", "--check", "."]),
    ]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    if "importlinter" in settings:
        imports = [str(tools / "lint-imports"), "--no-cache", "--no-logo"]
        checks.append(Check("the two orders of the architecture", imports))
    else:
        tally.lines.append("import-linter: left out, pyproject.toml has no [tool.importlinter]")
    if templates := template_files():
        checks.append(Check("templates", [str(tools / "djade"), "--target-version", "5.2", "--check", *templates]))
    tally.check(checks)


def template_files() -> list[str]:
    """All templates of our apps."""
    return sorted(str(path) for path in (ROOT / "src").glob("palermo/*/templates/**/*.html"))


def tidy(paths: list[str]) -> int:
    """Put Python and templates into their usual form; what is left is for a person."""
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--quiet", *(paths or ["."])], cwd=ROOT, check=False)
    wanted = [path for path in template_files() if not paths or any(str(ROOT / given) in path for given in paths)]
    if wanted:
        djade = str(Path(sys.prefix) / "bin" / "djade")
        subprocess.run([djade, "--target-version", "5.2", *wanted], cwd=ROOT, check=False, stderr=subprocess.DEVNULL)
    return subprocess.run([*ruff, "check", "--fix", *(paths or ["."])], cwd=ROOT, check=False).returncode


def run_tests(tally: Tally, *, fast: bool, rest: list[str]) -> None:
    """The legs of tests."""
    parallel = ["-n", str(CORES), "--dist", "loadgroup"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PALERMO_TEST_")}
    if "DATABASE_URL" in environment:
        server = "the server of DATABASE_URL"
    else:
        server = f"embedded PostgreSQL {wheel_binaries().version}"
    if fast:
        tally.tests(f"tests on {server}", [*parallel, "-m", "not browser and not kill", *rest], env=environment)
        tally.lines.append("left out by --fast: browser, kills, the second database")
        return
    tally.tests(f"tests on {server}", [*parallel, "-m", "not kill", *rest], env=environment)
    tally.tests(f"kills on {server}", ["-m", "kill", *rest], env=environment)
    second = system_binaries()
    if "DATABASE_URL" in environment:
        tally.lines.append("second database: left out, DATABASE_URL names the only one")
    elif second is None:
        tally.lines.append("second database: left out, Debian's PostgreSQL is not installed")
    else:
        tally.tests(
            f"tests of the database on Debian's PostgreSQL {second.version}",
            [*parallel, "--only-database", "-m", "not kill and not browser", *rest],
            env=environment | {"PALERMO_TEST_POSTGRES": str(second.folder)},
        )


def close(tally: Tally) -> int:
    """The closing lines: what ran where, what was skipped and why, and the counts."""
    _say("\n── summary")
    for line in tally.lines:
        _say(line)
    for reason, count in tally.reasons.most_common():
        _say(f"skipped {count}: {reason}")
    _say(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed or not tally.passed else 0


def _say(text: str) -> None:
    """Print at once, between the lines of child processes."""
    print(text, flush=True)
