"""``scrapy reextract``: stored articles once more from their pages, by the code as it is today."""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.spiderloader import get_spider_loader

from crawler.archive.settings import Archiving
from crawler.period import read_period
from crawler.reextract.changes import COMPARED, Change
from crawler.reextract.reextraction import Asked, Changed, Kind, Reextraction
from crawler.running import (
    check_options,
    checked_store,
    harmless,
    harmless_json,
    one_outlet,
    printing,
    stop,
)
from crawler.store import StoreError
from crawler.terminal import Terminal, show_differences, show_line
from crawler.verdict import PARTLY, STORE_TROUBLE, UNEXPECTED, WELL
from crawler.workers import WorkerLost, Workers, processors

SHORT = 80
"""Characters of a value that is shown beside the one before, not line by line."""

LEFT: dict[Kind, str] = {
    "no_record": "no page in the archive (stored before there was one, or no longer kept)",
    "no_outlet": "an outlet that is not known any more",
    "unreadable": "a page that cannot be read",
    "no_article": "a page on which this code finds no article",
    "superseded": "another version that came meanwhile (run it again)",
}
TROUBLE: tuple[Kind, ...] = ("no_outlet", "unreadable", "no_article")


class Command(ScrapyCommand):
    """Exit codes as in ``crawler/verdict.py``; 3 where a page could not be read or is none now."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [OUTLET ...]"

    def short_desc(self) -> str:
        return "Show what today's code reads otherwise on kept pages, and store that (--apply)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--since", metavar="DAY|AGE", help="only articles published from then on")
        add("--until", metavar="DAY|AGE", help="only articles published up to then")
        add("--limit", metavar="N", help="articles at the most, those stored first")
        add("--apply", action="store_true", help="store what is read: new versions, marked as ours")
        add("--json", action="store_true", help="one JSON object a changed article")
        add("--jobs", metavar="N", help="processes that read pages (default: all processors)")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        check_options(args)
        names = get_spider_loader(self.settings).list()
        known = {name: one_outlet(self.settings, name) for name in [*names, *args]}
        self.processes = number("--jobs", opts.jobs) or processors()
        limit = number("--limit", opts.limit)
        try:
            period = read_period(opts.since, opts.until, datetime.now(UTC), "--since")
            archive = Archiving.of(self.settings)
        except ValueError as error:
            stop(str(error))
        except StoreError as error:
            stop(str(error), STORE_TROUBLE)
        if archive is None:
            stop("there is no archive: ARCHIVE is empty")
        if not archive.folder.is_dir():
            stop(f"there is no archive: {archive.folder} is no folder")
        self.asked = Asked(archive.folder, known, tuple(args), period, limit, opts.apply)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        with checked_store(self.settings) as store, printing(), ended_alike():
            done = Reextraction(store, self.asked)
            console = Terminal(highlight=False, soft_wrap=True)
            try:
                with Workers(self.processes) as workers:
                    for changed in done.run(workers):
                        if opts.json:
                            print(harmless_json(as_json(changed, is_stored=opts.apply)))
                        else:
                            show(changed, console)
            except StoreError as error:
                stop(str(error), STORE_TROUBLE)
            except WorkerLost as error:
                stop(str(error), UNEXPECTED)
            except KeyboardInterrupt:
                stop("ended before it was done; run it again", PARTLY)
            if opts.json:
                print(*told(done), sep="\n", file=sys.stderr)
            else:
                show_fields(done, console)
                print(*told(done), sep="\n")
            self.exitcode = PARTLY if any(done.left[kind].count for kind in TROUBLE) else WELL


@contextmanager
def ended_alike() -> Iterator[None]:
    """SIGTERM ends as Ctrl-C does: the processes that read are told."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def number(name: str, given: str | None) -> int | None:
    """A number of one or more, or the end of the command."""
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", given) or not int(given):
        stop(f"{name} {given!r} is no number of one or more")
    return int(given)


def told(done: Reextraction) -> Iterator[str]:
    """What came of it, in sentences."""
    is_applied = done.asked.is_applied
    if not done.changed:
        yield f"Nothing {'is' if is_applied else 'would be'} changed; articles read: {done.read}."
    elif is_applied:
        yield f"Changed, as versions of ours: {done.changed} of {done.read} articles read."
    else:
        yield f"Would be changed: {done.changed} of {done.read} articles read; --apply does it."
    for kind, words in LEFT.items():
        if left := done.left.get(kind):
            yield f"Left as stored: {left.count} with {words}:"
            yield from (f"  {harmless(example)}" for example in left.examples)


# -- for machines -------------------------------------------------------------------------


def as_json(changed: Changed, *, is_stored: bool) -> dict[str, Any]:
    """``revision``: of the version that is read anew."""
    stored = changed.stored
    return {
        "outlet": stored.outlet,
        "url": stored.url,
        "canonical_url": stored.canonical_url,
        "revision": stored.revision,
        "fetched_at": stored.fetched_at,
        "extractor_version": stored.extractor_version,
        "record": stored.record,
        "is_stored": is_stored,
        "changes": {name: change._asdict() for name, change in changed.fields.items()},
    }


# -- for people -----------------------------------------------------------------------------


def show(changed: Changed, console: Console) -> None:
    show_line(console, f"{changed.stored.canonical_url}  version {changed.stored.revision}", "bold")
    for name, change in changed.fields.items():
        if name == "blocks":  # what they come to is seen in the other fields
            show_line(console, f"{name}: {len(change.old)} → {len(change.new)}")
        else:
            show_field(name, change, console)
    console.print()


def show_field(name: str, change: Change, console: Console) -> None:
    old, new = as_text(change.old), as_text(change.new)
    if "\n" not in old + new and max(len(old), len(new)) <= SHORT:
        show_line(console, f"{name}: {old} → {new}")
    else:
        show_line(console, f"{name}:")
        show_differences(console, old, new)


def as_text(value: Any) -> str:
    """A value as people read it: an entry of a list, or a part of an object, a line."""
    match value:
        case str():
            return value
        case list():
            return "\n".join(map(as_text, value)) or "(none)"
        case dict():
            return ", ".join(f"{name}: {as_text(part)}" for name, part in value.items())
    return json.dumps(value, ensure_ascii=False)


def show_fields(done: Reextraction, console: Console) -> None:
    """How many articles change in each field."""
    if done.fields:
        table = Table("field", "articles")
        for name in COMPARED:
            if done.fields[name]:
                table.add_row(name, str(done.fields[name]))
        console.print(table)
