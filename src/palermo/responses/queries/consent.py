"""Reads of who may read what was submitted."""

from palermo.responses.models import Consent, Submission


def given_for(submission: Submission) -> list[tuple[str, str]]:
    """The decisions on a submission in their order. One query."""
    return list(Consent.objects.filter(submission=submission).values_list("section", "level"))
