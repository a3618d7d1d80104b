"""Several processes that save the same revision of the same answer at the same moment, over HTTP."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.journeys.harness import Person, place_of

# A process made anew has nothing of ours: no connection, no lock, no thread.
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Attempt:
    """What one of the racers shall save, and what became of it."""

    section: str
    code: str
    base: int
    text: str
    status: int = 0
    reply: Mapping[str, Any] | None = None


def race(port: int, cookies: Mapping[str, str], state: str, start: Barrier, orders: Connection) -> None:
    """One racer: takes an attempt, waits until all are ready, saves, tells."""
    person = Person(port, cookies)
    place = place_of(state)
    # The line stands before the race begins.
    person.ask("GET", f"{place}")
    while (wanted := orders.recv()) is not None:
        start.wait(60)
        done = person.save(place, wanted.section, wanted.code, {"text": wanted.text}, wanted.base)
        orders.send(Attempt(wanted.section, wanted.code, wanted.base, wanted.text, done.status, done.json))


class Racers:
    """Processes that wait for a race, one per person."""

    def __init__(self, port: int, people: Sequence[Mapping[str, str]], state: str) -> None:
        self.start = SPAWN.Barrier(len(people))
        self.lines: list[Connection] = []
        self.processes = []
        for cookies in people:
            mine, theirs = SPAWN.Pipe()
            process = SPAWN.Process(target=race, args=(port, cookies, state, self.start, theirs), daemon=True)
            process.start()
            theirs.close()
            self.lines.append(mine)
            self.processes.append(process)

    def run(self, section: str, code: str, base: int, texts: Sequence[str]) -> list[Attempt]:
        """One race; what became of each attempt, in the order of the racers."""
        for line, text in zip(self.lines, texts, strict=True):
            line.send(Attempt(section, code, base, text))
        return [line.recv() for line in self.lines]

    def stop(self) -> None:
        """Send everybody home."""
        for line in self.lines:
            line.send(None)
        for process in self.processes:
            process.join(20)


@contextmanager
def racers(port: int, people: Sequence[Mapping[str, str]], state: str) -> Iterator[Racers]:
    """Racers for the length of a ``with`` block."""
    there = Racers(port, people, state)
    try:
        yield there
    finally:
        there.stop()
