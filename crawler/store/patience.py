"""Before a writer begins: is the store's file still where it was, and does nobody else write?

Neither a lock nor a missing file is trouble yet; a writer waits for a while. The thread stands
still meanwhile, so that nothing is asked of an outlet whose answers could not be stored.
"""

from __future__ import annotations

import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sqlalchemy import URL

from crawler.store.trouble import StoreError, shown

logger = logging.getLogger(__name__)

PATIENCE = 90
"""Seconds that a writer waits for another process, or for a file that is gone."""

ONE_TRY = 1
"""Seconds that SQLite waits by itself. No signal is heard meanwhile, so it is short."""

PAUSE = 0.05
"""Seconds between two tries that do not wait by themselves."""

IN_USE = "is locked by another process"
GONE = "has lost its file"
REPLACED = "has lost its file, and another one is in its place"

Handler = Callable[[int, FrameType | None], object]


class Patience:
    """How long the writers of one SQLite store wait: once in vain, and no more until it is well.

    A crawl that gives up has more to write as it ends, and must not wait for each of it.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.file: tuple[int, int] | None = None
        """Device and number of the file, as long as there is one."""
        self.is_spent = False

    def remember(self) -> None:
        """Take note which file the store is in, once it is open."""
        self.file = self.file or self._found()

    def look(self) -> str | None:
        """What has become of the file that was opened first; None where nothing has.

        SQLite would not notice: what is open stays open under another name or none, and what is
        opened anew is made anew.
        """
        if self.file is None or (found := self._found()) == self.file:
            return None
        return GONE if found is None else REPLACED

    def until_done(self, attempt: Callable[[], object]) -> None:
        """Make the attempt until no other process is in its way, and the file in its place.

        Raises :class:`StoreError`, after ``PATIENCE``, or as soon as a signal comes.
        """
        deadline = time.monotonic() + (0 if self.is_spent else PATIENCE)
        with _heard() as signals:
            said = None
            while why := self.look() or _in_the_way(attempt):
                if why == REPLACED or signals or time.monotonic() > deadline:
                    self.is_spent = True
                    raise StoreError(f"The store {shown(self.url)} {self._told(why, signals)}.")
                if not said:
                    logger.warning("The store %s %s: waiting.", shown(self.url), why)
                said = why
                time.sleep(PAUSE)
        self.is_spent = False

    def _found(self) -> tuple[int, int] | None:
        try:
            found = Path(self.url.database or "").stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _told(self, why: str, signals: list[int]) -> str:
        if why == REPLACED:
            return why
        return f"{why}, and a signal to end has come" if signals else f"{why} for too long"


def _in_the_way(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return IN_USE
    return None


@contextmanager
def _heard() -> Iterator[list[int]]:
    """The signals to end that came meanwhile; each goes on to whom it was for, too."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def passing_on(handler: Handler) -> Handler:
        def hear(number: int, frame: FrameType | None) -> None:
            came.append(number)
            handler(number, frame)

        return hear

    ours = {number: passing_on(one) for number, one in before.items() if callable(one)}
    for number, hear in ours.items():
        signal.signal(number, hear)
    try:
        yield came
    finally:
        for number, hear in ours.items():
            if signal.getsignal(number) is hear:  # else whoever heard it has put another there
                signal.signal(number, before[number])
