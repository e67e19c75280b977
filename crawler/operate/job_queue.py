"""Outlets as jobs that workers on several machines take: what ``scrapy work`` runs.

The engine is Procrastinate, since its jobs lie in the PostgreSQL that the store is in: nothing
more is to be run, watched or backed up. It has what is needed and others leave to a second
service (Celery and RQ want a broker; APScheduler has no locks across machines): periodic jobs,
locks, retries, and workers whose death is noticed. Ours is the job itself: one crawl, in a process
of its own, as anyone would start it.
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

AGAIN = frozenset({UNEXPECTED, STORE_ERROR, LOCKED})
"""Exit codes after which the crawl is tried again soon; of the others the next period is enough."""

ATTEMPTS, WAIT = 5, 60
"""Tries of one job, and seconds before the second; each time as many more. Together they are longer
than the lease of a machine that is gone (``crawler/store/frontier/outlet_lock.py``)."""

TERM = 30
"""Seconds that a crawl has to end in once it is told to."""

STALLED = "* * * * *"
"""When it is looked whether a worker died: its jobs are given to others."""


class CrawlFailed(Exception):
    """The crawl is to be tried again."""


def drop_expected_tracebacks(record: logging.LogRecord) -> bool:
    """For the log: that a crawl is tried again, or was told to end, is no fault of the code."""
    if record.exc_info and isinstance(record.exc_info[1], (CrawlFailed, asyncio.CancelledError)):
        record.exc_info = record.exc_text = None
    return True


def conninfo(url: str) -> str:
    """What libpq is told for an SQLAlchemy URL."""
    from psycopg.conninfo import make_conninfo

    parsed = make_url(url)
    named: dict[str, Any] = {**parsed.translate_connect_args(username="user", database="dbname")}
    return make_conninfo("", **named, **{name: str(one) for name, one in parsed.query.items()})


def app_for(
    url: str,
    outlets: Sequence[str],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    cron: str,
) -> App:
    """The engine over the store at ``url``, with a periodic job an outlet; ``arguments`` and
    ``environment`` are every crawl's. ``cron``: minute, hour, day, month, weekday, in UTC.

    ValueError with one sentence where ``cron`` is none.
    """
    import procrastinate
    from croniter import croniter  # type: ignore[import-untyped]

    if not croniter.is_valid(cron):
        raise ValueError(f"--every {cron!r} is no time as in a crontab, such as '0 * * * *'")
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo(url)))
    retry = procrastinate.RetryStrategy(max_attempts=ATTEMPTS, wait=WAIT, linear_wait=WAIT)

    @app.task(name="crawl", queue=QUEUE, retry=retry, pass_context=True)
    async def crawl(context: JobContext, timestamp: int, outlet: str) -> None:
        code = await run_crawl(outlet, arguments, environment)
        logger.info("The crawl of %s ended with %s.", outlet, code)
        if (code < 0 or code in AGAIN) and not await _is_waiting(context.app, outlet):
            raise CrawlFailed(f"the crawl of {outlet} ended with {code}")

    for outlet in outlets:
        every = app.periodic(
            cron=cron, periodic_id=outlet, task_kwargs={"outlet": outlet}, **locks(outlet)
        )
        every(crawl)

    @app.periodic(cron=STALLED)
    @app.task(name="rescue", queue=QUEUE, queueing_lock="rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        for job in await context.app.job_manager.get_stalled_jobs(queue=QUEUE):
            await _give_back(context.app, job)

    return app


async def _is_waiting(app: App, outlet: str) -> bool:
    """Whether the outlet's next job waits already: then that is the next try."""
    waiting = await app.job_manager.list_jobs_async(
        queueing_lock=locks(outlet)["queueing_lock"], status="todo"
    )
    return bool(list(waiting))


async def _give_back(app: App, job: Job) -> None:
    """Let another worker take the job of one that is dead."""
    from procrastinate.exceptions import UniqueViolation
    from procrastinate.jobs import Status

    logger.warning("The worker of job %s is dead: it is given to another.", job.id)
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # the outlet's next job waits already
        assert job.id is not None
        await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)


def locks(outlet: str) -> dict[str, Any]:
    """One job of an outlet runs at a time, and one at the most waits."""
    return {"lock": f"crawl {outlet}", "queueing_lock": f"crawl {outlet}"}


def enqueue_all(app: App, outlets: Sequence[str]) -> None:
    """Put a job of each outlet into the queue, where none waits yet."""
    from procrastinate.exceptions import AlreadyEnqueued

    with app.open():
        for outlet in outlets:
            with suppress(AlreadyEnqueued):
                app.configure_task("crawl", **locks(outlet)).defer(timestamp=0, outlet=outlet)


def ensure_schema(store: Store, app: App) -> None:
    """Make the engine's tables, where they are not there yet."""
    with store.writing():  # two workers may begin at once
        if not inspect(store.engine).has_table("procrastinate_jobs"):
            with app.open():
                app.schema_manager.apply_schema()


async def run_crawl(outlet: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """One ``scrapy crawl``; gives its exit code, below 0 where it was killed. Cancelled, it is told
    to end, and goes on another time where it was."""
    command = [sys.executable, "-m", "malgeum", "crawl", outlet, *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=CHECKOUT, env={**os.environ, **environment}
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), TERM)
        except TimeoutError:
            process.kill()
        raise
