"""Which questions of a section a person may change: two bodies may hold one section, by aspect (decisions, 12)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol


class HasAspect(Protocol):
    """What this rule needs to know of a question."""

    @property
    def asks(self) -> Any:
        """The aspect, as a string enum."""
        ...


@dataclass(frozen=True)
class Part:
    """How much of a section somebody works on: the whole of it, or the questions of certain aspects."""

    whole: bool = False
    aspects: frozenset[str] = frozenset()


WHOLE = Part(whole=True)
NOTHING = Part()


def part_of(*, may_answer: bool, assigned: Collection[str] | None, above: bool = False) -> Part:
    """The part of a section that is somebody's.

    ``above`` says that the person answers for the whole response (the focal point, a deputy); ``assigned`` are the
    aspects handed over, empty for the whole section and ``None`` if the section was not handed over by name.
    """
    if not may_answer:
        return NOTHING
    if above or not assigned:
        return WHOLE
    return Part(aspects=frozenset(assigned))


def may_edit(part: Part, question: HasAspect) -> bool:
    """Whether the question belongs to the part."""
    return part.whole or str(question.asks) in part.aspects
