"""How a fetch ended that gave no page: the kind of its end, and one plain sentence.

- ``gone``: the page is no more.
- ``forbidden``: not for us: a member wall, robots.txt, an address that is none of the outlet's.
- ``blocked``: the outlet or its firewall turns this crawl away.
- ``temporary``: it may well be there next time; left for later.
- ``broken``: an answer that is no page: too large, packed wrongly, a redirect that never ends.
- ``unexpected``: not in the tables; a fault of the program rather than of the outlet.

The exceptions are those that arrive in an errback of Scrapy 2.19, by its sources; the tests make
nearly all of them happen.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError

FailureKind = Literal["gone", "forbidden", "blocked", "temporary", "broken", "unexpected"]


class RequestRejected(IgnoreRequest):
    """A request that is not made, or a redirect that is not followed.

    ``kind`` is what it is counted as, under ``malgeum/refused/``.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class RequestDeferred(Exception):
    """A request that is left for a later run; ``kind``: counted under ``malgeum/not_now/``."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class FetchFailure(NamedTuple):
    kind: FailureKind
    sentence: str


ERRORS: dict[str, FetchFailure] = {
    "crawler.crawl.failures.RequestRejected": FetchFailure("forbidden", ""),
    "crawler.crawl.failures.RequestDeferred": FetchFailure("temporary", ""),
    "scrapy.exceptions.DownloadTimeoutError": FetchFailure("temporary", "the answer took too long"),
    "scrapy.exceptions.DownloadConnectionRefusedError": FetchFailure(
        "temporary", "the host refused the connection"
    ),
    "scrapy.exceptions.CannotResolveHostError": FetchFailure(
        "temporary", "the host's name is not found"
    ),
    # Resets, TLS that fails and answers that are no HTTP, all in one
    "scrapy.exceptions.DownloadFailedError": FetchFailure(
        "temporary", "the connection broke before an answer came"
    ),
    "scrapy.exceptions.ResponseDataLossError": FetchFailure(
        "temporary", "the page was cut short on its way"
    ),
    "scrapy.core.downloader.handlers.http11.TunnelError": FetchFailure(
        "temporary", "the proxy gave no way to the host"
    ),
    # What Scrapy does not translate: no route, no free port, the host's name by the system
    "twisted.internet.error.ConnectError": FetchFailure(
        "temporary", "the host could not be reached"
    ),
    "twisted.internet.error.ConnectionClosed": FetchFailure(
        "temporary", "the connection was closed"
    ),
    "twisted.internet.error.DNSLookupError": FetchFailure(
        "temporary", "the host's name is not found"
    ),
    # Cancelled by the download handler itself, and for this alone
    "scrapy.exceptions.DownloadCancelledError": FetchFailure(
        "broken", "the answer is larger than DOWNLOAD_MAXSIZE"
    ),
    # Scrapy's own, with its sentence: unpacked larger than DOWNLOAD_MAXSIZE, too many redirects
    "scrapy.exceptions.IgnoreRequest": FetchFailure("broken", ""),
    "gzip.BadGzipFile": FetchFailure("broken", "the page cannot be unpacked"),
    "builtins.EOFError": FetchFailure("broken", "the page cannot be unpacked"),
    "zlib.error": FetchFailure("broken", "the page cannot be unpacked"),
    "brotli.error": FetchFailure("broken", "the page cannot be unpacked"),
    "backports.zstd.ZstdError": FetchFailure("broken", "the page cannot be unpacked"),
    "compression.zstd.ZstdError": FetchFailure("broken", "the page cannot be unpacked"),
}
"""By the class's full name; the nearest in its ancestry counts. No sentence: the error's own."""

STATUSES: dict[int, FailureKind] = {
    401: "forbidden",  # asks for a password
    402: "forbidden",
    403: "blocked",  # unless the page says that it wants members
    404: "gone",
    408: "temporary",
    410: "gone",
    425: "temporary",
    429: "blocked",
    451: "forbidden",
}
"""HTTP status → kind. Any other of 500 and above is temporary, the rest broken."""

FIREWALL = re.compile(
    r"Just a moment\.\.\.|cdn-cgi/challenge|Attention Required! \| Cloudflare|Incapsula incident"
    r"|Sucuri WebSite Firewall|Mod_Security|Access Denied.{0,600}Reference(?:\s|&#32;)*(?:#|&#35;)"
    r"|웹\s*방화벽|비정상적인\s*(?:접근|접속|요청)|(?:접근|접속|IP)[이가]?\s*차단",
    re.DOTALL,
)
"""What stands on a firewall's page, whatever status it comes with."""

MEMBERS = re.compile(
    r"로그인\s*(?:을|이|후|하|해)|(?:회원|구독자)[만이]?\s*(?:만|전용|볼|이용)|유료\s*(?:회원|기사|구독)"
    r"|(?:log|sign) ?in to|please (?:log|sign) ?in|(?:members|subscribers) only",
    re.IGNORECASE,
)
"""What a page says that is for members only; its links to log in stand on every page."""

LOGIN = re.compile(r"<title>[^<]{0,40}(?:로그인|log ?in|sign ?in)", re.IGNORECASE)
"""What stands on a page that is there to log in; a form for it stands on many others, too."""

LOOKED_AT = 20_000
"""Characters of an error page that are looked at."""


def classify_error(error: BaseException) -> FetchFailure:
    """The kind of a fetch's end and a sentence for the log, from an errback's ``failure.value``."""
    if isinstance(error, HttpError):
        return _of_page(error.response)
    for ancestor in type(error).__mro__:
        found = ERRORS.get(f"{ancestor.__module__}.{ancestor.__qualname__}")
        if found:
            return FetchFailure(found.kind, found.sentence or str(error))
    return FetchFailure("unexpected", f"{type(error).__name__}: {error}")


def classify_page(text: str, *, whole: bool) -> FetchFailure | None:
    """The same of a page that came well and shows neither article nor list; None where nothing
    says why. ``whole``: whether it came to its end."""
    if not text.strip():
        return FetchFailure("temporary", "an empty page")
    if FIREWALL.search(text[:LOOKED_AT]):
        return FetchFailure("blocked", "a firewall's page")
    if LOGIN.search(text[:LOOKED_AT]):
        return FetchFailure("forbidden", "a page to log in")
    return None if whole else FetchFailure("temporary", "a page that was cut short")


def _of_page(response: Response) -> FetchFailure:
    status, text = response.status, _text(response)
    kind = STATUSES.get(status, "temporary" if status >= 500 else "broken")
    if kind != "gone" and FIREWALL.search(text):
        return FetchFailure("blocked", f"a firewall's page (HTTP {status})")
    if status == 403 and MEMBERS.search(text):
        return FetchFailure("forbidden", "a page for members only (HTTP 403)")
    return FetchFailure(kind, f"HTTP {status}")


def _text(response: Response) -> str:
    return response.text[:LOOKED_AT] if isinstance(response, TextResponse) else ""
