"""The benchmarks still run, and what they count is what they should count. Times are never tested."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_benchmark_measures_every_page(tmp_path: Path) -> None:
    target = tmp_path / "table.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert target.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    rows = {
        (row["group"].partition(",")[0].partition(" (")[0], row["what"]): row for row in json.loads(target.read_text())
    }
    counted = {
        (group, what): row["value"]
        for (group, what), row in rows.items()
        if (what == "queries" or what.startswith("requests, later")) and not group.startswith("Pages of the desk")
    }
    assert counted == {
        ("Open an article of 13 questions", "requests, later visits"): 1,
        ("Open an article of 13 questions", "queries"): 7,
        ("Save one answer", "queries"): 7,
    }
    # The archive of a few States has grown from one cycle to three, and its pages were asked for.
    answers = [
        row["value"] for (group, what), row in rows.items() if group == "Archive of all States" and "answers" in what
    ]
    assert len(answers) == 2
    assert 2.5 < answers[1] / answers[0] < 3.5
    broken = {what for (_group, what), row in rows.items() if row["measured"].startswith("answers ")}
    assert broken == set()
