"""What this app does in the background: it keeps the index of the search and the public copies up to date."""

import procrastinate
from procrastinate.contrib.django import app

from palermo.base.errors import Refusal
from palermo.base.tasks import SLOW
from palermo.parties.models import User
from palermo.reports.actions.documents import note_making
from palermo.reports.exchange import conference_file
from palermo.reports.models import PUBLIC
from palermo.reports.queries.documents import document_at
from palermo.site.actions.documents import TASK, write_publication
from palermo.site.actions.indexing import index_content, index_submissions
from palermo.site.actions.publishing import publish_reporting
from palermo.site.queries.documents import standing


@app.periodic(cron="* * * * *")
@app.task(name="index_submissions", queue="index", lock=SLOW, queueing_lock="index_submissions")
def take_up_submissions(timestamp: int) -> None:
    """Every minute: takes what was submitted since into the index."""
    index_submissions()


@app.periodic(cron="17 3 * * *")
@app.task(name="index_content", queue="index", lock=SLOW, queueing_lock="index_content")
def take_up_content(timestamp: int) -> None:
    """Every night: States, treaties and questions, whose names and wording may have changed."""
    index_content()


@app.periodic(cron="* * * * *")
@app.task(name="publish_reporting", queue="index", lock=SLOW, queueing_lock="publish_reporting")
def take_up_reporting(timestamp: int) -> None:
    """Every minute: the public sees who was asked and who has reported."""
    publish_reporting()


@app.task(name=TASK, queue="documents", retry=procrastinate.RetryStrategy(max_attempts=3, wait=5))
def make_publication(document_id: int, person_id: int | None) -> None:
    """Makes the copy of a document for the public; a refusal is noted where the Secretariat sees it."""
    document = document_at(document_id)
    if document is None:
        return
    person = User.objects.filter(pk=person_id).first() if person_id else None
    try:
        made = {form: conference_file(document, form).content for form in ("fragment", "docx", "pdf")}
    except Refusal as refusal:
        # One that was withdrawn meanwhile has nothing to fail at.
        if standing(document).making is not None:
            note_making(by=person, document=document, form=PUBLIC, problem=str(refusal.message))
        raise
    write_publication(by=person, document=document, text=made["fragment"].decode(), docx=made["docx"], pdf=made["pdf"])
