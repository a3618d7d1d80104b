"""Questions added to a questionnaire that is being answered: the rules."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from tests.factories.questionnaires import make_spec

from palermo.questionnaires.logic.conditions import parse
from palermo.questionnaires.logic.spec import Aspect, Kind, QuestionText, VersionSpec, build_version
from palermo.questionnaires.logic.supplement import (
    NewQuestion,
    added_codes,
    choices_from_lines,
    disturbed,
    sections_of,
    with_added,
    without,
)

NEW = NewQuestion(
    section="art-1", provision="quiz.1.1", asks=Aspect.PRACTICE, element="dark-net", kind=Kind.CHOICE,
    text="Is the dark net watched?", choices=(("always", "Always"), ("never", "Never")), required=True,
)  # fmt: skip


def changed(spec: VersionSpec, code: str, **fields: object) -> VersionSpec:
    sections = [
        replace(
            section,
            questions=tuple(replace(q, **fields) if q.code == code else q for q in section.questions),  # type: ignore[arg-type]
        )
        for section in spec.sections
    ]
    return build_version(
        questionnaire=spec.questionnaire, treaty=spec.treaty, sections=sections, rules=spec.rules.values(),
        texts=spec.texts,
    )  # fmt: skip


def test_added_question_stands_at_the_end_of_its_section_and_disturbs_nothing() -> None:
    spec = make_spec()
    later = with_added(spec, NEW)
    assert added_codes(spec, later) == ("quiz.1.1.practice.dark-net",)
    assert later.section("art-1").questions[-1].code == "quiz.1.1.practice.dark-net"
    assert later.section("art-2") == spec.section("art-2")
    assert disturbed(spec, later) == ()
    assert sections_of(later, added_codes(spec, later)) == ("art-1",)
    assert added_codes(spec, without(later, NEW.code)) == ()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"required": False}, ("quiz.1.1.implementation",)),
        ({"relevant": parse("${quiz.2.1.implementation} = 'yes'")}, ("quiz.1.1.implementation",)),
        ({"texts": MappingProxyType({"en": QuestionText("Another question?")})}, ("quiz.1.1.implementation",)),
        ({"order": 7}, ()),
    ],
)
def test_whatever_changes_a_question_that_is_asked_disturbs(
    fields: dict[str, object], expected: tuple[str, ...]
) -> None:
    spec = make_spec()
    assert disturbed(spec, changed(spec, "quiz.1.1.implementation", **fields)) == expected


def test_translation_that_is_added_disturbs_nothing() -> None:
    spec = make_spec()
    english = spec.questions["quiz.1.1.implementation"].texts["en"]
    texts = MappingProxyType({"en": english, "fr": QuestionText("Est-ce une infraction ?")})
    assert disturbed(spec, changed(spec, "quiz.1.1.implementation", texts=texts)) == ()


def test_removed_question_and_changed_rule_disturb() -> None:
    spec = make_spec()
    assert disturbed(spec, without(spec, "quiz.1.1.measures")) == ("quiz.1.1.measures",)
    rule = replace(spec.rules["quiz.2.1"], met_when=parse("${quiz.2.1.implementation} = 'no'"))
    later = build_version(
        questionnaire="quiz", treaty="quiz", sections=spec.sections, texts=spec.texts,
        rules=[rule if rule.provision == known.provision else known for known in spec.rules.values()],
    )  # fmt: skip
    assert disturbed(spec, later) == ("quiz.2.1",)


def test_choices_are_read_from_lines_with_codes_of_their_labels() -> None:
    lines = "  Always \n\nNever, or   almost\nAlways\n!!!\n"
    assert choices_from_lines(lines) == (("always", "Always"), ("never-or-almost", "Never, or almost"))
