"""``scrapy search WORD``: full-text search in the headlines and bodies of stored articles."""

from __future__ import annotations

import argparse
from datetime import datetime

from rich.text import Text

from crawler.cli.arguments import (
    add_period_options,
    check_options,
    fail,
    parse_period,
    positive_int,
)
from crawler.cli.command import PlainCommand
from crawler.cli.store import check_outlet, make_searchable, store_for
from crawler.dates.parse import SEOUL
from crawler.outcomes.exit_codes import OK
from crawler.store.search.query import Hit, SearchQuery, search, words_of
from crawler.terminal.output import Terminal, escape_terminal, safe_json, safe_stdout
from crawler.terminal.snippet import marked, snippet


class Command(PlainCommand):
    """Command that prints the articles that contain every word."""

    usage = "[options] WORD ..."
    summary = "Find stored articles by words, or parts of words, newest first"
    details = "An article must contain every WORD."
    see_also = ("search.md",)
    example = """\
$ scrapy search --limit 1 축제
2024-09-11T21:18+09:00     papns            해늘군, 다솜체육공원서 사흘간 ‘별 헤는 밤’ 축제
    해늘군이 다솜체육공원 일원에서 연 가을 축제가 14만 명의 발길 속에 1일 막을 내렸다. …
    https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8951"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        add = parser.add_argument
        add("--outlet", metavar="NAME", help="only articles of this outlet (default: all)")
        add_period_options(parser)
        add("--limit", metavar="N", default="20", help="articles at most (default: 20)")
        add("--json", action="store_true", help="one JSON object per article")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check words, period and limit."""
        super().process_options(args, opts)
        check_options(args)
        words = words_of(" ".join(args))
        if not words:
            fail("search takes one or more words")
        self.limit = positive_int("--limit", opts.limit) or 0
        period = parse_period(opts.since, opts.until)
        self.query = SearchQuery(words, opts.outlet, bound(period.since), bound(period.until))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Search, and print a paragraph or an object per article."""
        self.exitcode = OK
        with store_for(self.settings, must_exist=True) as store, safe_stdout():
            if self.query.outlet is not None:
                check_outlet(self.settings, store, self.query.outlet)
            make_searchable(store)
            hits = search(store, self.query, self.limit)
            if not hits and not opts.json:
                print("No stored article has all of these words.")
            console = Terminal(highlight=False, soft_wrap=True)
            for hit in hits:
                if opts.json:
                    print(safe_json(as_json(hit, self.query)))
                else:
                    show(hit, self.query, console)


def bound(moment: datetime | None) -> str | None:
    """Return a moment as the beginning of a date in the store: a day in Korea, or its minute."""
    if moment is None:
        return None
    return moment.astimezone(SEOUL).isoformat()[:16].removesuffix("T00:00")


def as_json(hit: Hit, query: SearchQuery) -> dict[str, str | None]:
    """Return the hit's fields and its snippet."""
    fields = hit._asdict()
    fields["snippet"] = snippet((hit.body, hit.alternative_headline), query.words)
    return fields


def show(hit: Hit, query: SearchQuery, console: Terminal) -> None:
    """Print date, outlet and headline, the text around the first word, and the address."""
    gone = "  (gone)" if hit.gone_at else ""
    head = f"{hit.date_published or 'no date':<25}  {hit.outlet:<16} "
    headline = emphasised(hit.headline or "(no headline)", query)
    console.print(Text.assemble(head, headline, gone))
    around = snippet((hit.body, hit.alternative_headline), query.words)
    console.print(Text.assemble("    ", emphasised(around, query)))
    console.print(Text(f"    {escape_terminal(hit.url)}\n", "dim"))


def emphasised(text: str, query: SearchQuery) -> Text:
    """Return the text, escaped, with the words in bold."""
    return Text.assemble(
        *(
            (escape_terminal(part), "bold" if is_hit else "")
            for part, is_hit in marked(text, query.words)
        )
    )
