"""``./palermo report <cycle> <questionnaire> <party>``: a national report into a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404
from django.utils import timezone

from palermo.base.errors import Refusal
from palermo.base.multilingual import LANGUAGES
from palermo.reports import exchange
from palermo.reports.logic.data import answers_csv
from palermo.reports.logic.report import report
from palermo.reports.queries.national import live, submitted
from palermo.reports.words import words


class Command(BaseCommand):
    """Makes the national report of a live response, or of a submission."""

    help = "Write a State's national report into a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which response, which form, where to."""
        parser.add_argument("cycle", help="code of the cycle, such as 2026")
        parser.add_argument("questionnaire", help="code of the questionnaire, such as untoc")
        parser.add_argument("party", help="code of the State, such as ARG")
        parser.add_argument("--format", choices=["docx", "pdf", "html", "json", "csv"], default="docx", dest="form")
        parser.add_argument("--language", choices=LANGUAGES, default="en")
        parser.add_argument("--output", type=Path, help="the file to write; the present folder by default")
        parser.add_argument("--submission", type=int, help="number of a submission; the answers of now by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file and says where it is."""
        place = {"cycle": options["cycle"], "questionnaire": options["questionnaire"], "party": options["party"]}
        try:
            if options["submission"] is None:
                reading = live(**place)
            else:
                reading = submitted(**place, number=options["submission"])
        except Http404 as missing:
            raise CommandError("There is no such response or submission. Look at the codes on its page.") from missing
        language = exchange.document_language(options["language"])
        made = report(reading.national, words(language), today=timezone.localdate(), receipt=reading.receipt)
        form = options["form"]
        try:
            if form == "json":
                content = reading.data.encode()
            elif form == "csv":
                content = answers_csv(reading.national, options["language"]).encode()
            else:
                content = exchange.make_document(made, form).content
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from refusal
        target = options["output"] or Path(f"{exchange.file_stem(made)}.{form}")
        try:
            target.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target} ({len(content)} bytes)")
