"""Many responses at once: taking over an older archive, and filling a demonstration.

What happened is dated by when it happened, and says besides when it came into this record. The validation is that of
``save_answer``; the number of statements does not grow with the number of answers.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.questionnaires.models import Questionnaire
from palermo.responses.actions.archive.checking import Checking
from palermo.responses.actions.archive.items import Archived, Item, Looked
from palermo.responses.actions.archive.writing import Writing
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import Cycle, CycleQuestionnaire

__all__ = ["Archived", "Item", "Looked", "import_cycle", "import_submissions"]

CHUNK = 20
"""How many responses one transaction takes: what a kill can cost, and what is kept in memory at once."""


@transaction.atomic
def import_cycle(
    *,
    by: User,
    code: str,
    texts: Mapping[str, Mapping[str, str]],
    opened_at: datetime.datetime,
    due_on: datetime.date,
    first_year: int,
    last_year: int,
    questionnaires: Iterable[Questionnaire],
    closes_on: datetime.date | None = None,
    closed_at: datetime.datetime | None = None,
) -> Cycle:
    """A cycle that was opened earlier, perhaps in an older archive, with the current version of each questionnaire.

    It can be repeated: questionnaires that the cycle does not ask yet are added to it. Refuses a cycle of the same
    code that differs.
    """
    asked = list(questionnaires)
    versions = {one.pk: one.current_id for one in asked if one.current_id is not None}
    unpublished = sorted(questionnaire.code for questionnaire in asked if questionnaire.pk not in versions)
    if unpublished:
        raise Refusal(
            _("The questionnaire %(code)s has no published version yet.") % {"code": ", ".join(unpublished)},
            "not_published",
        )
    facts: dict[str, Any] = {
        "texts": {language: dict(parts) for language, parts in texts.items()},
        "opened_at": opened_at,
        "due_on": due_on,
        "closes_on": closes_on,
        "first_year": first_year,
        "last_year": last_year,
        "closed_at": closed_at,
    }
    cycle, created = Cycle.objects.select_for_update().get_or_create(code=code, defaults={**facts, "opened_by": by})
    different = sorted(name for name, value in facts.items() if getattr(cycle, name) != value)
    if different:
        raise Refusal(
            _("There is a cycle %(code)s already, and it differs: %(fields)s. Give this one another code.")
            % {"code": code, "fields": ", ".join(different)},
            "cycle_differs",
        )
    there = set(CycleQuestionnaire.objects.filter(cycle=cycle).values_list("questionnaire_id", flat=True))
    new = [questionnaire for questionnaire in asked if questionnaire.pk not in there]
    CycleQuestionnaire.objects.bulk_create(
        CycleQuestionnaire(cycle=cycle, questionnaire=questionnaire, version_id=versions[questionnaire.pk])
        for questionnaire in new
    )
    if created or new:
        record(
            by=by,
            action="import_cycle",
            scope=cycle_scope(cycle=code),
            detail={"questionnaires": [questionnaire.code for questionnaire in new], "due_on": due_on.isoformat()},
        )
    return cycle


def import_submissions(
    *,
    by: User,
    cycle: Cycle,
    questionnaire: Questionnaire,
    items: Iterable[Item],
    progress: Callable[[int], object] | None = None,
    chunk: int = CHUNK,
) -> Archived:
    """Takes many responses over, with answers, history, rows, ranks, submissions, digests and audit rows.

    Each chunk is one transaction with a fixed number of statements, so that an import that was cut off can be run
    again: what is there with equal content is left as it is. Where something else is there, the chunk is refused with
    the names of these States; chunks before it stay. ``progress`` is told how many responses are done.
    """
    asked = CycleQuestionnaire.objects.select_related("questionnaire__instrument").get(
        cycle=cycle, questionnaire=questionnaire
    )
    checking = Checking(cycle=cycle, asked=asked)
    writing = Writing(by=by, cycle=cycle, asked=asked)
    done = Archived()
    for some in _chunks(items, chunk):
        with transaction.atomic():
            ready = checking.ready(some, done)
            writing.write(ready)
        done.imported += [one.code for one in ready]
        if progress is not None:
            progress(len(done.imported) + len(done.unchanged))
    return done


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
