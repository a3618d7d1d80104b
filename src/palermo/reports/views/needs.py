"""What States asked for, every number with its requests."""

from functools import cache, partial
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.reports.logic import needs as logic
from palermo.reports.logic.needs import By, Count, Wanted, scheme
from palermo.reports.views import frame
from palermo.reports.views.charts import chart_file
from palermo.reports.views.counted_needs import (
    DRAWN,
    FIRST,
    METHOD,
    Page,
    crossed_of,
    first_of,
    open_needs,
    table_of,
    wanted_of,
    what_of,
)
from palermo.reports.words import NEEDS_BY, PRIORITY_AREAS, date_shown
from palermo.responses.logic.scopes import cycle_scope
from palermo.treaties.queries import instrument_titles

REQUESTS_ON_A_PAGE: Final = 500


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What States asked for, by everything that it is counted by."""
    page = open_needs(request, cycle, questionnaire)
    opened = page.opened
    charts = {by: page.chart(by) for by in DRAWN} if page.requests else {}
    if file := chart_file(request, *charts.values()):
        return file
    tables = [
        {"by": by.value, "title": NEEDS_BY[by], "rows": page.rows(by), "chart": charts.get(by)}
        for by in NEEDS_BY
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
            "label": PRIORITY_AREAS[area.code],
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


def _pairs(wanted: Wanted) -> list[tuple[str, str]]:
    return [(by.value, code) for by, codes in wanted.items() for code in codes]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_requests(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The requests behind a number."""
    page = open_needs(request, cycle, questionnaire)
    wanted, problems = wanted_of(request, page)
    listed = logic.chosen(page.requests, wanted)
    shown_page = Paginator(listed, REQUESTS_ON_A_PAGE).get_page(request.GET.get("page"))
    receipts = {state.code: page.opened.submission(request, state) for state in Count(list(shown_page)).who}
    # Many requests share a day and a provision.
    shown, cited = cache(date_shown), cache(partial(cite, language=frame.page_language()))
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Requests"), ""))
    context = {
        **frame.keep(context, request, _pairs(wanted), page.opened),
        "problems": problems,
        "what": what_of(page, wanted) or _("All requests"),
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
def needs_cross(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Two ways of counting against each other."""
    table = crossed_of(request, cycle, questionnaire)
    page, rows, columns = table.page, table.rows, table.columns
    pairs, across = table.cells(), table.across
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Cross table"), ""))
    context = {
        **frame.keep(context, request, table.given.items(), page.opened),
        "problems": table.problems,
        "rows_title": NEEDS_BY[rows],
        "columns_title": NEEDS_BY[columns],
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
        "choices": [(by.value, NEEDS_BY[by]) for by in NEEDS_BY],
        "chosen_rows": rows.value,
        "chosen_columns": columns.value,
        "downloads": page.opened.files("needs_cross_file", table.given),
    }
    return render(request, "reports/needs_cross.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_top(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The needs that most States stated, for a reader who asks for such a list."""
    page = open_needs(request, cycle, questionnaire)
    problems: list[str] = []
    by, first = table_of(request, "by", By.NEED, problems), first_of(request, problems)
    counts = page.counted(by)
    given = {"by": by.value, "first": str(first)}
    context = page.opened.context(request, (_("Needs"), page.opened.url("needs")), (_("Most often stated"), ""))
    context = {
        **frame.keep(context, request, given.items(), page.opened),
        "problems": problems,
        "by_title": NEEDS_BY[by],
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
        "choices": [(item.value, NEEDS_BY[item]) for item in NEEDS_BY],
        "firsts": FIRST,
        "chosen_by": by.value,
        "chosen_first": first,
        "downloads": page.opened.files("needs_top_file", given),
    }
    return render(request, "reports/needs_top.html", context)
