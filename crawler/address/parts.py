"""A URL taken apart and spelled in one way; w3lib does the mechanical part."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from urllib.parse import parse_qsl, quote_from_bytes, unquote_to_bytes, urlencode, urlsplit

from w3lib.url import canonicalize_url, safe_url_string

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
"""``;jsessionid=…`` as servlets hang it on the path, where cookies are off."""
_PATH_SAFE = "/:@!$&'()*+,;=~"
_DEFAULT_PORTS = {None, 80, 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A web page's address in one spelling, whatever scheme and order it was written in."""

    host: str
    """Lower case, punycode, without ``www.``."""
    port: int | None
    path: str
    """Percent-encoded UTF-8, without a slash at its end; ``/`` is the root."""
    query: tuple[tuple[str, str], ...]
    """Names and values, decoded, by name. Where a name stands there twice, the order of its
    values stays: servers take the first or the last."""
    route: str = ""
    """A fragment that names a page (``#!/news/1``), with its sign; anchors are dropped."""
    session: bool = False
    """Whether a session id was cut off the path."""

    @property
    def origin(self) -> str:
        return f"https://{self.host}" + (f":{self.port}" if self.port else "")

    def values(self, name: str) -> set[str]:
        """What a parameter says; several where it stands there several times."""
        return {value for key, value in self.query if key == name}

    def spelled(self) -> str:
        """The whole address as text; what is no UTF-8 stays as its bytes."""
        asked = urlencode(self.query, errors="surrogateescape")
        return self.origin + self.path + (f"?{asked}" if asked else "") + self.route


def read(url: str) -> Address:
    """Take a URL apart. ValueError with one sentence where it is no address of a web page."""
    text = url.strip(" \t\r\n\f")
    shown = ascii(text[:200]) if _CONTROL.search(text) else repr(text[:200])
    if _CONTROL.search(text):
        raise ValueError(f"{shown} holds a control character")
    if _SURROGATE.search(text):
        raise ValueError(f"{text[:200]!a} holds half a character")
    try:
        scheme, port = urlsplit(text).scheme, urlsplit(text).port
        if scheme not in {"http", "https"}:
            raise ValueError("it does not begin with http:// or https://")
        if not urlsplit(text).hostname:
            raise ValueError("it names no host")
        text = safe_url_string(re.sub("&(?:amp;)+", "&", text))  # as pages' sources have it
        split = urlsplit(canonicalize_url(text, keep_fragments=True))
        host = _host(split.hostname or "")
    except ValueError as error:
        raise ValueError(f"{shown} is no address of a web page: {error}") from None
    path = _SESSION.sub("", split.path)
    return Address(
        host=host,
        port=None if port in _DEFAULT_PORTS else port,
        path=_path(path),
        query=_query(urlsplit(text).query),
        route=f"#{split.fragment}" if split.fragment.startswith(("!", "/")) else "",
        session=path != split.path,
    )


def host_of(url: str) -> str:
    """The host without ``www.`` or ``m.``: one paper under its several names; empty where none."""
    try:
        return re.sub(r"^m\.", "", _bare(urlsplit(url).hostname or ""))
    except ValueError:
        return ""


def _host(host: str) -> str:
    host = host.rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(host) or ".." in host:
        raise ValueError("its host is not well formed")
    return _bare(host)


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _path(path: str) -> str:
    """Hangul in CP949 becomes UTF-8; a slash at the end says nothing."""
    pieces = [
        quote_from_bytes(_utf8(unquote_to_bytes(piece)), safe=_PATH_SAFE)
        for piece in re.split(r"(%(?:25|2F|3B|3F))", path)  # these are not what they stand for
    ]
    pieces[1::2] = re.findall(r"%(?:25|2F|3B|3F)", path)
    return "".join(pieces).rstrip("/") or "/"


def _query(query: str) -> tuple[tuple[str, str], ...]:
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    named = sorted(((_text(name), _text(value)) for name, value in pairs), key=itemgetter(0))
    return tuple(pair for pair, _ in groupby(named))


def _text(latin: str) -> str:
    return _utf8(latin.encode("latin-1")).decode("utf-8", "surrogateescape")


def _utf8(data: bytes) -> bytes:
    """The same letters in UTF-8 and composed; bytes that are no text stay as they are."""
    for charset in ("utf-8", "cp949"):
        try:
            return unicodedata.normalize("NFC", data.decode(charset)).encode("utf-8")
        except UnicodeDecodeError:
            continue
    return data
