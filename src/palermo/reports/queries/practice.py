"""Reads behind practice: who may read which section of what counts, and the words of what States have opened."""

import json
from collections.abc import Iterable

from django.db import connection

from palermo.reports.logic.dataset import Dataset
from palermo.reports.logic.practice import SHARED, Opened, Practice, Told, narrower
from palermo.reports.logic.practice import told as all_told
from palermo.responses.logic.consent import Level
from palermo.responses.logic.content import from_canonical
from palermo.responses.models import Consent, CycleQuestionnaire

_ANSWERS = """
SELECT lower(p.code), question->>'code', question->'answer'
FROM responses_submission s
JOIN responses_response r ON r.id = s.response_id
JOIN parties_party p ON p.id = r.party_id
CROSS JOIN LATERAL jsonb_path_query(s.snapshot::jsonb, '$.sections[*].questions[*]') AS question
WHERE r.cycle_id = %s AND r.questionnaire_id = %s
    AND (lower(p.code), s.number) IN (SELECT * FROM unnest(%s::text[], %s::integer[]))
    AND question->>'code' = ANY(%s)
"""


def opened(asked: CycleQuestionnaire, found: Dataset) -> Opened:
    """How far each State has opened the sections of the submission that counts. One query.

    What was open at the moment of knowledge and has been closed since is closed: nothing brings back what a State has
    taken back.
    """
    numbers = {state.code: state.number for state in found.reported}
    then: dict[str, dict[str, Level]] = {}
    now: dict[str, dict[str, Level]] = {}
    rows = Consent.objects.filter(
        submission__response__cycle=asked.cycle_id, submission__response__questionnaire=asked.questionnaire_id
    ).values_list("submission__response__party__code", "submission__number", "section", "level", "at")
    for party, number, section, level, at in rows:
        code = party.lower()
        if numbers.get(code) == number:
            now.setdefault(code, {})[section] = Level(level)
            if at <= found.known_at:
                then.setdefault(code, {})[section] = Level(level)
    return {code: narrower(levels, now[code]) for code, levels in then.items()}


def practices(
    asked: CycleQuestionnaire, found: Dataset, opened: Opened, levels: Iterable[Level] = SHARED
) -> tuple[Practice, ...]:
    """What States told of their practice and opened so far, in their own words. One query, or none."""
    wanted = set(levels)
    chosen = [one for one in all_told(found.states, found.spec, opened) if one.level in wanted]
    answers = _answers(asked, chosen)
    made = []
    for one in chosen:
        content = from_canonical(answers.get((one.state.code, one.question.code), {}))
        value = content.value or ()
        made.append(
            Practice(
                told=one,
                text=content.text,
                language=content.language,
                values=(value,) if isinstance(value, str) else tuple(value),
                rows=tuple(dict(row.fields) for row in content.rows),
            )
        )
    return tuple(made)


def _answers(asked: CycleQuestionnaire, chosen: Iterable[Told]) -> dict[tuple[str, str], dict[str, object]]:
    numbers = {one.state.code: one.state.number for one in chosen}
    codes = sorted({one.question.code for one in chosen})
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [asked.cycle_id, asked.questionnaire_id, list(numbers), list(numbers.values()), codes])
        return {(party, code): json.loads(answer) for party, code, answer in cursor.fetchall()}
