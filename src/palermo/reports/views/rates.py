"""Reporting status and rates: who was asked, who has reported, who is silent; as at any day."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.logic import charts as chart_logic
from palermo.reports.logic import rates as logic
from palermo.reports.logic.charts import GREY, HOLLOW, Chart, Series
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.rates import Cut, Measure, Rate, Slice, Tally
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as queries
from palermo.reports.queries.rates import Line, Names
from palermo.reports.views.charts import chart_file
from palermo.reports.views.frame import (
    Number,
    Place,
    Share,
    crumbs_of,
    dates,
    definitions,
    downloads,
    group_label,
    made_from,
    page_language,
    place_at,
    refused,
    shares_of,
    standings_at,
    submission_url,
    table_file,
    with_query,
)
from palermo.reports.words import (
    CUTS,
    LEGAL_OF_ONE,
    MEANINGS,
    MEASURES,
    ROUNDING,
)
from palermo.responses.logic.scopes import cycle_scope, cycles_scope
from palermo.responses.queries.archive import day_of

CYCLES_ON_A_PAGE = 10
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


# ── What the pages show ──────────────────────────────────────────────────────────────────────────────────────────────


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


def _row(place: Place, tally: Tally, label: str) -> Row:
    path = place.address("rates_states", {"group": tally.slice.key})
    return Row(
        label=label,
        url=path,
        numbers=_numbers(tally, SHOWN, path),
        shares=shares_of(tally, path),
    )


def _numbers(tally: Tally, measures: Sequence[Measure], path: str) -> tuple[Number, ...]:
    return tuple(Number(tally[m], MEASURES[m], f"{path}&standing={m.value}") for m in measures)


def _sections(place: Place, found: Dataset, names: Names) -> list[Section]:
    """The tables by group; sub-regions stand under their continent."""
    sections = []
    for cut in (Cut.REGION, Cut.SUBREGION, Cut.LIST, Cut.LEGAL):
        blocks: dict[str, list[Row]] = {}
        for tally in logic.tallies(found.states, cut, names.order(cut)):
            heading = names.regions.get(tally.slice.code, _("Others")) if cut is Cut.SUBREGION else ""
            blocks.setdefault(heading, []).append(_row(place, tally, group_label(tally.slice, names)))
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
                    label=group_label(tally.slice, names),
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


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
        return shares_of(self.line, self.place.address("rates_states", {"group": "whole"}))


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
        **dates(form, request),
        "page": page,
        "lines": lines,
        "heads": [MEASURES[m] for m in SHOWN_OF_ALL],
        "records": [
            (label, with_query(reverse("reports:record", kwargs={"questionnaire": code}), form.chosen))
            for code, label in asked.items()
        ],
        "downloads": downloads("reporting_file", {}, form),
        "definitions": definitions(*SHOWN_OF_ALL, Measure.PARTIES_REPORTED),
        "crumbs": crumbs_of(),
    }
    return render(request, "reports/rates_all.html", context)


@requires(Permission.SEE_REPORTING, scope=cycles_scope)
@require_safe
def reporting_file(request: HttpRequest, form: str) -> HttpResponse:
    """The same as data, of all cycles."""
    dates = AsAtForm(request.GET, earliest=queries.earliest_treaty())
    if dates.problems:
        return refused(dates.problems)
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
    return table_file(dates, form, "reporting", Table(title, made_from(dates), columns, rows, [str(ROUNDING)]))


# ── One questionnaire of one cycle ───────────────────────────────────────────────────────────────────────────────────


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """The whole, and by regional group, sub-region, development list and legal status."""
    place = place_at(request, cycle, questionnaire)
    form = place.form
    found = standings_at(place)
    names = queries.group_names(page_language(), form.day)
    whole = logic.tally(found.states)
    chart = _chart(place, found, names)
    if file := chart_file(request, chart):
        return file
    here = place.address("rates_states", {"group": "whole"})
    due = place.asked.cycle.due_on
    context = {
        **dates(form, request),
        "place": place,
        "questionnaire_title": place.titles[0],
        "cycle_title": place.titles[1],
        "whole": whole,
        "empty": not found.states,
        "chart": chart,
        "numbers": _numbers(whole, (*SHOWN, Measure.RELEASED, Measure.PARTIES_NOT_ASKED), here),
        "shares": shares_of(whole, here),
        "standings": _numbers(whole, logic.STANDINGS, here),
        "heads": [MEASURES[m] for m in SHOWN],
        "sections": _sections(place, found, names),
        "chips": _days(request.path, form, due),
        "change": place.address("rates_change"),
        "record": with_query(reverse("reports:record", kwargs={"questionnaire": questionnaire}), form.chosen),
        "downloads": downloads("rates_file", place.arguments, form),
        "definitions": definitions(*COUNTED),
        "crumbs": crumbs_of(place),
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
                "url": with_query(path, {"as_at": due.isoformat()}),
                "current": form.chosen == {"as_at": due.isoformat()},
                "count": None,
            }
        )
    return chips


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each group, with every count."""
    place = place_at(request, cycle, questionnaire)
    if place.form.problems:
        return refused(place.form.problems)
    found = standings_at(place)
    names = queries.group_names(page_language(), place.form.day)
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
            "group_name": group_label(tally.slice, names),
            **{measure.value: tally[measure] for measure in Measure},
            **_rate_cells("of_parties", tally.of_parties),
            **_rate_cells("of_asked", tally.of_asked),
            **_rate_cells("in_time_rate", tally.in_time),
        }
        for cut in Cut
        for tally in logic.tallies(found.states, cut, names.order(cut))
    ]
    title = _("Reporting status and rates")
    table = Table(title, made_from(place.form, place, treaty=found.treaty), columns, rows, [str(ROUNDING)])
    return table_file(place.form, form, f"rates-{cycle}-{questionnaire}", table)


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
    place = place_at(request, cycle, questionnaire)
    slice, measure, problems = _chosen(request)
    found = standings_at(place)
    names = queries.group_names(page_language(), place.form.day)
    tally = logic.tally(found.states, slice)
    group = group_label(slice, names)
    listed = logic.members(found.states, slice, measure)
    path = place.address("rates_states", {"group": slice.key})
    offered = (Measure.STATES, *OFFERED, *(() if measure in (Measure.STATES, *OFFERED) else (measure,)))
    context = {
        **dates(place.form, request),
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
                    (group_label(item, names), place.address("rates_states",
                     {"group": item.key, "standing": measure.value}), item == slice)
                    for item in logic.slices(found.states, cut, names.order(cut))
                ],
            )
            for cut in (Cut.REGION, Cut.SUBREGION, Cut.LIST, Cut.LEGAL)
        ],
        "everyone": place.address("rates_states", {"group": "whole", "standing": measure.value}),
        "downloads": downloads(
            "rates_states_file", place.arguments, place.form, group=slice.key, standing=measure.value
        ),
        "crumbs": crumbs_of(place, (_("States"), "")),
    }  # fmt: skip
    return render(request, "reports/rates_states.html", context)


def _shown(request: HttpRequest, place: Place, state: State) -> ShownState:
    url = submission_url(request, place.arguments, state, "responses:receipt")
    first = state.first_at
    return ShownState(state, day_of(first) if first else None, _standing_words(state), LEGAL_OF_ONE[state.legal], url)


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_states_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data."""
    place = place_at(request, cycle, questionnaire)
    slice, measure, problems = _chosen(request)
    if problems := [*problems, *place.form.problems]:
        return refused(problems)
    found = standings_at(place)
    names = queries.group_names(page_language(), place.form.day)
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
    about = made_from(
        place.form, place, treaty=found.treaty, group=group_label(slice, names),
        standing=f"{MEASURES[measure]}. {MEANINGS[measure]}",
    )  # fmt: skip
    name = f"states-{cycle}-{questionnaire}-{slice.key.replace('.', '-')}-{measure.value}"
    return table_file(place.form, form, name, Table(_("States by their reporting"), about, columns, rows))
