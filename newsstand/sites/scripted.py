"""Sixth outlet, of an invented CMS: it serves JSON, and scripts build the pages.

Its host ends in ``.example``, a reserved name (RFC 2606). The list grows at a click on 더보기; the
oldest articles are still rendered by the server. The pages also load what a crawl does not need:
images, fonts, frames, beacons, sockets, own and foreign trackers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any

from newsstand.content import Post
from newsstand.sites import Reply, Route, SiteRequest, not_found, numbered, render, robots

HOME = "https://www.gaonilbo.example"
DISPLAY_NAME = "가온일보"
ROWS = 3
ARTICLE = re.compile(r"/(news|data/article)/(\d+)")
RULES = "User-agent: *\nDisallow: /admin/\nDisallow: /static/private.js\n"


class Scripted:
    """Outlet that needs a browser."""

    hosts: tuple[str, ...] = ("gaonilbo.example", "www.gaonilbo.example")

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.display_name = posts, now, DISPLAY_NAME
        self.turn = 0
        self.opened: Counter[str] = Counter()
        """Number of requests to each page."""
        self.routes: dict[str, Route] = {
            "/": lambda request: self.html("list.html"),
            "/news": lambda request: self.html("list.html"),
            "/robots.txt": lambda request: robots(RULES),
            "/data/list": self.rows,
            "/static/app.js": lambda request: self.script(render("scripted/app.js")),
            "/static/style.css": lambda request: Reply(b"", content_type="text/css"),
            "/static/private.js": lambda request: self.script(""),
            "/static/matomo.js": lambda request: self.script(""),
        }

    def answer(self, request: SiteRequest) -> Reply:
        """Return the response to a request."""
        self.opened[request.path] += 1
        if article := ARTICLE.fullmatch(request.path):
            return self.article(article[1], article[2])
        route = self.routes.get(request.path)
        return route(request) if route else not_found()

    def rows(self, request: SiteRequest) -> Reply:
        """Return the next rows as JSON, and whether there are more."""
        after = request.query.get("after")
        numbers = [post.number for post in self.posts]
        start = numbers.index(after) + 1 if after in numbers else 0
        posts = self.posts[start : start + ROWS]
        rows = [
            {"id": post.number, "headline": post.story.headline, "date": when(post)}
            for post in posts
        ]
        return self.data({"rows": rows, "more": start + ROWS < len(self.posts)})

    def article(self, what: str, number: str) -> Reply:
        """Return the page, a shell except for the oldest template; or its script's data."""
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        readable = post if post and post.readable else None
        if what == "news":
            return self.html(
                "article.html", post=readable if readable and readable.template == "plain" else None
            )
        if readable is None:
            return self.data({"gone": "삭제되었거나 없는 기사입니다."})
        return self.data(
            {
                "headline": readable.story.headline,
                "date": when(readable),
                "reporter": f"{readable.reporter} 기자" if readable.reporter else "",
                "caption": readable.story.caption,
                "lines": readable.story.printed,
            }
        )

    def data(self, value: Any) -> Reply:
        """Return JSON."""
        text = json.dumps(value, ensure_ascii=False)
        return Reply(text.encode(), content_type="application/json; charset=utf-8")

    def script(self, text: str) -> Reply:
        """Return JavaScript."""
        return Reply(text.encode(), content_type="text/javascript; charset=utf-8")

    def html(self, template: str, **values: object) -> Reply:
        """Return a rendered template."""
        return Reply(render(f"scripted/{template}", site=self, **values).encode())


def when(post: Post) -> str:
    """Return the displayed date."""
    return f"{post.at:%Y.%m.%d %H:%M}"
