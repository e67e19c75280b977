"""The ``ncode`` type in UTF-8: numbers that tell no time, a weather strip in random order, one
copyright line inside every body, and lists that repeat their last page past the end.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from newsstand.content import Post
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
    weather,
)
from newsstand.stories import dice

HOME = "https://www.gosiweek.com"
PAPER = "피앤피뉴스"
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
"""Two bytes that UTF-8 never has, and a syllable cut short."""


class Ncode:
    hosts: tuple[str, ...] = ("gosiweek.com", "www.gosiweek.com", "m.gosiweek.com")

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.paper = posts, now, PAPER
        self.turn = 0
        self.routes: dict[str, Route] = {
            "/": lambda ask: self.list_page(ask, PAPER, self.posts),
            "/robots.txt": lambda ask: robots(RULES),
            "/newslist/": lambda ask: self.list_page(ask, "전체기사", self.posts),
            "/news/newsList.php": self.section_list,
            "/news/newsview.php": lambda ask: self.article(ask.query.get("ncode", "")),
            "/news/amp.html": lambda ask: self.article(ask.query.get("ncode", ""), "amp"),
        }

    def answer(self, ask: Ask) -> Reply:
        if article := ARTICLE.fullmatch(ask.path):
            return self.article(article[1])
        route = self.routes.get(ask.path)
        return route(ask) if route else not_found()

    def section_list(self, ask: Ask) -> Reply:
        tid = ask.query.get("tid", "")
        rows = [post for post in self.posts if tid in ("", self.tid(post))]
        return self.list_page(ask, SECTIONS.get(tid, "전체기사"), rows)

    def list_page(self, ask: Ask, title: str, rows: list[Post]) -> Reply:
        last = pages_in(rows, ROWS) - 1
        page = min(ask.number("pagenum", 0), last)
        return self.html(
            "list.html",
            title=title,
            rows=page_of(rows, page, ROWS),
            page=page,
            pages=pager(page, 0, last),
            path=f"{ask.path if ask.path != '/' else '/newslist/'}?"
            + (f"tid={ask.query['tid']}&" if "tid" in ask.query else ""),
            sections=SECTIONS,
        )

    def article(self, number: str, kind: str = "article") -> Reply:
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

    # -- what the templates ask ------------------------------------------------------

    def tid(self, post: Post) -> str:
        return list(SECTIONS)[post.section]

    def section_name(self, post: Post) -> str:
        return SECTIONS[self.tid(post)]

    def image(self, post: Post, suffix: str = "_thum") -> str:
        return f"/news/data/{post.at:%Y%m%d}/p{post.number}_{post.variant}23{suffix}.JPG"

    def html(
        self, template: str, header: str = "text/html; charset=utf-8", **values: object
    ) -> Reply:
        return Reply(render(f"ncode/{template}", site=self, **values).encode(), content_type=header)
