"""Documentation is part of the product: commands, settings, formats and decisions are described or the build fails."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/palermo"


def read(*names: str) -> str:
    return "\n".join((ROOT / name).read_text() for name in names)


def commands() -> list[str]:
    return sorted(
        path.stem.replace("_", "-")
        for path in SOURCE.rglob("management/commands/*.py")
        if not path.stem.startswith("_")
    )


@pytest.mark.parametrize("command", commands())
def test_command_is_described(command: str) -> None:
    assert f"./palermo {command}" in read("docs/guide/operating.md")


def settings() -> list[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        found |= set(re.findall(r"[\"'](PALERMO_[A-Z_]+)[\"']", path.read_text()))
    return sorted(found)


# Set by the door for its own child processes and by the test command; nobody else sets them.
INTERNAL = re.compile(r"PALERMO_(TEST|BENCH|DOOR|CHILD)")


@pytest.mark.parametrize("setting", [name for name in settings() if not INTERNAL.match(name)])
def test_setting_is_described(setting: str) -> None:
    assert f"`{setting}`" in read("docs/guide/operating.md")


def test_decisions_are_numbered_and_listed() -> None:
    files = sorted(path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", read("docs/decisions/README.md"))
    assert listed == files


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "ARCHITECTURE.md",
        "GLOSSARY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "docs/formats/questionnaire.md",
        "docs/formats/treaty.md",
        "docs/formats/status.md",
        "docs/formats/parties.md",
        "docs/guide/operating.md",
        "docs/guide/documents.md",
        "docs/guide/page-frame.md",
    ],
)
def test_document_is_there(name: str) -> None:
    assert len(read(name)) > 500


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_text_names_a_workplace() -> None:
    """The repository speaks of the project alone."""
    found = []
    # Put together here so that this file does not find itself.
    words = ["/wo" + "rk/", "/o" + "pt/pypi", "Cla" + "ude", "Anthro" + "pic", "/ro" + "ot/"]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if not path.is_file() or "vendor" in path.parts:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    assert found == []
