"""The breaknews type in EUC-KR: three skins, English tails, lies about the charset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from itertools import islice

from newsstand.content import Post, feed
from newsstand.sites import (
    Ask,
    Reply,
    Route,
    not_found,
    numbered,
    page_of,
    pages_in,
    render,
    robots,
)
from newsstand.stories import WORDS, dice

HOME = "https://kb.breaknews.com"
PAPER = "브레이크뉴스 경기북부"
ROWS = 10
SECTIONS = {"sc1": "정치", "sc2": "사회", "sc3": "문화"}

HEADER = {
    "current": "text/html; charset=euc-kr",
    "middle": "text/html; charset=ks_c_5601-1987",
    "tables": "text/html",
}
LIES = {"no_charset": "text/html", "lying_header": "text/html; charset=utf-8"}


class Breaknews:
    hosts: tuple[str, ...] = ("kb.breaknews.com",)

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.paper = posts, now, PAPER
        self.turn = 0
        self.routes: dict[str, Route] = {
            "/": self.front,
            "/robots.txt": lambda ask: robots("User-agent: *\nDisallow: /newnews/\n"),
            "/sub.html": self.list_page,
            "/sub_view.html": self.list_page,
            "/sub_read.html": lambda ask: self.article(ask.query.get("uid", "")),
            "/rss/rss_news.php": self.rss,
        }

    def answer(self, ask: Ask) -> Reply:
        if article := re.fullmatch(r"/(\d+)", ask.path):
            return self.article(article[1])
        route = self.routes.get(ask.path)
        return route(ask) if route else not_found()

    def front(self, ask: Ask) -> Reply:
        return self.html("front.html", posts=self.posts[:5], sections=SECTIONS)

    def list_page(self, ask: Ask) -> Reply:
        section = ask.query.get("section", "")
        rows = [post for post in self.posts if section in ("", self.section(post))]
        page = ask.number("page", 1) or 1
        return self.html(
            "list.html",
            rows=page_of(rows, page - 1, ROWS),
            page=page,
            last=pages_in(rows, ROWS),
            section=section,
            path=ask.path,
        )

    def article(self, number: str) -> Reply:
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        if not post or not post.readable:
            return self.html("gone.html")
        return self.html(
            f"article_{post.skin}.html",
            header=LIES.get(post.trap, HEADER[post.skin]),
            post=post,
            tail=self.tail(post),
            related=list(islice(self.related(post), 4)),
            most_read=self.posts[3 + self.turn : 8 + self.turn],
        )

    def rss(self, ask: Ask) -> Reply:
        items = feed("breaknews_kb", self.posts)
        text = render("breaknews/rss.xml", site=self, items=items, rfc822=format_datetime)
        return Reply(encoded(text), content_type="text/xml; charset=euc-kr")

    def related(self, post: Post) -> Iterator[Post]:
        return (other for other in self.posts if other.story.keyword == post.story.keyword)

    # -- what the templates ask ------------------------------------------------------

    def section(self, post: Post) -> str:
        return list(SECTIONS)[post.section]

    def section_name(self, post: Post) -> str:
        return SECTIONS[self.section(post)]

    def role(self, post: Post) -> str:
        return f"{post.reporter} {'발행인' if post.trap == 'column' else '기자'}"

    def image(self, post: Post) -> str:
        return f"/imgdata/kb_breaknews_com/{post.at:%Y%m}/{post.at:%Y%m%d}{post.number}.jpg"

    def tail(self, post: Post) -> list[str]:
        """The English part as it stands below the body; the oldest skin and columns have none."""
        if post.skin == "tables" or not post.story.english:
            return []
        rng = dice(post.number)
        headline, subtitle, *body = post.story.english
        shown = body[: rng.randint(2, len(body))]  # some leave out the end
        lead = "[Reporter Hyeon-Woo Kim = Northern Gyeonggi/Gangwon]"
        return [*rng.choice(WORDS["marker"]), headline, subtitle, f"{lead} {shown[0]}", *shown[1:]]

    def html(self, template: str, header: str = HEADER["current"], **values: object) -> Reply:
        return Reply(
            encoded(render(f"breaknews/{template}", site=self, **values)), content_type=header
        )


def encoded(text: str) -> bytes:
    """CP949, with a character reference for what it lacks: ``©`` becomes ``&#169;``."""
    return text.encode("cp949", errors="xmlcharrefreplace")
