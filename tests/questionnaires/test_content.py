"""Reading a questionnaire's folder: what is understood, and every complaint with its file and line."""
# ruff: noqa: E501 - messages stand in one line, as they are printed

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.questionnaires.conftest import FOLDER, facts_of_tiny

from palermo.questionnaires.logic.content import (
    coverage,
    gaps_in_coverage,
    read_content,
    read_folder,
    text_hash,
)
from palermo.questionnaires.logic.spec import (
    Aspect,
    Change,
    FigureRow,
    Kind,
    ProvisionFacts,
    Supersedes,
    Unit,
    VersionSpec,
    change_between,
)
from palermo.treaties.logic.kinds import Obligation

GOOD = {path.name: path.read_text() for path in FOLDER.glob("*.yaml")}


def said(files: dict[str, str], provisions: dict[str, ProvisionFacts] | None = None) -> list[str]:
    """Every problem as a line."""
    loaded = read_content(files, provisions=provisions or facts_of_tiny())
    assert (loaded.version is None) is bool(loaded.problems)
    return [str(problem) for problem in loaded.problems]


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """The good files with one place changed."""
    assert GOOD[name].count(old) >= 1, old
    return {**GOOD, name: GOOD[name].replace(old, new, 1)}


# ── What is understood ──────────────────────────────────────────────────────────────────────────────────────────────


def test_folder_gives_sections_and_questions_in_order(version: VersionSpec) -> None:
    assert [(section.code, section.article) for section in version.sections] == [
        ("general", ""),
        ("art-1", "tiny.1"),
        ("art-2", "tiny.2"),
    ]
    assert list(version.questions)[:4] == [
        "tiny.general.help",
        "tiny.general.thanks",
        "tiny.1.1.implementation",
        "tiny.1.1.measures",
    ]
    assert {question.kind for question in version} == set(Kind)


def test_question_knows_what_the_files_say(version: VersionSpec) -> None:
    question = version.questions["tiny.1.1.measures"]
    assert (question.section, question.order, question.provision, question.also) == (
        "art-1", 2, "tiny.1.1", ("tiny.1.2",),
    )  # fmt: skip
    assert (question.asks, question.kind, question.obligation, question.required) == (
        Aspect.MEASURES, Kind.LEGISLATION, Obligation.MANDATORY, True,
    )  # fmt: skip
    assert question.topics == ("criminalization", "corruption")
    assert version.questions["tiny.2.1.measures.model"].obligation is Obligation.OPTIONAL
    assert version.questions["tiny.2.practice.remarks"].topics == ("reporting",)
    assert version.questions["tiny.1.practice"].rows == (
        FigureRow("cases", Unit.COUNT),
        FigureRow("seized", Unit.MONEY),
    )


def test_optional_kinds_are_not_required(version: VersionSpec) -> None:
    assert [question.code for question in version if not question.required] == [
        "tiny.general.thanks",
        "tiny.1.2.implementation",
        "tiny.2.practice",
        "tiny.2.practice.remarks",
    ]


def test_bare_yes_and_no_stay_codes(version: VersionSpec) -> None:
    assert version.questions["tiny.2.1.measures.model"].choices == ("yes", "no", "both")
    wording, language = version.questions["tiny.2.1.measures.model"].wording("fr")
    assert (dict(wording.choices), language) == ({"yes": "The first", "no": "The second", "both": "Both"}, "en")


def test_version_is_read_only(version: VersionSpec) -> None:
    with pytest.raises(TypeError):
        version.questions["x"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        version.questions["tiny.2.practice"].required = True  # type: ignore[misc]
    with pytest.raises(TypeError):
        version.questions["tiny.2.1.measures.model"].texts["en"].choices["x"] = "y"  # type: ignore[index]


def test_missing_section_is_a_key_error(version: VersionSpec) -> None:
    assert version.section("art-2").heading("ar")[0].title == "Scope"
    with pytest.raises(KeyError):
        version.section("art-9")


def test_translation_with_the_mark_of_its_source_is_fresh(version: VersionSpec) -> None:
    mark = text_hash(version.questions["tiny.2.practice"].texts["en"])
    files = {**GOOD, "fr.yaml": f"questions:\n  tiny.2.practice: {{text: Décrivez un cas., source: '{mark}'}}\n"}
    loaded = read_content(files, provisions=facts_of_tiny())
    assert loaded.version is not None
    assert loaded.version.questions["tiny.2.practice"].texts["fr"].stale is False
    assert [str(remark) for remark in loaded.remarks] == [
        "fr.yaml:1: 16 texts are not translated. They are shown in English."
    ]


def test_translation_of_an_earlier_source_is_stale() -> None:
    files = {**GOOD, "fr.yaml": "questions:\n  tiny.2.practice: {text: Décrivez un cas., source: '0123'}\n"}
    loaded = read_content(files, provisions=facts_of_tiny())
    assert loaded.version is not None
    assert loaded.version.questions["tiny.2.practice"].texts["fr"].stale is True
    mark = text_hash(loaded.version.questions["tiny.2.practice"].texts["en"])
    assert str(loaded.remarks[1]) == (
        "fr.yaml:2: tiny.2.practice: The English changed since this was translated. "
        f"Compare it with the English, then write source: '{mark}'."
    )


def test_coverage_names_the_codes_of_each_duty(version: VersionSpec) -> None:
    assert coverage(version, facts_of_tiny().values()) == {
        "tiny.1.1": ("tiny.1.1.implementation", "tiny.1.1.measures"),
        "tiny.1.2": ("tiny.1.1.measures", "tiny.1.2.implementation", "tiny.1.2.measures.threshold"),
        "tiny.2.1": (
            "tiny.2.1.measures.transnational",
            "tiny.2.1.measures.model",
            "tiny.2.1.notification",
            "tiny.2.1.authority",
        ),
        "tiny.2.2": (),
    }
    assert gaps_in_coverage(version, facts_of_tiny().values()) == ()


def test_duty_without_rule_or_question_is_a_gap(version: VersionSpec) -> None:
    more = [*facts_of_tiny().values(), ProvisionFacts("tiny.3.1", Obligation.OPTIONAL)]
    assert [str(problem) for problem in gaps_in_coverage(version, more)] == [
        "questions.yaml:1: tiny.3.1: No rule says when it is fulfilled. "
        "Add met_when, or not_asked with the reason, under provisions."
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        ("en.yaml", "Describe a case.", "Describe a case.", Change.UNCHANGED),
        ("en.yaml", "Describe a case.", "Describe one case.", Change.WORDING),
        (
            "questions.yaml",
            "kind: cases",
            "kind: cases\n        relevant: \"${tiny.1.difficulties} != ''\"",
            Change.MEANING,
        ),
        ("questions.yaml", "kind: cases", "kind: cases\n        required: true", Change.UNCHANGED),
        (
            "questions.yaml",
            "kind: cases",
            "kind: cases\n        supersedes: {code: tiny.2.practice, change: meaning}",
            Change.MEANING,
        ),
    ],
)
def test_change_to_a_question_is_recognised(
    version: VersionSpec, name: str, old: str, new: str, change: Change
) -> None:
    later = read_content(changed(name, old, new), provisions=facts_of_tiny()).version
    assert later is not None
    assert change_between(version.questions["tiny.2.practice"], later.questions["tiny.2.practice"]) is change


def test_superseded_code_is_read() -> None:
    files = changed(
        "questions.yaml", "kind: cases", "kind: cases\n        supersedes: {code: old.one, change: wording}"
    )
    loaded = read_content(files, provisions=facts_of_tiny())
    assert loaded.version is not None
    assert loaded.version.questions["tiny.2.practice"].supersedes == Supersedes("old.one", Change.WORDING)


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "questions.yaml", "asks: practice", "ask: practice",
            [
                "questions.yaml:73: tiny.2.practice: 'asks' is missing. Write 'asks:' followed by a text.",
                "questions.yaml:75: tiny.2.practice: 'ask' is not known here. Did you mean asks?",
            ],
        ),
        (
            "questions.yaml", "kind: legislation", "kind: laws",
            [
                "questions.yaml:26: tiny.1.1.measures: 'kind' is 'laws'. Allowed are: implementation, yes_no, choice, choices, "
                "text, number, date, figures, legislation, cases, authority, assistance, note.",
            ],
        ),
        (
            "questions.yaml", "provision: tiny.1.2\n", "provision: tiny.1.3\n",
            ["questions.yaml:29: tiny.1.2.implementation: The treaty has no provision 'tiny.1.3'. Did you mean tiny.2.3?"],
        ),
        (
            "questions.yaml", "also: [tiny.1.2]", "also: [tiny.9]",
            ["questions.yaml:24: tiny.1.1.measures: The treaty has no provision 'tiny.9'. Did you mean tiny.2?"],
        ),
        (
            "questions.yaml", "code: tiny.1.2.implementation", "code: tiny.1.1.implementation",
            [
                "en.yaml:21: tiny.1.2.implementation: There is no question of this code. Did you mean tiny.1.1.implementation?",
                "questions.yaml:28: tiny.1.1.implementation: The code stands on line 18 too. Codes are never used twice.",
                "questions.yaml:38: tiny.1.2.measures.threshold: 'relevant', column 1: There is no question "
                "tiny.1.2.implementation. Did you mean tiny.1.1.implementation?",
                "questions.yaml:38: tiny.1.2.measures.threshold: 'relevant', column 39: There is no question "
                "tiny.1.2.implementation. Did you mean tiny.1.1.implementation?",
                "questions.yaml:84: tiny.1.2: 'met_when', column 40: There is no question tiny.1.2.implementation. "
                "Did you mean tiny.1.1.implementation?",
            ],
        ),
        (
            "questions.yaml", "choices: [staff, law, none]", "choices: [staff, law, law]",
            [
                "en.yaml:32: tiny.1.difficulties: 'none' is not known here. Known: staff, law.",
                "questions.yaml:49: tiny.1.difficulties: 'law' stands twice in 'choices'. Keep one of the two.",
            ],
        ),
        (
            "questions.yaml", "choices: [staff, law, none]", "rows: [{code: a, unit: count}]",
            [
                "en.yaml:32: tiny.1.difficulties: The question has no choices to be labelled. Remove the key.",
                "questions.yaml:45: tiny.1.difficulties: 'choices' is missing. This kind of question needs 'choices: [ … ]'.",
                "questions.yaml:49: tiny.1.difficulties: This kind of question has no 'rows'. Remove the key, or change the kind.",
            ],
        ),
        (
            "questions.yaml", "unit: money", "unit: gold",
            [
                "en.yaml:28: tiny.1.practice: 'seized' is not known here. Known: cases.",
                "questions.yaml:44: tiny.1.practice: 'unit' is 'gold'. Allowed are: count, money, days, months, years, percent.",
            ],
        ),
        (
            "questions.yaml", "types: [reporting-assistance, training]", "types: [trainings]",
            ["questions.yaml:11: tiny.general.help: There is no type of assistance 'trainings'. Did you mean training?"],
        ),
        (
            "questions.yaml", "required: false", "required: no",
            [
                "questions.yaml:33: tiny.1.2.implementation: 'required' must be true or false. "
                "If it is a text, put it in quotation marks.",
            ],
        ),
        (
            "questions.yaml", ". <= today()", ". <= today(",
            [
                "questions.yaml:67: tiny.2.1.notification: 'constraint', column 12: The condition ends where I expected a value, "
                "a reference or a function. Complete or correct this place.",
            ],
        ),
        (
            "questions.yaml", "selected(${tiny.1.difficulties}, 'staff')", "${tiny.1.difficulties}",
            [
                "questions.yaml:72: tiny.2.1.authority: 'relevant', column 1: ${tiny.1.difficulties} alone is not a condition. "
                "Always compare: ${tiny.1.difficulties} = 'yes'.",
            ],
        ),
        (
            "questions.yaml", "kind: implementation\n      - code: tiny.1.1.measures",
            "kind: implementation\n        relevant: \"${tiny.1.2.implementation} = 'no'\"\n      - code: tiny.1.1.measures",
            [
                "questions.yaml:22: tiny.1.1.implementation: The questions depend on one another: tiny.1.1.implementation → "
                "tiny.1.2.implementation → tiny.1.1.implementation. Break the circle.",
            ],
        ),
        (
            "questions.yaml", "tiny.2.2: {not_asked: It is owed to the depositary.}", "tiny.2.2: {}",
            ["questions.yaml:86: tiny.2.2: A rule has either 'met_when' or 'not_asked'. Write exactly one of them."],
        ),
        (
            "questions.yaml", "  tiny.2.1: {met_when", "  tiny.2.4: {met_when",
            ["questions.yaml:85: tiny.2.4: The treaty has no provision 'tiny.2.4'. Did you mean tiny.2.3?"],
        ),
        (
            "questions.yaml", "code: art-2", "code: art-1",
            [
                "en.yaml:7: art-2: There is no section of this code. Did you mean art-1?",
                "questions.yaml:50: art-1: The section art-1 stands on line 15 too. Join the two.",
            ],
        ),
        (
            "en.yaml", "  tiny.2.practice: {text: Describe a case.}\n", "",
            ["en.yaml:9: tiny.2.practice: The question has no text. Add 'tiny.2.practice:' under 'questions'."],
        ),
        (
            "en.yaml", "    guidance: Name the body that answers requests.\n", "",
            ["en.yaml:40: tiny.2.1.authority: There is no guidance. Say what is demanded and what counts as yes."],
        ),
        (
            "en.yaml", "law: Unclear law, ", "",
            ["en.yaml:32: tiny.1.difficulties: 'law' of 'choices' has no label. Add 'law: …' under 'choices'."],
        ),
        (
            "en.yaml", "rows: {cases: Cases opened", "rows: {case: Cases opened",
            [
                "en.yaml:28: tiny.1.practice: 'case' is not known here. Did you mean cases?",
                "en.yaml:28: tiny.1.practice: 'cases' of 'rows' has no label. Add 'cases: …' under 'rows'.",
            ],
        ),
        (
            "en.yaml", "  art-2: {title: Scope}", "  art-2: {title: ''}",
            ["en.yaml:7: art-2: 'title' is empty. Write a text."],
        ),
        (
            "en.yaml", "tiny.general.thanks: {text: Thank you for answering.}", "tiny.general.thanks: [1]",
            ["en.yaml:12: 'tiny.general.thanks' must be keys with values. If it is a text, put it in quotation marks."],
        ),
        (
            "en.yaml", "Describe a case.", "*alias",
            ["en.yaml:42: Anchors, aliases and tags are not used here. Write the value out."],
        ),
    ],
)  # fmt: skip
def test_mistake_is_named_with_file_line_and_way_out(name: str, old: str, new: str, expected: list[str]) -> None:
    found = said(changed(name, old, new))
    assert found == expected


def test_problem_with_one_question_does_not_hide_behind_conditions_on_it() -> None:
    files = changed("questions.yaml", "asks: implementation\n        kind: implementation", "kind: implementation")
    assert said(files) == [
        "questions.yaml:18: tiny.1.1.implementation: 'asks' is missing. Write 'asks:' followed by a text."
    ]


def test_missing_and_foreign_files_are_named() -> None:
    assert said({"en.yml": "", "de.yaml": "a: 1"}) == [
        "de.yaml:1: A file of this name means nothing here. Use questions.yaml, en.yaml, fr.yaml, es.yaml, ru.yaml, ar.yaml, zh.yaml.",
        "en.yaml:1: The file is missing. Create it; see docs/formats.",
        "en.yml:1: A file of this name means nothing here. Use questions.yaml, en.yaml, fr.yaml, es.yaml, ru.yaml, ar.yaml, zh.yaml.",
        "questions.yaml:1: The file is missing. Create it; see docs/formats.",
    ]


def test_missing_folder_is_a_missing_file(tmp_path: Path) -> None:
    loaded = read_folder(tmp_path / "nowhere", provisions={})
    assert [problem.file for problem in loaded.problems] == ["en.yaml", "questions.yaml"]


def test_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "fr.yaml").write_bytes("questions:\n  tiny.2.practice: {text: Décrivez}".encode("latin-1"))
    loaded = read_folder(tmp_path, provisions=facts_of_tiny())
    assert [str(problem) for problem in loaded.problems] == [
        "fr.yaml:2: This is not UTF-8 text. Save the file in the encoding UTF-8."
    ]


@pytest.mark.parametrize(
    "bomb", ["[" * 200_000, "- " * 100_000, "{a: " * 100_000, "a: &a [x]\nb: [*a, *a]", "!!python/x y"]
)
def test_bomb_is_refused(bomb: str) -> None:
    assert len(said({**GOOD, "en.yaml": bomb})) == 1
    assert len(said({**GOOD, "questions.yaml": bomb})) == 1


lines = st.sampled_from(sorted(GOOD)).flatmap(
    lambda name: st.tuples(st.just(name), st.integers(0, GOOD[name].count("\n") - 1))
)
scraps = st.one_of(
    st.sampled_from(
        ["", "null", "[]", "{}", "- 1", "x: y", "code: a.b", "'", '"', ": :", "\t", "  ", "true", "2026-01-01", "2026-02-31",
         "1e400", "kind: choices", "choices: [a]", "relevant: '${x'", "${", "rows: 3", "\x00", "\ud800", "- - -", "? [a]: b"]
    ),
    st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(lines, st.sampled_from("drxcit"), scraps, st.integers(0, 80)), min_size=1, max_size=3))
def test_any_damage_gives_messages_and_never_a_traceback(
    damages: list[tuple[tuple[str, int], str, str, int]],
) -> None:
    files = dict(GOOD)
    for (name, number), how, scrap, column in damages:
        rows = files[name].split("\n")
        number = min(number, len(rows) - 1)
        row = rows[number]
        if how == "d":
            del rows[number]
        elif how == "r":
            rows.insert(number, row)
        elif how == "x":
            rows[number] = row[:column] + scrap + row[column:]
        elif how == "c":
            rows[number] = row[:column] + row[column + 1 :]
        elif how == "i":
            rows[number] = " " * (column % 9) + row.lstrip()
        else:
            rows[number] = row.partition(":")[0] + ": " + scrap
        files[name] = "\n".join(rows)
    data = {name: text.encode("utf-8", "surrogatepass") for name, text in files.items()}
    loaded = read_content(data, provisions=facts_of_tiny())
    assert (loaded.version is None) is bool(loaded.problems)
    for problem in (*loaded.problems, *loaded.remarks):
        assert problem.file in files
        assert 1 <= problem.line <= files[problem.file].count("\n") + 2
        assert problem.reason
