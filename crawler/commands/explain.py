"""``scrapy explain FILE|URL``: shows a page line by line, and what the cleaning does with each."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from scrapy import signals

from crawler.article import Article
from crawler.cli.arguments import check_options, fail, outlets_by_host
from crawler.cli.checks import check_browser, check_log, check_politeness
from crawler.cli.command import DocumentedCommand
from crawler.cli.store import checked_store
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.reprocess.explain import from_file, from_store, one_page_spider
from crawler.reprocess.replay.from_files import BadInput
from crawler.terminal.output import escape_terminal, safe_stdout
from crawler.urls import host_of, read
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import date_article

FIELDS = (
    "canonical_url", "outlet", "headline", "alternative_headline", "authors",
    "date_published", "date_published_raw", "date_source", "date_modified",
    "keywords", "source_organization", "rights",
)  # fmt: skip


class Command(DocumentedCommand):
    """Command that explains the pages of a file, or the page of a URL."""

    usage = "[options] FILE|URL"
    summary = "Show a page line by line: kept, dropped by which rule, moved to which field"
    details = (
        "FILE is .html or JSON Lines as for scrapy replay. A URL is looked up in the store; with "
        "--fetch it is requested from the outlet, as politely as a crawl does."
    )
    exit_notes = ((PARTIAL, "--fetch: the page could not be fetched"),)
    example = """\
$ scrapy explain "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8951"
body                 body                     주민 동아리 74팀이 노래와 춤을 선보였고 …
dropped              copyright                저작권자 ⓒ 파주신문 무단전재 및 재배포 금지

canonical_url        https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8951
headline             해늘군, 다솜체육공원서 사흘간 ‘별 헤는 밤’ 축제
date_published       2024-09-11T21:18+09:00
date_published_raw   기사입력 2024.09.11 21:18"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--fetch", action="store_true", help="request the URL from the outlet, store nothing"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check that one file or URL is given, and open the log."""
        super().process_options(args, opts)
        check_options(args)
        if len(args) != 1:
            fail("explain takes one file or one URL")
        if not opts.loglevel:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        check_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print every page."""
        self.outlets = outlets_by_host(self.settings)
        self.exitcode = OK
        articles = self._articles(args[0], opts.fetch)
        with safe_stdout():
            for article in articles:
                explain(article)

    def _articles(self, source: str, fetch: bool) -> list[Article]:
        if not source.lower().startswith(("http:", "https:")):
            return from_file(Path(source), self.outlets, _fail_bad_input)
        try:
            read(source)
        except ValueError as error:
            fail(str(error))
        if fetch:
            check_politeness(self.settings)
            return self._fetched(source)
        with checked_store(self.settings) as store:
            article = from_store(source, self.outlets, store)
        if article is None:
            fail(f"{source} is not in the store; --fetch requests it from the outlet")
        return [article]

    def _fetched(self, url: str) -> list[Article]:
        outlet = self.outlets.get(host_of(url))
        if outlet is None:
            fail(f"{url} belongs to no known outlet; see scrapy list")
        check_browser(self.settings, outlet)
        articles: list[Article] = []

        def collect(item: Any, **_: Any) -> None:
            if isinstance(item, Article):  # not what is for a frontier
                articles.append(item)

        crawler = self.crawler_process.create_crawler(one_page_spider(outlet, url))
        crawler.settings.set("ITEM_PIPELINES", {}, priority="cmdline")
        crawler.settings.set("SPIDER_MIDDLEWARES", {}, priority="cmdline")
        # Only a crawl, which holds the outlet lock, may write to the archive.
        crawler.settings.set("ARCHIVE", "", priority="cmdline")
        crawler.signals.connect(collect, signals.item_scraped)
        self.crawler_process.crawl(crawler)
        self.crawler_process.start()
        if not articles:
            fail(f"{url} could not be fetched", PARTIAL)
        return articles


def _fail_bad_input(error: BadInput) -> None:
    fail(str(error))


def explain(article: Article) -> None:
    """Print every line with its destination and the reason, then the resulting fields."""
    raw = Article(
        url=article.url,
        canonical_url=article.canonical_url,
        outlet=article.outlet,
        fetched_at=article.fetched_at,
        outlet_name=article.outlet_name,
        headline_raw=article.headline_raw,
        byline_raw=article.byline_raw,
        date_candidates=article.date_candidates,
        modified_raw=article.modified_raw,
        is_fetch_time_known=article.is_fetch_time_known,
        blocks=article.blocks,
    )
    for line in clean_article(raw, load_rules()):
        reason = line.rule or line.reason or line.markup or "-"
        print(escape_terminal(f"{line.destination:<20} {reason:<24} {line.text}"))
    date_article(raw)
    print()
    if article.error_page:
        print(f"{'no article':<20} {article.error_page}")
    for name in FIELDS:
        print(escape_terminal(f"{name:<20} {getattr(raw, name)}"))
