"""What States report of practice: figures with their coverage, and how many cases and practices they told of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.logic.spec import QuestionSpec, Unit
from palermo.reports.logic import practice as logic
from palermo.reports.logic import rates
from palermo.reports.logic.charts import Chart, Row, Series
from palermo.reports.logic.dataset import State
from palermo.reports.logic.practice import Figure
from palermo.reports.logic.rates import Slice, slice_of
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import practice as queries
from palermo.reports.queries import rates as rate_queries
from palermo.reports.views import frame
from palermo.reports.views.charts import chart_file
from palermo.reports.views.frame import Number, Opened
from palermo.reports.views.shared_practice import AGREEMENT
from palermo.reports.words import RELATIONS
from palermo.responses.labels import UNITS
from palermo.responses.logic.scopes import cycle_scope

WORDS: Final[dict[str, str | Promise]] = {
    "number": gettext_lazy("Gave a number"),
    "not_collected": gettext_lazy("Not collected"),
    "nothing": gettext_lazy("Nothing said"),
    **{word: RELATIONS[word] for word in logic.WORDS if word in RELATIONS},
}
METHOD: Final = gettext_lazy(
    "Counts are added up over the States that gave a number, and over no others. Days, months, years and percentages "
    "have a median only. Amounts of money are in different currencies: they are neither added nor compared."
)


def _question(opened: Opened, code: str) -> QuestionSpec:
    for question in logic.asked_figures(opened.found.spec):
        if question.code == code:
            return question
    raise Http404


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The questions that ask for figures, with how many States gave any, and the cases."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    language = frame.page_language()
    rows = []
    for question in logic.asked_figures(opened.found.spec):
        text, found = question.wording(language)
        rows.append(
            {
                "citation": cite(question.provision, language),
                "text": text.text,
                "language": found,
                "url": opened.url("practice_question", code=question.code),
                "given": len(logic.gave_any(opened.found.states, question.code)),
            }
        )
    levels = queries.opened(opened.place.asked, opened.found)
    cases = logic.cases(opened.found.states, opened.found.spec, levels)
    told = logic.told(opened.found.states, opened.found.spec, levels)
    shared = [one for one in told if one.level in logic.SHARED]
    context = {
        **opened.context(request, (_("Practice"), "")),
        "rows": rows,
        "cases": len(cases),
        "cases_states": len({case.state.code for case in cases}),
        "cases_used": sum(case.convention_used == "yes" for case in cases),
        "cases_shared": sum(case.is_shared for case in cases),
        "cases_url": opened.url("practice_cases"),
        "cases_used_url": opened.url("practice_cases", {"used": "yes"}),
        "cases_shared_url": opened.url("practice_cases", {"shared": "yes"}),
        "told": len(told),
        "told_states": len({one.state.code for one in told}),
        "shared": len(shared),
        "shared_states": len({one.state.code for one in shared}),
        "shared_url": opened.url("practice_shared"),
        "agreement": AGREEMENT,
        "method": METHOD,
        "downloads": opened.files("practice_file"),
    }
    return render(request, "reports/practice.html", context)


def _groups(opened: Opened) -> tuple[list[str], logic.Places]:
    """The whole and the regional groups: how each is called, and where its States stand."""
    regions = opened.regions()
    return [label for _slice, label in regions], logic.places(opened.found.states, [item for item, _label in regions])


def _figures(
    opened: Opened, question: QuestionSpec, groups: tuple[list[str], logic.Places]
) -> list[tuple[str, Figure]]:
    """Every figure of a question: by row, then by year, then the whole and the regional groups."""
    labels, places = groups
    return [
        (label, figure)
        for row in question.rows
        for year in opened.found.years
        for label, figure in zip(
            labels, logic.figures(opened.found.states, question, row.code, year, places), strict=True
        )
    ]


def _charts(opened: Opened, question: QuestionSpec, figures: Iterable[tuple[str, Figure]]) -> list[Chart]:
    """The figures of all States by year: sums where numbers can be added, medians where they cannot; one for a unit.

    Each year says how many States gave a number: a sum that rises may only be of more States.
    """
    text, _found = question.wording(frame.page_language())
    cited = cite(question.provision, frame.page_language())
    whole = [figure for _label, figure in figures if figure.slice == rates.WHOLE]
    charts = []
    for unit in dict.fromkeys(row.unit for row in question.rows if row.unit is not Unit.MONEY):
        codes = [row.code for row in question.rows if row.unit is unit]
        drawn = [figure for figure in whole if figure.row in codes]
        if not any(figure.given for figure in drawn):
            continue
        added = unit is Unit.COUNT
        charts.append(
            Chart(
                key=f"practice-{unit.value}",
                kind="bars",
                title=" · ".join(filter(None, (_("Sums by year") if added else _("Medians by year"), cited))),
                subtitle=_("Each year with how many States gave a number: a higher sum may only be of more States"),
                heading=_("Year, and how many States gave a number"),
                unit=str(UNITS[unit.value]),
                as_at=opened.found.as_at,
                known_at=opened.found.known_at,
                source=" · ".join(opened.place.titles),
                series=(Series("sum" if added else "median", _("Sum") if added else _("Median"), 1),),
                rows=tuple(_bar(opened, question, figure, text.rows.get(figure.row, figure.row)) for figure in drawn),
                notes=(str(METHOD),),
            )
        )
    return charts


def _bar(opened: Opened, question: QuestionSpec, figure: Figure, panel: str) -> Row:
    given = {"row": figure.row, "year": str(figure.year), "said": logic.NUMBER}
    label = ngettext("%(year)s (%(number)s State)", "%(year)s (%(number)s States)", figure.given)
    return Row(
        label % {"year": figure.year, "number": figure.given},
        (figure.median if figure.total is None else figure.total,),
        hrefs=(opened.url("practice_states", given, code=question.code) if figure.given else "",),
        panel=panel,
    )


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_question(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """One question that asks for figures: sum, median and coverage by year and regional group."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    question = _question(opened, code)
    language = frame.page_language()
    text, found = question.wording(language)
    figures = _figures(opened, question, _groups(opened))
    charts = _charts(opened, question, figures)
    if file := chart_file(request, *charts):
        return file
    states_url = opened.url("practice_states", code=code)
    states_url += "&" if "?" in states_url else "?"
    tables: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for label, figure in figures:
        given = urlencode({"row": figure.row, "year": figure.year, "group": figure.slice.key})
        tables.setdefault((figure.row, figure.year), []).append(
            {
                "label": label,
                "figure": figure,
                "numbers": [
                    Number(figure.words[word], WORDS[word], f"{states_url}{given}&said={word}") for word in logic.SHOWN
                ],
            }
        )
    units = {row.code: row.unit for row in question.rows}
    context = {
        **opened.context(
            request,
            (_("Practice"), opened.url("practice")),
            (cite(question.provision, language) or question.code, ""),
        ),
        "text": text,
        "language": found,
        "citation": cite(question.provision, language),
        "charts": charts,
        "heads": [WORDS[word] for word in logic.SHOWN],
        "tables": [
            {
                "row": text.rows.get(row, row),
                "year": year,
                "unit": UNITS[units[row].value],
                "is_money": units[row] is Unit.MONEY,
                "rows": listed,
            }
            for (row, year), listed in tables.items()
        ],
        "method": METHOD,
    }
    return render(request, "reports/practice_question.html", context)


@dataclass(frozen=True)
class Behind:
    """Which States are behind a number of a figure, and what of the address could not be used."""

    question: QuestionSpec
    given: dict[str, str]
    slice: Slice
    problems: tuple[str, ...]

    def listed(self, opened: Opened) -> tuple[tuple[State, Any], ...]:
        """The States with what each gave."""
        row, year, said = self.given["row"], int(self.given["year"]), self.given["said"]
        return logic.behind(opened.found.states, self.question.code, row, year, said, self.slice)


def _behind(request: HttpRequest, opened: Opened, code: str) -> Behind:
    question = _question(opened, code)
    problems = []
    given = {name: request.GET.get(name, "") for name in ("row", "year", "said", "group")}
    rows, years = [row.code for row in question.rows], [str(year) for year in opened.found.years]
    if given["row"] not in rows or given["year"] not in years or given["said"] not in logic.WORDS:
        problems.append(_("There is no such figure; the first one with a number is shown."))
        given |= {"row": rows[0], "year": years[0] if years else "0", "said": logic.NUMBER}
    item = slice_of(given["group"] or "whole")
    if item is None:
        problems.append(_("There is no such group; all States are shown."))
    item = item or rates.WHOLE
    given["group"] = item.key
    return Behind(question, given, item, tuple(problems))


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_states(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """The States behind a number of a figure, each with what it gave."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    behind = _behind(request, opened, code)
    given = behind.given
    text, found = behind.question.wording(frame.page_language())
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    context = opened.context(
        request,
        (_("Practice"), opened.url("practice")),
        (_("The question"), opened.url("practice_question", code=code)),
        (_("States"), ""),
    )
    context = {
        **frame.keep(context, request, given.items(), opened),
        "problems": behind.problems,
        "text": text,
        "language": found,
        "what": WORDS[given["said"]],
        "row": text.rows.get(given["row"], given["row"]),
        "year": given["year"],
        "group": frame.group_label(behind.slice, names),
        "states": [
            {"state": state, "number": number, "url": opened.submission(request, state)}
            for state, number in behind.listed(opened)
        ],
        "downloads": opened.files("practice_states_file", given, code=code),
    }
    return render(request, "reports/practice_states.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_states_file(request: HttpRequest, cycle: str, questionnaire: str, code: str, form: str) -> HttpResponse:
    """The same as data."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    behind = _behind(request, opened, code)
    text, _found = behind.question.wording(frame.page_language())
    units = {row.code: row.unit for row in behind.question.rows}
    given = behind.given
    rows: list[dict[str, Cell]] = [
        {**frame.state_cells(state), "number": None if number is None else str(number), "receipt": state.receipt}
        for state, number in behind.listed(opened)
    ]
    columns = {
        **frame.state_columns(),
        "number": _("The number that it gave; empty if it gave none"),
        "receipt": _("Number of the receipt of the submission that counted on the day"),
    }
    row = given["row"]
    about = {
        **opened.about,
        "question": f"{code} ({text.text})",
        "row": f"{row} ({text.rows.get(row, row)})",
        "unit": " ".join(filter(None, (units[row].value, str(UNITS[units[row].value])))),
        "year": given["year"],
        "states": str(WORDS[given["said"]]),
        "group": given["group"],
    }
    table = Table(_("States behind a figure"), about, columns, rows)
    return opened.file(form, f"states-{code}", table, behind.problems)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """All figures as data, with their coverage."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = []
    groups = _groups(opened)
    for question in logic.asked_figures(opened.found.spec):
        units = {row.code: row.unit.value for row in question.rows}
        text, _found = question.wording(frame.page_language())
        for label, figure in _figures(opened, question, groups):
            rows.append(
                {
                    "question": question.code,
                    "question_words": text.text,
                    "row": figure.row,
                    "row_words": text.rows.get(figure.row, figure.row),
                    "unit": units[figure.row],
                    "year": figure.year,
                    "group": figure.slice.key,
                    "group_words": label,
                    "sum": None if figure.total is None else str(figure.total),
                    "median": None if figure.median is None else str(figure.median),
                    "asked": figure.asked,
                    **figure.words,
                }
            )
    columns = {
        "question": _("Code of the question; its definition is in the questionnaire"),
        "question_words": _("The question"),
        "row": _("Code of the row"),
        "row_words": _("The row in words"),
        "unit": _("What is counted: count, money, days, months, years or percent"),
        "year": _("Calendar year"),
        "group": _("All States (whole), or a regional group"),
        "group_words": _("The group in words"),
        "sum": _("Sum of the numbers given; empty if there are none or they cannot be added"),
        "median": _("Median of the numbers given; empty if there are none or they cannot be compared"),
        "asked": _("How many States had been asked"),
        **{word: str(WORDS[word]) for word in logic.WORDS},
    }
    table = Table(_("Figures of practice"), opened.about, columns, rows, notes=[str(METHOD)])
    return opened.file(form, "practice", table)
