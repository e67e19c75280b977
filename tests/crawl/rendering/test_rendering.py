"""Rendering: the newsstand's outlet that needs scripts, in a real Chromium over real HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from parsel import Selector
from scrapy.settings import Settings

from crawler.archive.location import RecordLocation
from crawler.archive.reader import record_at
from crawler.archive.verify import verify
from crawler.crawl.rendering.detect import is_shell
from crawler.store import open_store
from newsstand import gold
from newsstand.content import KST
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from newsstand.sites import Reply, SiteRequest, robots
from newsstand.sites.scripted import Scripted
from tests.support.newsstand_crawl import EQUAL, Stand, stat
from tests.support.paths import ROOT
from tests.support.rendered_spiders import SCRIPTED
from tests.support.scrapy_process import Run, scrapy
from tests.support.waiting import wait_for

NOW = datetime.now(KST)
ADDRESS = gold.EVERY_ADDRESS["gaonilbo"]
ALL = ("-s", "SPIDER_MODULES=tests.support.rendered_spiders", "-a", "since=60d")


pytestmark = pytest.mark.usefixtures("browser")


class Paper:
    """The sixth paper, open: its crawls, what it was asked for, and its gold."""

    def __init__(self, newsstand: Newsstand, proxy: str, folder: Path) -> None:
        self.newsstand, self.folder = newsstand, folder
        self.stand = Stand(proxy, folder / "store.db", [])
        site = newsstand.sites["gaonilbo.example"]
        assert isinstance(site, Scripted)
        self.site = site

    def crawl(self, *arguments: str, outlet: str = "gaonilbo") -> Run:
        return self.stand.crawl(outlet, *ALL, *arguments)

    def journal(self) -> list[dict[str, Any]]:
        lines = (self.folder / "journal.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def requested(self) -> Counter[str]:
        """How often each path was asked for; numbers are N."""
        paths = [re.sub(r"\d+", "N", entry["address"]) for entry in self.journal()]
        return Counter(path.removeprefix("https://www.gaonilbo.example") for path in paths)

    def gold(self) -> dict[str, Any]:
        records = gold.records({"gaonilbo": self.newsstand.posts["gaonilbo"]})
        return {record["canonical_url"]: record for record in records}

    def hold(self, path: str, seconds: float) -> None:
        """Let the first answer for addresses that begin so wait."""
        left, answer = [1], self.site.answer

        def late(ask: SiteRequest) -> Reply:
            reply = answer(ask)
            if ask.path.startswith(path) and left:
                left.pop()
                return replace(reply, held=seconds)
            return reply

        self.site.answer = late  # type: ignore[method-assign]


@contextmanager
def opened(folder: Path) -> Iterator[Paper]:
    """Seven posts: three list pages, one post deleted, the oldest written by the server."""
    newsstand = Newsstand(7, NOW, 4, scripted=True)
    with beside(newsstand, NOW, folder / "journal.jsonl") as proxy:
        yield Paper(newsstand, proxy, folder)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with opened(tmp_path) as paper:
        yield paper


# -- a whole crawl ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Paper, Run]]:
    with opened(tmp_path_factory.mktemp("paper")) as paper:
        yield paper, paper.crawl()


def test_what_scripts_write_is_stored_as_the_gold_has_it(crawled: tuple[Paper, Run]) -> None:
    paper, run = crawled
    assert run.returncode == 0, run.stderr[-3000:]
    stored, wanted = paper.stand.stored(), paper.gold()
    assert stored.keys() == wanted.keys()
    for address, page in wanted.items():
        assert {name: stored[address][name] for name in EQUAL} == {
            name: page[name] for name in EQUAL
        }
        assert json.loads(stored[address]["authors"]) == page["authors"]


def test_what_stood_in_the_browser_is_kept_beside_what_came(crawled: tuple[Paper, Run]) -> None:
    stand = crawled[0].stand
    folder = stand.database.with_suffix(".archive")
    for row in stand.stored().values():
        shown = record_at(folder, RecordLocation.read(row["warc_location"]))
        assert (shown.kind, shown.url) == ("conversion", row["url"])
        assert row["body"].splitlines()[0] in shown.payload.decode()
        assert shown.headers.get_header("WARC-Refers-To")
    with open_store(f"sqlite:///{stand.database}") as store:
        found = verify(store, folder, "gaonilbo")
    assert found.problems == []
    assert found.versions == len(stand.stored())


def test_a_replay_reads_what_stood_in_the_browser(
    crawled: tuple[Paper, Run], tmp_path: Path
) -> None:
    stand = crawled[0].stand
    folder = stand.database.with_suffix(".archive")
    into = tmp_path / "again.db"
    outlets = ("-s", "SPIDER_MODULES=tests.support.rendered_spiders", "-s", f"ARCHIVE={folder}")
    run = scrapy("replay", str(folder), *outlets, "-s", f"DATABASE_URL=sqlite:///{into}")
    assert run.returncode == 0, run.stderr[-3000:]
    assert stand.stored()
    again = Stand("", into, []).stored()
    for address, row in stand.stored().items():
        assert again[address] | {"id": row["id"]} == row


def test_nothing_is_asked_for_but_text_and_what_writes_it(crawled: tuple[Paper, Run]) -> None:
    """No picture, font, frame, beacon, socket or tracker, no other host, no script twice."""
    paper, run = crawled
    posts = len(paper.newsstand.posts["gaonilbo"])
    plain = sum(post.template == "plain" for post in paper.newsstand.posts["gaonilbo"])
    assert paper.requested() == {
        "/robots.txt": 1,
        "/news": 1,
        "/news/N": posts,
        "/data/list?after=": 1,
        "/data/list?after=N": 2,
        "/data/article/N": posts - plain,
        "/static/app.js": 1,
        "/static/style.css": 1,
    }
    assert stat(run, "malgeum/browser/blocked") > 5 * posts
    assert stat(run, "malgeum/browser/pages") == posts + 1


def test_the_list_is_clicked_through_to_its_end_and_then_no_further_than_needed(
    crawled: tuple[Paper, Run],
) -> None:
    paper, run = crawled
    assert stat(run, "malgeum/browser/clicks") == 2
    before = paper.requested()
    again = paper.crawl("-a", "revisit=off")
    assert again.returncode == 0, again.stderr[-3000:]
    assert stat(again, "malgeum/browser/clicks") == 0
    assert paper.requested() - before == {
        "/robots.txt": 1, "/news": 1, "/data/list?after=": 1,
        "/static/app.js": 1, "/static/style.css": 1,
    }  # fmt: skip


# -- auto ---------------------------------------------------------------------------------


def test_auto_renders_what_looks_like_a_shell_and_remembers_it(paper: Paper) -> None:
    """A list's last row is fetched first."""
    posts = paper.newsstand.posts["gaonilbo"]
    for post in (posts[0], posts[2]):
        paper.newsstand.change("gaonilbo", post.number, template="plain")
    run = paper.crawl("-a", "pages=1", outlet="gaonilbo_auto")
    assert run.returncode == 0, run.stderr[-3000:]
    assert paper.stand.stored().keys() == {ADDRESS.format(post.number) for post in posts[:3]}
    for kind in ("list", "article"):
        assert run.stderr.count(f"Scripts write the {kind} pages of gaonilbo_auto") == 1
    assert stat(run, "malgeum/browser/pages") == 3  # the list, the second row, and then the first


SCRIPT = "<script src=/app.js></script>"
LONG = "<p>" + "메뉴와 저작권 " * 60 + "</p>"


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        (f"<body><div id=root></div>{LONG}{SCRIPT}</body></html>", True),
        (f"<body><div id=news-body></div>{LONG}{SCRIPT}</body></html>", True),
        (f"<body><main></main>{SCRIPT}</body></html>", True),
        (f"<body><div id=root>기사</div>{LONG}{SCRIPT}</body></html>", False),
        (f"<body>{LONG}{SCRIPT}</body></html>", False),
        ("<body><div id=root></div></body></html>", False),
        (f"<body><p>삭제되었거나 없는 기사입니다</p>{SCRIPT}</body></html>", False),
    ],
)
def test_a_shell_is_scripts_around_an_empty_place(source: str, is_one: bool) -> None:
    assert is_shell(Selector(text=source), source, "article", SCRIPTED) is is_one


# -- a browser that breaks, and one that grows ------------------------------------------------


def test_a_browser_that_crashes_costs_a_retry(paper: Paper) -> None:
    paper.hold("/data/article/", 600.0)
    command = [sys.executable, "-m", "scrapy", "crawl", "gaonilbo", *ALL, "-a", "pages=1"]
    command += ["-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL=sqlite:///{paper.stand.database}"]
    proxies = {"http_proxy": paper.stand.proxy, "https_proxy": paper.stand.proxy, "no_proxy": ""}
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | proxies, stderr=subprocess.PIPE, text=True
    ) as crawl:
        wait_for(
            lambda: any(
                "/data/article/" in requested for requested in list(paper.newsstand.requested)
            )
        )
        time.sleep(3)  # the page is open: before that, scrapy-playwright opens it again itself
        for process in psutil.Process(crawl.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it went with its parent
                if "chrom" in process.name():
                    process.kill()
        _, log = crawl.communicate(timeout=60)
    run = Run(command, crawl.returncode, "", log)
    assert run.returncode == 0, log[-3000:]
    assert stat(run, "retry/reason_count/browser") == 1
    assert stat(run, "playwright/browser_count") == 2
    assert len(paper.stand.stored()) == 3


def test_the_browser_is_started_anew_after_so_many_pages(paper: Paper) -> None:
    six = paper.newsstand.posts["gaonilbo"][:6]
    run = paper.crawl("-a", "pages=2", "-s", "BROWSER_PAGES=3")
    assert run.returncode == 0, run.stderr[-3000:]
    assert stat(run, "malgeum/browser/pages") == 8  # two of them the list, opened anew and clicked
    assert stat(run, "malgeum/browser/restarts") == 2
    assert stat(run, "playwright/browser_count") == 3
    assert stat(run, "playwright/context_count/max_concurrent") == 2  # the list, and an article
    assert len(paper.stand.stored()) == 6 - sum(not post.readable for post in six)


# -- manners ----------------------------------------------------------------------------------


def test_scripts_are_asked_for_one_after_the_other_and_counted(paper: Paper) -> None:
    run = paper.crawl("-s", "DOWNLOAD_DELAY=1", "-s", "REQUEST_BUDGET=6")
    assert run.returncode == 3, run.stderr[-3000:]
    times = [datetime.fromisoformat(entry["time"]) for entry in paper.journal()]
    assert len(times) == 6
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert min(gaps) > 0.3  # half of the delay, Scrapy's jitter; one may come late, not early


def test_what_robots_txt_forbids_is_not_loaded_either(paper: Paper) -> None:
    paper.site.routes["/robots.txt"] = lambda ask: robots("User-agent: *\nDisallow: /data/\n")
    run = paper.crawl()
    assert run.returncode != 0
    assert not any("/data/" in path for path in paper.requested())
    assert "robots.txt forbids https://www.gaonilbo.example/data/list" in run.stderr


def test_a_text_that_cannot_be_had_is_left_for_the_next_run(paper: Paper) -> None:
    answer = paper.site.article
    broken = lambda what, number: Reply(b"", 503) if what != "news" else answer(what, number)  # noqa: E731
    paper.site.article = broken  # type: ignore[method-assign, assignment]
    run = paper.crawl("-a", "pages=1", "-s", "RETRY_TIMES=0")
    assert run.returncode == 3, run.stderr[-3000:]
    assert stat(run, "malgeum/page/temporary") == 3
    assert not paper.stand.stored()
    with sqlite3.connect(paper.stand.database) as database:
        outcomes = database.execute("SELECT outcome, reason FROM page").fetchall()
    database.close()
    assert outcomes == [("temporary", "HTTP 503")] * 3


def test_the_browser_itself_reaches_nothing() -> None:
    from playwright.async_api import Error, async_playwright

    from crawler.crawl.rendering.addon import BrowserAddon

    settings = Settings({"BROWSER": ""})
    BrowserAddon().update_settings(settings)
    options = settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS")

    async def ask(port: int) -> list[str]:
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(**options)
            page = await chromium.new_page()
            await page.evaluate(f"new WebSocket('ws://127.0.0.1:{port}/')")
            said = []
            for address in (
                f"http://127.0.0.1:{port}/",
                "http://localhost/",
                "http://paper.example/",
            ):
                try:
                    await page.goto(address)
                    said.append("had it")
                except Error as error:
                    said.append(error.message.splitlines()[0])
            await chromium.close()
            return said

    with socket.create_server(("127.0.0.1", 0)) as server:
        said = asyncio.run(ask(server.getsockname()[1]))
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert all("ERR_" in sentence for sentence in said), said


# -- a crawl that needs none, and none that is needed --------------------------------------------


def test_only_a_crawl_that_needs_it_imports_a_browser(paper: Paper) -> None:
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "scrapy",
        "crawl",
        "papns",
        "-a",
        "limit=1",
    ]
    command += ["-s", "DOWNLOAD_DELAY=0", "-s", f"DATABASE_URL=sqlite:///{paper.stand.database}"]
    proxies = {"http_proxy": paper.stand.proxy, "https_proxy": paper.stand.proxy, "no_proxy": ""}
    run = subprocess.run(command, cwd=ROOT, env=os.environ | proxies, capture_output=True,
                         text=True, timeout=60, check=False)  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert paper.stand.stored()
    assert {"scrapy.core.engine", "crawler.crawl.spider"} <= loaded
    assert not {name for name in loaded if "playwright" in name}


def test_without_the_browser_there_is_nothing_to_read(paper: Paper) -> None:
    run = paper.crawl(outlet="gaonilbo_plain")
    assert run.returncode == 4, run.stderr[-3000:]
    assert not paper.stand.stored()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (
            "",
            "scrapy: gaonilbo needs a browser, and no Chromium was found: install one (apt install",
        ),
        (
            "BROWSER=/nope",
            "scrapy: gaonilbo needs a browser, and BROWSER='/nope' is not a program that",
        ),
        ("BROWSER_PAGES=many", "scrapy: BROWSER_PAGES='many' is not a whole number of pages"),
    ],
)
def test_a_browser_that_is_not_there_is_said_before_anything_is_fetched(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, setting: str, sentence: str
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nope")
    run = paper.crawl(*(("-s", setting) if setting else ()))
    assert run.returncode == 2
    assert run.stderr.startswith(sentence)
    assert len(run.stderr.splitlines()) == 1
    assert not paper.newsstand.requested


def test_no_real_outlet_is_the_newsstands() -> None:
    assert "gaonilbo" not in scrapy("list").stdout
