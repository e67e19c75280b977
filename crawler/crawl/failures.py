"""Classifies fetches that gave no page: an outcome, and one plain sentence for the log.

The exceptions are those that arrive in an errback of Scrapy 2.19, by its sources; the tests make
nearly all of them happen.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.outcomes.pages import PageOutcome


class RequestRejected(IgnoreRequest):
    """A request that is not made, or a redirect that is not followed.

    ``kind``: ``robots``, or the reason why the address is outside the outlet.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind

    @property
    def outcome(self) -> PageOutcome:
        """What becomes of the page that was wanted."""
        return PageOutcome.ROBOTS if self.kind == "robots" else PageOutcome.OTHER_HOST


class RequestDeferred(Exception):
    """A request that is left for a later run; ``outcome`` says why."""

    def __init__(self, outcome: PageOutcome, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome


class FetchFailure(NamedTuple):
    """Outcome of a fetch without a page, and a sentence for the log."""

    kind: PageOutcome
    sentence: str


ERRORS: dict[str, FetchFailure] = {
    "scrapy.exceptions.DownloadTimeoutError": FetchFailure(
        PageOutcome.TEMPORARY, "the answer took too long"
    ),
    "scrapy.exceptions.DownloadConnectionRefusedError": FetchFailure(
        PageOutcome.TEMPORARY, "the host refused the connection"
    ),
    "scrapy.exceptions.CannotResolveHostError": FetchFailure(
        PageOutcome.TEMPORARY, "the host's name is not found"
    ),
    # Resets, failed TLS and responses that are not HTTP, all in one
    "scrapy.exceptions.DownloadFailedError": FetchFailure(
        PageOutcome.TEMPORARY, "the connection broke before an answer came"
    ),
    "scrapy.exceptions.ResponseDataLossError": FetchFailure(
        PageOutcome.TEMPORARY, "the page was cut short on its way"
    ),
    "scrapy.core.downloader.handlers.http11.TunnelError": FetchFailure(
        PageOutcome.TEMPORARY, "the proxy gave no way to the host"
    ),
    # What Scrapy does not translate: no route, no free port, the host's name by the system
    "twisted.internet.error.ConnectError": FetchFailure(
        PageOutcome.TEMPORARY, "the host could not be reached"
    ),
    "twisted.internet.error.ConnectionClosed": FetchFailure(
        PageOutcome.TEMPORARY, "the connection was closed"
    ),
    "twisted.internet.error.DNSLookupError": FetchFailure(
        PageOutcome.TEMPORARY, "the host's name is not found"
    ),
    # Cancelled by the download handler itself, and for this alone
    "scrapy.exceptions.DownloadCancelledError": FetchFailure(
        PageOutcome.BROKEN, "the answer is larger than DOWNLOAD_MAXSIZE"
    ),
    # Scrapy's own, with its sentence: unpacked larger than DOWNLOAD_MAXSIZE, too many redirects
    "scrapy.exceptions.IgnoreRequest": FetchFailure(PageOutcome.BROKEN, ""),
    "gzip.BadGzipFile": FetchFailure(PageOutcome.BROKEN, "the page cannot be unpacked"),
    "builtins.EOFError": FetchFailure(PageOutcome.BROKEN, "the page cannot be unpacked"),
    "zlib.error": FetchFailure(PageOutcome.BROKEN, "the page cannot be unpacked"),
    "brotli.error": FetchFailure(PageOutcome.BROKEN, "the page cannot be unpacked"),
    "backports.zstd.ZstdError": FetchFailure(PageOutcome.BROKEN, "the page cannot be unpacked"),
    "compression.zstd.ZstdError": FetchFailure(PageOutcome.BROKEN, "the page cannot be unpacked"),
}
"""By the full name of the class; its nearest ancestor counts. An empty sentence is the error's."""

STATUSES: dict[int, PageOutcome] = {
    401: PageOutcome.FORBIDDEN,  # asks for a password
    402: PageOutcome.FORBIDDEN,
    403: PageOutcome.BLOCKED,  # unless the page says that it wants members
    404: PageOutcome.GONE,
    408: PageOutcome.TEMPORARY,
    410: PageOutcome.GONE,
    425: PageOutcome.TEMPORARY,
    429: PageOutcome.BLOCKED,
    451: PageOutcome.FORBIDDEN,
}
"""Outcomes by HTTP status; others from 500 on are temporary, the rest broken."""

FIREWALL = re.compile(
    r"Just a moment\.\.\.|cdn-cgi/challenge|Attention Required! \| Cloudflare|Incapsula incident"
    r"|Sucuri WebSite Firewall|Mod_Security|Access Denied.{0,600}Reference(?:\s|&#32;)*(?:#|&#35;)"
    r"|웹\s*방화벽|비정상적인\s*(?:접근|접속|요청)|(?:접근|접속|IP)[이가]?\s*차단",
    re.DOTALL,
)
"""Words on a firewall's page, which may come with any status."""

MEMBERS = re.compile(
    r"로그인\s*(?:을|이|후|하|해)|(?:회원|구독자)[만이]?\s*(?:만|전용|볼|이용)|유료\s*(?:회원|기사|구독)"
    r"|(?:log|sign) ?in to|please (?:log|sign) ?in|(?:members|subscribers) only",
    re.IGNORECASE,
)
"""Words of a page for members only. Links to log in stand on every page."""

LOGIN = re.compile(r"<title>[^<]{0,40}(?:로그인|log ?in|sign ?in)", re.IGNORECASE)
"""Title of a log-in page. A log-in form stands on many other pages, too."""

SEARCHED_CHARS = 20_000
"""Characters at the beginning of an error page that are searched."""


def classify_error(error: BaseException) -> FetchFailure:
    """Return the outcome and a sentence for the log, from an errback's ``failure.value``."""
    if isinstance(error, HttpError):
        return _of_page(error.response)
    if isinstance(error, RequestRejected | RequestDeferred):
        return FetchFailure(error.outcome, str(error))
    for ancestor in type(error).__mro__:
        known = ERRORS.get(f"{ancestor.__module__}.{ancestor.__qualname__}")
        if known:
            return FetchFailure(known.kind, known.sentence or str(error))
    return FetchFailure(PageOutcome.UNEXPECTED, f"{type(error).__name__}: {error}")


def classify_page(text: str, *, whole: bool) -> FetchFailure | None:
    """Return the same for a page that came well and shows neither article nor list.

    ``whole``: whether it came to its end. None if nothing on it says why.
    """
    if not text.strip():
        return FetchFailure(PageOutcome.TEMPORARY, "an empty page")
    if FIREWALL.search(text[:SEARCHED_CHARS]):
        return FetchFailure(PageOutcome.BLOCKED, "a firewall's page")
    if LOGIN.search(text[:SEARCHED_CHARS]):
        return FetchFailure(PageOutcome.FORBIDDEN, "a page to log in")
    if whole:
        return None
    return FetchFailure(PageOutcome.TEMPORARY, "a page that was cut short")


def _of_page(response: Response) -> FetchFailure:
    status, text = response.status, _text(response)
    otherwise = PageOutcome.TEMPORARY if status >= 500 else PageOutcome.BROKEN
    kind = STATUSES.get(status, otherwise)
    if kind is not PageOutcome.GONE and FIREWALL.search(text):
        return FetchFailure(PageOutcome.BLOCKED, f"a firewall's page (HTTP {status})")
    if status == 403 and MEMBERS.search(text):
        return FetchFailure(PageOutcome.FORBIDDEN, "a page for members only (HTTP 403)")
    return FetchFailure(kind, f"HTTP {status}")


def _text(response: Response) -> str:
    return response.text[:SEARCHED_CHARS] if isinstance(response, TextResponse) else ""
