"""The Convention's folder says what the Convention says; bad folders are refused."""

import shutil
from pathlib import Path

import pytest

from palermo.base.yaml_source import BadContent
from palermo.treaties.logic.content import read_topics, read_treaty

CONTENT = Path(__file__).parents[2] / "src" / "palermo" / "content"
TREATIES = CONTENT / "treaties"
TOPICS = {topic.code for topic in read_topics(CONTENT / "topics.yaml")}
UNTOC = read_treaty(TREATIES / "untoc", TOPICS)

TREATY = """\
code: abc
kind: convention
symbol: X/1
adopted_on: 2000-01-01
deposits_for_entry: 1
days_to_entry: 90
binds_after_days: 30
denunciation_after_months: 12
complete: true
articles:
  - code: abc.1
    kind: frame
    provisions:
      - {code: abc.1.1, obligation: mandatory, verb: shall, bearer: state, topics: [corruption]}
      - {code: abc.1.1.a, obligation: optional, verb: may, bearer: state}
  - code: abc.2
    kind: final
    provisions:
      - {code: abc.2, obligation: considered, verb: shall-consider, bearer: state}
"""
ENGLISH = """\
treaty: {title: A treaty, short: Treaty}
articles:
  abc.1: {title: One}
  abc.2: {title: Two}
provisions:
  abc.1.1: Do it.
  abc.1.1.a: Or do more.
  abc.2: Think of it.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "abc"
    place.mkdir()
    (place / "treaty.yaml").write_text(TREATY)
    (place / "en.yaml").write_text(ENGLISH)
    return place


def test_convention_has_its_41_articles_in_order() -> None:
    assert [spec.code for spec in UNTOC.provisions if spec.is_article] == [f"untoc.{number}" for number in range(1, 42)]
    assert UNTOC.complete


def test_convention_names_every_notification_to_the_secretary_general() -> None:
    assert [spec.code for spec in UNTOC.provisions if spec.notify] == [
        "untoc.5.3.inform",
        "untoc.6.2.d",
        "untoc.13.5",
        "untoc.16.5.a",
        "untoc.18.13.notify",
        "untoc.18.14.notify",
        "untoc.31.6",
        "untoc.35.3",
        "untoc.35.4",
        "untoc.36.3.competence",
        "untoc.36.3.changes",
        "untoc.36.4.competence",
        "untoc.36.4.changes",
        "untoc.39.1",
        "untoc.40.1",
    ]


@pytest.mark.parametrize(
    ("code", "obligation", "verb"),
    [
        ("untoc.5.1.a.i", "mandatory", "shall"),
        ("untoc.6.1.a.i", "mandatory", "shall"),
        ("untoc.7.1.b", "mandatory", "shall"),
        ("untoc.7.1.b.fiu", "considered", "shall-consider"),
        ("untoc.8.2", "considered", "shall-consider"),
        ("untoc.12.7", "optional", "may"),
        ("untoc.18.30", "considered", "shall-consider"),
        ("untoc.19.agreements", "considered", "shall-consider"),
        ("untoc.23.a", "mandatory", "shall"),
        ("untoc.31.6", "mandatory", "shall"),
        ("untoc.34.2", "mandatory", "shall"),
    ],
)
def test_convention_grades_known_provisions(code: str, obligation: str, verb: str) -> None:
    spec = next(spec for spec in UNTOC.provisions if spec.code == code)
    assert (spec.obligation, spec.verb) == (obligation, verb)


def test_every_demand_is_a_sentence_of_its_own() -> None:
    demands = [spec.texts["en"]["demand"] for spec in UNTOC.provisions if "demand" in spec.texts.get("en", {})]
    assert [text for text in demands if not text.endswith((".", ")"))] == []
    assert [text for text in demands if len(text) > 420] == []
    asked = [spec.texts["en"]["demand"] for spec in UNTOC.provisions if spec.obligation != "none"]
    assert sorted(set(asked)) == sorted(asked)


@pytest.mark.parametrize("code", ["fa", "som", "tip", "uncac"])
def test_other_treaties_have_a_head_and_say_that_they_are_incomplete(code: str) -> None:
    spec = read_treaty(TREATIES / code, TOPICS)
    assert (spec.complete, spec.provisions) == (False, [])
    assert spec.parent == ("" if code == "uncac" else "untoc")


def test_small_folder_is_read_with_parents_and_articles_that_are_their_own_limb(folder: Path) -> None:
    spec = read_treaty(folder, TOPICS)
    assert [(one.code, one.article, one.parent, one.obligation) for one in spec.provisions] == [
        ("abc.1", "", "", "none"),
        ("abc.1.1", "abc.1", "abc.1", "mandatory"),
        ("abc.1.1.a", "abc.1", "abc.1.1", "optional"),
        ("abc.2", "", "", "considered"),
    ]


BAD = [
    ("treaty.yaml", "code: abc\n", "code: abd\n", 1, "The code 'abd' is not the folder's name 'abc'."),
    ("treaty.yaml", "kind: convention", "kind: pact", 2, "'kind' is 'pact'."),
    ("treaty.yaml", "kind: convention", "kind: convention\nparent: untoc", 3, "A convention has no parent."),
    ("treaty.yaml", "kind: convention", "kind: protocol", 1, "'parent' is missing."),
    ("treaty.yaml", "2000-01-01", "2000-02-30", 4, "There is no day 2000-02-30."),
    ("treaty.yaml", "2000-01-01", "yesterday", 4, "'adopted_on' must be a date such as 2003-09-29."),
    (
        "treaty.yaml",
        "deposits_for_entry: 1",
        "deposits_for_entry: -1",
        5,
        "'deposits_for_entry' is -1; it must be at least 0.",
    ),
    ("treaty.yaml", "deposits_for_entry: 1", "deposits: 1", 5, "'deposits' is not known here."),
    ("treaty.yaml", "  - code: abc.1\n", "  - code: xyz.1\n", 11, "'xyz.1' is not an article of abc."),
    ("treaty.yaml", "  - code: abc.2\n", "  - code: abc.1\n", 16, "'abc.1' stands on line 11 already."),
    ("treaty.yaml", "kind: frame", "kind: nice", 12, "'kind' is 'nice'."),
    ("treaty.yaml", "obligation: mandatory", "obligation: strict", 14, "'obligation' is 'strict'."),
    (
        "treaty.yaml",
        "verb: shall,",
        "verb: encouraged,",
        14,
        "The verb 'encouraged' does not go with the obligation 'mandatory'.",
    ),
    ("treaty.yaml", "verb: may", "verb: shall", 15, "The verb 'shall' does not go with the obligation 'optional'."),
    ("treaty.yaml", "[corruption]", "[corupption]", 14, "The topic 'corupption' is not known."),
    ("treaty.yaml", "[corruption]", "corruption", 14, "'topics' must be a list in square brackets."),
    ("treaty.yaml", "abc.1.1.a", "abc.2.1.a", 15, "'abc.2.1.a' does not lie in abc.1."),
    ("treaty.yaml", "abc.1.1.a", "abc.1.1", 15, "'abc.1.1' stands on line 14 already."),
    ("treaty.yaml", "abc.1.1.a", "abc.1.1.A", 15, "'abc.1.1.A' is not a code."),
    (
        "treaty.yaml",
        "bearer: state}\n  - code",
        "bearer: state, part: b}\n  - code",
        15,
        "The code does not end in '.b'.",
    ),
    ("treaty.yaml", "bearer: state}\n  - code", "bearer: king}\n  - code", 15, "'bearer' is 'king'."),
    (
        "treaty.yaml",
        "bearer: state}\n  - code",
        "bearer: state, notify: yes}\n  - code",
        15,
        "'notify' must be true or false.",
    ),
    ("en.yaml", "  abc.2: {title: Two}\n", "", 1, "The English title of 'abc.2' is missing."),
    ("en.yaml", "  abc.1.1.a: Or do more.\n", "", 1, "The English demand of 'abc.1.1.a' is missing."),
    ("en.yaml", "abc.1.1.a: Or", "abc.1.1.b: Or", 7, "'abc.1.1.b' is not in treaty.yaml."),
    ("en.yaml", "abc.1: {title", "abc.3: {title", 3, "'abc.3' is no article of treaty.yaml."),
    ("en.yaml", "title: A treaty, ", "", 1, "'title' is missing."),
    ("en.yaml", "title: One", "titel: One", 3, "'titel' is not known here."),
    ("en.yaml", "Do it.", "[Do it.]", 6, "'abc.1.1' must be a text."),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "said"), BAD)
def test_bad_folder_is_refused_with_file_line_reason_and_way_out(
    folder: Path, file: str, old: str, new: str, line: int, said: str
) -> None:
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))
    with pytest.raises(BadContent) as refusal:
        read_treaty(folder, TOPICS)
    found = [(problem.file, problem.line, problem.reason) for problem in refusal.value.problems]
    assert [problem for problem in found if problem[2] == said] == [(f"abc/{file}", line, said)]
    assert all(problem.remedy for problem in refusal.value.problems)


def test_file_of_an_unknown_language_is_refused(folder: Path) -> None:
    shutil.copy(folder / "en.yaml", folder / "tlh.yaml")
    with pytest.raises(BadContent) as refusal:
        read_treaty(folder, TOPICS)
    assert [problem.reason for problem in refusal.value.problems] == ["The file is not named after a language."]


def test_translation_may_lag_behind(folder: Path) -> None:
    (folder / "fr.yaml").write_text("provisions:\n  abc.1.1: Le faire.\n")
    spec = read_treaty(folder, TOPICS)
    assert spec.provisions[1].texts == {"en": {"demand": "Do it."}, "fr": {"demand": "Le faire."}}


@pytest.mark.parametrize("file", ["treaty.yaml", "en.yaml"])
@pytest.mark.parametrize("data", [b"", b"\xff", b"- 1", b"{", b"a: 1\na: 2", b"\x00", b"[" * 5000, b"a: *b"])
def test_damaged_file_is_refused(folder: Path, file: str, data: bytes) -> None:
    (folder / file).write_bytes(data)
    with pytest.raises(BadContent) as refusal:
        read_treaty(folder, TOPICS)
    assert all(problem.remedy and problem.line for problem in refusal.value.problems)
