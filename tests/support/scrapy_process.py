"""Runs ``scrapy`` as a user does: in a process and an environment of its own.

The process is forked from one that has loaded Scrapy and nothing more (``forkserver``): starting
Python and Scrapy takes a second, and the tests do it a thousand times. Tests of the start itself
use :func:`started`.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import IO, Any

from tests.support.paths import ROOT

LONGEST = 120
"""Seconds."""

Run = subprocess.CompletedProcess[str]

_LOADED = (
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.core.scraper",
    "scrapy.exporters",
    "scrapy.spiders",
    "aiohttp",
    "dateparser",
    "rich.console",
    "warcio.archiveiterator",
    "crawler.archive.prune",
    "crawler.operate.notifications.notifier",
    "crawler.crawl.spider",
    "crawler.similarity.decide",
)
"""None of these sets up a reactor, or looks at the environment, which is another one in each run."""

_forked = get_context("forkserver")
_forked.set_forkserver_preload(list(_LOADED))


def scrapy(
    *arguments: str, proxy: str = "", given: Mapping[str, str] = MappingProxyType({})
) -> Run:
    """Run it with what is given of the environment, and nothing of this machine's proxies."""
    return forked(_execute, *arguments, proxy=proxy, given=given)


def forked(
    work: Callable[..., None],
    *arguments: Any,
    proxy: str = "",
    given: Mapping[str, str] = MappingProxyType({}),
    longest: float = LONGEST,
) -> Run:
    """Run ``work``, a function that can be pickled, the same way."""
    with TemporaryFile() as out, TemporaryFile() as err:
        files = [_forked.reducer.DupFd(file.fileno()) for file in (out, err)]
        call = (work, arguments, environment(proxy) | dict(given), files)
        process = _forked.Process(target=_begin, args=call)
        process.start()
        process.join(longest)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(str(arguments), longest, _read(out), _read(err))
        return Run(arguments, process.exitcode, _read(out), _read(err))


def started(*arguments: str, proxy: str = "") -> Run:
    """The same with a Python that begins at nothing."""
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT,
        env=environment(proxy),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def environment(proxy: str = "") -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return clean | ({"http_proxy": proxy, "https_proxy": proxy} if proxy else {})


def _begin(
    work: Callable[..., None], arguments: tuple[Any, ...], given: dict[str, str], files: list[Any]
) -> None:
    for place, file in enumerate(files, start=1):
        os.dup2(file.detach(), place)
    os.environ.clear()
    os.environ.update(given)
    os.chdir(ROOT)
    try:
        work(*arguments)
    finally:
        atexit._run_exitfuncs()  # multiprocessing leaves them out


def _execute(*arguments: str) -> None:
    sys.argv = ["scrapy", *arguments]
    from scrapy.cmdline import execute

    execute()


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
