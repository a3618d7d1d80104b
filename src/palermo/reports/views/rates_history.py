"""Reporting over time: against the cycle before, and the record of every State across cycles."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from palermo.base.templatetags.base_text import date_words, text_of
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.logic import rates as logic
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.rates import Cut, Habit, Measure, Move
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.queries import rates as queries
from palermo.reports.queries.rates import Names
from palermo.reports.views.frame import (
    DAY,
    POINT,
    Place,
    Share,
    crumbs_of,
    dates,
    definitions,
    downloads,
    earlier_day,
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
    CHANGES,
    HABIT_MEANINGS,
    HABITS,
    MOVES,
)
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.logic.scopes import cycle_scope, cycles_scope, response_scope
from palermo.responses.models import CycleQuestionnaire


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
            now = shares_of(logic.tally(self.now.states, item), place.address("rates_states", {"group": item.key}))
            given = {**known, "as_at": self.on.isoformat(), "group": item.key}
            before = shares_of(logic.tally(self.before.states, item), with_query(former, given))
            pairs = zip(before, now, CHANGES, strict=True)
            shares = tuple(
                replace(share, label=label)
                for earlier, later, labels in pairs
                for share, label in zip((earlier, later), labels, strict=True)
            )
            found.append(ShownChange(group_label(item, self.names), shares))
        return found


def _moved(request: HttpRequest, compared: Comparison) -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """The States by how they moved, each with its submission of this cycle, or else of the one before."""
    current = {state.code: state for state in compared.now.states}
    former = {state.code: state for state in compared.before.states}

    def sent(found: Dataset, state: State | None) -> str:
        place = {"cycle": found.cycle, "questionnaire": found.questionnaire}
        return submission_url(request, place, state, "responses:receipt")

    def url(code: str) -> str:
        return sent(compared.now, current.get(code)) or sent(compared.before, former.get(code))

    moved = logic.moves(compared.now.states, compared.before.states)
    return [(MOVES[kind.value], [(state.name, url(state.code)) for state in states]) for kind, states in moved.items()]


def _comparison(place: Place, against: str) -> Comparison | None:
    """This cycle beside the one before: at the same distance from its date, or as at the same day."""
    before = queries.cycle_before(place.asked)
    if before is None:
        return None
    day = place.form.day
    on = earlier_day(place, before, against)
    return Comparison(
        before_asked=before,
        on=on,
        now=standings_at(place),
        before=standings_at(place, on, before),
        names=queries.group_names(page_language(), day),
    )


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_change(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Who reports that did not before, who no longer does, and the rates of both cycles."""
    place = place_at(request, cycle, questionnaire)
    against = DAY if request.GET.get("against") == DAY else POINT
    compared = _comparison(place, against)
    context = {
        **dates(place.form, request),
        "place": place,
        "questionnaire_title": place.titles[0],
        "cycle_title": place.titles[1],
        "compared": compared,
        "groups": compared.groups(place) if compared else [],
        "before_title": text_of(compared.before_asked.cycle.texts, "title") if compared else "",
        "before_words": date_words(compared.on) if compared else "",
        "before_url": with_query(
            reverse("reports:rates", kwargs={**place.arguments, "cycle": compared.before_asked.cycle.code}),
            {"as_at": compared.on.isoformat()},
        ) if compared else "",
        "moves": _moved(request, compared) if compared else [],
        "chips": [
            {"label": label, "url": place.address("rates_change", {"against": word}), "current": word == against,
             "count": None}
            for word, label in ((POINT, _("At the same distance from its date")), (DAY, _("As at the same day")))
        ],
        "downloads": downloads("rates_change_file", place.arguments, place.form, against=against),
        "definitions": definitions(Measure.PARTIES, Measure.ASKED, Measure.REPORTED, Measure.PARTIES_REPORTED),
        "crumbs": crumbs_of(place, (pgettext("how things differ", "Change"), "")),
    }  # fmt: skip
    return render(request, "reports/rates_change.html", context)


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_safe
def rates_change_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each State that was asked in one of the two cycles."""
    place = place_at(request, cycle, questionnaire)
    if place.form.problems:
        return refused(place.form.problems)
    compared = _comparison(place, DAY if request.GET.get("against") == DAY else POINT)
    if compared is None:
        return refused([_("No earlier cycle asks this questionnaire.")])
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
    about = made_from(
        place.form, place, cycle_before=compared.before_asked.cycle.code, before_as_at=compared.on.isoformat()
    )
    table = Table(_("Change of reporting against the cycle before"), about, columns, rows)
    return table_file(place.form, form, f"change-{cycle}-{questionnaire}", table)


# ── Across cycles ──


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
    cycles, records = queries.records(asked, page_language(), form.day, form.moment)
    titles = {cycle.code: text_of(cycle.texts, "title") for cycle in cycles}
    lists = logic.by_habit(records)
    word = request.GET.get("list", Habit.NEVER.value)
    problems = []
    if word not in {habit.value for habit in Habit}:
        problems.append(_("There is no such list. Those that never reported are shown."))
        word = Habit.NEVER.value
    habit = Habit(word)
    path = reverse("reports:record", kwargs={"questionnaire": questionnaire})
    title = questionnaire_label(asked, page_language())
    context = {
        **dates(form, request),
        "questionnaire_title": title,
        "problems": problems,
        "cycles": [
            (text_of(cycle.texts, "title"), cycle.code,
             with_query(
                 reverse("reports:rates", kwargs={"cycle": cycle.code, "questionnaire": questionnaire}), form.chosen
             ))
            for cycle in cycles
        ],
        "habit": HABITS[habit.value],
        "meaning": HABIT_MEANINGS[habit.value],
        "rows": [(item, _turns(request, questionnaire, item, titles)) for item in lists[habit]],
        "chips": [
            {
                "label": HABITS[kind.value],
                "url": with_query(path, {**form.chosen, "list": kind.value}),
                "current": kind is habit,
                "count": len(listed),
            }
            for kind, listed in lists.items()
        ],
        "asked": sum(item.asked > 0 for item in records),
        "downloads": downloads("record_file", {"questionnaire": questionnaire}, form),
        "crumbs": crumbs_of(None, (title, ""), (_("Across cycles"), "")),
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
        return refused(dates.problems)
    _cycles, records = queries.records(asked, page_language(), dates.day, dates.moment)
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
    label = f"{questionnaire} ({questionnaire_label(asked, page_language())})"
    table = Table(_("Reporting across cycles"), made_from(dates, questionnaire=label), columns, rows)
    return table_file(dates, form, f"record-{questionnaire}", table)
