"""The language of conditions: a small strict subset of XPath 1.0 as XLSForm writes it, read into a frozen tree.

The language is described in ``docs/formats/questionnaire.md``; ``conditions`` says what a tree means.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, TypeAlias

MAX_LENGTH: Final = 8000
MAX_DEPTH: Final = 60
CODE: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")

FUNCTIONS: Final[Mapping[str, tuple[int, int | None]]] = {
    "selected": (2, 2),
    "not": (1, 1),
    "if": (3, 3),
    "regex": (2, 2),
    "string-length": (1, 1),
    "count-selected": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    "today": (0, 0),
    "number": (1, 1),
    "int": (1, 1),
    "coalesce": (2, 2),
    "concat": (1, None),
    "sum": (1, None),
    "count": (1, None),
    "round": (1, 2),
}
"""Each function with the least and the greatest number of its arguments (``None``: any number)."""


class ConditionError(ValueError):
    """A condition that cannot be read: the column (from 1), the reason and the way out."""

    def __init__(self, column: int, reason: str, way_out: str) -> None:
        super().__init__(f"column {column}: {reason} {way_out}")
        self.column = column
        self.reason = reason
        self.way_out = way_out


# ── The tree ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    text: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    text: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """The answer to another question, ``${code}``."""

    code: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Itself:
    """The answer that a constraint judges, ``.``."""

    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple["Node", ...]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus sign before a value."""

    operand: "Node"
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two values and a comparison or an arithmetic operator between them."""

    operator: str
    left: "Node"
    right: "Node"
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Junction:
    """Two or more conditions joined by ``and``, or by ``or``."""

    operator: str
    terms: tuple["Node", ...]
    column: int = field(default=0, compare=False)


Node: TypeAlias = Number | Text | Reference | Itself | Call | Negative | Binary | Junction


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition: what was written and the tree that it means."""

    source: str
    root: Node

    def __str__(self) -> str:
        return self.source


EQUALITY: Final = frozenset({"=", "!="})
RELATIONAL: Final = frozenset({"<", "<=", ">", ">="})
COMPARISONS: Final = EQUALITY | RELATIONAL
STRENGTH: Final[Mapping[str, int]] = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
}
"""How tightly each operator binds, as in XPath: all of them group from the left."""
NEGATIVE: Final = 7


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<reference>\$\{[^}]*\})
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
    |(?P<symbol><=|>=|!=|[=<>+*(),.-])""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(source):
        match = TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), position + 1))
        position = match.end()
    found.append(_Token("end", "", len(source) + 1))
    return found


def _unreadable(source: str, position: int) -> ConditionError:
    character, column = source[position], position + 1
    if character in "'\"":
        return ConditionError(column, "A text begins here and has no closing quote.", f"Close it with {character} .")
    if source.startswith("${", position):
        return ConditionError(column, "A reference begins here and is not closed.", "Write ${code}.")
    if character in "‘’“”":
        return ConditionError(
            column, f"The quote {character} is a typographic one.", "Use the straight quotes ' or \"."
        )
    if character == "!":
        return ConditionError(column, "An exclamation mark alone means nothing here.", "Write != or not(…).")
    ways = {"&": "and", "|": "or", "/": "div", "%": "mod"}
    way = f"Write {ways[character]} ." if character in ways else "Remove it."
    return ConditionError(column, f"The character {character!r} has no meaning in a condition.", way)


class _Parser:
    """Reads tokens by the strength of their operators; one pair of calls per level of nesting."""

    def __init__(self, source: str) -> None:
        self.tokens = _tokens(source)
        self.position = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def advance(self) -> _Token:
        token = self.token
        self.position += 1
        return token

    def condition(self) -> Node:
        if self.token.kind == "end":
            raise ConditionError(1, "The condition is empty.", "Write one, or remove the key.")
        node, _ = self.binary(0, 1)
        if self.token.kind != "end":
            raise self.unexpected("the end of the condition or an operator")
        return node

    def binary(self, least: int, nesting: int) -> tuple[Node, int]:
        if nesting > MAX_DEPTH:
            raise self.too_deep(self.token.column)
        left, depth = self.operand(nesting)
        while True:
            operator = self.token
            strength = STRENGTH.get(operator.text, 0) if operator.kind in {"symbol", "name"} else 0
            if strength == 0 or strength <= least:
                return left, depth
            if operator.text in {"and", "or"}:
                left, depth = self.junction(left, depth, operator, strength, nesting)
                continue
            self.advance()
            right, right_depth = self.binary(strength, nesting + 1)
            left, depth = Binary(operator.text, left, right, operator.column), max(depth, right_depth) + 1
            if depth > MAX_DEPTH:
                raise self.too_deep(operator.column)

    def junction(self, left: Node, depth: int, first: _Token, strength: int, nesting: int) -> tuple[Node, int]:
        terms = [left]
        while self.token.kind == "name" and self.token.text == first.text:
            self.advance()
            term, term_depth = self.binary(strength, nesting + 1)
            terms.append(term)
            depth = max(depth, term_depth)
        if depth + 1 > MAX_DEPTH:
            raise self.too_deep(first.column)
        return Junction(first.text, tuple(terms), first.column), depth + 1

    def operand(self, nesting: int) -> tuple[Node, int]:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Number(token.text, token.column), 1
        if token.kind == "text":
            self.advance()
            return Text(token.text[1:-1], token.column), 1
        if token.kind == "reference":
            self.advance()
            return self.reference(token), 1
        if token.kind == "name":
            return self.call(nesting)
        if token.text == ".":
            self.advance()
            return Itself(token.column), 1
        if token.text == "-":
            self.advance()
            operand, depth = self.binary(NEGATIVE - 1, nesting + 1)
            if depth + 1 > MAX_DEPTH:
                raise self.too_deep(token.column)
            return Negative(operand, token.column), depth + 1
        if token.text == "(":
            self.advance()
            node, depth = self.binary(0, nesting + 1)
            self.expect(")", f"the bracket of column {token.column} to be closed")
            return node, depth
        raise self.unexpected("a value, a reference or a function")

    def reference(self, token: _Token) -> Reference:
        code = token.text[2:-1].strip()
        if not CODE.fullmatch(code):
            raise ConditionError(
                token.column,
                f"{code!r} is not the code of a question.",
                "Codes are small letters and digits, joined by dots and hyphens.",
            )
        return Reference(code, token.column)

    def call(self, nesting: int) -> tuple[Node, int]:
        name = self.advance()
        if name.text in STRENGTH:
            raise ConditionError(
                name.column, f"There is nothing before {name.text!r}.", "Put a condition or value before it."
            )
        if self.token.text != "(" or self.token.kind != "symbol":
            raise ConditionError(
                name.column,
                f"The word {name.text!r} stands alone.",
                f"Write '{name.text}' for a text, ${{{name.text}}} for an answer, {name.text}(…) for a function.",
            )
        if name.text not in FUNCTIONS:
            near = get_close_matches(name.text.lower(), FUNCTIONS, n=1)
            way = f"Did you mean {near[0]}()?" if near else f"There are: {', '.join(FUNCTIONS)}."
            raise ConditionError(name.column, f"There is no function {name.text}().", way)
        self.advance()
        arguments: list[Node] = []
        depth = 0
        if self.token.text != ")" or self.token.kind != "symbol":
            while True:
                argument, argument_depth = self.binary(0, nesting + 1)
                arguments.append(argument)
                depth = max(depth, argument_depth)
                if self.token.text != "," or self.token.kind != "symbol":
                    break
                self.advance()
        self.expect(")", f"a comma, or the bracket of {name.text}() to be closed")
        least, most = FUNCTIONS[name.text]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            wanted = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
            raise ConditionError(
                name.column,
                f"{name.text}() has {len(arguments)} argument(s) and takes {wanted}.",
                "Add or remove arguments.",
            )
        if depth + 1 > MAX_DEPTH:
            raise self.too_deep(name.column)
        return Call(name.text, tuple(arguments), name.column), depth + 1

    def expect(self, symbol: str, wanted: str) -> None:
        if self.token.kind != "symbol" or self.token.text != symbol:
            raise self.unexpected(wanted)
        self.advance()

    def unexpected(self, wanted: str) -> ConditionError:
        token = self.token
        found = "The condition ends" if token.kind == "end" else f"There is {token.text!r}"
        if token.text in {"==", "="} and self.position and self.tokens[self.position - 1].text == "=":
            return ConditionError(token.column, "There are two equals signs.", "Write one: = .")
        return ConditionError(token.column, f"{found} where I expected {wanted}.", "Complete or correct this place.")

    def too_deep(self, column: int) -> ConditionError:
        return ConditionError(
            column, f"The condition is nested more than {MAX_DEPTH} levels deep.", "Split it into several questions."
        )


def parse(source: str) -> Expression:
    """The condition as a tree; raises ``ConditionError`` with the column where it cannot be read."""
    if len(source) > MAX_LENGTH:
        raise ConditionError(
            MAX_LENGTH + 1,
            f"The condition has {len(source)} characters; {MAX_LENGTH} are allowed.",
            "Ask an intermediate question and refer to it.",
        )
    return Expression(source.strip(), _Parser(source).condition())


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(node: Node) -> str:
    """The tree in its one canonical spelling; reading it again gives an equal tree."""
    match node:
        case Number(text):
            return text
        case Text(text):
            return f'"{text}"' if "'" in text else f"'{text}'"
        case Reference(code):
            return f"${{{code}}}"
        case Itself():
            return "."
        case Call(name, arguments):
            return f"{name}({', '.join(write(argument) for argument in arguments)})"
        case Negative(operand):
            return f"-{_bracketed(operand, NEGATIVE)}"
        case Binary(operator, left, right):
            strength = STRENGTH[operator]
            return f"{_bracketed(left, strength)} {operator} {_bracketed(right, strength + 1)}"
        case Junction(operator, terms):
            strength = STRENGTH[operator]
            return f" {operator} ".join(_bracketed(term, strength + 1) for term in terms)


def _bracketed(node: Node, least: int) -> str:
    strength = NEGATIVE + 1
    if isinstance(node, Binary | Junction):
        strength = STRENGTH[node.operator]
    elif isinstance(node, Negative):
        strength = NEGATIVE
    return f"({write(node)})" if strength < least else write(node)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        match current:
            case Call(_, arguments):
                pending.extend(reversed(arguments))
            case Negative(operand):
                pending.append(operand)
            case Binary(_, left, right):
                pending.extend((right, left))
            case Junction(_, terms):
                pending.extend(reversed(terms))


def references(expression: Expression) -> frozenset[str]:
    """The codes of the questions that the condition refers to."""
    return frozenset(node.code for node in walk(expression.root) if isinstance(node, Reference))


def and_terms(node: Node) -> tuple[Node, ...]:
    """The terms that must all hold, at the top of the condition (one term if there is no ``and``)."""
    if isinstance(node, Junction) and node.operator == "and":
        return tuple(term for child in node.terms for term in and_terms(child))
    return (node,)
