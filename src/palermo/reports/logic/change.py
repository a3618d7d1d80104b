"""How what States said differs from the cycle before: question by question, provision by provision, State by State.

Only a graded answer (yes, in part, no) and the verdict on a provision can be better or worse; other choices are the
same or different, and of texts and rows it is only known that they were given. Where the meaning of a question has
changed, nothing is compared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from palermo.questionnaires.logic.spec import Change, QuestionSpec, VersionSpec
from palermo.questionnaires.logic.syntax import references
from palermo.reports.logic import provisions, replies
from palermo.reports.logic.dataset import State
from palermo.reports.logic.rates import WHOLE, Slice
from palermo.reports.logic.replies import Relation


class Step(StrEnum):
    """How one State moved between two cycles; these divide all States and are never merged."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    DIFFERENT = "different"
    SAME = "same"
    BOTH = "both"
    NEW = "new"
    NO_LONGER = "no_longer"
    NEITHER = "neither"
    NOT_COMPARABLE = "not_comparable"


GRADES: Final[Mapping[str, int]] = {"yes": 2, "in_part": 1, "no": 0}
VERDICT_GRADES: Final[Mapping[str, int]] = {provisions.MET: 2, provisions.IN_PART: 1, provisions.NOT_MET: 0}
ABSENT: Final = "absent"


@dataclass(frozen=True)
class Before:
    """What a question was in the cycle before, and whether the answers can be set beside each other."""

    code: str
    comparable: bool


@dataclass(frozen=True)
class Pair:
    """A State now and before, with the word for each; ``absent`` if it did not exist then."""

    state: State
    former: State | None
    before: str
    now: str
    step: Step


# ── What can be compared ─────────────────────────────────────────────────────────────────────────────────────────────


def predecessors(
    codes: Iterable[str], replaced: Iterable[Mapping[str, tuple[str, Change]]]
) -> dict[str, tuple[str, bool]]:
    """For each question its code so many versions ago, and whether its meaning stayed the same all the way.

    ``replaced`` holds for each version, the latest first, what each of its questions replaces in the one before.
    """
    found = {code: (code, True) for code in codes}
    for step in replaced:
        found = {
            code: (step[was][0], same and step[was][1] is not Change.MEANING)
            for code, (was, same) in found.items()
            if was in step
        }
    return found


def befores(now: VersionSpec, former: VersionSpec, known: Mapping[str, tuple[str, bool]]) -> dict[str, Before]:
    """The questions that were asked before, in any form; a different kind or other choices are another meaning."""
    found = {}
    for question in now:
        code, same = known.get(question.code, ("", False))
        was = former.questions.get(code)
        if was is not None and question.is_answered:
            found[question.code] = Before(code, same and was.kind is question.kind and was.choices == question.choices)
    return found


def comparable_provision(now: VersionSpec, former: VersionSpec, known: Mapping[str, Before], provision: str) -> bool:
    """Whether a provision is judged by the same rule over questions of the same meaning."""
    rule, was = now.rules.get(provision), former.rules.get(provision)
    if rule is None or was is None or rule.met_when is None or rule.met_when != was.met_when:
        return False
    return all(
        code in known and known[code].comparable and known[code].code == code for code in references(rule.met_when)
    )


# ── One State ────────────────────────────────────────────────────────────────────────────────────────────────────────


def question_step(
    question: QuestionSpec, before: Before | None, state: State, former: State | None
) -> tuple[str, str, Step]:
    """How one State moved at a question: the relation before, the relation now, the step."""
    old_code = before.code if before else ""
    was = replies.relation(former, old_code).value if former is not None and before is not None else ABSENT
    now = replies.relation(state, question.code).value
    answered = (was == Relation.ANSWERED.value, now == Relation.ANSWERED.value)
    if answered == (False, False):
        return was, now, Step.NEITHER
    if before is None or not before.comparable:
        return was, now, Step.NOT_COMPARABLE
    if former is None or not all(answered):
        return was, now, Step.NEW if answered[1] else Step.NO_LONGER
    return was, now, _step(question, _value(former, old_code), _value(state, question.code))


def _value(state: State, code: str) -> Any:
    return (state.digest or {}).get("answers", {}).get(code)


def _step(question: QuestionSpec, old: Any, new: Any) -> Step:
    if old is True or new is True:
        return Step.BOTH
    if question.kind.value == "implementation" and old in GRADES and new in GRADES:
        return _graded(GRADES[old], GRADES[new])
    if isinstance(old, list) and isinstance(new, list):
        return Step.SAME if set(old) == set(new) else Step.DIFFERENT
    return Step.SAME if old == new else Step.DIFFERENT


def _graded(old: int, new: int) -> Step:
    return Step.SAME if old == new else Step.IMPROVED if new > old else Step.WORSENED


def provision_step(provision: str, comparable: bool, state: State, former: State | None) -> tuple[str, str, Step]:
    """How one State moved at a provision: the verdict before, the verdict now, the step."""
    was = provisions.verdict(former, provision) if former is not None else ABSENT
    now = provisions.verdict(state, provision)
    if was not in VERDICT_GRADES and now not in VERDICT_GRADES:
        return was, now, Step.NEITHER
    if not comparable:
        return was, now, Step.NOT_COMPARABLE
    if was not in VERDICT_GRADES:
        return was, now, Step.NEW
    if now not in VERDICT_GRADES:
        return was, now, Step.NO_LONGER
    return was, now, _graded(VERDICT_GRADES[was], VERDICT_GRADES[now])


# ── All States ───────────────────────────────────────────────────────────────────────────────────────────────────────


def question_pairs(
    states: Iterable[State],
    former: Mapping[str, State],
    question: QuestionSpec,
    before: Before | None,
    slice: Slice = WHOLE,
) -> tuple[Pair, ...]:
    """Every State of a group at a question."""
    return tuple(
        Pair(state, was, *question_step(question, before, state, was))
        for state in states
        if slice.holds(state)
        for was in (former.get(state.code),)
    )


def provision_pairs(
    states: Iterable[State],
    former: Mapping[str, State],
    provision: str,
    comparable: bool,
    slice: Slice = WHOLE,
) -> tuple[Pair, ...]:
    """Every State of a group at a provision."""
    return tuple(
        Pair(state, was, *provision_step(provision, comparable, state, was))
        for state in states
        if slice.holds(state)
        for was in (former.get(state.code),)
    )


def steps(pairs: Iterable[Pair]) -> dict[Step, int]:
    """How many States moved in each way; all ways are there, so that the sum is the number of States."""
    found = dict.fromkeys(Step, 0)
    for pair in pairs:
        found[pair.step] += 1
    return found
