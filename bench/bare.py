"""A bare Scrapy spider under Scrapy's own settings: ``python -m bench.bare FILE`` asks for every
address in a file and yields it, no more."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Bare(Spider):
    name = "bare"
    addresses: list[str]

    async def start(self) -> AsyncIterator[Any]:
        for address in self.addresses:
            yield Request(address)

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        yield {"url": response.url}


if __name__ == "__main__":
    # Of what is no default: writing each item into a log, and a Set-Cookie that has Scrapy fetch
    # a list from the network, would make the spider slower than it is.
    process = AsyncCrawlerProcess({"LOG_LEVEL": "INFO", "COOKIES_ENABLED": False})
    process.crawl(Bare, addresses=Path(sys.argv[1]).read_text("utf-8").split())
    process.start()
