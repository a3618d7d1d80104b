"""Cases and good practices that States told of, and whether they agreed to share them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.reports.logic import practice as logic
from palermo.reports.logic.practice import Case, Practice
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import practice as queries
from palermo.reports.views import frame
from palermo.reports.views.frame import Opened
from palermo.reports.words import OPEN_TO
from palermo.responses.labels import ROW_LABELS, YES_NO, value_label
from palermo.responses.logic.consent import Level
from palermo.responses.logic.scopes import cycle_scope

AGREEMENT: Final = gettext_lazy(
    "A State agrees to share by opening a section of its submission to the States parties or to everybody, at its own "
    "receipt. What is in no open section is read by the Secretariat alone, and no file and no document quotes it."
)


@dataclass(frozen=True)
class Told:
    """The cases that a reader asks for, and what of the address could not be used."""

    opened: Opened
    cases: tuple[Case, ...]
    given: dict[str, str]
    problems: tuple[str, ...]


def _told(request: HttpRequest, cycle: str, questionnaire: str) -> Told:
    opened = frame.open_analysis(request, cycle, questionnaire)
    given = {name: request.GET[name] for name in ("used", "shared") if request.GET.get(name)}
    problems = []
    if given.get("used", "yes") not in ("yes", "no", "-") or given.get("shared", "yes") not in ("yes", "no"):
        problems.append(_("There is no such list of cases; all cases are shown."))
        given = {}
    levels = queries.opened(opened.place.asked, opened.found)
    cases = tuple(
        case
        for case in logic.cases(opened.found.states, opened.found.spec, levels)
        if given.get("used") in (None, case.convention_used or "-")
        and given.get("shared") in (None, "yes" if case.is_shared else "no")
    )
    return Told(opened, cases, given, tuple(problems))


def _citation(opened: Opened, code: str) -> str:
    question = opened.found.spec.questions.get(code)
    return cite(question.provision, frame.page_language()) or code if question else code


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_cases(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The cases that States told of: their outcome, whether the Convention was used, and who may read of them."""
    told = _told(request, cycle, questionnaire)
    opened, given = told.opened, told.given
    receipts = {
        state.code: opened.submission(request, state)
        for state in {case.state.code: case.state for case in told.cases}.values()
    }
    context = opened.context(request, (_("Practice"), opened.url("practice")), (_("Cases"), ""))
    used = {"": _("All cases"), "yes": _("The Convention was used"), "no": _("It was not used"), "-": _("Not said")}
    shared = {"": _("Shared or not"), "yes": _("Agreed to share"), "no": _("Not shared")}
    context = {
        **frame.keep(context, request, given.items(), opened),
        "problems": told.problems,
        "chips": _chips(opened, given, "used", used),
        "shared_chips": _chips(opened, given, "shared", shared),
        "agreement": AGREEMENT,
        "cases": [
            {
                "case": case,
                "citation": _citation(opened, case.code),
                "used": YES_NO.get(case.convention_used, _("Not said")),
                "open_to": OPEN_TO[case.level.value],
                "url": receipts[case.state.code],
            }
            for case in told.cases
        ],
        "downloads": opened.files("practice_cases_file", given),
    }
    return render(request, "reports/practice_cases.html", context)


def _chips(opened: Opened, given: dict[str, str], name: str, labels: dict[str, str]) -> list[dict[str, Any]]:
    rest = {key: word for key, word in given.items() if key != name}
    return [
        {
            "label": label,
            "url": opened.url("practice_cases", {**rest, name: word} if word else rest),
            "current": word == given.get(name, ""),
            "count": None,
        }
        for word, label in labels.items()
    ]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_cases_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data; what a State wrote stands in it only if the State agreed to share it."""
    told = _told(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = [
        {
            **frame.state_cells(case.state),
            "question": case.code,
            "question_words": _citation(told.opened, case.code),
            "open_to": case.level.value,
            "open_to_words": str(OPEN_TO[case.level.value]),
            "title": case.title if case.is_shared else None,
            "year": case.year,
            "convention_used": case.convention_used,
            "convention_used_words": str(YES_NO.get(case.convention_used, _("Not said"))),
            "outcome": case.outcome if case.is_shared else None,
            "receipt": case.state.receipt,
        }
        for case in told.cases
    ]
    columns = {
        **frame.state_columns(),
        "question": _("Code of the question"),
        "question_words": _("The provision it asks about"),
        **_open_columns(),
        "title": _("Name of the case; empty if it is not shared"),
        "year": _("Calendar year"),
        "convention_used": _("Code: whether the Convention was used; empty if nothing was said"),
        "convention_used_words": _("The same in words"),
        "outcome": _("Outcome; empty if it is not shared"),
        "receipt": _("Number of the receipt of the submission that counted on the day"),
    }
    about = {**told.opened.about, **told.given}
    table = Table(_("Cases that States told of"), about, columns, rows, notes=[str(AGREEMENT)])
    return told.opened.file(form, "cases", table, told.problems)


def _open_columns() -> dict[str, str]:
    return {
        "open_to": _("Who may read it: private (the Secretariat only), parties (States parties) or public (everybody)"),
        "open_to_words": _("The same in words"),
    }


# ── Good practices that States agreed to share ──


@dataclass(frozen=True)
class Sharing:
    """What States told of their practice and opened, and what of the address could not be used."""

    opened: Opened
    practices: tuple[Practice, ...]
    given: dict[str, str]
    problems: tuple[str, ...]


def _shared(request: HttpRequest, cycle: str, questionnaire: str) -> Sharing:
    opened = frame.open_analysis(request, cycle, questionnaire)
    with_whom = request.GET.get("with", "")
    problems = []
    if with_whom not in ("", *logic.SHARED):
        problems.append(_("There is no such list; everything that is shared is shown."))
        with_whom = ""
    levels = queries.opened(opened.place.asked, opened.found)
    wanted = [Level(with_whom)] if with_whom else logic.SHARED
    practices = queries.practices(opened.place.asked, opened.found, levels, wanted)
    return Sharing(opened, practices, {"with": with_whom} if with_whom else {}, tuple(problems))


def _choices(practice: Practice) -> list[str]:
    """What was chosen, in words."""
    question = practice.told.question
    text, _found = question.wording(frame.page_language())
    return [value_label(question.kind.value, value, dict(text.choices)) for value in practice.values]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_shared(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What States told of their practice and agreed to share: question by question, each in its own words."""
    sharing = _shared(request, cycle, questionnaire)
    opened = sharing.opened
    language = frame.page_language()
    questions: dict[str, dict[str, Any]] = {}
    for practice in sharing.practices:
        question = practice.told.question
        text, found = question.wording(language)
        group = questions.setdefault(
            question.code,
            {"citation": cite(question.provision, language), "text": text.text, "language": found, "told": []},
        )
        group["told"].append(
            {
                "state": practice.told.state,
                "open_to": OPEN_TO[practice.told.level.value],
                "choices": _choices(practice),
                "text": practice.text,
                "language": practice.language,
                "cases": [_case_lines(row) for row in practice.rows],
                "url": opened.submission(request, practice.told.state),
            }
        )
    labels = {"": _("All that is shared"), **{level.value: OPEN_TO[level.value] for level in logic.SHARED}}
    context = opened.context(request, (_("Practice"), opened.url("practice")), (_("Agreed to share"), ""))
    context = {
        **frame.keep(context, request, sharing.given.items(), opened),
        "problems": sharing.problems,
        "agreement": AGREEMENT,
        "questions": list(questions.values()),
        "chips": [
            {
                "label": label,
                "url": opened.url("practice_shared", {"with": word} if word else None),
                "current": word == sharing.given.get("with", ""),
                "count": None,
            }
            for word, label in labels.items()
        ],
        "downloads": opened.files("practice_shared_file", sharing.given),
    }
    return render(request, "reports/practice_shared.html", context)


def _case_lines(row: Mapping[str, str]) -> dict[str, Any]:
    """A case with the label of each of its fields."""
    labels = ROW_LABELS["cases"]
    lines = []
    for name in logic.CASE_FIELDS[1:]:
        if said := row.get(name, ""):
            words = str(YES_NO.get(said, said)) if name == "convention_used" else said
            lines.append((labels[name], words))
    return {"title": row.get("title", ""), "lines": lines}


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def practice_shared_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each case, and one for an answer without cases."""
    sharing = _shared(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = []
    for practice in sharing.practices:
        told = practice.told
        text, _found = told.question.wording(frame.page_language())
        answer: dict[str, Cell] = {
            **frame.state_cells(told.state),
            "question": told.question.code,
            "question_words": text.text,
            "provision": told.question.provision,
            "provision_words": cite(told.question.provision, frame.page_language()),
            "open_to": told.level.value,
            "open_to_words": str(OPEN_TO[told.level.value]),
            "values": " ".join(practice.values),
            "values_words": "; ".join(_choices(practice)),
            "text": practice.text,
            "language": practice.language,
            "receipt": told.state.receipt,
        }
        rows += [
            {**answer, **{name: row.get(name, "") for name in logic.CASE_FIELDS}} for row in practice.rows or ({},)
        ]
    columns = {
        **frame.state_columns(),
        "question": _("Code of the question"),
        "question_words": _("The question"),
        "provision": _("Code of the provision"),
        "provision_words": _("The provision it asks about"),
        **_open_columns(),
        "values": _("Codes of what it chose"),
        "values_words": _("What it chose, in words"),
        "text": _("What it wrote"),
        "language": _("The language in which it wrote"),
        **{name: str(ROW_LABELS["cases"][name]) for name in logic.CASE_FIELDS},
        "receipt": _("Number of the receipt of the submission that counted on the day"),
    }
    about = {**sharing.opened.about, **sharing.given}
    title = _("Good practices that States have agreed to share")
    table = Table(title, about, columns, rows, notes=[str(AGREEMENT)])
    return sharing.opened.file(form, "shared-practices", table, sharing.problems)
