"""``scrapy date TEXT…``: what the date module makes of a text, by which rule and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.dates.mentions import mentioned_dates
from crawler.dates.parse import SEOUL, explain_date
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL
from crawler.terminal.output import safe_stdout

Answer = Callable[[dict[str, Any], datetime], dict[str, Any]]
YEARS = range(1990, 2200)
"""Within these a moment of reading is believed to be meant."""


class Command(PlainCommand):
    """Exit codes: ``outcomes/exit_codes.py``: 3 where some lines of a file could not be read."""

    takes = "[options] TEXT [TEXT ...]"
    does = "Show what is read from a date as a page shows it, and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--now", help="when the text was shown (ISO 8601, KST); else now")
        parser.add_argument(
            "--mentions",
            action="store_true",
            help="texts are sentences: the days named in them; --now is the publication",
        )
        parser.add_argument(
            "--file",
            type=Path,
            help="JSON Lines with text and now (--mentions: sentence and published) instead",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        check_options([text for text in args if not text[1:2].isdigit()])  # -0.3℃ is a text
        if bool(args) == bool(opts.file):
            fail("date takes one or more texts, or --file, and not both")
        try:
            self.now = _moment(opts.now) if opts.now else datetime.now(SEOUL)
        except ValueError as error:
            fail(f"--now: {error}")
        if opts.file:
            try:
                opts.file.open("rb").close()
            except OSError as error:
                fail(f"the file {opts.file} cannot be read: {error.strerror}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        answer = _answer_mentions if opts.mentions else _answer_date
        self.exitcode = OK
        with safe_stdout():
            if opts.file:
                self.exitcode = _answer_file(opts.file, answer, self.now)
            elif opts.mentions:
                for text in args:
                    _print_json(answer({"sentence": text}, self.now))
            else:
                for text in args:
                    _print_plainly(answer({"text": text}, self.now))


def _answer_file(file: Path, answer: Answer, now: datetime) -> int:
    """Print an answer a line; name each line that cannot be read on stderr."""
    good = bad = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                _print_json(answer(_row(line), now))
                good += 1
            except ValueError as error:
                print(f"scrapy: {file}, line {number}: {error}", file=sys.stderr)
                bad += 1
    if not good and not bad:
        print(f"scrapy: {file} is empty", file=sys.stderr)
    return BAD_USAGE if not good else PARTIAL if bad else OK


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("this is no JSON in UTF-8") from None
    if not isinstance(row, dict):
        raise ValueError("this is no JSON object")
    return row


def _answer_date(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    text = _text(row, "text")
    reading = explain_date(text, _moment(row["now"]) if "now" in row else now)
    return {
        "text": text,
        "value": reading.value,
        "precision": reading.precision,
        "rule": reading.rule,
        "why": reading.reason,
    }


def _answer_mentions(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    sentence = _text(row, "sentence")
    day = (_moment(row["published"]) if "published" in row else now).astimezone(SEOUL).date()
    mentions = mentioned_dates(sentence, day)
    return {"sentence": sentence, "published": day.isoformat(), "mentions": mentions}


def _text(row: dict[str, Any], name: str) -> str:
    if not isinstance(row.get(name), str):
        raise ValueError(f"there is no text under {name!r}")
    return str(row[name])


def _moment(text: object) -> datetime:
    """A day or a time in ISO 8601; without a zone it is Korea's."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is no time such as 2024-09-11T09:00") from None
    if moment.year not in YEARS:
        raise ValueError(f"{text!r} lies outside the years {YEARS.start} to {YEARS.stop - 1}")
    return moment if moment.tzinfo else moment.replace(tzinfo=SEOUL)


def _print_plainly(row: dict[str, Any]) -> None:
    print("".join(f"{name:<10} {value or '-'}\n" for name, value in row.items()))


def _print_json(row: dict[str, Any]) -> None:
    line = json.dumps(row, ensure_ascii=False)
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"))  # half a surrogate pair
