"""Which charset a Korean page is really in, whatever its header or meta says.

Old outlets declare EUC-KR and send CP949, declare nothing, or declare the other one of
UTF-8 and CP949; some UTF-8 pages carry a few stray bytes. Detection by statistics goes
wrong on markup-heavy pages with little Korean, so the bytes themselves are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from scrapy import Request
from scrapy.http import Response, TextResponse

CANDIDATES = ("utf-8", "cp949")
"""All that Korean outlets use; CP949 holds EUC-KR and the syllables outside KS X 1001."""

HANGUL = "[가-힣]+"


def charset_of(body: bytes) -> str | None:
    """The charset of a page's bytes, or None where they are plain ASCII or neither candidate.

    The decoding with the fewest broken sequences wins, then the one that gives more Hangul:
    a few CP949 syllables can happen to be valid UTF-8, but then as Latin or Arabic letters.
    """
    if body.isascii():
        return None
    # What is whole in one charset is hardly ever so in the other: mending is slow, and rarely asked
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
    """Downloader middleware: gives each text response the charset that its bytes are in."""

    def process_response(self, request: Request, response: Response) -> Response:
        if isinstance(response, TextResponse) and (charset := charset_of(response.body)):
            return response.replace(encoding=charset)
        return response
