"""Site of the ``ncode`` CMS in UTF-8, with numbers that do not follow time.

Its weather strip is in random order, every body holds a copyright line, and lists repeat their last
page past the end.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from newsstand.content import Post
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
    weather,
)
from newsstand.stories import dice

HOME = "https://www.gosiweek.com"
DISPLAY_NAME = "피앤피뉴스"
ROWS = 10
SECTIONS = {"181930993": "공무원", "181932624": "대학"}
ARTICLE = re.compile(r"/(?:article|news/view|newsView)/(\d+)")
RULES = """User-agent: *
Allow: /
Disallow: /_libs/
Disallow: /imgdb/
Disallow: /manager/
Disallow: /mypage/
Disallow: /mynews/
"""

STRAY = b"\xff\xfe \xea\xb0"
"""Two bytes that never occur in UTF-8, and a syllable cut short."""


class Ncode:
    """Outlet on the ncode CMS."""

    hosts: tuple[str, ...] = ("gosiweek.com", "www.gosiweek.com", "m.gosiweek.com")

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.display_name = posts, now, DISPLAY_NAME
        self.turn = 0
        self.routes: dict[str, Route] = {
            "/": lambda request: self.list_page(request, DISPLAY_NAME, self.posts),
            "/robots.txt": lambda request: robots(RULES),
            "/newslist/": lambda request: self.list_page(request, "전체기사", self.posts),
            "/news/newsList.php": self.section_list,
            "/news/newsview.php": lambda request: self.article(request.query.get("ncode", "")),
            "/news/amp.html": lambda request: self.article(request.query.get("ncode", ""), "amp"),
        }

    def answer(self, request: SiteRequest) -> Reply:
        """Return the response to a request."""
        if article := ARTICLE.fullmatch(request.path):
            return self.article(article[1])
        route = self.routes.get(request.path)
        return route(request) if route else not_found()

    def section_list(self, request: SiteRequest) -> Reply:
        """Return a section's list page."""
        tid = request.query.get("tid", "")
        rows = [post for post in self.posts if tid in ("", self.tid(post))]
        return self.list_page(request, SECTIONS.get(tid, "전체기사"), rows)

    def list_page(self, request: SiteRequest, title: str, rows: list[Post]) -> Reply:
        """Return a list page."""
        last = pages_in(rows, ROWS) - 1
        page = min(request.number("pagenum", 0), last)
        return self.html(
            "list.html",
            title=title,
            rows=page_of(rows, page, ROWS),
            page=page,
            pages=pager(page, 0, last),
            path=f"{request.path if request.path != '/' else '/newslist/'}?"
            + (f"tid={request.query['tid']}&" if "tid" in request.query else ""),
            sections=SECTIONS,
        )

    def article(self, number: str, kind: str = "article") -> Reply:
        """Return an article page, or the page for a missing one."""
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        if not post or not post.readable:
            return self.html("gone.html")
        hour = self.now + timedelta(hours=self.turn)
        page = self.html(
            f"{kind}.html",
            header="text/html" if post.trap == "lying_meta" else "text/html; charset=utf-8",
            post=post,
            charset="euc-kr" if post.trap == "lying_meta" else "utf-8",
            strip=[
                sky for sky in weather(dice(number, f"{hour:%Y%m%d%H}"), shuffled=True) if sky[1]
            ],
            most_read=self.posts[4 + self.turn : 8 + self.turn],
            stray="STRAY" if post.trap == "stray_bytes" else "",
        )
        return Reply(page.body.replace(b"STRAY", STRAY), content_type=page.content_type)

    # -- called by the templates ------------------------------------------------------

    def tid(self, post: Post) -> str:
        """Return the code of a post's section."""
        return list(SECTIONS)[post.section]

    def section_name(self, post: Post) -> str:
        """Return the name of a post's section."""
        return SECTIONS[self.tid(post)]

    def image(self, post: Post, suffix: str = "_thum") -> str:
        """Return the path of a post's image."""
        return f"/news/data/{post.at:%Y%m%d}/p{post.number}_{post.variant}23{suffix}.JPG"

    def html(
        self, template: str, header: str = "text/html; charset=utf-8", **values: object
    ) -> Reply:
        """Return a rendered template."""
        return Reply(render(f"ncode/{template}", site=self, **values).encode(), content_type=header)
