"""What States asked for, counted for a reader: what the pages and the files of needs share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from babel.lists import format_list
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palermo.base.citation import cite
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.reports.logic import needs as logic
from palermo.reports.logic import rates
from palermo.reports.logic.charts import Chart, Row, Series
from palermo.reports.logic.needs import By, Count, Request, Wanted, scheme
from palermo.reports.logic.rates import Cut
from palermo.reports.queries import rates as rate_queries
from palermo.reports.queries.rates import Names
from palermo.reports.views import frame
from palermo.reports.views.frame import Opened
from palermo.reports.words import (
    KINDS_OF_NEED,
    NEEDS_APART,
    NEEDS_BY,
    NOTHING_SAID,
    PRIORITY_AREAS,
)
from palermo.responses.labels import URGENCIES
from palermo.treaties.queries import topic_titles

METHOD: Final = gettext_lazy(
    "A request is what a State entered in its own submission. A State that asks three times is three requests and one "
    "State. A request may fall into several priority areas or topics, so that these do not add up to the whole."
)
DRAWN: Final[dict[By, str | Promise]] = {
    By.TYPE: gettext_lazy("States that asked for each type of assistance"),
    By.REGION: gettext_lazy("States that asked for assistance, by regional group"),
    By.URGENCY: gettext_lazy("States that asked for assistance, by urgency"),
}
"""What is drawn, and how the chart is called."""
FIRST: Final = (1, 4, 10)


@dataclass(frozen=True)
class Page:
    """The requests of all States, with the words for what they are counted by."""

    opened: Opened
    requests: tuple[Request, ...]
    names: Names
    topics: Mapping[str, str]
    """What each topic is called."""

    def order(self, by: By) -> tuple[str, ...]:
        """The codes of a table in an order of their own, not by their numbers."""
        fixed: Mapping[By, Sequence[str]] = {
            By.TYPE: tuple(ASSISTANCE_TYPES),
            By.NEED: logic.NEEDS,
            By.AREA: tuple(area.code for area in scheme().areas),
            By.URGENCY: logic.URGENCIES,
            By.REGION: self.names.order(Cut.REGION),
            By.SUBREGION: self.names.order(Cut.SUBREGION),
            By.ARTICLE: tuple(self.articles),
            By.TOPIC: tuple(self.topics),
            By.APART: logic.APART,
        }
        return tuple(fixed.get(by, ()))

    @cached_property
    def words(self) -> Mapping[By, Mapping[str, str | Promise]]:
        """The words for the codes, where they have words."""
        return {
            By.TYPE: ASSISTANCE_TYPES,
            By.NEED: KINDS_OF_NEED,
            By.TOPIC: self.topics,
            By.AREA: PRIORITY_AREAS,
            By.URGENCY: URGENCIES,
            By.APART: NEEDS_APART,
            By.REGION: self.names.names.get(Cut.REGION, {}),
            By.SUBREGION: self.names.names.get(Cut.SUBREGION, {}),
        }

    def label(self, by: By, code: str) -> str:
        """The words for a code."""
        if code == logic.NONE:
            return str(NOTHING_SAID.get(by, code))
        if code == logic.NOT_REGIONAL:
            return str(NEEDS_APART[code])
        if by is By.ARTICLE:
            return self.article(code)
        if by is By.YEAR:
            return _("The date cannot be read") if code == "unclear" else code
        return str(self.words[by].get(code, code))

    @cached_property
    def articles(self) -> dict[str, str]:
        """The articles at which something is asked, with the section of each."""
        return logic.articles(self.opened.found)

    def article(self, code: str) -> str:
        """An article with its title, as the questionnaire has it."""
        cited = cite(code, frame.page_language()) or code
        section = self.articles.get(code, "")
        if not section:
            return cited
        return f"{cited} · {self.opened.found.spec.section(section).heading(frame.page_language())[0].title}"

    def counted(self, by: By) -> dict[str, Count]:
        """The requests under each code, in the order of the codes."""
        return logic.counted(self.requests, by, self.order(by))

    def url(self, wanted: Mapping[By, str]) -> str:
        """The list of the requests that are counted under the codes."""
        return self.opened.url("needs_requests", {by.value: code for by, code in wanted.items()})

    def chart(self, by: By) -> Chart:
        """How many States asked, of those that reported: of the group, where it is by regional group."""
        found = self.opened.found
        groups = {slice.code or logic.NONE: slice for slice in rates.slices(found.states, Cut.REGION)}

        def whole(code: str) -> int:
            if by is By.REGION and code in groups:
                return len(rates.members(found.reported, groups[code]))
            return len(found.reported)

        return Chart(
            key=f"needs-by-{by.value}",
            kind="bars",
            title=str(DRAWN[by]),
            subtitle=(
                _("Of the States of each group that reported; what is not regional, of all States that reported")
                if by is By.REGION
                else _("Of the States that reported")
            ),
            heading=str(NEEDS_BY[by]),
            unit=_("States"),
            as_at=found.as_at,
            known_at=found.known_at,
            source=" · ".join(self.opened.place.titles),
            series=(Series("states", _("States")),),
            rows=tuple(
                Row(self.label(by, code), (count.states,), whole=whole(code), hrefs=(self.url({by: code}),))
                for code, count in self.counted(by).items()
            ),
            notes=(str(METHOD),),
        )

    def rows(self, by: By) -> list[dict[str, Any]]:
        """A table with the lists behind it."""
        return [
            {"label": self.label(by, code), "count": count, "url": self.url({by: code})}
            for code, count in self.counted(by).items()
        ]


def open_needs(request: HttpRequest, cycle: str, questionnaire: str) -> Page:
    """The analysis at this address with the requests of all States."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    return Page(opened, logic.stated(opened.found, scheme()), names, topic_titles(frame.page_language()))


def wanted_of(request: HttpRequest, page: Page) -> tuple[dict[By, tuple[str, ...]], list[str]]:
    """What the address asks for, and a sentence for each part that is not counted by."""
    wanted: dict[By, tuple[str, ...]] = {}
    problems = []
    for by in By:
        known = {*page.counted(by), *page.order(by), *((logic.NONE,) if by in NOTHING_SAID else ())}
        codes = tuple(dict.fromkeys(code for code in request.GET.getlist(by.value) if code))
        if kept := tuple(code for code in codes if code in known):
            wanted[by] = kept
        if kept != codes:
            problems.append(_("“%(table)s” has no such entry; it was left out.") % {"table": NEEDS_BY[by]})
    return wanted, problems


def what_of(page: Page, wanted: Wanted) -> str:
    """The words for what is asked for."""
    locale = frame.page_language().replace("-", "_")
    named = ([page.label(by, code) for code in codes] for by, codes in wanted.items())
    return " · ".join(format_list(labels, style="or", locale=locale) for labels in named)


def table_of(request: HttpRequest, name: str, default: By, problems: list[str]) -> By:
    """By what the address asks to count; the default, and a sentence, if needs are not counted by it."""
    given = request.GET.get(name, "")
    found = next((by for by in By if by.value == given), None)
    if given and found is None:
        problems.append(_("Needs are not counted by this; “%(table)s” is shown.") % {"table": NEEDS_BY[default]})
    return found or default


@dataclass(frozen=True)
class Crossed:
    """Two ways of counting against each other: type and region, if the reader asks for nothing else."""

    page: Page
    rows: By
    columns: By
    problems: tuple[str, ...]

    @property
    def across(self) -> list[str]:
        """The codes of the columns."""
        return list(self.page.counted(self.columns))

    @property
    def down(self) -> list[str]:
        """The codes of the rows."""
        return list(self.page.counted(self.rows))

    @property
    def given(self) -> dict[str, str]:
        """What was chosen, as it stands in an address."""
        return {"rows": self.rows.value, "columns": self.columns.value}

    def cells(self) -> dict[tuple[str, str], Count]:
        """What is under each pair that occurs."""
        return logic.crossed(self.page.requests, self.rows, self.columns)


def crossed_of(request: HttpRequest, cycle: str, questionnaire: str) -> Crossed:
    """The cross table that the address asks for."""
    page = open_needs(request, cycle, questionnaire)
    problems: list[str] = []
    rows = table_of(request, "rows", By.TYPE, problems)
    columns = table_of(request, "columns", By.REGION, problems)
    return Crossed(page, rows, columns, tuple(problems))


def first_of(request: HttpRequest, problems: list[str]) -> int:
    """How many places of the list the address asks for."""
    first = next((number for number in FIRST if str(number) == request.GET.get("first", "4")), None)
    if first is None:
        problems.append(_("The list can name the first 1, 4 or 10; the first 4 are shown."))
    return first or 4
