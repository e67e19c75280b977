"""Shared parts of the sites: request, reply, templates, and the weather strip."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newsstand.content import Post

ROOM = Path(__file__).parent.parent
WEATHER: dict[str, list[str]] = tomllib.loads((ROOM / "weather.toml").read_text("utf-8"))
TEMPLATES = Environment(
    loader=FileSystemLoader(ROOM / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)

T = TypeVar("T")


@dataclass(frozen=True)
class SiteRequest:
    """A request as a site sees it; ``host`` without port, ``query`` with each name's last value."""

    host: str
    path: str
    query: dict[str, str]
    user_agent: str = ""
    url: str = ""
    """The whole URL as the client wrote it."""

    @property
    def address(self) -> str:
        """The whole URL."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return self.url or f"http://{self.host}{self.path}{query}"

    def number(self, name: str, default: int) -> int:
        """Return a whole number of the query, as lenient as PHP: anything else is ``default``."""
        value = self.query.get(name, "")
        return int(value) if value.isdecimal() else default


@dataclass(frozen=True)
class Reply:
    """A site's response."""

    body: bytes
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    """Name of the fault that this response is; empty for a normal one."""
    held: float = 0.0
    """Seconds before anything is sent."""
    broken: float | None = None
    """Share of the body after which the connection breaks; at 0 nothing is sent."""


class Site(Protocol):
    """A site of the newsstand."""

    hosts: tuple[str, ...]
    posts: list[Post]
    now: datetime
    turn: int
    """Number of changes of weather, most-read lists and counters since the opening."""

    def answer(self, request: SiteRequest) -> Reply:
        """Return the response to a request."""
        ...


Route = Callable[[SiteRequest], Reply]


def render(template: str, **values: Any) -> str:
    """Render a template."""
    return TEMPLATES.get_template(template).render(**values)


def page_of(rows: Sequence[T], page: int, size: int) -> Sequence[T]:
    """Return the rows of a page counted from 0; empty past the end."""
    return rows[page * size : (page + 1) * size] if page >= 0 else ()


def pages_in(rows: Sequence[Any], size: int) -> int:
    """Return the number of pages, at least 1."""
    return max(1, -(-len(rows) // size))


def weather(rng: Random, *, shuffled: bool = False) -> list[tuple[str, str, str]]:
    """Return 97 stations as (sky, station, degrees); four have no name, one no degrees."""
    strip = [
        (rng.choice(WEATHER["skies"]), station, f"{rng.uniform(-8, 24):.1f}℃")
        for station in WEATHER["stations"]
    ]
    strip[37] = ("맑음", "완도", "")
    if shuffled:
        rng.shuffle(strip)
    return strip


def robots(text: str) -> Reply:
    """Return a robots.txt."""
    return Reply(text.encode(), content_type="text/plain")


def pager(page: int, first: int, last: int) -> range:
    """Return the page numbers that a list links to: about five before and after its own."""
    page = min(page, last)
    return range(max(first, page - 5), min(last, page + 5) + 1)


def not_found(status: int = 404) -> Reply:
    """Return the web server's own page, for URLs that the CMS never sees."""
    phrase = HTTPStatus(status).phrase
    page = (
        f"<html><head><title>{status} {phrase}</title></head><body><h1>{phrase}</h1></body></html>"
    )
    return Reply(page.encode(), status, "text/html; charset=iso-8859-1")


def numbered(posts: list[Post], number: str) -> Post | None:
    """Return the post of a number, or None."""
    return next((post for post in posts if post.number == number), None)
