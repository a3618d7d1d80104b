"""Until when a State's answers are taken, and whether the Secretariat enters them from paper."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from palermo.responses.models import Extension, PaperEntry, Response


def days_left(due_on: datetime.date, now: datetime.datetime | None = None) -> int:
    """How many days are left, this one included; negative once the date has passed (decisions, 18)."""
    there = timezone.localtime(now or timezone.now(), ZoneInfo(settings.DEADLINE_TIME_ZONE)).date()
    return (due_on - there).days


def last_extension() -> Subquery:
    """The date of the last extension, as an annotation of responses."""
    given = Extension.objects.filter(response=OuterRef("pk")).order_by("-granted_at", "-pk")
    return Subquery(given.values("due_on")[:1])


def extended_to(response: Response) -> datetime.date | None:
    """The date of the State's last extension. One query."""
    return (
        Extension.objects.filter(response=response)
        .order_by("-granted_at", "-pk")
        .values_list("due_on", flat=True)
        .first()
    )


@dataclass(frozen=True)
class FromPaper:
    """A period in which the Secretariat entered what came with a note verbale."""

    note: str
    dated_on: datetime.date
    begun_at: datetime.datetime
    ended_at: datetime.datetime | None

    def covers(self, at: datetime.datetime) -> bool:
        """Whether it was going on at a moment."""
        return self.begun_at <= at and (self.ended_at is None or at <= self.ended_at)


def entries_from_paper(response: Response) -> list[FromPaper]:
    """All periods of entering from paper, the first one first. One query."""
    found = PaperEntry.objects.filter(response=response).order_by("begun_at")
    return [FromPaper(*row) for row in found.values_list("note__reference", "note__dated_on", "begun_at", "ended_at")]


def open_entry(response: Response) -> PaperEntry | None:
    """What is being entered from paper, with its note verbale. One query."""
    return PaperEntry.objects.filter(response=response, ended_at=None).select_related("note", "begun_by").first()
