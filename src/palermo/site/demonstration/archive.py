"""The cycles of the demonstration and what generated States said in them, taken over through the bulk action.

Every date follows from the dates of the cycle, so that a world that was begun on one day can be finished on another.
"""

import datetime
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from palermo.parties.logic.kinds import GroupKind
from palermo.parties.models import Party, User
from palermo.parties.queries import groups_of
from palermo.questionnaires.models import Questionnaire
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.archive import Item, import_cycle, import_submissions
from palermo.responses.models import Cycle, CycleQuestionnaire, Response
from palermo.site.actions.figures import publish_figures
from palermo.site.logic.generated import generate_answers
from palermo.site.logic.generated_course import Course, Traits, course
from palermo.site.models import PublishedFigures
from palermo.treaties.models import Instrument
from palermo.treaties.queries import deposited_as_at

SEED = 2009
CURRENT = "2026"
CURRENT_SINCE = 300
"""How many days ago the current cycle was opened."""


@dataclass(frozen=True)
class Era:
    """One cycle of the demonstration: when it was opened, until when answers were asked for and taken."""

    code: str
    opened_on: datetime.date
    due_on: datetime.date
    closes_on: datetime.date
    first_year: int
    last_year: int
    progress: int
    is_past: bool = True


def eras(today: datetime.date) -> tuple[Era, ...]:
    """The three cycles, oldest first; the current one was opened some months before ``today``."""
    opened = today - datetime.timedelta(days=CURRENT_SINCE)
    due = today + datetime.timedelta(days=217)
    return (
        _past("2020", 0),
        _past("2023", 1),
        Era(CURRENT, opened, due, due + datetime.timedelta(days=120), today.year - 3, today.year - 1, 2, is_past=False),
    )


def _past(code: str, progress: int) -> Era:
    year = int(code)
    return Era(
        code,
        datetime.date(year, 2, 3),
        datetime.date(year, 11, 30),
        datetime.date(year + 1, 6, 30),
        year - 3,
        year - 1,
        progress,
    )


def moment(day: datetime.date, hour: int = 12) -> datetime.datetime:
    """An hour of a day in the zone in which deadlines end."""
    return datetime.datetime.combine(day, datetime.time(hour), ZoneInfo(settings.DEADLINE_TIME_ZONE))


TITLES = {
    "en": "Reporting cycle {code}",
    "fr": "Cycle d’examen {code}",
    "es": "Ciclo de presentación de informes {code}",
    "ru": "Цикл отчётности {code} года",
    "ar": "دورة الإبلاغ {code}",
    "zh": "{code}年报告周期",
}


def open_era(*, by: User, era: Era, questionnaires: Collection[Questionnaire]) -> Cycle:
    """The cycle, as far as it is not there; one that is there keeps the dates that it has."""
    there = Cycle.objects.filter(code=era.code).first()
    return import_cycle(
        by=by,
        code=era.code,
        texts={language: {"title": title.format(code=era.code)} for language, title in TITLES.items()},
        opened_at=there.opened_at if there else moment(era.opened_on),
        due_on=there.due_on if there else era.due_on,
        closes_on=there.closes_on if there else era.closes_on,
        closed_at=there.closed_at if there else (moment(era.closes_on, 23) if era.is_past else None),
        first_year=there.first_year if there else era.first_year,
        last_year=there.last_year if there else era.last_year,
        questionnaires=questionnaires,
    )


@dataclass(frozen=True)
class Plan:
    """What one State will be found to have said in one cycle to one questionnaire."""

    party: Party
    way: Course
    answers: int
    """About how many answers there will be: what there is to do."""


@dataclass
class Round:
    """One questionnaire in one cycle, with the States that were invited to it."""

    by: User
    cycle: Cycle
    questionnaire: Questionnaire
    plans: list[Plan]
    is_past: bool

    @property
    def work(self) -> int:
        """How much there is to do, in answers."""
        return sum(plan.answers + 1 for plan in self.plans)

    def run(self, progress: Callable[[int], object] | None = None) -> None:
        """Takes over what is not there yet; ``progress`` is told how much of the work is done."""
        there = {
            row.party_id: row
            for row in Response.objects.filter(cycle=self.cycle, questionnaire=self.questionnaire).only(
                "party_id", "begun_at", "submitted_at"
            )
        }
        todo = [plan for plan in self.plans if not _is_done(plan, there.get(plan.party.pk))]
        done = self.work - sum(plan.answers + 1 for plan in todo)
        sizes = [done]
        for plan in todo:
            sizes.append(sizes[-1] + plan.answers + 1)
        if progress is not None:
            progress(done)
        import_submissions(
            by=self.by,
            cycle=self.cycle,
            questionnaire=self.questionnaire,
            items=self.items(todo),
            progress=(lambda count: progress(sizes[count])) if progress is not None else None,
        )

    def items(self, plans: list[Plan]) -> Iterator[Item]:
        """The responses, made one after the other."""
        asked = CycleQuestionnaire.objects.get(cycle=self.cycle, questionnaire=self.questionnaire)
        spec = version_spec(asked.version_id)
        opened = timezone.localtime(self.cycle.opened_at, ZoneInfo(settings.DEADLINE_TIME_ZONE)).date()
        for plan in plans:
            invited = Item(plan.party, invited_at=self.cycle.opened_at, basis="deposited", basis_on=opened)
            if plan.way.answered_day is None:
                yield invited
                continue
            day = opened + datetime.timedelta(days=plan.way.answered_day)
            given = generate_answers(
                spec,
                key=f"{self.cycle.code}/{self.questionnaire.code}/{plan.party.code.lower()}",
                years=self.cycle.years,
                manner=plan.way.manner,
                seed=SEED,
                today=day,
            )
            requests = [row for one in given for row in one.content.rows if "urgency" in row.fields]
            urgency = ("critical", "high", "medium", "low")
            requests.sort(key=lambda row: (urgency.index(row.fields["urgency"]), row.uuid))
            sent = plan.way.submitted_day is not None
            yield replace(
                invited,
                given=given,
                answered_at=moment(day, 9),
                submitted_at=moment(day, 15) if sent else None,
                final_at=self.cycle.closed_at if sent and self.is_past else None,
                order=[row.uuid for row in requests] if sent else (),
                signed_by=f"Focal point of {plan.party.code} (generated)",
            )


def _is_done(plan: Plan, there: Response | None) -> bool:
    if there is None:
        return False
    if plan.way.submitted_day is not None:
        return there.submitted_at is not None
    return plan.way.is_silent or there.begun_at is not None


def publish_editions(*, by: User) -> int:
    """Publishes figures of the cycles that are over, where more States have reported since; gives how many."""
    published = 0
    for asked in CycleQuestionnaire.objects.filter(cycle__closed_at__isnull=False).select_related(
        "cycle", "questionnaire__instrument"
    ):
        place = {"cycle": asked.cycle.code, "questionnaire": asked.questionnaire.code}
        reported = Response.objects.filter(
            cycle=asked.cycle_id, questionnaire=asked.questionnaire_id, submissions__isnull=False
        ).distinct()
        if not PublishedFigures.objects.filter(**place, reported=reported.count()).exists():
            publish_figures(by=by, asked=asked)
            published += 1
    return published


def traits_of(parties: Collection[Party], on: datetime.date) -> dict[int, Traits]:
    """What decides how these States fare; one query."""
    groups = groups_of(parties, on)
    lists = {GroupKind.LDC.value, GroupKind.LLDC.value, GroupKind.SIDS.value}
    return {
        party.pk: Traits(
            code=str(party.code),
            group=next((g.code for g in groups.get(party.pk, ()) if g.kind == GroupKind.UN_GROUP.value), ""),
            lists=frozenset(g.kind for g in groups.get(party.pk, ()) if g.kind in lists),
        )
        for party in parties
    }


def plan_round(
    *,
    by: User,
    era: Era,
    cycle: Cycle,
    questionnaire: Questionnaire,
    choose: Callable[[Party], bool] = lambda party: True,
    answering: Callable[[Party], bool] = lambda party: True,
) -> Round:
    """Who was invited, and what each did. ``choose`` leaves States out; of others only ``answering`` ones may reply.

    Invited are those who had deposited when the cycle was opened. In a cycle that is still open, what lies after the
    day on which it stands has not happened yet.
    """
    zone = ZoneInfo(settings.DEADLINE_TIME_ZONE)
    opened = timezone.localtime(cycle.opened_at, zone).date()
    instrument = Instrument.objects.get(pk=questionnaire.instrument_id)
    bound = sorted(deposited_as_at(instrument, opened), key=lambda party: party.code)
    chosen = [party for party in bound if choose(party)]
    traits = traits_of(chosen, opened)
    due_day = (cycle.due_on - opened).days
    closing_day = ((cycle.closes_on or cycle.due_on) - opened).days
    last_day = closing_day if era.is_past else CURRENT_SINCE - 1
    questions = cycle.questionnaires.select_related("version").get(questionnaire=questionnaire)
    size = len(version_spec(questions.version_id).questions)
    plans = []
    for party in chosen:
        way = course(
            traits[party.pk],
            cycle=cycle.code,
            questionnaire=questionnaire.code,
            seed=SEED,
            due_day=due_day,
            closing_day=closing_day,
            progress=era.progress,
        )
        if not answering(party) or (way.answered_day is not None and way.answered_day > last_day):
            way = Course(way.manner)
        plans.append(Plan(party, way, 0 if way.is_silent else max(1, int(size * way.manner.answered))))
    return Round(by=by, cycle=cycle, questionnaire=questionnaire, plans=plans, is_past=era.is_past)
