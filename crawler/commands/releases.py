"""``scrapy releases``: the press releases that most outlets printed, and how each changed them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from crawler.cli.arguments import (
    check_options,
    fail,
    outlets_by_host,
    parse_period,
    positive_int,
    web_addresses,
)
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for, warn_of_unclustered
from crawler.crawl.stored_urls import addresses_of
from crawler.dates.parse import SEOUL
from crawler.outcomes.exit_codes import OK
from crawler.similarity.edits import TextEdits, text_edits
from crawler.store import Store
from crawler.store.clusters.queries import ClusterMember, cluster_of, members_of, most_printed
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout


class Command(PlainCommand):
    """Command that prints clusters of articles, largest first, or one cluster."""

    usage = "[options] [CLUSTER_ID|URL]"
    summary = "Show the most printed press releases: who printed first, who changed what"
    details = "With CLUSTER_ID, or the URL of an article: only that press release."
    see_also = ("article.md",)
    example = """\
$ scrapy releases --since 3d --limit 1
r89515d5a5780310  2 outlets, from 온누시: 온누시, 마을버스 9개 노선 새로 놓는다
  2024-09-09T14:53:18+09:00  first     seonamtoday      \
http://seonamtoday.com/news/view.php?idx=32709
  2024-09-10T00:29:18+09:00  verbatim  gosiweek         \
https://www.gosiweek.com/article/179524905608936  (nothing)"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add(
            "--since",
            metavar="DAY|AGE",
            default="7d",
            help="only releases printed from then on (default: 7d)",
        )
        add("--until", metavar="DAY|AGE", help="only releases printed until then (default: now)")
        add("--limit", metavar="N", default="20", help="releases at most (default: 20)")
        add("--json", action="store_true", help="one JSON object per release")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check period and limit."""
        super().process_options(args, opts)
        check_options(args)
        if len(args) > 1:
            fail("releases takes at most one cluster_id or URL")
        self.limit = positive_int("--limit", opts.limit) or 0
        period = parse_period(opts.since, opts.until)
        self.since, self.until = (
            bound.astimezone(SEOUL).isoformat() if bound else None
            for bound in (period.since, period.until)
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print a paragraph or an object per release."""
        self.exitcode = OK
        with store_for(self.settings) as store, safe_stdout():
            warn_of_unclustered(store)
            for id in self._cluster_ids(store, args):
                prints = members_of(store, id)
                if not prints:
                    fail(f"unknown cluster_id {id!r}; scrapy releases lists them")
                if opts.json:
                    print(safe_json(as_json(prints)))
                else:
                    print(*map(escape_terminal, as_lines(prints)), sep="\n", end="\n\n")

    def _cluster_ids(self, store: Store, args: list[str]) -> Iterator[str]:
        if not args:
            clusters = most_printed(store, self.since, self.until, self.limit)
            if not clusters:
                fail("no release was printed by two outlets in that time", OK)
            yield from (cluster.cluster_id for cluster in clusters)
        elif ":" not in args[0]:
            yield args[0]
        else:
            (url,) = web_addresses(args)
            id = cluster_of(store, addresses_of(url, outlets_by_host(self.settings)))
            if id is None:
                fail(f"{url} is not in the store")
            yield id


def as_json(prints: list[ClusterMember]) -> dict[str, Any]:
    """Return one release: its prints in order of publication, each with its changes."""
    first = prints[0]
    return {
        "cluster_id": first.cluster_id,
        "headline": first.headline,
        "source_organization": issuer(prints),
        "outlets": len({article.outlet for article in prints}),
        "prints": [
            {
                "outlet": article.outlet,
                "url": article.url,
                "date_published": article.date_published,
                "headline": article.headline,
                "edit_kind": article.edit_kind,
                "changes": None if article is first else _edits(first, article).as_dict(),
                "carries": list(article.carries),
            }
            for article in prints
        ],
    }


def as_lines(prints: list[ClusterMember]) -> Iterator[str]:
    """Yield a line for the release, then one per print."""
    first = prints[0]
    outlets = len({article.outlet for article in prints})
    source = f", from {name}" if (name := issuer(prints)) else ""
    yield f"{first.cluster_id}  {outlets} outlets{source}: {first.headline or '(no headline)'}"
    for article in prints:
        kind = "first" if article is first else article.edit_kind or "-"
        edits = "" if article is first else f"  ({_edits(first, article)})"
        day = article.date_published or "no date"
        yield f"  {day:<25}  {kind:<9} {article.outlet:<16} {article.url}{edits}"
        yield from (f"  {'':<25}  also carries {id}" for id in article.carries)


def issuer(prints: list[ClusterMember]) -> str | None:
    """Return the issuing organization, from the first print that names it."""
    return next((article.issuer for article in prints if article.issuer), None)


def _edits(first: ClusterMember, article: ClusterMember) -> TextEdits:
    return text_edits(first.body, article.body, first.headline, article.headline)
