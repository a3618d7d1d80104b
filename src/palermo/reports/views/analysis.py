"""All States and questions side by side, and how what was said differs from the cycle before."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.multilingual import direction
from palermo.base.templatetags.base_text import date_words, text_of
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import KINDS
from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.reports.forms.matrix import MatrixForm
from palermo.reports.logic import change as logic
from palermo.reports.logic import matrix as matrices
from palermo.reports.logic import provisions, rates
from palermo.reports.logic.change import Before, Pair, Step
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.matrix import Matrix, ValueText
from palermo.reports.logic.rates import Cut, Slice, slice_of
from palermo.reports.logic.replies import Relation
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.queries.analysis import replaced_between
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.replies import provision_texts_of
from palermo.reports.views import frame
from palermo.reports.views.frame import DAY, POINT, Number, Opened, Place
from palermo.reports.words import (
    ASPECTS,
    LEGAL,
    RELATION_MEANINGS,
    RELATIONS,
    STEP_MEANINGS,
    STEPS,
    VERDICT_WORDS,
)
from palermo.responses import labels
from palermo.responses.logic.content import NONE_OF_THESE
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import CycleQuestionnaire
from palermo.responses.queries.wording import section_title

STATES_ON_A_PAGE: Final = 50
QUESTIONS_ON_A_PAGE: Final = 40
FORMS: Final = ("xlsx", "csv", "json")

# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────────

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
    return mark_safe("".join(parts))  # noqa: S308


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
        **_kept(request, opened, form.query),
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
        "downloads": [(kind.upper(), opened.url("matrix_file", form.query, form=kind)) for kind in FORMS],
    }
    return render(request, "reports/analysis_matrix.html", context)


def _kept(request: HttpRequest, opened: Opened, query: Mapping[str, str]) -> dict[str, Any]:
    """What the line of the two dates carries on: the choices of this page."""
    return {
        "kept": list(query.items()),
        "dates": list(opened.place.form.chosen.items()),
        "pinned": frame.with_query(request.path, {**query, **opened.place.form.pinned}),
    }


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
        "state": _("Code of the State"),
        "name": _("Name of the State on the day"),
        "group": _("Code of its regional group"),
        "legal": _("Legal status: party, deposited, signatory, left or none"),
        "standing": _("Where its response stood on the day"),
        "submission": _("Number of the submission that counted on the day"),
        **{question.code: question.wording(language)[0].text for question in found.questions},
    }
    rows: list[dict[str, Cell]] = []
    for state in found.states:
        row: dict[str, Cell] = {
            "state": state.code,
            "name": state.name,
            "group": state.group,
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


# ── Change between cycles ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Compared:
    """This cycle beside the one before, with what of its questions can be compared."""

    opened: Opened
    asked: CycleQuestionnaire
    former: Dataset
    on: datetime.date
    against: str
    befores: Mapping[str, Before]

    @property
    def states(self) -> dict[str, State]:
        """The States of the cycle before, by code."""
        return {state.code: state for state in self.former.states}

    def pairs(self, of: str, code: str, slice: Slice, former: Mapping[str, State]) -> tuple[Pair, ...]:
        """Every State of a group at a question or a provision."""
        now = self.opened.found
        if of == PROVISION:
            comparable = logic.comparable_provision(now.spec, self.former.spec, self.befores, code)
            return logic.provision_pairs(now.states, former, code, comparable, slice)
        return logic.question_pairs(now.states, former, now.spec.questions[code], self.befores.get(code), slice)


QUESTION, PROVISION = "question", "provision"


def _compared(request: HttpRequest, opened: Opened) -> Compared | None:
    """At the same distance from the dates of both cycles, or as at the same day."""
    earlier = rate_queries.cycle_before(opened.place.asked)
    if earlier is None:
        return None
    against = DAY if request.GET.get("against") == DAY else POINT
    on = frame.earlier_day(opened.place, earlier, against)
    former = dataset(
        earlier.cycle, earlier.questionnaire, frame.page_language(), as_at=on, known_at=opened.place.form.moment
    )
    spec = opened.found.spec
    replaced = replaced_between(spec.questionnaire, former.spec.number, spec.number)
    known = logic.predecessors(spec.questions, replaced)
    return Compared(opened, earlier, former, on, against, logic.befores(spec, former.spec, known))


def _group(request: HttpRequest) -> tuple[Slice, list[str]]:
    item = slice_of(request.GET.get("group", "whole"))
    return item or rates.WHOLE, [] if item else [_("There is no such group. All States are shown.")]


@dataclass(frozen=True)
class ChangeRow:
    """A question or a provision, and how many States moved in which way."""

    citation: str
    text: str
    language: str
    url: str
    numbers: tuple[Number, ...]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def analysis_change(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The questions of a section, or the provisions: how many States improved, worsened, were newly answered."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    compared = _compared(request, opened)
    item, problems = _group(request)
    spec, language = opened.found.spec, frame.page_language()
    chosen = request.GET.get("section", "")
    known = {section.code for section in spec.sections}
    if chosen and chosen not in known:
        problems.append(_("There is no such section. The provisions are shown."))
    section = chosen if chosen in known else ""
    against = compared.against if compared else POINT
    query = {"group": item.key, "against": against, **({"section": section} if section else {})}
    context = {
        **opened.context(request, (pgettext("how things differ", "Change"), "")),
        **_kept(request, opened, query),
        "problems": problems,
        "compared": compared,
        "rows": _change_rows(compared, section, item) if compared else [],
        "heads": [STEPS[step.value] for step in Step],
        "definitions": [(STEPS[step.value], STEP_MEANINGS[step.value]) for step in Step],
        "before_title": text_of(compared.asked.cycle.texts, "title") if compared else "",
        "before_words": date_words(compared.on) if compared else "",
        "before_reported": len(compared.former.reported) if compared else 0,
        "before_asked": len(compared.former.asked) if compared else 0,
        "title": section_title(spec.section(section), language) if section else _("Provisions"),
        "sections": [
            {
                "label": label,
                "url": opened.url("analysis_change", {**query, "section": code}),
                "current": code == section,
                "count": None,
            }
            for code, label in [("", _("Provisions")), *((s.code, section_title(s, language)) for s in spec.sections)]
        ],
        "groups": [
            {
                "label": label,
                "url": opened.url("analysis_change", {**query, "group": one.key}),
                "current": one == item,
                "count": None,
            }
            for one, label in opened.regions()
        ],
        "ways": [
            {
                "label": label,
                "url": opened.url("analysis_change", {**query, "against": word}),
                "current": word == against,
                "count": None,
            }
            for word, label in ((POINT, _("At the same distance from its date")), (DAY, _("As at the same day")))
        ],
        "downloads": [
            (kind.upper(), opened.url("analysis_change_file", {"group": item.key, "against": against}, form=kind))
            for kind in FORMS
        ],
    }
    return render(request, "reports/analysis_change.html", context)


def _change_rows(compared: Compared, section: str, item: Slice) -> list[ChangeRow]:
    opened, language = compared.opened, frame.page_language()
    former = compared.states

    def numbers(of: str, code: str) -> tuple[Number, ...]:
        counted = logic.steps(compared.pairs(of, code, item, former))
        query = {"of": of, "code": code, "group": item.key, "against": compared.against}
        return tuple(
            Number(value, STEPS[step.value], opened.url("analysis_change_states", {**query, "step": step.value}))
            for step, value in counted.items()
        )

    if not section:
        treaty = provision_texts_of(opened.found.treaty, language)
        return [
            ChangeRow(
                cite(code, language) or code,
                treaty[code].demand if code in treaty else "",
                treaty[code].language if code in treaty else "",
                "",
                numbers(PROVISION, code),
            )
            for code in provisions.asked_provisions(opened.found.spec)
        ]
    rows = []
    for question in opened.found.spec.section(section).questions:
        if question.is_answered:
            text, found = question.wording(language)
            rows.append(
                ChangeRow(
                    cite(question.provision, language) or question.code,
                    text.text,
                    found,
                    opened.url("question", code=question.code),
                    numbers(QUESTION, question.code),
                )
            )
    return rows


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def analysis_change_states(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The States that moved in one way at a question or a provision, with the word before and the word now."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    compared = _compared(request, opened)
    item, problems = _group(request)
    spec, language = opened.found.spec, frame.page_language()
    of = PROVISION if request.GET.get("of") == PROVISION else QUESTION
    code = request.GET.get("code", "")
    asked = provisions.asked_provisions(spec) if of == PROVISION else [q.code for q in spec if q.is_answered]
    if compared is None or code not in asked:
        raise Http404
    step = next((known for known in Step if known.value == request.GET.get("step")), None)
    if step is None and request.GET.get("step"):
        problems.append(_("There is no such change. All States are shown."))
    pairs = [pair for pair in compared.pairs(of, code, item, compared.states) if step in (None, pair.step)]
    earlier = Opened(Place(compared.asked, opened.place.form), compared.former)
    names = rate_queries.group_names(language, opened.place.form.day)
    words = {**RELATIONS, **VERDICT_WORDS, logic.ABSENT: _("Not on record then")}
    query = {"of": of, "code": code, "group": item.key, "against": compared.against}
    query |= {"step": step.value} if step else {}
    context = {
        **opened.context(
            request,
            (
                pgettext("how things differ", "Change"),
                opened.url("analysis_change", {"group": item.key, "against": compared.against}),
            ),
            (cite(code, language) or code, ""),
        ),
        **_kept(request, opened, query),
        "problems": problems,
        "citation": cite(code, language) or code,
        "what": STEPS[step.value] if step else _("All States"),
        "meaning": STEP_MEANINGS[step.value] if step else "",
        "group": frame.group_label(item, names),
        "before_title": text_of(compared.asked.cycle.texts, "title"),
        "before_words": date_words(compared.on),
        "states": [
            {
                "name": pair.state.name,
                "step": STEPS[pair.step.value],
                "before": _said(words, compared, of, code, pair.before, pair.former, former=True),
                "now": _said(words, compared, of, code, pair.now, pair.state, former=False),
                "before_url": earlier.submission(request, pair.former) if pair.former else "",
                "now_url": opened.submission(request, pair.state),
            }
            for pair in pairs
        ],
    }
    return render(request, "reports/analysis_change_states.html", context)


def _said(
    words: Mapping[str, str | Promise],
    compared: Compared,
    of: str,
    code: str,
    word: str,
    state: State | None,
    *,
    former: bool,
) -> str:
    """What a State said, in words: its choice if it made one, else the relation or the verdict."""
    if of == QUESTION and state is not None and word == Relation.ANSWERED.value:
        before = compared.befores.get(code)
        spec = compared.former.spec if former else compared.opened.found.spec
        question = spec.questions[before.code if former and before else code]
        [cell] = matrices.cells(state, [question])
        if isinstance(cell, ValueText):
            return str(cell)
        if cell is not True:
            values = cell if isinstance(cell, tuple) else (str(cell),)
            choices = dict(question.wording(frame.page_language())[0].choices)
            return "; ".join(labels.value_label(question.kind.value, value, choices) for value in values)
    return str(words[word])


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def analysis_change_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """All provisions and questions as data, with how many States moved in which way."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    item, problems = _group(request)
    if problems := [*problems, *opened.place.form.problems]:
        return frame.refused(problems)
    compared = _compared(request, opened)
    if compared is None:
        return frame.refused([_("No earlier cycle asks this questionnaire.")])
    former, spec = compared.states, opened.found.spec
    things = [(PROVISION, code) for code in provisions.asked_provisions(spec)]
    things += [(QUESTION, question.code) for question in spec if question.is_answered]
    rows: list[dict[str, Cell]] = [
        {
            "of": of,
            "code": code,
            **{step.value: n for step, n in logic.steps(compared.pairs(of, code, item, former)).items()},
        }
        for of, code in things
    ]
    columns = {
        "of": _("provision or question"),
        "code": _("Its code"),
        **{step.value: f"{STEPS[step.value]}. {STEP_MEANINGS[step.value]}" for step in Step},
    }
    about = frame.made_from(
        opened.place.form,
        opened.place,
        treaty=opened.found.treaty,
        group=item.key,
        compared_with=compared.asked.cycle.code,
        compared_as_at=compared.on.isoformat(),
    )
    table = Table(_("Change of what States said against the cycle before"), about, columns, rows)
    return opened.file(form, "change-of-answers", table)
