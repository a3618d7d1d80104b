"""The tables of needs as files."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.reports.logic import needs as logic
from palermo.reports.logic.needs import By, Count
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.views import frame
from palermo.reports.views.counted_needs import METHOD, crossed_of, first_of, open_needs, table_of, wanted_of, what_of
from palermo.reports.words import NEEDS_BY
from palermo.responses.logic.scopes import cycle_scope


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """All the tables as data, one below the other."""
    page = open_needs(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = [
        {
            "by": by.value,
            "code": code,
            "label": page.label(by, code),
            "requests": count.number,
            "states": count.states,
        }
        for by in NEEDS_BY
        for code, count in page.counted(by).items()
    ]
    columns = {
        "by": _("By what is counted: %(words)s")
        % {"words": ", ".join(f"{by.value} ({NEEDS_BY[by]})" for by in NEEDS_BY)},
        "code": _("The code; “-” where nothing was said"),
        "label": _("The words for the code"),
        **_counts(),
    }
    table = Table(_("Stated needs for assistance"), page.opened.about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, "needs", table)


def _counts() -> dict[str, str]:
    return {"requests": _("How many requests"), "states": _("How many States made them")}


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_requests_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each request, with the words beside the codes."""
    page = open_needs(request, cycle, questionnaire)
    wanted, problems = wanted_of(request, page)
    rows: list[dict[str, Cell]] = [
        {
            **frame.state_cells(item.state),
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
        **frame.state_columns(),
        "group_words": _("Its regional group in words"),
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
    about = {**page.opened.about, "requests": what_of(page, wanted) or _("All requests")}
    table = Table(_("Requests for assistance"), about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, "requests", table, problems)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_cross_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each cell, empty ones too."""
    made = crossed_of(request, cycle, questionnaire)
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
        "row": _("Code of the row: %(words)s; “-” where nothing was said") % {"words": NEEDS_BY[made.rows]},
        "row_words": _("The words for the code"),
        "column": _("Code of the column: %(words)s; “-” where nothing was said") % {"words": NEEDS_BY[made.columns]},
        "column_words": _("The words for the code"),
        **_counts(),
    }
    table = Table(_("Needs, counted two ways at once"), page.opened.about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, f"needs-{made.rows.value}-{made.columns.value}", table, made.problems)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def needs_top_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data."""
    page = open_needs(request, cycle, questionnaire)
    problems: list[str] = []
    by, first = table_of(request, "by", By.NEED, problems), first_of(request, problems)
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
    about = {**page.opened.about, "by": str(NEEDS_BY[by])}
    table = Table(_("The needs that most States stated"), about, columns, rows, notes=[str(METHOD)])
    return page.opened.file(form, f"most-stated-{by.value}", table, problems)
