"""Reads for the picture and the report: the live response, a submission, and what may be put in order."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404

from palermo.reports.logic.report import Receipt
from palermo.responses.logic.snapshot import NationalResponse, canonical_json, read_snapshot
from palermo.responses.models import Response, ResponseState, Submission
from palermo.responses.queries.state import find_response, live_snapshot, response_arguments, spec_of


@dataclass(frozen=True)
class Reading:
    """A response as the pages and documents of this app read it; ``receipt`` only of what was submitted."""

    response: Response
    national: NationalResponse
    data: str
    receipt: Receipt | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the response's addresses."""
        return response_arguments(self.response)

    @property
    def is_open(self) -> bool:
        """Whether the response can still be changed."""
        return self.receipt is None and self.response.state == ResponseState.OPEN


def live(*, cycle: str, questionnaire: str, party: str) -> Reading:
    """The response as it stands now; 404 if there is none. Nine queries (one of them the first time only)."""
    response = find_response(cycle=cycle, questionnaire=questionnaire, party=party)
    snapshot: dict[str, Any] = live_snapshot(response, spec_of(response), generated=settings.DEMONSTRATION)
    return Reading(response=response, national=read_snapshot(snapshot), data=canonical_json(snapshot))


def submitted(*, cycle: str, questionnaire: str, party: str, number: int) -> Reading:
    """What was submitted under this number; 404 if there is none. Two queries."""
    response = find_response(cycle=cycle, questionnaire=questionnaire, party=party)
    submission = Submission.objects.filter(response=response, number=number).first()
    if submission is None:
        raise Http404
    return Reading(
        response=response,
        national=read_snapshot(json.loads(submission.snapshot)),
        data=submission.snapshot,
        receipt=Receipt(
            number=submission.receipt,
            sha256=submission.sha256,
            at=submission.at.isoformat(timespec="seconds"),
            by=submission.by_name,
        ),
    )


def requests_out_of_sight(response: Response, shown: list[str]) -> list[str]:
    """Requests of answers that do not apply now; they keep their place behind the others. One query."""
    found = response.rows.filter(kind="assistance").order_by("code", "order").values_list("uuid", flat=True)
    known = set(shown)
    return [str(uuid) for uuid in found if str(uuid) not in known]
