"""What conditions mean, for the answers there are.

``evaluate`` says yes or no, a missing answer counting as empty, and never raises; ``judge`` says yes, no, or that it
cannot be said while an answer is missing. The language itself is read and written by ``syntax``.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias

from palermo.questionnaires.logic.syntax import (
    EQUALITY,
    RELATIONAL,
    Binary,
    Call,
    ConditionError,
    Expression,
    Itself,
    Junction,
    Negative,
    Node,
    Number,
    Reference,
    Text,
    and_terms,
    parse,
    references,
    write,
)

__all__ = [
    "ConditionError",
    "Expression",
    "Value",
    "and_terms",
    "evaluate",
    "judge",
    "judge_node",
    "parse",
    "references",
    "write",
]

Value: TypeAlias = str | tuple[str, ...] | None

PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "e-mail": re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}"),
    "year": re.compile(r"[12][0-9]{3}"),
    "url": re.compile(r"https?://[^\s/]+\.[^\s]+"),
    "document-symbol": re.compile(r"[A-Z]+(?:/[A-Z0-9.()-]+)+"),
}
"""The named patterns that ``regex(value, 'name')`` knows; there are no others."""


class _Missing(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Missing.UNKNOWN
Result: TypeAlias = str | float | bool | tuple[str, ...] | _Missing

NUMBER: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def to_number(value: str | float | bool | tuple[str, ...]) -> float:
    """The value as a number; NaN for everything that is none, the empty text included."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    text = " ".join(value) if isinstance(value, tuple) else value
    text = text.strip()
    return float(text) if NUMBER.fullmatch(text) else math.nan


def to_text(value: str | float | bool | tuple[str, ...]) -> str:
    """The value as a text, numbers without needless decimals."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def to_truth(value: str | float | bool | tuple[str, ...]) -> bool:
    """The value as a condition: numbers that are neither zero nor NaN, and texts that are not empty, are true."""
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(value)


def _ordinal(value: str | float | bool | tuple[str, ...]) -> float | None:
    """The day's number if the value is a date."""
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return None
    try:
        return float(date.fromisoformat(value).toordinal())
    except ValueError:
        return None


class _Evaluation:
    """One evaluation: what is known, and what a missing answer counts as."""

    def __init__(self, values: Mapping[str, Value], missing: Result, today: date | None, itself: Value) -> None:
        self.values = values
        self.missing = missing
        self.today = today
        self.itself = itself

    def known(self, value: Value) -> Result:
        return self.missing if value is None else value

    def result(self, node: Node, lenient: bool) -> Result:
        match node:
            case Number(text):
                return float(text)
            case Text(text):
                return text
            case Reference(code):
                return self.known(self.values.get(code))
            case Itself():
                return self.known(self.itself)
            case Negative(operand):
                value = self.result(operand, False)
                return UNKNOWN if value is UNKNOWN else -to_number(value)
            case Junction(operator, terms):
                return self.junction(operator == "and", terms, lenient)
            case Binary(operator, left, right):
                if lenient and operator == "=" and self.in_part(left, right):
                    return True
                return self.binary(operator, self.result(left, False), self.result(right, False))
            case Call(name, arguments):
                return self.call(name, arguments, lenient)

    def truth(self, node: Node, lenient: bool) -> bool | None:
        value = self.result(node, lenient)
        return None if value is UNKNOWN else to_truth(value)

    def junction(self, conjunction: bool, terms: tuple[Node, ...], lenient: bool) -> Result:
        undecided = False
        for term in terms:
            truth = self.truth(term, lenient)
            if truth is None:
                undecided = True
            elif truth is not conjunction:
                return truth
        return UNKNOWN if undecided else conjunction

    def in_part(self, left: Node, right: Node) -> bool:
        """Whether this compares an answer ``in_part`` with ``yes`` or ``no``."""
        if isinstance(left, Text):
            left, right = right, left
        return (
            isinstance(left, Reference)
            and isinstance(right, Text)
            and right.text in {"yes", "no"}
            and self.values.get(left.code) == "in_part"
        )

    def binary(self, operator: str, left: Result, right: Result) -> Result:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if operator in EQUALITY:
            return _equal(left, right, operator == "=")
        first, second = to_number(left), to_number(right)
        if operator in RELATIONAL:
            days = _ordinal(left), _ordinal(right)
            if days[0] is not None and days[1] is not None:
                first, second = days[0], days[1]
            return {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[operator]
        return _arithmetic(operator, first, second)

    def call(self, name: str, arguments: tuple[Node, ...], lenient: bool) -> Result:
        if name == "if":
            return self.choose(arguments, lenient)
        if name == "today":
            return UNKNOWN if self.today is None else self.today.isoformat()
        known: list[str | float | bool | tuple[str, ...]] = []
        for argument in arguments:
            value = self.result(argument, False)
            if value is UNKNOWN:
                return UNKNOWN
            known.append(value)
        return _FUNCTIONS[name](known)

    def choose(self, arguments: tuple[Node, ...], lenient: bool) -> Result:
        condition = self.truth(arguments[0], False)
        if condition is not None:
            return self.result(arguments[1 if condition else 2], lenient)
        first, second = self.result(arguments[1], lenient), self.result(arguments[2], lenient)
        return first if type(first) is type(second) and first == second else UNKNOWN


def _equal(
    left: str | float | bool | tuple[str, ...], right: str | float | bool | tuple[str, ...], wanted: bool
) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return (to_truth(left) == to_truth(right)) is wanted
    if isinstance(left, float) or isinstance(right, float):
        first, second = to_number(left), to_number(right)
        return not math.isnan(first) and not math.isnan(second) and (first == second) is wanted
    return (to_text(left) == to_text(right)) is wanted


def _arithmetic(operator: str, first: float, second: float) -> float:
    if operator == "+":
        return first + second
    if operator == "-":
        return first - second
    if operator == "*":
        return first * second
    if operator == "div":
        if second == 0:
            return math.nan if math.isnan(first) or first == 0 else math.copysign(math.inf, first)
        return first / second
    return math.nan if second == 0 or not math.isfinite(first) or math.isnan(second) else math.fmod(first, second)


def _parts(value: str | float | bool | tuple[str, ...]) -> tuple[str, ...]:
    """The single values in a value: the codes chosen, the rows' figures, or the value itself unless it is empty."""
    if isinstance(value, tuple):
        return tuple(part for part in value if part != "")
    text = to_text(value)
    return (text,) if text else ()


def _round(values: list[str | float | bool | tuple[str, ...]]) -> float:
    number = to_number(values[0])
    digits = to_number(values[1]) if len(values) > 1 else 0.0
    if not math.isfinite(number) or not math.isfinite(digits):
        return number
    scale = 10.0 ** max(-15, min(15, int(digits)))
    scaled = number * scale + 0.5
    return math.floor(scaled) / scale if math.isfinite(scaled) else number


def _integer(value: str | float | bool | tuple[str, ...]) -> float:
    number = to_number(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def _matches(value: str, name: str) -> bool:
    pattern = PATTERNS.get(name)
    return pattern is not None and len(value) <= 2048 and pattern.fullmatch(value) is not None


_FUNCTIONS: Final[Mapping[str, Callable[[list[str | float | bool | tuple[str, ...]]], Result]]] = {
    "selected": lambda values: to_text(values[1]) in _parts(values[0]),
    "not": lambda values: not to_truth(values[0]),
    "regex": lambda values: _matches(to_text(values[0]), to_text(values[1])),
    "string-length": lambda values: float(len(to_text(values[0]))),
    "count-selected": lambda values: float(len(_parts(values[0]))),
    "true": lambda values: True,
    "false": lambda values: False,
    "number": lambda values: to_number(values[0]),
    "int": lambda values: _integer(values[0]),
    "coalesce": lambda values: values[0] if to_text(values[0]) != "" else values[1],
    "concat": lambda values: "".join(to_text(value) for value in values),
    "sum": lambda values: sum((to_number(part) for value in values for part in _parts(value)), 0.0),
    "count": lambda values: float(sum(len(_parts(value)) for value in values)),
    "round": _round,
}


def evaluate(expression: Expression, values: Mapping[str, Value], *, today: date, self_value: Value = None) -> bool:
    """Whether the condition holds for the answers there are; a missing one counts as empty. Never raises."""
    truth = _Evaluation(values, "", today, self_value).truth(expression.root, False)
    return bool(truth)


def judge(
    expression: Expression, values: Mapping[str, Value], *, lenient: bool = False, today: date | None = None
) -> bool | None:
    """Whether the condition holds, or ``None`` while it depends on an answer that is missing.

    An answer that is absent or ``None`` is missing; ``''`` is known to be empty (a question that does not apply). If
    ``lenient``, an answer ``in_part`` satisfies a comparison with ``yes`` or ``no``.
    """
    return judge_node(expression.root, values, lenient=lenient, today=today)


def judge_node(
    node: Node, values: Mapping[str, Value], *, lenient: bool = False, today: date | None = None
) -> bool | None:
    """As ``judge``, for a part of a condition."""
    return _Evaluation(values, UNKNOWN, today, None).truth(node, lenient)
