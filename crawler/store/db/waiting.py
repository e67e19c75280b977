"""Waiting of writers for a lock, or for a store that is missing for a while.

The thread blocks meanwhile, so that no outlet is sent requests for pages that could not be stored.
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
"""Seconds that a writer waits for another process, or for a store that is missing."""

BUSY_SECONDS = 1
"""Seconds that a database waits by itself. Signals are not handled meanwhile, so it is short."""

RETRY_SECONDS = 0.05
"""Seconds between two attempts that do not wait by themselves."""

IN_USE = "is locked by another process"

Handler = Callable[[int, FrameType | None], object]


class WriteWait:
    """Waits before writing; after one wait in vain no other, until a write succeeds again.

    A crawl that gives up still has rows to write as it ends, and must not wait for each of them.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_spent = False

    def retry_until(self, attempt: Callable[[], str | None], *, hopeless: str = "") -> None:
        """Repeat the attempt until it returns None; it returns its problem in words.

        Raises :class:`StoreError` after ``MAX_WAIT_SECONDS``, as soon as a signal comes, or if the
        problem is ``hopeless``.
        """
        deadline = time.monotonic() + (0 if self.is_spent else MAX_WAIT_SECONDS)
        with _stop_signals() as signals:
            is_logged = False
            while problem := attempt():
                is_hopeless = problem == hopeless
                if is_hopeless or signals or time.monotonic() > deadline:
                    self.is_spent = True
                    end = "" if is_hopeless else _END[bool(signals)]
                    raise StoreError(f"The store {redacted(self.url)} {problem}{end}.")
                if not is_logged:
                    logger.warning("The store %s %s: waiting.", redacted(self.url), problem)
                is_logged = True
                time.sleep(RETRY_SECONDS)
        self.is_spent = False


_END = {True: ", and a signal to end has come", False: " for too long"}


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Collect the stop signals that arrive; their usual handlers run as well."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def recording(handler: Handler) -> Handler:
        def record(number: int, frame: FrameType | None) -> None:
            received.append(number)
            handler(number, frame)

        return record

    ours = {number: recording(handler) for number, handler in before.items() if callable(handler)}
    for number, record in ours.items():
        signal.signal(number, record)
    try:
        yield received
    finally:
        for number, record in ours.items():
            if signal.getsignal(number) is record:  # else its handler has installed another
                signal.signal(number, before[number])
