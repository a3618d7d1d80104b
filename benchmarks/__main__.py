"""``./palermo benchmark``: the table of what Palermo costs, or with ``--kill`` the long test of what survives kills."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.measure import measure, where

SIZES = [100, 400, 1600]


def main(arguments: list[str]) -> int:
    """Measure and print; the exit code says whether every target was met."""
    parser = argparse.ArgumentParser(prog="./palermo benchmark", description="Measure what Palermo costs.")
    parser.add_argument(
        "--quick", action="store_true", help="few requests and small questionnaires: does it still run?"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the table as JSON")
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
    table = measure(quick=options.quick, sizes=[100, 400] if options.quick else SIZES)
    print(table.say())
    print(f"\n{where()}")
    if options.json:
        options.json.write_text(json.dumps(table.data(), indent=1, ensure_ascii=False))
    missed = [row for row in table.rows if row.ok is False]
    print(f"{len(missed)} targets missed." if missed else "Every target was met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
