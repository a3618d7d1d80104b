"""``./palermo benchmark``: the table of what Palermo costs, or with ``--kill`` the long test of what survives kills."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.measure import Table, measure, where

SIZES = [100, 400, 1600]


def main(arguments: list[str]) -> int:
    """Measure and print; the exit code says whether every target was met."""
    parser = argparse.ArgumentParser(prog="./palermo benchmark", description="Measure what Palermo costs.")
    parser.add_argument(
        "--quick", action="store_true", help="few requests and small questionnaires: does it still run?"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the table as JSON")
    parser.add_argument("--world", action="store_true", help="only the pages on a world of all States")
    parser.add_argument("--growth", action="store_true", help="that world with 1, 3 and 10 cycles")
    parser.add_argument("--large", action="store_true", help="that world with 3 and 30 cycles: ten times as large")
    parser.add_argument("--load", action="store_true", help="100 requests a second, most of them saves, instead")
    parser.add_argument("--rate", type=float, default=100, help="with --load: how many requests a second (100)")
    parser.add_argument("--seconds", type=float, default=60, help="with --load: for how long (60)")
    parser.add_argument("--rdmo", action="store_true", help="the same page and save in RDMO, side by side, instead")
    parser.add_argument("--kill", action="store_true", help="kill servers and database under load instead")
    parser.add_argument("--rounds", type=int, default=20, help="with --kill: how many kills (20)")
    parser.add_argument("--saves", type=int, default=5000, help="with --kill: at least so many saves (5000)")
    options = parser.parse_args(arguments)
    if options.kill:
        from tests.journeys.kills import run_kills

        outcome = run_kills(rounds=options.rounds, saves=options.saves, say=lambda text: print(text, flush=True))
        print(outcome.say())
        if options.json:
            options.json.write_text(json.dumps(outcome.data(), indent=1))
        return 0 if outcome.is_good else 1
    table = _measured(options)
    print(table.say())
    print(f"\n{where()}")
    if options.json:
        options.json.write_text(json.dumps(table.data(), indent=1, ensure_ascii=False))
    missed = [row for row in table.rows if row.ok is False]
    print(f"{len(missed)} targets missed." if missed else "Every target was met.")
    return 1 if missed else 0


def _measured(options: argparse.Namespace) -> Table:
    """The table that was asked for."""
    if options.load:
        from benchmarks.load import measure_load

        return measure_load(rate=options.rate, seconds=10 if options.quick else options.seconds)
    if options.rdmo:
        from benchmarks.rdmo import measure_rdmo

        return measure_rdmo(quick=options.quick)
    from benchmarks.world import measure_world

    table = Table()
    only_world = options.world or options.growth or options.large
    if not only_world:
        table = measure(quick=options.quick, sizes=[100, 400] if options.quick else SIZES)
    sizes = [1, 3, 10] if options.growth else [3, 30] if options.large else [1, 3]
    measure_world(table, quick=options.quick, sizes=sizes)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
