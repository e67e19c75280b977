"""PostgreSQL server for tests; without one, tests are skipped, or fail in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.trials import postgresql
from bench.trials.postgresql import NoPostgreSQL, Server

__all__ = ["Server", "running_server"]


@contextmanager
def running_server() -> Iterator[Server]:
    try:
        with postgresql.running_server() as server:
            yield server
    except NoPostgreSQL as error:
        if os.environ.get("MALGEUM_TESTS_WANT_POSTGRES"):
            pytest.fail(str(error))
        pytest.skip(str(error))
