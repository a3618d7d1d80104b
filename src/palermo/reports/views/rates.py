"""Reporting status and rates: who was asked, who has reported, who is silent; as at any day."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.templatetags.base_text import date_words, text_of
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.logic import charts as chart_logic
from palermo.reports.logic import rates as logic
from palermo.reports.logic.charts import GREY, HOLLOW, Chart, Series
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.rates import Cut, Habit, Measure, Move, Rate, Slice, Tally
from palermo.reports.logic.tables import Cell, Table, as_csv, as_json
from palermo.reports.queries import rates as queries
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.rates import Line, Names
from palermo.reports.views.charts import chart_file
from palermo.reports.words import (
    CHANGES,
    CUTS,
    HABIT_MEANINGS,
    HABITS,
    LEGAL,
    LEGAL_OF_ONE,
    MEANINGS,
    MEASURES,
    MOVES,
    NOWHERE,
    ROUNDING,
    SHARES,
)
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.logic.scopes import cycle_scope, cycles_scope, response_scope
from palermo.responses.models import CycleQuestionnaire
from palermo.responses.queries.archive import day_of

CYCLES_ON_A_PAGE = 10
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
# The columns of the tables by group, in order.
SHOWN = (Measure.PARTIES, Measure.ASKED, Measure.REPORTED, Measure.LATE, Measure.SILENT)
SHOWN_OF_ALL = (Measure.PARTIES, Measure.ASKED, Measure.REPORTED, Measure.SILENT)
# What the list of States can be narrowed to by a click.
OFFERED = (
    Measure.PARTIES,
    Measure.ASKED,
    Measure.REPORTED,
    Measure.LATE,
    Measure.SILENT,
    Measure.RELEASED,
    Measure.PARTIES_NOT_ASKED,
)
COUNTED = tuple(measure for measure in Measure if measure is not Measure.STATES)


def _language() -> str:
    return get_language() or "en"


# ── What the pages show ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Number:
    """A number on a page, its heading, and the address of the list behind it."""

    value: int
    label: str | Promise
    url: str


@dataclass(frozen=True)
class Share:
    """A rate on a page, what it is a part of, and the address of the list behind its numerator."""

    rate: Rate
    label: str | Promise
    url: str


@dataclass(frozen=True)
class Row:
    """A group of States on the page."""

    label: str
    url: str
    numbers: tuple[Number, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Block:
    """Rows under one heading; the heading is empty where the table has one block."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """One table of the page."""

    cut: str
    title: str | Promise
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Place:
    """A questionnaire of a cycle as at two dates, with what all its pages need."""

    asked: CycleQuestionnaire
    form: AsAtForm

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its addresses."""
        return {"cycle": self.asked.cycle.code, "questionnaire": self.asked.questionnaire.code}

    def address(self, name: str, given: Mapping[str, str] | None = None, **more: str) -> str:
        """The address of one of its pages, with the dates that the reader chose."""
        path = reverse(f"reports:{name}", kwargs={**self.arguments, **more})
        return _with(path, {**self.form.chosen, **(given or {})})

    @property
    def titles(self) -> tuple[str, str]:
        """The names of the questionnaire and the cycle."""
        return questionnaire_label(self.asked.questionnaire, _language()), text_of(self.asked.cycle.texts, "title")


def _with(path: str, given: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(given)}" if given else path


def _place(request: HttpRequest, cycle: str, questionnaire: str) -> Place:
    asked = queries.asked_at(cycle, questionnaire)
    if asked is None:
        raise Http404
    return Place(asked, AsAtForm(request.GET, earliest=asked.questionnaire.instrument.adopted_on))


def _dataset(place: Place, on: datetime.date | None = None, asked: CycleQuestionnaire | None = None) -> Dataset:
    chosen = asked or place.asked
    return dataset(
        chosen.cycle,
        chosen.questionnaire,
        _language(),
        as_at=on or place.form.day,
        known_at=place.form.moment,
        with_answers=False,
    )


def _group_label(slice: Slice, names: Names) -> str:
    """How a group is called."""
    if slice.cut is Cut.WHOLE:
        return _("All States")
    if slice.cut is Cut.LEGAL:
        return str(LEGAL.get(slice.code, slice.code))
    if not slice.code:
        return str(NOWHERE[slice.cut.value])
    return names.names.get(slice.cut, {}).get(slice.code, slice.code)


def _row(place: Place, tally: Tally, label: str) -> Row:
    path = place.address("rates_states", {"group": tally.slice.key})
    return Row(
        label=label,
        url=path,
        numbers=_numbers(tally, SHOWN, path),
        shares=_shares(tally, path),
    )


def _numbers(tally: Tally, measures: Sequence[Measure], path: str) -> tuple[Number, ...]:
    return tuple(Number(tally[m], MEASURES[m], f"{path}&standing={m.value}") for m in measures)


def _shares(counted: Tally | Line, path: str) -> tuple[Share, ...]:
    """Both rates: of the parties, and of those asked."""
    return (
        Share(counted.of_parties, SHARES["parties"], f"{path}&standing={Measure.PARTIES_REPORTED.value}"),
        Share(counted.of_asked, SHARES["asked"], f"{path}&standing={Measure.REPORTED.value}"),
    )


def _sections(place: Place, found: Dataset, names: Names) -> list[Section]:
    """The tables by group; sub-regions stand under their continent."""
    sections = []
    for cut in (Cut.REGION, Cut.SUBREGION, Cut.LIST, Cut.LEGAL):
        blocks: dict[str, list[Row]] = {}
        for tally in logic.tallies(found.states, cut, names.order(cut)):
            heading = names.regions.get(tally.slice.code, _("Others")) if cut is Cut.SUBREGION else ""
            blocks.setdefault(heading, []).append(_row(place, tally, _group_label(tally.slice, names)))
        shown = tuple(Block(heading, tuple(rows)) for heading, rows in blocks.items())
        sections.append(Section(cut.value, CUTS[cut.value], shown))
    return sections


# Silence is grey, and what was not asked of anybody is an outline: neither looks like an answer.
TONES = {Measure.PARTIES_SILENT: GREY, Measure.PARTIES_RELEASED: 6, Measure.PARTIES_NOT_ASKED: HOLLOW}


def _chart(place: Place, found: Dataset, names: Names) -> Chart:
    """How many of the parties of each regional group have reported, beside the silent, the released and the others."""
    parts = []
    for tally in logic.tallies(found.states, Cut.REGION, names.order(Cut.REGION)):
        if tally[Measure.PARTIES]:
            path = place.address("rates_states", {"group": tally.slice.key})
            parts.append(
                chart_logic.Row(
                    label=_group_label(tally.slice, names),
                    values=tuple(tally[measure] for measure in logic.OF_PARTIES),
                    hrefs=tuple(f"{path}&standing={measure.value}" for measure in logic.OF_PARTIES),
                )
            )
    return Chart(
        key="reporting-by-region",
        kind="share",
        title=_("Reporting of the parties by regional group"),
        subtitle=_("Of the parties in each group; a bar is a hundred per cent of them"),
        heading=_("Regional group"),
        unit=_("Parties"),
        as_at=found.as_at,
        known_at=found.known_at,
        source=" · ".join(place.titles),
        series=tuple(Series(m.value, str(MEASURES[m]), TONES.get(m, 0)) for m in logic.OF_PARTIES),
        rows=tuple(parts),
    )


def _dates(form: AsAtForm, request: HttpRequest) -> dict[str, Any]:
    """What the line of the two dates needs."""
    rest = {name: request.GET[name] for name in ("group", "standing", "list", "against") if request.GET.get(name)}
    return {
        "form": form,
        "day": form.day,
        "day_words": date_words(form.day),
        "moment_words": date_words(form.moment),
        "kept": list(rest.items()),
        "pinned": _with(request.path, {**rest, **form.pinned}),
        "rounding": ROUNDING,
    }


def _definitions(*measures: Measure) -> list[tuple[str | Promise, str | Promise]]:
    return [(MEASURES[measure], MEANINGS[measure]) for measure in measures]


def _crumbs(place: Place | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    way = [(_("Reporting"), reverse("reports:reporting") if place or more else "")]
    if place is not None:
        way.append((" · ".join(place.titles), place.address("rates") if more else ""))
    return [*way, *more]


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _file(form: AsAtForm, kind: str, name: str, table: Table) -> HttpResponse:
    """A table as a file; its head names both dates. Dates that cannot be read are refused, not replaced."""
    answer = HttpResponse((as_csv if kind == "csv" else as_json)(table), content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}-{form.day.isoformat()}.{kind}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _refused(problems: Sequence[str]) -> HttpResponse:
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def _about(form: AsAtForm, place: Place | None = None, **more: str) -> dict[str, str]:
    about = {}
    if place is not None:
        questionnaire, cycle = place.titles
        about = {
            "cycle": f"{place.asked.cycle.code} ({cycle})",
            "questionnaire": f"{place.asked.questionnaire.code} ({questionnaire})",
        }
    return {**about, **more, "as_at": form.pinned["as_at"], "known_at": form.pinned["known_at"]}


def _rate_cells(name: str, rate: Rate) -> dict[str, Cell]:
    return {f"{name}_part": rate.part, f"{name}_whole": rate.whole, f"{name}_percent": rate.percent}


def _rate_columns(name: str, part: str, whole: str) -> dict[str, str]:
    words = {"part": part, "whole": whole}
    return {
        f"{name}_part": _("Numerator: %(part)s") % words,
        f"{name}_whole": _("Denominator: %(whole)s") % words,
        f"{name}_percent": _("%(part)s in per cent of: %(whole)s. Empty over an empty denominator.") % words,
    }


def _both_rates() -> dict[str, str]:
    return {
        **_rate_columns("of_parties", str(MEASURES["parties_reported"]), str(MEASURES["parties"])),
        **_rate_columns("of_asked", str(MEASURES["reported"]), str(MEASURES["asked"])),
    }


def _meanings(measures: Sequence[Measure]) -> dict[str, str]:
    return {measure.value: f"{MEASURES[measure]}. {MEANINGS[measure]}" for measure in measures}


# ── All cycles ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownLine:
    """A questionnaire of a cycle in the list of all."""

    line: Line
    questionnaire: str
    cycle: str
    place: Place

    @property
    def url(self) -> str:
        """Its page."""
        return self.place.address("rates")

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Its numbers with the lists behind them."""
        path = self.place.address("rates_states", {"group": "whole"})
        counts = (self.line.parties, self.line.asked, self.line.reported, self.line.silent)
        pairs = zip(SHOWN_OF_ALL, counts, strict=True)
        return tuple(Number(value, MEASURES[m], f"{path}&standing={m.value}") for m, value in pairs)

    @property
    def shares(self) -> tuple[Share, ...]:
        """Its rates."""
        return _shares(self.line, self.place.address("rates_states", {"group": "whole"}))


def _lines(form: AsAtForm, lines: Sequence[Line]) -> list[ShownLine]:
    places = [Place(line.asked_for, form) for line in lines]
    return [ShownLine(line, *place.titles, place) for line, place in zip(lines, places, strict=True)]


@requires(Permission.SEE_REPORTING, scope=cycles_scope)
@require_safe
def reporting(request: HttpRequest) -> HttpResponse:
    """Every questionnaire of every cycle: parties, asked, reported, rates."""
    form = AsAtForm(request.GET, earliest=queries.earliest_treaty())
    page = Paginator(queries.cycles_by_date(), CYCLES_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = _lines(form, queries.overview(list(page), form.day, form.moment))
    asked = {line.line.asked_for.questionnaire.code: line.questionnaire for line in lines}
    context = {
        **_dates(form, request),
        "page": page,
        "lines": lines,
        "heads": [MEASURES[m] for m in SHOWN_OF_ALL],
        "records": [
            (label, _with(reverse("reports:record", kwargs={"questionnaire": code}), form.chosen))
            for code, label in asked.items()
        ],
        "downloads": _downloads("reporting_file", {}, form),
        "definitions": _definitions(*SHOWN_OF_ALL, Measure.PARTIES_REPORTED),
        "crumbs": _crumbs(),
    }
    return render(request, "reports/rates_all.html", context)


def _downloads(name: str, arguments: Mapping[str, str], form: AsAtForm, **given: str) -> list[tuple[str, str]]:
    return [
        (kind.upper(), _with(reverse(f"reports:{name}", kwargs={**arguments, "form": kind}), {**given, **form.chosen}))
        for kind in TYPES
    ]


@requires(Permission.SEE_REPORTING, scope=cycles_scope)
@require_safe
def reporting_file(request: HttpRequest, form: str) -> HttpResponse:
    """The same as data, of all cycles."""
    dates = AsAtForm(request.GET, earliest=queries.earliest_treaty())
    if dates.problems:
        return _refused(dates.problems)
    lines = _lines(dates, queries.overview(queries.cycles_by_date(), dates.day, dates.moment))
    columns = {
        "cycle": _("Code of the cycle"),
        "cycle_title": _("Title of the cycle"),
        "due_on": _("Date by which answers were asked for"),
        "questionnaire": _("Code of the questionnaire"),
        "treaty": _("Code of the treaty"),
        **_meanings((*SHOWN_OF_ALL, Measure.PARTIES_REPORTED)),
        **_both_rates(),
    }
    rows = [
        {
            "cycle": item.line.asked_for.cycle.code,
            "cycle_title": item.cycle,
            "due_on": item.line.asked_for.cycle.due_on.isoformat(),
            "questionnaire": item.line.asked_for.questionnaire.code,
            "treaty": item.line.asked_for.questionnaire.instrument.code,
            "parties": item.line.parties,
            "asked": item.line.asked,
            "reported": item.line.reported,
            "parties_reported": item.line.parties_reported,
            "silent": item.line.silent,
            **_rate_cells("of_parties", item.line.of_parties),
            **_rate_cells("of_asked", item.line.of_asked),
        }
        for item in lines
    ]
    title = _("Reporting status and rates of all cycles")
    return _file(dates, form, "reporting", Table(title, _about(dates), columns, rows, [str(ROUNDING)]))


# ── One questionnaire of one cycle ───────────────────────────────────────────────────────────────────────────────────


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The whole, and by regional group, sub-region, development list and legal status."""
    place = _place(request, cycle, questionnaire)
    form = place.form
    found = _dataset(place)
    names = queries.group_names(_language(), form.day)
    whole = logic.tally(found.states)
    chart = _chart(place, found, names)
    if file := chart_file(request, chart):
        return file
    here = place.address("rates_states", {"group": "whole"})
    due = place.asked.cycle.due_on
    context = {
        **_dates(form, request),
        "place": place,
        "questionnaire_title": place.titles[0],
        "cycle_title": place.titles[1],
        "whole": whole,
        "empty": not found.states,
        "chart": chart,
        "numbers": _numbers(whole, (*SHOWN, Measure.RELEASED, Measure.PARTIES_NOT_ASKED), here),
        "shares": _shares(whole, here),
        "standings": _numbers(whole, logic.STANDINGS, here),
        "heads": [MEASURES[m] for m in SHOWN],
        "sections": _sections(place, found, names),
        "chips": _days(request.path, form, due),
        "change": place.address("rates_change"),
        "record": _with(reverse("reports:record", kwargs={"questionnaire": questionnaire}), form.chosen),
        "downloads": _downloads("rates_file", place.arguments, form),
        "definitions": _definitions(*COUNTED),
        "crumbs": _crumbs(place),
    }  # fmt: skip
    return render(request, "reports/rates.html", context)


def _days(path: str, form: AsAtForm, due: datetime.date) -> list[dict[str, Any]]:
    """Days that readers ask for often: today, and the date of the cycle once it has come."""
    now = day_of(form.now)
    chips = [{"label": _("Today"), "url": path, "current": not form.chosen, "count": None}]
    if due < now:
        chips.append(
            {
                "label": _("The date of the cycle, %(day)s") % {"day": date_words(due, "medium")},
                "url": _with(path, {"as_at": due.isoformat()}),
                "current": form.chosen == {"as_at": due.isoformat()},
                "count": None,
            }
        )
    return chips


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each group, with every count."""
    place = _place(request, cycle, questionnaire)
    if place.form.problems:
        return _refused(place.form.problems)
    found = _dataset(place)
    names = queries.group_names(_language(), place.form.day)
    columns = {
        "divided_by": _("What States are divided by: whole, region, subregion, list or legal"),
        "group": _("Code of the group, as in addresses"),
        "group_name": _("Name of the group on the day"),
        **_meanings(tuple(Measure)),
        **_both_rates(),
        **_rate_columns("in_time_rate", str(MEASURES["in_time"]), str(MEASURES["reported"])),
    }
    rows = [
        {
            "divided_by": cut.value,
            "group": tally.slice.key,
            "group_name": _group_label(tally.slice, names),
            **{measure.value: tally[measure] for measure in Measure},
            **_rate_cells("of_parties", tally.of_parties),
            **_rate_cells("of_asked", tally.of_asked),
            **_rate_cells("in_time_rate", tally.in_time),
        }
        for cut in Cut
        for tally in logic.tallies(found.states, cut, names.order(cut))
    ]
    title = _("Reporting status and rates")
    table = Table(title, _about(place.form, place, treaty=found.treaty), columns, rows, [str(ROUNDING)])
    return _file(place.form, form, f"rates-{cycle}-{questionnaire}", table)


# ── The States behind a number ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownState:
    """A State in a list, with the address of its receipt if the reader may read submissions."""

    state: State
    reported_on: datetime.date | None
    """By the calendar by which lateness is judged."""
    standing: str | Promise
    legal: str | Promise
    url: str


def _chosen(request: HttpRequest) -> tuple[Slice, Measure, list[str]]:
    """The group and the standing that the address asks for; and sentences about what could not be understood."""
    problems = []
    slice = logic.slice_of(request.GET.get("group", "whole"))
    if slice is None:
        problems.append(_("There is no such group. All States are shown."))
    word = request.GET.get("standing", Measure.STATES.value)
    if word not in {measure.value for measure in Measure}:
        problems.append(_("There is no such standing. States in any standing are shown."))
        word = Measure.STATES.value
    return slice or logic.WHOLE, Measure(word), problems


def _standing_words(state: State) -> str | Promise:
    word = state.standing.value
    return {"not_invited": _("Not asked"), "no_obligation": MEASURES["released"]}.get(word) or MEASURES[word]


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_states(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The States behind a number: where each stands, and when it reported."""
    place = _place(request, cycle, questionnaire)
    slice, measure, problems = _chosen(request)
    found = _dataset(place)
    names = queries.group_names(_language(), place.form.day)
    tally = logic.tally(found.states, slice)
    group = _group_label(slice, names)
    listed = logic.members(found.states, slice, measure)
    path = place.address("rates_states", {"group": slice.key})
    offered = (Measure.STATES, *OFFERED, *(() if measure in (Measure.STATES, *OFFERED) else (measure,)))
    context = {
        **_dates(place.form, request),
        "place": place,
        "questionnaire_title": place.titles[0],
        "cycle_title": place.titles[1],
        "problems": problems,
        "group": group,
        "measure": MEASURES[measure],
        "meaning": MEANINGS[measure],
        "states": [_shown(request, place, state) for state in listed],
        "chips": [
            {
                "label": MEASURES[m],
                "url": f"{path}&standing={m.value}",
                "current": m is measure,
                "count": tally[m],
            }
            for m in offered
        ],
        "groups": [
            (
                CUTS[cut.value],
                [
                    (_group_label(item, names), place.address("rates_states",
                     {"group": item.key, "standing": measure.value}), item == slice)
                    for item in logic.slices(found.states, cut, names.order(cut))
                ],
            )
            for cut in (Cut.REGION, Cut.SUBREGION, Cut.LIST, Cut.LEGAL)
        ],
        "everyone": place.address("rates_states", {"group": "whole", "standing": measure.value}),
        "downloads": _downloads(
            "rates_states_file", place.arguments, place.form, group=slice.key, standing=measure.value
        ),
        "crumbs": _crumbs(place, (_("States"), "")),
    }  # fmt: skip
    return render(request, "reports/rates_states.html", context)


def _receipt(request: HttpRequest, cycle: str, questionnaire: str, state: State | None) -> str:
    """The address of what a State has submitted, if it has and the reader may read it."""
    if state is None or not state.number:
        return ""
    arguments = {"cycle": cycle, "questionnaire": questionnaire, "party": state.code}
    if not can(request.user, Permission.READ_SUBMISSION, response_scope(**arguments)):
        return ""
    return reverse("responses:receipt", kwargs={**arguments, "number": state.number})


def _shown(request: HttpRequest, place: Place, state: State) -> ShownState:
    url = _receipt(request, **place.arguments, state=state)
    first = state.first_at
    return ShownState(state, day_of(first) if first else None, _standing_words(state), LEGAL_OF_ONE[state.legal], url)


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_states_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data."""
    place = _place(request, cycle, questionnaire)
    slice, measure, problems = _chosen(request)
    if problems := [*problems, *place.form.problems]:
        return _refused(problems)
    found = _dataset(place)
    names = queries.group_names(_language(), place.form.day)
    columns = {
        "code": _("Code of the State"),
        "name": _("Name of the State on the day"),
        "region": _("Regional group on the day"),
        "subregion": _("Sub-region on the day"),
        "lists": _("Development lists on the day"),
        "legal": _("Legal status on the day: party (bound), deposited, signatory, left or none"),
        "standing": _("Where its response stood on the day"),
        "due_on": _("Its own date, extensions counted"),
        "reported_at": _("When it first submitted"),
        "late": _("Whether that was after its own date; empty if it has not reported"),
        "receipt": _("The receipt of the submission that counted on the day"),
    }
    rows: list[dict[str, Cell]] = [
        {
            "code": state.code,
            "name": state.name,
            "region": state.group,
            "subregion": state.subregion,
            "lists": " ".join(sorted(state.lists)),
            "legal": state.legal,
            "standing": state.standing.value,
            "due_on": state.due_on.isoformat() if state.due_on else None,
            "reported_at": state.first_at.isoformat() if state.first_at else None,
            "late": state.late if state.has_reported else None,
            "receipt": state.receipt,
        }
        for state in logic.members(found.states, slice, measure)
    ]
    about = _about(
        place.form, place, treaty=found.treaty, group=_group_label(slice, names),
        standing=f"{MEASURES[measure]}. {MEANINGS[measure]}",
    )  # fmt: skip
    name = f"states-{cycle}-{questionnaire}-{slice.key.replace('.', '-')}-{measure.value}"
    return _file(place.form, form, name, Table(_("States by their reporting"), about, columns, rows))


# ── Against the cycle before ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownChange:
    """A group in this cycle and in the one before."""

    label: str
    shares: tuple[Share, ...]
    """Of the parties before and now, of those asked before and now."""


@dataclass(frozen=True)
class Comparison:
    """Two datasets of one questionnaire, and the day of the earlier one."""

    before_asked: CycleQuestionnaire
    on: datetime.date
    now: Dataset
    before: Dataset
    names: Names

    def groups(self, place: Place) -> list[ShownChange]:
        """The whole and every regional group, both times."""
        both = (*self.now.states, *self.before.states)
        chosen = (logic.WHOLE, *logic.slices(both, Cut.REGION, self.names.order(Cut.REGION)))
        former = reverse("reports:rates_states", kwargs={**place.arguments, "cycle": self.before.cycle})
        known = {name: value for name, value in place.form.chosen.items() if name == "known_at"}
        found = []
        for item in chosen:
            now = _shares(logic.tally(self.now.states, item), place.address("rates_states", {"group": item.key}))
            given = {**known, "as_at": self.on.isoformat(), "group": item.key}
            before = _shares(logic.tally(self.before.states, item), _with(former, given))
            pairs = zip(before, now, CHANGES, strict=True)
            shares = tuple(
                replace(share, label=label)
                for earlier, later, labels in pairs
                for share, label in zip((earlier, later), labels, strict=True)
            )
            found.append(ShownChange(_group_label(item, self.names), shares))
        return found


def _moved(request: HttpRequest, compared: Comparison) -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """The States by how they moved, each with its submission of this cycle, or else of the one before."""
    current = {state.code: state for state in compared.now.states}
    former = {state.code: state for state in compared.before.states}

    def url(code: str) -> str:
        now, before = compared.now, compared.before
        return _receipt(request, now.cycle, now.questionnaire, current.get(code)) or _receipt(
            request, before.cycle, before.questionnaire, former.get(code)
        )

    moved = logic.moves(compared.now.states, compared.before.states)
    return [(MOVES[kind.value], [(state.name, url(state.code)) for state in states]) for kind, states in moved.items()]


POINT, DAY = "point", "day"


def _comparison(place: Place, against: str) -> Comparison | None:
    """This cycle beside the one before: at the same distance from its date, or as at the same day."""
    before = queries.cycle_before(place.asked)
    if before is None:
        return None
    day = place.form.day
    on = day if against == DAY else day - (place.asked.cycle.due_on - before.cycle.due_on)
    return Comparison(
        before_asked=before,
        on=on,
        now=_dataset(place),
        before=_dataset(place, on, before),
        names=queries.group_names(_language(), day),
    )


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_change(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Who reports that did not before, who no longer does, and the rates of both cycles."""
    place = _place(request, cycle, questionnaire)
    against = DAY if request.GET.get("against") == DAY else POINT
    compared = _comparison(place, against)
    context = {
        **_dates(place.form, request),
        "place": place,
        "questionnaire_title": place.titles[0],
        "cycle_title": place.titles[1],
        "compared": compared,
        "groups": compared.groups(place) if compared else [],
        "before_title": text_of(compared.before_asked.cycle.texts, "title") if compared else "",
        "before_words": date_words(compared.on) if compared else "",
        "before_url": _with(
            reverse("reports:rates", kwargs={**place.arguments, "cycle": compared.before_asked.cycle.code}),
            {"as_at": compared.on.isoformat()},
        ) if compared else "",
        "moves": _moved(request, compared) if compared else [],
        "chips": [
            {"label": label, "url": place.address("rates_change", {"against": word}), "current": word == against,
             "count": None}
            for word, label in ((POINT, _("At the same distance from its date")), (DAY, _("As at the same day")))
        ],
        "downloads": _downloads("rates_change_file", place.arguments, place.form, against=against),
        "definitions": _definitions(Measure.PARTIES, Measure.ASKED, Measure.REPORTED, Measure.PARTIES_REPORTED),
        "crumbs": _crumbs(place, (_("Change"), "")),
    }  # fmt: skip
    return render(request, "reports/rates_change.html", context)


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_change_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each State that was asked in one of the two cycles."""
    place = _place(request, cycle, questionnaire)
    if place.form.problems:
        return _refused(place.form.problems)
    compared = _comparison(place, DAY if request.GET.get("against") == DAY else POINT)
    if compared is None:
        return _refused([_("No earlier cycle asks this questionnaire.")])
    current = {state.code: state for state in compared.now.states}
    former = {state.code: state for state in compared.before.states}
    columns = {
        "code": _("Code of the State"),
        "name": _("Name of the State on the day"),
        "move": _("How its reporting differs: both, new, no_longer, neither, only_now or only_before"),
        "standing": _("Where its response stood on the day"),
        "standing_before": _("Where its response in the cycle before stood on the day that is compared"),
    }
    moved = logic.moves(compared.now.states, compared.before.states)
    rows: list[dict[str, Cell]] = [
        {
            "code": state.code,
            "name": state.name,
            "move": kind.value,
            "standing": current[state.code].standing.value if state.code in current else None,
            "standing_before": former[state.code].standing.value if state.code in former else None,
        }
        for kind in Move
        for state in moved[kind]
    ]
    about = _about(
        place.form, place, cycle_before=compared.before_asked.cycle.code, before_as_at=compared.on.isoformat()
    )
    table = Table(_("Change of reporting against the cycle before"), about, columns, rows)
    return _file(place.form, form, f"change-{cycle}-{questionnaire}", table)


# ── Across cycles ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownTurn:
    """What a State did in a cycle, in a word; empty if it was not invited."""

    cycle: str
    word: str
    look: str
    url: str


@requires(Permission.SEE_REPORTING, scope=cycles_scope)
@require_safe
def record(request: HttpRequest, questionnaire: str) -> HttpResponse:
    """Who never reported, who reported once, who late, who is silent now: across the last ten cycles."""
    asked = queries.questionnaire_at(questionnaire)
    if asked is None:
        raise Http404
    form = AsAtForm(request.GET, earliest=asked.instrument.adopted_on)
    cycles, records = queries.records(asked, _language(), form.day, form.moment)
    titles = {cycle.code: text_of(cycle.texts, "title") for cycle in cycles}
    lists = logic.by_habit(records)
    word = request.GET.get("list", Habit.NEVER.value)
    problems = []
    if word not in {habit.value for habit in Habit}:
        problems.append(_("There is no such list. Those that never reported are shown."))
        word = Habit.NEVER.value
    habit = Habit(word)
    path = reverse("reports:record", kwargs={"questionnaire": questionnaire})
    title = questionnaire_label(asked, _language())
    context = {
        **_dates(form, request),
        "questionnaire_title": title,
        "problems": problems,
        "cycles": [
            (text_of(cycle.texts, "title"), cycle.code,
             _with(reverse("reports:rates", kwargs={"cycle": cycle.code, "questionnaire": questionnaire}), form.chosen))
            for cycle in cycles
        ],
        "habit": HABITS[habit.value],
        "meaning": HABIT_MEANINGS[habit.value],
        "rows": [(item, _turns(request, questionnaire, item, titles)) for item in lists[habit]],
        "chips": [
            {
                "label": HABITS[kind.value],
                "url": _with(path, {**form.chosen, "list": kind.value}),
                "current": kind is habit,
                "count": len(listed),
            }
            for kind, listed in lists.items()
        ],
        "asked": sum(item.asked > 0 for item in records),
        "downloads": _downloads("record_file", {"questionnaire": questionnaire}, form),
        "crumbs": _crumbs(None, (title, ""), (_("Across cycles"), "")),
    }  # fmt: skip
    return render(request, "reports/rates_record.html", context)


def _turns(request: HttpRequest, questionnaire: str, item: logic.Record, cycles: Mapping[str, str]) -> list[ShownTurn]:
    own = {turn.cycle: turn for turn in item.turns}
    shown = []
    for cycle, title in cycles.items():
        turn, url = own.get(cycle), ""
        if turn is None:
            word, look = _("not asked"), "quiet"
        elif not turn.was_asked:
            word, look = _("no obligation"), "quiet"
        elif turn.has_reported:
            word, look = (_("late"), "tag part") if turn.late else (_("reported"), "tag done")
            arguments = {"cycle": cycle, "questionnaire": questionnaire, "party": item.code}
            if can(request.user, Permission.READ_SUBMISSION, response_scope(**arguments)):
                url = reverse("responses:receipts", kwargs=arguments)
        else:
            word, look = (_("silent"), "tag gap") if turn.overdue else (_("not yet"), "quiet")
        shown.append(ShownTurn(title, word, look, url))
    return shown


@requires(Permission.SEE_REPORTING, scope=cycles_scope)
@require_safe
def record_file(request: HttpRequest, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each State and cycle."""
    asked = queries.questionnaire_at(questionnaire)
    if asked is None:
        raise Http404
    dates = AsAtForm(request.GET, earliest=asked.instrument.adopted_on)
    if dates.problems:
        return _refused(dates.problems)
    _cycles, records = queries.records(asked, _language(), dates.day, dates.moment)
    columns = {
        "code": _("Code of the State"),
        "name": _("Name of the State on the day"),
        "region": _("Regional group on the day"),
        "cycle": _("Code of the cycle"),
        "standing": _("Where its response stood on the day"),
        "reported_at": _("When it first submitted"),
        "late": _("Whether that was after its own date; empty if it has not reported"),
        "overdue": _("Whether its date had passed without a submission"),
    }
    rows: list[dict[str, Cell]] = [
        {
            "code": item.code,
            "name": item.name,
            "region": item.group,
            "cycle": turn.cycle,
            "standing": turn.standing.value,
            "reported_at": turn.first_at.isoformat() if turn.first_at else None,
            "late": turn.late if turn.has_reported else None,
            "overdue": turn.overdue if turn.was_asked else None,
        }
        for item in records
        for turn in item.turns
    ]
    label = f"{questionnaire} ({questionnaire_label(asked, _language())})"
    table = Table(_("Reporting across cycles"), _about(dates, questionnaire=label), columns, rows)
    return _file(dates, form, f"record-{questionnaire}", table)
