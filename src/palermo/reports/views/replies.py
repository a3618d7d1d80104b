"""What all States together said: questions with their counts, provisions and offences, each number with its States."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import anchor, cite
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import KINDS, OBLIGATIONS
from palermo.questionnaires.logic.spec import QuestionSpec, SectionSpec
from palermo.reports.logic import provisions, rates, replies
from palermo.reports.logic.dataset import State
from palermo.reports.logic.rates import Rate, Slice, slice_of
from palermo.reports.logic.replies import Count, Relation
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as rate_queries
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.replies import answer_texts, provision_texts_of
from palermo.reports.views import frame
from palermo.reports.views.frame import Number, Opened, Share
from palermo.reports.words import (
    LEVELS,
    RELATION_MEANINGS,
    RELATIONS,
    SHARES_OF_ANSWERS,
    VERDICT_MEANINGS,
    VERDICT_WORDS,
)
from palermo.responses import labels
from palermo.responses.logic.scopes import cycle_scope, response_scope
from palermo.responses.logic.standing import Standing
from palermo.responses.queries.wording import section_title

RELATIONS_SHOWN = (Relation.ANSWERED, Relation.CANNOT_ANSWER, Relation.UNANSWERED, Relation.NOT_APPLICABLE)
OUTSIDE_SHOWN = (Relation.SILENT, Relation.RELEASED, Relation.NOT_ASKED, Relation.NOT_PARTY)


def _question(opened: Opened, code: str) -> QuestionSpec:
    question = opened.found.spec.questions.get(code)
    if question is None or not question.is_answered:
        raise Http404
    return question


def _value_words(question: QuestionSpec, value: str) -> str:
    text, _found = question.wording(frame.page_language())
    return labels.value_label(question.kind.value, value, dict(text.choices))


# ── The overview ─────────────────────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def analysis(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What there is to read of one questionnaire in one cycle, with the denominators first."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    counted = replies.counts(opened.found.states, opened.found.spec)
    sections = []
    for section in opened.found.spec.sections:
        asked = [question for question in section.questions if question.is_answered]
        applies = sum(counted[question.code].applies for question in asked)
        answered = sum(counted[question.code].answered for question in asked)
        sections.append(
            {
                "title": section_title(section, frame.page_language()),
                "url": opened.url("questions", {"section": section.code}),
                "questions": len(asked),
                "rate": Rate(answered, applies, rates.Of.REPORTED),
            }
        )
    context = {**opened.context(request), "sections": sections, "rates_url": opened.url("rates")}
    return render(request, "reports/analysis.html", context)


# ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _section(opened: Opened, chosen: str) -> SectionSpec:
    sections = opened.found.spec.sections
    return next((section for section in sections if section.code == chosen), sections[0])


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def questions(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The questions of one section with their counts."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    section = _section(opened, request.GET.get("section", ""))
    asked = [question for question in section.questions if question.is_answered]
    counted = replies.counts(opened.found.states, asked)
    language = frame.page_language()
    rows = []
    for question in asked:
        text, found = question.wording(language)
        count = counted[question.code]
        rows.append(
            {
                "text": text.text,
                "language": found,
                "citation": cite(question.provision, language),
                "url": opened.url("question", code=question.code),
                "count": count,
                "values": _shares(opened, question, count)[:4],
            }
        )
    context = {
        **opened.context(request, (section_title(section, language), "")),
        "title": section_title(section, language),
        "rows": rows,
        "chips": [
            {
                "label": section_title(item, language),
                "url": opened.url("questions", {"section": item.code}),
                "current": item.code == section.code,
                "count": None,
            }
            for item in opened.found.spec.sections
        ],
    }
    return render(request, "reports/analysis_questions.html", context)


def _shares(opened: Opened, question: QuestionSpec, count: Count) -> list[Share]:
    """Each value with its rate among those that answered, and the States behind it."""
    group = {"group": count.slice.key}
    return [
        Share(
            count.rate(value),
            _value_words(question, value),
            opened.url("question_states", {**group, "value": value}, code=question.code),
        )
        for value in count.values
    ]


def _relation_numbers(
    opened: Opened, question: QuestionSpec, count: Count, relations: Sequence[Relation]
) -> list[Number]:
    return [
        Number(
            count.relations[relation],
            RELATIONS[relation.value],
            opened.url("question_states", {"group": count.slice.key, "said": relation.value}, code=question.code),
        )
        for relation in relations
    ]


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def question(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """One question: who answered it, what they said, by region, and in the cycle before."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    asked = _question(opened, code)
    language = frame.page_language()
    text, found = asked.wording(language)
    rows = []
    for item, label in opened.regions():
        count = replies.count(opened.found.states, asked, item)
        rows.append(
            {
                "label": label,
                "count": count,
                "numbers": _relation_numbers(opened, asked, count, (*RELATIONS_SHOWN, *OUTSIDE_SHOWN)),
                "shares": _shares(opened, asked, count),
            }
        )
    section = opened.found.spec.section(asked.section)
    context = {
        **opened.context(
            request,
            (section_title(section, language), opened.url("questions", {"section": section.code})),
            (cite(asked.provision, language) or asked.code, ""),
        ),
        "question": asked,
        "text": text,
        "language": found,
        "citation": cite(asked.provision, language),
        "kind": KINDS[asked.kind.value],
        "obligation": OBLIGATIONS.get(asked.obligation.value, ""),
        "rows": rows,
        "whole": rows[0],
        "before": _before(opened, asked),
        "heads": [RELATIONS[relation.value] for relation in (*RELATIONS_SHOWN, *OUTSIDE_SHOWN)],
        "value_heads": [_value_words(asked, value) for value in rows[0]["count"].values],  # type: ignore[attr-defined]
        "meanings": [(RELATIONS[word], meaning) for word, meaning in RELATION_MEANINGS.items()],
        "shares_note": SHARES_OF_ANSWERS if asked.kind.value == "choices" else "",
        "texts_url": opened.url("question_states", {"said": Relation.ANSWERED.value}, code=asked.code),
    }
    return render(request, "reports/analysis_question.html", context)


def _before(opened: Opened, asked: QuestionSpec) -> dict[str, Any] | None:
    """The same question in the cycle before, if it was asked there and means the same."""
    earlier = rate_queries.cycle_before(opened.place.asked)
    if earlier is None:
        return None
    day = frame.earlier_day(opened.place, earlier)
    former = dataset(
        earlier.cycle, earlier.questionnaire, frame.page_language(), as_at=day, known_at=opened.place.form.moment
    )
    was = former.spec.questions.get(asked.code)
    if was is None or was.kind is not asked.kind or was.choices != asked.choices:
        return {"title": text_of(earlier.cycle.texts, "title"), "count": None}
    count = replies.count(former.states, was)
    return {
        "title": text_of(earlier.cycle.texts, "title"),
        "count": count,
        "shares": [(count.rate(value), _value_words(asked, value)) for value in count.values],
        "day": day,
    }


@dataclass(frozen=True)
class Listed:
    """The States behind a number, what is meant, and what of the address could not be used."""

    states: Sequence[State]
    slice: Slice
    what: str
    given: Mapping[str, str]
    problems: tuple[str, ...]


def _behind_question(request: HttpRequest, opened: Opened, asked: QuestionSpec) -> Listed:
    item = slice_of(request.GET.get("group", "whole")) or rates.WHOLE
    said = next((word for word in Relation if word.value == request.GET.get("said")), None)
    value = request.GET.get("value", "")
    problems = []
    if value and value not in replies.offered(asked):
        problems.append(_("This question has no such answer; all States are shown."))
        value = ""
    what = _value_words(asked, value) if value else str(RELATIONS[said.value]) if said else _("All States")
    given = {"group": item.key, **({"said": said.value} if said else {}), **({"value": value} if value else {})}
    states = replies.behind(opened.found.states, asked.code, slice=item, said=said, value=value)
    return Listed(states, item, what, given, tuple(problems))


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def question_states(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """The States behind a number of a question, with what they wrote."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    asked = _question(opened, code)
    listed = _behind_question(request, opened, asked)
    numbers = [(state.code, state.number) for state in listed.states if state.number]
    texts = answer_texts(opened.place.asked, numbers, code)
    names = rate_queries.group_names(frame.page_language(), opened.place.form.day)
    text, found = asked.wording(frame.page_language())
    context = opened.context(request, (_("The question"), opened.url("question", code=code)), (_("States"), ""))
    context = {
        **frame.keep(context, request, listed.given.items(), opened),
        "problems": listed.problems,
        "text": text,
        "language": found,
        "group": frame.group_label(listed.slice, names),
        "what": listed.what,
        "states": [
            {
                "state": state,
                "relation": RELATIONS[replies.relation(state, code).value],
                "values": [_value_words(asked, one) for one in replies.values(state, code)],
                "text": texts.get(state.code, {}).get("text", ""),
                "text_language": texts.get(state.code, {}).get("language", ""),
                "url": _answer_url(opened.submission(request, state), code),
                "ask_url": _ask_url(request, opened, state, code),
            }
            for state in listed.states
        ],
        "downloads": opened.files("question_states_file", listed.given, code=code),
    }
    return render(request, "reports/analysis_states.html", context)


def _answer_url(report: str, code: str) -> str:
    """The place of an answer in the report of a State; empty if the reader may not read it."""
    return f"{report}#{anchor(code)}" if report else ""


def _ask_url(request: HttpRequest, opened: Opened, state: State, code: str) -> str:
    """Where an officer asks the State what its answer means; empty if there is nothing to ask, or for other readers."""
    arguments = {**opened.place.arguments, "party": state.code}
    if state.standing not in (Standing.SUBMITTED, Standing.CLARIFICATION):
        return ""
    if not can(request.user, Permission.ASK_CLARIFICATION, response_scope(**arguments)):
        return ""
    return f"{reverse('responses:ask_clarification', kwargs=arguments)}?about={code}"


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def question_states_file(request: HttpRequest, cycle: str, questionnaire: str, code: str, form: str) -> HttpResponse:
    """The same as data, without what States wrote: texts stay on the page."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    asked = _question(opened, code)
    listed = _behind_question(request, opened, asked)
    rows: list[dict[str, Cell]] = []
    for state in listed.states:
        said, values = replies.relation(state, code).value, replies.values(state, code)
        words = [_value_words(asked, one) for one in values]
        rows.append(
            {
                **frame.state_cells(state),
                "said": said,
                "said_words": str(RELATIONS[said]),
                "values": " ".join(values),
                "values_words": "; ".join(words),
                "receipt": state.receipt,
            }
        )
    columns = {
        **frame.state_columns(),
        "said": _("How the State stands towards the question"),
        "said_words": _("The same in words"),
        "values": _("Codes of what it chose"),
        "values_words": _("What it chose, in words"),
        "receipt": _("Number of the receipt of the submission that counted on the day"),
    }
    text, _found = asked.wording(frame.page_language())
    about = {**opened.about, "question": f"{code} ({text.text})", "states": listed.what, "group": listed.slice.key}
    notes = [f"{RELATIONS[word]}: {meaning}" for word, meaning in RELATION_MEANINGS.items()]
    table = Table(_("States behind a figure"), about, columns, rows, notes)
    return opened.file(form, f"states-{code}", table, listed.problems)


# ── Provisions and offences ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ProvisionRow:
    """A provision with its counts and the lists behind them."""

    citation: str
    demand: str
    language: str
    numbers: tuple[Number, ...]


def _provision_url(opened: Opened, provision: str, word: str, group: str = "whole") -> str:
    return opened.url("provision_states", {"word": word, "group": group}, provision=provision)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def gap_counts(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Every provision by level of obligation: at how many States it is met, in part, not met, or unanswered."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    treaty = provision_texts_of(opened.found.treaty, frame.page_language())
    obligations = {code: known.obligation for code, known in treaty.items()}
    language = frame.page_language()
    sections = []
    for level, codes in provisions.levels(opened.found.spec, obligations).items():
        rows = []
        for code in codes:
            counted = provisions.judged(opened.found.states, code)
            known = treaty.get(code)
            rows.append(
                ProvisionRow(
                    citation=cite(code, language),
                    demand=known.demand if known else "",
                    language=known.language if known else "",
                    numbers=tuple(
                        Number(counted.words[word], VERDICT_WORDS[word], _provision_url(opened, code, word))
                        for word in provisions.WORDS
                    ),
                )
            )
        sections.append({"level": level, "title": LEVELS[level], "rows": rows})
    context = {
        **opened.context(request, (_("Provisions"), "")),
        "sections": sections,
        "heads": [VERDICT_WORDS[word] for word in provisions.WORDS],
        "meanings": [(VERDICT_WORDS[word], meaning) for word, meaning in VERDICT_MEANINGS.items()],
        "downloads": [(kind.upper(), opened.url("gap_counts_file", form=kind)) for kind in ("csv", "json")],
    }
    return render(request, "reports/analysis_provisions.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def gap_counts_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    if opened.place.form.problems:
        return frame.refused(opened.place.form.problems)
    treaty = provision_texts_of(opened.found.treaty, frame.page_language())
    levels = provisions.levels(opened.found.spec, {code: known.obligation for code, known in treaty.items()})
    rows: list[dict[str, Cell]] = []
    for level, codes in levels.items():
        for code in codes:
            words = provisions.judged(opened.found.states, code).words
            rows.append({"provision": code, "obligation": level, **words})
    columns = {
        "provision": _("Code of the provision"),
        "obligation": _("mandatory, considered (to be considered) or optional"),
        **{word: f"{VERDICT_WORDS[word]}. {VERDICT_MEANINGS[word]}" for word in provisions.WORDS},
    }
    table = Table(_("Provisions over all States"), frame.made_from(opened.place.form, opened.place), columns, rows)
    return frame.table_file(opened.place.form, form, f"provisions-{cycle}-{questionnaire}", table)


def _behind_provision(request: HttpRequest, opened: Opened, provision: str) -> tuple[Listed, str]:
    """The States of a verdict on a provision, with its word; 404 if nothing judges the provision."""
    if provision not in opened.found.spec.rules:
        raise Http404
    item = slice_of(request.GET.get("group", "whole")) or rates.WHOLE
    word = request.GET.get("word", "")
    problems = [] if word in provisions.WORDS else [_("There is no such list; the States that meet it are shown.")]
    word = word if word in provisions.WORDS else provisions.MET
    states = provisions.behind(opened.found.states, provision, word, item)
    given = {"word": word, "group": item.key}
    return Listed(states, item, str(VERDICT_WORDS[word]), given, tuple(problems)), word


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def provision_states(request: HttpRequest, cycle: str, questionnaire: str, provision: str) -> HttpResponse:
    """The States behind a number of a provision."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    listed, word = _behind_provision(request, opened, provision)
    language = frame.page_language()
    names = rate_queries.group_names(language, opened.place.form.day)
    known = provision_texts_of(opened.found.treaty, language).get(provision)
    context = opened.context(request, (_("Provisions"), opened.url("gap_counts")), (cite(provision, language), ""))
    context = {
        **frame.keep(context, request, listed.given.items(), opened),
        "problems": listed.problems,
        "demand": known.demand if known else "",
        "language": known.language if known else "",
        "citation": cite(provision, language),
        "group": frame.group_label(listed.slice, names),
        "what": listed.what,
        "states": [
            {"state": state, "relation": VERDICT_WORDS[word], "values": [], "text": "",
             "url": opened.submission(request, state)}
            for state in listed.states
        ],
        "downloads": opened.files("provision_states_file", listed.given, provision=provision),
    }  # fmt: skip
    return render(request, "reports/analysis_states.html", context)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def provision_states_file(
    request: HttpRequest, cycle: str, questionnaire: str, provision: str, form: str
) -> HttpResponse:
    """The same as data."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    listed, word = _behind_provision(request, opened, provision)
    rows: list[dict[str, Cell]] = [
        {**frame.state_cells(state), "word": word, "word_words": listed.what, "receipt": state.receipt}
        for state in listed.states
    ]
    columns = {
        **frame.state_columns(),
        "word": _("What follows from its submission"),
        "word_words": _("The same in words"),
        "receipt": _("Number of the receipt of the submission that counted on the day"),
    }
    cited = cite(provision, frame.page_language())
    about = {**opened.about, "provision": f"{provision} ({cited})", "states": listed.what, "group": listed.slice.key}
    notes = [f"{VERDICT_WORDS[word]}: {VERDICT_MEANINGS[word]}"]
    table = Table(_("States behind a figure"), about, columns, rows, notes)
    return opened.file(form, f"states-{provision}", table, listed.problems)


OFFENCE_WORDS = (provisions.MET, provisions.IN_PART, provisions.NOT_MET, provisions.UNANSWERED)


@requires(Permission.ANALYSE, scope=cycle_scope)
@require_safe
def offences(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The criminalization picture: the basic offences by regional group, and State by State."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    language = frame.page_language()
    found = provisions.criminalization(opened.found.states, opened.found.spec)
    titles = {section.article: section.heading(language)[0].title for section in opened.found.spec.sections}
    regions = opened.regions()
    reported = [state for state in opened.found.states if state.has_reported]
    cells = {offence.article: {cell.state.code: cell for cell in offence.cells} for offence in found}
    context = {
        **opened.context(request, (_("Criminalization"), "")),
        "offences": [
            {
                "title": titles.get(offence.article, offence.article),
                "citation": cite(offence.article, language),
                "elements": len(offence.elements),
                "groups": [
                    {"label": label, "numbers": [len(offence.states(word, item)) for word in OFFENCE_WORDS],
                     "reported": sum(item.holds(state) for state in reported)}
                    for item, label in regions
                ],
            }
            for offence in found
        ],
        "heads": [VERDICT_WORDS[word] for word in OFFENCE_WORDS],
        "columns": [(cite(offence.article, language), titles.get(offence.article, "")) for offence in found],
        "states": [
            {
                "state": state,
                "url": opened.submission(request, state),
                "cells": [_offence_cell(cells[offence.article][state.code]) for offence in found],
            }
            for state in opened.found.states
            if state.is_party or state.was_asked or state.has_reported
        ],
    }  # fmt: skip
    return render(request, "reports/analysis_offences.html", context)


LOOKS: Mapping[str, str] = {"met": "met", "in_part": "in-part", "not_met": "gap"}


def _offence_cell(cell: provisions.Cell) -> dict[str, str | Promise | int]:
    known = sum(cell.words.get(word, 0) for word in OFFENCE_WORDS)
    return {
        "word": VERDICT_WORDS[cell.word],
        "look": LOOKS.get(cell.word, "none"),
        "met": cell.words.get(provisions.MET, 0),
        "of": known,
    }
