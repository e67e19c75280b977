"""Clock of the newsstand: articles appear, change and vanish as time passes."""

from __future__ import annotations

import html
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest

from newsstand.clock import Happening
from newsstand.content import KST, Post
from newsstand.gold import ADDRESS, records
from newsstand.server import beside, serving
from newsstand.server_state import NewsstandState
from newsstand.sites import Reply, SiteRequest
from tests.support.list_pages import LISTS, read
from tests.support.waiting import wait_for

NOW = datetime(2026, 3, 11, 15, 0, tzinfo=KST)
HOURS = 48


@pytest.fixture
def stand() -> NewsstandState:
    return NewsstandState(1, NOW, 60, hours=HOURS)


def ask(stand: NewsstandState, url: str) -> Reply:
    parts = urlsplit(url)
    return stand.answer(
        SiteRequest(parts.hostname or "", parts.path, dict(parse_qsl(parts.query)), "M")
    )


def page(stand: NewsstandState, outlet: str, url: str) -> str:
    charset = "cp949" if outlet == "breaknews_kb" else "utf-8"
    return html.unescape(ask(stand, url).body.decode(charset, "replace"))


def article(stand: NewsstandState, happening: Happening) -> str:
    url = ADDRESS[happening.outlet].format(happening.post.number)
    return page(stand, happening.outlet, url)


def first_page(stand: NewsstandState, outlet: str) -> str:
    return page(stand, outlet, LISTS[outlet].format(0 if outlet == "gosiweek" else 1))


def truth(happenings: list[Happening], **like: Any) -> list[Happening]:
    return [
        happening
        for happening in happenings
        if all(getattr(happening, name) == value for name, value in like.items())
    ]


def place(stand: NewsstandState, happening: Happening) -> int:
    numbers = [post.number for post in stand.posts[happening.outlet]]
    return numbers.index(happening.post.number)


def until(stand: NewsstandState, happening: Happening) -> None:
    """Move the clock to a moment, to the second: one step before the next."""
    stand.step((happening.at - stand.now) / timedelta(hours=1))


def test_the_hours_are_the_same_for_ever_however_the_clock_is_moved(stand: NewsstandState) -> None:
    again = NewsstandState(1, NOW, 60, hours=HOURS)
    assert list(stand.coming) == list(again.coming)
    assert list(stand.coming) != list(NewsstandState(2, NOW, 60, hours=HOURS).coming)
    happenings = list(stand.coming)
    stand.step(80)
    for _ in range(320):
        again.step(0.25)
    assert stand.posts == again.posts
    assert stand.happened == again.happened == happenings
    assert not stand.coming


def test_a_stand_without_hours_is_as_it_was(stand: NewsstandState) -> None:
    still = NewsstandState(1, NOW, 60)
    assert still.posts == stand.posts
    assert still.step(100) == []
    assert still.posts == stand.posts


def test_there_is_as_much_of_everything_as_was_said(stand: NewsstandState) -> None:
    happenings = list(stand.coming)
    appeared = truth(happenings, what="appeared")
    assert Counter(one.outlet for one in appeared) == dict.fromkeys(ADDRESS, 2 * HOURS)
    many = len(appeared)
    assert 0.14 * many < len(truth(happenings, what="edited")) < 0.3 * many
    assert 0.04 * many < len(truth(happenings, what="vanished")) < 0.14 * many
    jumped = [one for one in truth(happenings, what="edited") if one.post.listed]
    late = truth(happenings, late=True)
    assert len(jumped) > 10
    assert len(late) > 10
    assert 0.1 * many < len(jumped) + len(late) < 0.25 * many
    assert all(one.at - one.post.at >= timedelta(hours=2) for one in late)
    assert all(one.at > NOW for one in happenings)
    assert [one.at for one in happenings] == sorted(one.at for one in happenings)
    fewer = NewsstandState(1, NOW, 60, hours=12, per_hour=0.5)
    assert len(truth(list(fewer.coming), what="appeared")) == 6 * len(ADDRESS)


def test_numbers_are_nobody_elses_and_stay(stand: NewsstandState) -> None:
    happenings = list(stand.coming)
    old = {outlet: [post.number for post in posts] for outlet, posts in stand.posts.items()}
    titles = {one.post.number: one.post.story.headline for one in happenings}
    stand.step(80)
    for outlet, posts in stand.posts.items():
        numbers = [post.number for post in posts]
        assert len(set(numbers)) == len(numbers)
        assert set(old[outlet]) <= set(numbers)
        if outlet != "gosiweek":
            new = {int(number) for number in numbers} - {int(number) for number in old[outlet]}
            assert min(new) > max(map(int, old[outlet]))
        for post in posts:
            assert post.story.headline == titles.get(post.number, post.story.headline)


@pytest.mark.parametrize("outlet", ADDRESS)
def test_an_article_stands_nowhere_before_its_time(stand: NewsstandState, outlet: str) -> None:
    first = truth(list(stand.coming), what="appeared", outlet=outlet, late=False)[0]
    headline = first.post.story.headline
    stand.step((first.at - stand.now) / timedelta(hours=1) - 0.001)
    assert headline not in first_page(stand, outlet)
    assert first.post.story.paragraphs[0] not in article(stand, first)
    stand.step(0.001)
    assert headline in first_page(stand, outlet)
    assert first.post.story.paragraphs[0] in article(stand, first)


def test_gold_and_pages_follow_an_article_to_its_end(stand: NewsstandState) -> None:
    happenings = list(stand.coming)
    gone = truth(happenings, what="vanished")
    assert {one.post.status for one in gone} == {200, 404}
    edited = [one for one in truth(happenings, what="edited") if one.post.readable]
    for happening in (edited[3], edited[9], *gone[:6]):
        url = ADDRESS[happening.outlet].format(happening.post.number)
        line = happening.post.story.paragraphs[-1]
        if happening.at > stand.now:
            until(stand, happening)
        gold = {record["canonical_url"]: record for record in records(stand.posts)}
        if happening.what == "edited":
            assert line.endswith("바로잡는다고 알렸다.")
            assert line in article(stand, happening)
            assert gold[url]["body"] == happening.post.story.body
        else:
            assert line not in article(stand, happening)
            assert ask(stand, url).status == happening.post.status
            assert url not in gold


# -- lists out of order ------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", ADDRESS)
def test_an_old_post_is_pinned_to_the_top_for_some_hours(
    stand: NewsstandState, outlet: str
) -> None:
    pin = truth(list(stand.coming), what="pinned", outlet=outlet)[0]
    before = place(stand, pin)
    assert before > 5
    until(stand, pin)
    assert pin.post.story.headline in first_page(stand, outlet)
    stand.step(3)
    if outlet in ("papns", "gyeonggitv"):
        assert "bo_notice" in first_page(stand, outlet)
    else:
        assert place(stand, pin) == 0  # newer ones go below it
    stand.step(6)
    assert pin.post.story.headline not in first_page(stand, outlet)
    newer = sum(post.at > pin.post.at for post in stand.posts[outlet] if post.trap != "redated")
    assert abs(place(stand, pin) - newer) <= 2


def test_an_edited_article_may_come_to_the_top_again(stand: NewsstandState) -> None:
    jumps = [one for one in truth(list(stand.coming), what="edited") if one.post.listed]
    for jump in jumps[:5]:
        until(stand, jump)
        above = stand.posts[jump.outlet][: place(stand, jump)]
        assert all(post.pinned for post in above)
        assert jump.post.at < jump.at


def test_an_article_may_appear_below_newer_ones(stand: NewsstandState) -> None:
    for late in truth(list(stand.coming), late=True)[:8]:
        assert late.post.number not in {post.number for post in stand.posts[late.outlet]}
        until(stand, late)
        posts = stand.posts[late.outlet]
        at = place(stand, late)
        assert at > 1
        assert all(post.rank > late.post.rank for post in posts[:at])
        assert posts[at + 1].rank <= late.post.rank


# -- over the wire --------------------------------------------------------------------------------


def test_a_client_sees_the_clock_move(stand: NewsstandState) -> None:
    url = LISTS["seonamtoday"].format(1)
    with beside(stand, NOW) as proxy:
        assert "2026-03-12" not in read(proxy, url)
        stand.step(24)
        assert "2026-03-12" in read(proxy, url)
        feed = read(proxy, "http://seonamtoday.com/rss.php")
        assert "Thu, 12 Mar 2026" in feed
        opener = build_opener(ProxyHandler({"http": proxy}))
        with opener.open(url) as answer:
            assert answer.headers["Date"] == "Thu, 12 Mar 2026 06:00:00 GMT"


def test_the_commands_clock_moves_by_itself() -> None:
    url = LISTS["seonamtoday"].format(1)
    with serving(now=NOW, articles=1, hours_per_second=100) as proxy:
        wait_for(lambda: "2026-03-13" in read(proxy, url))


# -- many -------------------------------------------------------------------------------------------


def test_thousands_of_articles_open_at_once_and_answer_at_once() -> None:
    """Bounds of processor time: a tenth of them is what it takes."""
    start = time.process_time()
    big = NewsstandState(1, NOW, 500)
    assert time.process_time() - start < 10
    start = time.process_time()
    for number in range(1, 21):
        for outlet in LISTS:
            first_page(big, outlet)
            ask(big, LISTS[outlet].format(number))
    assert time.process_time() - start < 200 * 0.03
    oldest: list[Post] = [posts[-1] for posts in big.posts.values()]
    assert all(post.at < NOW - timedelta(days=19) for post in oldest)
