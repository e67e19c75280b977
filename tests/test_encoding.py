"""Charset detection: the bytes of a page decide, not its declaration."""

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.encoding import CharsetMiddleware, charset_of

KOREAN = "<p>똠방각하와 펲시, 햏자가 인천 동구 적극행정 교육에 왔다.</p>"
MARKUP = "<table><tr><td width=10></td></tr></table>" * 400
"""Markup-heavy: where a detector by statistics sees hardly any Korean."""


@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
@pytest.mark.parametrize(
    "text",
    [KOREAN, MARKUP + "<b>제목</b>" + MARKUP, "<title>가</title>"],
    ids=["rich", "heavy", "one"],
)
def test_the_bytes_tell_their_charset(charset: str, text: str) -> None:
    assert charset_of(text.encode(charset)) == charset


@pytest.mark.parametrize("stray", [b"\xff", b"\xec\x95", b"\x80\x81"])
def test_stray_bytes_do_not_turn_the_page(stray: bytes) -> None:
    for charset in ("utf-8", "cp949"):
        body = KOREAN.encode(charset) + stray + KOREAN.encode(charset)
        assert charset_of(body) == charset


@pytest.mark.parametrize("body", [b"", b"<p>plain</p>", "<p>caf\u00e9</p>".encode("latin-1")])
def test_what_is_neither_is_left_to_scrapy(body: bytes) -> None:
    assert charset_of(body) is None


def test_syllables_that_are_valid_utf8_by_chance_are_still_korean() -> None:
    body = "횁".encode("cp949")  # its two bytes are one Latin letter in UTF-8
    assert body.decode("utf-8")
    assert charset_of(b"<p>" + body * 3 + b"</p>") == "cp949"


@pytest.mark.parametrize(
    ("headers", "meta"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, ""),
        ({"Content-Type": "text/html; charset=iso-8859-1"}, '<meta charset="utf-8">'),
        ({}, '<meta charset="utf-8">'),
        ({}, ""),
        ({"Content-Type": "text/html; charset=euc-kr"}, '<meta charset="euc-kr">'),
    ],
    ids=["lying header", "two lies", "lying meta", "nothing declared", "honest"],
)
def test_a_response_is_read_right_whatever_it_declares(headers: dict[str, str], meta: str) -> None:
    request = Request("https://kb.breaknews.com/1")
    body = (f"<html><head>{meta}</head><body>{KOREAN}</body></html>").encode("cp949")
    response = HtmlResponse(request.url, body=body, headers=headers)
    read = CharsetMiddleware().process_response(request, response)
    assert isinstance(read, HtmlResponse)
    assert read.css("p::text").get() == KOREAN[3:-4]


def test_a_picture_passes() -> None:
    request = Request("https://kb.breaknews.com/1.png")
    response = Response(request.url, body=b"\x89PNG\xff")
    assert CharsetMiddleware().process_response(request, response) is response
