"""Run as a child process in a prepared world: all States, and what they said in as many cycles as are wanted.

``python -m benchmarks.world_stage begin``, then ``cycles N PART/OF`` for each part of the States, and ``dataset CODE``
for the read behind every analysis, and ``document KIND`` for a document. Each prints one line of JSON.
"""

import datetime
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import django

MEASURED = "2023"
"""The cycle whose pages are measured; the others are its copies under other codes."""
FEW = ("ARG", "BRA", "FRA", "IDN", "KEN", "POL", "UGA", "USA")
"""The States of a quick run."""


def begin() -> dict[str, Any]:
    """What is needed before States can answer: treaties and their status, questionnaires, an officer who signs in."""
    from tests.journeys.stage import make_person

    from palermo.parties.actions import grant_role
    from palermo.parties.logic.roles import Role
    from palermo.questionnaires.queries import version_spec
    from palermo.site.demonstration.stories import OFFICER
    from palermo.site.demonstration.world import prepare_questionnaires

    officer = make_person(OFFICER, "An officer of the Secretariat")
    grant_role(by=None, user=officer, role=Role.SECRETARIAT, scope="/cycles")
    found = prepare_questionnaires()
    return {
        "officer": OFFICER,
        "questions": {one.code: len(version_spec(one.current_id or 0).questions) for one in found},
    }


def cycles(count: int, part: str, few: bool) -> dict[str, Any]:
    """Brings the archive to so many cycles, for one part of the States; what is there stays."""
    from palermo.parties.models import Party, User
    from palermo.responses.models import Answer, Response, Submission
    from palermo.site.demonstration.archive import eras, open_era, plan_round
    from palermo.site.demonstration.stories import OFFICER
    from palermo.site.demonstration.world import Part, prepare_questionnaires

    number, _slash, of = part.partition("/")
    mine = Part(int(number), int(of))
    begin = time.monotonic()
    officer = User.objects.get(email=OFFICER)
    first = next(era for era in eras(datetime.date.today()) if era.code == MEASURED)
    asked = prepare_questionnaires()

    def wanted(party: Party) -> bool:
        return mine.has(party) and (not few or party.code in FEW)

    for place in range(count):
        era = replace(first, code=MEASURED if not place else f"{MEASURED}-{place + 1}")
        cycle = open_era(by=officer, era=era, questionnaires=asked)
        for questionnaire in asked:
            plan_round(by=officer, era=era, cycle=cycle, questionnaire=questionnaire, choose=wanted).run()
    return {
        "responses": Response.objects.count(),
        "submissions": Submission.objects.count(),
        "answers": Answer.objects.count(),
        "seconds": time.monotonic() - begin,
    }


def dataset(code: str) -> dict[str, Any]:
    """Milliseconds of our processor time for the one read behind every analysis, and its queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from palermo.questionnaires.models import Questionnaire
    from palermo.reports.queries.dataset import dataset as read
    from palermo.responses.models import Cycle

    cycle, questionnaire = Cycle.objects.get(code=MEASURED), Questionnaire.objects.get(code=code)

    def timed(work: Callable[[], object], times: int = 5) -> float:
        work()
        begin = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - begin) * 1000 / times

    with CaptureQueriesContext(connection) as captured:
        found = read(cycle, questionnaire, "en")
    return {
        "queries": len(captured),
        "states": len(found.states),
        "reported": len(found.reported),
        "whole": timed(lambda: read(cycle, questionnaire, "en")),
        "without_answers": timed(lambda: read(cycle, questionnaire, "en", with_answers=False)),
    }


def document(code: str, party: str = "") -> dict[str, Any]:
    """Seconds of processor time, child processes included, to freeze the figures of a document and make its files."""
    import os

    from django.utils import timezone

    from palermo.parties.models import User
    from palermo.reports import exchange
    from palermo.reports.actions.documents import freeze, make_document
    from palermo.reports.documents.kinds import read_kinds
    from palermo.reports.forms.documents import MASTHEAD
    from palermo.reports.queries import documents as queries
    from palermo.responses.models import CycleQuestionnaire
    from palermo.site.demonstration.stories import OFFICER

    def spent() -> float:
        return sum(os.times()[:4])

    kind = read_kinds().found[code]
    asked = CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").get(
        cycle__code=MEASURED, questionnaire__code="untoc"
    )
    officer = User.objects.get(email=OFFICER)
    today = timezone.localdate()
    begin = spent()
    data = queries.frozen(kind, asked, as_at=today, known_at=timezone.now(), party=party)
    masthead = dict.fromkeys(MASTHEAD, "") | {
        "distribution": "general",
        "dated": today.isoformat(),
        "original": "en",
        "symbol": "GENERATED/1",
    }
    made = make_document(
        by=officer, snapshot=freeze(by=officer, data=data), language="en", masthead=masthead, data=data
    )
    found = {"figures": spent() - begin}
    for form in ("docx", "pdf", "html"):
        begin = spent()
        size = len(exchange.conference_file(made, form).content)
        found |= {form: spent() - begin, f"{form}_size": size}
    return found


def main(arguments: list[str]) -> dict[str, Any]:
    """One of the four."""
    match arguments:
        case ["begin"]:
            return begin()
        case ["cycles", count, part, *more]:
            return cycles(int(count), part, "few" in more)
        case ["dataset", code]:
            return dataset(code)
        case ["document", code, *party]:
            return document(code, *party)
    raise SystemExit(f"unknown: {arguments}")


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(sys.argv[1:])))
