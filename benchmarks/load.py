"""Load from outside: so many requests a second, whether or not the ones before have been answered.

The moments of arrival are drawn before the run and do not depend on the answers, and a request's time counts from the
moment at which it was planned: where the server is slow, what waits behind it is slow too, and is counted so. Saving
people are many, each with questions of their own, so that every save carries the revision that it has seen.
"""

from __future__ import annotations

import http.client
import os
import queue
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.journeys.harness import Person, children, free_port, new_world, place_of, run_in

from benchmarks.measure import Table, cpu_of
from palermo.config import launch

SAVES = 0.8
TARGET = 150
WARM_UP = 8.0
"""Seconds at the same rate that are not counted: processes that have just started read their first pages."""


@dataclass(frozen=True)
class Planned:
    """One request: when it is due, and what is asked."""

    at: float
    kind: str
    counts: bool


@dataclass
class Answered:
    """How one request went."""

    planned: Planned
    milliseconds: float
    late: float
    """By how many milliseconds we ourselves sent it too late, which is part of the time above."""
    error: str = ""


def plan(*, rate: float, seconds: float, seed: int) -> list[Planned]:
    """The arrivals of a run, as of many people who know nothing of each other."""
    lot = random.Random(seed)
    found: list[Planned] = []
    at = 0.0
    while True:
        at += lot.expovariate(rate)
        if at > WARM_UP + seconds:
            return found
        kind = "save" if lot.random() < SAVES else lot.choice(("article", "article", "article", "hub", "public"))
        found.append(Planned(at, kind, at > WARM_UP))


@dataclass
class Writer:
    """Somebody of a State, in a thread: takes the next request that is planned for them, and waits for its answer."""

    person: Person
    place: str
    own: list[tuple[str, str]]
    """The sections and codes that only this person changes."""
    work: queue.Queue[Planned | None] = field(default_factory=queue.Queue)
    done: list[Answered] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def learn(self) -> None:
        """Reads the revisions of the answers that will be changed."""
        for section in {section for section, _code in self.own}:
            self.revisions |= self.person.revisions(self.place, section)

    def run(self, begin: float) -> None:
        """Until nothing more is planned."""
        while (planned := self.work.get()) is not None:
            sent = time.perf_counter() - begin
            try:
                error = self._ask(planned.kind)
            except (OSError, http.client.HTTPException) as broken:
                error = type(broken).__name__
            now = time.perf_counter() - begin
            self.done.append(Answered(planned, (now - planned.at) * 1000, (sent - planned.at) * 1000, error))

    def _ask(self, kind: str) -> str:
        self.count += 1
        section, code = self.own[self.count % len(self.own)]
        if kind == "save":
            fields = {
                "value": "yes",
                "text": f"Law {self.count} of 2026 says so, in its articles 12 to 19.",
                "language": "en",
            }
            reply = self.person.save(self.place, section, code, fields, self.revisions[code])
            if reply.status != 200:
                return f"status {reply.status}"
            told = reply.json
            self.revisions[code] = told["revision"]
            return "conflict" if told.get("conflict") else ""
        address = {"article": f"{self.place}{section}/", "hub": self.place, "public": "/en/treaties/untoc/"}[kind]
        reply = self.person.ask("GET", address, headers={"Accept-Encoding": "gzip"})
        return "" if reply.status == 200 else f"status {reply.status}"


def _writers(port: int, facts: dict[str, object]) -> list[Writer]:
    """All people, signed in; the questions of a State are dealt out among them."""
    found = []
    team, sections = facts["cookies"], facts["sections"]
    assert isinstance(team, dict)
    assert isinstance(sections, dict)
    for state, cookies in team.items():
        every = [(section, code) for section, codes in sections.items() for code in codes]
        for number, own in enumerate(cookies):
            found.append(Writer(Person(port, own), place_of(state), every[number :: len(cookies)]))
    for writer in found:
        writer.learn()
    return found


def percentile(ordered: list[float], share: float) -> float:
    """The value that this share does not exceed."""
    return ordered[max(0, min(len(ordered) - 1, int(len(ordered) * share + 0.999999) - 1))] if ordered else 0.0


def measure_load(*, rate: float, seconds: float) -> Table:
    """Two web processes, the worker, the database and those who ask, all on this machine."""
    table = Table()
    with new_world() as world:
        facts = run_in(world, "benchmarks.load_stage")
        site = launch.Site(world, port=free_port(), workers=2, worker=True, say=lambda _text: None)
        with site:
            writers = _writers(site.port, facts)
            planned = plan(rate=rate, seconds=seconds, seed=2009)
            load = os.getloadavg()[0]
            before, passed = _clocks(site), time.perf_counter()
            done = _drive(writers, planned)
            after, passed = _clocks(site), time.perf_counter() - passed
            _say(table, done, rate=rate, seconds=seconds, people=len(writers))
            used = {name: (after[name] - before[name]) / passed for name in after}
            _say_machine(table, used, load, len(done) / passed)
    return table


def _drive(writers: list[Writer], planned: list[Planned]) -> list[Answered]:
    """Hands every request to its person at its moment, never sooner or later because of an answer."""
    begin = time.perf_counter() + 0.2
    threads = [threading.Thread(target=writer.run, args=(begin,), daemon=True) for writer in writers]
    for thread in threads:
        thread.start()
    lot = random.Random(7)
    turn: list[Writer] = []
    for one in planned:
        if not turn:
            # Everybody has a turn before anybody has a second one.
            turn = lot.sample(writers, len(writers))
        wait = begin + one.at - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        turn.pop().work.put(one)
    for writer in writers:
        writer.work.put(None)
    for thread in threads:
        thread.join(60)
    return [answered for writer in writers for answered in list(writer.done)]


def _say(table: Table, done: list[Answered], *, rate: float, seconds: float, people: int) -> None:
    group = f"Open-loop load: {rate:g} requests a second for {seconds:g} s, {people} people of 8 States"
    counted = [answered for answered in done if answered.planned.counts]
    errors = Counter(answered.error for answered in counted if answered.error)
    table.at_most(group, "requests", len(counted), None)
    table.at_most(group, "saves among them", sum(a.planned.kind == "save" for a in counted), None)
    table.at_most(group, "errors, conflicts among them", sum(errors.values()), 0)
    for error, number in errors.most_common(5):
        table.at_most(group, f"… {error}", number, None)
    for name, some in (
        ("all", counted),
        ("saves", [answered for answered in counted if answered.planned.kind == "save"]),
        ("reads", [answered for answered in counted if answered.planned.kind != "save"]),
    ):
        times = sorted(answered.milliseconds for answered in some)
        for share, limit in ((0.5, None), (0.95, TARGET if name == "all" else None), (0.99, None), (1.0, None)):
            what = "slowest" if share == 1.0 else f"p{share * 100:g}"
            table.at_most(group, f"{name}, {what}, from the planned arrival", percentile(times, share), limit, "ms", 1)
    late = sorted(answered.late for answered in counted)
    table.at_most(
        group, "sent late, p95 (a person's request before was not yet answered)", percentile(late, 0.95), None, "ms", 1
    )


def _clocks(site: launch.Site) -> dict[str, float]:
    """Seconds of processor time used so far: by each of ours, and by everybody on this machine."""
    with open("/proc/stat") as stat:
        fields = [int(text) for text in stat.readline().split()[1:9]]
    cluster = site.world.cluster
    postmaster = cluster.postmaster() if cluster else None
    assert postmaster is not None

    def tree(pid: int) -> float:
        return cpu_of(pid) + sum(tree(child) for child in children(pid))

    return {
        "everybody": (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK"),
        "web": sum(tree(service.process.pid) for service in site.services if service.process is not None),
        "database": tree(postmaster),
        "asking": time.process_time(),
    }


def _say_machine(table: Table, used: dict[str, float], load: float, rate: float) -> None:
    group = f"The machine meanwhile ({os.cpu_count()} cores)"
    ours = used["web"] + used["database"] + used["asking"]
    table.at_most(group, "web processes and worker", used["web"], None, "cores", 2)
    table.at_most(group, "database", used["database"], None, "cores", 2)
    table.at_most(group, "those who ask", used["asking"], None, "cores", 2)
    table.at_most(group, "programs that are not ours", max(0.0, used["everybody"] - ours), None, "cores", 2)
    table.at_most(group, "of ours, for one request", 1000 * ours / rate, None, "ms", 1)
    table.at_most(group, "processes that wanted to run before", load, None, "", 1)
