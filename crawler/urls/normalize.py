"""Parses and normalizes URLs; w3lib does the mechanical part."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from urllib.parse import parse_qsl, quote_from_bytes, unquote_to_bytes, urlencode, urlsplit

from w3lib.url import canonicalize_url, safe_url_string

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
"""``;jsessionid=…`` as servlets append it to the path if cookies are off."""
_SAFE = "/:@!$&'()*+,;=~"
_KEPT = re.compile("(%(?:25|2F|3B|3F))")
"""Escapes in a path that differ in meaning from the bare character."""
_DEFAULT_PORTS = {None, 80, 443}


@dataclass(frozen=True, slots=True)
class Address:
    """The URL of a web page, normalized: independent of scheme and parameter order."""

    host: str
    """Lower case, punycode, without ``www.``."""
    port: int | None
    path: str
    """Percent-encoded UTF-8, without a slash at its end; ``/`` is the root."""
    query: tuple[tuple[str, str], ...]
    """Decoded names and values, sorted by name. If a name occurs twice, the order of its values
    stays: servers take the first or the last."""
    route: str = ""
    """A fragment that names a page (``#!/news/1``), with its sign; anchors are dropped."""
    session: bool = False
    """True if a session id was cut off the path."""

    @property
    def origin(self) -> str:
        """Scheme, host and port; the scheme is always https."""
        return f"https://{self.host}" + (f":{self.port}" if self.port else "")

    def values(self, name: str) -> set[str]:
        """Return the values of a parameter; more than one if it occurs more than once."""
        return {value for key, value in self.query if key == name}

    def spelled(self) -> str:
        """Return the whole URL as text; bytes that are not UTF-8 stay as they are."""
        query = urlencode(self.query, errors="surrogateescape")
        return self.origin + self.path + (f"?{query}" if query else "") + self.route


@lru_cache(maxsize=4096)
def read(url: str) -> Address:
    """Parse a URL. Raises ValueError with one sentence if it is not the URL of a web page."""
    text = url.strip(" \t\r\n\f")
    if _CONTROL.search(text):
        raise ValueError(f"{text[:200]!a} holds a control character")
    if _SURROGATE.search(text):
        raise ValueError(f"{text[:200]!a} holds half a character")
    try:
        return _read(text)
    except ValueError as error:
        raise ValueError(f"{text[:200]!r} is not the URL of a web page: {error}") from None


def _read(text: str) -> Address:
    given = urlsplit(text)
    port = given.port
    if given.scheme not in {"http", "https"}:
        raise ValueError("it must begin with http:// or https://")
    if not given.hostname:
        raise ValueError("it names no host")
    cut = len(re.split("[?#]", text, maxsplit=1)[0])
    before = _SESSION.sub("", text[:cut])
    # People copy URLs out of page sources, which spell & as &amp;
    safe = safe_url_string(before + re.sub("&(?:amp;)+", "&", text[cut:]))
    split = urlsplit(canonicalize_url(safe, keep_fragments=True))
    return Address(
        host=_host(split.hostname or ""),
        port=None if port in _DEFAULT_PORTS else port,
        path=_path(split.path),
        query=_query(urlsplit(safe).query),  # canonicalize_url sorts the values of one name
        route=f"#{split.fragment}" if split.fragment.startswith(("!", "/")) else "",
        session=before != text[:cut],
    )


def host_of(url: str) -> str:
    """Return the host without ``www.`` or ``m.``; empty if the URL has none."""
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
    bare = _bare(host)
    if not _HOST.fullmatch(bare) or ".." in bare:
        raise ValueError("its host name is malformed")
    return bare


def _bare(host: str) -> str:
    return re.sub(r"^(?:www\.)+", "", host)


def _path(path: str) -> str:
    """Return the path with CP949 Hangul as UTF-8, without a slash at its end."""
    whole = re.sub(r"%(?![0-9A-F]{2})", "%25", path)
    pieces = [
        piece if _KEPT.fullmatch(piece) else quote_from_bytes(_utf8(unquote_to_bytes(piece)), _SAFE)
        for piece in _KEPT.split(whole)
    ]
    return "".join(pieces).rstrip("/;") or "/"


def _query(query: str) -> tuple[tuple[str, str], ...]:
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    named = sorted(((_text(name), _text(value)) for name, value in pairs), key=itemgetter(0))
    return tuple(pair for pair, _ in groupby(named))


def _text(latin: str) -> str:
    return _utf8(latin.encode("latin-1")).decode("utf-8", "surrogateescape")


def _utf8(data: bytes) -> bytes:
    """Return the same text in UTF-8, composed (NFC); bytes that are not text stay as they are."""
    for charset in ("utf-8", "cp949"):
        try:
            return unicodedata.normalize("NFC", data.decode(charset)).encode("utf-8")
        except UnicodeDecodeError:
            continue
    return data
