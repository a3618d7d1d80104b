"""Imports who has signed, ratified or denounced which treaty, from a table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.parties.models import User
from palermo.treaties.exchange import import_status, read_mapping


class Command(BaseCommand):
    """Reads the table, lists what is wrong with it, and records the rest only when asked to."""

    help = "Import treaty status from a CSV file (docs/formats/status.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, where it comes from, and what to do with bad rows."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="Where the table comes from, and its date.")
        parser.add_argument("--columns", type=Path, help="A YAML file that says how the columns are to be read.")
        parser.add_argument("--good-rows", action="store_true", help="Record the good rows although others are bad.")
        parser.add_argument(
            "--replace-generated", action="store_true", help="Give up a generated status of the same treaties."
        )
        parser.add_argument("--by", help="The e-mail address of the person who imports.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports and prints."""
        by = None
        if options["by"]:
            by = User.objects.filter(email__iexact=options["by"]).first()
            if by is None:
                raise CommandError(_("Nobody has the address %(email)s.") % {"email": options["by"]})
        try:
            report = import_status(
                options["file"],
                by=by,
                source=options["source"],
                mapped=read_mapping(options["columns"]) if options["columns"] else None,
                good_rows=options["good_rows"],
                replace_generated=options["replace_generated"],
            )
        except (BadContent, Refusal) as error:
            raise CommandError(str(error)) from error
        for problem in report.problems:
            self.stderr.write(str(problem))
        for doubt in report.doubts:
            self.stdout.write(str(doubt))
        if not report.applied:
            count = len(report.problems)
            raise CommandError(
                ngettext(
                    "Nothing was recorded, because of %(count)d problem. Correct it, or add --good-rows.",
                    "Nothing was recorded, because of %(count)d problems. Correct them, or add --good-rows.",
                    count,
                )
                % {"count": count}
            )
        self.stdout.write(
            _("Rows: %(rows)d; acts: %(added)d added, %(corrected)d corrected, %(unchanged)d known already.")
            % {
                "rows": report.rows,
                "added": report.recorded.added,
                "corrected": report.recorded.corrected,
                "unchanged": report.recorded.unchanged,
            }
        )
