"""All States and all questions side by side: the page, its table, its files."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.multilingual import direction
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import KINDS
from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.reports.forms.matrix import MatrixForm
from palermo.reports.logic import matrix as matrices
from palermo.reports.logic import rates
from palermo.reports.logic.dataset import State
from palermo.reports.logic.matrix import Matrix, ValueText
from palermo.reports.logic.rates import Cut
from palermo.reports.logic.replies import Relation
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.views import frame
from palermo.reports.views.frame import Opened
from palermo.reports.words import (
    ASPECTS,
    LEGAL,
    RELATION_MEANINGS,
    RELATIONS,
)
from palermo.responses import labels
from palermo.responses.logic.content import NONE_OF_THESE
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.queries.wording import section_title

STATES_ON_A_PAGE: Final = 50
QUESTIONS_ON_A_PAGE: Final = 40

# A sign for each word, so that a column can be read at a glance; the word stands beside it.
SIGNS: Mapping[str, str] = {
    "yes": "●",
    "in_part": "◐",
    "no": "○",
    Relation.CANNOT_ANSWER.value: "?",
    Relation.UNANSWERED.value: "–",
    Relation.NOT_APPLICABLE.value: "∕",
    Relation.SILENT.value: "…",
    Relation.RELEASED.value: "⌀",
    Relation.NOT_ASKED.value: "·",
    Relation.NOT_PARTY.value: "×",
}
OTHER_SIGN: Final = "▪"
GRADED: Final = frozenset({"implementation"})
LOOKS: Mapping[str, str] = {"yes": "met", "in_part": "in-part"}


def _choices(opened: Opened, names: rate_queries.Names) -> dict[str, list[tuple[str, str]]]:
    """What each field of the form offers: only what there is."""
    spec, language = opened.found.spec, frame.page_language()
    asked = [question for question in spec if question.is_answered]
    used = {question.section for question in asked}
    states = opened.found.states
    groups = {
        name: [(item.code or rates.NO_GROUP, frame.group_label(item, names)) for item in slices]
        for name, slices in (
            ("region", rates.slices(states, Cut.REGION, names.order(Cut.REGION))),
            ("development", rates.slices(states, Cut.LIST, names.order(Cut.LIST))),
        )
    }
    return {
        **groups,
        "section": [(item.code, section_title(item, language)) for item in spec.sections if item.code in used],
        "asks": [(word, str(label)) for word, label in ASPECTS.items() if word in {q.asks.value for q in asked}],
        "kind": [(word, str(label)) for word, label in KINDS.items() if word in {q.kind.value for q in asked}],
        "legal": [(item.code, str(LEGAL[item.code])) for item in rates.slices(states, Cut.LEGAL)],
    }


def _matrix(request: HttpRequest, opened: Opened) -> tuple[MatrixForm, Matrix]:
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    form = MatrixForm(request.GET, _choices(opened, names))
    return form, matrices.matrix(opened.found, form.chosen)


def matrix_table(
    states: Sequence[State],
    asked: Sequence[QuestionSpec],
    language: str,
    address: Mapping[str, str],
    submissions: Mapping[str, str],
) -> SafeString:
    """The table: built as one text, because a page may hold forty thousand cells. Every text in it is escaped here."""
    relations: dict[matrices.Cell, str] = {
        relation: f'<td class="none">{SIGNS.get(relation.value, "")} {escape(str(RELATIONS[relation.value]))}</td>'
        for relation in Relation
    }
    given = f"<td>{OTHER_SIGN} {escape(_('Given'))}</td>"
    parts = ['<table class="matrix whole"><thead><tr><th scope="col">', escape(_("State")), "</th>"]
    columns: list[dict[matrices.Cell, str]] = []
    for question in asked:
        text, found = question.wording(language)
        head = escape(cite(question.provision, language) or question.code)
        parts.append(
            f'<th scope="col"><a href="{escape(address[question.code])}">{head}</a>'
            f'<small lang="{found}" dir="{direction(found)}">{escape(text.text)}</small></th>'
        )
        known: dict[matrices.Cell, str] = {True: given, **relations}
        for value in (*question.values, NONE_OF_THESE):
            known[value] = _value_cell(question, (value,), dict(text.choices))
        columns.append(known)
    parts.append("</tr></thead><tbody>")
    for state in states:
        name = escape(state.name)
        if url := submissions.get(state.code):
            name = f'<a href="{escape(url)}">{name}</a>'
        parts.append(f'<tr><th scope="row">{name}</th>')
        for question, known, cell in zip(asked, columns, matrices.cells(state, asked), strict=True):
            made = known.get(cell)
            if made is None:
                values = cell if isinstance(cell, tuple) else (str(cell),)
                made = known[cell] = _value_cell(question, values, dict(question.wording(language)[0].choices), cell)
            parts.append(made)
        parts.append("</tr>")
    parts.append("</tbody></table>")
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped where it is put together


def _value_cell(
    question: QuestionSpec, values: tuple[str, ...], choices: Mapping[str, str], cell: matrices.Cell = ""
) -> str:
    """A cell with what was chosen, or with a number or date as it was given."""
    if isinstance(cell, ValueText):
        return f'<td>{OTHER_SIGN} <bdi dir="ltr">{escape(cell)}</bdi></td>'
    words = "; ".join(labels.value_label(question.kind.value, value, dict(choices)) for value in values)
    if len(values) > 2:
        # The full list stands at the State's submission; a row stays a few lines high.
        chosen = ngettext("%(number)s answer chosen", "%(number)s answers chosen", len(values))
        return f'<td title="{escape(words)}">{OTHER_SIGN} {escape(chosen % {"number": len(values)})}</td>'
    sign = SIGNS.get(values[0], OTHER_SIGN) if len(values) == 1 else OTHER_SIGN
    look = LOOKS.get(values[0], "") if question.kind.value in GRADED and len(values) == 1 else ""
    start = f'<td class="{look}">' if look else "<td>"
    return f"{start}{sign} {escape(words)}</td>"


def _pages(request: HttpRequest, opened: Opened, form: MatrixForm, found: Matrix) -> tuple[Page[Any], Page[Any]]:
    """The States and the questions of this page; all of them if the reader wants the whole."""
    everything = request.GET.get("whole") == "1"
    states: Paginator[Any] = Paginator(found.states, max(1, len(found.states)) if everything else STATES_ON_A_PAGE)
    asked: Paginator[Any] = Paginator(
        found.questions, max(1, len(found.questions)) if everything else QUESTIONS_ON_A_PAGE
    )
    return states.get_page(request.GET.get("page")), asked.get_page(request.GET.get("columns"))


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def matrix(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Every State and every question, or what a filter leaves of them."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    form, found = _matrix(request, opened)
    states, asked = _pages(request, opened, form, found)
    language = frame.page_language()
    table = matrix_table(
        list(states),
        list(asked),
        language,
        {question.code: opened.url("question", code=question.code) for question in asked},
        {state.code: opened.submission(request, state) for state in states},
    )
    context = {
        **opened.context(request, (_("Matrix"), "")),
        "filter": form,
        "problems": form.problems,
        "states_shown": len(found.states),
        "questions_shown": len(found.questions),
        "reported_shown": sum(state.has_reported for state in found.states),
        "table": table if found.states and found.questions else "",
        "page": states,
        "whole_url": opened.url("matrix", {**form.query, "whole": "1"}),
        "is_whole": request.GET.get("whole") == "1",
        "columns": [
            {
                "label": _("Questions %(first)s to %(last)s")
                % {"first": asked.paginator.page(n).start_index(), "last": asked.paginator.page(n).end_index()},
                "url": opened.url("matrix", {**form.query, "page": str(states.number), "columns": str(n)}),
                "current": n == asked.number,
                "count": None,
            }
            for n in asked.paginator.page_range
        ],
        "legend": [
            (sign, RELATIONS.get(word) or labels.value_label("implementation", word, {}), RELATION_MEANINGS.get(word))
            for word, sign in SIGNS.items()
        ],
        "downloads": opened.files("matrix_file", form.query),
    }
    context = frame.keep(context, request, form.query.items(), opened)
    return render(request, "reports/analysis_matrix.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def matrix_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The whole of it as data: a row for each State, a column for each question."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    chosen, found = _matrix(request, opened)
    return opened.file(form, "matrix", matrix_data(opened, found, chosen.query), chosen.problems)


def matrix_data(opened: Opened, found: Matrix, query: Mapping[str, str]) -> Table:
    """The matrix as a table with its words."""
    language = frame.page_language()
    columns = {
        **frame.state_columns(),
        "legal": _("Legal status: party, deposited, signatory, left or none"),
        "standing": _("Where its response stood on the day"),
        "submission": _("Number of the submission that counted on the day"),
        **{question.code: question.wording(language)[0].text for question in found.questions},
    }
    rows: list[dict[str, Cell]] = []
    for state in found.states:
        row: dict[str, Cell] = {
            **frame.state_cells(state),
            "legal": state.legal,
            "standing": state.standing.value,
            "submission": state.number,
        }
        for question, cell in zip(found.questions, matrices.cells(state, found.questions), strict=True):
            row[question.code] = matrices.plain(cell)
        rows.append(row)
    notes = [
        _("A cell holds the codes that were chosen, a number or a date, or “given” for a text or rows."),
        *(f"({word}): {RELATIONS[word]}. {meaning}" for word, meaning in RELATION_MEANINGS.items()),
    ]
    about = frame.made_from(opened.place.form, opened.place, treaty=opened.found.treaty, **query)
    return Table(_("Matrix of States and questions"), about, columns, rows, notes)
