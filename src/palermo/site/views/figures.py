"""What all who reported have answered, for everybody: the editions, their questions, their needs, their file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.downloads import download
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import public
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.reports.logic.charts import Chart, Series
from palermo.reports.logic.charts import Row as ChartRow
from palermo.reports.logic.replies import Relation
from palermo.reports.logic.tables import Cell, Table, as_csv, as_json
from palermo.reports.logic.workbook import as_xlsx
from palermo.reports.views.charts import chart_file
from palermo.reports.views.frame import page_language
from palermo.reports.words import RELATION_MEANINGS, RELATIONS, SHARES_OF_ANSWERS, date_shown
from palermo.responses import labels
from palermo.responses.queries.wording import section_title
from palermo.site import exchange
from palermo.site.logic import figures as logic
from palermo.site.logic.figures import SINGLE
from palermo.site.queries import figures as queries
from palermo.site.queries.figures import PublicAnswer
from palermo.site.views.edition import Edition, Line, figures_title, open_edition, titles_of
from palermo.site.words import FIGURES_OF_NEEDS
from palermo.treaties.models import Instrument


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Every cycle and questionnaire: who was asked, who has reported, and the figures that are published."""
    return _rounds(request)


@public
@require_safe
def figures_of_treaty(request: HttpRequest, code: str) -> HttpResponse:
    """The same of one treaty."""
    instrument = Instrument.objects.filter(code=code).first()
    if instrument is None:
        raise Http404
    return _rounds(request, instrument)


def _rounds(request: HttpRequest, instrument: Instrument | None = None) -> HttpResponse:
    published = {(one.cycle, one.questionnaire): one for one in queries.all_figures()}
    asked = queries.all_asked()
    rounds = {(cycle, code): (invited, said) for cycle, code, invited, said in queries.reporting_rounds()}
    rows = []
    for key, one in sorted(asked.items(), key=lambda item: (-item[1].cycle.due_on.toordinal(), item[0][1])):
        if (key not in rounds and key not in published) or instrument not in (None, one.questionnaire.instrument):
            continue
        arguments = {"cycle": key[0], "questionnaire": key[1]}
        questionnaire, cycle = titles_of(one)
        rows.append(
            {
                "questionnaire": questionnaire,
                "cycle": cycle,
                "treaty": one.questionnaire.instrument,
                "asked": rounds.get(key, (0, 0))[0],
                "reported": rounds.get(key, (0, 0))[1],
                "edition": published.get(key),
                "url": reverse("site:figures_of", kwargs=arguments),
                "reporting_url": reverse("site:figures_reporting", kwargs=arguments),
            }
        )
    whole = (figures_title(), "")
    context = {
        "rows": rows,
        "generated": any(one.generated for one in published.values()),
        "treaty": text_of(instrument.texts, "title") if instrument else "",
        "crumbs": [(whole[0], reverse("site:figures")), (text_of(instrument.texts, "short"), "")]
        if instrument
        else [whole],
    }
    return render(request, "site/figures.html", context)


@public
@require_safe
def figures_of(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The questions of one section, each with its table."""
    edition = open_edition(cycle, questionnaire)
    language = page_language()
    sections = [
        section
        for section in edition.spec.sections
        if any(question.code in edition.figures.questions for question in section.questions)
    ]
    chosen = request.GET.get("section", "")
    section = next((one for one in sections if one.code == chosen), sections[0] if sections else None)
    rows = []
    for question in section.questions if section else ():
        if question.code in edition.figures.questions:
            text, found = question.wording(language)
            rows.append(
                {
                    "code": question.code,
                    "text": text.text,
                    "language": found,
                    "citation": cite(question.provision, language),
                    "lines": edition.table(question),
                    "url": edition.url("figures_question", code=question.code),
                    "note": "" if question.kind in SINGLE else SHARES_OF_ANSWERS,
                }
            )
    context = {
        **edition.context(),
        "section_title": section_title(section, language) if section else "",
        "rows": rows,
        "problem": bool(chosen and section and section.code != chosen),
        "chips": [
            {
                "label": section_title(one, language),
                "url": f"{edition.url('figures_of')}?section={one.code}",
                "current": one is section,
            }
            for one in sections
        ],
        "meanings": [(RELATIONS[word], RELATION_MEANINGS[word]) for word in ("answered", *logic.SILENT_ROWS)],
    }
    return render(request, "site/figures_of.html", context)


@public
@require_safe
def figures_question(request: HttpRequest, cycle: str, questionnaire: str, code: str) -> HttpResponse:
    """One question: its table, its chart, and what States have opened of their answers to it."""
    edition = open_edition(cycle, questionnaire)
    if code not in edition.figures.questions:
        raise Http404
    question = edition.spec.questions[code]
    language = page_language()
    text, found = question.wording(language)
    lines = edition.table(question)
    chart = _chart(edition, text.text, lines)
    if file := chart_file(request, chart):
        return file
    answers = queries.published_answers(cycle, questionnaire, code, language)
    section = edition.spec.section(question.section)
    title = section_title(section, language)
    context = {
        **edition.context(
            (title, f"{edition.url('figures_of')}?section={section.code}"), (cite(question.provision, language), "")
        ),
        "text": text.text,
        "language": found,
        "citation": cite(question.provision, language),
        "lines": [(line, _published_behind(line, answers)) for line in lines],
        "chart": chart,
        "note": "" if question.kind in SINGLE else SHARES_OF_ANSWERS,
        "answers": [_answer(edition, question, answer) for answer in answers],
        "meanings": [(RELATIONS[word], RELATION_MEANINGS[word]) for word in ("answered", *logic.SILENT_ROWS)],
    }
    return render(request, "site/figures_question.html", context)


def _published_behind(line: Line, answers: Iterable[PublicAnswer]) -> int:
    return sum(line.code in logic.counted_of(answer.question["answer"]) for answer in answers)


def _answer(edition: Edition, question: QuestionSpec, answer: PublicAnswer) -> dict[str, Any]:
    shown = [row for row in logic.counted_of(answer.question["answer"]) if row != Relation.ANSWERED.value]
    return {
        "name": answer.name,
        "words": [edition.row_label(question, row) for row in shown],
        "url": f"{edition.url('answers_of', party=answer.party)}#{answer.section}",
    }


def _chart(edition: Edition, title: str, lines: Iterable[Line]) -> Chart:
    """What all States together said; a hidden number is no bar."""
    return Chart(
        key="answers",
        kind="bars",
        title=title,
        subtitle=_("Of the States that reported"),
        heading=_("Answer"),
        unit=_("States"),
        as_at=edition.found.as_at,
        known_at=edition.found.known_at,
        source=" · ".join(titles_of(edition.asked)),
        series=(Series("states", _("States")),),
        rows=tuple(ChartRow(str(line.label), (line.numbers[-1].value,), edition.found.reported) for line in lines),
        notes=(_("Numbers that would tell what single States said are hidden."),),
    )


@public
@require_safe
def figures_needs(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """How many States ask for which assistance, and the requests that States have opened."""
    edition = open_edition(cycle, questionnaire)
    requests = queries.published_requests(cycle, questionnaire, page_language())
    context = {
        **edition.context((_("Needs"), "")),
        "tables": [
            {"what": what, "title": title, "lines": edition.needs(what)} for what, title in FIGURES_OF_NEEDS.items()
        ],
        "requests": [
            {
                "name": one.name,
                "citation": cite(one.question["provision"], page_language()),
                "url": f"{edition.url('answers_of', party=one.party)}#{one.section}",
                "rows": request_rows(one.question),
            }
            for one in requests
        ],
    }
    return render(request, "site/figures_needs.html", context)


def request_rows(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The requests of one answer in words."""
    return [
        {
            "type": ASSISTANCE_TYPES.get(row.get("type", ""), row.get("type", "")),
            "urgency": labels.URGENCIES.get(row.get("urgency", ""), ""),
            "by": date_shown(row["by_date"]) if row.get("by_date") else "",
            "reason": row.get("reason", ""),
            "language": question["answer"].get("language", ""),
        }
        for row in question["answer"].get("rows", ())
    ]


@public
@require_safe
def figures_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """Every number of the edition, with the words of the page and a dictionary of the columns."""
    edition = open_edition(cycle, questionnaire)
    found = edition.found
    titles = titles_of(edition.asked)
    columns = {
        "table": _("question, or what needs are counted by: any, type, article or area"),
        "code": _("Code of the question, the type of assistance, the provision or the priority area"),
        "text": _("The question as it was asked, or the need in words"),
        "answer": _("Code of the answer, after an equals sign; or how States stand to the question"),
        "answer_text": _("The answer in words"),
        "group": _("Code of the regional group; * for all States, empty for those in no group"),
        "group_name": _("Name of the group"),
        "reported": _("How many States of the group have reported"),
        "states": _("How many of them are counted here; empty if it is hidden"),
        "hidden": _("Whether the number is hidden, because it would tell what single States said"),
    }
    about = {
        "cycle": f"{found.cycle} ({titles[1]})",
        "questionnaire": f"{found.questionnaire} ({titles[0]})",
        "treaty": found.treaty,
        "edition": str(found.edition),
        "as_at": found.as_at.isoformat(),
        "known_at": found.known_at.isoformat(),
        "threshold": str(found.threshold),
        "generated": str(found.generated).lower(),
    }
    rows: list[dict[str, Cell]] = []

    def add(table: str, code: str, text: str, answer: str, words: str, numbers: Sequence[int | None]) -> None:
        for head, place in zip(edition.heads, edition.places, strict=True):
            rows.append(
                {
                    "table": table,
                    "code": code,
                    "text": text,
                    "answer": answer,
                    "answer_text": words,
                    "group": edition.figures.columns[place],
                    "group_name": head,
                    "reported": edition.figures.denominators["reported"][place],
                    "states": numbers[place],
                    "hidden": numbers[place] is None,
                }
            )

    for code, table in edition.figures.questions.items():
        question = edition.spec.questions[code]
        text, _found = question.wording(page_language())
        for row, numbers in table.items():
            add("question", code, text.text, row, edition.row_label(question, row), numbers)
    for what, needs in edition.figures.needs.items():
        for code, numbers in needs.items():
            add(what, code, edition.need_label(what, code), logic.ASKS, _("asks for it"), numbers)
    notes = [str(SHARES_OF_ANSWERS)]
    made = Table(_("Figures of what States reported"), about, columns, rows, notes)
    content = as_xlsx(made) if form == "xlsx" else (as_csv if form == "csv" else as_json)(made).encode()
    name = f"figures-{cycle}-{questionnaire}-{found.edition}.{form}"
    return download(content, name=name, content_type=exchange.TYPES[form])
