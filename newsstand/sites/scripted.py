"""A sixth paper, of no real system: what it prints is JSON, and scripts make pages of it.

Its host ends in ``.example``, which is nobody's for ever (RFC 2606). The list grows at a click on
더보기; the oldest articles are still written by the server. Around them stands everything that a
crawl has no use for: pictures, fonts, frames, beacons, sockets, trackers of its own and of others.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any

from newsstand.content import Post
from newsstand.sites import Ask, Reply, Route, not_found, numbered, render, robots

HOME = "https://www.gaonilbo.example"
PAPER = "가온일보"
ROWS = 3
ARTICLE = re.compile(r"/(news|data/article)/(\d+)")
RULES = "User-agent: *\nDisallow: /admin/\nDisallow: /static/private.js\n"


class Scripted:
    hosts: tuple[str, ...] = ("gaonilbo.example", "www.gaonilbo.example")

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.paper = posts, now, PAPER
        self.turn = 0
        self.opened: Counter[str] = Counter()
        """How often each page was asked for."""
        self.routes: dict[str, Route] = {
            "/": lambda ask: self.html("list.html"),
            "/news": lambda ask: self.html("list.html"),
            "/robots.txt": lambda ask: robots(RULES),
            "/data/list": self.rows,
            "/static/app.js": lambda ask: self.script(render("scripted/app.js")),
            "/static/style.css": lambda ask: Reply(b"", content_type="text/css"),
            "/static/private.js": lambda ask: self.script(""),
            "/static/matomo.js": lambda ask: self.script(""),
        }

    def answer(self, ask: Ask) -> Reply:
        self.opened[ask.path] += 1
        if article := ARTICLE.fullmatch(ask.path):
            return self.article(article[1], article[2])
        route = self.routes.get(ask.path)
        return route(ask) if route else not_found()

    def rows(self, ask: Ask) -> Reply:
        """Some rows below the one that was the last, and whether there are more."""
        after = ask.query.get("after")
        numbers = [post.number for post in self.posts]
        start = numbers.index(after) + 1 if after in numbers else 0
        shown = self.posts[start : start + ROWS]
        rows = [
            {"id": post.number, "headline": post.story.headline, "date": when(post)}
            for post in shown
        ]
        return self.data({"rows": rows, "more": start + ROWS < len(self.posts)})

    def article(self, what: str, number: str) -> Reply:
        """The page, a shell for all but the oldest skin; or what its script asks for."""
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        told = post if post and post.readable else None
        if what == "news":
            return self.html("article.html", post=told if told and told.skin == "plain" else None)
        if told is None:
            return self.data({"gone": "삭제되었거나 없는 기사입니다."})
        return self.data(
            {
                "headline": told.story.headline,
                "date": when(told),
                "reporter": f"{told.reporter} 기자" if told.reporter else "",
                "caption": told.story.caption,
                "lines": told.story.printed,
            }
        )

    def data(self, told: Any) -> Reply:
        text = json.dumps(told, ensure_ascii=False)
        return Reply(text.encode(), content_type="application/json; charset=utf-8")

    def script(self, text: str) -> Reply:
        return Reply(text.encode(), content_type="text/javascript; charset=utf-8")

    def html(self, template: str, **values: object) -> Reply:
        return Reply(render(f"scripted/{template}", site=self, **values).encode())


def when(post: Post) -> str:
    return f"{post.at:%Y.%m.%d %H:%M}"
