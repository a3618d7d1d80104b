"""How the work in the background goes: what has failed, what waits, and whether a worker lives."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from palermo.base.models import Mail
from palermo.base.tasks import SLOW

MOST_SHOWN = 200
# A worker that has said nothing for so long is held for dead.
SILENCE = datetime.timedelta(seconds=60)
# A job that waits for so long although it could begin shows that nobody works.
PATIENCE = datetime.timedelta(minutes=2)
# What takes long is done one after the other, so its turn comes later.
PATIENCE_IF_SLOW = datetime.timedelta(minutes=30)


@dataclass(frozen=True)
class FailedJob:
    """A job that was given up."""

    number: int
    task: str
    queue: str
    attempts: int
    at: datetime.datetime | None


@dataclass(frozen=True)
class Background:
    """The state of the work in the background."""

    worker_seen_at: datetime.datetime | None
    waiting: int
    late: int
    oldest: datetime.datetime | None
    """Since when the oldest job waits that waits for too long."""
    doing: int
    failed: tuple[FailedJob, ...]
    failed_count: int
    unsent: tuple[Mail, ...]
    unsent_count: int

    @property
    def worker_lives(self) -> bool:
        """Whether a worker has been heard of lately."""
        return self.worker_seen_at is not None and timezone.now() - self.worker_seen_at < SILENCE

    @property
    def is_well(self) -> bool:
        """Whether nothing needs to be looked at."""
        return self.worker_lives and not (self.late or self.failed_count or self.unsent_count)


def background() -> Background:
    """What an administrator should know. Six queries."""
    now = timezone.now()
    failed = ProcrastinateJob.objects.filter(status="failed")
    waits_since = Coalesce("scheduled_at", Max("procrastinateevent__at"))
    in_turn = Q(lock=SLOW, at__gte=now - PATIENCE_IF_SLOW)
    todo = ProcrastinateJob.objects.filter(status="todo").annotate(at=waits_since)
    late = list(todo.filter(at__lt=now - PATIENCE).exclude(in_turn).values_list("at", flat=True))
    unsent = Mail.objects.filter(sent_at=None).exclude(error="")
    counted = ProcrastinateJob.objects.filter(status__in=["todo", "doing", "failed"]).aggregate(
        waiting=Count("pk", filter=Q(status="todo")),
        doing=Count("pk", filter=Q(status="doing")),
        failed=Count("pk", filter=Q(status="failed")),
    )
    return Background(
        worker_seen_at=ProcrastinateWorker.objects.aggregate(seen=Max("last_heartbeat"))["seen"],
        waiting=counted["waiting"],
        late=len(late),
        oldest=min(late, default=None),
        doing=counted["doing"],
        failed=tuple(
            FailedJob(*row)
            for row in failed.annotate(at=Max("procrastinateevent__at"))
            .order_by("-pk")
            .values_list("pk", "task_name", "queue_name", "attempts", "at")[:MOST_SHOWN]
        ),
        failed_count=counted["failed"],
        unsent=tuple(unsent.order_by("-pk")[:MOST_SHOWN]),
        unsent_count=unsent.count(),
    )
