"""What the newsstand's sites share: a question, an answer, the templates, the weather strip."""

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
class Ask:
    """A request as a site sees it; ``host`` without port, ``query`` the last value of each name."""

    host: str
    path: str
    query: dict[str, str]
    user_agent: str = ""
    url: str = ""
    """The whole address as the client wrote it."""

    @property
    def address(self) -> str:
        query = f"?{urlencode(self.query)}" if self.query else ""
        return self.url or f"http://{self.host}{self.path}{query}"

    def number(self, name: str, default: int) -> int:
        """A whole number of the query, as lenient as PHP: anything else is ``default``."""
        value = self.query.get(name, "")
        return int(value) if value.isdecimal() else default


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    """Name of the fault that this answer is; empty where the site says what it means to say."""
    held: float = 0.0
    """Seconds that pass before anything is sent."""
    broken: float | None = None
    """Share of the body after which the connection breaks; at 0 nothing at all is sent."""


class Site(Protocol):
    hosts: tuple[str, ...]
    posts: list[Post]
    now: datetime
    turn: int
    """How often weather, most-read lists and counters have changed since it opened."""

    def answer(self, ask: Ask) -> Reply: ...


Route = Callable[[Ask], Reply]


def render(template: str, **values: Any) -> str:
    return TEMPLATES.get_template(template).render(**values)


def page_of(rows: Sequence[T], page: int, size: int) -> Sequence[T]:
    """The rows of a page counted from 0; empty past the end."""
    return rows[page * size : (page + 1) * size] if page >= 0 else ()


def pages_in(rows: Sequence[Any], size: int) -> int:
    return max(1, -(-len(rows) // size))


def weather(rng: Random, *, shuffled: bool = False) -> list[tuple[str, str, str]]:
    """The strip of 97 stations as (sky, station, degrees); four have no name, one no degrees."""
    strip = [
        (rng.choice(WEATHER["skies"]), station, f"{rng.uniform(-8, 24):.1f}℃")
        for station in WEATHER["stations"]
    ]
    strip[37] = ("맑음", "완도", "")
    if shuffled:
        rng.shuffle(strip)
    return strip


def robots(text: str) -> Reply:
    return Reply(text.encode(), content_type="text/plain")


def pager(page: int, first: int, last: int) -> range:
    """The page numbers that a list links to: some five before and behind its own."""
    page = min(page, last)
    return range(max(first, page - 5), min(last, page + 5) + 1)


def not_found(status: int = 404) -> Reply:
    """The web server's own page, for addresses that the site's software never sees."""
    says = HTTPStatus(status).phrase
    page = f"<html><head><title>{status} {says}</title></head><body><h1>{says}</h1></body></html>"
    return Reply(page.encode(), status, "text/html; charset=iso-8859-1")


def numbered(posts: list[Post], number: str) -> Post | None:
    return next((post for post in posts if post.number == number), None)
