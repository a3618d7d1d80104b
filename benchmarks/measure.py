"""The measuring: one web process, many requests, and the processor time that the system has booked on it."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.journeys.harness import Person, Reply, Serving, children, free_port, new_world, place_of, run_in

from palermo.config import launch

TICK = os.sysconf("SC_CLK_TCK")
SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}


@dataclass
class Row:
    """One line of the table."""

    group: str
    what: str
    target: str
    measured: str
    ok: bool | None = None
    value: float | None = None


@dataclass
class Table:
    """All lines, in order."""

    rows: list[Row] = field(default_factory=list)

    def at_most(
        self, group: str, what: str, value: float, limit: float | None, unit: str = "", digits: int = 0
    ) -> None:
        """A figure that should not be larger than its target."""
        shown = f"{value:,.{digits}f}{' ' if unit else ''}{unit}"
        target = "" if limit is None else f"≤ {limit:,g}{' ' if unit else ''}{unit}"
        self.rows.append(Row(group, what, target, shown, None if limit is None else value <= limit, round(value, 4)))

    def missing(self, group: str, what: str, target: str = "") -> None:
        """Something that cannot be measured because there is no such page yet."""
        self.rows.append(Row(group, what, target, "not there yet"))

    def say(self) -> str:
        """The table as text."""
        heads = ("what", "target", "measured", "ok")
        cells = [
            (row.what, row.target, row.measured, {True: "yes", False: "NO", None: ""}[row.ok]) for row in self.rows
        ]
        width = [max(len(line[column]) for line in [heads, *cells]) for column in range(4)]

        def line(words: tuple[str, ...]) -> str:
            return "  ".join(word.ljust(width[column]) for column, word in enumerate(words)).rstrip()

        lines = [line(heads), "─" * (sum(width) + 6)]
        group = ""
        for row, words in zip(self.rows, cells, strict=True):
            if row.group != group:
                group = row.group
                lines += ["", group]
            lines.append(line(words))
        return "\n".join(lines)

    def data(self) -> list[dict[str, Any]]:
        """The table as plain data."""
        return [asdict(row) for row in self.rows]


# --- what the system has booked ----------------------------------------------------------------------------------


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process, with the children it has waited for, has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICK


def memory_of(pid: int) -> tuple[float, float]:
    """Memory in use, and the most that ever was, in megabytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    now, most = (re.search(rf"{name}:\s+(\d+) kB", text) for name in ("VmRSS", "VmHWM"))
    assert now is not None
    assert most is not None
    return int(now[1]) / 1024, int(most[1]) / 1024


# --- pages -------------------------------------------------------------------------------------------------------


class _Assets(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and set(values.get("rel", "").split()) & {"stylesheet", "icon", "preload", "manifest"}:
            self.found.append(values.get("href", ""))
        if tag in {"script", "img", "source"} and values.get("src"):
            self.found.append(values["src"])


def assets_of(html: str) -> list[str]:
    """What a browser fetches with the page."""
    reader = _Assets()
    reader.feed(html)
    return list(dict.fromkeys(address for address in reader.found if address.startswith("/")))


def size_of(reply: Reply) -> int:
    """The bytes of the body as they travel; one that came plain is counted as a proxy would compress it."""
    return len(reply.body) if reply.headers.get("content-encoding") else len(gzip.compress(reply.body, 6))


@dataclass
class Cost:
    """What one kind of request costs."""

    status: int
    queries: int
    milliseconds: float
    database: float
    reply: Reply


@dataclass
class Meter:
    """Asks many times, and reads the clocks of the web process and of the database's processes before and after."""

    site: launch.Site
    times: int

    @property
    def worker(self) -> int:
        """The one web process."""
        parent = self.site.server.process
        assert parent is not None
        (worker,) = children(parent.pid)
        return worker

    def database(self) -> float:
        """Processor time of all processes of the database, ended ones included."""
        cluster = self.site.world.cluster
        postmaster = cluster.postmaster() if cluster else None
        assert postmaster is not None
        return cpu_of(postmaster) + sum(cpu_of(pid) for pid in children(postmaster))

    def cost(self, ask: Callable[[dict[str, str]], Reply], times: int | None = None) -> Cost:
        """The cost of a request, averaged over many."""
        first = ask({"X-Count": "show" if os.environ.get("PALERMO_BENCH_SHOW") else "1"})
        if first.status >= 400:
            return Cost(first.status, 0, 0.0, 0.0, first)
        # A second look, when everything that is kept is kept.
        first = ask({"X-Count": "1"})
        times = times or self.times
        for _ in range(min(5, times)):
            ask({})
        before, below = cpu_of(self.worker), self.database()
        for _ in range(times):
            reply = ask({})
            assert reply.status == first.status, (reply.status, reply.text[:2000])
        spent, behind = cpu_of(self.worker) - before, self.database() - below
        return Cost(first.status, int(first.headers["x-queries"]), spent * 1000 / times, behind * 1000 / times, first)


# --- the run -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def staged(sizes: list[int], table: Table) -> Iterator[tuple[launch.Site, dict[str, Any]]]:
    """A world with everything to measure on, served by one process."""
    begin = time.monotonic()
    with new_world(extra=SETTINGS) as world:
        prepared = time.monotonic() - begin
        facts = run_in(world, "benchmarks.stage", *map(str, sizes))
        begin = time.monotonic()
        with Serving(world):
            cold = time.monotonic() - begin
        site = launch.Site(world, port=free_port(), workers=1, worker=False, say=lambda _text: None)
        with site:
            group = "Starting (wall clock; everything else is processor time)"
            table.at_most(group, "empty folder to tables, content and static files", prepared, 60, "s", 1)
            table.at_most(group, "./palermo serve to its first page", cold, 10, "s", 1)
            table.at_most(group, "web process until its first page, CPU", cpu_of(Meter(site, 1).worker), None, "s", 2)
            yield site, facts


def article_of_twelve(sections: dict[str, int]) -> str:
    """The last of the articles that have twelve questions, or as few more as possible."""
    enough = {code: count for code, count in sections.items() if count >= 12}
    least = min(enough.values())
    return [code for code, count in enough.items() if count == least][-1]


def measure(*, quick: bool, sizes: list[int]) -> Table:
    """Everything, in one world."""
    table = Table()
    with staged(sizes, table) as (site, facts):
        meter = Meter(site, 10 if quick else 100)
        person = Person(site.port).sign_in(facts["team"]["arg"][0])
        stranger = Person(site.port)
        untoc = facts["questionnaires"]["untoc"]
        section = article_of_twelve(untoc["sections"])
        place = place_of("arg")
        _article(table, meter, person, f"{place}{section}/", untoc["sections"][section])
        _saving(table, meter, person, facts, section, sizes)
        _pages(table, meter, person, stranger, place, facts)
        _publishing(table, facts["publishing"])
        _memory(table, meter)
    return table


def _article(table: Table, meter: Meter, person: Person, address: str, questions: int) -> None:
    accept = {"Accept-Encoding": "gzip"}
    cost = meter.cost(lambda more: person.ask("GET", address, headers={**accept, **more}))
    group = f"Open an article of {questions} questions, all answered ({address.rstrip('/').rpartition('/')[2]})"
    assets = assets_of(_plain(cost.reply))
    fetched = [person.ask("GET", asset, headers=accept) for asset in assets]
    for asset, reply in zip(assets, fetched, strict=True):
        assert reply.status == 200, asset
    again = [asset for asset, reply in zip(assets, fetched, strict=True) if not is_kept(reply)]
    first = size_of(cost.reply) + sum(map(size_of, fetched))
    table.at_most(group, "requests, first visit", 1 + len(assets), None)
    table.at_most(group, "requests, later visits", 1 + len(again), 1)
    table.at_most(group, "queries", cost.queries, 8)
    table.at_most(group, "CPU of the web process", cost.milliseconds, 25, "ms", 1)
    table.at_most(group, "CPU of the database", cost.database, None, "ms", 1)
    table.at_most(group, "gzipped, first visit", first / 1024, 45, "KB", 1)
    table.at_most(group, "gzipped, later visits", size_of(cost.reply) / 1024, 15, "KB", 1)
    encoded = cost.reply.headers.get("content-encoding", "")
    table.rows.append(Row(group, "pages compressed by the server itself", "", encoded or "no: left to the proxy"))


def _plain(reply: Reply) -> str:
    return (gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body).decode()


def is_kept(reply: Reply) -> bool:
    """Whether a browser keeps it without asking again."""
    age = re.search(r"max-age=(\d+)", reply.headers.get("cache-control", ""))
    return age is not None and int(age[1]) >= 86400


def save_cost(
    meter: Meter, person: Person, place: str, section: str, code: str, value: str = "yes"
) -> tuple[Cost, int]:
    """What saving an answer costs, each time with another text; and the bytes that are sent."""
    revision = person.revisions(place, section)[code]
    number = 0
    sent = 0

    def ask(more: dict[str, str]) -> Reply:
        nonlocal revision, number, sent
        number += 1
        fields = {
            f"{code}:value": value,
            f"{code}:text": f"Law {number} of 2026 says so, in its articles 12 to 19.",
            f"{code}:language": "en",
            f"{code}:revision": str(revision),
        }
        sent = sum(len(name) + len(text) + 2 for name, text in fields.items())
        reply = person.ask("POST", f"{place}{section}/save/{code}/", fields, {"Accept": "application/json", **more})
        assert reply.status == 200, (reply.status, reply.text[:2000])
        revision = reply.json["revision"]
        return reply

    return meter.cost(ask), sent


def _saving(table: Table, meter: Meter, person: Person, facts: dict[str, Any], section: str, sizes: list[int]) -> None:
    plain = facts["questionnaires"]["untoc"]["plain"][section]
    cost, sent = save_cost(meter, person, place_of("arg"), section, plain[0])
    group = f"Save one answer, progress included ({plain[0]})"
    table.at_most(group, "requests", 1, 1)
    table.at_most(group, "queries", cost.queries, 8)
    table.at_most(group, "CPU of the web process", cost.milliseconds, 10, "ms", 1)
    table.at_most(group, "CPU of the database", cost.database, None, "ms", 1)
    table.at_most(group, "bytes sent, body", sent, 1024)
    table.at_most(group, "bytes received, body", len(cost.reply.body), 1024)
    group = "Saving as the questionnaire grows (generated questionnaires)"
    costs: dict[int, Cost] = {}
    # Rounds in turn, so that the noise of the machine falls on all alike.
    rounds = 1 if meter.times < 100 else 3
    for _ in range(rounds):
        for size in sizes:
            code = f"g{size}.2.1.implementation"
            found, _sent = save_cost(meter, person, place_of("arg", f"g{size}"), "art-2", code)
            if size not in costs or found.milliseconds < costs[size].milliseconds:
                costs[size] = found
    for size, found in costs.items():
        table.at_most(group, f"queries, {size:,} questions", found.queries, 8)
        table.at_most(group, f"CPU of the web process, {size:,} questions", found.milliseconds, 10, "ms", 1)
        table.at_most(group, f"CPU of the database, {size:,} questions", found.database, None, "ms", 1)
    if len(sizes) > 1 and costs[sizes[0]].milliseconds:
        ratio = costs[sizes[-1]].milliseconds / costs[sizes[0]].milliseconds
        table.at_most(group, f"CPU at {sizes[-1]:,} questions, against {sizes[0]:,}", ratio, 1.25, "times", 2)


def _pages(table: Table, meter: Meter, person: Person, stranger: Person, place: str, facts: dict[str, Any]) -> None:
    answers = facts["answers"]
    group = "Other pages of the response"
    pages: list[tuple[str, str, float | None]] = [
        (f"hub, {answers['untoc']} answers", place, None),
        (f"check answers, {answers['untoc']} answers", f"{place}check/", 400),
        ("gaps and needs", f"{place}gaps/", 400),
    ]
    if "g1600" in answers:
        large = place_of("arg", "g1600")
        pages += [
            (f"hub, {answers['g1600']} answers", large, None),
            (f"check answers, {answers['g1600']} answers", f"{large}check/", 400),
        ]
    for what, address, limit in pages:
        _page(table, meter, group, what, person, address, limit)
    _page(table, meter, group, "report as a page, with its child processes", person, f"{place}report/", None)
    _report(table, meter, person, f"{place}report/report.docx")
    group = "Public pages"
    for what, address in (
        ("front page", "/en/"),
        ("treaty", "/en/treaties/untoc/"),
        ("article of the treaty", "/en/treaties/untoc/16/"),
        ("State", "/en/states/arg/"),
        ("States", "/en/states/"),
        ("questionnaire", "/en/questionnaires/untoc/"),
        ("sign-in", "/en/account/sign-in/"),
    ):
        _page(table, meter, group, what, stranger, address, None)


def _page(table: Table, meter: Meter, group: str, what: str, who: Person, address: str, limit: float | None) -> None:
    accept = {"Accept-Encoding": "gzip"}
    times = max(3, meter.times // 5)
    cost = meter.cost(lambda more: who.ask("GET", address, headers={**accept, **more}), times)
    if cost.status == 404:
        table.missing(group, what)
        return
    assert cost.status == 200, (address, cost.status, cost.reply.text[:2000])
    table.at_most(group, f"{what}: queries", cost.queries, None)
    table.at_most(group, f"{what}: CPU", cost.milliseconds, limit, "ms", 1)
    table.at_most(group, f"{what}: gzipped", size_of(cost.reply) / 1024, None, "KB", 1)


def _report(table: Table, meter: Meter, person: Person, address: str) -> None:
    group = "National report as DOCX (made in a child process)"
    if person.ask("GET", address).status != 200:
        table.missing(group, "time to the last byte", "≤ 0.5 s")
        return
    times = 3 if meter.times < 100 else 10
    durations, length = [], 0
    before = cpu_of(meter.worker)
    for _ in range(times):
        begin = time.monotonic()
        length = len(person.ask("GET", address).body)
        durations.append(time.monotonic() - begin)
    spent = (cpu_of(meter.worker) - before) / times
    table.at_most(group, "CPU of the web process and its children", spent, 0.5, "s", 2)
    table.at_most(group, "time to the last byte, the quickest", min(durations), None, "s", 2)
    table.at_most(group, "size", length / 1024, None, "KB", 0)


def _publishing(table: Table, found: dict[str, float]) -> None:
    group = "Publish 700 questions in 6 languages"
    table.at_most(group, "store the draft and publish it, CPU", found["store"] + found["publish"], 3, "s", 2)
    table.at_most(group, "of this, publishing", found["publish"], None, "s", 2)
    table.at_most(group, "wall clock", found["wall"], None, "s", 2)
    table.at_most(group, "read the real checklist from its files, CPU", found["read_folder"], None, "s", 2)


def _memory(table: Table, meter: Meter) -> None:
    now, most = memory_of(meter.worker)
    table.at_most("Memory of the web process after all this", "resident", now, 120, "MB", 0)
    table.at_most("Memory of the web process after all this", "resident, at most", most, None, "MB", 0)


def reference() -> float:
    """Milliseconds of processor time of a fixed piece of Python, the least of many tries, spread over a while.

    A machine that is busy with other things books more on everybody; this says how much, from run to run.
    """
    least = float("inf")
    for _ in range(20):
        begin = time.process_time()
        found: dict[str, str] = {}
        for number in range(60000):
            found[f"k{number % 977}"] = str(number).replace("1", "&amp;") + "x"
        least = min(least, (time.process_time() - begin) * 1000)
        time.sleep(0.05)
    return least


def where() -> str:
    """What was measured on."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {os.uname().sysname} {os.uname().machine}, Python {sys.version.split()[0]}; a fixed "
        f"piece of Python took {reference():.1f} ms here, and {load:.1f} processes wanted to run."
    )
