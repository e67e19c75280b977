"""``scrapy date TEXT``: shows how a date text or a head line is parsed, and which rule decides."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.line_file import process_lines
from crawler.dates.head_line import read_head_line
from crawler.dates.mentions import mentioned_dates
from crawler.dates.parse import SEOUL, ReadDate, explain_date
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL
from crawler.terminal.output import safe_stdout

Explain = Callable[[dict[str, Any]], dict[str, Any]]
YEARS = range(1990, 2200)
"""Years that ``--now`` and the moments of a file may lie in."""


class Command(PlainCommand):
    """Command that explains date texts, head lines, or the dates that sentences mention."""

    usage = "[options] TEXT [TEXT ...]"
    summary = "Show how a date text of a page is parsed, and by which rule"
    details = "Uses neither the network nor the store."
    exit_notes = (
        (BAD_USAGE, "no line of --file could be read"),
        (PARTIAL, "some lines of --file could not be read"),
    )
    example = """\
$ scrapy date --now 2024-09-11T09:00 "3시간 전"
text       3시간 전
value      2024-09-11T06:00+09:00
precision  minute
rule       ago
reason     Rounded down to the unit; months and years are too coarse for a day and are refused."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--now",
            metavar="TIME",
            help="when the page showed the text: ISO 8601, Korean time (default: now)",
        )
        parser.add_argument(
            "--line",
            action="store_true",
            help="TEXT is a head line of an article page: print when the article was published and "
            "modified; --now is the time of the fetch (default: unknown)",
        )
        parser.add_argument(
            "--mentions",
            action="store_true",
            help="TEXT is a sentence: print the dates that it mentions; --now is its publication",
        )
        parser.add_argument(
            "--file",
            type=Path,
            metavar="FILE",
            help="read JSON Lines with text and now (with --line: line and fetched_at; with "
            "--mentions: sentence and published) instead of TEXT",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the texts or the file, and ``--now``."""
        super().process_options(args, opts)
        check_options([text for text in args if not text[1:2].isdigit()])  # -0.3℃ is a text
        if bool(args) == bool(opts.file):
            fail("date takes one or more texts, or --file, and not both")
        if opts.line and opts.mentions:
            fail("date takes --line or --mentions, and not both")
        try:
            self.given = _moment(opts.now) if opts.now else None
        except ValueError as error:
            fail(f"--now: {error}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print an explanation per text, sentence or line."""
        explain, name = self._explain_by(opts)
        self.exitcode = OK
        with safe_stdout():
            if opts.file:
                self.exitcode = process_lines(
                    opts.file, lambda line: _print_json(explain(_json_object(line)))
                )
            else:
                write = _print_plainly if name == "text" else _print_json
                for text in args:
                    write(explain({name: text}))

    def _explain_by(self, opts: argparse.Namespace) -> tuple[Explain, str]:
        """Return the function that explains a row, and the name of the row's text."""
        if opts.line:
            return lambda row: _explain_line(row, self.given), "line"
        now = self.given or datetime.now(SEOUL)
        if opts.mentions:
            return lambda row: _explain_mentions(row, now), "sentence"
        return lambda row: _explain_date(row, now), "text"


def _json_object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("the line must be JSON in UTF-8") from None
    if not isinstance(row, dict):
        raise ValueError("the line must be a JSON object")
    return row


def _explain_date(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    text = _text(row, "text")
    reading = explain_date(text, _moment(row["now"]) if "now" in row else now)
    return {
        "text": text,
        "value": reading.value,
        "precision": reading.precision,
        "rule": reading.rule,
        "reason": reading.reason,
    }


def _explain_line(row: dict[str, Any], given: datetime | None) -> dict[str, Any]:
    """Explain a head line; ``fetched_at`` may be null if the time of the fetch is unknown."""
    line = _text(row, "line")
    fetched = given
    if "fetched_at" in row:
        fetched = None if row["fetched_at"] is None else _moment(row["fetched_at"])
    head = read_head_line(line, fetched)
    return {
        "line": line,
        "published": _value(head.published),
        "modified": _value(head.modified),
        "rule": head.rule,
        "reason": head.reason,
    }


def _value(read: ReadDate | None) -> str | None:
    return read.value if read else None


def _explain_mentions(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    sentence = _text(row, "sentence")
    day = (_moment(row["published"]) if "published" in row else now).astimezone(SEOUL).date()
    mentions = mentioned_dates(sentence, day)
    return {"sentence": sentence, "published": day.isoformat(), "mentions": mentions}


def _text(row: dict[str, Any], name: str) -> str:
    if not isinstance(row.get(name), str):
        raise ValueError(f"{name!r} must be a text")
    return str(row[name])


def _moment(text: object) -> datetime:
    """Return a day or a time in ISO 8601; without a zone it is Korean time. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a time such as 2024-09-11T09:00") from None
    if moment.year not in YEARS:
        raise ValueError(f"{text!r} is outside the years {YEARS.start} to {YEARS.stop - 1}")
    return moment if moment.tzinfo else moment.replace(tzinfo=SEOUL)


def _print_plainly(row: dict[str, Any]) -> None:
    print("".join(f"{name:<10} {value or '-'}\n" for name, value in row.items()))


def _print_json(row: dict[str, Any]) -> None:
    line = json.dumps(row, ensure_ascii=False)
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"))  # half a surrogate pair
