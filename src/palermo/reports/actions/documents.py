"""Making documents: a snapshot is frozen once, and said in any of its languages."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from palermo.base.tasks import SLOW
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.reports.logic import frozen as copy_of
from palermo.reports.models import FORMS, Document, Making, Snapshot

TASK = "make_document_file"
SCOPE = "/cycles"


@transaction.atomic
def freeze(*, by: User | None, data: Mapping[str, Any]) -> Snapshot:
    """Keeps the figures of a document with their hash; they never change again."""
    about = data["about"]
    text = copy_of.frozen_text(data)
    snapshot = Snapshot.objects.create(
        kind=data["kind"],
        cycle=about["cycle"]["code"],
        questionnaire=about["questionnaire"]["code"],
        party=about["party"],
        as_at=datetime.date.fromisoformat(about["as_at"]),
        known_at=datetime.datetime.fromisoformat(about["known_at"]),
        data=text,
        sha256=copy_of.sha256(text),
        made_by=by,
    )
    record(
        by=by,
        action="freeze_figures",
        scope=f"{SCOPE}/{snapshot.cycle}",
        subject=snapshot.sha256,
        detail={"kind": snapshot.kind, "questionnaire": snapshot.questionnaire, "as_at": about["as_at"]},
    )
    return snapshot


@transaction.atomic
def make_document(
    *, by: User | None, snapshot: Snapshot, language: str, masthead: Mapping[str, str], data: Mapping[str, Any]
) -> Document:
    """Says a snapshot in a language under a masthead, and queues the making of its files."""
    document = Document.objects.create(
        snapshot=snapshot,
        language=language,
        symbol=masthead["symbol"],
        title=copy_of.titled(data, language)["title"][:400],
        masthead=dict(masthead),
        made_by=by,
    )
    Making.objects.bulk_create(Making(document=document, form=form) for form in FORMS)
    record(
        by=by,
        action="make_document",
        scope=f"{SCOPE}/{snapshot.cycle}",
        subject=masthead["symbol"] or snapshot.kind,
        detail={"document": document.pk, "language": language, "sha256": snapshot.sha256},
    )
    if not settings.TESTING:
        for form in FORMS:
            app.configure_task(TASK, queue="documents", lock=SLOW).defer(document_id=document.pk, form=form)
    return document


@transaction.atomic
def note_making(*, by: User | None, document: Document, form: str, problem: str = "") -> None:
    """Notes that a file has been made, or why it could not be; ``by`` nobody if the worker made it."""
    if problem:
        record(
            by=by,
            action="document_file_failed",
            scope=f"{SCOPE}/{document.snapshot.cycle}",
            subject=document.symbol or document.snapshot.kind,
            detail={"document": document.pk, "form": form, "problem": problem[:400]},
        )
    Making.objects.update_or_create(
        document=document,
        form=form,
        defaults={
            "state": Making.State.FAILED if problem else Making.State.DONE,
            "problem": problem[:2000],
            "at": timezone.now(),
        },
    )
