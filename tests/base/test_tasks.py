"""Jobs of a worker that died are begun again or given up, and what failed is seen."""

import asyncio
import datetime
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import procrastinate
import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector
from pytest_django.fixtures import DjangoAssertNumQueries

from palermo.base.mail import send_mail
from palermo.base.models import Mail
from palermo.base.queries import background
from palermo.base.tasks import MOST_ATTEMPTS, SLOW, rescue

T = TypeVar("T")


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Runs it in a thread of its own: in this one the loop of a browser may live."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_mail_does_not_wait_for_documents_and_documents_wait_for_each_other() -> None:
    on = procrastinate.App(connector=InMemoryConnector(), worker_defaults=settings.PROCRASTINATE_WORKER_DEFAULTS)
    sent = threading.Event()
    running: list[int] = []
    together: list[int] = []
    in_time: list[bool] = []

    @on.task(name="document", queue="documents")
    def document(number: int) -> None:
        running.append(number)
        together.append(len(running))
        in_time.append(sent.wait(20))
        running.remove(number)

    @on.task(name="mail", queue="mail")
    def mail() -> None:
        sent.set()

    async def work() -> None:
        for number in range(2):
            await on.configure_task("document", queue="documents", lock=SLOW).defer_async(number=number)
        await mail.defer_async()
        # A worker that does not wait leaves when it finds nothing to begin, as while the second document has to wait.
        while any(job["status"] == "todo" for job in on.connector.jobs.values()):
            await on.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    apart(work())
    # The documents were asked for first; the e-mail was sent while the first of them was being made.
    assert (in_time, together, running) == ([True, True], [1, 1], [])


class Left:
    """A queue in memory with jobs that a worker has begun, and which it left when it died."""

    def __init__(self) -> None:
        self.connector = InMemoryConnector()
        self.app = procrastinate.App(connector=self.connector)

        @self.app.task(name="short", queueing_lock="short")
        def short() -> None:
            """Does little."""

        @self.app.task(name="patient", retry=procrastinate.RetryStrategy(max_attempts=8))
        def patient() -> None:
            """Is tried often."""

        self.short, self.patient = short, patient

    def leave(self, task: Any, attempts: int = 0) -> int:
        """A job that was begun."""
        number = int(apart(task.defer_async()))
        job = self.connector.jobs[number]
        job["status"], job["attempts"], job["worker_id"] = "doing", attempts, None
        return number

    def rescue(self) -> tuple[int, int]:
        return apart(rescue(self.app))

    def status(self, number: int) -> str:
        return str(self.connector.jobs[number]["status"])


def test_a_job_of_a_dead_worker_is_begun_again_and_then_given_up() -> None:
    left = Left()
    job = left.leave(left.short)
    assert (left.rescue(), left.status(job)) == ((1, 0), "todo")
    for _number in range(MOST_ATTEMPTS):
        left.connector.jobs[job]["status"] = "doing"
        left.rescue()
    assert left.status(job) == "failed"
    assert left.rescue() == (0, 0)


def test_a_job_that_is_tried_often_has_its_own_patience() -> None:
    left = Left()
    assert left.rescue() == (0, 0)
    jobs = [left.leave(left.patient, attempts) for attempts in (3, 6, 7)]
    assert left.rescue() == (2, 1)
    assert [left.status(job) for job in jobs] == ["todo", "todo", "failed"]


def test_a_job_of_a_worker_that_lives_is_left_alone() -> None:
    left = Left()
    job = left.leave(left.short)
    left.connector.jobs[job]["worker_id"] = apart(left.app.job_manager.register_worker())
    assert (left.rescue(), left.status(job)) == ((0, 0), "doing")


@pytest.mark.django_db
def test_rescue_in_the_database_gives_way_to_a_job_that_is_queued_already() -> None:
    """The real table refuses two waiting jobs with one queueing lock; the left one then counts as done with."""
    send_mail.configure(queueing_lock="one").defer(mail_id=1)
    first = ProcrastinateJob.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [first.pk])
    send_mail.configure(queueing_lock="one").defer(mail_id=1)

    class Manager:
        """The table, asked in this transaction."""

        async def get_stalled_jobs(self, **_more: object) -> list[Any]:
            return [first.procrastinate_job]

        async def retry_job(self, _job: Any) -> None:
            raise procrastinate.exceptions.UniqueViolation("taken", constraint_name="x", queueing_lock="one")

        async def finish_job(self, job: Any, *, status: Any, delete_job: bool) -> None:
            done.append((job.id, status.value, delete_job))

    done: list[tuple[int, str, bool]] = []

    class On:
        job_manager, tasks = Manager(), app.tasks

    assert apart(rescue(On())) == (0, 0)
    assert done == [(first.pk, "aborted", False)]


def _job(status: str, *, minutes_ago: int = 0) -> int:
    with connection.cursor() as cursor:
        at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=minutes_ago)
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES ('q', 't', %s, %s) "
            "RETURNING id",
            [status, at],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_what_failed_and_what_waits_too_long_is_seen(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ProcrastinateJob.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")
    failed = _job("failed")
    _job("todo"), _job("todo", minutes_ago=10), _job("doing"), _job("succeeded")
    mail = {"to_address": "a@example.org", "language": "en", "template": "x", "subject": "s", "body": "b"}
    unsent = Mail.objects.create(**mail, error="SMTPException: no")
    Mail.objects.create(**mail)
    with django_assert_num_queries(6):
        seen = background()
    assert ([job.number for job in seen.failed], seen.unsent) == ([failed], (unsent,))
    assert (seen.waiting, seen.late, seen.doing, seen.failed_count, seen.unsent_count) == (2, 1, 1, 1, 1)
    assert (seen.worker_lives, seen.is_well) == (False, False)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert background().worker_lives is True
