"""Every crawl of an outlet leaves a row: when, how it ended, and what it counted."""

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
"""How a run ended whose process is no more, and that could not say so itself."""


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
    """When its row was written last."""
    ended_at: str | None
    """None while it runs, and where it was killed."""
    finish_reason: str | None
    """Scrapy's reason, or ``killed``; None while it runs."""
    exit_code: int | None
    """The exit code that it alone would have had."""
    stats: dict[str, Any]
    """What it counted, as :class:`crawler.operate.run_stats.stats.RunStats` reads it."""


def start_run(store: Database, values: Mapping[str, Any], owner: Owner, at: str) -> int:
    """A run begins: gives its number. Runs of the outlet whose process is dead were killed.

    ``values``: ``outlet``, ``command``, ``arguments``, ``version``. Raises
    :class:`crawler.store.StoreError`, as all here do.
    """
    row = {**values, "owner": json.dumps(owner), "started_at": at, "updated_at": at, "stats": {}}
    with store.writing() as connection:
        _mark_killed(connection, values["outlet"])
        return int(connection.scalar(insert(run).values(row).returning(run.c.id)) or 0)


def update_run(store: Database, number: int, **values: Any) -> None:
    """What is known of a run by now."""
    with store.writing() as connection:
        connection.execute(update(run).where(run.c.id == number).values(values))


def runs_of(store: Database, outlet: str | None = None, since: str = "") -> list[Run]:
    """The runs that began since then, of all outlets or of one, in their order. Those of dead
    processes are told as killed, though no later run has marked them so yet."""
    query = select(run).where(run.c.started_at >= since).order_by(run.c.id)
    if outlet is not None:
        query = query.where(run.c.outlet == outlet)
    with store.reading() as connection:
        rows = [Run(**row) for row in connection.execute(query).mappings()]
    return [with_killed(one) for one in rows]


def with_killed(one: Run) -> Run:
    """A run whose process is dead was killed, though no later run has marked it so yet."""
    if one.finish_reason is None and is_dead(one.owner):
        values = {name: getattr(one, name) for name in one.__slots__}
        return Run(**{**values, "finish_reason": KILLED})
    return one


def _mark_killed(connection: Connection, outlet: str) -> None:
    running = select(run.c.id, run.c.owner).where(
        run.c.outlet == outlet, run.c.finish_reason.is_(None)
    )
    dead = [row.id for row in connection.execute(running).all() if is_dead(row.owner)]
    if dead:
        connection.execute(update(run).where(run.c.id.in_(dead)).values(finish_reason=KILLED))


def is_dead(owner: str) -> bool:
    """Whether the process of a run is surely no more."""
    return Owner(*json.loads(owner)).is_dead
