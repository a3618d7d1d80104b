"""The checker that speaks before publishing: every fault with its column."""

import pytest

from palermo.questionnaires.logic.check import Answerable, Fault, Place, check_condition
from palermo.questionnaires.logic.conditions import parse
from palermo.questionnaires.logic.spec import FIXED_VALUES, Kind

QUESTIONS = {
    kind.value.replace("_", "-"): Answerable(kind, FIXED_VALUES.get(kind, ("staff", "law") if "choice" in kind else ()))
    for kind in Kind
}


def faults(source: str, place: Place = Place.RELEVANT, itself: str = "number") -> list[Fault]:
    return check_condition(parse(source), place=place, questions=QUESTIONS, itself=itself)


@pytest.mark.parametrize(
    "source",
    [
        "${implementation} = 'in_part'",
        "${yes-no} != 'no' and ${choice} = 'law'",
        "selected(${choices}, 'staff') or selected(${choice}, 'law')",
        "${choices} = ''",
        "count-selected(${choices}) > 1",
        "count(${legislation}) > 0 and ${cases} != ''",
        "sum(${figures}) >= 1",
        "${date} <= today() and ${date} > '2020-01-01'",
        "regex(${text}, 'year') and string-length(${text}) = 4 and number(${text}) > 1900",
        "if(${yes-no} = 'yes', ${implementation} = 'no', true())",
        "${assistance} = 'yes' and not(${text} = '')",
        "coalesce(${text}, 'x') = 'x'",
        "${implementation} = ${implementation}",
        "(1 = 1) = true()",
    ],
)
def test_sound_condition_has_no_fault(source: str) -> None:
    assert faults(source) == []


@pytest.mark.parametrize(
    ("source", "place", "expected"),
    [
        (
            "${yes-no}",
            Place.RELEVANT,
            Fault(1, "${yes-no} alone is not a condition.", "Always compare: ${yes-no} = 'yes'."),
        ),
        (
            "1 = 1 and ${text}",
            Place.RELEVANT,
            Fault(11, "${text} alone is not a condition.", "Always compare: ${text} = 'yes'."),
        ),
        (
            "not(${text})",
            Place.RELEVANT,
            Fault(5, "${text} alone is not a condition.", "Always compare: ${text} = 'yes'."),
        ),
        ("'yes'", Place.RELEVANT, Fault(1, "'yes' gives a value, not a condition.", "Compare it with something.")),
        ("${tex} = ''", Place.RELEVANT, Fault(1, "There is no question tex.", "Did you mean text?")),
        (
            "${zzz} = ''",
            Place.RULE,
            Fault(1, "There is no question zzz.", "Refer to a question of this questionnaire."),
        ),
        ("${note} = ''", Place.RULE, Fault(1, "note is a note and has no answer.", "Refer to another question.")),
        ("${number} = 1", Place.RELEVANT, Fault(1, "The question depends on itself.", "Refer to another question.")),
        (
            ". = 1",
            Place.RELEVANT,
            Fault(1, "The dot, the answer itself, has no meaning here.", "Write ${code} of a question."),
        ),
        (
            "${yes-no} = 'Yes'",
            Place.RELEVANT,
            Fault(13, "'Yes' is no choice of ${yes-no}.", "Its choices are: yes, no."),
        ),
        (
            "'in-part' = ${implementation}",
            Place.RULE,
            Fault(1, "'in-part' is no choice of ${implementation}.", "Did you mean in_part?"),
        ),
        (
            "${implementation} > 'no'",
            Place.RULE,
            Fault(19, "The choices of ${implementation} have no order.", "Compare them with = or != ."),
        ),
        (
            "${choice} = 1",
            Place.RULE,
            Fault(13, "${choice} is compared with a number.", "Compare it with a code in quotes."),
        ),
        (
            "${choices} = 'law'",
            Place.RULE,
            Fault(1, "${choices} holds several choices.", "Write selected(${choices}, 'code')."),
        ),
        (
            "selected(${choices}, 'lawn')",
            Place.RULE,
            Fault(22, "'lawn' is no choice of ${choices}.", "Did you mean law?"),
        ),
        (
            "selected(${yes-no}, 'yes')",
            Place.RULE,
            Fault(10, "selected() needs a question with choices; ${yes-no} has none.", "Write ${yes-no} = 'yes'."),
        ),
        (
            "selected(${choices}, ${text})",
            Place.RULE,
            Fault(22, "selected() needs the code of a choice in quotes.", "Write selected(${choices}, 'code')."),
        ),
        (
            "count-selected(${text}) = 1",
            Place.RULE,
            Fault(16, "${text} is not a question with several choices.", "Use = or count()."),
        ),
        ("${figures} > 1", Place.RULE, Fault(1, "${figures} holds rows.", "Count them: count(${figures}) > 0.")),
        (
            "${number} >= '4'",
            Place.RULE,
            Fault(14, "A number is compared with the text '4'.", "Write the number without quotes."),
        ),
        (
            "${date} > '31.12.2026'",
            Place.RULE,
            Fault(11, "A date is compared with '31.12.2026'.", "Write dates like '2026-12-31'."),
        ),
        (
            "${date} > 2026",
            Place.RULE,
            Fault(11, "A date is compared with a number.", "Write dates like '2026-12-31'."),
        ),
        ("${text} > 5", Place.RULE, Fault(1, "${text} is a text and has no size.", "Write number(${text}).")),
        ("${text} + 1 > 5", Place.RULE, Fault(1, "${text} is a text; '+' needs numbers.", "Write number(${text}).")),
        ("-${date} > 5", Place.RULE, Fault(2, "${date} is a date; '-' needs numbers.", "Calculate with numbers only.")),
        (
            "selected(${choices}, 'law') = 'yes'",
            Place.RULE,
            Fault(29, "A condition is compared with a text.", "Join conditions with and, or, not()."),
        ),
        (
            "regex(${text}, '[0-9]+')",
            Place.RULE,
            Fault(16, "regex() takes the name of a pattern.", "The names are: e-mail, year, url, document-symbol."),
        ),
        (
            "${date} = today()",
            Place.RULE,
            Fault(11, "Whether a duty is fulfilled cannot depend on the day of reading.", "Remove today()."),
        ),
    ],
)
def test_fault_names_column_reason_and_way_out(source: str, place: Place, expected: Fault) -> None:
    assert faults(source, place) == [expected]


def test_constraint_may_speak_of_the_answer_itself() -> None:
    assert faults(". >= 4 and . < today()", Place.CONSTRAINT, "number")[0].column == 12
    assert faults(". >= 4", Place.CONSTRAINT, "number") == []
    assert faults("selected(., 'law')", Place.CONSTRAINT, "choices") == []


def test_nothing_is_said_of_questions_that_could_not_be_read() -> None:
    assert (
        check_condition(parse("${lost} = 'yes'"), place=Place.RULE, questions=QUESTIONS, unread=frozenset({"lost"}))
        == []
    )
