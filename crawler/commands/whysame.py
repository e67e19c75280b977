"""``scrapy whysame URL1 URL2``: whether two addresses are one page, by which rule and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from scrapy.spiderloader import get_spider_loader

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.crawl.spider import OutletSpider, site_of
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL
from crawler.terminal.output import safe_stdout
from crawler.urls import Identity, Site, UrlComparison, compare

Pair = tuple[str, str]


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``: 0 whatever the answer is; 3 where some lines of a
    file are no two addresses, 2 where none is. Asks neither the network nor the store."""

    takes = "[options] URL1 URL2"
    does = "Say whether two addresses are one page, and which rule decides"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object a pair")
        parser.add_argument(
            "--file", type=Path, help="two addresses a line, a tab or a space between, instead"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if len(args) != (0 if opts.file else 2):
            fail("whysame takes two URLs, or --file, and not both")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        outlets = [loader.load(name) for name in loader.list()]
        self.sites = [site_of(outlet) for outlet in outlets if issubclass(outlet, OutletSpider)]
        self.exitcode = OK
        with safe_stdout():
            if opts.file:
                self.exitcode = _answer_file(opts.file, self.sites, opts.json)
                return
            try:
                answer = compare(args[0], args[1], self.sites)
            except ValueError as error:
                fail(str(error))
            _print((args[0], args[1]), answer, opts.json)


def _answer_file(file: Path, sites: list[Site], as_json: bool) -> int:
    """Print an answer a pair; name each line that cannot be read on stderr."""
    good = bad = 0
    try:
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            try:
                pair = _pair(line)
                _print(pair, compare(*pair, sites), as_json)
                good += 1
            except ValueError as error:
                print(f"scrapy: {file}, line {number}: {error}", file=sys.stderr)
                bad += 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        fail(f"the file {file} cannot be read: {error.strerror}")
    if not good and not bad:
        print(f"scrapy: {file} is empty", file=sys.stderr)
    return BAD_USAGE if not good else PARTIAL if bad else OK


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as lines:
        yield from lines


def _pair(line: bytes) -> Pair:
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("this is no UTF-8") from None
    urls = text.split("\t") if "\t" in text else text.split()
    if len(urls) != 2:
        raise ValueError(f"two addresses are wanted, and here are {len(urls)}")
    return urls[0], urls[1]


def _print(pair: Pair, answer: UrlComparison, as_json: bool) -> None:
    if as_json:
        row = {
            "same": answer.same,
            "rule": answer.rule,
            "why": answer.reason,
            "first": _described(pair[0], answer.first),
            "second": _described(pair[1], answer.second),
        }
        print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{'same' if answer.same else 'different'}\n  rule       {answer.rule}")
    print(f"  why        {answer.reason}")
    for name, identity in (("first", answer.first), ("second", answer.second)):
        number = f"  ({identity.article_id})" if identity.article_id else ""
        print(f"  {name:<10} {identity.canonical_url}{number}")
    print()


def _described(url: str, identity: Identity) -> dict[str, str | None]:
    return {
        "url": url,
        "canonical_url": identity.canonical_url,
        "article_id": identity.article_id,
        "rule": identity.rule,
    }
