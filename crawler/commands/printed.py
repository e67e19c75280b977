"""``scrapy printed FILE``: who printed a press office's release, and what each changed."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.store import checked_store, warn_of_unclustered
from crawler.dates.utc import utc_now
from crawler.encoding import charset_of
from crawler.outcomes.exit_codes import OK, STORE_ERROR
from crawler.reprocess.replay.from_files import Page, read_saved
from crawler.similarity.edit_kind import edit_kind
from crawler.similarity.edits import TextEdits, text_edits
from crawler.similarity.entities import without_sheet
from crawler.similarity.fingerprint import fingerprint
from crawler.store import StoreError
from crawler.store.clusters.queries import Printed, prints_of
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules

LONGEST = 1024 * 1024
"""Bytes of a release at the most."""
SHORTEST = 40
"""Letters below which a text is too short to be told from others."""
_NOWHERE = "http://release.invalid/"


class Command(PlainCommand):
    takes = "[options] FILE"
    does = "Tell who printed a press release: outlet, day, edit kind, address, changes"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--day", help="when it was sent out (2024-09-11); else at any time")
        parser.add_argument("--json", action="store_true", help="one JSON object a print")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options([arg for arg in args if arg != "-"])
        if len(args) != 1:
            fail("printed takes one text file, or - for what is piped in")
        if opts.day:
            try:
                date.fromisoformat(opts.day)
            except ValueError:
                fail(f"--day {opts.day!r} is no day such as 2024-09-11")
        self.headline, self.body = read_text(args[0])

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        self.exitcode = OK
        with checked_store(self.settings) as store, safe_stdout():
            try:
                warn_of_unclustered(store)
                found = prints_of(store, self.headline, self.body, opts.day, utc_now())
            except StoreError as error:
                fail(str(error), STORE_ERROR)
            if not found and not opts.json:
                print("No stored article prints this release.")
            for one, is_below in found:
                print(self._json(one, is_below) if opts.json else self._line(one, is_below))

    def _compare(self, one: Printed) -> tuple[str, TextEdits]:
        ours = fingerprint(self.headline, self.body, None)
        told = text_edits(self.body, one.body, self.headline, one.headline)
        return edit_kind(ours, one.release), told

    def _line(self, one: Printed, is_below: bool) -> str:
        kind, changed = self._compare(one)
        what = "below another article" if is_below else f"changed: {changed}"
        day = one.date_published or "no date"
        return escape_terminal(f"{one.outlet:<16} {day:<25}  {kind:<9} {one.url}  {what}")

    def _json(self, one: Printed, is_below: bool) -> str:
        kind, changed = self._compare(one)
        answer: dict[str, Any] = {
            "outlet": one.outlet,
            "date_published": one.date_published,
            "edit_kind": kind,
            "url": one.url,
            "headline": one.headline,
            "cluster_id": one.cluster_id,
            "below_another": is_below,
            "changes": changed.as_dict(),
        }
        return safe_json(answer)


def read_text(name: str) -> tuple[str, str]:
    """Headline and body of a release's text; the end of the command where it is none."""
    try:
        if name == "-":
            read = sys.stdin.buffer.read(LONGEST + 1)
        else:
            with Path(name).open("rb") as file:
                read = file.read(LONGEST + 1)
    except OSError as error:
        fail(f"the file {name} cannot be read: {error.strerror}")
    if len(read) > LONGEST:
        fail(f"{name} is longer than a release: more than {LONGEST:,} bytes")
    if b"\x00" in read or (charset := charset_of(read)) is None:
        fail(f"{name} is no Korean text in UTF-8 or CP949; save the release as plain text")
    text = without_sheet(read.decode(charset, "replace").lstrip("\ufeff"))
    article = read_saved(Page(_NOWHERE, utc_now(), text=text), None)
    clean_article(article, load_rules())
    if len(article.body or "") < SHORTEST:
        fail(f"{name} holds too little text: a headline and {SHORTEST} letters at least")
    return article.headline or "", article.body or ""
