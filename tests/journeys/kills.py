"""Servers and database are killed while people save; whatever was acknowledged must still be there afterwards.

Several processes write over HTTP, each as another person of a team. The moment a reply has been read to its end, and
before anything else happens, it goes through a pipe to a process that does nothing but write acknowledgements down.
Meanwhile we send SIGKILL to a web process, to the parent of the web processes, to the postmaster, or to several at
once; nobody mends anything but ``./palermo serve`` itself. At the end the list is compared with the database.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from tests.journeys import harness
from tests.journeys.harness import Person, Serving, kill, place_of

SPAWN = multiprocessing.get_context("spawn")
RECOVERY = 10.0
PATIENCE = 60.0
PAUSE = 0.2
"""How long a writer waits before sending a text again; the script of the page waits longer."""
WRITERS = 3
"""Per State; there are two."""
SHARED = 6
"""So many questions of a State are written by all of its people, the others by one person each."""

Question = tuple[str, str]


# --- the processes -----------------------------------------------------------------------------------------------


def keep_list(lines: Sequence[Connection], target: str) -> None:
    """The process that writes down what was acknowledged, until all writers have gone."""
    left = list(lines)
    with Path(target).open("ab", buffering=0) as file:
        while left:
            for line in wait(left):
                assert isinstance(line, Connection)
                try:
                    file.write(line.recv_bytes() + b"\n")
                except EOFError:
                    left.remove(line)


@dataclass
class Writer:
    """One person who saves without pause, and never gives up a text before it is acknowledged."""

    name: str
    state: str
    port: int
    cookies: Mapping[str, str]
    own: Sequence[Question]
    shared: Sequence[Question]

    def run(self, acknowledged: Connection, stop: Event) -> None:
        """Save until told to stop."""
        chance = random.Random(self.name)
        person = Person(self.port, self.cookies, timeout=15)
        known: dict[str, int] = {}
        number = 0
        while not stop.is_set():
            section, code = chance.choice(self.shared if chance.random() < 0.15 else self.own)
            number += 1
            text = f"{self.name} writes no. {number}"
            known[code] = self.insist(person, section, code, text, known.get(code, 0), acknowledged)

    def insist(self, person: Person, section: str, code: str, text: str, base: int, acknowledged: Connection) -> int:
        """Send one text again and again, on the same base, until the site says what became of it; the new revision."""
        place = place_of(self.state)
        tries = 0
        while True:
            tries += 1
            sent = time.monotonic()
            try:
                reply = person.save(place, section, code, {"text": text}, base)
            except (OSError, http.client.HTTPException):
                time.sleep(PAUSE)
                continue
            if reply.status == 200:
                note = {"revision": reply.json["revision"]}
            elif reply.status == 409:
                note = {"revision": 0}
            else:
                note = {"odd": reply.status, "said": reply.text[:300]}
            got = time.monotonic()
            line = {
                **note, "writer": self.name, "state": self.state, "code": code, "text": text, "base": base,
                "sent": sent, "got": got, "tries": tries,
            }  # fmt: skip
            if reply.status < 500:
                acknowledged.send_bytes(json.dumps(line).encode())
            if reply.status == 200:
                return int(reply.json["revision"])
            if reply.status == 409:
                return self.look(person, section, code)
            time.sleep(PAUSE)

    def look(self, person: Person, section: str, code: str) -> int:
        """The revision that stands, from the page."""
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                return person.revisions(place_of(self.state), section)[code]
            time.sleep(PAUSE)


# --- what came of it ---------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """The counts of a run."""

    rounds: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    saves: int = 0
    kept_aside: int = 0
    resent: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def slowest(self) -> float:
        """The longest time until everybody could save again."""
        return max(self.recoveries, default=0.0)

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.gaps or self.odd) and self.slowest <= RECOVERY

    def say(self) -> str:
        """The counts, for people."""
        killed = ", ".join(f"{count} × {what}" for what, count in sorted(self.killed.items()))
        lines = [
            f"rounds of SIGKILL            {self.rounds} ({killed})",
            f"saves acknowledged           {self.saves}",
            f"  after being sent again     {self.resent}",
            f"kept beside (conflicts)      {self.kept_aside}",
            f"acknowledged and lost        {len(self.lost)}",
            f"acknowledged twice           {len(self.doubled)}",
            f"gaps in histories            {len(self.gaps)}",
            f"replies nobody expects       {len(self.odd)}",
            f"slowest recovery             {self.slowest:.1f} s (at most {RECOVERY:.0f}), middle "
            f"{sorted(self.recoveries)[len(self.recoveries) // 2] if self.recoveries else 0:.1f} s",
            f"time                         {self.seconds:.0f} s",
        ]
        bad = [*self.lost, *self.doubled, *self.gaps, *self.odd]
        return "\n".join([*lines, *bad[:10]])

    def data(self) -> dict[str, Any]:
        """The counts, for programs."""
        return {**asdict(self), "killed": dict(self.killed), "slowest": self.slowest, "good": self.is_good}


def compare(outcome: Outcome, notes: Sequence[Mapping[str, Any]], database: Any) -> None:
    """What was acknowledged against what is there."""
    found = database.execute(
        "SELECT lower(p.code), v.code, v.number, v.set_aside, v.content->>'text' FROM responses_answerrevision v "
        "JOIN responses_response r ON r.id = v.response_id JOIN parties_party p ON p.id = r.party_id"
    ).fetchall()
    history = {(state, code, number): text for state, code, number, aside, text in found if not aside}
    texts = {(state, code, text) for state, code, _number, _aside, text in found}
    acknowledged: dict[tuple[str, str, int], str] = {}
    for note in notes:
        if "odd" in note:
            outcome.odd.append(f"{note['writer']}: {note['odd']} {note['said']}")
            continue
        place = (note["state"], note["code"], note["revision"])
        outcome.resent += note["tries"] > 1
        if not note["revision"]:
            outcome.kept_aside += 1
            if (note["state"], note["code"], note["text"]) not in texts:
                outcome.lost.append(f"{note['writer']}: {note['text']!r} was to be kept beside {note['code']}")
            continue
        outcome.saves += 1
        if place in acknowledged:
            outcome.doubled.append(f"{place}: {acknowledged[place]!r} and {note['text']!r}")
        acknowledged[place] = note["text"]
        if history.get(place) != note["text"]:
            outcome.lost.append(f"{place}: acknowledged {note['text']!r}, there is {history.get(place)!r}")
    standing = database.execute(
        "SELECT lower(p.code), a.code, a.revision, a.content->>'text' FROM responses_answer a "
        "JOIN responses_response r ON r.id = a.response_id JOIN parties_party p ON p.id = r.party_id"
    ).fetchall()
    numbers: dict[tuple[str, str], list[int]] = {}
    for state, code, number in history:
        numbers.setdefault((state, code), []).append(number)
    for state, code, revision, text in standing:
        if sorted(numbers.pop((state, code), [])) != list(range(1, revision + 1)):
            outcome.gaps.append(f"{state} {code}: the history does not run from 1 to {revision}")
        if history.get((state, code, revision)) != text:
            outcome.gaps.append(f"{state} {code}: the answer is not its revision {revision}")
    outcome.gaps += [f"{place}: a history without an answer" for place in numbers]


# --- the run -----------------------------------------------------------------------------------------------------

Victims = Callable[[Serving], Sequence[int | None]]

VICTIMS: dict[str, Victims] = {
    "a web process": lambda serving: serving.web_workers()[:1],
    "the postmaster": lambda serving: [serving.postmaster()],
    "the parent of the web processes": lambda serving: [serving.web_parent()],
    "all web processes": lambda serving: serving.web_workers(),
    "postmaster and web at once": lambda serving: [serving.postmaster(), serving.web_parent()],
}


class Notes:
    """The list of acknowledgements, read as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[dict[str, Any]] = []
        self._read = 0

    def more(self) -> list[dict[str, Any]]:
        """Everything that is complete by now."""
        with self.path.open("rb") as file:
            file.seek(self._read)
            whole, newline, _rest = file.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        self.notes += [json.loads(line) for line in whole.splitlines()]
        return self.notes

    def saves(self) -> int:
        """How many saves were acknowledged by now."""
        return sum(bool(note.get("revision")) for note in self.more())


def _wait_for(what: str, test: Callable[[], bool], serving: Serving, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not test():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {patience:.0f} s.\n{serving.log.read_text()[-4000:]}")
        time.sleep(0.05)


def one_round(serving: Serving, notes: Notes, writers: Sequence[str], what: str) -> float:
    """Kill, and wait until all is well again; the seconds until everybody could save again."""
    victims = [pid for pid in VICTIMS[what](serving) if pid is not None]
    begin = time.monotonic()
    for pid in victims:
        kill(pid)
    seen = len(notes.notes)

    first: dict[str, float] = {}

    def all_is_well() -> bool:
        for note in notes.more()[seen:]:
            if "odd" not in note and note["sent"] > begin:
                first.setdefault(note["writer"], note["got"])
        return set(first) == set(writers) and serving.is_whole() and not set(victims) & set(_processes(serving))

    _wait_for(f"healing after the death of {what}", all_is_well, serving)
    return max(first.values()) - begin


def _processes(serving: Serving) -> list[int]:
    return [pid for pid in (serving.postmaster(), serving.web_parent(), *serving.web_workers()) if pid is not None]


def make_writers(serving: Serving, facts: Mapping[str, Any]) -> list[Writer]:
    """People of both States; every question belongs to one of them, a few to all."""
    questions = [(section, code) for section, codes in facts["sections"].items() for code in codes]
    shared, rest = questions[:SHARED], questions[SHARED:]
    return [
        Writer(
            name=f"{state}-{number}",
            state=state,
            port=serving.port,
            cookies=Person(serving.port).sign_in(facts["team"][state][number]).cookies,
            own=rest[number::WRITERS],
            shared=shared,
        )
        for state in facts["team"]
        for number in range(WRITERS)
    ]


def run_kills(*, rounds: int, saves: int = 0, seed: int | None = None, say: Callable[[str], object] = print) -> Outcome:
    """The whole test: a world of its own, its writers, its deaths, and the comparison."""
    outcome = Outcome()
    chance = random.Random(seed)
    order = [what for _turn in range(-(-rounds // len(VICTIMS))) for what in chance.sample(list(VICTIMS), len(VICTIMS))]
    begin = time.monotonic()
    with harness.new_world() as world, tempfile.TemporaryDirectory() as folder:
        facts = harness.run_in(world, "tests.journeys.stage")
        world.close()  # Only the watched process uses the database from here on.
        path = Path(folder) / "acknowledged"
        path.touch()
        with Serving(world) as serving:
            writers = make_writers(serving, facts)
            stop = SPAWN.Event()
            pipes = [SPAWN.Pipe(duplex=False) for _ in writers]
            listing = SPAWN.Process(target=keep_list, args=([mine for mine, _theirs in pipes], str(path)))
            listing.start()
            processes = [
                SPAWN.Process(target=writer.run, args=(theirs, stop), daemon=True)
                for writer, (_mine, theirs) in zip(writers, pipes, strict=True)
            ]
            for process in processes:
                process.start()
            for mine, theirs in pipes:
                mine.close()
                theirs.close()
            notes = Notes(path)
            names = [writer.name for writer in writers]
            try:
                _wait_for("the first saves", lambda: {n["writer"] for n in notes.more()} == set(names), serving)
                for number, what in enumerate(order[:rounds], 1):
                    wanted = saves * number // rounds
                    _wait_for("enough saves", lambda: notes.saves() >= wanted, serving, 600)  # noqa: B023
                    time.sleep(chance.uniform(0.2, 1.5))
                    outcome.recoveries.append(one_round(serving, notes, names, what))
                    outcome.rounds += 1
                    outcome.killed[what] += 1
                    say(f"round {number}: {what}, back after {outcome.recoveries[-1]:.1f} s; {notes.saves()} saves")
            finally:
                stop.set()
                for process in processes:
                    process.join(PATIENCE)
                    process.kill()
                listing.join(PATIENCE)
                listing.kill()
            # Once more, so that the last acknowledgements too have to come from the disk.
            dead = serving.postmaster()
            kill(dead)
            cluster = world.cluster
            assert cluster is not None
            _wait_for("the database", lambda: serving.postmaster() != dead and cluster.is_ready(), serving)
            with cluster.connect(database=world.database) as database:
                compare(outcome, notes.more(), database)
    outcome.seconds = time.monotonic() - begin
    return outcome


def wanted_from_environment() -> dict[str, int]:
    """How much is to be done: ten rounds, unless ``PALERMO_KILL_ROUNDS`` and ``PALERMO_KILL_SAVES`` say otherwise."""
    return {
        "rounds": int(os.environ.get("PALERMO_KILL_ROUNDS", "10")),
        "saves": int(os.environ.get("PALERMO_KILL_SAVES", "0")),
    }
