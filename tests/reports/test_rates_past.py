"""Figures as at a past day, as known at a moment, are the same whatever comes into the record afterwards."""

import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.parties import make_party, make_user
from tests.factories.treaties import make_instrument
from tests.reports import independent
from tests.reports.reporting import archived_cycle, asked, generated_questionnaire, noon, replied

from palermo.parties.models import Group, GroupMembership, Party, PartyName
from palermo.questionnaires.models import Version
from palermo.reports.logic.dataset import exported
from palermo.reports.logic.rates import Cut, Measure, tallies, tally
from palermo.reports.queries.dataset import dataset
from palermo.reports.queries.rates import overview, records
from palermo.responses.models import Clarification, Cycle, Extension, Response, StateChange, Submission, Thread
from palermo.treaties.models import StatusAct

pytestmark = pytest.mark.django_db
CODES = ("ARG", "FRA", "KEN", "TUR", "USA")
DUE = datetime.date(2026, 3, 31)
DAY = datetime.date(2026, 5, 1)
# The moment of knowledge, and the days that begin after it.
KNOWN = noon(datetime.date(2026, 5, 20))
MANY_YEARS_AGO = noon(datetime.date(2020, 1, 1))


def later(days: int) -> datetime.datetime:
    """A moment after that of knowledge."""
    return KNOWN + datetime.timedelta(days=1 + days)


class World:
    """Five States with groups and status; three are asked and one has reported."""

    def __init__(self) -> None:
        instrument = make_instrument()
        type(instrument).objects.filter(pk=instrument.pk).update(in_force_on=datetime.date(2003, 9, 29))
        instrument.refresh_from_db()
        self.version: Version = generated_questionnaire(instrument, "quiz-trial")
        self.cycle: Cycle = archived_cycle("2026", DUE, self.version)
        self.groups = [
            Group.objects.create(code=code, kind="un-group", order=place, texts={"en": {"name": code}})
            for place, code in enumerate(("east", "west"))
        ]
        self.parties: dict[str, Party] = {}
        for place, code in enumerate(CODES):
            party = Party.objects.create(code=code, kind="state", iso3=code)
            names = {"en": {"short": code.title(), "formal": "", "sort": code.lower()}}
            PartyName.objects.create(
                party=party, validity=(datetime.date(1945, 10, 24), None), texts=names, recorded_at=MANY_YEARS_AGO
            )
            self._member(party, self.groups[place % 2], MANY_YEARS_AGO)
            if code != "USA":
                self._deposit(party, datetime.date(2004, 1, 1 + place), MANY_YEARS_AGO)
            self.parties[code] = party
        invited = [self.parties[code] for code in ("ARG", "FRA", "KEN")]
        self.responses = asked(self.cycle, self.version, invited, datetime.date(2026, 1, 10))
        replied(self.responses["ARG"], noon(datetime.date(2026, 3, 1)))
        self.user = make_user()

    def _member(self, party: Party, group: Group, at: datetime.datetime) -> None:
        GroupMembership.objects.create(
            party=party,
            group=group,
            kind=group.kind,
            validity=(datetime.date(1945, 10, 24), None),
            recorded_at=at,
        )

    def _deposit(self, party: Party, on: datetime.date, at: datetime.datetime) -> None:
        StatusAct.objects.create(
            instrument=self.version.questionnaire.instrument,
            party=party,
            kind="ratification",
            act_class="consent",
            on=on,
            source="a list",
            recorded_at=at,
        )

    def figures(self, known_at: datetime.datetime | None) -> dict[str, Any]:
        """Everything that pages and documents count, as at the day."""
        found = dataset(self.cycle, self.version.questionnaire, "en", as_at=DAY, known_at=known_at)
        data = exported(found)
        by_region = tallies(found.states, Cut.REGION, ("east", "west"))
        assert dict(tally(found.states).counts) == independent.counts(data)
        [line] = overview([self.cycle], DAY, found.known_at)
        whole = tally(found.states)
        counted = (line.parties, line.asked, line.reported, line.parties_reported, line.silent)
        names = (Measure.PARTIES, Measure.ASKED, Measure.REPORTED, Measure.PARTIES_REPORTED, Measure.SILENT)
        assert counted == tuple(whole[measure] for measure in names)
        cycles, lines = records(self.version.questionnaire, "en", DAY, found.known_at)
        return {
            "data": {name: value for name, value in data.items() if name != "known_at"},
            "tallies": by_region,
            "records": (cycles, lines),
        }

    def happen(self, event: str, code: str, days: int) -> None:
        """Something that comes into the record after the moment of knowledge, whenever it happened."""
        at, party, response = later(days), self.parties[code], self.responses.get(code)
        past = noon(datetime.date(2026, 2, 1) + datetime.timedelta(days=days))
        match event:
            case "submits":
                if response:
                    replied(response, at)
            case "sent long ago":
                if response:
                    replied(response, past, recorded_at=at)
            case "invited":
                if response is None:
                    self.responses |= asked(self.cycle, self.version, [party], at.date())
            case "invited long ago":
                if response is None:
                    self.responses |= asked(self.cycle, self.version, [party], past.date())
                    Response.objects.filter(pk=self.responses[code].pk).update(recorded_at=at)
            case "begins":
                Response.objects.filter(party=party, begun_at=None).update(begun_at=at)
            case "deposits":
                if not StatusAct.objects.filter(party=party, withdrawn_at=None).exists():
                    self._deposit(party, past.date(), at)
            case "act withdrawn":
                StatusAct.objects.filter(party=party, withdrawn_at=None, recorded_at__lt=at).update(withdrawn_at=at)
            case "act corrected":
                if StatusAct.objects.filter(party=party, withdrawn_at=None, recorded_at__lt=at).update(withdrawn_at=at):
                    self._deposit(party, datetime.date(2026, 4, 1 + days % 28), at)
            case "group corrected":
                old = GroupMembership.objects.filter(party=party, withdrawn_at=None, recorded_at__lt=at)
                if old.update(withdrawn_at=at):
                    self._member(party, self.groups[days % 2], at)
            case "renamed":
                old_names = PartyName.objects.filter(party=party, withdrawn_at=None, recorded_at__lt=at)
                if old_names.update(withdrawn_at=at):
                    names = {"en": {"short": "Aa" * days, "formal": "", "sort": "aa" * days}}
                    PartyName.objects.create(
                        party=party, validity=(datetime.date(1945, 10, 24), None), texts=names, recorded_at=at
                    )
            case "asked to clarify":
                sent = Submission.objects.filter(response__party=party).first()
                if response and sent:
                    thread = Thread.objects.create(response=response, subject="?")
                    Clarification.objects.create(
                        thread=thread, submission=sent, due_on=at.date(), asked_at=at, asked_by=self.user
                    )
            case "extended":
                if response:
                    Extension.objects.create(response=response, due_on=at.date(), granted_at=at)
            case kind:
                if response:
                    StateChange.objects.create(response=response, kind=kind, at=past, recorded_at=at)


EVENTS = (
    *("submits", "sent long ago", "invited", "invited long ago", "begins", "deposits", "act withdrawn"),
    *("act corrected", "group corrected", "renamed", "asked to clarify", "extended"),
    *("released", "obliged", "reopened", "finalised"),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(CODES), st.integers(1, 60)), min_size=1, max_size=8))
def test_figures_of_a_past_day_do_not_change_when_more_is_recorded(events: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        world = World()
        before = world.figures(KNOWN)
        for event, code, days in sorted(events, key=lambda item: item[2]):
            world.happen(event, code, days)
        assert world.figures(KNOWN) == before
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("sent long ago", "FRA"),
        ("invited long ago", "TUR"),
        ("deposits", "USA"),
        ("act withdrawn", "FRA"),
        ("act corrected", "FRA"),
        ("group corrected", "KEN"),
        ("renamed", "KEN"),
        ("released", "KEN"),
        ("finalised", "ARG"),
    ],
)
def test_what_is_recorded_late_shows_as_known_today(event: str, code: str) -> None:
    world = World()
    before = world.figures(None)
    world.happen(event, code, 30 if event != "group corrected" else 31)
    assert world.figures(None) != before


def test_nothing_was_known_before_the_first_record() -> None:
    world = World()
    long_ago = MANY_YEARS_AGO - datetime.timedelta(days=1)
    found = dataset(world.cycle, world.version.questionnaire, "en", as_at=datetime.date(2019, 1, 1), known_at=long_ago)
    assert found.states == ()
    assert make_party("ARG").pk == world.parties["ARG"].pk
