"""What all States said to one question: counts with their denominators, and the States behind every number.

A State's relation to a question is one of nine, which divide all States and are never merged: not a party and not
asked, a party that was not asked, released, silent, and of those that reported: the question did not apply, nobody
answered it, the State cannot answer it, or it is answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.reports.logic.dataset import State
from palermo.reports.logic.rates import WHOLE, Of, Rate, Slice
from palermo.responses.logic.content import NONE_OF_THESE
from palermo.responses.logic.standing import Standing


class Relation(StrEnum):
    """How a State stands towards a question on the day."""

    NOT_PARTY = "not_party"
    NOT_ASKED = "not_asked"
    RELEASED = "released"
    SILENT = "silent"
    NOT_APPLICABLE = "not_applicable"
    UNANSWERED = "unanswered"
    CANNOT_ANSWER = "cannot_answer"
    ANSWERED = "answered"


# Those to whom the question was put and to whom it applies.
APPLIES: Final = frozenset({Relation.UNANSWERED, Relation.CANNOT_ANSWER, Relation.ANSWERED})


def outside(state: State) -> Relation | None:
    """Why nothing is known of a State at all; None if it has reported."""
    if state.has_reported:
        return None
    if state.standing is Standing.NO_OBLIGATION:
        return Relation.RELEASED
    if state.standing is Standing.NOT_INVITED:
        return Relation.NOT_ASKED if state.is_party else Relation.NOT_PARTY
    return Relation.SILENT


def relation(state: State, code: str) -> Relation:
    """How a State stands towards the question with this code."""
    away = outside(state)
    if away is not None:
        return away
    answers: Mapping[str, Any] = (state.digest or {}).get("answers", {})
    if code not in answers:
        return Relation.NOT_APPLICABLE
    value = answers[code]
    if value is None:
        return Relation.UNANSWERED
    if isinstance(value, Mapping) and "cannot" in value:
        return Relation.CANNOT_ANSWER
    return Relation.ANSWERED


def values(state: State, code: str) -> tuple[str, ...]:
    """The codes that a State chose; empty where the answer is no choice or there is none."""
    value = (state.digest or {}).get("answers", {}).get(code) if state.has_reported else None
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else ()


def offered(question: QuestionSpec) -> tuple[str, ...]:
    """The codes that can be chosen, in the order of the question; *none of these* last where there is a choice.

    Counts have a place for *none of these* only where a State said so: some questions offer a word of their own for it.
    """
    return (*question.values, NONE_OF_THESE) if question.kind.value == "choices" else question.values


@dataclass(frozen=True)
class Count:
    """What the States of a group said to a question."""

    slice: Slice
    parties: int
    asked: int
    reported: int
    relations: Mapping[Relation, int]
    values: Mapping[str, int]

    @property
    def applies(self) -> int:
        """To how many of those that reported the question applied."""
        return sum(self.relations[relation] for relation in APPLIES)

    @property
    def answered(self) -> int:
        """How many answered it: the denominator of the values."""
        return self.relations[Relation.ANSWERED]

    def rate(self, value: str) -> Rate:
        """How many of those that answered chose a value; several values of one answer may be chosen."""
        return Rate(self.values.get(value, 0), self.answered, Of.ANSWERED)


def count(states: Iterable[State], question: QuestionSpec, slice: Slice = WHOLE) -> Count:
    """The count of one group."""
    inside = [state for state in states if slice.holds(state)]
    relations = dict.fromkeys(Relation, 0)
    chosen = dict.fromkeys(question.values, 0)
    for state in inside:
        relations[relation(state, question.code)] += 1
        for value in values(state, question.code):
            chosen[value] = chosen.get(value, 0) + 1
    return Count(
        slice=slice,
        parties=sum(state.is_party for state in inside),
        asked=sum(state.was_asked for state in inside),
        reported=sum(state.has_reported for state in inside),
        relations=relations,
        values=chosen,
    )


def counts(states: Sequence[State], questions: Iterable[QuestionSpec]) -> dict[str, Count]:
    """The counts of all States for many questions, in one pass over the answers of each State."""
    outer = dict.fromkeys(Relation, 0)
    reported = []
    for state in states:
        away = outside(state)
        if away is None:
            reported.append((state.digest or {}).get("answers", {}))
        else:
            outer[away] += 1
    parties, asked = sum(state.is_party for state in states), sum(state.was_asked for state in states)
    found = {}
    for question in questions:
        relations = dict(outer)
        chosen = dict.fromkeys(question.values, 0)
        for answers in reported:
            value = answers.get(question.code, _MISSING)
            if value is _MISSING:
                relations[Relation.NOT_APPLICABLE] += 1
            elif value is None:
                relations[Relation.UNANSWERED] += 1
            elif isinstance(value, dict) and "cannot" in value:
                relations[Relation.CANNOT_ANSWER] += 1
            else:
                relations[Relation.ANSWERED] += 1
                if isinstance(value, str):
                    chosen[value] = chosen.get(value, 0) + 1
                elif isinstance(value, list):
                    for one in value:
                        chosen[one] = chosen.get(one, 0) + 1
        found[question.code] = Count(WHOLE, parties, asked, len(reported), relations, chosen)
    return found


_MISSING: Final = object()


def behind(
    states: Iterable[State], code: str, *, slice: Slice = WHOLE, said: Relation | None = None, value: str = ""
) -> tuple[State, ...]:
    """The States behind a number of a question: of a group, in a relation, with a value."""
    return tuple(
        state
        for state in states
        if slice.holds(state)
        and (said is None or relation(state, code) is said)
        and (not value or value in values(state, code))
    )
