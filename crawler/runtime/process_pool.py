"""Process pool that spreads jobs over the processors and returns results in job order."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from typing import Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

MIN_JOBS_FOR_POOL = 100
"""Jobs that this process does alone: starting another process takes as long."""
BATCH_SIZE = 16
"""Jobs per batch: each transfer to another process and back takes time."""
BATCHES_AHEAD = 3
"""Batches in flight per process, so that no process waits for its next batch."""


class WorkerLost(Exception):
    """A worker process was killed from outside, for example by a system out of memory."""


class ProcessPool:
    """Pool of ``count`` worker processes, started only for enough jobs to be worth it.

    Until then, and with a count of 1, this process does the jobs itself. The work must be a
    function at the top level of a module; jobs and results must be picklable.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.pool:
            if kind is WorkerLost:  # a worker that started meanwhile may never return
                for process in active_children():
                    process.kill()
            self.pool.shutdown(cancel_futures=True)

    def results(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> Iterator[tuple[Job, Result]]:
        """Yield each job with its result. Raises the exceptions of ``work``, and WorkerLost."""
        for batch, future in self._ahead(work, jobs):
            try:
                yield from zip(batch, future.result(), strict=True)
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None

    async def results_async(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> AsyncIterator[tuple[Job, Result]]:
        """Do the same without blocking the event loop."""
        for batch, future in self._ahead(work, jobs):
            try:
                results = await asyncio.wrap_future(future)
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None
            for job, result in zip(batch, results, strict=True):
                yield job, result

    def _ahead(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> Iterator[tuple[Sequence[Job], Future[list[Result]]]]:
        """Yield batches in order; later ones are submitted while the first is awaited."""
        waiting: deque[tuple[Sequence[Job], Future[list[Result]]]] = deque()
        remaining, started = iter(jobs), 0
        while batch := tuple(islice(remaining, BATCH_SIZE if self.pool else 1)):
            waiting.append((batch, self._submit(work, batch)))
            if not self.pool or len(waiting) > BATCHES_AHEAD * self.count:
                yield waiting.popleft()
            started += len(batch)
            if started >= MIN_JOBS_FOR_POOL and self.count > 1 and not self.pool:
                self._start()
        yield from waiting

    def _start(self) -> None:
        # Not forked: workers must not share threads and open databases of this process
        self.pool = ProcessPoolExecutor(self.count, get_context("spawn"), initializer=_start_worker)
        for _ in range(
            self.count
        ):  # all start now: Python does not notice a lost worker while it starts
            self._submit(id, ())

    def _submit(self, work: Callable[[Job], Result], jobs: Sequence[Job]) -> Future[list[Result]]:
        if self.pool:
            try:
                return self.pool.submit(_each, work, jobs)
            except (BrokenProcessPool, OSError):
                raise WorkerLost(_LOST) from None
        result: Future[list[Result]] = Future()
        try:
            result.set_result(_each(work, jobs))
        except Exception as error:
            result.set_exception(error)
        return result


def _each(work: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    return [work(job) for job in jobs]


_LOST = "a worker process was killed from outside; check the free memory"


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0))


def _start_worker() -> None:
    """Prepare a worker process.

    It ignores keyboard interrupts, which its parent handles, and exits when the parent ends,
    however that ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)
