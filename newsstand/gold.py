"""Gold: the result of a perfect crawl of the newsstand, made from the stories, not the pages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from newsstand.content import Post, feed

ADDRESS = {
    "papns": "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id={}",
    "gyeonggitv": "http://www.gyeonggitv.com/bbs/board.php?bo_table=news&wr_id={}",
    "breaknews_kb": "https://kb.breaknews.com/{}",
    "gosiweek": "https://www.gosiweek.com/article/{}",
    "seonamtoday": "http://seonamtoday.com/news/view.php?idx={}",
}
EVERY_ADDRESS = ADDRESS | {"gaonilbo": "https://www.gaonilbo.example/news/{}"}
"""With the optional sixth outlet's."""

BOARD = {"papns": "news/", "gyeonggitv": "news/"}
SHOWS_SECONDS = {"gosiweek", "seonamtoday"}
SUBTITLES = {
    "gyeonggitv": {"theme"},
    "breaknews_kb": {"current", "middle", "tables"},
    "gosiweek": {"current", "older"},
    "seonamtoday": {"newer"},
}
"""The templates that print an article's subtitles."""

NO_PERSON = {"photo", "outlet_byline"}
"""Posts whose byline is a desk or the outlet itself, not a person."""

MIN_DISTINCT_CHARS = 100
"""Bodies below this many characters may be equal by chance."""


class GoldArticle(TypedDict):
    """An article as a perfect crawl stores it."""

    canonical_url: str
    outlet: str
    article_id: str
    headline: str
    alternative_headline: str | None
    body: str
    date_published: str | None
    date_modified: str | None
    authors: list[str]
    duplicate_of: str | None
    aliases: list[str]


def records(posts: dict[str, list[Post]]) -> Iterator[GoldArticle]:
    """Yield one record per article, outlet by outlet, newest first."""
    first, aliases = same_texts(posts)
    for outlet, printed in posts.items():
        fed = feed(outlet, printed)
        for post in printed:
            url = EVERY_ADDRESS[outlet].format(post.number)
            if not post.readable or post.trap == "twin_again":
                continue
            origin = first[post.story.body] if len(post.story.body) >= MIN_DISTINCT_CHARS else url
            subtitles = post.story.subtitles if post.template in SUBTITLES.get(outlet, ()) else ()
            yield GoldArticle(
                canonical_url=url,
                outlet=outlet,
                article_id=BOARD.get(outlet, "") + post.number,
                headline=post.story.headline,
                alternative_headline="\n".join(subtitles) or None,
                body=post.story.body,
                date_published=published(post, seconds=outlet in SHOWS_SECONDS or post in fed),
                date_modified=stamp(post.modified, "seconds")
                if post.modified and outlet == "seonamtoday"
                else None,
                authors=[post.reporter] if post.reporter and post.trap not in NO_PERSON else [],
                duplicate_of=origin if origin != url else None,
                aliases=aliases[outlet, post.story.body],
            )


def same_texts(
    posts: dict[str, list[Post]],
) -> tuple[dict[str, str], defaultdict[tuple[str, str], list[str]]]:
    """Return each body's first print, and by outlet the second URLs of the same article."""
    first: dict[str, tuple[datetime, str]] = {}
    aliases: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for outlet, printed in posts.items():
        for post in printed:
            url = EVERY_ADDRESS[outlet].format(post.number)
            if post.trap == "twin_again":
                aliases[outlet, post.story.body].append(url)
            elif post.readable:
                here = (post.at, url)
                first[post.story.body] = min(first.get(post.story.body, here), here)
    return {body: url for body, (_, url) in first.items()}, aliases


def published(post: Post, *, seconds: bool) -> str | None:
    """Return the date at the best precision of page, list row or feed."""
    match post.trap:
        case "undated":
            return None
        case "day_row" | "image_date":  # the image's name shows the time of its upload
            return f"{post.at:%Y-%m-%d}"
    return stamp(post.at, "seconds" if seconds else "minutes")


def stamp(moment: datetime, precision: str) -> str:
    """Return a moment as ISO 8601."""
    return moment.isoformat(timespec=precision)


def write(posts: dict[str, list[Post]], path: Path) -> int:
    """Write the gold as JSON Lines; return the number of records. Raises OSError."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records(posts)]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return len(lines)
