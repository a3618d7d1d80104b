"""The lock files are complete, pinned by hashes and name no registry."""

import re
import tomllib

import pytest

from palermo.config.worlds import ROOT

LOCKS = ["requirements.lock", "requirements-test.lock"]


def names(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE))


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"https?:|--index|--extra-index|--find-links|file:|@ ", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_every_package_by_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert wanted(project["dependencies"]) - set(names("requirements.lock")) == set()
    assert wanted(project["optional-dependencies"]["test"]) - set(names("requirements-test.lock")) == set()


def test_locks_agree_with_each_other() -> None:
    running, testing = (names(lock) for lock in LOCKS)
    assert {name: testing.get(name) for name in running} == running


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[tool.ruff]")]
    lines = [line for line in block.splitlines() if line.startswith('    "')]
    assert [line for line in lines if "#" not in line] == []


def test_vendored_script_keeps_its_licence() -> None:
    assert "Mozilla Public" in (ROOT / "tests/vendor/axe.min.js").read_text()[:600]


def test_own_scripts_point_nowhere() -> None:
    scripts = sorted((ROOT / "src/palermo/base/static/base").glob("*.js"))
    assert scripts
    assert [path.name for path in scripts if "sourceMappingURL" in path.read_text()] == []
