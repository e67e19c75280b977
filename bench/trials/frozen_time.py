"""Runs a Scrapy command at another time, from which the clock runs on.

``python3 -m bench.trials.frozen_time 2026-03-11T15:00+09:00 crawl papns``; only the time of day is
replaced.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import time_machine
from scrapy.cmdline import execute

from bench import ROOT


def crawl_at(
    outlet: str, now: datetime, store: Path, proxy: str, *settings: str
) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy crawl`` as a process at that time, without a download delay."""
    command = [sys.executable, "-m", "bench.trials.frozen_time", now.isoformat(), "crawl", outlet]
    for setting in ("DOWNLOAD_DELAY=0", f"DATABASE_URL=sqlite:///{store}", *settings):
        command += ["-s", setting]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"http_proxy": proxy, "https_proxy": proxy},
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    with time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=True):
        execute(["scrapy", *sys.argv[2:]])
