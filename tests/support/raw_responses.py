"""Server that sends responses byte for byte, and what a spider receives of them.

``python -m tests.support.raw_responses FOLDER URL…`` fetches URLs with the middlewares that stand
between the network and a spider, archives each response below FOLDER, and prints what the spider
received as JSON, by URL.
"""

from __future__ import annotations

import json
import sys
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response, TextResponse
from scrapy.utils.project import get_project_settings

from crawler.archive.config import MB, ArchiveConfig
from crawler.archive.writer import ArchiveWriter


@contextmanager
def sending(answers: Mapping[str, bytes]) -> Iterator[str]:
    """A server with an answer a path; yields its address."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            self.wfile.write(answers[path])

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def as_json(response: Response) -> dict[str, Any]:
    """All that a spider may ask of an answer."""
    return {
        "class": type(response).__name__,
        "status": response.status,
        "headers": {
            name.decode("latin-1"): [value.decode("latin-1") for value in values]
            for name, values in response.headers.items()
        },
        "body": b64encode(response.body).decode(),
        "encoding": response.encoding if isinstance(response, TextResponse) else None,
        "text": response.text if isinstance(response, TextResponse) else None,
    }


class Keep:
    """Downloader middleware, the nearest to the network, as that of the archive."""

    def __init__(self) -> None:
        self.writer = ArchiveWriter(ArchiveConfig(Path(sys.argv[1]), "all", MB, 0, 0), "sent", {})

    def process_response(self, request: Request, response: Response) -> Response:
        now = datetime.now(UTC)
        self.writer.open(now.date())
        record = self.writer.builder.response(request, response, f"{now:%Y-%m-%dT%H:%M:%SZ}")
        self.writer.write([self.writer.builder.compress(record)])
        return response


class Spider(scrapy.Spider):
    name = "sent"
    handle_httpstatus_all = True
    got: dict[str, Any] = {}  # noqa: RUF012 - one spider, one run

    async def start(self) -> AsyncIterator[Request]:
        for url in sys.argv[2:]:
            yield Request(url)

    def parse(self, response: Response) -> None:
        self.got[response.url] = as_json(response)


def main() -> None:
    ours = get_project_settings()
    settings = {
        "DOWNLOAD_MAXSIZE": ours.getint("DOWNLOAD_MAXSIZE"),
        "DOWNLOADER_MIDDLEWARES": {"crawler.encoding.CharsetMiddleware": 585, Keep: 990},
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Spider)
    process.start()
    print(json.dumps(Spider.got))


if __name__ == "__main__":
    main()
