"""Articles per second that one, two and four concurrent writers store, and bytes per article.

Each writer is a process with its own articles; the store's lock lets one write at a time. ``python3
-m bench writers`` measures an SQLite file and a PostgreSQL server of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from bench import ROOT
from bench.trials.postgresql import Server, running_server
from bench.trials.press_release_generator import generate_articles
from crawler.article import Article
from crawler.store import open_store

ARTICLES = 2000
WRITERS = (1, 2, 4)


def main(arguments: list[str]) -> int:
    """Print a line for each number of writers."""
    parser = argparse.ArgumentParser(prog="python3 -m bench writers", description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    number = parser.parse_args(arguments).articles
    with running_server() as server, tempfile.TemporaryDirectory(dir=ROOT / "output") as folder:
        for writers in WRITERS:
            for name, url in stores(server, Path(folder), writers):
                seconds, size = measured(url, writers, number)
                print(f"{name}, {writers} writers: {number / seconds:.0f} articles/s, "
                      f"{size / number:.0f} bytes per article")  # fmt: skip
    return 0


def stores(server: Server, folder: Path, writers: int) -> Iterator[tuple[str, str]]:
    """Yield name and URL of a new store of each kind."""
    yield "SQLite", f"sqlite:///{folder}/{writers}.db"
    yield "PostgreSQL", server.database()


def measured(url: str, writers: int, number: int) -> tuple[float, int]:
    """Return the seconds from the first to the last article, and the store's size in bytes."""
    open_store(url).close()
    command = [sys.executable, "-m", "bench.trials.writers", url, str(number), str(writers)]
    processes = [
        subprocess.Popen([*command, str(at)], cwd=ROOT, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE)
        for at in range(writers)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout
        process.stdout.readline()  # its articles are ready
    started = time.monotonic()
    for process in processes:
        assert process.stdin
        process.stdin.close()
    for process in processes:
        if process.wait():
            raise RuntimeError("a writer failed")
    return time.monotonic() - started, size(url)


def size(url: str) -> int:
    """Return the size of a store in bytes."""
    with open_store(url) as store:
        if store.engine.dialect.name == "sqlite":
            return Path(store.engine.url.database or "").stat().st_size
        with store.engine.begin() as connection:
            query = "SELECT pg_database_size(current_database())"
            return int(connection.scalar(text(query)) or 0)


def write(url: str, articles: list[Article]) -> None:
    """Store the articles once the standard input is closed."""
    with open_store(url) as store:
        print("ready", flush=True)
        sys.stdin.read()
        for article in articles:
            store.upsert(article)


if __name__ == "__main__":
    url, count, of, at = sys.argv[1], *map(int, sys.argv[2:])
    write(url, list(islice(generate_articles(), count))[at::of])
