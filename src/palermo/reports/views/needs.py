"""What States asked for, every number with its requests; and apart from it what silent States may need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
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
from palermo.reports.logic.needs import By, Count, Request, scheme
from palermo.reports.logic.rates import Cut
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.queries.rates import Names
from palermo.reports.views import frame
from palermo.reports.views.frame import Opened
from palermo.reports.words import date_shown
from palermo.responses.labels import URGENCIES
from palermo.responses.logic.scopes import cycle_scope

Label = str | Promise
BY: Final[dict[By, Label]] = {
    By.TYPE: gettext_lazy("By type of assistance"),
    By.NEED: gettext_lazy("By kind of need"),
    By.AREA: gettext_lazy("By priority area of the Conference"),
    By.ARTICLE: gettext_lazy("By article of the treaty"),
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
    "State. A request may fall into several priority areas, so that the areas do not add up to the whole."
)
FIRST: Final = (1, 4, 10)


@dataclass(frozen=True)
class Page:
    """The requests of all States, with the words for what they are counted by."""

    opened: Opened
    requests: tuple[Request, ...]
    names: Names

    def order(self, by: By) -> tuple[str, ...]:
        """The codes of a table in an order of their own, not by their numbers."""
        fixed: Mapping[By, Sequence[str]] = {
            By.TYPE: tuple(ASSISTANCE_TYPES),
            By.NEED: logic.NEEDS,
            By.AREA: tuple(area.code for area in scheme().areas),
            By.URGENCY: logic.URGENCIES,
            By.REGION: self.names.order(Cut.REGION),
            By.SUBREGION: self.names.order(Cut.SUBREGION),
            By.ARTICLE: tuple(dict.fromkeys(_article(question.provision) for question in self.opened.found.spec)),
            By.APART: logic.APART,
        }
        return tuple(fixed.get(by, ()))

    def label(self, by: By, code: str) -> str:
        """The words for a code."""
        if code == logic.NONE:
            return str(NOTHING.get(by, code))
        if code == logic.NOT_REGIONAL:
            return str(APART[code])
        if by is By.ARTICLE:
            return cite(code, frame.page_language()) or code
        if by is By.YEAR:
            return _("The date cannot be read") if code == "unclear" else code
        words: Mapping[By, Mapping[str, Label]] = {
            By.TYPE: ASSISTANCE_TYPES,
            By.NEED: NEEDS,
            By.AREA: AREAS,
            By.URGENCY: URGENCIES,
            By.APART: APART,
            By.REGION: self.names.names.get(Cut.REGION, {}),
            By.SUBREGION: self.names.names.get(Cut.SUBREGION, {}),
        }
        return str(words[by].get(code, code))

    def counted(self, by: By) -> dict[str, Count]:
        """The requests under each code, in the order of the codes."""
        return logic.counted(self.requests, by, self.order(by))

    def url(self, wanted: Mapping[By, str]) -> str:
        """The list of the requests that are counted under the codes."""
        return self.opened.url("needs_requests", {by.value: code for by, code in wanted.items()})

    def rows(self, by: By) -> list[dict[str, Any]]:
        """A table with the lists behind it."""
        return [
            {"label": self.label(by, code), "count": count, "url": self.url({by: code})}
            for code, count in self.counted(by).items()
        ]


def _article(provision: str) -> str:
    return ".".join(provision.split(".")[:2])


def _page(request: HttpRequest, cycle: str, questionnaire: str) -> Page:
    opened = frame.open_analysis(request, cycle, questionnaire)
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    return Page(opened, logic.stated(opened.found, scheme()), names)


def keep(context: dict[str, Any], request: HttpRequest, given: Mapping[str, str], opened: Opened) -> dict[str, Any]:
    """The context with what the reader chose carried along when another day is chosen."""
    query = QueryDict(mutable=True)
    query.update({**given, **opened.place.form.pinned})
    return {**context, "kept": list(given.items()), "pinned": f"{request.path}?{query.urlencode()}"}


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What States asked for, by everything that it is counted by."""
    page = _page(request, cycle, questionnaire)
    opened = page.opened
    tables = [{"by": by.value, "title": BY[by], "rows": page.rows(by)} for by in BY if by is not By.APART]
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
        "areas": _areas(),
        "not_regional": _not_regional(),
        "method": METHOD,
        "cross_url": opened.url("needs_cross"),
        "top_url": opened.url("needs_top"),
        "inferred_url": (
            opened.url("needs_inferred")
            if can(request.user, Permission.SEE_INFERRED_NEEDS, cycle_scope(cycle=cycle, questionnaire=questionnaire))
            else ""
        ),
        "downloads": [(kind.upper(), opened.url("needs_file", form=kind)) for kind in ("csv", "json")],
    }
    return render(request, "reports/needs.html", context)


def _areas() -> list[dict[str, Any]]:
    """What falls into each area, as the content has it."""
    return [
        {
            "letter": area.letter,
            "label": AREAS[area.code],
            "types": [ASSISTANCE_TYPES[code] for code in area.types],
            "topics": area.topics,
            "treaties": area.treaties,
        }
        for area in scheme().areas
    ]


def _not_regional() -> list[str]:
    rules = scheme()
    return [*(str(ASSISTANCE_TYPES[code]) for code in sorted(rules.not_regional_types)), *rules.not_regional_topics]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """All the tables as data, one below the other."""
    page = _page(request, cycle, questionnaire)
    if page.opened.place.form.problems:
        return frame.refused(page.opened.place.form.problems)
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
        "requests": _("How many requests"),
        "states": _("How many States made them"),
    }
    about = frame.made_from(page.opened.place.form, page.opened.place)
    table = Table(_("Stated needs for assistance"), about, columns, rows, notes=[str(METHOD)])
    return frame.table_file(page.opened.place.form, form, f"needs-{cycle}-{questionnaire}", table)


def _wanted(request: HttpRequest, page: Page) -> tuple[dict[By, str], list[str]]:
    """What the address asks for, and a sentence for each part that is not counted by."""
    wanted, problems = {}, []
    for by in By:
        code = request.GET.get(by.value, "")
        if not code:
            continue
        if code in page.counted(by) or code in page.order(by):
            wanted[by] = code
        else:
            problems.append(_("“%(table)s” has no such entry; it was left out.") % {"table": BY[by]})
    return wanted, problems


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_requests(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The requests behind a number."""
    page = _page(request, cycle, questionnaire)
    wanted, problems = _wanted(request, page)
    listed = logic.chosen(page.requests, wanted)
    receipts: dict[str, str] = {}
    for state in {item.state.code: item.state for item in listed}.values():
        receipts[state.code] = page.opened.submission(request, state)
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Requests"), ""))
    context = {
        **keep(context, request, {by.value: code for by, code in wanted.items()}, page.opened),
        "problems": problems,
        "what": " · ".join(page.label(by, code) for by, code in wanted.items()) or _("All requests"),
        "count": Count(listed),
        "requests": [
            {
                "request": item,
                "type": page.label(By.TYPE, item.type or logic.NONE),
                "citation": cite(item.provision, frame.page_language()),
                "urgency": page.label(By.URGENCY, item.urgency or logic.NONE),
                "by_date": date_shown(item.by_date) if item.by_date else "",
                "url": receipts[item.state.code],
            }
            for item in listed
        ],
    }
    return render(request, "reports/needs_requests.html", context)


def _by(request: HttpRequest, name: str, default: By, problems: list[str]) -> By:
    given = request.GET.get(name, "")
    found = next((by for by in By if by.value == given), None)
    if given and found is None:
        problems.append(_("Needs are not counted by this; “%(table)s” is shown.") % {"table": BY[default]})
    return found or default


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_cross(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Two ways of counting against each other: type and region, if the reader asks for nothing else."""
    page = _page(request, cycle, questionnaire)
    problems: list[str] = []
    rows = _by(request, "rows", By.TYPE, problems)
    columns = _by(request, "columns", By.REGION, problems)
    pairs = logic.crossed(page.requests, rows, columns)
    across = list(page.counted(columns))
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Cross table"), ""))
    context = {
        **keep(context, request, {"rows": rows.value, "columns": columns.value}, page.opened),
        "problems": problems,
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
            for row in page.counted(rows)
        ],
        "choices": [(by.value, BY[by]) for by in BY],
        "chosen_rows": rows.value,
        "chosen_columns": columns.value,
        "dates": list(page.opened.place.form.chosen.items()),
    }
    return render(request, "reports/needs_cross.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_top(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The needs that most States stated, for a reader who asks for such a list."""
    page = _page(request, cycle, questionnaire)
    problems: list[str] = []
    by = _by(request, "by", By.NEED, problems)
    first = next((number for number in FIRST if str(number) == request.GET.get("first", "4")), None)
    if first is None:
        problems.append(_("The list can name the first 1, 4 or 10; the first 4 are shown."))
        first = 4
    counts = page.counted(by)
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Most often stated"), ""))
    context = {
        **keep(context, request, {"by": by.value, "first": str(first)}, page.opened),
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
        "dates": list(page.opened.place.form.chosen.items()),
    }
    return render(request, "reports/needs_top.html", context)


@requires(Permission.SEE_INFERRED_NEEDS, scope=cycle_scope)
@require_safe
def needs_inferred(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What silent States may need, with the method and its numbers."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    context = {
        **opened.context(request, (_("Needs"), opened.url("needs")), (_("Inferred"), "")),
        "least": inferences.LEAST,
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
    }
    return render(request, "reports/needs_inferred.html", context)
