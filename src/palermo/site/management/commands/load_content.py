"""``./palermo load-content``: makes the database say what the content files say: parties, treaties, questionnaires."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.parties.exchange import load_parties
from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.questionnaires.models import Version
from palermo.site.actions.indexing import index_content
from palermo.treaties.exchange import load_treaties


class Command(BaseCommand):
    """Loads everything in one transaction: either all of it is good, or nothing changes."""

    help = "Load parties, treaties and questionnaires from the content files. It can be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and whether drafts of questionnaires are published."""
        parser.add_argument("folder", nargs="?", type=Path, default=settings.PACKAGE / "content")
        parser.add_argument("--no-publish", action="store_true", help="Leave changed questionnaires as drafts.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loads and prints what was done."""
        folder: Path = options["folder"]
        try:
            with transaction.atomic():
                lines = [self._parties(folder), self._treaties(folder)]
                places = sorted(place for place in (folder / "questionnaires").glob("*") if place.is_dir())
                lines += [self._questionnaire(place, publish=not options["no_publish"]) for place in places]
                index_content()
        except BadContent as error:
            count = len(error.problems)
            heading = ngettext(
                "Nothing was loaded, because of %(count)d problem:",
                "Nothing was loaded, because of %(count)d problems:",
                count,
            ) % {"count": count}
            raise CommandError(f"{heading}\n{error}") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        for line in lines:
            self.stdout.write(line)

    def _parties(self, folder: Path) -> str:
        loaded = load_parties(folder, by=None)
        return _("Parties: %(created)d created, %(changed)d changed, %(gone)d withdrawn, %(unchanged)d unchanged.") % {
            "created": loaded.created,
            "changed": loaded.changed,
            "gone": loaded.withdrawn,
            "unchanged": loaded.unchanged,
        }

    def _treaties(self, folder: Path) -> str:
        loaded = load_treaties(folder, by=None)
        return _("Treaties: %(created)d created, %(changed)d changed, %(gone)d removed, %(unchanged)d unchanged.") % {
            "created": loaded.created,
            "changed": loaded.changed,
            "gone": loaded.removed,
            "unchanged": loaded.unchanged,
        }

    def _questionnaire(self, place: Path, *, publish: bool) -> str:
        version = load_questionnaire(by=None, folder=place)
        if publish and version.state == Version.State.DRAFT:
            version = publish_version(by=None, version=version)
            return _("Questionnaire %(version)s: published.") % {"version": version}
        return _("Questionnaire %(version)s: %(state)s.") % {"version": version, "state": version.get_state_display()}
