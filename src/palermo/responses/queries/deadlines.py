"""Until when a State's answers are taken, and whether the Secretariat enters them from paper."""

import datetime

from palermo.responses.models import Extension, PaperEntry, Response


def extended_to(response: Response) -> datetime.date | None:
    """The date of the State's last extension. One query."""
    return (
        Extension.objects.filter(response=response)
        .order_by("-granted_at", "-pk")
        .values_list("due_on", flat=True)
        .first()
    )


def open_entry(response: Response) -> PaperEntry | None:
    """What is being entered from paper, with its note verbale. One query."""
    return PaperEntry.objects.filter(response=response, ended_at=None).select_related("note", "begun_by").first()
