"""``./palermo publish_questionnaire <code>``: freezes the draft of a questionnaire and makes it current."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.questionnaires.actions import publish_version
from palermo.questionnaires.models import Version


class Command(BaseCommand):
    """Publishes the draft of a questionnaire."""

    help = "Publishes the draft of a questionnaire; a published version never changes."

    def add_arguments(self, parser: CommandParser) -> None:
        """The questionnaire's code."""
        parser.add_argument("code")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publishes, or says what stands against it."""
        draft = Version.objects.filter(questionnaire__code=options["code"], state=Version.State.DRAFT).first()
        if draft is None:
            raise CommandError(f"There is no draft of {options['code']}; load its folder first.")
        try:
            version = publish_version(by=None, version=draft)
        except BadContent as error:
            raise CommandError(f"Nothing was published; {len(error.problems)} problem(s):\n{error}") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{version} is published, SHA-256 {version.sha256}")
