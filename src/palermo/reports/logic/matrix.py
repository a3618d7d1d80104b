"""The matrix: what every State said to every question, one word or value in each cell, narrowed by choice.

A cell holds the codes that were chosen, or a value, or the relation in which the State stands to the question
(``replies.Relation``); nothing is judged here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.rates import Cut, Slice
from palermo.reports.logic.replies import Relation, outside

# What a cell holds: codes, a number or a date as text, True for a text or rows, or why there is no answer.
Cell = str | tuple[str, ...] | bool | Relation


@dataclass(frozen=True)
class Filter:
    """What a matrix is narrowed to; empty is everything."""

    section: str = ""
    asks: str = ""
    kind: str = ""
    region: str = ""
    development: str = ""
    legal: str = ""
    reported: bool = False


@dataclass(frozen=True)
class Matrix:
    """The States and the questions that are left."""

    states: tuple[State, ...]
    questions: tuple[QuestionSpec, ...]


def matrix(dataset: Dataset, chosen: Filter) -> Matrix:
    """The States and questions that a filter leaves, in their order."""
    slices = [
        Slice(cut, "" if code == "-" else code)
        for cut, code in ((Cut.REGION, chosen.region), (Cut.LIST, chosen.development), (Cut.LEGAL, chosen.legal))
        if code
    ]
    states = dataset.where(
        lambda state: all(item.holds(state) for item in slices) and (state.has_reported or not chosen.reported)
    )
    return Matrix(states, questions(dataset.spec, chosen))


def questions(spec: VersionSpec, chosen: Filter) -> tuple[QuestionSpec, ...]:
    """The questions that a filter leaves; what wants no answer is not among them."""
    return tuple(
        question
        for question in spec
        if question.is_answered
        and (not chosen.section or question.section == chosen.section)
        and (not chosen.asks or question.asks.value == chosen.asks)
        and (not chosen.kind or question.kind.value == chosen.kind)
    )


def cells(state: State, asked: Sequence[QuestionSpec]) -> list[Cell]:
    """A State's row; the same relations as ``replies.relation``, found in one pass over its answers."""
    away = outside(state)
    if away is not None:
        return [away] * len(asked)
    answers: Mapping[str, Any] = (state.digest or {}).get("answers", {})
    return [cell(answers.get(question.code, _MISSING)) for question in asked]


_MISSING: Final = object()


def cell(value: Any) -> Cell:
    """What a digest says of one question, as it stands in a cell."""
    if isinstance(value, str):
        return value
    if value is None:
        return Relation.UNANSWERED
    if value is _MISSING:
        return Relation.NOT_APPLICABLE
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Mapping):
        if "cannot" in value:
            return Relation.CANNOT_ANSWER
        return ValueText(value.get("number") or value.get("date") or "")
    return True


class ValueText(str):
    """A number or a date that a State gave: a text that is no code of a choice."""

    __slots__ = ()


def plain(found: Cell) -> str:
    """A cell in a file: codes with spaces between them, a value, ``given``; a relation stands in brackets."""
    if isinstance(found, Relation):
        return f"({found.value})"
    if isinstance(found, tuple):
        return " ".join(found)
    return "given" if found is True else str(found)
