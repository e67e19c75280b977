"""Consumer of the change feed: ``python -m tests.support.feed_consumer URL FOLDER``.

It loads new lines, and the last sequence number with them, in one transaction of its own
database. After a kill it continues from there.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.support.paths import ROOT


def consume(url: str, folder: Path) -> None:
    feed = folder / "feed.jsonl"
    with closing(sqlite3.connect(folder / "consumer.db")) as own:
        own.execute("CREATE TABLE IF NOT EXISTS line (arrived INTEGER PRIMARY KEY, seq, text)")
        (last,) = own.execute("SELECT coalesce(max(seq), 0) FROM line").fetchone()
        own.commit()
        subprocess.run(
            [sys.executable, "-m", "scrapy", "export", "--after", str(last), "-O", str(feed),
             "-s", f"DATABASE_URL={url}"],
            cwd=ROOT, check=True,
        )  # fmt: skip
        with feed.open(encoding="utf-8") as lines, own:
            for text in lines:
                seq = json.loads(text)["seq"]
                own.execute("INSERT INTO line (seq, text) VALUES (?, ?)", (seq, text))


if __name__ == "__main__":
    consume(sys.argv[1], Path(sys.argv[2]))
