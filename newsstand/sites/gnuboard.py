"""Site of Gnuboard 5 with a commercial news theme, which answers every error with HTTP 200.

It has one board, ``news``: theme skin for new posts and lists, stock skins (5.3 and 5.0-5.2) for
papns' older ones.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime, formatdate
from urllib.parse import urlencode

from newsstand.content import Post, feed
from newsstand.sites import (
    Reply,
    Route,
    SiteRequest,
    not_found,
    numbered,
    pages_in,
    render,
    robots,
    weather,
)
from newsstand.stories import dice

MOBILE = re.compile(
    r"phone|samsung.*mobile|lgtel|mobile|[^A]skt|nokia|blackberry|BB10|android|sony", re.IGNORECASE
)

NO_POST = "글이 존재하지 않습니다.\n\n글이 삭제되었거나 이동된 경우입니다."
NO_RIGHT = "글을 읽을 권한이 없습니다.\n\n회원이시라면 로그인 후 이용해 보십시오."
NO_BOARD = "존재하지 않는 게시판입니다."
NO_TABLE = (
    "bo_table 값이 넘어오지 않았습니다.\n\nboard.php?bo_table=code 와 같은 방식으로 넘겨 주세요."
)
NO_FEED = "RSS 보기가 금지되어 있습니다."


class Gnuboard:
    """One outlet's board. It remembers which posts already had their database error."""

    def __init__(
        self,
        home: str,
        display_name: str,
        posts: list[Post],
        now: datetime,
        *,
        suffix: str = "",
        rows: int = 10,
        stock_from: int = 0,
        has_feed: bool = False,
    ) -> None:
        self.home, self.display_name, self.posts, self.now = home, display_name, posts, now
        self.suffix, self.rows, self.stock_from, self.has_feed = suffix, rows, stock_from, has_feed
        bare = home.split("//")[1].removeprefix("www.")
        self.hosts: tuple[str, ...] = (bare, f"www.{bare}")
        self.turn = 0
        self.failed: set[str] = set()
        self.routes: dict[str, Route] = {
            "/": lambda request: self.list_page(request, 1),
            "/robots.txt": lambda request: robots(
                "User-agent: *\nDisallow: /adm/\nDisallow: /data/\n"
            ),
            "/bbs/board.php": self.board,
            "/bbs/rss.php": self.rss,
            "/bbs/password.php": lambda request: self.page("password.html", title="비밀번호 입력"),
            "/bbs/login.php": lambda request: self.page("login.html", title="로그인"),
        }

    def answer(self, request: SiteRequest) -> Reply:
        """Return the response to a request."""
        if not request.user_agent:
            return self.html("<meta charset=utf-8>접근이 가능하지 않습니다.")
        route = self.routes.get(request.path)
        return route(request) if route else not_found()

    # -- pages ------------------------------------------------------------------

    def board(self, request: SiteRequest) -> Reply:
        """Answer board.php: an article, a list page or an alert."""
        if not (table := request.query.get("bo_table")):
            return self.alert(NO_TABLE, "")
        if table != "news":
            return self.alert(NO_BOARD, self.home)
        if "wr_id" in request.query:
            return self.view(request, request.number("wr_id", 0))
        return self.list_page(request, request.number("page", 1) or 1)

    def list_page(self, request: SiteRequest, page: int) -> Reply:
        """Return a list page."""
        notices = [post for post in self.posts if post.trap == "notice"]
        normal = [post for post in self.posts if post.trap != "notice"]
        # Notices replace normal rows on page 1 and appear on no other page.
        start = 0 if page == 1 else max(0, (page - 1) * self.rows - len(notices))
        rows = normal[start : max(0, page * self.rows - len(notices))]
        return self.page(
            f"list_{self.list_skin(request, page)}.html",
            title=f"지역뉴스 {page} 페이지 | {self.display_name}",
            rows=[*(notices if page == 1 else []), *rows],
            total=len(self.posts),
            page=page,
            last=pages_in(self.posts, self.rows),
            me_id=request.query.get("me_id", "7"),
        )

    def list_skin(self, request: SiteRequest, page: int) -> str:
        """Return the skin: the theme on top, stock skins from ``stock_from`` on."""
        if self.mobile(request):
            return "mobile"
        depth = page // self.stock_from if self.stock_from else 0
        return ("theme", "stock53", "stock50")[min(depth, 2)]

    def view(self, request: SiteRequest, number: int) -> Reply:
        """Return an article's page, or an alert."""
        if not (post := numbered(self.posts, str(number))):
            if parent := numbered(self.posts, str(number - 1)):  # the number of a comment
                return self.moved(f"{self.link(parent)}#c_{number}")
            return self.alert(NO_POST, f"{self.home}/bbs/board.php?bo_table=news")
        if post.status != 200:
            return not_found(post.status)
        match post.trap:
            case "deleted":
                return self.alert(NO_POST, f"{self.home}/bbs/board.php?bo_table=news")
            case "forbidden":
                return self.alert(NO_RIGHT, f"{self.home}/bbs/login.php?wr_id={post.number}")
            case "secret":
                where = f"/bbs/password.php?w=s&bo_table=news&wr_id={post.number}"
                return self.moved(self.home + where)
            case "mysql" if post.number not in self.failed:
                self.failed.add(post.number)
                return replace(self.html("MySQL Connect Error!!!"), fault="mysql")
        skin = "mobile" if self.mobile(request) else post.template
        title = f"{self.headline(post)} > 지역뉴스 | {self.display_name}"
        return self.page(
            f"view_{skin}.html",
            title=title,
            post=post,
            page=request.number("page", 1),
            neighbours=[other for other in self.posts[:4] if other.number != post.number][:3],
        )

    def rss(self, request: SiteRequest) -> Reply:
        """Return the RSS feed."""
        if request.query.get("bo_table") != "news":
            return self.html(NO_BOARD)
        if not self.has_feed:
            return self.html(NO_FEED)
        items = feed("gyeonggitv", self.posts)
        text = render("gnuboard/rss.xml", site=self, items=items, rfc2822=format_datetime)
        return Reply(text.encode(), content_type="text/xml", headers=self.headers())

    # -- called by the templates ---------------------------------------------------

    def headline(self, post: Post) -> str:
        """Return the headline with the outlet's suffix."""
        return post.story.headline + self.suffix

    def link(self, post: Post, *, alphabetical: bool = False, **state: str | int) -> str:
        """Return the post's URL with the list's state; the site orders the names in two ways."""
        query = {"bo_table": "news", "wr_id": post.number} | state
        names = sorted(query) if alphabetical else list(query)
        return f"{self.home}/bbs/board.php?{urlencode({name: query[name] for name in names})}"

    def row_date(self, post: Post) -> str | None:
        """Return a theme row's date: a day if the row has no time, None if it has no date."""
        match post.trap:
            case "undated" | "image_date":
                return None
            case "day_row":
                return f"{post.at:%Y-%m-%d}"
        return f"{post.at:%Y-%m-%d %H:%M}"

    def view_date(self, post: Post) -> str | None:
        """Return the date on the article's page, or None."""
        if not post.dated:
            return None
        return f"{post.at:%Y.%m.%d}" if post.trap == "day_view" else f"{post.at:%Y.%m.%d %H:%M}"

    def stock_row_date(self, post: Post) -> str:
        """Return ``HH:MM`` if written today, else ``MM-DD`` without a year."""
        return f"{post.at:%H:%M}" if post.at.date() == self.now.date() else f"{post.at:%m-%d}"

    def image(self, post: Post) -> tuple[str, str, str]:
        """Return original path, thumbnail path and alternative text of a post's image."""
        rng = dice(post.number)
        stem = f"{post.at:%Y%m%d%H%M%S}_{rng.getrandbits(128):032x}_{rng.getrandbits(16):04x}"
        folder = f"/data/editor/{post.at:%y%m}"
        if post.trap == "undated":  # an attachment; an editor's upload would show its time
            stem, folder = f"{rng.getrandbits(128):032x}", "/data/file/news"
        alt = post.story.caption or ""
        if self.suffix and alt:
            alt = f"[크기변환]02 {post.story.headline}.jpg"
        return f"{folder}/{stem}.jpg", f"{folder}/thumb-{stem}_600x400.jpg", alt

    # -- behaviour of the software --------------------------------------------------------

    def mobile(self, request: SiteRequest) -> bool:
        """Return True for a mobile client."""
        device = request.query.get("device")
        return device == "mobile" or (device != "pc" and bool(MOBILE.search(request.user_agent)))

    def page(self, template: str, **values: object) -> Reply:
        """Return a page with header and weather strip."""
        hour = self.now + timedelta(hours=self.turn)
        strip = weather(dice(self.home, f"{hour:%Y%m%d%H}"))
        return self.html(
            render(f"gnuboard/{template}", site=self, strip=strip, today=self.today(), **values)
        )

    def today(self) -> str:
        """Return the date in the page header."""
        return f"{self.now:%Y.%m.%d} ({'월화수목금토일'[self.now.weekday()]})"

    def alert(self, message: str, target: str) -> Reply:
        """Return an alert."""
        return self.html(
            render(
                "gnuboard/alert.html",
                display_name=self.display_name,
                message=message,
                target=target,
            )
        )

    def moved(self, location: str) -> Reply:
        """Return a redirect."""
        return Reply(b"", 302, headers=(("Location", location), *self.headers()))

    def html(self, text: str) -> Reply:
        """Return a page of HTML."""
        return Reply(text.encode(), headers=self.headers())

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the headers of every response."""
        return (
            ("Set-Cookie", "PHPSESSID=newsstand; path=/"),
            ("Last-Modified", formatdate(self.now.timestamp(), usegmt=True)),
            ("Cache-Control", "no-store, no-cache, must-revalidate"),
        )
