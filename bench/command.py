"""Command line of ``python3 -m bench``, in the bench's own environment."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path
from typing import NoReturn

from bench import ROOT
from bench.quality import fuzz, score_floors, scoreboard, speed
from bench.quality.folder import folder_pages
from bench.quality.pages import newsstand_pages
from bench.trials import (
    archive,
    export,
    hourly_crawl,
    identity,
    kill_test,
    nightly_crawl,
    search,
    soak,
    throughput,
    writers,
)
from crawler.reprocess.replay.from_files import BadInput

TABLE = ROOT / "docs" / "scoreboard.md"
OWN_TABLE = ROOT / "output" / "scoreboard.md"
JOBS = {"speed": speed.main, "fuzz": fuzz.main, "identity": identity.main, "kills": kill_test.main,
        "hours": hourly_crawl.main, "days": nightly_crawl.main, "soak": soak.main,
        "throughput": throughput.main, "archive": archive.main, "export": export.main,
        "search": search.main, "writers": writers.main}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run a job. Returns 0 if all is well, 1 if a job found a problem, 2 for wrong arguments."""
    socket.socket.connect = _no_network  # type: ignore[method-assign]
    if arguments and arguments[0] in JOBS:
        return JOBS[arguments[0]](arguments[1:])
    options = _options().parse_args(arguments)
    if (options.lower is None) != (options.why is None):
        return _stop("--lower NAME needs --why TEXT, and --why needs --lower")
    if options.lift or options.lower:
        return _move_floors(options)
    return _scoreboard(options.folder)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m bench",
        description="Malgeum and other tools over the newsstand's pages, as a table.",
        epilog=f"Further jobs: {', '.join(JOBS)}.",
    )
    parser.add_argument(
        "folder",
        nargs="*",
        type=Path,
        help="pages.jsonl and gold/ beside it, see bench/quality/folder.py",
    )
    parser.add_argument(
        "--raise", dest="lift", action="store_true", help="raise floors that are exceeded"
    )
    parser.add_argument("--lower", metavar="NAME", help="lower a floor to the measured value")
    parser.add_argument(
        "--why", metavar="TEXT", help="the reason; it is written into score_floors.toml"
    )
    return parser


def _scoreboard(folders: list[Path]) -> int:
    try:
        given = [(f"Folder {folder.name}", folder_pages(folder)) for folder in folders]
    except BadInput as error:
        return _stop(str(error))
    pages = newsstand_pages()
    sets = [("The newsstand: invented articles in real markup", pages), *given]
    text = scoreboard.document(
        (f"{title}, {len(pages)} pages", scoreboard.run(pages)) for title, pages in sets
    )
    table = OWN_TABLE if folders else TABLE
    table.write_text(text, "utf-8")
    print(f"{text}\nwritten to {table.relative_to(ROOT)}")
    return 0


def _move_floors(options: argparse.Namespace) -> int:
    measured = score_floors.measure(newsstand_pages())
    try:
        lowered = (
            [score_floors.lower(options.lower, options.why, measured)] if options.lower else []
        )
    except ValueError as error:
        return _stop(str(error))
    moved = lowered + (score_floors.lift(measured) if options.lift else [])
    print("\n".join(moved) or "every floor equals its measured value")
    return 0


def _no_network(*_: object) -> NoReturn:
    raise OSError("the bench runs without network")


def _stop(sentence: str) -> int:
    print(f"bench: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
