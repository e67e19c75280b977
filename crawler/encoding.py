"""Detects the charset of Korean pages from their bytes, whatever the header or meta tag says.

Old outlets declare EUC-KR and send CP949, declare nothing, or declare the other one of UTF-8 and
CP949; some UTF-8 pages carry a few stray bytes. Statistical detection fails on markup-heavy pages
with little Korean, so both decodings are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from scrapy import Request
from scrapy.http import Response, TextResponse

CANDIDATES = ("utf-8", "cp949")
"""All charsets of Korean outlets; CP949 includes EUC-KR and the syllables outside KS X 1001."""

HANGUL = "[가-힣]+"


def charset_of(body: bytes) -> str | None:
    """Return the charset of a page's bytes, or None if they are ASCII or in neither candidate.

    The decoding with the fewest broken sequences wins, then the one that gives more Hangul: a few
    CP949 syllables can happen to be valid UTF-8, but then as Latin or Arabic letters.
    """
    if body.isascii():
        return None
    # Text valid in one charset is hardly ever valid in the other; decoding with «replace» is slow
    texts = dict(_decoded(body, "strict")) or dict(_decoded(body, "replace"))
    best = next(iter(texts))
    if len(texts) > 1:
        best = min(texts, key=lambda name: (texts[name].count("\ufffd"), -_hangul(texts[name])))
    return best if re.search(HANGUL, texts[best]) else None


def _decoded(body: bytes, errors: str) -> Iterator[tuple[str, str]]:
    for name in CANDIDATES:
        with suppress(UnicodeDecodeError):
            yield name, body.decode(name, errors)


def _hangul(text: str) -> int:
    return sum(map(len, re.findall(HANGUL, text)))


class CharsetMiddleware:
    """Downloader middleware that sets the charset of each text response from its bytes."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response with the detected charset, or unchanged."""
        if isinstance(response, TextResponse) and (charset := charset_of(response.body)):
            return response.replace(encoding=charset)
        return response
