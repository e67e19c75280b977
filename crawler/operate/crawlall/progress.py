"""The crawls as a table: live at a terminal, and as it stands in the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawler.operate.crawlall.result import OutletResult
from crawler.operate.process import Crawl
from crawler.outcomes.exit_codes import NAMES, OK
from crawler.terminal.output import escape_terminal

TEXT_COLUMNS, NUMBER_COLUMNS = (
    ("outlet", "state"),
    ("fetched", "new", "changed", "duplicates", "errors", "pages/min"),
)


class Progress:
    """A view that is only drawn anew when it is told of something."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def show(self, outcomes: Iterable[OutletResult]) -> None:
        self.live.update(table(outcomes), refresh=True)

    def beside(self, absent: Collection[OutletResult]) -> Callable[[Collection[Crawl]], None]:
        """What shows crawls that run beside those that do not."""
        return lambda crawls: self.show([*absent, *map(OutletResult.so_far, crawls)])


def table(outcomes: Iterable[OutletResult]) -> Table:
    """A row an outlet. What comes from outside is text, and no markup."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))  # fits 80 columns
    for name in TEXT_COLUMNS:
        shown.add_column(name, no_wrap=name == TEXT_COLUMNS[0])
    for name in NUMBER_COLUMNS:
        shown.add_column(name, justify="right")
    for one in sorted(outcomes, key=lambda outcome: outcome.outlet):
        counts = [one.counts[name] for name in ("new", "changed", "duplicates")]
        numbers = map(str, [one.fetched, *counts, one.errors, rate(one)])
        shown.add_row(Text(escape_terminal(one.outlet)), state(one), *numbers)
    return shown


def state(one: OutletResult) -> Text:
    if one.code is not None:
        return Text(NAMES[one.code], style="green" if one.code == OK else "red")
    return Text("waiting" if one.began is None else "crawling")


def rate(one: OutletResult) -> int:
    """Pages a minute."""
    return round(60 * one.fetched / one.seconds) if one.seconds else 0
