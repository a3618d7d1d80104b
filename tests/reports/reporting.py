"""Archives for the tests of reporting: invitations and submissions as rows, without what nobody counts."""

import datetime
from collections.abc import Iterable
from itertools import count
from zoneinfo import ZoneInfo

from palermo.parties.models import Party
from palermo.questionnaires.models import Questionnaire, Version
from palermo.responses.models import Cycle, CycleQuestionnaire, Response, Submission
from palermo.treaties.models import Instrument

VIENNA = ZoneInfo("Europe/Vienna")
_numbers = count(1)


def noon(day: datetime.date) -> datetime.datetime:
    """The middle of a day at the seat."""
    return datetime.datetime.combine(day, datetime.time(12), VIENNA)


def generated_questionnaire(instrument: Instrument, code: str) -> Version:
    """A published questionnaire about any treaty, with nothing in it."""
    title = {"en": {"title": f"Questionnaire {code}", "introduction": "", "short": code}}
    questionnaire, _new = Questionnaire.objects.get_or_create(
        code=code, defaults={"instrument": instrument, "texts": title}
    )
    version = Version.objects.create(
        questionnaire=questionnaire,
        number=1,
        state=Version.State.PUBLISHED,
        sha256="0" * 64,
        schema=1,
        texts=title,
        published_at=noon(datetime.date(2004, 1, 1)),
    )
    Questionnaire.objects.filter(pk=questionnaire.pk).update(current=version)
    return version


def archived_cycle(code: str, due_on: datetime.date, *versions: Version) -> Cycle:
    """A cycle of any year."""
    cycle = Cycle.objects.create(
        code=code,
        texts={"en": {"title": f"Reporting cycle {code}"}},
        due_on=due_on,
        first_year=due_on.year - 3,
        last_year=due_on.year - 1,
    )
    for version in versions:
        CycleQuestionnaire.objects.create(cycle=cycle, questionnaire=version.questionnaire, version=version)
    return cycle


def asked(cycle: Cycle, version: Version, parties: Iterable[Party], on: datetime.date) -> dict[str, Response]:
    """Parties that were invited on a day, as was known from that day."""
    at = noon(on)
    rows = Response.objects.bulk_create(
        Response(
            cycle=cycle,
            questionnaire=version.questionnaire,
            party=party,
            version=version,
            invited_at=at,
            recorded_at=at,
        )
        for party in parties
    )
    return {row.party.code: row for row in rows}


def replied(response: Response, at: datetime.datetime, *, recorded_at: datetime.datetime | None = None) -> Submission:
    """A submission without content; it came into the record when it was made, if nothing else is said."""
    number = response.submissions.count() + 1
    return Submission.objects.create(
        response=response,
        number=number,
        receipt=f"TRIAL-{next(_numbers):06}",
        at=at,
        recorded_at=recorded_at or at,
        by_name="generated",
        schema=1,
        snapshot="{}",
        sha256="0" * 64,
    )
