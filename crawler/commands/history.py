"""``scrapy history URL``: every version of an article, its changes, and when it was gone."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console

from crawler.cli.arguments import check_options, fail, outlets_by_host, web_addresses
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for
from crawler.crawl.stored_urls import addresses_of
from crawler.outcomes.exit_codes import OK
from crawler.store.articles.history import Absence, History, Version, read_history
from crawler.terminal.output import Terminal, safe_json, safe_stdout, show_differences, show_line

COMPARED = ("headline", "alternative_headline", "body")


class Command(PlainCommand):
    """Command that prints the history of one article."""

    usage = "[options] URL"
    summary = "Show every version of an article, what changed, and when it was gone"
    details = "The URL may be any address of the article, also that of its mobile page."
    example = """\
$ scrapy history "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8951"
https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8951
papns · 1 version · present at the last visit

Version 1 (current) · seen 2024-09-11T15:49:40Z to 2024-09-12T15:49:40Z
published 2024-09-11T21:18+09:00
해늘군, 다솜체육공원서 사흘간 ‘별 헤는 밤’ 축제
  주민 동아리 74팀이 노래와 춤을 선보였고 객석은 늦은 밤까지 가득 찼다."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object with all of it")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the URL."""
        super().process_options(args, opts)
        check_options(args)
        if len(args) != 1:
            fail("history takes one URL")
        (self.url,) = web_addresses(args)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the history."""
        addresses = addresses_of(self.url, outlets_by_host(self.settings))
        with store_for(self.settings) as store:
            history = read_history(store, addresses)
        if history is None:
            fail(f"{self.url} is not in the store")
        self.exitcode = OK
        with safe_stdout():
            if opts.json:
                print(safe_json(as_json(history)))
            else:
                show(history, Terminal(highlight=False, soft_wrap=True))


# -- JSON ---------------------------------------------------------------------------------


def as_json(history: History) -> dict[str, Any]:
    """Return the history as one object; ``changed`` names the texts that differ from before."""
    before: Version | None = None
    versions = []
    for version in history.versions:
        fields = version._asdict() | {"is_current": bool(version.is_current)}
        versions.append(fields | {"changed": changed(before, version)})
        before = version
    return {
        "canonical_url": history.canonical_url,
        "outlet": history.outlet,
        "state": "forgotten" if history.forgotten else "gone" if history.gone_at else "present",
        "gone_at": history.gone_at,
        "absences": [absence._asdict() for absence in history.absences],
        "forgotten": history.forgotten._asdict() if history.forgotten else None,
        "aliases": history.aliases,
        "versions": versions,
    }


def changed(before: Version | None, version: Version) -> list[str]:
    """Return the names of the texts that differ from the version before."""
    if before is None:
        return []
    return [name for name in COMPARED if getattr(before, name) != getattr(version, name)]


# -- text -----------------------------------------------------------------------------------


def show(history: History, console: Console) -> None:
    """Print the events in the order in which they were observed; times are UTC."""
    show_line(console, history.canonical_url, "bold")
    for alias in history.aliases:
        show_line(console, f"alias {alias}")
    show_line(console, f"{history.outlet} · {state(history)}")
    if history.forgotten and history.forgotten.reason:
        show_line(console, f"reason: {history.forgotten.reason}")
    before: Version | None = None
    events: list[Version | Absence] = [*history.versions, *history.absences]
    for event in sorted(events, key=time_of):
        console.print()
        if isinstance(event, Absence):
            back = f", restored {event.back_at}" if event.back_at else ""
            show_line(console, f"Gone {event.gone_at}{back}", "bold yellow")
        else:
            show_version(event, before, console)
            before = event


def time_of(event: Version | Absence) -> str:
    """Return when an event was observed."""
    return event.gone_at if isinstance(event, Absence) else event.fetched_at


def state(history: History) -> str:
    """Return the article's present state in words."""
    if history.forgotten:
        return f"forgotten {history.forgotten.forgotten_at}; nothing is stored"
    count = len(history.versions)
    return f"{count} version{'s' if count > 1 else ''} · " + (
        f"gone since {history.gone_at}" if history.gone_at else "present at the last visit"
    )


def show_version(version: Version, before: Version | None, console: Console) -> None:
    """Print a version: the first in full, others as differences from the version before."""
    title = f"Version {version.revision}{' (current)' if version.is_current else ''}"
    if version.revised_by == "extractor":
        title += " · extracted again by this program from the page of the version before"
    show_line(
        console, f"{title} · seen {version.fetched_at} to {version.last_seen_at}", "bold cyan"
    )
    dates = f"published {version.date_published or '(day unknown)'}"
    if version.date_modified:
        dates += f" · modified {version.date_modified}"
    show_line(console, dates)
    if version.duplicate_of:
        show_line(console, f"same text as {version.duplicate_of}")
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
