"""Crawl runs: one row per crawl of an outlet with its times, its end and its counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import run
from crawler.store.frontier.outlet_lock import Owner

KILLED = "killed"
"""Finish reason of a run whose process ended without recording one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A crawl of an outlet; times in UTC, ``2024-09-11T00:14:32Z``."""

    id: int
    outlet: str
    command: str
    arguments: dict[str, str]
    version: str
    owner: str
    started_at: str
    updated_at: str
    """When the row was written last."""
    ended_at: str | None
    """None while it runs, and if it was killed."""
    finish_reason: str | None
    """Scrapy's reason, or ``killed``; None while it runs."""
    exit_code: int | None
    """Exit code of this run alone."""
    stats: dict[str, Any]
    """What it counted, as :class:`crawler.operate.run_stats.stats.RunStats` reads it."""


def start_run(store: Database, values: Mapping[str, Any], owner: Owner, at: str) -> int:
    """Insert a run and return its id; mark runs of the outlet whose process is dead as killed.

    ``values``: ``outlet``, ``command``, ``arguments``, ``version``. Raises
    :class:`crawler.store.StoreError`, like every function of this module.
    """
    row = {**values, "owner": json.dumps(owner), "started_at": at, "updated_at": at, "stats": {}}
    with store.writing() as connection:
        _mark_killed(connection, values["outlet"])
        return int(connection.scalar(insert(run).values(row).returning(run.c.id)) or 0)


def update_run(store: Database, number: int, **values: Any) -> None:
    """Update columns of a run."""
    with store.writing() as connection:
        connection.execute(update(run).where(run.c.id == number).values(values))


def runs_of(store: Database, outlet: str | None = None, since: str = "") -> list[Run]:
    """Return the runs that started since then, of all outlets or of one, in order.

    Runs of dead processes have the finish reason ``killed``, even if it is not stored yet.
    """
    query = select(run).where(run.c.started_at >= since).order_by(run.c.id)
    if outlet is not None:
        query = query.where(run.c.outlet == outlet)
    with store.reading() as connection:
        rows = [Run(**row) for row in connection.execute(query).mappings()]
    return [with_killed(row) for row in rows]


def with_killed(row: Run) -> Run:
    """Return the run with the finish reason ``killed`` if its process is dead."""
    if row.finish_reason is None and is_dead(row.owner):
        values = {name: getattr(row, name) for name in row.__slots__}
        return Run(**{**values, "finish_reason": KILLED})
    return row


def _mark_killed(connection: Connection, outlet: str) -> None:
    running = select(run.c.id, run.c.owner).where(
        run.c.outlet == outlet, run.c.finish_reason.is_(None)
    )
    dead = [row.id for row in connection.execute(running).all() if is_dead(row.owner)]
    if dead:
        connection.execute(update(run).where(run.c.id.in_(dead)).values(finish_reason=KILLED))


def is_dead(owner: str) -> bool:
    """Return True if the process of a run has surely ended."""
    return Owner(*json.loads(owner)).is_dead
