"""Who crawls an outlet: one process at a time, so that its host is asked by one; none for ever.

Whoever holds an outlet shows now and then that it lives. A dead process of this machine is known
at once, one of another machine when its time is over.
"""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psutil
from sqlalchemy import delete, insert, select, update

from crawler.store.db.database import Database
from crawler.store.db.schema import outlet_lock

LEASE_SECONDS = timedelta(seconds=240)
"""How long a lease holds without a sign of life. Nobody can give one while the store is locked or
gone, so it is longer than two writers' waits (``crawler/store/db/waiting.py``)."""

HEARTBEAT_SECONDS = 15
"""Seconds between two signs of life."""


class Owner(NamedTuple):
    """A process, for ever: its number is given again, its start is not."""

    machine: str
    booted: int
    pid: int
    started: float

    @property
    def is_dead(self) -> bool:
        """Whether it is surely no more; of another machine's nobody can tell."""
        if self.machine != socket.gethostname():
            return False
        if abs(self.booted - psutil.boot_time()) > 60:  # the clock was set, at the most
            return True
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) > 1
        except psutil.Error:
            return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.machine}"


def this_process() -> Owner:
    me = psutil.Process()
    return Owner(socket.gethostname(), int(psutil.boot_time()), me.pid, me.create_time())


class Lease:
    """The right to crawl an outlet. All methods raise :class:`crawler.store.StoreError`."""

    def __init__(self, store: Database, outlet: str, owner: Owner | None = None) -> None:
        self.store, self.outlet = store, outlet
        self.owner = owner or this_process()
        self._mine = (outlet_lock.c.outlet == outlet, outlet_lock.c.owner == json.dumps(self.owner))

    def acquire(self) -> Owner | None:
        """Take the outlet, from a dead process too, or hold it on; else gives who has it."""
        now = datetime.now(UTC)
        with self.store.writing() as connection:
            here = outlet_lock.c.outlet == self.outlet
            held = connection.execute(select(outlet_lock).where(here)).first()
            if held is not None:
                holder = Owner(*json.loads(held.owner))
                is_over = datetime.fromisoformat(held.expires_at) < now
                if holder != self.owner and not is_over and not holder.is_dead:
                    return holder
                connection.execute(delete(outlet_lock).where(here))
            values = {"owner": json.dumps(self.owner), "acquired_at": _text(now)}
            until = _text(now + LEASE_SECONDS)
            connection.execute(
                insert(outlet_lock).values(outlet=self.outlet, expires_at=until, **values)
            )
        return None

    def heartbeat(self) -> bool:
        """Show that the process lives; False where another one has the outlet by now."""
        until = _text(datetime.now(UTC) + LEASE_SECONDS)
        with self.store.writing() as connection:
            done = connection.execute(
                update(outlet_lock).where(*self._mine).values(expires_at=until)
            )
        return done.rowcount == 1

    def release(self) -> None:
        """Give the outlet back, if it is still held."""
        with self.store.writing() as connection:
            connection.execute(delete(outlet_lock).where(*self._mine))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
