"""``scrapy history URL``: every version of an article, what changed, and when it was gone."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console

from crawler.cli.arguments import check_options, fail, outlets_by_host, web_addresses
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store
from crawler.crawl.stored_urls import addresses_of
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.store import StoreError
from crawler.store.articles.history import Absence, History, Version, read_history
from crawler.terminal.output import Terminal, safe_json, safe_stdout, show_differences, show_line

COMPARED = ("headline", "alternative_headline", "body")


class Command(PlainCommand):
    takes = "[options] URL"
    does = "Show every version of an article, what changed in it, and when it was gone"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object instead")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options(args)
        if len(args) != 1:
            fail("history takes one URL")
        (self.asked,) = web_addresses(args)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        addresses = addresses_of(self.asked, outlets_by_host(self.settings))
        with checked_store(self.settings) as store:
            try:
                history = read_history(store, addresses)
            except StoreError as error:
                fail(str(error), STORE_ERROR)
        if history is None:
            fail(f"{self.asked} is not in the store")
        self.exitcode = OK
        with safe_stdout():
            if opts.json:
                print(safe_json(as_json(history)))
            else:
                show(history, Terminal(highlight=False, soft_wrap=True))


# -- for machines -------------------------------------------------------------------------


def as_json(history: History) -> dict[str, Any]:
    """The history as one object; each version says what changed towards the one before."""
    before: Version | None = None
    versions = []
    for version in history.versions:
        shown = version._asdict() | {"is_current": bool(version.is_current)}
        versions.append(shown | {"changed": changed(before, version)})
        before = version
    return {
        "canonical_url": history.canonical_url,
        "outlet": history.outlet,
        "state": "forgotten" if history.forgotten else "gone" if history.gone_at else "there",
        "gone_at": history.gone_at,
        "absences": [absence._asdict() for absence in history.absences],
        "forgotten": history.forgotten._asdict() if history.forgotten else None,
        "aliases": history.aliases,
        "versions": versions,
    }


def changed(before: Version | None, version: Version) -> list[str]:
    """The names of the texts that are others than in the version before."""
    if before is None:
        return []
    return [name for name in COMPARED if getattr(before, name) != getattr(version, name)]


# -- for people -----------------------------------------------------------------------------


def show(history: History, console: Console) -> None:
    """Print what happened, in the order in which it was seen; times are UTC."""
    show_line(console, history.canonical_url, "bold")
    for alias in history.aliases:
        show_line(console, f"also at {alias}")
    show_line(console, f"{history.outlet} · {state(history)}")
    if history.forgotten and history.forgotten.reason:
        show_line(console, f"why: {history.forgotten.reason}")
    before: Version | None = None
    events: list[Version | Absence] = [*history.versions, *history.absences]
    for event in sorted(events, key=when):
        console.print()
        if isinstance(event, Absence):
            back = f", there again {event.back_at}" if event.back_at else ""
            show_line(console, f"Gone {event.gone_at}{back}", "bold yellow")
        else:
            show_version(event, before, console)
            before = event


def when(event: Version | Absence) -> str:
    return event.gone_at if isinstance(event, Absence) else event.fetched_at


def state(history: History) -> str:
    if history.forgotten:
        return f"forgotten for good {history.forgotten.forgotten_at}; nothing of it is kept"
    count = len(history.versions)
    return f"{count} version{'s' if count > 1 else ''} · " + (
        f"gone since {history.gone_at}" if history.gone_at else "there when last visited"
    )


def show_version(version: Version, before: Version | None, console: Console) -> None:
    title = f"Version {version.revision}{' (current)' if version.is_current else ''}"
    if version.revised_by == "extractor":
        title += " · read anew by this program from the page of the one before"
    show_line(
        console, f"{title} · seen {version.fetched_at} to {version.last_seen_at}", "bold cyan"
    )
    dates = f"published {version.date_published or 'on a day not known'}"
    if version.date_modified:
        dates += f" · modified {version.date_modified}"
    show_line(console, dates)
    if version.duplicate_of:
        show_line(console, f"the text of {version.duplicate_of}")
    if before is None:
        show_line(console, version.headline or "(no headline)", "bold")
        for paragraph in (version.body or "").splitlines():
            show_line(console, f"  {paragraph}")
        return
    for name in COMPARED:
        old, new = getattr(before, name) or "", getattr(version, name) or ""
        if old != new:
            show_line(console, f"{name.replace('_', ' ')}:", "bold")
            show_differences(console, old, new)
