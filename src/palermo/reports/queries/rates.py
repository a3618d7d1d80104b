"""Reads behind reporting status and rates: all cycles on one page, the cycle before, the record across cycles."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from palermo.parties.logic.kinds import TREATY_PARTIES, GroupKind
from palermo.parties.models import Group, PartyName
from palermo.parties.queries import as_known, group_name, groups_of, names, parties
from palermo.questionnaires.models import Questionnaire
from palermo.reports.logic.rates import Cut, Of, Rate, Record, Turn, turn
from palermo.responses.logic.standing import ChangeKind, Course, Moment, Standing, standing
from palermo.responses.models import Cycle, CycleQuestionnaire, Response, StateChange, Submission
from palermo.responses.queries.archive import courses, cycles_then, end_of
from palermo.treaties.models import Instrument
from palermo.treaties.queries import all_standings

KINDS = tuple(kind.value for kind in TREATY_PARTIES)
CUT_OF = {GroupKind.UN_GROUP.value: Cut.REGION, GroupKind.SUBREGION.value: Cut.SUBREGION}
RECORDED_CYCLES = 10


def asked_at(cycle: str, questionnaire: str) -> CycleQuestionnaire | None:
    """What a cycle asks, by its codes. One query."""
    return (
        CycleQuestionnaire.objects.filter(cycle__code=cycle, questionnaire__code=questionnaire)
        .select_related("cycle", "questionnaire__instrument")
        .first()
    )


def cycle_before(asked: CycleQuestionnaire) -> CycleQuestionnaire | None:
    """The latest cycle with an earlier date that asks the same questionnaire. One query."""
    return (
        CycleQuestionnaire.objects.filter(questionnaire=asked.questionnaire, cycle__due_on__lt=asked.cycle.due_on)
        .select_related("cycle", "questionnaire__instrument")
        .order_by("-cycle__due_on", "-cycle__pk")
        .first()
    )


@dataclass(frozen=True)
class Names:
    """How groups are called on a day, in their own order; and under which larger region a sub-region stands."""

    names: Mapping[Cut, Mapping[str, str]]
    regions: Mapping[str, str]

    def order(self, cut: Cut) -> tuple[str, ...]:
        """The codes of a cut in their order."""
        return tuple(self.names.get(cut, ()))


def group_names(language: str, on: datetime.date) -> Names:
    """The names of regional groups, sub-regions and development lists on a day. One query."""
    found: dict[Cut, dict[str, str]] = {Cut.REGION: {}, Cut.SUBREGION: {}, Cut.LIST: {}}
    groups = {group.pk: group for group in Group.objects.order_by("kind", "order")}
    above: dict[str, str] = {}
    for group in groups.values():
        found[CUT_OF.get(group.kind, Cut.LIST)][group.code] = group_name(group, language, on)
        chain = [group]
        while (parent := groups.get(chain[-1].parent_id or 0)) is not None:
            chain.append(parent)
        # The last but one is the continent; the last is the world.
        if len(chain) > 2:
            above[group.code] = group_name(chain[-2], language, on)
    return Names(found, above)


@dataclass(frozen=True)
class Line:
    """One questionnaire of one cycle, in figures."""

    asked_for: CycleQuestionnaire
    parties: int
    asked: int
    reported: int
    parties_reported: int

    @property
    def silent(self) -> int:
        """Asked and not reported."""
        return self.asked - self.reported

    @property
    def of_parties(self) -> Rate:
        """How many of the parties have reported."""
        return Rate(self.parties_reported, self.parties, Of.PARTIES)

    @property
    def of_asked(self) -> Rate:
        """How many of those asked have reported."""
        return Rate(self.reported, self.asked, Of.ASKED)


def cycles_by_date() -> QuerySet[Cycle]:
    """All cycles, the one with the latest date first."""
    return Cycle.objects.order_by("-due_on", "-pk")


def earliest_treaty() -> datetime.date | None:
    """When the oldest treaty that has a questionnaire was adopted. One query."""
    return (
        Instrument.objects.filter(questionnaires__isnull=False)
        .order_by("adopted_on")
        .values_list("adopted_on", flat=True)
        .first()
    )


def overview(cycles: Iterable[Cycle], as_at: datetime.date, known_at: datetime.datetime) -> list[Line]:
    """Every questionnaire of some cycles in figures; seven queries, however many cycles and States.

    The figures are those of the ``Tally`` of each dataset; counted in sets, because nobody's answers are needed.
    """
    keys = [cycle.pk for cycle in cycles]
    moment = min(end_of(as_at), known_at)
    asked_for = (
        CycleQuestionnaire.objects.filter(cycle__in=keys)
        .select_related("cycle", "questionnaire__instrument")
        .order_by("-cycle__due_on", "-cycle__pk", "questionnaire__instrument__order", "questionnaire__code")
    )
    lines = list(asked_for)
    standings = {instrument.pk: found for instrument, found in all_standings(known_at).items()}
    deposited = {
        key: {party for party, found in towards.items() if found.has_deposited(as_at)}
        for key, towards in standings.items()
    }
    # A party without a name on the day did not exist then; it counts nowhere, here as in a dataset.
    there = set(
        PartyName.objects.filter(
            as_known(known_at), validity__contains=as_at, party__kind__in=KINDS
        ).values_list("party", flat=True)
    )  # fmt: skip
    invited = Response.objects.filter(
        cycle__in=keys, party__in=there, invited_at__lte=moment, recorded_at__lte=known_at
    )
    counted = {
        (cycle, questionnaire): number
        for cycle, questionnaire, number in invited.values_list("cycle", "questionnaire").annotate(Count("pk"))
    }
    reported: dict[tuple[int, int], set[int]] = {}
    for cycle, questionnaire, party in (
        Submission.objects.filter(response__in=invited, at__lte=moment, recorded_at__lte=known_at)
        .values_list("response__cycle", "response__questionnaire", "response__party")
        .distinct()
    ):
        reported.setdefault((cycle, questionnaire), set()).add(party)
    released = _released(invited, reported, moment, known_at)
    found = []
    for line in lines:
        place = (line.cycle_id, line.questionnaire_id)
        members = deposited.get(line.questionnaire.instrument_id, set()) & there
        sent = reported.get(place, set())
        found.append(
            Line(
                asked_for=line,
                parties=len(members),
                asked=counted.get(place, 0) - released.get(place, 0),
                reported=len(sent),
                parties_reported=len(sent & members),
            )
        )
    return found


def _released(
    invited: QuerySet[Response],
    reported: Mapping[tuple[int, int], set[int]],
    moment: datetime.datetime,
    known_at: datetime.datetime,
) -> dict[tuple[int, int], int]:
    """How many were invited and had no obligation to answer at a moment. One query; few States are released."""
    changes: dict[tuple[int, int, int], list[tuple[ChangeKind, Moment]]] = {}
    rows = StateChange.objects.filter(
        response__in=invited, kind__in=[ChangeKind.RELEASED.value, ChangeKind.OBLIGED.value]
    ).values_list("response__cycle", "response__questionnaire", "response__party", "kind", "at", "recorded_at")
    for cycle, questionnaire, party, kind, at, recorded_at in rows:
        changes.setdefault((cycle, questionnaire, party), []).append((ChangeKind(kind), Moment(at, recorded_at)))
    found: dict[tuple[int, int], int] = {}
    for (cycle, questionnaire, party), own in changes.items():
        way = Course(invited=Moment(moment, known_at), changes=tuple(own))
        if party in reported.get((cycle, questionnaire), ()):
            continue
        if standing(way, moment, known_at) is Standing.NO_OBLIGATION:
            found[cycle, questionnaire] = found.get((cycle, questionnaire), 0) + 1
    return found


def questionnaire_at(code: str) -> Questionnaire | None:
    """A questionnaire by its code. One query."""
    return Questionnaire.objects.filter(code=code).select_related("instrument").first()


def records(
    questionnaire: Questionnaire, language: str, as_at: datetime.date, known_at: datetime.datetime
) -> tuple[list[Cycle], list[Record]]:
    """The last ten cycles in which the questionnaire was asked by the day, the oldest first, and every State's record.

    Eleven queries, however many cycles and States.
    """
    moment = min(end_of(as_at), known_at)
    responses = Response.objects.filter(
        questionnaire=questionnaire, party__kind__in=KINDS, invited_at__lte=moment, recorded_at__lte=known_at
    )
    cycles = list(Cycle.objects.filter(pk__in=responses.values("cycle")).order_by("-due_on", "-pk")[:RECORDED_CYCLES])
    cycles.reverse()
    known = {cycle.pk: cycle for cycle in cycles}
    chosen = responses.filter(cycle__in=known)
    invited = list(chosen.only("pk", "cycle", "party", "invited_at", "recorded_at", "begun_at"))
    ways = courses(invited, chosen)
    then = cycles_then(cycles, moment)
    turns: dict[int, dict[int, Turn]] = {}
    for response in invited:
        cycle = known[response.cycle_id]
        turns.setdefault(response.party_id, {})[cycle.pk] = turn(
            cycle.code, ways[response.pk], then[cycle.pk].due_on, moment, known_at, end_of
        )
    codes = dict(parties(*TREATY_PARTIES).values_list("pk", "code"))
    called = names(None, language, as_at, known_at)
    groups = groups_of(None, as_at, GroupKind.UN_GROUP.value, known_at)
    made = [
        Record(
            code=codes[party].lower(),
            name=called[party].short,
            sort=called[party].sort,
            group=next((group.code for group in groups.get(party, ())), ""),
            turns=tuple(own[cycle.pk] for cycle in cycles if cycle.pk in own),
        )
        for party, own in turns.items()
        if party in called
    ]
    return cycles, sorted(made, key=lambda record: (record.sort, record.code))
