"""What all who reported have answered, for everybody: the editions, their questions and needs, and who has reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from palermo.base.citation import cite
from palermo.base.downloads import download
from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import date_words, text_of
from palermo.parties.access import public, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.reports.logic.charts import GREY, Chart, Series
from palermo.reports.logic.charts import Row as ChartRow
from palermo.reports.logic.needs import NONE
from palermo.reports.logic.rates import Cut
from palermo.reports.logic.suppression import ALL
from palermo.reports.logic.tables import Cell, Table, as_csv, as_json
from palermo.reports.logic.tile_map import Category, Tile, TileMap
from palermo.reports.logic.workbook import as_xlsx
from palermo.reports.queries.rates import Names, asked_at, group_names
from palermo.reports.views.charts import chart_file
from palermo.reports.views.frame import Place, place_at
from palermo.reports.words import NOWHERE, PRIORITY_AREAS, RELATION_MEANINGS, RELATIONS, SHARES_OF_ANSWERS, date_shown
from palermo.responses import labels
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import CycleQuestionnaire
from palermo.responses.queries.wording import section_title
from palermo.site import exchange
from palermo.site.actions.figures import publish_figures, withdraw_figures
from palermo.site.logic import figures as logic
from palermo.site.logic.figures import CHOSEN, IN_WORDS, SINGLE, Figures
from palermo.site.models import PublishedFigures
from palermo.site.queries import figures as queries
from palermo.site.queries.figures import PublicAnswer, Reporter
from palermo.site.words import FIGURES_OF_NEEDS, NO_NEED, SAID_IN_WORDS
from palermo.treaties.models import Instrument

PAGE = ["GET", "HEAD", "POST"]


def _language() -> str:
    return get_language() or "en"


def _titles(asked: CycleQuestionnaire) -> tuple[str, str]:
    return questionnaire_label(asked.questionnaire, _language()), text_of(asked.cycle.texts, "title")


def _group(code: str, names: Names) -> str:
    if code == ALL:
        return _("All States")
    return names.names.get(Cut.REGION, {}).get(code, code) if code else str(NOWHERE["region"])


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Number:
    """A number in a table of the page; None where it is hidden."""

    label: str
    value: int | None
    share: float | None = None
    """Of those that answered, where both are shown."""


@dataclass(frozen=True)
class Line:
    """A row of a table."""

    code: str
    label: str | Promise
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Edition:
    """An edition with what its pages need."""

    found: PublishedFigures
    asked: CycleQuestionnaire
    figures: Figures
    spec: VersionSpec
    names: Names
    places: tuple[int, ...]
    """The places of the columns, in the order of the groups, the whole last."""

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return [_group(self.figures.columns[place], self.names) for place in self.places]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its addresses."""
        return {"cycle": self.found.cycle, "questionnaire": self.found.questionnaire}

    def url(self, name: str, **more: str) -> str:
        """The address of one of its pages."""
        return reverse(f"site:{name}", kwargs={**self.arguments, **more})

    def line(
        self, code: str, label: str | Promise, numbers: Sequence[int | None], of: Sequence[int | None] = ()
    ) -> Line:
        """A row; ``of`` are those that answered."""
        made = []
        for head, place in zip(self.heads, self.places, strict=True):
            value, whole = numbers[place], of[place] if of else None
            made.append(Number(head, value, value / whole if value and whole else None))
        return Line(code, label, tuple(made))

    @property
    def denominators(self) -> list[Line]:
        """Parties, asked and reported."""
        words = {"parties": _("Parties"), "asked": _("States asked"), "reported": _("States that reported")}
        return [self.line(name, word, self.figures.denominators[name]) for name, word in words.items()]

    def table(self, question: QuestionSpec) -> list[Line]:
        """The rows of a question that are of any use, with the share of each answer."""
        rows = self.figures.questions[question.code]
        answered = self.answered(question)
        return [
            self.line(row, self.row_label(question, row), numbers, answered if row.startswith(CHOSEN) else ())
            for row, numbers in rows.items()
            if numbers[-1] != 0 or not self._is_rare(question, row)
        ]

    @staticmethod
    def _is_rare(question: QuestionSpec, row: str) -> bool:
        return row == IN_WORDS or (row.startswith(CHOSEN) and row[len(CHOSEN) :] not in question.values)

    def answered(self, question: QuestionSpec) -> tuple[int | None, ...]:
        """How many answered, as far as it follows from what is shown."""
        rows = self.figures.questions[question.code]
        if question.kind not in SINGLE:
            return rows["answered"]
        told = [numbers for row, numbers in rows.items() if row.startswith(CHOSEN) or row == IN_WORDS]
        rest = [rows[row] for row in logic.SILENT_ROWS]
        whole = self.figures.denominators["reported"]
        found: list[int | None] = []
        for place, reported in enumerate(whole):
            said, left = [numbers[place] for numbers in told], [numbers[place] for numbers in rest]
            if None not in said:
                found.append(sum(n for n in said if n is not None))
            elif None not in left:
                found.append(reported - sum(n for n in left if n is not None))
            else:
                found.append(None)
        return tuple(found)

    @staticmethod
    def row_label(question: QuestionSpec, row: str) -> str:
        """The words of a row."""
        if row.startswith(CHOSEN):
            text, _found = question.wording(_language())
            return labels.value_label(question.kind.value, row[len(CHOSEN) :], dict(text.choices))
        return str(SAID_IN_WORDS if row == IN_WORDS else RELATIONS[row])

    def need_label(self, what: str, code: str) -> str:
        """The words of a row of needs."""
        if code == NONE:
            return str(NO_NEED[what])
        if what == logic.ANY:
            return _("Any assistance")
        if what == logic.ARTICLE:
            return cite(code, _language()) or code
        return str((ASSISTANCE_TYPES if what == logic.TYPE else PRIORITY_AREAS).get(code, code))

    def needs(self, what: str) -> list[Line]:
        """The rows of a table of needs that are of any use."""
        return [
            self.line(code, self.need_label(what, code), numbers)
            for code, numbers in self.figures.needs[what].items()
            if numbers[-1] != 0 or code != NONE
        ]

    def context(self, *crumbs: tuple[str, str]) -> dict[str, Any]:
        """What all its pages show."""
        titles = _titles(self.asked)
        way = [(_figures(), reverse("site:figures")), (" · ".join(titles), self.url("figures_of"))]
        return {
            "edition": self.found,
            "titles": titles,
            "heads": self.heads,
            "denominators": self.denominators,
            "hidden_word": _hidden(),
            "hidden": self.figures.numbers.count(None),
            "downloads": [(form.upper(), self.url("figures_file", form=form)) for form in exchange.FORMS],
            "pages": [
                (_("Questions"), self.url("figures_of")),
                (_("Needs"), self.url("figures_needs")),
                (_("Who has reported"), self.url("figures_reporting")),
            ],
            "crumbs": [*(way if crumbs else [way[0], (way[1][0], "")]), *crumbs],
        }


def _figures() -> str:
    return pgettext("numbers about all States", "Figures")


def _hidden() -> str:
    return pgettext("a number", "hidden")


def _edition(cycle: str, questionnaire: str) -> Edition:
    found = queries.published_figures(cycle, questionnaire)
    asked = asked_at(cycle, questionnaire) if found else None
    if found is None or asked is None:
        raise Http404
    read = logic.read(found.data)
    names = group_names(_language(), found.as_at)
    order = [*names.order(Cut.REGION)]
    rank = {code: place for place, code in enumerate([*order, "", ALL])}
    places = sorted(range(len(read.columns)), key=lambda place: rank.get(read.columns[place], len(order)))
    return Edition(found, asked, read, queries.spec_of(found), names, tuple(places))


# ── The editions ─────────────────────────────────────────────────────────────────────────────────────────────────────


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
    asked = {
        (one.cycle.code, one.questionnaire.code): one
        for one in CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument")
    }
    rounds = {(cycle, code): (invited, said) for cycle, code, invited, said in queries.reporting_rounds()}
    rows = []
    for key, one in sorted(asked.items(), key=lambda item: (-item[1].cycle.due_on.toordinal(), item[0][1])):
        if (key not in rounds and key not in published) or instrument not in (None, one.questionnaire.instrument):
            continue
        arguments = {"cycle": key[0], "questionnaire": key[1]}
        questionnaire, cycle = _titles(one)
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
    whole = (_figures(), "")
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
    edition = _edition(cycle, questionnaire)
    language = _language()
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
    edition = _edition(cycle, questionnaire)
    if code not in edition.figures.questions:
        raise Http404
    question = edition.spec.questions[code]
    language = _language()
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


def _said(answer: PublicAnswer) -> tuple[str, ...]:
    """The rows in which a published answer is counted."""
    form = answer.question["answer"]
    if form.get("cannot_answer"):
        return ("cannot_answer",)
    value = form.get("value")
    if value:
        chosen = (value,) if isinstance(value, str) else tuple(value)
        return (*(f"{CHOSEN}{one}" for one in chosen), "answered")
    return (IN_WORDS, "answered") if form else ("unanswered",)


def _published_behind(line: Line, answers: Iterable[PublicAnswer]) -> int:
    return sum(line.code in _said(answer) for answer in answers)


def _answer(edition: Edition, question: QuestionSpec, answer: PublicAnswer) -> dict[str, Any]:
    shown = [row for row in _said(answer) if row != "answered"]
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
        source=" · ".join(_titles(edition.asked)),
        series=(Series("states", _("States")),),
        rows=tuple(ChartRow(str(line.label), (line.numbers[-1].value,), edition.found.reported) for line in lines),
        notes=(_("Numbers that would tell what single States said are hidden."),),
    )


@public
@require_safe
def figures_needs(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """How many States ask for which assistance, and the requests that States have opened."""
    edition = _edition(cycle, questionnaire)
    requests = queries.published_requests(cycle, questionnaire, _language())
    context = {
        **edition.context((_("Needs"), "")),
        "tables": [
            {"what": what, "title": title, "lines": edition.needs(what)} for what, title in FIGURES_OF_NEEDS.items()
        ],
        "requests": [
            {
                "name": one.name,
                "citation": cite(one.question["provision"], _language()),
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
    edition = _edition(cycle, questionnaire)
    found = edition.found
    titles = _titles(edition.asked)
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
        text, _found = question.wording(_language())
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


# ── Who has reported ─────────────────────────────────────────────────────────────────────────────────────────────────


@public
@require_safe
def figures_reporting(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Who was asked and who has reported by today, by regional group and by name."""
    asked = asked_at(cycle, questionnaire)
    today = timezone.localdate()
    record = queries.reporting_record(_language(), cycle, questionnaire, today) if asked else []
    if asked is None or not record:
        raise Http404
    names = group_names(_language(), today)
    spec = reporting_map(record, names, " · ".join(_titles(asked)))
    if file := chart_file(request, spec):
        return file
    order = [*names.order(Cut.REGION), ""]
    rows = []
    for code in (*order, ALL):
        inside = record if code == ALL else [one for one in record if one.group == code]
        if inside:
            rows.append((_group(code, names), len(inside), sum(one.reported_at is not None for one in inside)))
    titles = _titles(asked)
    published = any((one.cycle, one.questionnaire) == (cycle, questionnaire) for one in queries.all_figures())
    arguments = {"cycle": cycle, "questionnaire": questionnaire}
    context = {
        "titles": titles,
        "today": today,
        "rows": rows,
        "map": spec,
        "figures_url": reverse("site:figures_of", kwargs=arguments) if published else "",
        "crumbs": [(_figures(), reverse("site:figures")), (" · ".join(titles), "")],
    }
    return render(request, "site/figures_reporting.html", context)


def reporting_map(record: Iterable[Reporter], names: Names, source: str) -> TileMap:
    """A square for each State that was asked: reported, or not yet."""
    regions = names.names.get(Cut.SUBREGION, {})
    return TileMap(
        key="who-reported",
        title=_("Every State that was asked"),
        heading=_("State"),
        says=_("Report"),
        subtitle=_("Whether it has reported, in the order of the continents"),
        as_at=timezone.localdate(),
        source=source,
        categories=(
            Category("reported", _("Reported"), pgettext("one letter for: reported", "R"), 1),
            Category("silent", _("Not reported yet"), "–", GREY),
        ),
        tiles=tuple(
            Tile(
                one.code,
                one.name,
                "silent" if one.reported_at is None else "reported",
                href=reverse("site:state", kwargs={"code": one.code}),
                region=regions.get(one.subregion, str(NOWHERE["subregion"])),
                note=date_words(one.reported_at.date(), "medium") if one.reported_at else "",
            )
            for one in sorted(
                record, key=lambda one: list(regions).index(one.subregion) if one.subregion in regions else len(regions)
            )
        ),
        note_heading=_("First reported"),
    )


# ── The Secretariat publishes ────────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.MAKE_DOCUMENTS, scope=cycle_scope)
@require_http_methods(PAGE)
def publish(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What an edition would show and hide, what was published before, and the buttons to publish and to withdraw."""
    place: Place = place_at(request, cycle, questionnaire)
    problems: list[str] = list(place.form.problems)
    status = 200
    if request.method == "POST":
        assert isinstance(request.user, User)
        try:
            if request.POST.get("do") == "withdraw":
                withdraw_figures(by=request.user, asked=place.asked)
                messages.success(request, _("The figures are no longer public."))
            else:
                if problems:
                    raise Refusal(problems[0], "dates")
                chosen = place.form.cleaned_data
                publish_figures(
                    by=request.user, asked=place.asked, as_at=chosen.get("as_at"), known_at=chosen.get("known_at")
                )
                messages.success(request, _("The figures are public now."))
        except Refusal as refusal:
            problems, status = [refusal.message], 409
        else:
            return redirect("site:publish_figures", cycle=cycle, questionnaire=questionnaire)
    chosen = place.form.cleaned_data
    draft = queries.draft(place.asked, as_at=chosen.get("as_at"), known_at=chosen.get("known_at"))
    published = queries.published_figures(cycle, questionnaire)
    titles = place.titles
    context = {
        "place": place,
        "form": place.form,
        "questionnaire_title": titles[0],
        "cycle_title": titles[1],
        "problems": problems,
        "draft": draft,
        "numbers": len(draft.figures.numbers),
        "threshold": settings.FIGURES_THRESHOLD,
        "published": published,
        "public_url": reverse("site:figures_of", kwargs=place.arguments) if published else "",
        "editions": list(reversed(queries.editions(cycle, questionnaire))),
        "crumbs": [
            (_("Reporting"), reverse("reports:reporting")),
            (" · ".join(titles), place.address("analysis")),
            (_("For the public"), ""),
        ],
    }
    return render(request, "site/figures_publish.html", context, status=status)
