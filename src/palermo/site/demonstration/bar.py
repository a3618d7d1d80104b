"""How far a long piece of work is: a bar with percent and time left on a terminal, plain lines everywhere else."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

WIDTH = 30
QUIET = 5.0
"""Seconds between two plain lines."""


class Stream(Protocol):
    """Where it is written: a stream of text, or the output of a command."""

    def write(self, text: str, /) -> object:
        """Writes a text."""
        ...

    def flush(self) -> object:
        """Shows what was written."""
        ...

    def isatty(self) -> bool:
        """Whether somebody watches on a terminal."""
        ...


@dataclass
class Bar:
    """One piece of work of a known size."""

    total: int
    stream: Stream
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _since: float | None = field(default=None, init=False)
    _from: int = field(default=0, init=False)
    _said: float = field(default=float("-inf"), init=False)
    _is_over: bool = field(default=False, init=False)

    def show(self, done: int, what: str = "") -> None:
        """Says that so much is done now; what was done before the first call counts for no speed."""
        now = self.clock()
        if self._since is None:
            self._since, self._from = now, done
        if self._is_over:
            return
        self.done = done
        finished = self._is_over = done >= self.total
        if self.stream.isatty():
            if finished or now - self._said >= 0.1:
                self._said = now
                filled = WIDTH if not self.total else min(WIDTH, WIDTH * done // self.total)
                bar = "█" * filled + "░" * (WIDTH - filled)
                self.stream.write(f"\r{bar} {self.percent:3d} %  {self.left(now):<14} {what:<16.16}\x1b[K")
                if finished:
                    self.stream.write("\n")
                self.stream.flush()
        elif finished or now - self._said >= QUIET:
            self._said = now
            parts = [f"{self.percent} %", self.left(now), what]
            self.stream.write(", ".join(part for part in parts if part) + "\n")
            self.stream.flush()

    @property
    def percent(self) -> int:
        """How much is done, in whole per cent; 100 only when all is."""
        return 100 if self.done >= self.total else min(99, 100 * self.done // self.total)

    def left(self, now: float) -> str:
        """How much longer it will take, if that can be said yet."""
        if self._since is None or self.done >= self.total:
            return ""
        passed, made = now - self._since, self.done - self._from
        if passed < 2 or made <= 0:
            return ""
        seconds = round(passed / made * (self.total - self.done))
        return f"{seconds // 60}:{seconds % 60:02d} left"
