"""Baseline spider with Scrapy's default settings: requests every URL in a file and yields it.

Run as ``python -m bench.trials.baseline_spider FILE``.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BaselineSpider(Spider):
    """Spider that yields the URL of each response."""

    name = "baseline"
    addresses: list[str]

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each URL."""
        for address in self.addresses:
            yield Request(address)

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        """Yield the URL of the response."""
        yield {"url": response.url}


if __name__ == "__main__":
    # Not the defaults: a log line per item, and the list that Scrapy downloads after a Set-Cookie,
    # would slow the spider down.
    process = AsyncCrawlerProcess({"LOG_LEVEL": "INFO", "COOKIES_ENABLED": False})
    process.crawl(BaselineSpider, addresses=Path(sys.argv[1]).read_text("utf-8").split())
    process.start()
