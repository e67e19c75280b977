"""Work spread over this machine's processors; its results come in the order of the work."""

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

FEW = 100
"""Jobs that this process does alone: to start another takes as long."""
TOGETHER = 16
"""Jobs that are handed over at once: each way to another process and back takes its time."""
AHEAD = 3
"""Handfuls a process is given before their results are taken, so that none waits for the next."""


class WorkerLost(Exception):
    """A process of ours was ended from outside, as by a system that is out of memory."""


class ProcessPool:
    """So many processes, started once there is more to do than to start them takes; until then,
    and where one is to do all, this process works itself.

    What they do is a function at the top of a module; jobs and results have to be picklable.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.pool:
            if kind is WorkerLost:  # one that began meanwhile may wait for ever, and be waited for
                for process in active_children():
                    process.kill()
            self.pool.shutdown(cancel_futures=True)

    def results(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> Iterator[tuple[Job, Result]]:
        """Each job with its result. Raises what ``work`` raises, and WorkerLost."""
        for some, future in self._ahead(work, jobs):
            try:
                yield from zip(some, future.result(), strict=True)
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None

    async def results_async(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> AsyncIterator[tuple[Job, Result]]:
        """The same, while the event loop does something else."""
        for some, future in self._ahead(work, jobs):
            try:
                results = await asyncio.wrap_future(future)
            except BrokenProcessPool:
                raise WorkerLost(_LOST) from None
            for job, result in zip(some, results, strict=True):
                yield job, result

    def _ahead(
        self, work: Callable[[Job], Result], jobs: Iterable[Job]
    ) -> Iterator[tuple[Sequence[Job], Future[list[Result]]]]:
        """Jobs on their way; the first of them are waited for while others are worked on."""
        waiting: deque[tuple[Sequence[Job], Future[list[Result]]]] = deque()
        left, begun = iter(jobs), 0
        while some := tuple(islice(left, TOGETHER if self.pool else 1)):
            waiting.append((some, self._submit(work, some)))
            if not self.pool or len(waiting) > AHEAD * self.count:
                yield waiting.popleft()
            begun += len(some)
            if begun >= FEW and self.count > 1 and not self.pool:
                self._start()
        yield from waiting

    def _start(self) -> None:
        # Not forked: threads and open databases of this process are none of theirs
        self.pool = ProcessPoolExecutor(self.count, get_context("spawn"), initializer=_begin)
        for _ in range(self.count):  # all begin now: Python notices no loss while one begins
            self._submit(id, ())

    def _submit(self, work: Callable[[Job], Result], jobs: Sequence[Job]) -> Future[list[Result]]:
        if self.pool:
            try:
                return self.pool.submit(_each, work, jobs)
            except (BrokenProcessPool, OSError):
                raise WorkerLost(_LOST) from None
        done: Future[list[Result]] = Future()
        try:
            done.set_result(_each(work, jobs))
        except Exception as error:
            done.set_exception(error)
        return done


def _each(work: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    return [work(job) for job in jobs]


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
