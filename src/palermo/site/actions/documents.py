"""Documents of the Secretariat go to where the public reads, and come away again."""

import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from palermo.base.errors import Refusal
from palermo.base.tasks import SLOW
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.reports.actions.documents import note_making
from palermo.reports.models import PUBLIC, Document, Making
from palermo.reports.queries.documents import kind_at
from palermo.site.actions.indexing import index_document
from palermo.site.logic.public_text import without_links
from palermo.site.models import PublishedDocument
from palermo.site.queries.documents import Disclosed, closed_since, code_of, disclosed, standing
from palermo.site.words import CLOSED_SINCE, NO_KIND, NOT_FOR_EVERYBODY, NOT_PUBLIC

TASK: Final = "publish_document"


def _record(by: User | None, action: str, document: Document, **detail: Any) -> None:
    record(
        by=by,
        action=action,
        scope=f"/cycles/{document.snapshot.cycle}",
        subject=code_of(document),
        detail={"document": document.pk, "sha256": document.snapshot.sha256, **detail},
    )


def _refusal(document: Document, shown: Disclosed) -> Refusal | None:
    """Why a document may not be public, if it may not: asked at the click, and again when the copy is written."""
    kind = kind_at(document.snapshot.kind)
    if kind is None:
        return Refusal(str(NO_KIND), "no_kind")
    if not kind.public:
        return Refusal(str(NOT_PUBLIC), "not_public")
    if shown.stays:
        return Refusal(str(NOT_FOR_EVERYBODY), "not_for_everybody")
    if shown.names_answers and closed_since(document):
        return Refusal(str(CLOSED_SINCE), "closed_since")
    return None


@transaction.atomic
def publish_document(*, by: User | None, document: Document, conference_asked: bool) -> None:
    """Sends a document on its way to the public; the worker makes the copy. Publishing again makes it anew.

    ``conference_asked`` is the word of the person that the conference wants small numbers and names to be public.
    """
    shown = disclosed(document)
    if refusal := _refusal(document, shown):
        raise refusal
    if shown.needs_word and not conference_asked:
        raise Refusal(
            _("Tick that the conference has asked for this document, or leave it as it is: nothing is published."),
            "no_word",
        )
    Making.objects.update_or_create(
        document=document,
        form=PUBLIC,
        defaults={"state": Making.State.WAITING, "problem": "", "at": timezone.now()},
    )
    _record(by, "publish_document", document, small_figures=shown.small)
    if not settings.TESTING:
        app.configure_task(TASK, queue="documents", lock=SLOW).defer(
            document_id=document.pk, person_id=by.pk if by else None
        )


@transaction.atomic
def write_publication(*, by: User | None, document: Document, text: str, docx: bytes, pdf: bytes) -> bool:
    """Writes the copy for the public, in place of what stood at the address; gives whether it did.

    It does not if the document was withdrawn meanwhile, nor if it may not be public any more, which is noted.
    """
    making = Making.objects.select_for_update().filter(document=document, form=PUBLIC).first()
    if making is None:
        return False
    shown, kind = disclosed(document), kind_at(document.snapshot.kind)
    refusal = _refusal(document, shown)
    if refusal or kind is None:
        note_making(by=by, document=document, form=PUBLIC, problem=refusal.message if refusal else str(NO_KIND))
        return False
    snapshot = document.snapshot
    code, now = code_of(document), timezone.now()
    PublishedDocument.objects.update_or_create(
        code=code,
        defaults={
            "figures": snapshot.sha256,
            "kind": snapshot.kind,
            "cycle": snapshot.cycle,
            "questionnaire": snapshot.questionnaire,
            "treaty": shown.treaty,
            "language": document.language,
            "symbol": document.symbol,
            "title": document.title,
            "summary": kind.summary(document.language),
            "dated": datetime.date.fromisoformat(document.masthead["dated"]),
            "as_at": snapshot.as_at,
            "published_at": now,
            "html": without_links(text),
            "docx": docx,
            "pdf": pdf,
        },
    )
    index_document(code)
    making.state, making.problem, making.at = Making.State.DONE, "", now
    making.save(update_fields=["state", "problem", "at"])
    _record(by, "document_published", document, docx=len(docx), pdf=len(pdf))
    return True


@transaction.atomic
def withdraw_document(*, by: User | None, document: Document) -> None:
    """Takes a document away from the public, from the search too; what is on its way does not arrive."""
    # What the worker is just writing is waited for, and then taken away.
    Making.objects.select_for_update().filter(document=document, form=PUBLIC).first()
    there = standing(document)
    going = there.making is not None and there.making.state == Making.State.WAITING
    if not there.is_published and not going:
        raise Refusal(_("This document is not public; there is nothing to withdraw."), "not_published")
    Making.objects.filter(document=document, form=PUBLIC).delete()
    if there.is_published:
        PublishedDocument.objects.filter(code=there.code).delete()
        index_document(there.code)
    _record(by, "withdraw_document", document)
