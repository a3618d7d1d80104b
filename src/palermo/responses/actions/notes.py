"""Notes verbales between the Secretariat and a State, put on record with their files."""

import datetime
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from palermo.base.attachments import accept
from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.responses.models import NoteFile, NoteVerbale, Response
from palermo.responses.queries.archive import today
from palermo.responses.queries.state import scope_of

SENT, RECEIVED = "sent", "received"


@transaction.atomic
def record_note(
    *,
    by: User,
    response: Response,
    direction: str,
    reference: str,
    dated_on: datetime.date,
    language: str,
    summary: str = "",
    uploads: Sequence[UploadedFile] = (),
) -> NoteVerbale:
    """Puts a note verbale on record, sent or received; it is never changed and never deleted.

    Refuses a reference that stands on record already, and a date to come. A file that is not taken refuses the whole.
    """
    name = " ".join(reference.split())
    if not name:
        raise Refusal(_("Give the reference that stands on the note verbale."), "no_reference")
    if dated_on > today():
        raise Refusal(_("The date of the note verbale lies ahead; look at it again."), "ahead")
    accepted = [accept(upload) for upload in uploads]
    try:
        with transaction.atomic():
            note = NoteVerbale.objects.create(
                response=response,
                direction=direction,
                reference=name,
                dated_on=dated_on,
                language=language,
                summary=summary.strip(),
                recorded_by=by,
            )
    except IntegrityError as error:
        if "reference_unique" not in str(error):
            raise
        raise Refusal(
            _("The note verbale %(reference)s is on record already; give another reference.") % {"reference": name},
            "reference_taken",
        ) from error
    for item in accepted:
        NoteFile.keep(item, by=by.pk, note=note)
    record(
        by=by,
        action="record_note",
        scope=scope_of(response),
        subject=name,
        detail={
            "direction": direction,
            "dated_on": dated_on.isoformat(),
            "files": [{"name": item.name, "sha256": item.sha256} for item in accepted],
        },
    )
    return note
