"""``scrapy printed FILE``: finds the articles that print a press release, and their changes."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.store import store_for, warn_of_unclustered
from crawler.dates.utc import utc_now
from crawler.encoding import charset_of
from crawler.outcomes.exit_codes import OK
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from crawler.similarity.edit_kind import edit_kind
from crawler.similarity.edits import TextEdits, text_edits
from crawler.similarity.entities import without_sheet
from crawler.similarity.fingerprint import fingerprint
from crawler.store.clusters.queries import ClusterMember, find_prints
from crawler.terminal.output import escape_terminal, safe_json, safe_stdout
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules

MAX_BYTES = 1024 * 1024
"""Size limit of a press release."""
MIN_CHARS = 40
"""A shorter text is too similar to others."""
_NO_URL = "http://release.invalid/"


class Command(PlainCommand):
    """Command that compares a press release with the stored articles."""

    usage = "[options] FILE"
    summary = "Find the outlets that printed a press release: day, edit kind, address, changes"
    details = "FILE is plain text in UTF-8 or CP949, headline first, at most 1 MiB; - reads stdin."
    see_also = ("article.md",)
    example = """\
$ scrapy printed --day 2024-09-11 release.txt
gosiweek         2024-09-11T10:29:18+09:00  verbatim  \
https://www.gosiweek.com/article/179524905608936  changed: nothing"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--day",
            metavar="DAY",
            help="day on which the release was sent, such as 2024-09-11 (default: any)",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per article")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the day and read the release."""
        super().process_options(args, opts)
        check_options([arg for arg in args if arg != "-"])
        if len(args) != 1:
            fail("printed takes one text file, or - for stdin")
        if opts.day:
            try:
                date.fromisoformat(opts.day)
            except ValueError:
                fail(f"--day must be a day such as 2024-09-11, not {opts.day!r}")
        self.headline, self.body = read_text(args[0])

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print a line or an object per article."""
        self.exitcode = OK
        with store_for(self.settings) as store, safe_stdout():
            warn_of_unclustered(store)
            prints = find_prints(store, self.headline, self.body, opts.day, utc_now())
            if not prints and not opts.json:
                print("No stored article prints this release.")
            for article, is_below in prints:
                print(self._json(article, is_below) if opts.json else self._line(article, is_below))

    def _compare(self, article: ClusterMember) -> tuple[str, TextEdits]:
        release = fingerprint(self.headline, self.body, None)
        edits = text_edits(self.body, article.body, self.headline, article.headline)
        return edit_kind(release, article.fingerprint), edits

    def _line(self, article: ClusterMember, is_below: bool) -> str:
        kind, edits = self._compare(article)
        change = "below another article" if is_below else f"changed: {edits}"
        day = article.date_published or "no date"
        line = f"{article.outlet:<16} {day:<25}  {kind:<9} {article.url}  {change}"
        return escape_terminal(line)

    def _json(self, article: ClusterMember, is_below: bool) -> str:
        kind, edits = self._compare(article)
        fields: dict[str, Any] = {
            "outlet": article.outlet,
            "date_published": article.date_published,
            "edit_kind": kind,
            "url": article.url,
            "headline": article.headline,
            "cluster_id": article.cluster_id,
            "below_another": is_below,
            "changes": edits.as_dict(),
        }
        return safe_json(fields)


def read_text(name: str) -> tuple[str, str]:
    """Return headline and body of a release's text, or exit if it cannot be used."""
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except OSError as error:
        fail(f"the file {name} cannot be read: {error.strerror}")
    if len(content) > MAX_BYTES:
        fail(f"{name} must have at most {MAX_BYTES:,} bytes")
    if b"\x00" in content or (charset := charset_of(content)) is None:
        fail(f"{name} must be Korean text in UTF-8 or CP949; save the release as plain text")
    text = without_sheet(content.decode(charset, "replace").lstrip("\ufeff"))
    article = extract_saved(SavedPage(_NO_URL, utc_now(), text=text), None)
    clean_article(article, load_rules())
    if len(article.body or "") < MIN_CHARS:
        fail(f"{name} must have a headline and at least {MIN_CHARS} characters of text")
    return article.headline or "", article.body or ""
