"""What the pages about all States have in common: their place and dates, groups, numbers that open, files."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palermo.base.downloads import download
from palermo.base.templatetags.base_text import date_words, text_of
from palermo.parties.access import can
from palermo.parties.logic.roles import Permission
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.logic import rates
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.rates import Cut, Measure, Rate, Slice, Tally
from palermo.reports.logic.tables import Cell, Table, as_csv, as_json
from palermo.reports.logic.workbook import as_xlsx
from palermo.reports.queries import rates as queries
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.rates import Line, Names
from palermo.reports.words import LEGAL, MEANINGS, MEASURES, NOWHERE, ROUNDING, SHARES
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.logic.scopes import response_scope
from palermo.responses.models import CycleQuestionnaire

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
WORKBOOK = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# How a page is compared with the cycle before: at the same distance from its date, or as at the same day.
POINT, DAY = "point", "day"


def page_language() -> str:
    """The language of the page."""
    return get_language() or "en"


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


Given = Mapping[str, str] | Mapping[str, str | Sequence[str]]
"""What was chosen: a word, or several of which any will do."""


def with_query(path: str, given: Given) -> str:
    """An address with what was chosen, if anything was."""
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


@dataclass(frozen=True)
class Place:
    """A questionnaire of a cycle as at two dates, with what all its pages need."""

    asked: CycleQuestionnaire
    form: AsAtForm

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its addresses."""
        return {"cycle": self.asked.cycle.code, "questionnaire": self.asked.questionnaire.code}

    def address(self, name: str, given: Given | None = None, **more: str) -> str:
        """The address of one of its pages, with the dates that the reader chose."""
        path = reverse(f"reports:{name}", kwargs={**self.arguments, **more})
        return with_query(path, {**self.form.chosen, **(given or {})})

    @property
    def titles(self) -> tuple[str, str]:
        """The names of the questionnaire and the cycle."""
        return questionnaire_label(self.asked.questionnaire, page_language()), text_of(self.asked.cycle.texts, "title")


def place_at(request: HttpRequest, cycle: str, questionnaire: str) -> Place:
    """The questionnaire of the cycle at this address; 404 if the cycle does not ask it."""
    asked = queries.asked_at(cycle, questionnaire)
    if asked is None:
        raise Http404
    return Place(asked, AsAtForm(request.GET, earliest=asked.questionnaire.instrument.adopted_on))


def standings_at(place: Place, on: datetime.date | None = None, asked: CycleQuestionnaire | None = None) -> Dataset:
    """How all States stand, without what they said; as at the dates of the page unless another day is asked for."""
    chosen = asked or place.asked
    return dataset(
        chosen.cycle,
        chosen.questionnaire,
        page_language(),
        as_at=on or place.form.day,
        known_at=place.form.moment,
        with_answers=False,
    )


def earlier_day(place: Place, earlier: CycleQuestionnaire, against: str = POINT) -> datetime.date:
    """The day on which the earlier cycle is looked at, beside the page's own day in this one."""
    day = place.form.day
    return day if against == DAY else day - (place.asked.cycle.due_on - earlier.cycle.due_on)


def shares_of(counted: Tally | Line, path: str) -> tuple[Share, ...]:
    """Both rates: of the parties, and of those asked."""
    return (
        Share(counted.of_parties, SHARES["parties"], f"{path}&standing={Measure.PARTIES_REPORTED.value}"),
        Share(counted.of_asked, SHARES["asked"], f"{path}&standing={Measure.REPORTED.value}"),
    )


def group_label(slice: Slice, names: Names) -> str:
    """How a group is called."""
    if slice.cut is Cut.WHOLE:
        return _("All States")
    if slice.cut is Cut.LEGAL:
        return str(LEGAL.get(slice.code, slice.code))
    if not slice.code:
        return str(NOWHERE[slice.cut.value])
    return names.names.get(slice.cut, {}).get(slice.code, slice.code)


def dates(form: AsAtForm, request: HttpRequest) -> dict[str, Any]:
    """What the line of the two dates needs."""
    rest = {name: request.GET[name] for name in ("group", "standing", "list", "against") if request.GET.get(name)}
    return {
        "form": form,
        "day": form.day,
        "day_words": date_words(form.day),
        "moment_words": date_words(form.moment),
        "kept": list(rest.items()),
        "pinned": with_query(request.path, {**rest, **form.pinned}),
        "rounding": ROUNDING,
    }


def definitions(*measures: Measure) -> list[tuple[str | Promise, str | Promise]]:
    """Words and what they mean."""
    return [(MEASURES[measure], MEANINGS[measure]) for measure in measures]


def crumbs_of(place: Place | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of reporting."""
    way = [(_("Reporting"), reverse("reports:reporting") if place or more else "")]
    if place is not None:
        way.append((" · ".join(place.titles), place.address("rates") if more else ""))
    return [*way, *more]


def submission_url(request: HttpRequest, place: Mapping[str, str], state: State | None, name: str) -> str:
    """The address of what a State has submitted, as ``name`` shows it, if it has and the reader may read it."""
    if state is None or not state.number:
        return ""
    arguments = {**place, "party": state.code}
    if not can(request.user, Permission.READ_SUBMISSION, response_scope(**arguments)):
        return ""
    return reverse(name, kwargs={**arguments, "number": state.number})


def keep(
    context: dict[str, Any], request: HttpRequest, given: Iterable[tuple[str, str]], opened: "Opened"
) -> dict[str, Any]:
    """The context with what the reader chose carried along when another day is chosen."""
    kept = list(given)
    pinned = urlencode([*kept, *opened.place.form.pinned.items()])
    return {**context, "kept": kept, "pinned": f"{request.path}?{pinned}"}


# ── Files ──


def table_file(form: AsAtForm, kind: str, name: str, table: Table) -> HttpResponse:
    """A table as a file; its head names both dates. Dates that cannot be read are refused, not replaced."""
    written = as_xlsx(table) if kind in WORKBOOK else (as_csv if kind == "csv" else as_json)(table)
    return download(written, name=f"{name}-{form.day.isoformat()}.{kind}", content_type={**TYPES, **WORKBOOK}[kind])


def refused(problems: Sequence[str]) -> HttpResponse:
    """The sentences about what could not be used, in the place of a file."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def made_from(form: AsAtForm, place: Place | None = None, **more: str) -> dict[str, str]:
    """What the head of a file says it was made from."""
    about = {}
    if place is not None:
        questionnaire, cycle = place.titles
        about = {
            "cycle": f"{place.asked.cycle.code} ({cycle})",
            "questionnaire": f"{place.asked.questionnaire.code} ({questionnaire})",
        }
    return {**about, **more, "as_at": form.pinned["as_at"], "known_at": form.pinned["known_at"]}


def state_cells(state: State) -> dict[str, Cell]:
    """How a State is named in a row of a file."""
    return {"state": state.code, "name": state.name, "group": state.group}


def state_columns() -> dict[str, str]:
    """What these cells are."""
    return {
        "state": _("Code of the State"),
        "name": _("Name of the State on the day"),
        "group": _("Code of its regional group"),
    }


def downloads(name: str, arguments: Mapping[str, str], form: AsAtForm, **given: str) -> list[tuple[str, str]]:
    """The files of a table with their addresses."""
    return [
        (
            kind.upper(),
            with_query(reverse(f"reports:{name}", kwargs={**arguments, "form": kind}), {**given, **form.chosen}),
        )
        for kind in TYPES
    ]


# ── What was said ──


@dataclass(frozen=True)
class Opened:
    """A questionnaire of a cycle with everything that was said, and its place."""

    place: Place
    found: Dataset

    def context(self, request: HttpRequest, *crumbs: tuple[str, str]) -> dict[str, Any]:
        """What every page of the analysis shows."""
        way = [(_("Reporting"), reverse("reports:reporting")), (" · ".join(self.place.titles), self.url("analysis"))]
        return {
            **dates(self.place.form, request),
            "place": self.place,
            # What a form of the page carries along.
            "dates": list(self.place.form.chosen.items()),
            "questionnaire_title": self.place.titles[0],
            "cycle_title": self.place.titles[1],
            "parties": len(self.found.parties),
            "asked": len(self.found.asked),
            "reported": len(self.found.reported),
            "crumbs": [*(way if crumbs else [way[0], (way[1][0], "")]), *crumbs],
        }

    def url(self, name: str, given: Given | None = None, **more: str) -> str:
        """The address of a page of the analysis with the dates that were chosen."""
        return self.place.address(name, given, **more)

    def files(self, name: str, given: Given | None = None, **more: str) -> list[tuple[str, str]]:
        """The files of a table of the analysis with their addresses, a workbook among them."""
        return [(kind.upper(), self.url(name, given, form=kind, **more)) for kind in (*TYPES, *WORKBOOK)]

    def file(self, kind: str, name: str, table: Table, problems: Sequence[str] = ()) -> HttpResponse:
        """A table of the analysis as a file; what could not be used is refused with its sentences."""
        if said := [*self.place.form.problems, *problems]:
            return refused(said)
        return table_file(self.place.form, kind, "-".join((name, *self.place.arguments.values())), table)

    @property
    def about(self) -> dict[str, str]:
        """What the head of a file of the analysis says it was made from."""
        return made_from(self.place.form, self.place, treaty=self.found.treaty)

    def submission(self, request: HttpRequest, state: State) -> str:
        """The address of what a State has submitted, if the reader may read it."""
        return submission_url(request, self.place.arguments, state, "reports:submitted_report")

    def regions(self) -> list[tuple[Slice, str]]:
        """The whole and the regional groups that hold a State, with their names."""
        names = queries.group_names(page_language(), self.place.form.day)
        slices = rates.slices(self.found.states, Cut.REGION, names.order(Cut.REGION))
        return [(item, group_label(item, names)) for item in (rates.WHOLE, *slices)]


def open_analysis(request: HttpRequest, cycle: str, questionnaire: str) -> Opened:
    """A questionnaire of a cycle with all that was said; 404 if the cycle does not ask it."""
    place = place_at(request, cycle, questionnaire)
    return Opened(
        place,
        dataset(
            place.asked.cycle,
            place.asked.questionnaire,
            page_language(),
            as_at=place.form.day,
            known_at=place.form.moment,
        ),
    )
