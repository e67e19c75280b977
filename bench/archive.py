"""What the archive costs, and how quickly it is read again.

``python3 -m bench archive`` crawls the newsstand with the archive on and prints bytes an article,
what writing costs a page, and pages a second: parsed and no more, read as a replay reads them in
one process and in as many as there are processors, and replayed into a store.
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

from bench.crawls import ROOT
from bench.stall import stall
from crawler.archive.captures.index import index
from crawler.archive.captures.load import load
from crawler.archive.captures.model import Capture
from crawler.archive.config import MB, ArchiveConfig
from crawler.archive.stats import archive_stats
from crawler.archive.writer import Writer
from crawler.cli.arguments import outlets_by_host
from crawler.crawl.stored_urls import OutletSites
from crawler.dates.utc import format_utc
from crawler.extract.selectors import PageParts, read_parts
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.reprocess.replay.task import Job, read
from crawler.runtime.process_pool import ProcessPool, processors
from crawler.store import open_store
from crawler.urls import host_of

ARTICLES = 400
OUTLETS = ("papns", "gyeonggitv", "breaknews_kb", "gosiweek", "seonamtoday")


def main(arguments: list[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python3 -m bench archive", description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES, help="ordinary ones an outlet")
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
        pace("read by one process", lambda: list(ProcessPool(1).results(read, jobs)))
        several = processors()
        with ProcessPool(several) as workers:
            list(workers.results(read, jobs[: several * 20]))  # imports are done by then
            pace(f"read by {several} processes", lambda: list(workers.results(read, jobs)))
        for count in dict.fromkeys((1, several)):
            replay(folder, count)
    return 0


def scrapy(*arguments: str, proxy: str = "") -> None:
    proxies = {"http_proxy": proxy, "https_proxy": proxy}
    command = [sys.executable, "-m", "scrapy", *arguments]
    run = subprocess.run(
        command, cwd=ROOT, env=os.environ | proxies, check=False, capture_output=True, text=True
    )
    if run.returncode not in (OK, PARTIAL):  # the newsstand has pages that cannot be had
        raise RuntimeError(run.stderr[-2000:])


def crawl(folder: Path, articles: int) -> None:
    settings = [f"DATABASE_URL=sqlite:///{folder}/live.db", "DOWNLOAD_DELAY=0", "REQUEST_BUDGET=0"]
    given = [part for one in settings for part in ("-s", one)]
    with stall(articles) as proxy:
        scrapy("crawlall", "--since", "2000-01-01", *given, *OUTLETS, proxy=proxy)


def size(folder: Path) -> None:
    with open_store(f"sqlite:///{folder}/live.db") as store:
        found = [archive_stats(store, folder / "live.archive", outlet) for outlet in OUTLETS]
    whole, articles = sum(one.bytes for one in found), sum(one.articles for one in found)
    print(f"{whole / articles:,.0f} bytes an article ({articles:,} articles, {whole:,} bytes)")


def jobs_of(folder: Path) -> Sequence[Job]:
    files = sorted((folder / "live.archive").glob("*/*.warc.gz"))
    entries = [one for file in files for one in index(file, print, folder / "spool")]
    return [
        Job(one, outlets()[host_of(one.url)], one.file) for one in entries if one.row_at is not None
    ]


def write(folder: Path, pages: Sequence[Capture]) -> None:
    """What keeping a page costs: its record and its question's, packed, and on the disk."""
    asked = ArchiveConfig(folder / "written", "all", 256 * MB, 0, 0)
    writer = Writer(asked, "bench", {"software": "bench"})
    now = datetime.now(UTC)
    writer.open(now.date())
    began, worked = time.perf_counter(), time.process_time()
    for page in pages:
        build, request = writer.builder, Request(page.response.url)
        answer = build.response(request, page.response, format_utc(now))
        writer.write([build.packed(answer), build.packed(build.request(request, answer))])
    whole, work = time.perf_counter() - began, time.process_time() - worked
    writer.close()
    mean = sum(len(page.response.body) for page in pages) / len(pages)
    print(
        f"writing a page of {mean:,.0f} bytes: {1000 * work / len(pages):.2f} ms of the processor,"
        f" {1000 * whole / len(pages):.2f} ms with the disk"
    )


def parse(page: Capture) -> PageParts:
    """What no reading can do without: the tree, and the parts that the family's selectors find."""
    assert isinstance(page.response, TextResponse)
    outlet = outlets()[host_of(page.entry.url)]
    return read_parts(Selector(text=page.response.text), outlet.cms.selectors)


@cache
def outlets() -> OutletSites:
    return outlets_by_host(get_project_settings())


def pace(what: str, work: Callable[[], Sequence[object]]) -> None:
    began = time.perf_counter()
    done = len(work())
    print(f"{what}: {done / (time.perf_counter() - began):,.0f} pages a second", flush=True)


def replay(folder: Path, count: int) -> None:
    into = folder / f"into{count}.db"
    began = time.perf_counter()
    given = ["-s", f"DATABASE_URL=sqlite:///{into}", "--jobs", str(count)]
    scrapy("replay", str(folder / "live.archive"), *given)
    took = time.perf_counter() - began
    with open_store(f"sqlite:///{into}") as store:
        stored = sum(one.articles for one in store.counts())
    print(f"replayed into a store by {count}: {stored / took:,.0f} articles a second", flush=True)
