"""Whether the installation is well, said on the command line with the way out."""

import datetime
import json
from collections import namedtuple
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from palermo.base import health
from palermo.base.models import Mail
from palermo.base.tasks import SLOW

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["database", "tables", "worker", "waiting", "failed", "mail", "disk"]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _room(settings: Any) -> None:
    settings.DEMONSTRATION = False


@pytest.fixture(autouse=True)
def _worker() -> None:
    """A worker lives, and no job of another test is left."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def run(*arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    out = StringIO()
    with mock.patch("shutil.disk_usage", return_value=Usage(100 * 1024**3, 0, 50 * 1024**3)):
        try:
            call_command("health", *arguments, stdout=out)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def ailing() -> dict[str, str]:
    """What is not well, and the way out."""
    code, text = run("--json")
    said = json.loads(text)
    assert (code, said["well"]) == (0 if said["well"] else 1, all(item["well"] for item in said["findings"]))
    return {item["name"]: item["way_out"] for item in said["findings"] if not item["well"]}


def job(task: str = "index_content", lock: str | None = None, since: datetime.timedelta = datetime.timedelta()) -> int:
    number = app.configure_task(task, lock=lock).defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [timezone.now() - since, number])
    return number


def test_all_is_well_says_so_with_code_zero() -> None:
    code, text = run()
    assert (code, [line[:8] for line in text.splitlines()]) == (0, ["well    "] * len(NAMES))
    assert [item["name"] for item in json.loads(run("--json")[1])["findings"]] == NAMES


def test_without_the_database_only_the_disk_is_looked_at() -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("connection refused\nmore")):
        code, text = run()
    lines = text.splitlines()
    assert (code, lines[0]) == (1, "NOT WELL  The database does not answer: connection refused")
    assert "./palermo postgres status" in lines[1]
    assert [line[:8] for line in lines[2:]] == ["well    "]


def test_tables_that_are_not_up_to_date_lead_to_migrate() -> None:
    missing = [(mock.Mock(__str__=lambda self: "responses.0099_new"), False)]
    with mock.patch("django.db.migrations.executor.MigrationExecutor.migration_plan", return_value=missing):
        found = {item.name: item for item in health.findings()}
    assert list(found) == ["database", "tables", "disk"]
    assert found["tables"].text == (
        "The tables are not up to date. Changes that are missing: 1, the first is responses.0099_new."
    )
    assert "./palermo migrate" in found["tables"].way_out


def test_a_dead_worker_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'")
    assert list(ailing()) == ["worker"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert "has never been heard of" in run()[1]


def test_a_job_that_waits_is_behind_and_a_slow_one_later() -> None:
    minutes = datetime.timedelta(minutes=1)
    job(since=minutes)
    job("index_submissions", SLOW, 20 * minutes)
    assert ailing() == {}
    job("forget_jobs", since=3 * minutes)
    assert list(ailing()) == ["waiting"]
    assert "Jobs that wait for too long: 1 of 3" in run()[1]
    job("publish_reporting", SLOW, 31 * minutes)
    assert "Jobs that wait for too long: 2 of 4" in run()[1]


def test_a_failed_job_leads_to_the_page() -> None:
    number = job()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    assert "/jobs/" in ailing()["failed"]
    assert "Jobs that have failed: 1, the latest is index_content." in run()[1]


def test_mail_that_waits_says_what_the_server_said(settings: Any) -> None:
    for error in ("", "SMTPServerDisconnected: gone"):
        Mail.objects.create(
            to_address="ana@example.org", language="en", template="x", subject="s", body="b", error=error
        )
    assert ailing() == {}
    Mail.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=20))
    assert list(ailing()) == ["mail"]
    assert "E-mails that wait: 2" in run()[1]
    assert "The mail server said: SMTPServerDisconnected: gone." in run()[1]
    settings.DEMONSTRATION = True
    assert ailing() == {}


@pytest.mark.parametrize(("total", "free", "is_well"), [(100, 2, False), (10, 0.9, False), (10, 1.1, True)])
def test_disk_needs_room(total: float, free: float, is_well: bool) -> None:
    usage = Usage(int(total * 1024**3), 0, int(free * 1024**3))
    with mock.patch("shutil.disk_usage", return_value=usage):
        assert [item.is_well for item in health.findings() if item.name == "disk"] == [is_well]
