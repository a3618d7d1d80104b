"""Work in the background that has failed is tried once more."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User


@transaction.atomic
def try_again(*, by: User, number: int) -> None:
    """Puts a failed job back into its queue; refuses one that has not failed, or of which the like is queued."""
    job = ProcrastinateJob.objects.filter(pk=number).first()
    if job is None or job.status != "failed":
        raise Refusal(_("This job has not failed, or somebody has had it tried again already."), "not_failed")
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(number, datetime.datetime.now(datetime.UTC))
    except (ConnectorException, IntegrityError) as error:
        raise Refusal(_("The same work is queued already; this one need not be done."), "queued") from error
    record(by=by, action="try_job_again", scope="/", subject=f"{job.task_name} {number}")
