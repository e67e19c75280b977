"""Work spread over this machine's processors; its results come in the order of the work."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

AHEAD = 16
"""Jobs a process is given before its results are taken, so that none waits for the next."""


class WorkerLost(Exception):
    """A process of ours was ended from outside, as by a system that is out of memory."""


class Workers:
    """So many processes, started with the first job; one alone works in this process.

    What they do is a function at the top of a module; jobs and results have to be picklable.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.count > 1:
            # Not forked: threads and open databases of this process are none of theirs
            context = get_context("spawn")
            self.pool = ProcessPoolExecutor(self.count, context, initializer=_begin)
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def results(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> Iterator[tuple[Job, Result]]:
        """Each job with its result. Raises what ``work`` raises, and WorkerLost."""
        for job, future in self._ahead(work, jobs):
            try:
                yield job, future.result()
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None

    async def results_async(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> AsyncIterator[tuple[Job, Result]]:
        """The same, while the event loop does something else."""
        for job, future in self._ahead(work, jobs):
            try:
                yield job, await asyncio.wrap_future(future)
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None

    def _ahead(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> Iterator[tuple[Job, Future[Result]]]:
        """Jobs on their way; the first of them is waited for while others are worked on."""
        waiting: deque[tuple[Job, Future[Result]]] = deque()
        for job in jobs:
            waiting.append((job, self._submit(work, job)))
            if not self.pool or len(waiting) > AHEAD * self.count:
                yield waiting.popleft()
        yield from waiting

    def _submit(self, work: Callable[[Job], Result], job: Job) -> Future[Result]:
        if self.pool:
            try:
                return self.pool.submit(work, job)
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None
        done: Future[Result] = Future()
        try:
            done.set_result(work(job))
        except Exception as error:
            done.set_exception(error)
        return done


_LOST = "a process that reads pages was ended from outside; is there memory enough?"


def processors() -> int:
    """How many of the machine's processors this process may use."""
    return len(os.sched_getaffinity(0))


def _begin() -> None:
    """In a new process: leave a keyboard's interrupt to the one that started it, and end with it,
    however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)
