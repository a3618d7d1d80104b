"""Reads content files: safe YAML that remembers the line of every value, and says what is wrong where.

A problem names the file, the line, the reason and the way out. Plain Python, for ``logic`` and ``exchange`` alike. The
dialect is the plain core of YAML 1.2: only ``true`` and ``false`` are truth values (so ``no``, ``on`` and ``yes`` are
words), numbers are decimal, dates are written ``2003-09-29``. Anchors, aliases, tags and repeated keys are refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

LIMIT: Final = 8 * 1024 * 1024
DEPTH: Final = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CODE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*\Z")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a file: where, what, and what to do about it."""

    file: str
    line: int
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line, as compilers write it."""
        return f"{self.file}:{self.line}: {self.reason}" + (f" {self.remedy}" if self.remedy else "")


class BadContent(Exception):
    """Files were refused; ``problems`` lists everything that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Collects problems, so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, line: int, reason: str, remedy: str = "") -> None:
        """Notes one problem."""
        self.found.append(Problem(file, line, reason, remedy))

    def raise_any(self) -> None:
        """Raises ``BadContent`` if anything was noted."""
        if self.found:
            raise BadContent(self.found)


class Located(dict[str, Any]):
    """A mapping that knows its own line and the line of each key."""

    line: int = 1
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line of a key, or of the mapping if the key is not there."""
        return self.lines.get(key, self.line)


class LocatedList(list[Any]):
    """A sequence that knows its own line and the line of each item."""

    line: int = 1
    lines: list[int]


def parse(data: bytes | str, file: str) -> Located:
    """The mapping that a file holds; raises ``BadContent`` if it is not one."""
    value = _parse(data, file)
    if not isinstance(value, Located):
        raise BadContent(
            [Problem(file, 1, "The file must hold keys with values, such as 'code: untoc'.", "See docs/formats.")]
        )
    return value


def parse_items(data: bytes | str, file: str, problems: Problems) -> list["Reader"]:
    """The mappings of a file that is one list, each with a reader; raises ``BadContent`` if it is no list."""
    value = _parse(data, file)
    if not isinstance(value, LocatedList):
        raise BadContent([Problem(file, 1, "The file must be a list, each item after a hyphen.", "See docs/formats.")])
    holder = Located(items=value)
    holder.lines = {"items": value.line}
    return Reader(holder, file, problems).items("items")


def decoded(data: bytes, file: str, remedy: str = "Save the file in the encoding UTF-8.") -> str:
    """The text of a file; refuses what is not UTF-8, with the line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadContent([Problem(file, line, "This is not UTF-8 text.", remedy)]) from error


def _parse(data: bytes | str, file: str) -> Any:
    if isinstance(data, str):
        data = data.encode()
    if len(data) > LIMIT:
        raise BadContent([Problem(file, 1, f"The file is larger than {LIMIT // 1024 // 1024} MB.", "Split it.")])
    text = decoded(data, file)
    loader = _Loader(text)
    try:
        for line, reason, remedy in _forbidden(text):
            raise BadContent([Problem(file, line, reason, remedy)])
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise BadContent(
            [
                Problem(
                    file,
                    mark.line + 1 if mark else 1,
                    f"This is not YAML: {said}.",
                    "Check the indentation, and put quotation marks around a text that holds ': ' or ' #'.",
                )
            ]
        ) from error
    except RecursionError as error:
        raise BadContent(
            [Problem(file, 1, "The values are nested too deeply.", "Flatten them; see docs/formats.")]
        ) from error
    except yaml.YAMLError as error:
        raise BadContent(
            [Problem(file, 1, f"This is not YAML: {' '.join(str(error).split())}.", "Remove it.")]
        ) from error
    finally:
        loader.dispose()
    problems = Problems()
    value = None if node is None else _value(node, file, problems, 0)
    problems.raise_any()
    return value


def shown(path: Path) -> str:
    """What messages call a file: the last two parts of its path."""
    return "/".join(path.parts[-2:])


def read(path: Path) -> Located:
    """The mapping in a file."""
    return parse(content(path), shown(path))


def read_items(path: Path, problems: Problems) -> list["Reader"]:
    """The mappings in a file that is one list."""
    return parse_items(content(path), shown(path), problems)


def content(path: Path) -> bytes:
    """The bytes of a file; raises ``BadContent`` if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadContent([Problem(shown(path), 1, "The file is missing.", "Create it; see docs/formats.")]) from error
    except OSError as error:
        raise BadContent(
            [Problem(shown(path), 1, f"The file cannot be read: {error.strerror}.", "Check its rights.")]
        ) from error


def _forbidden(text: str) -> Iterator[tuple[int, str, str]]:
    """Anchors, aliases, tags and deep nesting, found in the stream of events before anything is built or expanded.

    Composing nodes recurses in C: some hundred thousand brackets would end the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            yield line, "Anchors, aliases and tags are not used here.", "Write the value out."
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH:
                yield line, "The values are nested too deeply.", "Flatten them; see docs/formats."
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _value(node: yaml.Node, file: str, problems: Problems, depth: int) -> Any:
    line = node.start_mark.line + 1
    if depth > DEPTH:
        problems.add(file, line, "The values are nested too deeply.", "Flatten them; see docs/formats.")
        return None
    if isinstance(node, yaml.MappingNode):
        mapping = Located()
        mapping.line, mapping.lines = line, {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                problems.add(file, key_line, "A key must be a word.", "Put the text in quotation marks.")
                continue
            key = key_node.value
            if key in mapping:
                problems.add(
                    file, key_line, f"'{key}' stands here and on line {mapping.lines[key]}.", "Keep one of the two."
                )
                continue
            mapping.lines[key] = key_line
            mapping[key] = _value(value_node, file, problems, depth + 1)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        sequence = LocatedList()
        sequence.line, sequence.lines = line, []
        for item in node.value:
            sequence.lines.append(item.start_mark.line + 1)
            sequence.append(_value(item, file, problems, depth + 1))
        return sequence
    assert isinstance(node, yaml.ScalarNode)
    text = str(node.value)
    if node.style in {"'", '"', "|", ">"}:
        return text
    return _scalar(text, file, line, problems)


def _scalar(text: str, file: str, line: int, problems: Problems) -> Any:
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            problems.add(file, line, f"There is no day {text}.", "Write dates as year-month-day, such as 2003-09-29.")
    return text


class Reader:
    """Takes typed values out of a mapping and notes what is missing, of the wrong kind or unknown."""

    def __init__(self, data: Located, file: str, problems: Problems) -> None:
        self.data, self.file, self.problems = data, file, problems

    @property
    def line(self) -> int:
        """The line on which the mapping begins."""
        return self.data.line

    def problem(self, key: str, reason: str, remedy: str = "") -> None:
        """Notes a problem at the line of ``key``."""
        self.problems.add(self.file, self.data.line_of(key), reason, remedy)

    def only(self, *known: str) -> None:
        """Notes every key that is not known, since a misspelt key would be lost in silence."""
        for key in self.data:
            if key not in known:
                self.problem(key, f"'{key}' is not known here.", f"Known are: {', '.join(known)}.")

    def _take(self, key: str, kind: type | tuple[type, ...], wanted: str, required: bool) -> Any:
        value = self.data.get(key)
        if value is None:
            if required:
                self.problem(key, f"'{key}' is missing.", f"Write '{key}:' followed by {wanted}.")
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.problem(key, f"'{key}' must be {wanted}.", "If it is a text, put it in quotation marks.")
            return None
        return value

    def text(self, key: str, *, required: bool = True, limit: int = 0) -> str:
        """A text without surrounding space; empty if there is none."""
        value = self._take(key, str, "a text", required)
        text = "" if value is None else str(value).strip()
        if required and value is not None and not text:
            self.problem(key, f"'{key}' is empty.", "Write a text.")
        if limit and len(text) > limit:
            self.problem(key, f"'{key}' has {len(text)} characters; {limit} are allowed.", "Shorten it.")
        return text

    def code(self, key: str, *, required: bool = True) -> str:
        """A code: lower-case letters and digits, parts divided by dots or hyphens."""
        value = self.text(key, required=required)
        if value and not _CODE.match(value):
            self.problem(key, f"'{value}' is not a code.", "Use a-z, 0-9, dots and hyphens, such as untoc.5.1.")
            return ""
        return value

    def one_of(self, key: str, allowed: Sequence[str], *, required: bool = True, default: str = "") -> str:
        """One of a closed list of words."""
        value = self.text(key, required=required)
        if value and value not in allowed:
            self.problem(key, f"'{key}' is '{value}'.", f"Allowed are: {', '.join(allowed)}.")
            return default
        return value or default

    def integer(self, key: str, *, required: bool = True, default: int = 0, least: int | None = None) -> int:
        """A whole number."""
        value = self._take(key, int, "a whole number", required)
        if value is None:
            return default
        if least is not None and value < least:
            self.problem(key, f"'{key}' is {value}; it must be at least {least}.", "Correct the number.")
        return int(value)

    def day(self, key: str, *, required: bool = True) -> date | None:
        """A date."""
        value = self._take(key, date, "a date such as 2003-09-29", required)
        return value if isinstance(value, date) else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A truth value."""
        value = self._take(key, bool, "true or false", False)
        return default if value is None else bool(value)

    def words(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of words."""
        value = self._take(key, LocatedList, "a list in square brackets", required)
        found: list[str] = []
        for item, line in zip(value or (), value.lines if value is not None else (), strict=True):
            if isinstance(item, str) and item.strip():
                found.append(item.strip())
            else:
                self.problems.add(
                    self.file, line, f"The items of '{key}' must be words.", "Put them in quotation marks."
                )
        return tuple(found)

    def items(self, key: str, *, required: bool = True) -> list["Reader"]:
        """A list of mappings, each with a reader of its own."""
        value = self._take(key, LocatedList, "a list, each item after a hyphen", required)
        readers: list[Reader] = []
        for item, line in zip(value or (), value.lines if value is not None else (), strict=True):
            if isinstance(item, Located):
                readers.append(Reader(item, self.file, self.problems))
            else:
                self.problems.add(self.file, line, f"Each item of '{key}' must have keys.", "Write '- code: …'.")
        return readers

    def mapping(self, key: str, *, required: bool = True) -> "Reader":
        """A mapping under a key; an empty one if it is missing."""
        value = self._take(key, Located, "keys with values", required)
        if value is None:
            value = Located()
            value.line, value.lines = self.data.line_of(key), {}
        return Reader(value, self.file, self.problems)

    def mappings(self) -> Iterator[tuple[str, "Reader"]]:
        """Every key whose value must be a mapping."""
        for key in self.data:
            yield key, self.mapping(key)

    def texts(self) -> Mapping[str, str]:
        """Every key whose value must be a text."""
        return {key: self.text(key) for key in self.data}
