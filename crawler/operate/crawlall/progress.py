"""Table of the crawls at a terminal, live and at the end."""

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
    """Live view that is drawn only on :meth:`show`."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def show(self, results: Iterable[OutletResult]) -> None:
        """Draw the table."""
        self.live.update(table(results), refresh=True)

    def beside(self, skipped: Collection[OutletResult]) -> Callable[[Collection[Crawl]], None]:
        """Return a function that draws running crawls beside the skipped outlets."""
        return lambda crawls: self.show([*skipped, *map(OutletResult.so_far, crawls)])


def table(results: Iterable[OutletResult]) -> Table:
    """Return one row per outlet; texts are not read as markup."""
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))  # fits 80 columns
    for name in TEXT_COLUMNS:
        rows.add_column(name, no_wrap=name == TEXT_COLUMNS[0])
    for name in NUMBER_COLUMNS:
        rows.add_column(name, justify="right")
    for outlet in sorted(results, key=lambda result: result.outlet):
        counts = [outlet.counts[name] for name in ("new", "changed", "duplicates")]
        numbers = map(str, [outlet.fetched, *counts, outlet.errors, rate(outlet)])
        rows.add_row(Text(escape_terminal(outlet.outlet)), state(outlet), *numbers)
    return rows


def state(outlet: OutletResult) -> Text:
    """Return waiting, crawling, or the name of the exit code."""
    if outlet.exit_code is not None:
        return Text(NAMES[outlet.exit_code], style="green" if outlet.exit_code == OK else "red")
    return Text("waiting" if outlet.started_at is None else "crawling")


def rate(outlet: OutletResult) -> int:
    """Return pages per minute."""
    return round(60 * outlet.fetched / outlet.seconds) if outlet.seconds else 0
