"""Process pool: a killed worker ends the work at once."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from crawler.runtime.process_pool import MIN_JOBS_FOR_POOL, ProcessPool, WorkerLost
from tests.support.scrapy_process import forked


def lose_one_as_another_begins() -> None:
    begin: Any = ProcessPoolExecutor._spawn_process  # type: ignore[attr-defined]

    def late(pool: Any) -> None:
        for process in list(pool._processes.values()):
            process.kill()
            while not pool._broken:
                time.sleep(0.01)
        begin(pool)

    ProcessPoolExecutor._spawn_process = late  # type: ignore[attr-defined]
    with pytest.raises(WorkerLost), ProcessPool(2) as workers:
        list(workers.results(str, range(10 * MIN_JOBS_FOR_POOL)))


def test_one_that_begins_as_another_is_lost_holds_nothing_up() -> None:
    run = forked(lose_one_as_another_begins)
    assert run.returncode == 0, run.stderr
