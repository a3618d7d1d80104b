"""``build_demo``: the demonstration world, made once through the project's own actions."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from palermo.site.actions.indexing import index_submissions
from palermo.site.actions.publishing import publish_reporting
from palermo.site.demonstration import build_world


class Command(BaseCommand):
    """Builds the generated world if it is not there yet."""

    help = "Build the demonstration world: generated answers, statements of no government."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside the demonstration: generated answers must never stand beside real ones."""
        if not (settings.DEMONSTRATION or settings.TESTING):
            raise CommandError("The demonstration world is built in the demonstration only: ./palermo demo")
        built = build_world(say=self.stdout.write)
        if not built:
            self.stdout.write("The demonstration world is there already.")
            return
        # What the worker does every minute, so that the first visitor finds it done.
        publish_reporting()
        index_submissions()
