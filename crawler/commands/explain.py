"""``scrapy explain FILE|URL``: a page line by line, and what became of each line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.commands import ScrapyCommand

from crawler.article import Article
from crawler.cli.arguments import check_options, fail, outlets_by_host
from crawler.cli.checks import check_browser, check_log, check_manners
from crawler.cli.store import checked_store
from crawler.outcomes.exit_codes import OK, PARTIAL
from crawler.reprocess.explain import fetching, from_file, from_store
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


class Command(ScrapyCommand):
    """A URL is looked up in the store; ``--fetch`` asks the outlet, as politely as a crawl."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] FILE|URL"

    def short_desc(self) -> str:
        return "Show a page line by line: kept, dropped by which rule, moved to which field"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--fetch", action="store_true", help="ask the outlet for the URL's page"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if len(args) != 1:
            fail("explain takes one file or one URL")
        assert self.settings is not None
        if not opts.loglevel:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        check_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        assert self.settings is not None
        self.outlets = outlets_by_host(self.settings)
        self.exitcode = OK
        articles = self._articles(args[0], opts.fetch)
        with safe_stdout():
            for article in articles:
                explain(article)

    def _articles(self, asked: str, fetch: bool) -> list[Article]:
        if not asked.lower().startswith(("http:", "https:")):
            return from_file(Path(asked), self.outlets, self._refuse)
        try:
            read(asked)
        except ValueError as error:
            fail(str(error))
        assert self.settings is not None
        if fetch:
            check_manners(self.settings)
            return self._fetched(asked)
        with checked_store(self.settings) as store:
            article = from_store(asked, self.outlets, store)
        if article is None:
            fail(f"{asked} is not in the store; --fetch asks the outlet")
        return [article]

    def _fetched(self, url: str) -> list[Article]:
        assert self.crawler_process is not None
        outlet = self.outlets.get(host_of(url))
        if outlet is None:
            fail(f"no outlet of ours is at {url}")
        assert self.settings is not None
        check_browser(self.settings, outlet)
        found: list[Article] = []

        def take(item: Any, **_: Any) -> None:
            found.append(item)

        crawler = self.crawler_process.create_crawler(fetching(outlet, url))
        crawler.settings.set("ITEM_PIPELINES", {}, priority="cmdline")
        crawler.settings.set("SPIDER_MIDDLEWARES", {}, priority="cmdline")
        # only a crawl, which holds its outlet, writes there
        crawler.settings.set("ARCHIVE", "", priority="cmdline")
        crawler.signals.connect(take, signals.item_scraped)
        self.crawler_process.crawl(crawler)
        self.crawler_process.start()
        if not found:
            fail(f"{url} could not be fetched", PARTIAL)
        return found

    def _refuse(self, error: BadInput) -> None:
        fail(str(error))


def explain(article: Article) -> None:
    """Print every line with its fate and the reason, then the fields that came of it."""
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
        blocks=article.blocks,
    )
    for line in clean_article(raw, load_rules()):
        why = line.rule or line.reason or line.markup or "-"
        print(escape_terminal(f"{line.destination:<20} {why:<24} {line.text}"))
    date_article(raw)
    print()
    if article.soft_error:
        print(f"{'no article':<20} {article.soft_error}")
    for name in FIELDS:
        print(escape_terminal(f"{name:<20} {getattr(raw, name)}"))
