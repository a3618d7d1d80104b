"""``./palermo health``: says whether everything is well, and what to do if not."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from palermo.base.health import findings


class Command(BaseCommand):
    """Looks at database, tables, worker, jobs, mail and disk; ends with 0 if all is well, otherwise with 1."""

    help = (
        "Says whether database, tables, worker, jobs, mail and disk are well (exit code 0 or 1); --json for programs."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes ``--json``."""
        parser.add_argument("--json", action="store_true", help="the same as JSON, for programs that watch")

    def handle(self, *args: Any, json: bool = False, **options: Any) -> None:
        """Prints a line for each thing, with the way out below what is not well."""
        found = list(findings())
        if json:
            self.stdout.write(_as_json(found))
        else:
            for item in found:
                self.stdout.write(f"{'well    ' if item.is_well else 'NOT WELL'}  {item.text}")
                if item.way_out:
                    self.stdout.write(f"          {item.way_out}")
        if not all(item.is_well for item in found):
            sys.exit(1)


def _as_json(found: list[Any]) -> str:
    return json.dumps(
        {
            "well": all(item.is_well for item in found),
            "findings": [
                {"name": item.name, "well": item.is_well, "text": item.text, "way_out": item.way_out} for item in found
            ],
        },
        indent=1,
        ensure_ascii=False,
    )
