"""Site of the breaknews CMS in EUC-KR: three templates, English translations, wrong charsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from itertools import islice

from newsstand.content import Post, feed
from newsstand.sites import (
    Reply,
    Route,
    SiteRequest,
    not_found,
    numbered,
    page_of,
    pages_in,
    render,
    robots,
)
from newsstand.stories import WORDS, dice

HOME = "https://kb.breaknews.com"
DISPLAY_NAME = "브레이크뉴스 경기북부"
ROWS = 10
SECTIONS = {"sc1": "정치", "sc2": "사회", "sc3": "문화"}

HEADER = {
    "current": "text/html; charset=euc-kr",
    "middle": "text/html; charset=ks_c_5601-1987",
    "tables": "text/html",
}
LIES = {"no_charset": "text/html", "lying_header": "text/html; charset=utf-8"}


class Breaknews:
    """Outlet on the breaknews CMS."""

    hosts: tuple[str, ...] = ("kb.breaknews.com",)

    def __init__(self, posts: list[Post], now: datetime) -> None:
        self.posts, self.now, self.display_name = posts, now, DISPLAY_NAME
        self.turn = 0
        self.routes: dict[str, Route] = {
            "/": self.front,
            "/robots.txt": lambda request: robots("User-agent: *\nDisallow: /newnews/\n"),
            "/sub.html": self.list_page,
            "/sub_view.html": self.list_page,
            "/sub_read.html": lambda request: self.article(request.query.get("uid", "")),
            "/rss/rss_news.php": self.rss,
        }

    def answer(self, request: SiteRequest) -> Reply:
        """Return the response to a request."""
        if article := re.fullmatch(r"/(\d+)", request.path):
            return self.article(article[1])
        route = self.routes.get(request.path)
        return route(request) if route else not_found()

    def front(self, request: SiteRequest) -> Reply:
        """Return the front page."""
        return self.html("front.html", posts=self.posts[:5], sections=SECTIONS)

    def list_page(self, request: SiteRequest) -> Reply:
        """Return a list page."""
        section = request.query.get("section", "")
        rows = [post for post in self.posts if section in ("", self.section(post))]
        page = request.number("page", 1) or 1
        return self.html(
            "list.html",
            rows=page_of(rows, page - 1, ROWS),
            page=page,
            last=pages_in(rows, ROWS),
            section=section,
            path=request.path,
        )

    def article(self, number: str) -> Reply:
        """Return an article page, or the page for a missing one."""
        post = numbered(self.posts, number)
        if post and post.status != 200:
            return not_found(post.status)
        if not post or not post.readable:
            return self.html("gone.html")
        return self.html(
            f"article_{post.template}.html",
            header=LIES.get(post.trap, HEADER[post.template]),
            post=post,
            tail=self.tail(post),
            related=list(islice(self.related(post), 4)),
            most_read=self.posts[3 + self.turn : 8 + self.turn],
        )

    def rss(self, request: SiteRequest) -> Reply:
        """Return the RSS feed."""
        items = feed("breaknews_kb", self.posts)
        text = render("breaknews/rss.xml", site=self, items=items, rfc822=format_datetime)
        return Reply(encoded(text), content_type="text/xml; charset=euc-kr")

    def related(self, post: Post) -> Iterator[Post]:
        """Yield the posts on the same topic."""
        return (other for other in self.posts if other.story.keyword == post.story.keyword)

    # -- called by the templates ------------------------------------------------------

    def section(self, post: Post) -> str:
        """Return the code of a post's section."""
        return list(SECTIONS)[post.section]

    def section_name(self, post: Post) -> str:
        """Return the name of a post's section."""
        return SECTIONS[self.section(post)]

    def role(self, post: Post) -> str:
        """Return the byline."""
        return f"{post.reporter} {'발행인' if post.trap == 'column' else '기자'}"

    def image(self, post: Post) -> str:
        """Return the path of a post's image."""
        return f"/imgdata/kb_breaknews_com/{post.at:%Y%m}/{post.at:%Y%m%d}{post.number}.jpg"

    def tail(self, post: Post) -> list[str]:
        """Return the English part below the body; the oldest template and columns have none."""
        if post.template == "tables" or not post.story.english:
            return []
        rng = dice(post.number)
        headline, subtitle, *body = post.story.english
        printed = body[: rng.randint(2, len(body))]  # some leave out the end
        lead = "[Reporter Hyeon-Woo Kim = Northern Gyeonggi/Gangwon]"
        return [
            *rng.choice(WORDS["marker"]),
            headline,
            subtitle,
            f"{lead} {printed[0]}",
            *printed[1:],
        ]

    def html(self, template: str, header: str = HEADER["current"], **values: object) -> Reply:
        """Return a rendered template."""
        return Reply(
            encoded(render(f"breaknews/{template}", site=self, **values)), content_type=header
        )


def encoded(text: str) -> bytes:
    """Encode in CP949, with a character reference for what it lacks: ``©`` becomes ``&#169;``."""
    return text.encode("cp949", errors="xmlcharrefreplace")
