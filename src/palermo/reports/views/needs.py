"""What States asked for, every number with its requests; and apart from it what silent States may need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any, Final

from babel.lists import format_list
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.reports.logic import inferred as inferences
from palermo.reports.logic import needs as logic
from palermo.reports.logic import rates
from palermo.reports.logic.charts import Chart, Row, Series
from palermo.reports.logic.dataset import State
from palermo.reports.logic.needs import By, Count, Request, Wanted, scheme
from palermo.reports.logic.rates import Cut
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.queries.rates import Names
from palermo.reports.views import frame
from palermo.reports.views.charts import chart_file
from palermo.reports.views.frame import Opened
from palermo.reports.words import date_shown
from palermo.responses.labels import URGENCIES
from palermo.responses.logic.scopes import cycle_scope
from palermo.treaties.queries import instrument_titles, topic_titles

Label = str | Promise
BY: Final[dict[By, Label]] = {
    By.TYPE: gettext_lazy("By type of assistance"),
    By.NEED: gettext_lazy("By kind of need"),
    By.AREA: gettext_lazy("By priority area of the Conference"),
    By.ARTICLE: gettext_lazy("By article of the treaty"),
    By.TOPIC: gettext_lazy("By topic of the question"),
    By.REGION: gettext_lazy("By regional group"),
    By.SUBREGION: gettext_lazy("By sub-region"),
    By.URGENCY: gettext_lazy("By urgency"),
    By.YEAR: gettext_lazy("By the year by which it is needed"),
    By.APART: gettext_lazy("What stands apart"),
}
NEEDS: Final[dict[str, Label]] = {
    "training-and-capacity": gettext_lazy("Training and capacity-building"),
    "legal-assistance": gettext_lazy("Legal assistance"),
    "international-cooperation": gettext_lazy("Strengthening of international cooperation"),
    "help-to-report": gettext_lazy("Assistance in complying with reporting requirements"),
    "other": gettext_lazy("Other needs"),
}
AREAS: Final[dict[str, Label]] = {
    "information": gettext_lazy("Gathering information on implementation"),
    "criminal-justice": gettext_lazy("Strengthening criminal justice responses to organized crime"),
    "cooperation": gettext_lazy("International cooperation and central authorities"),
    "data": gettext_lazy("Data collection"),
    "protocols": gettext_lazy("Implementation of the Protocols"),
}
APART: Final[dict[str, Label]] = {
    "help-to-report": gettext_lazy("Help to report"),
    "not-regional": gettext_lazy("Needs that are not regional"),
}
NOTHING: Final[dict[By, Label]] = {
    By.TYPE: gettext_lazy("No type was named"),
    By.ARTICLE: gettext_lazy("No article"),
    By.TOPIC: gettext_lazy("No topic"),
    By.AREA: gettext_lazy("In none of the five areas"),
    By.REGION: gettext_lazy("Outside the regional groups"),
    By.SUBREGION: gettext_lazy("In no sub-region"),
    By.URGENCY: gettext_lazy("No urgency was given"),
    By.YEAR: gettext_lazy("No date was given"),
}
LIKENESS: Final[dict[str, Label]] = {
    "subregion_and_lists": gettext_lazy("the same sub-region and the same development lists"),
    "subregion": gettext_lazy("the same sub-region"),
    "region_and_lists": gettext_lazy("the same regional group and the same development lists"),
}
METHOD: Final = gettext_lazy(
    "A request is what a State entered in its own submission. A State that asks three times is three requests and one "
    "State. A request may fall into several priority areas or topics, so that these do not add up to the whole."
)
INFERRED: Final = gettext_lazy(
    "Inferred by comparison. No State has asked for any of this, and it is in no count of stated needs."
)
DRAWN: Final[dict[By, Label]] = {
    By.TYPE: gettext_lazy("States that asked for each type of assistance"),
    By.REGION: gettext_lazy("States that asked for assistance, by regional group"),
    By.URGENCY: gettext_lazy("States that asked for assistance, by urgency"),
}
"""What is drawn, and how the chart is called."""
FIRST: Final = (1, 4, 10)
REQUESTS_ON_A_PAGE: Final = 500


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
    def words(self) -> Mapping[By, Mapping[str, Label]]:
        """The words for the codes, where they have words."""
        return {
            By.TYPE: ASSISTANCE_TYPES,
            By.NEED: NEEDS,
            By.TOPIC: self.topics,
            By.AREA: AREAS,
            By.URGENCY: URGENCIES,
            By.APART: APART,
            By.REGION: self.names.names.get(Cut.REGION, {}),
            By.SUBREGION: self.names.names.get(Cut.SUBREGION, {}),
        }

    def label(self, by: By, code: str) -> str:
        """The words for a code."""
        if code == logic.NONE:
            return str(NOTHING.get(by, code))
        if code == logic.NOT_REGIONAL:
            return str(APART[code])
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
            heading=str(BY[by]),
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


def _page(request: HttpRequest, cycle: str, questionnaire: str) -> Page:
    opened = frame.open_analysis(request, cycle, questionnaire)
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    return Page(opened, logic.stated(opened.found, scheme()), names, topic_titles(frame.page_language()))


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What States asked for, by everything that it is counted by."""
    page = _page(request, cycle, questionnaire)
    opened = page.opened
    charts = {by: page.chart(by) for by in DRAWN} if page.requests else {}
    if file := chart_file(request, *charts.values()):
        return file
    tables = [
        {"by": by.value, "title": BY[by], "rows": page.rows(by), "chart": charts.get(by)}
        for by in BY
        if by is not By.APART
    ]
    context = {
        **opened.context(request, (_("Needs"), "")),
        "whole": Count(page.requests),
        "whole_url": opened.url("needs_requests"),
        "apart": [
            {
                "label": page.label(By.APART, code),
                "count": page.counted(By.APART).get(code, Count(())),
                "url": page.url({By.APART: code}),
            }
            for code in logic.APART
        ],
        "tables": tables,
        "areas": _areas(page),
        "not_regional": _not_regional(page),
        "method": METHOD,
        "cross_url": opened.url("needs_cross"),
        "top_url": opened.url("needs_top"),
        "inferred_url": (
            opened.url("needs_inferred")
            if can(request.user, Permission.SEE_INFERRED_NEEDS, cycle_scope(cycle=cycle, questionnaire=questionnaire))
            else ""
        ),
        "downloads": opened.files("needs_file"),
    }
    return render(request, "reports/needs.html", context)


def _areas(page: Page) -> list[dict[str, Any]]:
    """What falls into each area, as the content has it."""
    return [
        {
            "letter": area.letter,
            "label": AREAS[area.code],
            "types": [ASSISTANCE_TYPES[code] for code in area.types],
            "topics": [page.topics.get(code, code) for code in area.topics],
            "treaties": instrument_titles(area.treaties, frame.page_language()) if area.treaties else [],
        }
        for area in scheme().areas
    ]


def _not_regional(page: Page) -> list[str]:
    rules = scheme()
    types = [code for code in ASSISTANCE_TYPES if code in rules.not_regional_types]
    topics = sorted(rules.not_regional_topics)
    return [*(str(ASSISTANCE_TYPES[code]) for code in types), *(page.topics.get(code, code) for code in topics)]


# ── Files ──


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """All the tables as data, one below the other."""
    page = _page(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = [
        {
            "by": by.value,
            "code": code,
            "label": page.label(by, code),
            "requests": count.number,
            "states": count.states,
        }
        for by in BY
        for code, count in page.counted(by).items()
    ]
    columns = {
        "by": _("By what is counted: %(words)s") % {"words": ", ".join(f"{by.value} ({BY[by]})" for by in BY)},
        "code": _("The code; “-” where nothing was said"),
        "label": _("The words for the code"),
        **_counts(),
    }
    table = Table(_("Stated needs for assistance"), page.opened.about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, "needs", table)


def _counts() -> dict[str, str]:
    return {"requests": _("How many requests"), "states": _("How many States made them")}


def _wanted(request: HttpRequest, page: Page) -> tuple[dict[By, tuple[str, ...]], list[str]]:
    """What the address asks for, and a sentence for each part that is not counted by."""
    wanted: dict[By, tuple[str, ...]] = {}
    problems = []
    for by in By:
        known = {*page.counted(by), *page.order(by), *((logic.NONE,) if by in NOTHING else ())}
        codes = tuple(dict.fromkeys(code for code in request.GET.getlist(by.value) if code))
        if kept := tuple(code for code in codes if code in known):
            wanted[by] = kept
        if kept != codes:
            problems.append(_("“%(table)s” has no such entry; it was left out.") % {"table": BY[by]})
    return wanted, problems


def _pairs(wanted: Wanted) -> list[tuple[str, str]]:
    return [(by.value, code) for by, codes in wanted.items() for code in codes]


def _what(page: Page, wanted: Wanted) -> str:
    """The words for what is asked for."""
    locale = frame.page_language().replace("-", "_")
    named = ([page.label(by, code) for code in codes] for by, codes in wanted.items())
    return " · ".join(format_list(labels, style="or", locale=locale) for labels in named)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_requests(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The requests behind a number."""
    page = _page(request, cycle, questionnaire)
    wanted, problems = _wanted(request, page)
    listed = logic.chosen(page.requests, wanted)
    shown_page = Paginator(listed, REQUESTS_ON_A_PAGE).get_page(request.GET.get("page"))
    receipts = {state.code: page.opened.submission(request, state) for state in Count(list(shown_page)).who}
    # Many requests share a day and a provision.
    shown, cited = cache(date_shown), cache(partial(cite, language=frame.page_language()))
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Requests"), ""))
    context = {
        **frame.keep(context, request, _pairs(wanted), page.opened),
        "problems": problems,
        "what": _what(page, wanted) or _("All requests"),
        "count": Count(listed),
        "requests": [
            {
                "request": item,
                "type": page.label(By.TYPE, item.type or logic.NONE),
                "citation": cited(item.provision),
                "urgency": page.label(By.URGENCY, item.urgency or logic.NONE),
                "by_date": shown(item.by_date) if item.by_date else "",
                "url": receipts[item.state.code],
            }
            for item in shown_page
        ],
        "page": shown_page,
        "downloads": page.opened.files("needs_requests_file", {by.value: list(codes) for by, codes in wanted.items()}),
    }
    return render(request, "reports/needs_requests.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_requests_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each request, with the words beside the codes."""
    page = _page(request, cycle, questionnaire)
    wanted, problems = _wanted(request, page)
    rows: list[dict[str, Cell]] = [
        {
            "state": item.state.code,
            "name": item.state.name,
            "group": item.state.group,
            "group_words": page.label(By.REGION, item.state.group or logic.NONE),
            "own_order": item.rank,
            "type": item.type,
            "type_words": page.label(By.TYPE, item.type or logic.NONE),
            "need": item.need,
            "need_words": page.label(By.NEED, item.need),
            "provision": item.provision,
            "provision_words": cite(item.provision, frame.page_language()),
            "topics": " ".join(item.topics),
            "topics_words": "; ".join(page.label(By.TOPIC, code) for code in item.topics),
            "areas": " ".join(item.areas),
            "areas_words": "; ".join(page.label(By.AREA, code) for code in item.areas),
            "urgency": item.urgency,
            "urgency_words": page.label(By.URGENCY, item.urgency or logic.NONE),
            "by_date": item.by_date,
            "institution": item.institution,
            "regional": item.is_regional,
            "receipt": item.state.receipt,
        }
        for item in logic.chosen(page.requests, wanted)
    ]
    columns = {
        **_of_state(),
        "own_order": _("Its place in the State’s own order; empty if the State gave it none"),
        "type": _("Code of the type of assistance; empty if none was named"),
        "type_words": _("The type of assistance in words"),
        "need": _("Code of the kind of need"),
        "need_words": _("The kind of need in words"),
        "provision": _("Code of the provision at which assistance was asked for"),
        "provision_words": _("The provision in words"),
        "topics": _("Codes of the topics of the question"),
        "topics_words": _("The topics in words"),
        "areas": _("Codes of the priority areas of the Conference into which the request falls"),
        "areas_words": _("The priority areas in words"),
        "urgency": _("Code of the urgency; empty if none was given"),
        "urgency_words": _("The urgency in words"),
        "by_date": _("The day by which it is needed, as the State wrote it"),
        "institution": _("For which institution, in the State’s own words"),
        "regional": _("Whether it lends itself to a regional approach; if not, it is in no regional group"),
        "receipt": _("Number of the receipt of the submission that counted on the day"),
    }
    about = {**page.opened.about, "requests": _what(page, wanted) or _("All requests")}
    table = Table(_("Requests for assistance"), about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, "requests", table, problems)


def _of_state() -> dict[str, str]:
    return {
        "state": _("Code of the State"),
        "name": _("Name of the State on the day"),
        "group": _("Code of its regional group"),
        "group_words": _("Its regional group in words"),
    }


def _by(request: HttpRequest, name: str, default: By, problems: list[str]) -> By:
    given = request.GET.get(name, "")
    found = next((by for by in By if by.value == given), None)
    if given and found is None:
        problems.append(_("Needs are not counted by this; “%(table)s” is shown.") % {"table": BY[default]})
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


def _crossed(request: HttpRequest, cycle: str, questionnaire: str) -> Crossed:
    page = _page(request, cycle, questionnaire)
    problems: list[str] = []
    rows = _by(request, "rows", By.TYPE, problems)
    columns = _by(request, "columns", By.REGION, problems)
    return Crossed(page, rows, columns, tuple(problems))


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_cross(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Two ways of counting against each other."""
    table = _crossed(request, cycle, questionnaire)
    page, rows, columns = table.page, table.rows, table.columns
    pairs, across = table.cells(), table.across
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Cross table"), ""))
    context = {
        **frame.keep(context, request, table.given.items(), page.opened),
        "problems": table.problems,
        "rows_title": BY[rows],
        "columns_title": BY[columns],
        "heads": [page.label(columns, code) for code in across],
        "rows": [
            {
                "label": page.label(rows, row),
                "cells": [
                    {
                        "head": page.label(columns, column),
                        "count": pairs.get((row, column), Count(())),
                        "url": page.url({rows: row, columns: column}) if rows != columns else page.url({rows: row}),
                    }
                    for column in across
                ],
            }
            for row in table.down
        ],
        "choices": [(by.value, BY[by]) for by in BY],
        "chosen_rows": rows.value,
        "chosen_columns": columns.value,
        "downloads": page.opened.files("needs_cross_file", table.given),
    }
    return render(request, "reports/needs_cross.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_cross_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each cell, empty ones too."""
    made = _crossed(request, cycle, questionnaire)
    page, pairs = made.page, made.cells()
    rows: list[dict[str, Cell]] = []
    for row in made.down:
        for column in made.across:
            count = pairs.get((row, column), Count(()))
            rows.append(
                {
                    "row": row,
                    "row_words": page.label(made.rows, row),
                    "column": column,
                    "column_words": page.label(made.columns, column),
                    "requests": count.number,
                    "states": count.states,
                }
            )
    columns = {
        "row": _("Code of the row: %(words)s; “-” where nothing was said") % {"words": BY[made.rows]},
        "row_words": _("The words for the code"),
        "column": _("Code of the column: %(words)s; “-” where nothing was said") % {"words": BY[made.columns]},
        "column_words": _("The words for the code"),
        **_counts(),
    }
    table = Table(_("Needs, counted two ways at once"), page.opened.about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, f"needs-{made.rows.value}-{made.columns.value}", table, made.problems)


def _first(request: HttpRequest, problems: list[str]) -> int:
    first = next((number for number in FIRST if str(number) == request.GET.get("first", "4")), None)
    if first is None:
        problems.append(_("The list can name the first 1, 4 or 10; the first 4 are shown."))
    return first or 4


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_top(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The needs that most States stated, for a reader who asks for such a list."""
    page = _page(request, cycle, questionnaire)
    problems: list[str] = []
    by, first = _by(request, "by", By.NEED, problems), _first(request, problems)
    counts = page.counted(by)
    given = {"by": by.value, "first": str(first)}
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Most often stated"), ""))
    context = {
        **frame.keep(context, request, given.items(), page.opened),
        "problems": problems,
        "by_title": BY[by],
        "places": [
            {
                "place": place.place,
                "tie": len(place.codes) > 1,
                "entries": [
                    {"label": page.label(by, code), "count": counts[code], "url": page.url({by: code})}
                    for code in place.codes
                ],
            }
            for place in logic.top(page.requests, by, first)
        ],
        "choices": [(item.value, BY[item]) for item in BY],
        "firsts": FIRST,
        "chosen_by": by.value,
        "chosen_first": first,
        "downloads": page.opened.files("needs_top_file", given),
    }
    return render(request, "reports/needs_top.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_top_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data."""
    page = _page(request, cycle, questionnaire)
    problems: list[str] = []
    by, first = _by(request, "by", By.NEED, problems), _first(request, problems)
    counts = page.counted(by)
    rows: list[dict[str, Cell]] = [
        {
            "place": place.place,
            "code": code,
            "label": page.label(by, code),
            "requests": counts[code].number,
            "states": counts[code].states,
        }
        for place in logic.top(page.requests, by, first)
        for code in place.codes
    ]
    columns = {
        "place": _("Place by the number of States; equal numbers share a place"),
        "code": _("The code; “-” where nothing was said"),
        "label": _("The words for the code"),
        **_counts(),
    }
    about = {**page.opened.about, "by": str(BY[by])}
    table = Table(_("The needs that most States stated"), about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, f"most-stated-{by.value}", table, problems)


# ── What is inferred: apart from all of the above ──


@requires(Permission.SEE_INFERRED_NEEDS, scope=cycle_scope)
@require_safe
def needs_inferred(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What silent States may need, with the method and its numbers."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    context = {
        **opened.context(request, (_("Needs"), opened.url("needs")), (_("Inferred"), "")),
        "least": inferences.LEAST,
        "inferred": INFERRED,
        "states": [
            {
                "state": item.state,
                "likeness": LIKENESS[item.likeness.value] if item.likeness else "",
                "peers": [peer.name for peer in item.peers],
                "number": len(item.peers),
                "needs": [(ASSISTANCE_TYPES.get(need.type, need.type), need) for need in item.needs],
            }
            for item in inferences.inferred(opened.found)
        ],
        "downloads": opened.files("needs_inferred_file"),
    }
    return render(request, "reports/needs_inferred.html", context)


@requires(Permission.SEE_INFERRED_NEEDS, scope=cycle_scope)
@require_safe
def needs_inferred_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each type named, and one for a State of which nothing can be said."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = []
    for item in inferences.inferred(opened.found):
        about_state: dict[str, Cell] = {
            **_state_cells(item.state),
            "likeness": str(LIKENESS[item.likeness.value]) if item.likeness else "",
            "peers": len(item.peers),
            "peers_codes": " ".join(peer.code for peer in item.peers),
        }
        named: list[dict[str, Cell]] = [
            {"type": need.type, "type_words": str(ASSISTANCE_TYPES.get(need.type, need.type)), "asked": need.asked}
            for need in item.needs
        ]
        rows += [{**about_state, **need} for need in named or [{}]]
    columns = {
        "state": _("Code of the State, which is silent and has asked for nothing"),
        "name": _("Name of the State on the day"),
        "likeness": _("In what the similar States are like it; empty if fewer than %(least)s have reported")
        % {"least": inferences.LEAST},
        "peers": _("How many similar States reported"),
        "peers_codes": _("Their codes"),
        "type": _("Code of a type of assistance that at least half of them asked for; empty if there is none"),
        "type_words": _("The type of assistance in words"),
        "asked": _("How many of them asked for it"),
    }
    table = Table(_("What silent States may need: inferred, not stated"), opened.about, columns, rows, [str(INFERRED)])
    return opened.file(form, "inferred-needs", table)


def _state_cells(state: State) -> dict[str, Cell]:
    return {"state": state.code, "name": state.name}
