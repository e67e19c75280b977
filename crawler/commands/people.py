"""``scrapy people TEXT``: shows the people that a byline names."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from crawler.cli.arguments import check_options, fail
from crawler.cli.command import PlainCommand
from crawler.cli.line_file import process_lines
from crawler.outcomes.exit_codes import BAD_USAGE, OK, PARTIAL
from crawler.terminal.output import safe_stdout
from pipelines.clean.people import read_byline


class Command(PlainCommand):
    """Command that reads bylines into authors and photographers."""

    usage = "[options] TEXT [TEXT ...]"
    summary = "Show the authors and photographers that a byline names"
    details = "Prints one JSON line per byline. Uses neither the network nor the store."
    exit_notes = (
        (BAD_USAGE, "no line of --file could be read"),
        (PARTIAL, "some lines of --file could not be read"),
    )
    example = """\
$ scrapy people "글 김하늘 기자 · 사진 박구름 기자" "온라인뉴스팀"
{"text": "글 김하늘 기자 · 사진 박구름 기자", "authors": ["김하늘"], "photographers": ["박구름"], \
"details": [{"name": "김하늘", "email": null, "role": "기자"}, \
{"name": "박구름", "email": null, "role": "기자"}], "reason": null}
{"text": "온라인뉴스팀", "authors": [], "photographers": [], "details": [], "reason": "no name"}"""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        super().add_options(parser)
        parser.add_argument(
            "--file",
            type=Path,
            metavar="FILE",
            help="read JSON Lines with text instead of TEXT",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the texts or the file."""
        super().process_options(args, opts)
        check_options(args)
        if bool(args) == bool(opts.file):
            fail("people takes one or more texts, or --file, and not both")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the people of each byline."""
        self.exitcode = OK
        with safe_stdout():
            if opts.file:
                self.exitcode = process_lines(opts.file, lambda line: _print(_text(line)))
            for text in args:
                _print(text)


def _text(line: bytes) -> str:
    """Return the byline of a line of the file. Raises ValueError with one sentence."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("the line must be JSON in UTF-8") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError("the line must be a JSON object with a text in 'text'")
    return str(row["text"])


def _print(text: str) -> None:
    byline = read_byline(text)
    row: dict[str, Any] = {
        "text": text,
        "authors": byline.authors,
        "photographers": byline.photographers,
        "details": byline.details,
        "reason": byline.reason or None,
    }
    line = json.dumps(row, ensure_ascii=False)
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"))  # half a surrogate pair
