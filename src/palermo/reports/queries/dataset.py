"""The dataset of a cycle and questionnaire as at a day: the one read behind every analysis."""

import datetime

from django.utils import timezone

from palermo.parties.logic.kinds import TREATY_PARTIES, GroupKind
from palermo.parties.models import GroupMembership
from palermo.parties.queries import as_known, names, parties
from palermo.questionnaires.models import Questionnaire, Version
from palermo.questionnaires.queries import version_spec
from palermo.reports.logic.dataset import Dataset, State
from palermo.responses.logic.standing import Sent, Standing, latest_submission, standing, timing
from palermo.responses.models import Cycle, CycleQuestionnaire, Response, Submission
from palermo.responses.queries.archive import courses, cycles_then, end_of, today
from palermo.treaties.queries import standings

LISTS = (GroupKind.LDC.value, GroupKind.LLDC.value, GroupKind.SIDS.value)


def dataset(
    cycle: Cycle,
    questionnaire: Questionnaire,
    language: str,
    *,
    as_at: datetime.date | None = None,
    known_at: datetime.datetime | None = None,
    with_answers: bool = True,
) -> Dataset:
    """Every State and what it has said, as at a day (today by default) and as known at a moment (now by default).

    Twelve queries, however many States there are, and one more if questions have been added since; without answers the
    digests are left unread.
    """
    day = as_at or today()
    known = known_at or timezone.now()
    # The end of a day that is not over yet is now; what lies after the moment of knowledge was not known.
    moment = min(end_of(day), known)
    asked = CycleQuestionnaire.objects.select_related("questionnaire__instrument").get(
        cycle=cycle, questionnaire=questionnaire
    )
    instrument = asked.questionnaire.instrument
    everyone = list(parties(*TREATY_PARTIES))
    called = names(None, language, day, known)
    groups = _groups(day, known)
    legal = {party.pk: found for party, found in standings(instrument, known).items()}
    # Who was invited later, or not known to be, had nothing then: no date, no submission.
    invited = Response.objects.filter(
        cycle=cycle, questionnaire=questionnaire, invited_at__lte=moment, recorded_at__lte=known
    )
    responses = {response.party_id: response for response in invited}
    ways = courses(responses.values(), invited)
    counted: dict[int, Sent] = {
        key: sent for key, way in ways.items() if (sent := latest_submission(way, moment, known)) is not None
    }
    fields = ("response_id", "number", "receipt", *(("digest__data",) if with_answers else ()))
    sent_by_then = {
        (key, number): rest
        for key, number, *rest in Submission.objects.filter(response__in=invited.values("pk")).values_list(*fields)
        if key in counted and counted[key].number == number
    }
    then = cycles_then([cycle], moment)[cycle.pk]
    version = asked.version_id
    if (number := then.versions.get(questionnaire.code)) is not None:
        version = Version.objects.values_list("pk", flat=True).get(questionnaire=questionnaire, number=number)

    def state(key: int, code: str) -> State | None:
        name = called.get(key)
        if name is None:
            # It did not exist on the day, or not yet under any name.
            return None
        own = groups.get(key, {})
        response = responses.get(key)
        way = ways[response.pk] if response else None
        sent = counted.get(response.pk) if response else None
        found = timing(way, then.due_on, moment, known, end_of) if way else None
        receipt, *said = sent_by_then[response.pk, sent.number] if response and sent else ("",)
        return State(
            code=code.lower(),
            name=name.short,
            sort=name.sort,
            group=own.get(GroupKind.UN_GROUP.value, ""),
            subregion=own.get(GroupKind.SUBREGION.value, ""),
            lists=frozenset(kind for kind in own if kind in LISTS),
            legal=legal[key].word(day) if key in legal else "none",
            standing=standing(way, moment, known) if way else Standing.NOT_INVITED,
            number=sent.number if sent else None,
            receipt=receipt,
            first_at=found.first.moment.at if found and found.first else None,
            due_on=found.due_on if found else None,
            late=found is not None and found.late,
            digest=said[0] if said else None,
        )

    states = [made for party in everyone if (made := state(party.pk, party.code)) is not None]
    return Dataset(
        cycle=cycle.code,
        questionnaire=questionnaire.code,
        treaty=instrument.code,
        as_at=day,
        known_at=known,
        states=tuple(sorted(states, key=lambda item: (item.sort, item.code))),
        spec=version_spec(version),
        years=cycle.years,
    )


def _groups(day: datetime.date, known_at: datetime.datetime) -> dict[int, dict[str, str]]:
    """The code of each party's group of each kind on a day, by the party's key. One query.

    A party is in one regional group and one sub-region at most; a development list is a kind of its own.
    """
    found: dict[int, dict[str, str]] = {}
    for party, kind, code in GroupMembership.objects.filter(as_known(known_at), validity__contains=day).values_list(
        "party", "kind", "group__code"
    ):
        found.setdefault(party, {})[kind] = code
    return found
