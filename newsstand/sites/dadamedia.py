"""다다미디어 in UTF-8: lists with days only, two skins, a most-read list as long as a story."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from newsstand.content import Post, feed
from newsstand.sites import (
    Ask,
    Reply,
    Route,
    not_found,
    numbered,
    page_of,
    pager,
    pages_in,
    render,
    robots,
)

HOME = "http://seonamtoday.com"
PAPER = "서남투데이"
ROWS = 10
SECTIONS = {"m641vf2": "정치", "m125yxs2": "사회"}
SHORT = re.compile(r"/(?:news|article)/(\d+)")


class Dadamedia:
    hosts: tuple[str, ...] = ("seonamtoday.com", "www.seonamtoday.com")

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.paper = posts, now, PAPER
        self.turn = 0
        self.routes: dict[str, Route] = {
            "/": lambda ask: self.html("front.html", posts=self.posts[:5], sections=SECTIONS),
            "/m/": lambda ask: self.html("front.html", posts=self.posts[:5], sections=SECTIONS),
            "/robots.txt": lambda ask: robots("User-agent: *\nDisallow: /admin/\n"),
            "/news/list.php": self.list_page,
            "/news/view.php": lambda ask: self.article(ask.query.get("idx", "")),
            "/m/view.php": lambda ask: self.article(ask.query.get("idx", "")),
            "/rss.php": lambda ask: self.rss(self.posts),
            "/rss_view.php": lambda ask: self.rss(self.of_section(ask.query.get("code", ""))),
        }

    def answer(self, ask: Ask) -> Reply:
        if article := SHORT.fullmatch(ask.path):
            return self.article(article[1])
        route = self.routes.get(ask.path)
        return route(ask) if route else not_found()

    def list_page(self, ask: Ask) -> Reply:
        mcode = ask.query.get("mcode", "")
        rows = self.of_section(mcode)
        page = ask.number("page", 1) or 1
        return self.html(
            "list.html",
            rows=page_of(rows, page - 1, ROWS),
            page=page,
            pages=pager(page, 1, pages_in(rows, ROWS)),
            mcode=mcode,
            view=ask.query.get("vg", ""),
        )

    def article(self, number: str) -> Reply:
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        if not post or not post.readable:
            return self.html("gone.html", most_read=self.posts[5:12])
        return self.html(
            f"article_{post.skin}.html",
            post=post,
            most_read=self.posts[5 + self.turn : 12 + self.turn],
        )

    def rss(self, posts: list[Post]) -> Reply:
        items = feed("seonamtoday", posts)
        text = render("dadamedia/rss.xml", site=self, items=items, rfc822=format_datetime)
        return Reply(text.encode(), content_type="text/xml; charset=utf-8")

    def of_section(self, mcode: str) -> list[Post]:
        return [post for post in self.posts if mcode in ("", self.mcode(post))]

    # -- what the templates ask ------------------------------------------------------

    def mcode(self, post: Post) -> str:
        return list(SECTIONS)[post.section]

    def section_name(self, post: Post) -> str:
        return SECTIONS[self.mcode(post)]

    def byline(self, post: Post) -> str:
        """Now and then the bare name, without 기자."""
        return f"{post.reporter}" if post.variant == 0 else f"{post.reporter} 기자"

    def image(self, post: Post) -> str:
        return f"data/cheditor4/{post.at:%y%m}/{post.number}ab{post.variant}c.png"

    def html(self, template: str, **values: object) -> Reply:
        return Reply(render(f"dadamedia/{template}", site=self, **values).encode())
