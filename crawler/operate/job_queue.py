"""Job queue for ``scrapy work``: one job per outlet, run by workers on several machines.

The queue is Procrastinate, since it stores its jobs in the PostgreSQL of the store: no second
service to run, watch and back up. It has periodic jobs, locks, retries and detection of dead
workers. (Celery and RQ need a broker; APScheduler has no locks across machines.) A job is one
crawl in a process of its own, as started by hand.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, make_url

from crawler.outcomes.exit_codes import LOCKED, STORE_ERROR, UNEXPECTED
from crawler.runtime.locations import CHECKOUT
from crawler.store import Store

if TYPE_CHECKING:
    from procrastinate import App, JobContext
    from procrastinate.jobs import Job

logger = logging.getLogger(__name__)

QUEUE = "crawls"

RETRY_CODES = frozenset({UNEXPECTED, STORE_ERROR, LOCKED})
"""Exit codes after which a crawl is retried soon; after others the next period is enough."""

MAX_ATTEMPTS, WAIT_SECONDS = 5, 60
"""Attempts per job; the wait before the second, which grows by as much each time. All waits
together are longer than the lock of a lost machine (``crawler/store/frontier/outlet_lock.py``)."""

TERMINATE_SECONDS = 30
"""Seconds for a crawl to end after SIGTERM, before it is killed."""

REQUEUE_CRON = "* * * * *"
"""Schedule of the search for dead workers, whose jobs are queued again."""


class CrawlFailed(Exception):
    """A crawl failed and must be retried."""


def drop_expected_tracebacks(record: logging.LogRecord) -> bool:
    """Remove the traceback of a crawl that is retried or was cancelled (log filter)."""
    if record.exc_info and isinstance(record.exc_info[1], (CrawlFailed, asyncio.CancelledError)):
        record.exc_info = record.exc_text = None
    return True


def conninfo(url: str) -> str:
    """Return the libpq connection string for an SQLAlchemy URL."""
    from psycopg.conninfo import make_conninfo

    parsed = make_url(url)
    arguments: dict[str, Any] = {
        **parsed.translate_connect_args(username="user", database="dbname")
    }
    query = {name: str(value) for name, value in parsed.query.items()}
    return make_conninfo("", **arguments, **query)


def app_for(
    url: str,
    outlets: Sequence[str],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    cron: str,
) -> App:
    """Return the queue in the store at ``url``, with one periodic job per outlet.

    ``arguments`` and ``environment`` are those of every crawl. ``cron``: minute, hour, day, month,
    weekday, in UTC; raises ValueError if it is invalid.
    """
    import procrastinate
    from croniter import croniter  # type: ignore[import-untyped]

    if not croniter.is_valid(cron):
        raise ValueError(
            f"--every must be a schedule as in a crontab, such as '0 * * * *', not {cron!r}"
        )
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo(url)))
    retry = procrastinate.RetryStrategy(
        max_attempts=MAX_ATTEMPTS, wait=WAIT_SECONDS, linear_wait=WAIT_SECONDS
    )

    @app.task(name="crawl", queue=QUEUE, retry=retry, pass_context=True)
    async def crawl(context: JobContext, timestamp: int, outlet: str) -> None:
        code = await run_crawl(outlet, arguments, environment)
        logger.info("The crawl of %s ended with exit code %s.", outlet, code)
        if (code < 0 or code in RETRY_CODES) and not await _is_waiting(context.app, outlet):
            raise CrawlFailed(f"the crawl of {outlet} ended with exit code {code}")

    for outlet in outlets:
        every = app.periodic(
            cron=cron, periodic_id=outlet, task_kwargs={"outlet": outlet}, **locks(outlet)
        )
        every(crawl)

    @app.periodic(cron=REQUEUE_CRON)
    @app.task(name="rescue", queue=QUEUE, queueing_lock="rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        for job in await context.app.job_manager.get_stalled_jobs(queue=QUEUE):
            await _requeue(context.app, job)

    return app


async def _is_waiting(app: App, outlet: str) -> bool:
    """Return True if the outlet's next job is queued already; it then serves as the retry."""
    waiting = await app.job_manager.list_jobs_async(
        queueing_lock=locks(outlet)["queueing_lock"], status="todo"
    )
    return bool(list(waiting))


async def _requeue(app: App, job: Job) -> None:
    """Queue the job of a dead worker again."""
    from procrastinate.exceptions import UniqueViolation
    from procrastinate.jobs import Status

    logger.warning("The worker of job %s is dead: the job is queued again.", job.id)
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # the outlet's next job is queued already
        assert job.id is not None
        await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)


def locks(outlet: str) -> dict[str, Any]:
    """Return the lock names of an outlet: at most one job runs and one is queued."""
    return {"lock": f"crawl {outlet}", "queueing_lock": f"crawl {outlet}"}


def enqueue_all(app: App, outlets: Sequence[str]) -> None:
    """Queue a job for each outlet that has none queued."""
    from procrastinate.exceptions import AlreadyEnqueued

    with app.open():
        for outlet in outlets:
            with suppress(AlreadyEnqueued):
                app.configure_task("crawl", **locks(outlet)).defer(timestamp=0, outlet=outlet)


def ensure_schema(store: Store, app: App) -> None:
    """Create the tables of the queue if they do not exist."""
    with store.writing():  # two workers may start at once
        if not inspect(store.engine).has_table("procrastinate_jobs"):
            with app.open():
                app.schema_manager.apply_schema()


async def run_crawl(outlet: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one ``scrapy crawl``; return its exit code, negative if it was killed by a signal.

    If cancelled, terminate the crawl, which the next run resumes.
    """
    command = [sys.executable, "-m", "malgeum", "crawl", outlet, *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=CHECKOUT, env={**os.environ, **environment}
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), TERMINATE_SECONDS)
        except TimeoutError:
            process.kill()
        raise
