"""``./palermo reindex``: writes the index of the search anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from palermo.site.actions.indexing import (
    forget_submissions,
    index_content,
    index_documents,
    index_submissions,
)


class Command(BaseCommand):
    """States, treaties, questions and published documents; and what was submitted and is not in the index yet."""

    help = "Bring the index of the search up to date; with --all write what was submitted anew too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether submissions that stand in the index are taken once more."""
        parser.add_argument("--all", action="store_true", help="Write every submission anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Indexes and says how much."""
        if options["all"]:
            forget_submissions()
        content = index_content() + index_documents()
        total = 0
        while taken := index_submissions():
            total += taken
        self.stdout.write(f"{content} entries of content; {total} submissions.")
