"""How what States said differs from the cycle before: by question, by provision, and the States behind each number."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.templatetags.base_text import date_words, text_of
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.reports.logic import change as logic
from palermo.reports.logic import matrix as matrices
from palermo.reports.logic import provisions, rates
from palermo.reports.logic.change import Before, Pair, Step
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.matrix import ValueText
from palermo.reports.logic.rates import Slice, slice_of
from palermo.reports.logic.replies import Relation
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.queries.analysis import replaced_between
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.replies import provision_texts_of
from palermo.reports.views import frame
from palermo.reports.views.frame import DAY, POINT, Number, Opened, Place
from palermo.reports.words import (
    RELATIONS,
    STEP_MEANINGS,
    STEPS,
    VERDICT_WORDS,
)
from palermo.responses import labels
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import CycleQuestionnaire
from palermo.responses.queries.wording import section_title


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
        "downloads": opened.files("analysis_change_file", {"group": item.key, "against": against}),
    }
    context = frame.keep(context, request, query.items(), opened)
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
    context = frame.keep(context, request, query.items(), opened)
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
