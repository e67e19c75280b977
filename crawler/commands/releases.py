"""``scrapy releases``: the press releases that most outlets printed, and what each made of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from crawler.cli.arguments import check_options, fail, outlets_by_host, web_addresses
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store, warn_of_unclustered
from crawler.crawl.stored_urls import addresses_of
from crawler.dates.parse import SEOUL
from crawler.dates.period import read_period
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.similarity.edits import text_edits
from crawler.store import Store, StoreError
from crawler.store.clusters.queries import Printed, most_printed, release, release_of
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout


class Command(PlainCommand):
    takes = "[options] [CLUSTER_ID|URL]"
    does = "Show the press releases most printed: who first, who changed what"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--since", default="7d", help="a day or an age (default: 7d)")
        parser.add_argument("--until", help="a day or an age (default: now)")
        parser.add_argument("--limit", type=int, default=20, help="releases at most (default: 20)")
        parser.add_argument("--json", action="store_true", help="one JSON object a release")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if len(args) > 1:
            fail("releases takes one cluster_id or one URL at most")
        if opts.limit < 1:
            fail(f"--limit {opts.limit} is no number of one or more")
        try:
            period = read_period(opts.since, opts.until, datetime.now(UTC))
        except ValueError as error:
            fail(str(error))
        self.since, self.until = (
            bound.astimezone(SEOUL).isoformat() if bound else None
            for bound in (period.since, period.until)
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = OK
        with checked_store(self.settings) as store, safe_stdout():
            try:
                warn_of_unclustered(store)
                for id in self._asked(store, args, opts.limit):
                    prints = release(store, id)
                    if not prints:
                        fail(f"there is no release {id}")
                    if opts.json:
                        print(safe_json(as_json(prints)))
                    else:
                        print(*map(escape_terminal, as_lines(prints)), sep="\n", end="\n\n")
            except StoreError as error:
                fail(str(error), STORE_ERROR)

    def _asked(self, store: Store, args: list[str], limit: int) -> Iterator[str]:
        if not args:
            found = most_printed(store, self.since, self.until, limit)
            if not found:
                fail("no release was printed by two outlets in that time", OK)
            yield from (one.cluster_id for one in found)
        elif ":" not in args[0]:
            yield args[0]
        else:
            assert self.settings is not None
            (url,) = web_addresses(args)
            id = release_of(store, addresses_of(url, outlets_by_host(self.settings)))
            if id is None:
                fail(f"{url} is not in the store")
            yield id


def as_json(prints: list[Printed]) -> dict[str, Any]:
    """One release: who printed it, in order of publication, and what each changed."""
    first = prints[0]
    return {
        "cluster_id": first.cluster_id,
        "headline": first.headline,
        "source_organization": issuer(prints),
        "outlets": len({one.outlet for one in prints}),
        "prints": [
            {
                "outlet": one.outlet,
                "url": one.url,
                "date_published": one.date_published,
                "headline": one.headline,
                "edit_kind": one.edit_kind,
                "changes": None if one is first else _changes(first, one).as_dict(),
                "carries": list(one.carries),
            }
            for one in prints
        ],
    }


def as_lines(prints: list[Printed]) -> Iterator[str]:
    first = prints[0]
    outlets = len({one.outlet for one in prints})
    by = f", from {who}" if (who := issuer(prints)) else ""
    yield f"{first.cluster_id}  {outlets} outlets{by}: {first.headline or '(no headline)'}"
    for one in prints:
        kind = "first" if one is first else one.edit_kind or "-"
        what = "" if one is first else f"  ({_changes(first, one)})"
        yield f"  {one.date_published or 'no date':<25}  {kind:<9} {one.outlet:<16} {one.url}{what}"
        yield from (f"  {'':<25}  also carries {id}" for id in one.carries)


def issuer(prints: list[Printed]) -> str | None:
    """Who issued it, by the first print that says so."""
    return next((one.issuer for one in prints if one.issuer), None)


def _changes(first: Printed, one: Printed) -> Any:
    return text_edits(first.body, one.body, first.headline, one.headline)
