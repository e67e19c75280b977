"""Outlet lock: only one process at a time crawls an outlet, so that its host is not overloaded.

The process that holds the lock sends heartbeats. The lock of a dead process on this machine is
released at once, one of another machine when it expires.
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
"""Time after which a lock without a heartbeat expires. No heartbeat can be written while the store
is locked or missing: it is longer than two waits of a writer (``crawler/store/db/waiting.py``)."""

HEARTBEAT_SECONDS = 15
"""Seconds between two heartbeats."""


class Owner(NamedTuple):
    """Identity of a process; its start tells it from a later one with the same pid."""

    machine: str
    booted: int
    pid: int
    started: float

    @property
    def is_dead(self) -> bool:
        """True if the process has surely ended; False for one on another machine."""
        if self.machine != socket.gethostname():
            return False
        if (
            abs(self.booted - psutil.boot_time()) > 60
        ):  # a smaller difference is a clock that was set
            return True
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) > 1
        except psutil.Error:
            return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.machine}"


def this_process() -> Owner:
    """Return the identity of the running process."""
    me = psutil.Process()
    return Owner(socket.gethostname(), int(psutil.boot_time()), me.pid, me.create_time())


class Lease:
    """Lock of an outlet. All methods raise :class:`crawler.store.StoreError`."""

    def __init__(self, store: Database, outlet: str, owner: Owner | None = None) -> None:
        self.store, self.outlet = store, outlet
        self.owner = owner or this_process()
        self._mine = (outlet_lock.c.outlet == outlet, outlet_lock.c.owner == json.dumps(self.owner))

    def acquire(self) -> Owner | None:
        """Acquire or extend the lock, also from a dead process; return the owner if that fails."""
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
        """Extend the lock; return False if another process has it by now."""
        until = _text(datetime.now(UTC) + LEASE_SECONDS)
        with self.store.writing() as connection:
            done = connection.execute(
                update(outlet_lock).where(*self._mine).values(expires_at=until)
            )
        return done.rowcount == 1

    def release(self) -> None:
        """Release the lock if this process still has it."""
        with self.store.writing() as connection:
            connection.execute(delete(outlet_lock).where(*self._mine))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
