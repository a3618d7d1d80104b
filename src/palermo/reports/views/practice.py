"""What States report of practice: figures with their coverage, and cases, each number with its States."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.logic.spec import QuestionSpec, Unit
from palermo.reports.logic import practice as logic
from palermo.reports.logic import rates
from palermo.reports.logic.practice import Figure
from palermo.reports.logic.rates import slice_of
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.views import frame
from palermo.reports.views.frame import Number, Opened
from palermo.reports.views.needs import keep
from palermo.reports.words import RELATIONS
from palermo.responses.labels import UNITS, YES_NO
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
    told = logic.cases(opened.found.states)
    context = {
        **opened.context(request, (_("Practice"), "")),
        "rows": rows,
        "cases": len(told),
        "cases_states": len({case.state.code for case in told}),
        "cases_used": sum(case.convention_used == "yes" for case in told),
        "cases_url": opened.url("practice_cases"),
        "cases_used_url": opened.url("practice_cases", {"used": "yes"}),
        "method": METHOD,
        "downloads": [(kind.upper(), opened.url("practice_file", form=kind)) for kind in ("csv", "json")],
    }
    return render(request, "reports/practice.html", context)


def _figures(opened: Opened, question: QuestionSpec) -> list[tuple[str, Figure]]:
    """Every figure of a question: by row, then by year, then the whole and the regional groups."""
    regions = opened.regions()
    return [
        (label, logic.figure(opened.found.states, question, row.code, year, item))
        for row in question.rows
        for year in opened.found.years
        for item, label in regions
    ]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_question(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """One question that asks for figures: sum, median and coverage by year and regional group."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    question = _question(opened, code)
    language = frame.page_language()
    text, found = question.wording(language)
    tables: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for label, figure in _figures(opened, question):
        given = {"row": figure.row, "year": str(figure.year), "group": figure.slice.key}
        tables.setdefault((figure.row, figure.year), []).append(
            {
                "label": label,
                "figure": figure,
                "numbers": [
                    Number(
                        figure.words[word],
                        WORDS[word],
                        opened.url("practice_states", {**given, "said": word}, code=code),
                    )
                    for word in logic.SHOWN
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


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_states(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """The States behind a number of a figure, each with what it gave."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    question = _question(opened, code)
    text, found = question.wording(frame.page_language())
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
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    listed = logic.behind(opened.found.states, code, given["row"], int(given["year"]), given["said"], item)
    context = opened.context(
        request,
        (_("Practice"), opened.url("practice")),
        (_("The question"), opened.url("practice_question", code=code)),
        (_("States"), ""),
    )
    context = {
        **keep(context, request, given, opened),
        "problems": problems,
        "text": text,
        "language": found,
        "what": WORDS[given["said"]],
        "row": text.rows.get(given["row"], given["row"]),
        "year": given["year"],
        "group": frame.group_label(item, names),
        "states": [
            {"state": state, "number": number, "url": opened.submission(request, state)} for state, number in listed
        ],
    }
    return render(request, "reports/practice_states.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_cases(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The cases that States told of: their outcome, and whether the Convention was used."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    used = request.GET.get("used", "")
    problems = []
    if used not in ("", "yes", "no", "-"):
        problems.append(_("There is no such list of cases; all cases are shown."))
        used = ""
    told = [case for case in logic.cases(opened.found.states) if not used or (case.convention_used or "-") == used]
    receipts: dict[str, str] = {}
    for state in {case.state.code: case.state for case in told}.values():
        receipts[state.code] = opened.submission(request, state)
    context = opened.context(request, (_("Practice"), opened.url("practice")), (_("Cases"), ""))
    labels = {"": _("All cases"), "yes": _("The Convention was used"), "no": _("It was not used"), "-": _("Not said")}
    context = {
        **keep(context, request, {"used": used} if used else {}, opened),
        "problems": problems,
        "chips": [
            {
                "label": label,
                "url": opened.url("practice_cases", {"used": word} if word else None),
                "current": word == used,
                "count": None,
            }
            for word, label in labels.items()
        ],
        "cases": [
            {
                "case": case,
                "used": YES_NO.get(case.convention_used, _("Not said")),
                "url": receipts[case.state.code],
            }
            for case in told
        ],
    }
    return render(request, "reports/practice_cases.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """All figures as data, with their coverage."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    if opened.place.form.problems:
        return frame.refused(opened.place.form.problems)
    rows: list[dict[str, Cell]] = []
    for question in logic.asked_figures(opened.found.spec):
        units = {row.code: row.unit.value for row in question.rows}
        for _label, figure in _figures(opened, question):
            rows.append(
                {
                    "question": question.code,
                    "row": figure.row,
                    "unit": units[figure.row],
                    "year": figure.year,
                    "group": figure.slice.key,
                    "sum": None if figure.total is None else str(figure.total),
                    "median": None if figure.median is None else str(figure.median),
                    "asked": figure.asked,
                    **figure.words,
                }
            )
    columns = {
        "question": _("Code of the question; its definition is in the questionnaire"),
        "row": _("Code of the row"),
        "unit": _("What is counted: count, money, days, months, years or percent"),
        "year": _("Calendar year"),
        "group": _("All States (whole), or a regional group"),
        "sum": _("Sum of the numbers given; empty if there are none or they cannot be added"),
        "median": _("Median of the numbers given; empty if there are none or they cannot be compared"),
        "asked": _("How many States had been asked"),
        **{word: str(WORDS[word]) for word in logic.WORDS},
    }
    about = frame.made_from(opened.place.form, opened.place)
    table = Table(_("Figures of practice"), about, columns, rows, notes=[str(METHOD)])
    return frame.table_file(opened.place.form, form, f"practice-{cycle}-{questionnaire}", table)
