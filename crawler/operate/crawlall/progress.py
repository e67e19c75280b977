"""The crawls as a table: live at a terminal, and as it stands in the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawler.operate.crawlall.result import Outcome
from crawler.operate.process import Crawl
from crawler.outcomes.exit_codes import WELL, WORDS
from crawler.terminal.output import harmless

NAMES, NUMBERS = (
    ("outlet", "state"),
    ("fetched", "new", "changed", "duplicates", "errors", "pages/min"),
)


class Progress:
    """A view that is only drawn anew when it is told of something."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def show(self, outcomes: Iterable[Outcome]) -> None:
        self.live.update(table(outcomes), refresh=True)

    def beside(self, absent: Collection[Outcome]) -> Callable[[Collection[Crawl]], None]:
        """What shows crawls that run beside those that do not."""
        return lambda crawls: self.show([*absent, *map(Outcome.so_far, crawls)])


def table(outcomes: Iterable[Outcome]) -> Table:
    """A row an outlet. What comes from outside is text, and no markup."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))  # fits 80 columns
    for name in NAMES:
        shown.add_column(name, no_wrap=name == NAMES[0])
    for name in NUMBERS:
        shown.add_column(name, justify="right")
    for one in sorted(outcomes, key=lambda outcome: outcome.outlet):
        counts = [one.counts[name] for name in ("new", "changed", "duplicates")]
        numbers = map(str, [one.fetched, *counts, one.errors, rate(one)])
        shown.add_row(Text(harmless(one.outlet)), state(one), *numbers)
    return shown


def state(one: Outcome) -> Text:
    if one.code is not None:
        return Text(WORDS[one.code], style="green" if one.code == WELL else "red")
    return Text("waiting" if one.began is None else "crawling")


def rate(one: Outcome) -> int:
    """Pages a minute."""
    return round(60 * one.fetched / one.seconds) if one.seconds else 0
