"""``./palermo load_questionnaire <folder>``: reads a questionnaire's folder and stores it as a draft."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.questionnaires.actions import load_questionnaire


class Command(BaseCommand):
    """Stores a folder as the draft of its questionnaire."""

    help = "Reads the folder of a questionnaire and stores it as a draft; says what is wrong with it, file and line."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads, stores and says which version holds the content."""
        try:
            version = load_questionnaire(by=None, folder=options["folder"])
        except BadContent as error:
            count = len(error.problems)
            raise CommandError(f"Nothing was loaded; {count} problem(s):\n{error}") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{version} ({version.state}), SHA-256 {version.sha256}")
