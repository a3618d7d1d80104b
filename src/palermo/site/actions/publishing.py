"""Publishing: what States have opened is copied to where the public reads, and taken away again."""

import json
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from palermo.parties.models import User
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.consent import decide_consent
from palermo.responses.logic.consent import Level, excerpt, open_to
from palermo.responses.models import Submission
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
    return public
