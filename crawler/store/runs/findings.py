"""What the monitors found, from the day it began until it is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with an outlet; times in UTC, ``started_on`` a day in Korea."""

    id: int
    outlet: str
    kind: str
    """Its words stand in ``crawler/operate/monitors/findings.toml``."""
    field: str
    """Which part of the article, or of what was counted; empty where there is none."""
    started_on: str
    found_at: str
    last_seen_at: str
    """When it was true last."""
    resolved_at: str | None
    facts: dict[str, Any]
    """The numbers that its words speak of."""
    example: str | None
    """The address of a page that shows it."""
    notified_at: str | None
    resolution_notified_at: str | None


def findings_of(
    store: Database, outlet: str | None = None, since: str | None = None
) -> list[Finding]:
    """Findings that are not over, and with ``since`` also those that were over since then; the
    oldest first. Raises :class:`crawler.store.StoreError`, as all here do."""
    still = finding.c.resolved_at.is_(None)
    query = select(finding).order_by(finding.c.started_on, finding.c.id)
    query = query.where(still if since is None else or_(still, finding.c.resolved_at >= since))
    if outlet is not None:
        query = query.where(finding.c.outlet == outlet)
    return _read(store, query)


def unnotified(store: Database, outlet: str) -> list[Finding]:
    """Findings of which no notice went out, or not yet that they are over."""
    news = finding.c.notified_at.is_(None) & finding.c.resolved_at.is_(None)
    ends = finding.c.notified_at.is_not(None) & finding.c.resolved_at.is_not(None)
    ends &= finding.c.resolution_notified_at.is_(None)
    query = select(finding).where(finding.c.outlet == outlet, or_(news, ends))
    return _read(store, query.order_by(finding.c.id))


def save_findings(
    store: Database,
    outlet: str,
    at: str,
    found: Collection[dict[str, Any]],
    over: Collection[int],
) -> None:
    """Write what is found, in one transaction: new ones, those of before that are still true
    (``id`` in their values), and which are over."""
    with store.writing() as connection:
        for values in found:
            if number := values.get("id"):
                still = update(finding).where(finding.c.id == number)
                connection.execute(still.values(values | {"last_seen_at": at}))
            else:
                new = {"outlet": outlet, "found_at": at, "last_seen_at": at, **values}
                connection.execute(insert(finding).values(new))
        if over:
            ended = update(finding).where(finding.c.id.in_(over))
            connection.execute(ended.values(resolved_at=at))


def mark_notified(store: Database, told_of: Collection[Finding], at: str) -> None:
    """Their notices went out."""
    with store.writing() as connection:
        for one in told_of:
            column = "notified_at" if one.resolved_at is None else "resolution_notified_at"
            connection.execute(update(finding).where(finding.c.id == one.id).values({column: at}))


def _read(store: Database, query: Any) -> list[Finding]:
    with store.reading() as connection:
        return [Finding(**row) for row in connection.execute(query).mappings()]
