"""``scrapy search WORDS``: stored articles by words of their headlines and bodies."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from rich.text import Text

from crawler.cli.arguments import check_options, fail, positive_int
from crawler.cli.command import PlainCommand
from crawler.cli.store import check_outlet, existing_store, make_searchable
from crawler.dates.parse import SEOUL
from crawler.dates.period import read_period
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.search.query import Asked, Hit, search, words_of
from crawler.terminal.output import Terminal, escape_terminal, safe_json, safe_stdout
from crawler.terminal.snippet import marked, snippet


class Command(PlainCommand):
    takes = "[options] WORD ..."
    does = "Find stored articles by words, or parts of words, the newest first"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--outlet", metavar="NAME", help="articles of this outlet alone")
        parser.add_argument("--since", help="a day or an age: published then or later")
        parser.add_argument("--until", help="a day or an age (a day is included whole)")
        parser.add_argument("--limit", default="20", help="articles at most (default: 20)")
        parser.add_argument("--json", action="store_true", help="one JSON object an article")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        words = words_of(" ".join(args))
        if not words:
            fail("search takes one word or more")
        self.limit = positive_int("--limit", opts.limit) or 0
        try:
            period = read_period(opts.since, opts.until, datetime.now(UTC))
        except ValueError as error:
            fail(str(error))
        self.asked = Asked(words, opts.outlet, bound(period.since), bound(period.until))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = OK
        with existing_store(self.settings) as store, safe_stdout():
            try:
                if self.asked.outlet is not None:
                    check_outlet(self.settings, store, self.asked.outlet)
                make_searchable(store)
                hits = search(store, self.asked, self.limit)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            if not hits and not opts.json:
                print("No stored article has all of these words.")
            console = Terminal(highlight=False, soft_wrap=True)
            for hit in hits:
                if opts.json:
                    print(safe_json(as_json(hit, self.asked)))
                else:
                    show(hit, self.asked, console)


def bound(moment: datetime | None) -> str | None:
    """A moment as the beginning of a date in the store: a day in Korea, or a minute of it."""
    if moment is None:
        return None
    return moment.astimezone(SEOUL).isoformat()[:16].removesuffix("T00:00")


def as_json(hit: Hit, asked: Asked) -> dict[str, str | None]:
    fields = hit._asdict()
    fields["snippet"] = snippet((hit.body, hit.alternative_headline), asked.words)
    return fields


def show(hit: Hit, asked: Asked, console: Terminal) -> None:
    """Date, outlet and headline, what stands around the first hit, and the address."""
    gone = "  (gone)" if hit.gone_at else ""
    head = f"{hit.date_published or 'no date':<25}  {hit.outlet:<16} "
    headline = emphasised(hit.headline or "(no headline)", asked)
    console.print(Text.assemble(head, headline, gone))
    around = snippet((hit.body, hit.alternative_headline), asked.words)
    console.print(Text.assemble("    ", emphasised(around, asked)))
    console.print(Text(f"    {escape_terminal(hit.url)}\n", "dim"))


def emphasised(text: str, asked: Asked) -> Text:
    """The text, harmless, its hits in bold."""
    return Text.assemble(
        *(
            (escape_terminal(part), "bold" if is_hit else "")
            for part, is_hit in marked(text, asked.words)
        )
    )
