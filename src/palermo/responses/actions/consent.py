"""The State decides who may read what it has submitted."""

import json
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.responses.logic.consent import Level, levels
from palermo.responses.models import Consent, Response, Submission
from palermo.responses.queries.consent import given_for
from palermo.responses.queries.state import scope_of


@transaction.atomic
def decide_consent(*, by: User, submission: Submission, decided: Mapping[str, str]) -> dict[str, Level]:
    """Records for each named section who may read it; gives the levels of all sections afterwards.

    Only what changes makes a row. Refuses a section that the submission does not have, and an unknown level.
    """
    response = (
        Response.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire", "party")
        .get(pk=submission.response_id)
    )
    sections = [section["code"] for section in json.loads(submission.snapshot)["sections"]]
    unknown = [section for section in decided if section not in sections]
    wrong = [level for level in decided.values() if level not in set(Level)]
    if unknown or wrong:
        raise Refusal(
            _("The choice does not fit what was submitted; load the page again and choose once more."), "unknown"
        )
    standing = levels(sections, given_for(submission))
    changed = {section: Level(level) for section, level in decided.items() if standing[section] != level}
    Consent.objects.bulk_create(
        Consent(submission=submission, section=section, level=level, by=by, by_name=str(by))
        for section, level in changed.items()
    )
    if changed:
        record(
            by=by,
            action="decide_consent",
            scope=scope_of(response),
            subject=submission.receipt,
            detail={section: level.value for section, level in changed.items()},
        )
    return standing | changed
