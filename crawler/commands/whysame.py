"""``scrapy whysame URL1 URL2``: says if two URLs are one page, and which rule decides."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from scrapy.spiderloader import get_spider_loader

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.line_file import process_lines
from crawler.crawl.spider import OutletSpider, site_of
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL
from crawler.terminal.output import safe_stdout
from crawler.urls import Identity, UrlComparison, compare

Pair = tuple[str, str]


class Command(PlainCommand):
    """Command that compares two URLs, or the pairs of a file."""

    usage = "[options] URL1 URL2"
    summary = "Say if two URLs are one page, and which rule decides"
    details = "Uses neither the network nor the store."
    exit_notes = (
        (OK, "the URLs were compared, with either answer"),
        (BAD_USAGE, "no line of --file is a pair of URLs"),
        (PARTIAL, "some lines of --file are not pairs of URLs"),
    )
    example = """\
$ scrapy whysame "http://m.seonamtoday.com/m/view.php?idx=32750&mcode=m1" \
"https://seonamtoday.com/news/view.php?idx=32750"
same
  rule       dadamedia
  reason     idx numbers all articles of an outlet; mcode and the rest say from which list it \
was opened
  first      http://seonamtoday.com/news/view.php?idx=32750  (32750)
  second     http://seonamtoday.com/news/view.php?idx=32750  (32750)"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object per pair")
        parser.add_argument(
            "--file",
            type=Path,
            metavar="FILE",
            help="read pairs instead: two URLs per line, separated by a tab or a space",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check that two URLs or a file are given."""
        super().process_options(args, opts)
        check_options(args)
        if len(args) != (0 if opts.file else 2):
            fail("whysame takes two URLs, or --file, and not both")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print an answer per pair."""
        loader = get_spider_loader(self.settings)
        outlets = [loader.load(name) for name in loader.list()]
        sites = [site_of(outlet) for outlet in outlets if issubclass(outlet, OutletSpider)]

        def answer(pair: Pair) -> None:
            _print(pair, compare(*pair, sites), opts.json)

        self.exitcode = OK
        with safe_stdout():
            if opts.file:
                self.exitcode = process_lines(opts.file, lambda line: answer(_pair(line)))
                return
            try:
                answer((args[0], args[1]))
            except ValueError as error:
                fail(str(error))


def _pair(line: bytes) -> Pair:
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("the line must be UTF-8") from None
    urls = text.split("\t") if "\t" in text else text.split()
    if len(urls) != 2:
        raise ValueError(f"the line must have two URLs, not {len(urls)}")
    return urls[0], urls[1]


def _print(pair: Pair, answer: UrlComparison, as_json: bool) -> None:
    if as_json:
        row = {
            "same": answer.same,
            "rule": answer.rule,
            "reason": answer.reason,
            "first": _as_json(pair[0], answer.first),
            "second": _as_json(pair[1], answer.second),
        }
        print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{'same' if answer.same else 'different'}\n  rule       {answer.rule}")
    print(f"  reason     {answer.reason}")
    for name, identity in (("first", answer.first), ("second", answer.second)):
        number = f"  ({identity.article_id})" if identity.article_id else ""
        print(f"  {name:<10} {identity.canonical_url}{number}")
    print()


def _as_json(url: str, identity: Identity) -> dict[str, str | None]:
    return {
        "url": url,
        "canonical_url": identity.canonical_url,
        "article_id": identity.article_id,
        "rule": identity.rule,
    }
