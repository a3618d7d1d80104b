"""The pages of the Secretariat's desk on a world of all States, and how their cost grows with the archive."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from tests.journeys.harness import Person, free_port, new_world, run_in

from benchmarks.measure import SETTINGS, Cost, Meter, Table, memory_of, size_of
from benchmarks.world_stage import MEASURED
from palermo.config import embedded, launch
from palermo.config.worlds import World

STAGE = "benchmarks.world_stage"
ARCHIVE = "Archive of all States"


@dataclass(frozen=True)
class Page:
    """A page or file, with the budget of the design if it has one; ``heavy`` ones are asked for a few times only."""

    what: str
    address: str
    target: float | None = None
    heavy: bool = False


ANALYSIS = f"/en/analysis/{MEASURED}/gen-a"
PAGES = (
    Page("overview of 195 States x 200 questions", f"{ANALYSIS}/matrix/", 300),
    Page("reporting status and rates", f"/en/reporting/{MEASURED}/untoc/"),
    Page("rates, as at a past date", f"/en/reporting/{MEASURED}/untoc/?as_at={MEASURED}-12-31"),
    Page("States behind a rate", f"/en/reporting/{MEASURED}/untoc/states/"),
    Page("all treaties and cycles", "/en/reporting/"),
    Page("matrix as CSV", f"{ANALYSIS}/matrix/matrix.csv", None, heavy=True),
    Page("matrix as XLSX", f"{ANALYSIS}/matrix/matrix.xlsx", None, heavy=True),
    Page("each question, counted", f"{ANALYSIS}/questions/"),
    Page("gaps by provision", f"{ANALYSIS}/provisions/"),
    Page("offences and States", f"/en/analysis/{MEASURED}/untoc/offences/"),
    Page("change between cycles", f"{ANALYSIS}/change/"),
    Page("needs for assistance", f"/en/analysis/{MEASURED}/untoc/needs/"),
    Page("documents", "/en/documents/"),
    Page(
        "report of a State as DOCX", f"/en/cycles/{MEASURED}/untoc/fra/receipts/1/report/report.docx", None, heavy=True
    ),
    Page("search", "/en/search/?q=extradition"),
)
GROWING = ("overview of 195 States x 200 questions", "reporting status and rates", "needs for assistance")


class Archive:
    """The archive of one world, built by two processes at once."""

    def __init__(self, world: World, *, few: bool) -> None:
        self.world = world
        self.few = few

    def grow(self, count: int) -> dict[str, Any]:
        """Brings it to so many cycles; says how much there is, and how long it took."""
        begin = time.monotonic()
        parts = max(1, min(2, os.cpu_count() or 1))
        more = ["few"] if self.few else []
        with ThreadPoolExecutor(parts) as pool:
            made = [
                pool.submit(run_in, self.world, STAGE, "cycles", str(count), f"{number}/{parts}", *more)
                for number in range(parts)
            ]
            found = [one.result() for one in made]
        self._analyse()
        return {
            **{name: max(one[name] for one in found) for name in ("responses", "submissions", "answers")},
            "seconds": time.monotonic() - begin,
        }

    def _analyse(self) -> None:
        """Lets PostgreSQL look at its tables, as its own vacuum does within a minute after so much has changed."""
        assert self.world.cluster is not None
        url = self.world.cluster.url(database=self.world.database, role=embedded.OWNER)
        with psycopg.connect(url, autocommit=True) as line:
            line.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def served(world: World) -> Iterator[launch.Site]:
    """One web process on the world."""
    with launch.Site(world, port=free_port(), workers=1, worker=False, say=lambda _text: None) as site:
        yield site
    # The site has closed the world behind it; there is more to do in it.
    world.open()


def measure_world(table: Table, *, quick: bool, sizes: list[int]) -> None:
    """All pages on the first three cycles; and those that should not grow, with each size of the archive."""
    with new_world(extra=SETTINGS) as world:
        facts = run_in(world, STAGE, "begin")
        archive = Archive(world, few=quick)
        costs: dict[int, dict[str, Cost]] = {}
        reads: dict[int, dict[str, Any]] = {}
        for size in sizes:
            grown = archive.grow(size)
            table.at_most(ARCHIVE, f"{size} cycles: responses", grown["responses"], None)
            table.at_most(ARCHIVE, f"{size} cycles: answers", grown["answers"], None)
            table.at_most(ARCHIVE, f"{size} cycles: built by two processes in", grown["seconds"], None, "s", 0)
            reads[size] = run_in(world, STAGE, "dataset", "gen-a")
            with served(world) as site:
                meter = Meter(site, 10 if quick else 50)
                officer = Person(site.port).sign_in(facts["officer"])
                pages = PAGES if size == sizes[min(1, len(sizes) - 1)] else ()
                costs[size] = {
                    page.what: _cost(meter, officer, page) for page in PAGES if page in pages or page.what in GROWING
                }
                _memory(table, meter, size)
            if pages:
                _say_pages(table, costs[size], size)
                _documents(table, world)
        _say_growth(table, costs, reads)


def _cost(meter: Meter, who: Person, page: Page) -> Cost:
    accept = {"Accept-Encoding": "gzip"}
    times = 3 if page.heavy else max(3, meter.times // 5)
    return meter.cost(lambda more: who.ask("GET", page.address, headers={**accept, **more}), times)


def _say_pages(table: Table, costs: dict[str, Cost], size: int) -> None:
    group = f"Pages of the desk, cycle {MEASURED} of {size}"
    for page in PAGES:
        cost = costs[page.what]
        if cost.status != 200:
            missing = cost.status == 404
            table.missing(group, page.what, "" if page.target is None else f"≤ {page.target:g} ms")
            if not missing:
                table.rows[-1].measured = f"answers {cost.status}"
            continue
        table.at_most(group, f"{page.what}: queries", cost.queries, None)
        table.at_most(group, f"{page.what}: CPU", cost.milliseconds, page.target, "ms", 1)
        table.at_most(group, f"{page.what}: CPU of the database", cost.database, None, "ms", 1)
        table.at_most(group, f"{page.what}: as it travels", size_of(cost.reply) / 1024, None, "KB", 1)


def _documents(table: Table, world: World) -> None:
    """A global and a national document, from the reading of all answers to the file."""
    group = "Documents (processor time, child processes included)"
    for what, kind, party in (("global", "needs-overview", ()), ("national", "country-profile", ("fra",))):
        try:
            found = run_in(world, STAGE, "document", kind, *party)
        except RuntimeError as error:
            table.missing(group, f"{what} document, {kind}")
            if not any(word in str(error) for word in ("KeyError", "ModuleNotFoundError", "ImportError")):
                table.rows[-1].measured = str(error).strip().rsplit("\n", 1)[-1][:60]
            continue
        table.at_most(group, f"{what} document, {kind}: figures read and frozen", found["figures"], None, "s", 2)
        for form in ("docx", "pdf", "html"):
            table.at_most(group, f"{what} document, {kind}: as {form.upper()}", found[form], None, "s", 2)


def _say_growth(table: Table, costs: dict[int, dict[str, Cost]], reads: dict[int, dict[str, Any]]) -> None:
    group = "One cycle as the archive grows"
    least, most = min(costs), max(costs)
    for size, read in reads.items():
        table.at_most(
            group, f"read of {read['states']} States with all answers, {size} cycles: CPU", read["whole"], None, "ms", 1
        )
        table.at_most(group, f"the same without answers, {size} cycles: CPU", read["without_answers"], None, "ms", 1)
    if most > least:
        ratio = reads[most]["whole"] / reads[least]["whole"]
        table.at_most(group, f"read at {most} cycles, against {least}", ratio, 1.25, "times", 2)
    for what in GROWING:
        if any(found[what].status != 200 for found in costs.values()):
            continue
        for size, found in costs.items():
            table.at_most(group, f"{what}, {size} cycles: CPU", found[what].milliseconds, None, "ms", 1)
            table.at_most(group, f"{what}, {size} cycles: CPU of the database", found[what].database, None, "ms", 1)
        if most > least and costs[least][what].milliseconds:
            whole = [costs[size][what].milliseconds + costs[size][what].database for size in (least, most)]
            table.at_most(group, f"{what} at {most} cycles, against {least}", whole[1] / whole[0], 1.25, "times", 2)


def _memory(table: Table, meter: Meter, size: int) -> None:
    now, _most = memory_of(meter.worker)
    table.at_most(ARCHIVE, f"{size} cycles: memory of the web process after its pages", now, None, "MB", 0)
