"""Publishing: what States have opened is copied to where the public reads, and taken away again."""

import json
from collections.abc import Mapping

from django.db import connection, transaction
from django.utils import timezone

from palermo.parties.models import User
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.consent import decide_consent
from palermo.responses.logic.consent import Level, excerpt, open_to
from palermo.responses.models import Submission
from palermo.site.actions.figures import check_figures
from palermo.site.actions.indexing import index_published
from palermo.site.models import Published


@transaction.atomic
def decide_and_publish(*, by: User, submission: Submission, decided: Mapping[str, str]) -> frozenset[str]:
    """Records the State's consent and brings the public copy to it at once; gives the sections that are public.

    The copy of an earlier submission of the same response goes when this one is published, or when the State opens
    nothing of this one any more.
    """
    public = open_to(decide_consent(by=by, submission=submission, decided=decided), Level.PUBLIC)
    response = submission.response
    place = {
        "cycle": response.cycle.code,
        "questionnaire": response.questionnaire.code,
        "party": response.party.code.lower(),
    }
    if not public:
        Published.objects.filter(receipt=submission.receipt).delete()
        index_published(submission.receipt)
        return public
    snapshot = json.loads(submission.snapshot)
    version = Version.objects.get(
        questionnaire=response.questionnaire_id, number=int(snapshot["questionnaire"]["version"])
    )
    earlier = Published.objects.filter(**place).exclude(receipt=submission.receipt)
    replaced = list(earlier.values_list("receipt", flat=True))
    earlier.delete()
    Published.objects.update_or_create(
        receipt=submission.receipt,
        defaults={
            **place,
            "treaty": snapshot["treaty"]["code"],
            "submitted_at": submission.at,
            "published_at": timezone.now(),
            "sections": len(public),
            "generated": snapshot["generated"],
            "excerpt": excerpt(snapshot, public, version_spec(version.pk)),
        },
    )
    for receipt in (*replaced, submission.receipt):
        index_published(receipt)
    check_figures(by=by, cycle=place["cycle"], questionnaire=place["questionnaire"])
    return public


# Only what differs is written, so that a run in which nothing has happened leaves no trace.
_REPORTING = """
WITH now AS (
    SELECT c.code AS cycle, q.code AS questionnaire, lower(p.code) AS party, r.invited_at AS asked_at,
        (SELECT min(s.at) FROM responses_submission s WHERE s.response_id = r.id) AS reported_at
    FROM responses_response r
    JOIN responses_cycle c ON c.id = r.cycle_id
    JOIN questionnaires_questionnaire q ON q.id = r.questionnaire_id
    JOIN parties_party p ON p.id = r.party_id
    WHERE r.released_at IS NULL
), gone AS (
    DELETE FROM published.reporting old WHERE NOT EXISTS (
        SELECT FROM now
        WHERE (now.cycle, now.questionnaire, now.party) = (old.cycle, old.questionnaire, old.party)
    ) RETURNING 1
), written AS (
    INSERT INTO published.reporting (cycle, questionnaire, party, asked_at, reported_at)
    SELECT cycle, questionnaire, party, asked_at, reported_at FROM now
    ON CONFLICT (cycle, questionnaire, party) DO UPDATE
    SET asked_at = EXCLUDED.asked_at, reported_at = EXCLUDED.reported_at
    WHERE (reporting.asked_at, reporting.reported_at) IS DISTINCT FROM (EXCLUDED.asked_at, EXCLUDED.reported_at)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""


@transaction.atomic
def publish_reporting() -> int:
    """Brings the public record of who was asked and who has reported up to date; gives how many rows have changed."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORTING)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
