"""Site of the 다다미디어 CMS in UTF-8: lists without times, two templates, long most-read lists."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from newsstand.content import Post, feed
from newsstand.sites import (
    Reply,
    Route,
    SiteRequest,
    not_found,
    numbered,
    page_of,
    pager,
    pages_in,
    render,
    robots,
)

HOME = "http://seonamtoday.com"
DISPLAY_NAME = "서남투데이"
ROWS = 10
SECTIONS = {"m641vf2": "정치", "m125yxs2": "사회"}
SHORT = re.compile(r"/(?:news|article)/(\d+)")


class Dadamedia:
    """Outlet on the 다다미디어 CMS."""

    hosts: tuple[str, ...] = ("seonamtoday.com", "www.seonamtoday.com")

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.display_name = posts, now, DISPLAY_NAME
        self.turn = 0
        self.routes: dict[str, Route] = {
            "/": lambda request: self.html("front.html", posts=self.posts[:5], sections=SECTIONS),
            "/m/": lambda request: self.html("front.html", posts=self.posts[:5], sections=SECTIONS),
            "/robots.txt": lambda request: robots("User-agent: *\nDisallow: /admin/\n"),
            "/news/list.php": self.list_page,
            "/news/view.php": lambda request: self.article(request.query.get("idx", "")),
            "/m/view.php": lambda request: self.article(request.query.get("idx", "")),
            "/rss.php": lambda request: self.rss(self.posts),
            "/rss_view.php": lambda request: self.rss(
                self.of_section(request.query.get("code", ""))
            ),
        }

    def answer(self, request: SiteRequest) -> Reply:
        """Return the response to a request."""
        if article := SHORT.fullmatch(request.path):
            return self.article(article[1])
        route = self.routes.get(request.path)
        return route(request) if route else not_found()

    def list_page(self, request: SiteRequest) -> Reply:
        """Return a list page."""
        mcode = request.query.get("mcode", "")
        rows = self.of_section(mcode)
        page = request.number("page", 1) or 1
        return self.html(
            "list.html",
            rows=page_of(rows, page - 1, ROWS),
            page=page,
            pages=pager(page, 1, pages_in(rows, ROWS)),
            mcode=mcode,
            view=request.query.get("vg", ""),
        )

    def article(self, number: str) -> Reply:
        """Return an article page, or the page for a missing one."""
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        if not post or not post.readable:
            return self.html("gone.html", most_read=self.posts[5:12])
        return self.html(
            f"article_{post.template}.html",
            post=post,
            most_read=self.posts[5 + self.turn : 12 + self.turn],
        )

    def rss(self, posts: list[Post]) -> Reply:
        """Return the RSS feed."""
        items = feed("seonamtoday", posts)
        text = render("dadamedia/rss.xml", site=self, items=items, rfc822=format_datetime)
        return Reply(text.encode(), content_type="text/xml; charset=utf-8")

    def of_section(self, mcode: str) -> list[Post]:
        """Return the posts of a section."""
        return [post for post in self.posts if mcode in ("", self.mcode(post))]

    # -- called by the templates ------------------------------------------------------

    def mcode(self, post: Post) -> str:
        """Return the code of a post's section."""
        return list(SECTIONS)[post.section]

    def section_name(self, post: Post) -> str:
        """Return the name of a post's section."""
        return SECTIONS[self.mcode(post)]

    def byline(self, post: Post) -> str:
        """Return the byline, sometimes the bare name without 기자."""
        return f"{post.reporter}" if post.variant == 0 else f"{post.reporter} 기자"

    def image(self, post: Post) -> str:
        """Return the path of a post's image."""
        return f"data/cheditor4/{post.at:%y%m}/{post.number}ab{post.variant}c.png"

    def html(self, template: str, **values: object) -> Reply:
        """Return a rendered template."""
        return Reply(render(f"dadamedia/{template}", site=self, **values).encode())
