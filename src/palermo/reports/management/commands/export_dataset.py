"""``./palermo export-dataset <cycle> <questionnaire> <file>``: what all analysis reads, as a file."""

import datetime
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from palermo.base.multilingual import LANGUAGES
from palermo.reports.logic.dataset import exported
from palermo.reports.queries.dataset import dataset
from palermo.responses.models import CycleQuestionnaire
from palermo.responses.queries.archive import today


class Command(BaseCommand):
    """Writes the dataset of a cycle and questionnaire as JSON: every State, how it stands, what it has submitted."""

    help = "Write what the analysis of a cycle reads into a JSON file, as at a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which dataset, as at when, where to."""
        parser.add_argument("cycle", help="code of the cycle, such as 2026")
        parser.add_argument("questionnaire", help="code of the questionnaire, such as untoc")
        parser.add_argument("file", type=Path, help="the file to write")
        parser.add_argument("--as-at", help="the day, as in 2009-10-01; today by default")
        parser.add_argument("--known-at", help="the moment of knowledge, as in 2009-10-01T12:00+02:00; now by default")
        parser.add_argument("--language", choices=LANGUAGES, default="en", help="the language of the States' names")
        parser.add_argument("--without-answers", action="store_true", help="leave out what the States have said")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file and says where it is."""
        asked = (
            CycleQuestionnaire.objects.filter(
                cycle__code=options["cycle"], questionnaire__code=options["questionnaire"]
            )
            .select_related("cycle", "questionnaire")
            .first()
        )
        if asked is None:
            raise CommandError(
                f"No cycle {options['cycle']} asks a questionnaire {options['questionnaire']}. "
                "Look at the codes in the address of its page."
            )
        as_at = _day(options["as_at"]) if options["as_at"] else None
        known_at = _moment(options["known_at"]) if options["known_at"] else None
        found = dataset(
            asked.cycle,
            asked.questionnaire,
            options["language"],
            as_at=as_at,
            known_at=known_at,
            with_answers=not options["without_answers"],
        )
        text = json.dumps(exported(found), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        target: Path = options["file"]
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target} ({len(found.states)} States, {len(found.reported)} reported)")


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--as-at {text}: this is not a date. Write year, month and day, as in 2009-10-01."
        ) from error
    if day > today():
        raise CommandError(f"--as-at {text}: this day lies in the future. Choose today or an earlier day.")
    return day


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--known-at {text}: this is not a moment. Write date and time, as in 2009-10-01T12:00+02:00."
        ) from error
    moment = moment if moment.tzinfo else timezone.make_aware(moment)
    if moment > timezone.now():
        raise CommandError(f"--known-at {text}: this moment lies in the future. Choose an earlier one.")
    return moment
