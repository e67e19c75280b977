"""Opens the newsstand: in this process until a signal, in a thread, or as a process."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

from newsstand.journal import Journal
from newsstand.proxy import LOOPBACK, Proxy
from newsstand.server_state import NewsstandState

PROJECT = Path(__file__).resolve().parents[1] if __package__ == "newsstand" else None
"""Root of the checkout; None in an installed wheel, where this package is ``malgeum.newsstand``."""
TICK = 0.2
"""Seconds between two steps of a moving clock."""
LAST_LINES = 0.05
"""Seconds at shutdown in which sent responses still reach the journal."""


async def serve(
    stand: NewsstandState,
    now: datetime,
    port: int,
    opened: Callable[[str], None],
    stop: asyncio.Event | None = None,
    *,
    journal: Journal | None = None,
    pace: float = 0.0,
) -> None:
    """Serve until ``stop`` is set, or by default until SIGINT or SIGTERM.

    ``opened`` is called with the proxy's address. ``pace`` is in hours at the newsstand per second.
    Raises OSError.
    """
    if stop is None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await Proxy(stand, now.timestamp(), journal).listen(port)
    opened(f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}")
    while pace and not stop.is_set():
        await asyncio.sleep(TICK)
        stand.step(pace * TICK)
    await stop.wait()
    server.close()
    await asyncio.sleep(LAST_LINES)


@contextmanager
def beside(stand: NewsstandState, now: datetime, journal: Path | None = None) -> Iterator[str]:
    """Run the newsstand in a thread, for callers that change its content meanwhile."""
    stop = asyncio.Event()
    opened: Future[tuple[str, asyncio.AbstractEventLoop]] = Future()

    def tell(address: str) -> None:
        opened.set_result((address, asyncio.get_running_loop()))

    with closing(Journal(journal)) as lines:
        served = serve(stand, now, 0, tell, stop, journal=lines)
        thread = Thread(target=asyncio.run, args=[served], daemon=True)
        thread.start()
        address, loop = opened.result(timeout=60)
        try:
            yield address
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()


@contextmanager
def serving(
    *,
    seed: int = 1,
    now: datetime | None = None,
    articles: int = 30,
    gold: Path | None = None,
    faults: bool | Iterable[str] = False,
    fault_rate: float | None = None,
    stall: float | None = None,
    journal: Path | None = None,
    hours_per_second: float | None = None,
    days: float | None = None,
    scripted: bool = False,
    sitemaps: bool = False,
    broken: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run ``scrapy newsstand`` as a process; yield the proxy's address.

    ``faults``: True for all passing ones, or names. ``broken``: a kind of break by outlet. Raises
    RuntimeError with the command's message if it does not start.
    """
    options = {
        "seed": seed,
        "articles": articles,
        "now": now and now.isoformat(),
        "gold": gold,
        "faults": None if isinstance(faults, bool) else ",".join(faults),
        "fault-rate": fault_rate,
        "stall": stall,
        "journal": journal,
        "hours-per-second": hours_per_second,
        "days": days,
        "broken": ",".join(map("=".join, broken.items())) if broken else None,
    }
    command = [sys.executable, "-m", "malgeum", "newsstand"]
    command += ["--faults"] if faults is True else []
    command += ["--scripted"] if scripted else []
    command += ["--sitemaps"] if sitemaps else []
    command += [f"--{name}={value}" for name, value in options.items() if value is not None]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        assert process.stderr
        try:
            lines = [process.stdout.readline() for _ in range(3)]
            if not lines[0].startswith("export http_proxy="):
                raise RuntimeError(process.stderr.read().strip())
            yield lines[0].strip().partition("=")[2]
        finally:
            process.terminate()
