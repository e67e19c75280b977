"""A guest: a spider of a paper that is none, run with the project's settings in its own process.

``python -m tests.guest URLS SETTINGS`` asks for the addresses and prints how each ended, and the
stats, as JSON. The log goes to stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

from crawler.cms.gnuboard import GNUBOARD
from crawler.outlet import Outlet


class Guest(Outlet):
    name = "guest"
    paper = "손님"
    region = ""
    home = "http://paper.test"
    aliases = (
        "mirror.test",
        "patient.test",
        "hasty.test",
        "angry.test",
        "down.test",
        "tls.test",
        "refused.test",
    )
    family = GNUBOARD

    urls: list[str]
    ends: dict[str, dict[str, Any]]

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield scrapy.Request(url, self.had, errback=self.lost, cb_kwargs={"asked": url})

    def had(self, response: Any, asked: str) -> None:
        self.ends[asked] = {
            "status": response.status,
            "url": response.url,
            "size": len(response.body),
            "flags": response.flags,
        }

    def lost(self, failure: Failure) -> None:
        error = failure.value
        asked = failure.request.cb_kwargs["asked"]  # type: ignore[attr-defined]
        c = error.__cause__
        self.ends[asked] = {
            "error": type(error).__module__ + "." + type(error).__qualname__,
            "mro": [k.__name__ for k in type(error).__mro__],
            "text": str(error)[:300],
            "cause": repr(c)[:200],
        }


def main(urls: list[str], settings: dict[str, Any]) -> None:
    Guest.urls, Guest.ends = urls, {}
    process = AsyncCrawlerProcess(get_project_settings())
    for name, value in settings.items():
        process.settings.set(name, value, priority="cmdline")
    crawler = process.create_crawler(Guest)
    process.crawl(crawler)
    process.start()
    assert crawler.stats
    print(json.dumps({"ends": Guest.ends, "stats": crawler.stats.get_stats()}, default=str))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), json.loads(sys.argv[2]))
