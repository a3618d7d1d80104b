"""Reads every kind of document and its sources, and says what is wrong with file and line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from jinja2 import Environment, TemplateSyntaxError

from palermo.base.yaml_source import BadContent, Problem
from palermo.reports.queries.documents import kinds


class Command(BaseCommand):
    """``check_documents``: for those who add a kind (``PALERMO_DOCUMENTS``)."""

    help = "Reads every kind of document, its description and its sources, and says what is wrong with file and line."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the kinds that are sound; ends with an error if one is not."""
        found = kinds()
        problems = list(found.problems)
        # It parses and never renders; the sandbox is where a source is filled (reports.documents.filling).
        environment = Environment(extensions=["jinja2.ext.do"], autoescape=True)
        for kind in found.found.values():
            try:
                sources = kind.sources()
            except BadContent as bad:
                problems += bad.problems
                continue
            for language in kind.languages:
                name = kind.template(language)
                try:
                    environment.parse(sources[name], name)
                except TemplateSyntaxError as error:
                    problems.append(Problem(name, error.lineno, f"{error.message}.", "See docs/guide/documents.md."))
                else:
                    self.stdout.write(f"{name}: sound")
        if problems:
            raise CommandError("\n".join(str(problem) for problem in problems))
