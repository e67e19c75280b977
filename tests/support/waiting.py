"""Waits for an event, with a bound that only ends a test that hangs."""

from __future__ import annotations

import time
from collections.abc import Callable

HANG = 120
"""Seconds after which a test that waits has failed; a loaded machine takes a tenth of it."""


def wait_for(happened: Callable[[], bool], seconds: float = HANG) -> None:
    """Return as soon as it has happened; raises AssertionError if it does not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"it did not happen within {seconds} seconds"
        time.sleep(0.01)
