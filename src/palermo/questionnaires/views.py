"""The public reading pages of questionnaires: everything that is asked, before anybody answers."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.multilingual import best
from palermo.parties.access import public
from palermo.questionnaires.labels import ASSISTANCE_TYPES, KINDS, OBLIGATION_TAGS, OBLIGATIONS, UNITS, Label
from palermo.questionnaires.logic.spec import Heading, Kind, QuestionSpec, QuestionText, SectionSpec, VersionSpec
from palermo.questionnaires.models import Questionnaire
from palermo.questionnaires.queries import current_version


@dataclass(frozen=True, slots=True)
class Option:
    """One line of what may be answered: a choice, a row of figures or a type of assistance."""

    label: Label
    note: Label = ""


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as the reading page shows it."""

    number: int
    anchor: str
    text: QuestionText
    language: str
    citations: tuple[str, ...]
    obligation: Label
    tag: str
    answer: Label
    options: tuple[Option, ...]
    depends_on: tuple[tuple[int, str], ...]
    is_note: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section as the reading page shows it."""

    code: str
    citation: str
    heading: Heading
    language: str
    questions: tuple[ShownQuestion, ...]


@public
@require_safe
def reading(request: HttpRequest, code: str) -> HttpResponse:
    """The whole questionnaire on one page, to be read or printed."""
    spec = _version(code)
    sections = [_section(spec, section, spec.sections) for section in spec.sections]
    return render(
        request,
        "questionnaires/reading.html",
        {
            "version": spec,
            "title": _title(spec),
            "introductions": {language: heading.introduction for language, heading in spec.texts.items()},
            "sections": sections,
            "rail": _rail(spec, ""),
        },
    )


@public
@require_safe
def section(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """One section of a questionnaire, with the way to those before and after it."""
    spec = _version(code)
    place = next((index for index, found in enumerate(spec.sections) if found.code == section), None)
    if place is None:
        raise Http404
    shown = _section(spec, spec.sections[place], (spec.sections[place],))
    rail = _rail(spec, section)
    return render(
        request,
        "questionnaires/section.html",
        {
            "version": spec,
            "title": _title(spec),
            "section": shown,
            "rail": rail,
            "before": rail[place - 1] if place else None,
            "after": rail[place + 1] if place + 1 < len(rail) else None,
            "crumbs": [(_title(spec), _address(spec)), (shown.heading.title, "")],
        },
    )


def _version(code: str) -> VersionSpec:
    try:
        return current_version(code)
    except Questionnaire.DoesNotExist as error:
        raise Http404 from error


def _language() -> str:
    return get_language() or "en"


def _title(spec: VersionSpec) -> str:
    try:
        return best(spec.texts, _language())[0].title
    except LookupError:
        return _("Questionnaire %(code)s") % {"code": spec.questionnaire}


def _address(spec: VersionSpec, section: str = "") -> str:
    if section:
        return reverse("questionnaires:section", kwargs={"code": spec.questionnaire, "section": section})
    return reverse("questionnaires:reading", kwargs={"code": spec.questionnaire})


def _rail(spec: VersionSpec, current: str) -> list[dict[str, object]]:
    """The table of contents: every section with its article's number."""
    entries: list[dict[str, object]] = []
    for found in spec.sections:
        heading, _language_found = found.heading(_language())
        entries.append(
            {
                "number": found.article.rpartition(".")[2],
                "label": heading.short or heading.title,
                "url": _address(spec, found.code),
                "current": found.code == current,
                "state": str(sum(question.is_answered for question in found.questions)),
            }
        )
    return entries


def _section(spec: VersionSpec, found: SectionSpec, on_page: tuple[SectionSpec, ...]) -> ShownSection:
    """A section for the page; links to questions lead to where they stand, on this page if they can."""
    heading, language = found.heading(_language())
    answered = (question for question in spec if question.is_answered)
    numbers = {question.code: number for number, question in enumerate(answered, 1)}
    here = {question.code for shown in on_page for question in shown.questions}
    return ShownSection(
        found.code,
        cite(found.article, _language()) if found.article else "",
        heading,
        language,
        tuple(_question(spec, question, numbers, here) for question in found.questions),
    )


def _question(spec: VersionSpec, question: QuestionSpec, numbers: dict[str, int], here: set[str]) -> ShownQuestion:
    text, language = question.wording(_language())
    links = [
        (numbers[other], f"{'' if other in here else _address(spec, spec.questions[other].section)}#{_anchor(other)}")
        for other in question.depends_on
    ]
    return ShownQuestion(
        number=numbers.get(question.code, 0),
        anchor=_anchor(question.code),
        text=text,
        language=language,
        citations=tuple(cited for cited in (cite(code, _language()) for code in question.provisions) if cited),
        obligation=OBLIGATIONS.get(question.obligation.value, ""),
        tag=OBLIGATION_TAGS.get(question.obligation.value, "plain"),
        answer=KINDS[question.kind.value],
        options=_options(question, text),
        depends_on=tuple(sorted(links)),
        is_note=question.kind is Kind.NOTE,
    )


def _anchor(code: str) -> str:
    return f"q-{code.replace('.', '-')}"


def _options(question: QuestionSpec, text: QuestionText) -> tuple[Option, ...]:
    """What may be chosen or filled in, in the order of the question."""
    if question.kind is Kind.FIGURES:
        return tuple(Option(text.rows.get(row.code, row.code), UNITS[row.unit.value]) for row in question.rows)
    if question.kind is Kind.ASSISTANCE:
        return tuple(Option(ASSISTANCE_TYPES[code]) for code in question.types)
    return tuple(Option(text.choices.get(code, code)) for code in question.choices)
