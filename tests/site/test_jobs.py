"""The page of the work in the background: what failed is listed and tried again, once."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import signed_in

from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent
from palermo.site.actions.jobs import try_again

pytestmark = pytest.mark.django_db


def test_failed_work_is_listed_and_tried_again_once() -> None:
    officer = make_user()
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('q', 'a_task', 'failed') RETURNING id"
        )
        number = int(cursor.fetchone()[0])
    browser = signed_in(officer)
    assert f"/en/jobs/{number}/again/" in browser.get("/en/jobs/").content.decode()
    assert browser.post(f"/en/jobs/{number}/again/").status_code == 302
    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
    assert AuditEvent.objects.filter(action="try_job_again").count() == 1
    for again in (number, 10**9):
        with pytest.raises(Refusal):
            try_again(by=officer, number=again)
