"""Findings of the monitors, from the day they started until they are resolved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem of an outlet; times in UTC, ``started_on`` a day in Korea."""

    id: int
    outlet: str
    kind: str
    """See ``crawler/operate/monitors/findings.toml``."""
    field: str
    """The field of the article, or the count, that is concerned; can be empty."""
    started_on: str
    found_at: str
    last_seen_at: str
    """When it was last true."""
    resolved_at: str | None
    facts: dict[str, Any]
    """The numbers in its text."""
    example: str | None
    """URL of a page that shows it."""
    notified_at: str | None
    resolution_notified_at: str | None


def findings_of(
    store: Database, outlet: str | None = None, since: str | None = None
) -> list[Finding]:
    """Return open findings, and with ``since`` also those resolved since then, oldest first.

    Raises :class:`crawler.store.StoreError`, like every function of this module.
    """
    is_open = finding.c.resolved_at.is_(None)
    query = select(finding).order_by(finding.c.started_on, finding.c.id)
    query = query.where(is_open if since is None else or_(is_open, finding.c.resolved_at >= since))
    if outlet is not None:
        query = query.where(finding.c.outlet == outlet)
    return _read(store, query)


def unnotified(store: Database, outlet: str) -> list[Finding]:
    """Return findings whose start or whose resolution has not been notified."""
    news = finding.c.notified_at.is_(None) & finding.c.resolved_at.is_(None)
    ends = finding.c.notified_at.is_not(None) & finding.c.resolved_at.is_not(None)
    ends &= finding.c.resolution_notified_at.is_(None)
    query = select(finding).where(finding.c.outlet == outlet, or_(news, ends))
    return _read(store, query.order_by(finding.c.id))


def save_findings(
    store: Database,
    outlet: str,
    at: str,
    findings: Collection[dict[str, Any]],
    resolved: Collection[int],
) -> None:
    """Store findings in one transaction; those with an ``id`` exist and are still open.

    ``resolved``: ids of findings that are resolved.
    """
    with store.writing() as connection:
        for values in findings:
            if number := values.get("id"):
                row = update(finding).where(finding.c.id == number)
                connection.execute(row.values(values | {"last_seen_at": at}))
            else:
                new = {"outlet": outlet, "found_at": at, "last_seen_at": at, **values}
                connection.execute(insert(finding).values(new))
        if resolved:
            rows = update(finding).where(finding.c.id.in_(resolved))
            connection.execute(rows.values(resolved_at=at))


def mark_notified(store: Database, findings: Collection[Finding], at: str) -> None:
    """Record that notifications were sent."""
    with store.writing() as connection:
        for sent in findings:
            column = "notified_at" if sent.resolved_at is None else "resolution_notified_at"
            connection.execute(update(finding).where(finding.c.id == sent.id).values({column: at}))


def _read(store: Database, query: Any) -> list[Finding]:
    with store.reading() as connection:
        return [Finding(**row) for row in connection.execute(query).mappings()]
