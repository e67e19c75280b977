"""Scrapy at another time: ``python3 -m bench.at 2026-03-11T15:00+09:00 crawl papns``.

The clock goes on from there. Nothing of Malgeum's is replaced but the time of day.
"""

from __future__ import annotations

import sys
from datetime import datetime

import time_machine
from scrapy.cmdline import execute

if __name__ == "__main__":
    with time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=True):
        execute(["scrapy", *sys.argv[2:]])
