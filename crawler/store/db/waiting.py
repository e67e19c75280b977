"""Before a writer begins: nobody else writes, and the store is where it was.

Neither a lock nor a store that is away is trouble yet; a writer waits for a while. The thread
stands still meanwhile, so that nothing is asked of an outlet whose answers could not be stored.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from sqlalchemy import URL

from crawler.store.db.errors import StoreError, redacted

logger = logging.getLogger(__name__)

MAX_WAIT_SECONDS = 90
"""Seconds that a writer waits for another process, or for a store that is away."""

BUSY_SECONDS = 1
"""Seconds that a database waits by itself. No signal is heard meanwhile, so it is short."""

RETRY_SECONDS = 0.05
"""Seconds between two tries that do not wait by themselves."""

IN_USE = "is locked by another process"

Handler = Callable[[int, FrameType | None], object]


class WriteWait:
    """How long the writers of one store wait: once in vain, and no more until it is well.

    A crawl that gives up has more to write as it ends, and must not wait for each of it.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_spent = False

    def retry_until(self, attempt: Callable[[], str | None], *, hopeless: str = "") -> None:
        """Make the attempt until it does not say any more what is in its way.

        Raises :class:`StoreError` after ``PATIENCE``, as soon as a signal comes, or where what is
        in the way is ``hopeless``.
        """
        deadline = time.monotonic() + (0 if self.is_spent else MAX_WAIT_SECONDS)
        with _stop_signals() as signals:
            said = None
            while why := attempt():
                is_hopeless = why == hopeless
                if is_hopeless or signals or time.monotonic() > deadline:
                    self.is_spent = True
                    end = "" if is_hopeless else _END[bool(signals)]
                    raise StoreError(f"The store {redacted(self.url)} {why}{end}.")
                if not said:
                    logger.warning("The store %s %s: waiting.", redacted(self.url), why)
                said = why
                time.sleep(RETRY_SECONDS)
        self.is_spent = False


_END = {True: ", and a signal to end has come", False: " for too long"}


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
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
