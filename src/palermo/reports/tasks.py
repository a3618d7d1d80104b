"""What the worker does for this app."""

import procrastinate
from procrastinate.contrib.django import app

from palermo.base.errors import Refusal
from palermo.reports import exchange
from palermo.reports.actions.documents import TASK, note_making
from palermo.reports.queries.documents import document_at


@app.task(name=TASK, queue="documents", retry=procrastinate.RetryStrategy(max_attempts=3, wait=5))
def make_document_file(document_id: int, form: str) -> None:
    """Makes one file of a document and keeps it; a refusal is noted where the page shows it."""
    document = document_at(document_id)
    if document is None:
        return
    try:
        exchange.conference_file(document, form)
    except Refusal as refusal:
        note_making(by=None, document=document, form=form, problem=str(refusal.message))
        raise
    note_making(by=None, document=document, form=form)
