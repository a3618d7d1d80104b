"""Files that somebody has spoilt: every loader takes them, or says file, line, reason and way out; nothing else."""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.factories.world import CONTENT, undone

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent, Problem
from palermo.parties.exchange import load_parties
from palermo.questionnaires.actions import load_questionnaire
from palermo.treaties.exchange import import_status, load_treaties, read_mapping

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("robustness"),
    pytest.mark.one_database,
    pytest.mark.usefixtures("world"),
]

# What a value, a key or a line may be exchanged for.
TOKENS = (
    "", " ", "~", "null", "true", "no", "0", "-1", "1e999", ".inf", "99999999999999999999999", "0001-01-01", "9999-12-31",
    "2026-02-30", "2003-13-01", "[]", "{}", "[[[[[[]]]]]]", "[1, two, {three: 4}]", "{a: {b: c}}", "'", '"', '"\\u0000"',
    '"\\uD800"', '"\\x01\\x1b"', "&a", "*a", "!!python/object:os.system", "!!binary x", "<<: *a", "? x", "|", ">", "%YAML 9.9",
    "---", "...", "# remark", "\t", "- ", "- - - -", ": ", "a: b: c", "é" * 400, "x" * 5000, "arg", "ARG", "untoc.5.1.a.i",
    "untoc.5.1.a.i.implementation", "untoc.99", "${untoc.5.1.a.i.implementation} = 'yes'", "${", "((((((((((1", "not not not",
    "today() - 1", "1 / 0", "\u202e", "\ufeff", "\u2028", "shall", "mandatory", "yes_no", "figures", "en", "xx",
)  # fmt: skip
# What is done, how far down the file, and with which token.
DEEDS = ("value", "key", "line", "drop", "twice", "swap", "indent", "outdent", "cut", "insert", "bytes", "case", "end")
Deed = tuple[str, float, int]
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.floats(0, 1, exclude_max=True), st.integers(0, len(TOKENS) - 1)),
    min_size=1,
    max_size=4,
)
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MANY = settings(FEW, max_examples=150)


def spoilt(data: bytes, done: list[Deed]) -> bytes:
    """The file after these deeds."""
    lines = data.decode().split("\n")
    rest = b""
    for deed, where, token in done:
        if not lines:
            break
        place, word = int(where * len(lines)), TOKENS[token]
        line = lines[place]
        if deed == "value":
            lines[place] = re.sub(
                r"(: *).*", lambda found, word=word: f"{found[1].rstrip() or ':'} {word}", line, count=1
            )
        elif deed == "key":
            lines[place] = re.sub(r"[\w-]+:", lambda _found, word=word: f"{word}:", line, count=1)
        elif deed == "line":
            lines[place] = word
        elif deed == "drop":
            del lines[place]
        elif deed == "twice":
            lines.insert(place, line)
        elif deed == "swap":
            other = random.Random(token).randrange(len(lines))
            lines[place], lines[other] = lines[other], line
        elif deed == "indent":
            lines[place] = "  " + line
        elif deed == "outdent":
            lines[place] = line.removeprefix("  ")
        elif deed == "cut":
            lines = lines[: place + 1]
            lines[place] = line[: len(line) // 2]
        elif deed == "insert":
            middle = len(line) // 2
            lines[place] = line[:middle] + word + line[middle:]
        elif deed == "bytes":
            rest += bytes(random.Random(token).randrange(256) for _number in range(6))
        elif deed == "case":
            lines[place] = line.swapcase()
        elif deed == "end":
            lines[place] = line + "\r"
    text = "\n".join(lines).encode(errors="surrogatepass")
    if not rest:
        return text
    middle = int(done[0][1] * len(text))
    return text[:middle] + rest + text[middle:]


def taken_or_explained(load: Callable[[], object], *files: tuple[str, bytes]) -> str:
    """Loads, and undoes it; a refusal must name one of the files, a line that it has, a reason and a way out."""
    problems: tuple[Problem, ...] = ()
    with undone():
        try:
            load()
        except BadContent as bad:
            problems = bad.problems
        except Refusal:
            # The file is in order, but the database says no; a refusal always has its sentence.
            return "refused"
        else:
            return "taken"
    for problem in problems:
        explained(problem, dict(files))
    return "explained" if problems else "nothing said"


def explained(problem: Problem, files: dict[str, bytes]) -> None:
    assert problem.file in files, problem
    # A lone carriage return ends a line too.
    lines = len(re.findall(rb"\r\n|\r|\n", files[problem.file])) + 1
    assert 1 <= problem.line <= lines + 1, problem
    assert re.search(r"\w{2}.*[.?]$", problem.reason, re.DOTALL), problem
    assert len(problem.reason) < 1500, problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content, of which one file is spoilt at a time."""
    shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "content"


def spoil(folder: Path, name: str, done: list[Deed]) -> bytes:
    """Writes the spoilt file in place of the good one."""
    data = spoilt((CONTENT / name).read_bytes(), done)
    (folder / name).write_bytes(data)
    return data


def all_files(folder: Path) -> list[tuple[str, bytes]]:
    """Every file by the name that messages use."""
    paths = list(folder.rglob("*.yaml"))
    shown = [("/".join(path.parts[-2:]), path.read_bytes()) for path in paths]
    return [*shown, *((path.name, path.read_bytes()) for path in paths)]


@pytest.mark.parametrize("name", ["states.yaml", "organisations.yaml", "regions.yaml", "development.yaml"])
@FEW
@given(done=deeds)
def test_spoilt_files_of_parties(folder: Path, name: str, done: list[Deed]) -> None:
    spoil(folder, name, done)
    try:
        taken_or_explained(lambda: load_parties(folder, by=None), *all_files(folder))
    finally:
        shutil.copy(CONTENT / name, folder / name)


@pytest.mark.parametrize("name", ["topics.yaml", "treaties/untoc/treaty.yaml", "treaties/untoc/en.yaml"])
@FEW
@given(done=deeds)
def test_spoilt_files_of_a_treaty(folder: Path, name: str, done: list[Deed]) -> None:
    spoil(folder, name, done)
    try:
        taken_or_explained(lambda: load_treaties(folder, by=None), *all_files(folder))
    finally:
        shutil.copy(CONTENT / name, folder / name)


@pytest.mark.parametrize("name", ["questionnaires/untoc/questions.yaml", "questionnaires/untoc/en.yaml"])
@FEW
@given(done=deeds)
def test_spoilt_files_of_a_questionnaire(folder: Path, name: str, done: list[Deed]) -> None:
    spoil(folder, name, done)
    try:
        taken_or_explained(
            lambda: load_questionnaire(by=None, folder=folder / "questionnaires/untoc"), *all_files(folder)
        )
    finally:
        shutil.copy(CONTENT / name, folder / name)


TABLE = b"""party,instrument,act,on,effective_on,note
ARG,untoc,signature,2000-12-12,,
ARG,untoc,ratification,2002-11-19,2003-09-29,a note
KEN,untoc,accession,2004-06-16,,
FRA,untoc,signature,2000-12-12,,
FRA,untoc,ratification,2002-10-29,,"with, comma"
"""
WIDE = b"""iso3;name;UNTOC_signed;UNTOC_party;UNTOC_action
ARG;Argentina;2000-12-12;2002-11-19;
KEN;Kenya;;2004-06-16;a
FRA;France;2000-12-12;2002-10-29;
"""


@pytest.mark.parametrize("table", [TABLE, WIDE], ids=["long", "wide"])
@MANY
@given(done=deeds, comma=st.booleans())
@example(done=[("value", 0.0, 0)], comma=False)
def test_spoilt_tables_of_status(table: bytes, done: list[Deed], comma: bool) -> None:
    data = spoilt(table.replace(b",", b": ") if comma else table, done)
    data = data.replace(b": ", b",") if comma else data
    reports = []

    def load() -> None:
        reports.append(import_status(data, by=None, source="A test", file="table.csv", good_rows=True))

    taken_or_explained(load, ("table.csv", data))
    for report in reports:
        for problem in (*report.problems, *report.doubts):
            explained(problem, {"table.csv": data})


MAPPING = b"""party: iso3
name: name
instruments:
  untoc: {signature: UNTOC_signed, consent: UNTOC_party, kind: UNTOC_action}
kinds:
  a: accession
"""


@MANY
@given(done=deeds)
def test_spoilt_mappings_of_columns(tmp_path: Path, done: list[Deed]) -> None:
    path = tmp_path / "columns.yaml"
    data = spoilt(MAPPING, done)
    path.write_bytes(data)

    def load() -> None:
        import_status(WIDE, by=None, source="A test", file="table.csv", mapped=read_mapping(path))

    shown = "/".join(path.parts[-2:])
    taken_or_explained(load, (shown, data), ("table.csv", WIDE))


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("load_content", ["{folder}"]),
        ("load_questionnaire", ["{folder}/questionnaires/untoc"]),
        ("load_questionnaire", ["{folder}/nothing"]),
        ("import_status", ["{folder}/states.yaml", "--source", "A test"]),
        ("import_status", ["{folder}/nothing.csv", "--source", "A test"]),
        ("import_status", ["{folder}", "--source", "A test"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_commands_end_with_the_place(folder: Path, command: str, arguments: list[str]) -> None:
    """At the command line a bad file ends the command with the list, and not with a trace of the program."""
    (folder / "states.yaml").write_text("- code: ARG\n  kind: nothing\n")
    (folder / "questionnaires/untoc/questions.yaml").write_text("code: [untoc\n")
    with pytest.raises(CommandError, match=r"\w+(\.\w+)?:\d+: .+"):
        call_command(command, *(part.format(folder=folder) for part in arguments))
