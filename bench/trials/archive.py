"""Cost of the archive, and speed of reading it again.

``python3 -m bench archive`` crawls the newsstand with the archive on and prints bytes per article,
the cost of writing a page, and pages per second: parsed only, read as a replay reads them in one
process and in one per processor, and replayed into a store.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from parsel import Selector
from scrapy import Request
from scrapy.http import TextResponse
from scrapy.utils.project import get_project_settings

from bench import ROOT
from bench.trials.cheap_server import cheap_server
from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.archive.captures.model import Capture
from crawler.archive.config import MB, ArchiveConfig
from crawler.archive.stats import archive_stats
from crawler.archive.writer import ArchiveWriter
from crawler.cli.arguments import outlets_by_host
from crawler.crawl.stored_urls import OutletSites
from crawler.dates.utc import format_utc
from crawler.extract.selectors import PageParts, read_parts
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.reprocess.replay.task import ReplayTask, replay_page
from crawler.runtime.process_pool import ProcessPool, processors
from crawler.store import open_store
from crawler.urls import host_of

ARTICLES = 400
OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")


def main(arguments: list[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python3 -m bench archive", description=__doc__)
    parser.add_argument(
        "--articles", type=int, default=ARTICLES, help="ordinary articles per outlet"
    )
    options = parser.parse_args(arguments)
    (ROOT / "output").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "output", prefix="archive-") as name:
        folder = Path(name)
        crawl(folder, options.articles)
        size(folder)
        jobs = list(jobs_of(folder))
        pages = [load(job.page) for job in jobs]  # type: ignore[arg-type]
        write(folder, pages)
        pace("parsed, and its parts found", lambda: [parse(page) for page in pages])
        pace("read by one process", lambda: list(ProcessPool(1).results(replay_page, jobs)))
        several = processors()
        with ProcessPool(several) as workers:
            list(workers.results(replay_page, jobs[: several * 20]))  # imports are done by then
            pace(f"read by {several} processes", lambda: list(workers.results(replay_page, jobs)))
        for count in dict.fromkeys((1, several)):
            replay(folder, count)
    return 0


def scrapy(*arguments: str, proxy: str = "") -> None:
    """Run a Scrapy command. Raises RuntimeError for a bad exit code."""
    proxies = {"http_proxy": proxy, "https_proxy": proxy}
    command = [sys.executable, "-m", "scrapy", *arguments]
    run = subprocess.run(
        command, cwd=ROOT, env=os.environ | proxies, check=False, capture_output=True, text=True
    )
    if run.returncode not in (OK, PARTIAL):  # some of the newsstand's pages cannot be fetched
        raise RuntimeError(run.stderr[-2000:])


def crawl(folder: Path, articles: int) -> None:
    """Crawl all outlets into ``folder``."""
    settings = [f"DATABASE_URL=sqlite:///{folder}/live.db", "DOWNLOAD_DELAY=0", "REQUEST_BUDGET=0"]
    options = [part for setting in settings for part in ("-s", setting)]
    with cheap_server(articles) as proxy:
        scrapy("crawlall", "--since", "2000-01-01", *options, *OUTLETS, proxy=proxy)


def size(folder: Path) -> None:
    """Print the bytes per article."""
    with open_store(f"sqlite:///{folder}/live.db") as store:
        stats = [archive_stats(store, folder / "live.archive", outlet) for outlet in OUTLETS]
    whole, articles = sum(stat.bytes for stat in stats), sum(stat.articles for stat in stats)
    print(f"{whole / articles:,.0f} bytes per article ({articles:,} articles, {whole:,} bytes)")


def jobs_of(folder: Path) -> Sequence[ReplayTask]:
    """Return a replay job for each archived article page."""
    files = sorted((folder / "live.archive").glob("*/*.warc.gz"))
    entries = [entry for file in files for entry in index(file, print, folder / "spool")]
    return [
        ReplayTask(entry, outlets()[host_of(entry.url)], entry.file)
        for entry in entries
        if entry.listing_offset is not None
    ]


def write(folder: Path, pages: Sequence[Capture]) -> None:
    """Print the cost of archiving a page: two compressed records, written to the disk."""
    config = ArchiveConfig(folder / "written", "all", 256 * MB, 0, 0)
    writer = ArchiveWriter(config, "bench", {"software": "bench"})
    now = datetime.now(UTC)
    writer.open(now.date())
    started, worked = time.perf_counter(), time.process_time()
    for page in pages:
        build, request = writer.builder, Request(page.response.url)
        response = build.response(request, page.response, format_utc(now))
        writer.write([build.compress(response), build.compress(build.request(request, response))])
    whole, work = time.perf_counter() - started, time.process_time() - worked
    writer.close()
    mean = sum(len(page.response.body) for page in pages) / len(pages)
    print(
        f"writing a page of {mean:,.0f} bytes: {1000 * work / len(pages):.2f} ms of the processor,"
        f" {1000 * whole / len(pages):.2f} ms with the disk"
    )


def parse(page: Capture) -> PageParts:
    """Parse a page and find its parts: the minimum work of any reader."""
    assert isinstance(page.response, TextResponse)
    outlet = outlets()[host_of(page.entry.url)]
    return read_parts(Selector(text=page.response.text), outlet.cms.selectors)


@cache
def outlets() -> OutletSites:
    """Return the outlets by host."""
    return outlets_by_host(get_project_settings())


def pace(what: str, work: Callable[[], Sequence[object]]) -> None:
    """Print the pages per second of some work."""
    started = time.perf_counter()
    done = len(work())
    print(f"{what}: {done / (time.perf_counter() - started):,.0f} pages per second", flush=True)


def replay(folder: Path, count: int) -> None:
    """Print the articles per second of a replay with ``count`` processes."""
    into = folder / f"into{count}.db"
    started = time.perf_counter()
    options = ["-s", f"DATABASE_URL=sqlite:///{into}", "--jobs", str(count)]
    scrapy("replay", str(folder / "live.archive"), *options)
    took = time.perf_counter() - started
    with open_store(f"sqlite:///{into}") as store:
        stored = sum(count.articles for count in store.counts())
    print(f"replayed into a store by {count}: {stored / took:,.0f} articles per second", flush=True)
