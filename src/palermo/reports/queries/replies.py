"""Reads behind the analysis: the words of answers in the submissions that count, and what provisions demand."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from palermo.base.multilingual import best
from palermo.responses.models import CycleQuestionnaire
from palermo.treaties.models import Provision

# The text of one answer out of many snapshots, cut out by the database: the snapshots stay there.
_TEXTS = """
SELECT lower(p.code), answer->>'text', answer->>'language'
FROM responses_submission s
JOIN responses_response r ON r.id = s.response_id
JOIN parties_party p ON p.id = r.party_id
CROSS JOIN LATERAL (
    SELECT jsonb_path_query_first(
        s.snapshot::jsonb, '$.sections[*].questions[*] ? (@.code == $code).answer', jsonb_build_object('code', %s::text)
    ) AS answer
) AS found
WHERE r.cycle_id = %s AND r.questionnaire_id = %s
    AND (lower(p.code), s.number) IN (SELECT * FROM unnest(%s::text[], %s::integer[]))
"""


def answer_texts(asked: CycleQuestionnaire, wanted: Iterable[tuple[str, int]], code: str) -> dict[str, dict[str, str]]:
    """What States wrote in answer to one question, by the State's code in lower case. One query."""
    pairs = list(wanted)
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _TEXTS,
            [code, asked.cycle_id, asked.questionnaire_id, [p for p, _n in pairs], [n for _p, n in pairs]],
        )
        return {party: {"text": text or "", "language": language or ""} for party, text, language in cursor.fetchall()}


@dataclass(frozen=True)
class Demand:
    """What a provision demands, in a language or the nearest there is."""

    demand: str
    language: str
    obligation: str


def provision_texts_of(treaty: str, language: str) -> dict[str, Demand]:
    """The provisions of a treaty by their code. One query."""
    found = {}
    for code, texts, obligation in Provision.objects.filter(instrument__code=treaty).values_list(
        "code", "texts", "obligation"
    ):
        parts, language_found = best(texts, language)
        found[code] = Demand(str(parts.get("demand") or parts.get("title", "")), language_found, obligation)
    return found
