"""What is wrong with a condition that can be read: the checker that speaks before a version may be published."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import Enum
from typing import Final

from palermo.questionnaires.logic.conditions import DATE, PATTERNS
from palermo.questionnaires.logic.spec import CHOICE_KINDS, FIXED_VALUES, ROW_KINDS, Kind
from palermo.questionnaires.logic.syntax import (
    COMPARISONS,
    EQUALITY,
    Binary,
    Call,
    Expression,
    Itself,
    Junction,
    Negative,
    Node,
    Number,
    Reference,
    Text,
    walk,
    write,
)


class Place(Enum):
    """Where a condition stands; each place allows something else."""

    RELEVANT = "relevant"
    CONSTRAINT = "constraint"
    RULE = "met_when"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a condition: the column (from 1), the reason and the way out."""

    column: int
    reason: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Answerable:
    """What the checker must know of a question: its kind and the codes of its choices."""

    kind: Kind
    values: tuple[str, ...]


class Sort(Enum):
    """What kind of value a part of a condition gives."""

    CONDITION = "a condition"
    NUMBER = "a number"
    TEXT = "a text"
    DATE = "a date"
    CHOICE = "one choice"
    CHOICES = "several choices"
    ROWS = "rows"
    ANY = "a value"


SORT_OF_KIND: Final[Mapping[Kind, Sort]] = {
    **dict.fromkeys(FIXED_VALUES, Sort.CHOICE),
    **dict.fromkeys(ROW_KINDS, Sort.ROWS),
    Kind.CHOICE: Sort.CHOICE,
    Kind.CHOICES: Sort.CHOICES,
    Kind.NUMBER: Sort.NUMBER,
    Kind.DATE: Sort.DATE,
    Kind.TEXT: Sort.TEXT,
    Kind.NOTE: Sort.ANY,
}
SORT_OF_CALL: Final[Mapping[str, Sort]] = {
    **dict.fromkeys(("selected", "not", "regex", "true", "false"), Sort.CONDITION),
    **dict.fromkeys(("string-length", "count-selected", "number", "int", "sum", "count", "round"), Sort.NUMBER),
    "today": Sort.DATE,
    "concat": Sort.TEXT,
}


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A sentence that proposes the nearest known word, or the other way out."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f"Did you mean {near[0]}?" if near else otherwise


def check_condition(
    expression: Expression,
    *,
    place: Place,
    questions: Mapping[str, Answerable],
    itself: str = "",
    unread: frozenset[str] = frozenset(),
) -> list[Fault]:
    """Everything wrong with the condition, given the questions it may refer to and the one it belongs to.

    ``unread`` are codes of questions that exist but could not be read; nothing is said about them.
    """
    return _Checker(place, questions, itself, unread).check(expression.root)


class _Checker:
    def __init__(self, place: Place, questions: Mapping[str, Answerable], itself: str, unread: frozenset[str]) -> None:
        self.unread = unread
        self.place = place
        self.questions = questions
        self.itself = itself

    def check(self, root: Node) -> list[Fault]:
        faults = list(self.condition(root))
        for node in walk(root):
            faults.extend(self.node(node))
        return sorted(faults, key=lambda fault: fault.column)

    # What each part gives

    def question(self, node: Node) -> Answerable | None:
        if isinstance(node, Reference):
            return self.questions.get(node.code)
        return self.questions.get(self.itself) if isinstance(node, Itself) else None

    def sort(self, node: Node) -> Sort:
        match node:
            case Number() | Negative():
                return Sort.NUMBER
            case Text():
                return Sort.TEXT
            case Reference() | Itself():
                question = self.question(node)
                return SORT_OF_KIND[question.kind] if question else Sort.ANY
            case Junction():
                return Sort.CONDITION
            case Binary(operator):
                return Sort.CONDITION if operator in COMPARISONS else Sort.NUMBER
            case Call("if", (_, first, second)) | Call("coalesce", (first, second)):
                sort = self.sort(first)
                return sort if sort is self.sort(second) else Sort.ANY
            case Call(name):
                return SORT_OF_CALL[name]

    # What is wrong

    def condition(self, node: Node) -> Iterator[Fault]:
        """The node stands where a condition is wanted."""
        if self.sort(node) is Sort.CONDITION:
            return
        written = write(node)
        if isinstance(node, Reference | Itself):
            yield Fault(node.column, f"{written} alone is not a condition.", f"Always compare: {written} = 'yes'.")
        else:
            yield Fault(node.column, f"{_short(written)} gives a value, not a condition.", "Compare it with something.")

    def node(self, node: Node) -> Iterator[Fault]:
        match node:
            case Reference():
                yield from self.reference(node)
            case Itself() if self.place is not Place.CONSTRAINT:
                yield Fault(
                    node.column, "The dot, the answer itself, has no meaning here.", "Write ${code} of a question."
                )
            case Junction(_, terms):
                for term in terms:
                    yield from self.condition(term)
            case Binary(operator, left, right) if operator in COMPARISONS:
                yield from self.comparison(node, left, right)
            case Binary(operator, left, right):
                yield from self.number(left, operator)
                yield from self.number(right, operator)
            case Negative(operand):
                yield from self.number(operand, "-")
            case Call():
                yield from self.call(node)

    def reference(self, node: Reference) -> Iterator[Fault]:
        question = self.questions.get(node.code)
        if node.code in self.unread:
            return
        if question is None:
            way = did_you_mean(node.code, self.questions, "Refer to a question of this questionnaire.")
            yield Fault(node.column, f"There is no question {node.code}.", way)
        elif question.kind is Kind.NOTE:
            yield Fault(node.column, f"{node.code} is a note and has no answer.", "Refer to another question.")
        elif node.code == self.itself and self.place is Place.RELEVANT:
            yield Fault(node.column, "The question depends on itself.", "Refer to another question.")

    def number(self, node: Node, operator: str) -> Iterator[Fault]:
        sort = self.sort(node)
        if sort not in {Sort.NUMBER, Sort.ANY}:
            way = f"Write number({write(node)})." if sort is Sort.TEXT else "Calculate with numbers only."
            yield Fault(node.column, f"{_short(write(node))} is {sort.value}; '{operator}' needs numbers.", way)

    def comparison(self, node: Binary, left: Node, right: Node) -> Iterator[Fault]:
        for one, other in ((left, right), (right, left)):
            fault = self.side(node, one, other)
            if fault is not None:
                yield fault
                return

    def side(self, node: Binary, one: Node, other: Node) -> Fault | None:
        sort, opposite, equality = self.sort(one), self.sort(other), node.operator in EQUALITY
        literal = other.text if isinstance(other, Text) else None
        emptiness = equality and literal == ""
        written = write(one)
        if sort is Sort.CONDITION and opposite not in {Sort.CONDITION, Sort.ANY}:
            return Fault(
                node.column, f"A condition is compared with {opposite.value}.", "Join conditions with and, or, not()."
            )
        if emptiness:
            return None
        if sort is Sort.CHOICES:
            return Fault(one.column, f"{written} holds several choices.", f"Write selected({written}, 'code').")
        if sort is Sort.ROWS:
            return Fault(one.column, f"{written} holds rows.", f"Count them: count({written}) > 0.")
        if sort is Sort.CHOICE:
            return self.choice(node, one, other)
        if sort is Sort.NUMBER and literal is not None:
            return Fault(
                other.column, f"A number is compared with the text '{literal}'.", "Write the number without quotes."
            )
        if sort is Sort.DATE and literal is not None and not _is_date(literal):
            return Fault(other.column, f"A date is compared with '{literal}'.", "Write dates like '2026-12-31'.")
        if sort is Sort.DATE and opposite is Sort.NUMBER:
            return Fault(other.column, "A date is compared with a number.", "Write dates like '2026-12-31'.")
        if sort is Sort.TEXT and not equality and literal is None and opposite is not Sort.DATE:
            return Fault(
                one.column, f"{_short(written)} is a text and has no size.", f"Write number({_short(written)})."
            )
        return None

    def choice(self, node: Binary, one: Node, other: Node) -> Fault | None:
        if node.operator not in EQUALITY:
            return Fault(node.column, f"The choices of {write(one)} have no order.", "Compare them with = or != .")
        if isinstance(other, Text):
            return self.code(one, other)
        if self.sort(other) in {Sort.CHOICE, Sort.ANY, Sort.TEXT}:
            return None
        return Fault(
            other.column,
            f"{write(one)} is compared with {self.sort(other).value}.",
            "Compare it with a code in quotes.",
        )

    def code(self, one: Node, literal: Text) -> Fault | None:
        question = self.question(one)
        if question is None or not question.values or literal.text in question.values:
            return None
        listed = f"Its choices are: {', '.join(question.values)}."
        return Fault(
            literal.column,
            f"'{literal.text}' is no choice of {write(one)}.",
            did_you_mean(literal.text, question.values, listed),
        )

    def call(self, node: Call) -> Iterator[Fault]:
        first = node.arguments[0] if node.arguments else None
        if first is None:
            if node.name == "today" and self.place is Place.RULE:
                yield Fault(
                    node.column, "Whether a duty is fulfilled cannot depend on the day of reading.", "Remove today()."
                )
        elif node.name in {"not", "if"}:
            yield from self.condition(first)
        elif node.name == "selected":
            yield from self.selected(node, first, node.arguments[1])
        elif node.name == "count-selected" and self.sort(first) not in {Sort.CHOICES, Sort.ANY}:
            yield Fault(
                first.column, f"{_short(write(first))} is not a question with several choices.", "Use = or count()."
            )
        elif node.name == "regex":
            name = node.arguments[1]
            if not isinstance(name, Text) or name.text not in PATTERNS:
                yield Fault(
                    name.column, "regex() takes the name of a pattern.", f"The names are: {', '.join(PATTERNS)}."
                )

    def selected(self, node: Call, first: Node, second: Node) -> Iterator[Fault]:
        question = self.question(first)
        if not isinstance(first, Reference | Itself) or (question and question.kind not in CHOICE_KINDS):
            way = f"Write {write(first)} = 'yes'." if question and question.values else "Compare it with = instead."
            yield Fault(
                first.column, f"selected() needs a question with choices; {_short(write(first))} has none.", way
            )
        elif not isinstance(second, Text):
            yield Fault(
                second.column,
                "selected() needs the code of a choice in quotes.",
                f"Write selected({write(first)}, 'code').",
            )
        else:
            fault = self.code(first, second)
            if fault is not None:
                yield fault


def _is_date(text: str) -> bool:
    try:
        return DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _short(written: str) -> str:
    return written if len(written) <= 60 else f"{written[:57]}…"
