"""Whether the installation is well, from the outside in: what an operator, or a program that watches, must know."""

import datetime
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils import timezone

from palermo.base.models import Mail
from palermo.base.queries import background

# An e-mail that waits for longer is not on its way any more.
MAIL_PATIENCE = datetime.timedelta(minutes=15)
LEAST_FREE = 1024**3
LEAST_FREE_SHARE = 0.05


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, a sentence, and the way out if it is not."""

    name: str
    is_well: bool
    text: str
    way_out: str = ""


def findings() -> Iterator[Finding]:
    """Everything, one after the other; without the database only what needs none."""
    there = _database()
    yield there
    if there.is_well:
        up_to_date = _migrations()
        yield up_to_date
        # Without its tables nothing can be asked of the work in the background.
        if up_to_date.is_well:
            yield from _work()
            yield _mail()
    yield _disk()


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(
            "database",
            False,
            f"The database does not answer: {str(error).strip().splitlines()[0]}",
            "Look at ./palermo postgres status, or at the server that DATABASE_URL names.",
        )
    return Finding("database", True, "The database answers.")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        first = missing[0][0]
        return Finding(
            "tables",
            False,
            f"The tables are not up to date. Changes that are missing: {len(missing)}, the first is {first}.",
            "Save the database, then run ./palermo migrate && ./palermo load-content.",
        )
    return Finding("tables", True, "The tables are up to date.")


def _work() -> Iterator[Finding]:
    found = background()
    seen = found.worker_seen_at
    if found.worker_lives:
        yield Finding("worker", True, "A worker lives.")
    else:
        last = f"was last heard of at {seen:%Y-%m-%d %H:%M} UTC" if seen else "has never been heard of"
        yield Finding(
            "worker",
            False,
            f"No worker lives; one {last}. E-mail, reminders and documents wait.",
            "It starts with ./palermo serve; read its log if it ends again.",
        )
    yield Finding(
        "waiting",
        not found.late,
        f"Jobs that wait for too long: {found.late} of {found.waiting}, the oldest since {_moment(found.oldest)}."
        if found.late
        else f"No job waits for too long ({found.waiting} wait, {found.doing} are being done).",
        "A worker that lives has too much to do; a second one is started with ./palermo procrastinate worker."
        if found.late
        else "",
    )
    yield Finding(
        "failed",
        not found.failed_count,
        f"Jobs that have failed: {found.failed_count}, the latest is {found.failed[0].task}."
        if found.failed_count
        else "No job has failed.",
        "Look at the page “Background work” (/jobs/); what failed can be tried again there."
        if found.failed_count
        else "",
    )


def _moment(moment: datetime.datetime | None) -> str:
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC" if moment else "an unknown moment"


def _mail() -> Finding:
    # The demonstration keeps its mail; nothing waits there.
    waiting = Mail.objects.filter(sent_at=None) if not settings.DEMONSTRATION else Mail.objects.none()
    late = waiting.filter(created_at__lt=timezone.now() - MAIL_PATIENCE)
    number = late.count()
    if number:
        oldest = late.aggregate(oldest=Min("created_at"))["oldest"]
        refused = late.exclude(error="").order_by("-pk").values_list("error", flat=True).first()
        said = f" The mail server said: {refused}." if refused else ""
        return Finding(
            "mail",
            False,
            f"E-mails that wait: {number}, the oldest since {_moment(oldest)}.{said}",
            "Check PALERMO_MAIL_HOST and the other settings of mail; the page “Background work” sends them again.",
        )
    return Finding("mail", True, "No e-mail waits for too long.")


def _disk() -> Finding:
    usage = shutil.disk_usage(settings.STATE)
    free, share = usage.free, usage.free / usage.total
    is_well = free >= LEAST_FREE and share >= LEAST_FREE_SHARE
    return Finding(
        "disk",
        is_well,
        f"{free / 1024**3:.1f} GiB ({share:.0%}) are free in {settings.STATE}.",
        "" if is_well else "Make room before the database has to stop: old logs and backups first.",
    )
