"""Notes verbales on record: of one State's response, and of a whole cycle."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from palermo.parties.queries import names
from palermo.responses.models import Cycle, NoteFile, NoteVerbale, Response


def _with_files(notes: QuerySet[NoteVerbale]) -> QuerySet[NoteVerbale]:
    kept = NoteFile.objects.filter(removed_at=None).order_by("pk")
    return notes.select_related("recorded_by").prefetch_related(Prefetch("files", queryset=kept))


def notes_of(response: Response) -> list[NoteVerbale]:
    """The notes verbales of a response with their files, the latest first. Two queries, one without notes."""
    return list(_with_files(NoteVerbale.objects.filter(response=response)).order_by("-dated_on", "-pk"))


def received_notes(response: Response) -> list[NoteVerbale]:
    """The notes verbales that came from the State, the latest first. One query."""
    return list(NoteVerbale.objects.filter(response=response, direction="received").order_by("-dated_on", "-pk"))


@dataclass(frozen=True)
class NoteLine:
    """A note verbale of a cycle with the name of the State."""

    note: NoteVerbale
    name: str


def notes_in(cycle: Cycle, language: str, direction: str = "") -> list[NoteLine]:
    """The notes verbales of a cycle, all or those of one direction, the latest first. Three queries."""
    found = NoteVerbale.objects.filter(response__cycle=cycle)
    if direction:
        found = found.filter(direction=direction)
    notes = list(
        _with_files(found)
        .select_related("recorded_by", "response__party", "response__questionnaire")
        .order_by("-dated_on", "-pk")
    )
    called = names({note.response.party_id for note in notes}, language)
    return [
        NoteLine(note, called[note.response.party_id].short if note.response.party_id in called else str(note))
        for note in notes
    ]
