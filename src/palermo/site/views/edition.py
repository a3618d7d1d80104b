"""An edition of figures for the public, with the words in which its pages and its file show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palermo.base.citation import cite
from palermo.base.templatetags.base_text import text_of
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.reports.logic.needs import NONE
from palermo.reports.logic.rates import Cut
from palermo.reports.logic.suppression import ALL
from palermo.reports.queries.rates import Names, asked_at, group_names
from palermo.reports.views.frame import page_language
from palermo.reports.words import NOWHERE, PRIORITY_AREAS, RELATIONS
from palermo.responses import labels
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.models import CycleQuestionnaire
from palermo.site import exchange
from palermo.site.logic import figures as logic
from palermo.site.logic.figures import CHOSEN, IN_WORDS, Figures
from palermo.site.models import PublishedFigures
from palermo.site.queries import figures as queries
from palermo.site.words import NO_NEED, SAID_IN_WORDS


def titles_of(asked: CycleQuestionnaire) -> tuple[str, str]:
    """How questionnaire and cycle are called."""
    return questionnaire_label(asked.questionnaire, page_language()), text_of(asked.cycle.texts, "title")


def group_head(code: str, names: Names) -> str:
    """The head of a column: a regional group, none, or all States."""
    if code == ALL:
        return _("All States")
    return names.names.get(Cut.REGION, {}).get(code, code) if code else str(NOWHERE["region"])


def figures_title() -> str:
    """How the pages of figures are called."""
    return pgettext("numbers about all States", "Figures")


def hidden_word() -> str:
    """What stands for a number that is hidden."""
    return pgettext("a number", "hidden")


@dataclass(frozen=True)
class Number:
    """A number in a table of the page; None where it is hidden."""

    label: str
    value: int | None
    share: float | None = None
    """Of those that answered, where both are shown."""


@dataclass(frozen=True)
class Line:
    """A row of a table."""

    code: str
    label: str | Promise
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Edition:
    """An edition with what its pages need."""

    found: PublishedFigures
    asked: CycleQuestionnaire
    figures: Figures
    spec: VersionSpec
    names: Names
    places: tuple[int, ...]
    """The places of the columns, in the order of the groups, the whole last."""

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return [group_head(self.figures.columns[place], self.names) for place in self.places]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its addresses."""
        return {"cycle": self.found.cycle, "questionnaire": self.found.questionnaire}

    def url(self, name: str, **more: str) -> str:
        """The address of one of its pages."""
        return reverse(f"site:{name}", kwargs={**self.arguments, **more})

    def line(
        self, code: str, label: str | Promise, numbers: Sequence[int | None], of: Sequence[int | None] = ()
    ) -> Line:
        """A row; ``of`` are those that answered."""
        made = []
        for head, place in zip(self.heads, self.places, strict=True):
            value, whole = numbers[place], of[place] if of else None
            made.append(Number(head, value, value / whole if value and whole else None))
        return Line(code, label, tuple(made))

    @property
    def denominators(self) -> list[Line]:
        """Parties, asked and reported."""
        words = {"parties": _("Parties"), "asked": _("States asked"), "reported": _("States that reported")}
        return [self.line(name, word, self.figures.denominators[name]) for name, word in words.items()]

    def table(self, question: QuestionSpec) -> list[Line]:
        """The rows of a question that are of any use, with the share of each answer."""
        rows = self.figures.questions[question.code]
        answered = self.figures.answered(question)
        return [
            self.line(row, self.row_label(question, row), numbers, answered if row.startswith(CHOSEN) else ())
            for row, numbers in rows.items()
            if numbers[-1] != 0 or not self._is_rare(question, row)
        ]

    @staticmethod
    def _is_rare(question: QuestionSpec, row: str) -> bool:
        return row == IN_WORDS or (row.startswith(CHOSEN) and row[len(CHOSEN) :] not in question.values)

    @staticmethod
    def row_label(question: QuestionSpec, row: str) -> str:
        """The words of a row."""
        if row.startswith(CHOSEN):
            text, _found = question.wording(page_language())
            return labels.value_label(question.kind.value, row[len(CHOSEN) :], dict(text.choices))
        return str(SAID_IN_WORDS if row == IN_WORDS else RELATIONS[row])

    def need_label(self, what: str, code: str) -> str:
        """The words of a row of needs."""
        if code == NONE:
            return str(NO_NEED[what])
        if what == logic.ANY:
            return _("Any assistance")
        if what == logic.ARTICLE:
            return cite(code, page_language()) or code
        return str((ASSISTANCE_TYPES if what == logic.TYPE else PRIORITY_AREAS).get(code, code))

    def needs(self, what: str) -> list[Line]:
        """The rows of a table of needs that are of any use."""
        return [
            self.line(code, self.need_label(what, code), numbers)
            for code, numbers in self.figures.needs[what].items()
            if numbers[-1] != 0 or code != NONE
        ]

    def context(self, *crumbs: tuple[str, str]) -> dict[str, Any]:
        """What all its pages show."""
        titles = titles_of(self.asked)
        way = [(figures_title(), reverse("site:figures")), (" · ".join(titles), self.url("figures_of"))]
        return {
            "edition": self.found,
            "titles": titles,
            "heads": self.heads,
            "denominators": self.denominators,
            "hidden_word": hidden_word(),
            "hidden": self.figures.numbers.count(None),
            "downloads": [(form.upper(), self.url("figures_file", form=form)) for form in exchange.FORMS],
            "pages": [
                (_("Questions"), self.url("figures_of")),
                (_("Needs"), self.url("figures_needs")),
                (_("Who has reported"), self.url("figures_reporting")),
            ],
            "crumbs": [*(way if crumbs else [way[0], (way[1][0], "")]), *crumbs],
        }


def open_edition(cycle: str, questionnaire: str) -> Edition:
    """The edition at this address; 404 if nothing is published there."""
    found = queries.published_figures(cycle, questionnaire)
    asked = asked_at(cycle, questionnaire) if found else None
    if found is None or asked is None:
        raise Http404
    read = logic.read(found.data)
    names = group_names(page_language(), found.as_at)
    order = [*names.order(Cut.REGION)]
    rank = {code: place for place, code in enumerate([*order, "", ALL])}
    places = sorted(range(len(read.columns)), key=lambda place: rank.get(read.columns[place], len(order)))
    return Edition(found, asked, read, queries.spec_of(found), names, tuple(places))
