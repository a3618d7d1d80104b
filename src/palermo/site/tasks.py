"""What this app does in the background: it keeps the index of the search up to date."""

from procrastinate.contrib.django import app

from palermo.site.actions.indexing import index_content, index_submissions
from palermo.site.actions.publishing import publish_reporting


@app.periodic(cron="* * * * *")
@app.task(name="index_submissions", queue="index", queueing_lock="index_submissions", pass_context=False)
def take_up_submissions(timestamp: int) -> None:
    """Every minute: takes what was submitted since into the index."""
    index_submissions()


@app.periodic(cron="17 3 * * *")
@app.task(name="index_content", queue="index", queueing_lock="index_content", pass_context=False)
def take_up_content(timestamp: int) -> None:
    """Every night: States, treaties and questions, whose names and wording may have changed."""
    index_content()


@app.periodic(cron="* * * * *")
@app.task(name="publish_reporting", queue="index", queueing_lock="publish_reporting", pass_context=False)
def take_up_reporting(timestamp: int) -> None:
    """Every minute: the public sees who was asked and who has reported."""
    publish_reporting()
