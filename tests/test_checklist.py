"""The UNTOC checklist itself: it loads, asks about every duty once, and judges legal positions as a lawyer would."""

import importlib.util
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from palermo.base.citation import cite
from palermo.questionnaires.logic.conditions import Value
from palermo.questionnaires.logic.content import GUIDED_KINDS, gaps_in_coverage, read_folder
from palermo.questionnaires.logic.fulfilment import Fulfilment, fits, fulfilments, relevant_codes
from palermo.questionnaires.logic.spec import Aspect, Kind, ProvisionFacts, QuestionSpec
from palermo.questionnaires.logic.syntax import references
from palermo.treaties.logic.kinds import Obligation

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 11, 24)


def _tool() -> ModuleType:
    found = importlib.util.spec_from_file_location("checklist_coverage", ROOT / "tools" / "checklist_coverage.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


TOOL = _tool()
TREATY = TOOL.treaty()
FACTS: dict[str, ProvisionFacts] = TOOL.facts_of(TREATY)
VERSION = TOOL.checklist(TREATY)
QUESTIONS: list[QuestionSpec] = list(VERSION)
ENGLISH = {question.code: question.texts["en"] for question in QUESTIONS}
SUBSTANTIVE = ("art-2", "art-3", *(f"art-{number}" for number in range(5, 32)), "art-34")
MANDATORY = {
    code for code, facts in FACTS.items() if facts.obligation is Obligation.MANDATORY and facts.borne_by_states
}


# ── The files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_checklist_loads_without_any_problem_or_remark() -> None:
    loaded = read_folder(TOOL.CHECKLIST, provisions=FACTS)
    assert (loaded.problems, loaded.remarks) == ((), ())


def test_checklist_has_between_250_and_400_questions() -> None:
    assert 250 <= len(QUESTIONS) <= 400


def test_first_question_offers_help_to_answer() -> None:
    assert (QUESTIONS[0].code, QUESTIONS[0].kind) == ("untoc.32.assistance.reporting", Kind.ASSISTANCE)


def test_sections_are_the_general_one_and_the_articles_that_ask() -> None:
    assert [section.code for section in VERSION.sections] == [
        "general",
        *SUBSTANTIVE[:-1],
        "art-32",
        "art-34",
        "art-35",
        "art-36",
    ]


def test_every_code_is_cited_as_a_lawyer_cites_it() -> None:
    """An article of one paragraph is cited without a number, and every question about a limb names its article."""
    single = [code for code in FACTS if code.split(".")[1:2] in (["17"], ["19"], ["21"], ["22"])]
    assert {code: cite(code) for code in single} == {code: f"Art. {code.split('.')[1]}" for code in single}
    assert [question.code for question in QUESTIONS if not cite(question.code)] == []


# ── Coverage ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_duty_is_asked_about_or_said_why_not() -> None:
    assert gaps_in_coverage(VERSION, FACTS.values()) == ()


def test_a_planted_duty_without_a_question_is_found() -> None:
    planted = ProvisionFacts("untoc.9.3", Obligation.MANDATORY)
    assert [gap.reason for gap in gaps_in_coverage(VERSION, [*FACTS.values(), planted])] == [
        "untoc.9.3: No rule says when it is fulfilled."
    ]


def test_a_planted_rule_that_nothing_asks_about_is_found() -> None:
    rules = {**VERSION.rules, "untoc.9.3": replace(VERSION.rules["untoc.9.2"], provision="untoc.9.3")}
    planted = ProvisionFacts("untoc.9.3", Obligation.MANDATORY)
    assert [gap.reason for gap in gaps_in_coverage(replace(VERSION, rules=rules), [planted])] == [
        "untoc.9.3: No question asks about it."
    ]


def test_mandatory_provisions_not_asked_about_are_these_and_no_others() -> None:
    without = {code for code in MANDATORY if VERSION.rules[code].met_when is None}
    assert without == {
        "untoc.2.h",
        "untoc.4.1",
        "untoc.20.2.equality",
        "untoc.27.1",
        "untoc.30.3",
        "untoc.35.2",
    }


def test_rules_rest_on_questions_that_ask_about_their_provision() -> None:
    """At least one question in a rule names the provision: nobody is judged by answers to another matter alone."""
    by_code = VERSION.questions
    strangers = [
        code
        for code, rule in VERSION.rules.items()
        if rule.met_when is not None and not any(code in by_code[used].provisions for used in references(rule.met_when))
    ]
    assert strangers == []


def test_coverage_table_is_up_to_date() -> None:
    assert TOOL.TABLE.read_text(encoding="utf-8") == TOOL.table(TREATY, VERSION)


def test_coverage_table_leaves_no_hole() -> None:
    assert "**Not asked**" not in TOOL.table(TREATY, VERSION)


# ── The rhythm of an article ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", SUBSTANTIVE)
def test_article_keeps_the_rhythm(code: str) -> None:
    """What is done, the law that says so, how it is used, what stands in the way, what would help: in this order."""
    section = next(section for section in VERSION.sections if section.code == code)
    asks = [question.asks for question in section.questions]
    kinds = [question.kind for question in section.questions]
    assert asks[0] is Aspect.IMPLEMENTATION
    assert asks.count(Aspect.DIFFICULTIES) == 1
    assert asks.count(Aspect.ASSISTANCE) == 1
    assert asks[-2:] == [Aspect.DIFFICULTIES, Aspect.ASSISTANCE]
    assert kinds.count(Kind.LEGISLATION) == 1
    used = [place for place, kind in enumerate(kinds) if kind in {Kind.FIGURES, Kind.CASES}]
    assert used
    assert kinds.index(Kind.LEGISLATION) < min(used)


def test_every_substantive_article_but_the_definitions_has_figures() -> None:
    without = [
        section.code
        for section in VERSION.sections
        if section.code in SUBSTANTIVE and not any(question.kind is Kind.FIGURES for question in section.questions)
    ]
    assert without == ["art-2"]


def test_cases_based_on_the_convention_are_counted_where_it_can_be_the_basis() -> None:
    counted = {
        question.section
        for question in QUESTIONS
        for row in question.rows
        if row.code in {"convention", "convention-received", "convention-sent"}
    }
    assert counted == {"art-3", "art-13", "art-16", "art-18", "art-19", "art-21", "art-27"}


def test_every_notification_that_is_owed_is_asked_about() -> None:
    owed = {limb.code for limb in TREATY.provisions if limb.notify and limb.bearer in {"state", "organization"}}
    asked = {code for question in QUESTIONS if question.asks is Aspect.NOTIFICATION for code in question.provisions}
    assert owed - asked == {"untoc.39.1", "untoc.40.1"}


def test_answers_on_notifications_come_with_their_date() -> None:
    dated = {question.code for question in QUESTIONS if question.kind is Kind.DATE}
    asked = {question.code for question in QUESTIONS if question.asks is Aspect.NOTIFICATION} - dated
    assert {code for code in asked if f"{code}.date" not in dated} == {
        "untoc.18.14.notify.languages",
        "untoc.32.5.notification",
        "untoc.36.3.competence.notification",
    }


# ── No question twice ───────────────────────────────────────────────────────────────────────────────────────────────

NAMES = (
    "organized criminal group",
    "money-laundering",
    "laundering of proceeds of crime",
    "laundering",
    "corruption",
    "bribery",
    "obstruction of justice",
    "serious crime",
    "organized crime",
    "confiscation",
    "freezing",
    "extradition",
    "mutual legal assistance",
    "joint investigations",
    "witnesses",
    "victims",
    "legal persons",
    "trafficking in persons",
    "smuggling of migrants",
    "firearms",
)


def _names() -> list[str]:
    titles = [text for limb in TREATY.provisions for text in _titles(limb.texts.get("en", {}))]
    topics = [topic.texts["en"]["name"] for topic in TOOL.read_topics(TOOL.CONTENT / "topics.yaml")]
    sections = [section.texts["en"].title for section in VERSION.sections]
    return sorted({name.casefold() for name in (*NAMES, *titles, *topics, *sections)}, key=len, reverse=True)


def _titles(texts: Mapping[str, str]) -> Iterable[str]:
    return [texts[key] for key in ("title", "short") if texts.get(key)]


def normalised(text: str, names: Iterable[str]) -> str:
    """The question without the article's number and without the names of offences, topics and articles."""
    text = text.casefold()
    for name in names:
        text = text.replace(name, " ")
    text = re.sub(r"\b(articles?|paragraphs?|subparagraphs?)\b|\d+", " ", text)
    return " ".join(re.findall(r"[a-z]+", text))


def twins(texts: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The codes of questions that are equal once normalised."""
    names = _names()
    found: dict[str, list[str]] = {}
    for code, text in texts.items():
        found.setdefault(normalised(text, names), []).append(code)
    return [tuple(codes) for codes in found.values() if len(codes) > 1]


def test_no_two_questions_are_equal_once_names_are_removed() -> None:
    assert twins({code: text.text for code, text in ENGLISH.items()}) == []


def test_planted_twins_are_found() -> None:
    planted = {
        "a": "Does your State want assistance with extradition (article 16)?",
        "b": "Does your State want assistance with mutual legal assistance (article 18)?",
        "c": "Does your State want help with extradition?",
        "d": "How many cases of bribery were there?",
        "e": "How many cases of money-laundering were there?",
    }
    assert twins(planted) == [("a", "b"), ("d", "e")]


# ── The words ───────────────────────────────────────────────────────────────────────────────────────────────────────

LOADED = re.compile(
    r"\b(why|fail\w*|weak\w*|poor\w*|bad|badly|obvious\w*|clearly|of course|merely|unfortunate\w*|backward|mafia|"
    r"gangs?|regime|rogue|corrupt state|third world|really|simply|finally|already|only)\b",
    re.IGNORECASE,
)
ALLOWED_WORDS = {
    # "only" names a condition here: the sole ground of a refusal, or the sole form of an offence.
    "untoc.15.3.implementation",
    "untoc.16.10.implementation",
    "untoc.19.agreements.implementation",
    "untoc.18.19.implementation",
    "untoc.34.2.implementation.group",
}


def test_texts_are_short_questions() -> None:
    assert {code: len(text.text) for code, text in ENGLISH.items() if len(text.text) > 170} == {}
    imperative = {code for code, text in ENGLISH.items() if not text.text.endswith("?")}
    assert all(ENGLISH[code].text.startswith(("Cite ", "Describe ")) for code in imperative)


def test_guidance_is_there_and_short() -> None:
    assert [question.code for question in QUESTIONS if question.kind in GUIDED_KINDS and not _guidance(question)] == []
    assert {code: len(text.guidance) for code, text in ENGLISH.items() if len(text.guidance) > 430} == {}


def test_guidance_does_not_repeat_the_question() -> None:
    assert [code for code, text in ENGLISH.items() if text.text.rstrip("?.") in text.guidance] == []


def test_labels_are_short_and_differ_within_a_question() -> None:
    long = {code for code, text in ENGLISH.items() for label in text.choices.values() if len(label) > 125}
    assert long == set()
    assert [code for code, text in ENGLISH.items() if len(set(text.choices.values())) < len(text.choices)] == []


def test_words_are_neutral() -> None:
    found = {code: LOADED.findall(text.text) for code, text in ENGLISH.items() if LOADED.search(text.text)}
    assert {code: words for code, words in found.items() if code not in ALLOWED_WORDS} == {}


def test_words_are_the_same_everywhere() -> None:
    """One verb for choosing, no quotation marks round an answer, British spelling."""
    wrong = re.compile(
        r"\b(tick|ticked|unmarked|organise\w*|offense\w*|program)\b|\bMark (?!bills)|\"(Yes|In part)\"|Answer \""
    )
    assert [code for code, text in ENGLISH.items() if wrong.search(f"{text.text} {text.guidance}")] == []


def test_introductions_name_an_honest_time() -> None:
    """Minutes per kind of question, rounded to five: reading, answering and a look into the law, no research."""
    minutes = {
        **dict.fromkeys((Kind.YES_NO, Kind.DATE, Kind.NUMBER), 1.0),
        **dict.fromkeys((Kind.IMPLEMENTATION, Kind.CHOICES), 2.0),
        **dict.fromkeys((Kind.TEXT, Kind.FIGURES, Kind.CASES), 10.0),
        **dict.fromkeys((Kind.LEGISLATION, Kind.ASSISTANCE), 6.0),
        Kind.CHOICE: 1.5,
        Kind.AUTHORITY: 3.0,
    }
    for section in VERSION.sections:
        wanted = max(5, 5 * round(sum(minutes[question.kind] for question in section.questions) / 5))
        assert section.texts["en"].introduction.endswith(f". About {wanted} minutes."), section.code


def _guidance(question: QuestionSpec) -> str:
    return ENGLISH[question.code].guidance


# ── The choices ─────────────────────────────────────────────────────────────────────────────────────────────────────

EXCLUSIVE = {
    "untoc.8.2.other.measures.forms": ("considered", "none"),
    "untoc.20.1.other.implementation": ("not-appropriate", "none"),
}


def test_none_stands_last_and_alone() -> None:
    for question in QUESTIONS:
        if question.kind is not Kind.CHOICES:
            continue
        alone = EXCLUSIVE.get(question.code, ("none",))
        if question.code in {"untoc.32.general.bodies", "untoc.18.14.notify.languages"}:
            assert question.constraint is None
            continue
        assert question.choices[-len(alone) :] == alone, question.code
        assert "other" not in question.choices[: -len(alone) - 1], question.code
        for code in alone:
            assert fits(question, (code,), {}, today=TODAY), question.code
            assert not fits(question, (question.choices[0], code), {}, today=TODAY), question.code
        assert fits(question, question.choices[: -len(alone)], {}, today=TODAY), question.code


def test_difficulties_end_alike() -> None:
    ends = {tuple(ENGLISH[q.code].choices.values())[-2:] for q in QUESTIONS if q.asks is Aspect.DIFFICULTIES}
    assert ends == {("Another difficulty", "No particular difficulty")}


# ── Positions of States ─────────────────────────────────────────────────────────────────────────────────────────────

# Here the answer *no* is in line with the Convention.
REVERSED = {"untoc.16.15.implementation", "untoc.18.8.implementation", "untoc.18.22.implementation"}
ELEMENTS = {"untoc.34.2.implementation.transnationality", "untoc.34.2.implementation.group"}
# Duties that do not arise for a State that does none of it, or that has chosen the other way.
CONDITIONAL = {
    "untoc.5.3",
    "untoc.5.3.inform",
    "untoc.10.3",
    "untoc.18.11.a",
    "untoc.18.11.b",
    "untoc.18.11.c",
    "untoc.18.11.d",
    "untoc.18.12",
    "untoc.19.sovereignty",
}
WORST = {
    "untoc.32.5.notification": "nothing",
    "untoc.35.3.notification": "in-force",
    "untoc.36.3.competence.notification": "not-declared",
    "untoc.18.20.implementation": "not-informed",
}


def _ideal(question: QuestionSpec) -> Value:
    if question.code in REVERSED:
        return "no"
    if question.code in ELEMENTS:
        return ("none",)
    match question.kind:
        case Kind.IMPLEMENTATION | Kind.YES_NO:
            return "yes"
        case Kind.CHOICE:
            return question.choices[0]
        case Kind.CHOICES:
            return tuple(
                code
                for code in question.choices
                if code not in {"none", "considered", "not-appropriate", "no-means", "other"}
            )
        case Kind.DATE:
            return "2005-01-01"
        case _:
            return None


def _refusing(question: QuestionSpec) -> Value:
    if question.code in REVERSED:
        return "yes"
    if question.code in ELEMENTS:
        return question.choices[:-1]
    if question.code in WORST:
        return WORST[question.code]
    match question.kind:
        case Kind.IMPLEMENTATION | Kind.YES_NO:
            return "no"
        case Kind.CHOICE:
            return question.choices[-1]
        case Kind.CHOICES:
            return ("none",) if "none" in question.choices else None
        case _:
            return None


def _judged(answers: Mapping[str, Value]) -> dict[str, Fulfilment]:
    return fulfilments(VERSION, answers, today=TODAY)


IDEAL = {question.code: _ideal(question) for question in QUESTIONS} | {"untoc.18.9.measures": "discretion"}
REFUSING = {question.code: _refusing(question) for question in QUESTIONS}


@pytest.mark.parametrize("treaty_required", ["yes", "no"])
def test_ideal_state_fulfils_everything(treaty_required: str) -> None:
    answers = IDEAL | dict.fromkeys(
        ("untoc.16.4.measures.treaty-required", "untoc.13.6.measures.treaty-required"), treaty_required
    )
    assert {code for code, verdict in _judged(answers).items() if verdict is not Fulfilment.MET} == set()


def test_ideal_answers_keep_every_constraint() -> None:
    assert [q.code for q in QUESTIONS if not fits(q, IDEAL[q.code], IDEAL, today=TODAY)] == []


@pytest.mark.parametrize(
    ("treaty_required", "without_object"),
    [("yes", {"untoc.16.6"}), ("no", {"untoc.13.6", "untoc.16.5.a"})],
)
def test_refusing_state_fulfils_no_duty_that_arises(treaty_required: str, without_object: set[str]) -> None:
    answers = REFUSING | dict.fromkeys(
        ("untoc.16.4.measures.treaty-required", "untoc.13.6.measures.treaty-required"), treaty_required
    )
    judged = _judged(answers)
    assert Fulfilment.IN_PART not in judged.values()
    assert Fulfilment.UNANSWERED not in judged.values()
    met = {code for code in MANDATORY if judged.get(code) is Fulfilment.MET}
    assert met == CONDITIONAL | without_object


def test_silent_state_is_unanswered_everywhere() -> None:
    assert set(_judged({}).values()) == {Fulfilment.UNANSWERED}


def test_state_that_is_half_way_with_everything_is_in_part() -> None:
    """Every question with the answer *in part* leaves its provision in part, unless another way fulfils it."""
    half = {q.code: ("in_part" if q.kind is Kind.IMPLEMENTATION else IDEAL[q.code]) for q in QUESTIONS}
    judged = _judged(half)
    assert Fulfilment.NOT_MET not in {judged[code] for code in MANDATORY if code in judged}


AGREE, ACTIVE, OTHER = (
    "untoc.5.1.a.i.implementation",
    "untoc.5.1.a.ii.a.implementation",
    "untoc.5.1.a.ii.b.implementation",
)
LIST = {"untoc.6.2.a.measures.approach": "list"}
ALL_FOUR = ("group", "active-bribery", "passive-bribery", "obstruction")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # Article 5: agreement or participation, and each limb of participation for itself.
        ({ACTIVE: "no", OTHER: "no"}, {"untoc.5.1.a.i": "met", "untoc.5.1.a.ii.a": "met", "untoc.5.1.a.ii.b": "met"}),
        (
            {AGREE: "no"},
            {"untoc.5.1.a.i": "met", "untoc.5.1.a.ii.a": "met", "untoc.5.3": "met", "untoc.5.3.inform": "met"},
        ),
        (
            {AGREE: "no", OTHER: "no"},
            {"untoc.5.1.a.i": "in_part", "untoc.5.1.a.ii.a": "met", "untoc.5.1.a.ii.b": "not_met"},
        ),
        ({AGREE: "no", ACTIVE: "no", OTHER: "no"}, {"untoc.5.1.a": "not_met", "untoc.5.1.a.i": "not_met"}),
        ({AGREE: "in_part", ACTIVE: "no", OTHER: "no"}, {"untoc.5.1.a.i": "in_part", "untoc.5.1.a.ii.b": "in_part"}),
        (
            {"untoc.5.1.a.i.measures.elements": "act", "untoc.5.3.inform.notification": "no"},
            {"untoc.5.3": "met", "untoc.5.3.inform": "not_met"},
        ),
        (
            {"untoc.5.1.a.i.measures.elements": "group", "untoc.5.3.implementation": "no"},
            {"untoc.5.3": "not_met", "untoc.5.3.inform": "met"},
        ),
        # Article 6: basic concepts excuse, a list must hold the four, self-laundering may be barred by principle alone.
        (
            {
                "untoc.6.1.b.ii.implementation.association": "no",
                "untoc.6.1.b.i.measures.basic-concepts": ("association",),
            },
            {"untoc.6.1.b.ii": "met"},
        ),
        (
            {"untoc.6.1.b.ii.implementation.attempt": "no", "untoc.6.1.b.i.measures.basic-concepts": ("none",)},
            {"untoc.6.1.b.ii": "in_part"},
        ),
        (LIST | {"untoc.6.2.b.measures.offences": ALL_FOUR}, {"untoc.6.2.b": "met", "untoc.6.2.b.list": "met"}),
        (LIST | {"untoc.6.2.b.measures.offences": ALL_FOUR[:3]}, {"untoc.6.2.b": "in_part"}),
        (
            LIST
            | {
                "untoc.6.2.b.implementation": "no",
                "untoc.6.2.b.measures.offences": ("none",),
                "untoc.6.2.b.list.implementation": "no",
                "untoc.6.2.a.measures.lesser": "none",
            },
            {"untoc.6.2.a": "not_met", "untoc.6.2.b": "not_met", "untoc.6.2.b.list": "not_met"},
        ),
        (
            {"untoc.6.2.e.implementation": "no", "untoc.6.2.e.measures.fundamental-principles": "yes"},
            {"untoc.6.2.e": "met"},
        ),
        (
            {"untoc.6.2.e.implementation": "no", "untoc.6.2.e.measures.fundamental-principles": "no"},
            {"untoc.6.2.e": "not_met"},
        ),
        ({"untoc.6.2.d.notification": "outdated"}, {"untoc.6.2.d": "in_part"}),
        ({"untoc.6.2.d.notification": "not-sent"}, {"untoc.6.2.d": "not_met"}),
        # To be considered: a decision against is consideration.
        (
            {"untoc.7.1.b.fiu.implementation": "no", "untoc.7.measures.considered": ("unit",)},
            {"untoc.7.1.b.fiu": "met"},
        ),
        (
            {"untoc.8.2.implementation.foreign": "no", "untoc.8.2.measures.considered": "decided-against"},
            {"untoc.8.2": "met"},
        ),
        (
            {"untoc.8.2.implementation.foreign": "no", "untoc.8.2.measures.considered": "not-considered"},
            {"untoc.8.2": "in_part"},
        ),
        ({"untoc.28.1.implementation": "alone"}, {"untoc.28.1": "in_part"}),
        # Legal persons: liability for three of the four offences.
        (
            {"untoc.10.1.implementation.offences": ("group", "laundering", "bribery")},
            {"untoc.10.1": "in_part", "untoc.10.3": "met"},
        ),
        ({"untoc.10.4.measures.sanctions": ("dissolution",)}, {"untoc.10.4": "in_part"}),
        # Confiscation: proceeds or their value; own order or direct enforcement.
        ({"untoc.12.1.a.implementation": "no"}, {"untoc.12.1.a": "met"}),
        ({"untoc.13.1.a.implementation": "no"}, {"untoc.13.1.a": "met", "untoc.13.1.b": "met"}),
        (
            {"untoc.13.1.a.implementation": "no", "untoc.13.1.b.implementation": "in_part"},
            {"untoc.13.1.a": "in_part", "untoc.13.1.b": "in_part"},
        ),
        ({"untoc.13.5.notification": "outdated"}, {"untoc.13.5": "in_part"}),
        # Nationals: a State that always extradites them owes no prosecution instead.
        (
            {"untoc.15.3.implementation": "no", "untoc.16.10.measures.nationals": "always"},
            {"untoc.15.3": "met", "untoc.16.10": "met"},
        ),
        (
            {"untoc.15.3.implementation": "no", "untoc.16.10.measures.nationals": "never"},
            {"untoc.15.3": "not_met", "untoc.16.10": "met"},
        ),
        # Special techniques: owed only as far as basic principles permit.
        (
            {"untoc.20.1.implementation": "no", "untoc.20.1.implementation.principles": "yes"},
            {"untoc.20.1": "met"},
        ),
        ({"untoc.20.1.implementation": "no", "untoc.20.1.implementation.principles": "no"}, {"untoc.20.1": "not_met"}),
        ({"untoc.20.1.other.implementation": ("not-appropriate",)}, {"untoc.20.1.other": "met"}),
        # Compensation without restitution is half of it.
        ({"untoc.25.2.implementation": ("compensation-civil",)}, {"untoc.25.2": "in_part"}),
        # A topic of training that is not needed is no gap.
        (
            {
                "untoc.29.1.implementation.topics": ("methods",),
                "untoc.29.1.implementation.not-needed": ("free-zones",),
            },
            {"untoc.29.1.a": "met", "untoc.29.1.f": "met", "untoc.29.1.e": "not_met"},
        ),
        # The elements that the offences must not have: here an answer is the gap.
        ({"untoc.34.2.implementation.transnationality": ("laundering",)}, {"untoc.34.2": "in_part"}),
        ({"untoc.34.2.implementation.group": ("obstruction",)}, {"untoc.34.2": "in_part"}),
        # A missing offence stays missing, whatever holds for the other one.
        ({"untoc.8.1.a.implementation": "no"}, {"untoc.8.1.a": "not_met", "untoc.8.1.b": "met"}),
        (
            {"untoc.8.1.a.implementation.intermediary": "no"},
            {"untoc.8.1.a": "in_part", "untoc.8.1.b": "in_part"},
        ),
        ({"untoc.3.1.b.implementation": "no"}, {"untoc.3.1.a": "met", "untoc.3.1.b": "not_met"}),
        # A narrow idea of what is transnational.
        (
            {"untoc.3.2.measures.situations": ("several-states",)},
            {"untoc.3.1.a": "in_part", "untoc.3.1.b": "in_part"},
        ),
        ({"untoc.32.5.notification": "part"}, {"untoc.32.5": "in_part"}),
        ({"untoc.16.15.implementation": "yes"}, {"untoc.16.15": "not_met"}),
    ],
)
def test_positions_are_judged_as_the_convention_does(changed: dict[str, Value], expected: dict[str, str]) -> None:
    judged = _judged(IDEAL | changed)
    assert {code: judged[code].value for code in expected} == expected


def test_transnational_element_is_asked_in_one_place() -> None:
    """Article 3 asks what the transnational nature is for; only article 34 asks whether it is part of the offences."""
    about = Counter(
        question.section
        for question in QUESTIONS
        if "untoc.34.2" in question.provisions and question.kind is Kind.CHOICES
    )
    assert about == {"art-34": 2}
    assert "element" not in VERSION.questions["untoc.3.1.a.measures.purposes"].choices


@pytest.mark.parametrize(
    ("answers", "code", "applies"),
    [
        ({"untoc.16.4.measures.treaty-required": "no"}, "untoc.16.6.implementation", True),
        ({"untoc.16.4.measures.treaty-required": "no"}, "untoc.16.5.a.notification", False),
        ({"untoc.6.2.a.measures.approach": "all-offences"}, "untoc.6.2.b.implementation", False),
        ({"untoc.6.2.a.measures.approach": "list"}, "untoc.6.2.b.list.implementation", True),
        ({AGREE: "no"}, "untoc.5.1.a.i.measures.elements", False),
    ],
)
def test_questions_appear_where_they_apply(answers: dict[str, Value], code: str, applies: bool) -> None:
    assert (code in relevant_codes(VERSION, answers, today=TODAY)) is applies
