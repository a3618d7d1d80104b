"""What silent States may need, by comparison with similar ones that reported: never a stated need, never mixed in.

For a silent State the States that reported are looked through for similar ones, in three steps: the same sub-region and
the same development lists; the same sub-region; the same regional group and the same development lists. The first step
with at least ``LEAST`` of them is taken; without one, nothing can be said. A type of assistance is named if at least
half of the similar States asked for it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from palermo.reports.logic.dataset import Dataset, State

LEAST: Final = 5
"""So many similar States must have reported before anything is said."""


class Likeness(StrEnum):
    """In what the similar States are like the silent one."""

    SUBREGION_AND_LISTS = "subregion_and_lists"
    SUBREGION = "subregion"
    REGION_AND_LISTS = "region_and_lists"


_ALIKE: Final[Mapping[Likeness, Callable[[State, State], bool]]] = {
    Likeness.SUBREGION_AND_LISTS: lambda a, b: bool(a.subregion) and a.subregion == b.subregion and a.lists == b.lists,
    Likeness.SUBREGION: lambda a, b: bool(a.subregion) and a.subregion == b.subregion,
    Likeness.REGION_AND_LISTS: lambda a, b: bool(a.group) and a.group == b.group and a.lists == b.lists,
}


@dataclass(frozen=True)
class InferredNeed:
    """A type of assistance that a silent State may need: nobody has asked for it."""

    type: str
    asked: int
    """How many of the similar States asked for it."""
    peers: int


@dataclass(frozen=True)
class Inference:
    """What can be said of one silent State."""

    state: State
    likeness: Likeness | None
    """None if too few similar States have reported: nothing can be said."""
    peers: tuple[State, ...] = ()
    needs: tuple[InferredNeed, ...] = ()


def inferred(found: Dataset) -> tuple[Inference, ...]:
    """For every silent State what similar States asked for, by name of the State."""
    return tuple(_inference(state, found.reported) for state in found.silent)


def _inference(silent: State, reported: Iterable[State]) -> Inference:
    everyone = tuple(reported)
    for likeness, alike in _ALIKE.items():
        peers = tuple(state for state in everyone if alike(silent, state))
        if len(peers) >= LEAST:
            return Inference(silent, likeness, peers, _needs(peers))
    return Inference(silent, None)


def _needs(peers: tuple[State, ...]) -> tuple[InferredNeed, ...]:
    """The types that at least half asked for, the most first, equal ones by code."""
    asked: dict[str, int] = {}
    for state in peers:
        for kind in _types(state.digest):
            asked[kind] = asked.get(kind, 0) + 1
    named = sorted((kind for kind in asked if asked[kind] * 2 >= len(peers)), key=lambda kind: (-asked[kind], kind))
    return tuple(InferredNeed(kind, asked[kind], len(peers)) for kind in named)


def _types(digest: Mapping[str, Any] | None) -> set[str]:
    return {item["type"] for item in (digest or {}).get("requests", ()) if item.get("type")}
