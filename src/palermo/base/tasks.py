"""What keeps the queue going: jobs whose worker has died are taken up again, or are seen to have failed."""

import logging
from typing import Any

import procrastinate
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

# A worker that lives says so every ten seconds.
SILENCE = 25
# A job that was begun so often and never ended is given up, so that it does not take down one worker after the other.
MOST_ATTEMPTS = 3

# The lock of all jobs that may take long. One of them runs at a time, so that mail never waits behind documents, and
# no two documents share the memory. Whoever gives out such a job names it: ``lock=SLOW``.
SLOW = "slow"

log = logging.getLogger("palermo.jobs")


@app.periodic(cron="* * * * *")
@app.task(name="rescue_jobs", queue="care", queueing_lock="rescue_jobs", priority=100, pass_context=True)
async def rescue_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
    """Every minute: begins again what a dead worker left in the middle."""
    await rescue(context.app)


async def rescue(on: Any) -> tuple[int, int]:
    """Begins again the jobs of dead workers; gives how many are begun again, and how many are given up as failed."""
    manager = on.job_manager
    again = given_up = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        task = on.tasks.get(job.task_name)
        strategy = getattr(task, "retry_strategy", None)
        most = max(MOST_ATTEMPTS, getattr(strategy, "max_attempts", None) or 0)
        if job.attempts + 1 < most:
            try:
                await manager.retry_job(job)
                again += 1
            except procrastinate.exceptions.UniqueViolation:
                # One that does the same is queued already.
                await manager.finish_job(job, status=Status.ABORTED, delete_job=False)
        else:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            given_up += 1
            log.error("The job %s (%s) was begun %s times and never ended.", job.id, job.task_name, job.attempts + 1)
    if again:
        log.warning("%s jobs of a worker that died are begun again.", again)
    return again, given_up


@app.periodic(cron="41 2 * * *")
@app.task(name="forget_jobs", queue="care", queueing_lock="forget_jobs", pass_context=True)
async def forget_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
    """Every night: what is done leaves the list after three days; what failed stays to be seen."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_aborted=True, include_cancelled=True)
