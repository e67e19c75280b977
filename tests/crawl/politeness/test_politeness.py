"""Politeness: robots.txt, delays, Retry-After and the request budget, measured at a server."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from scrapy.http import Response
from scrapy.utils.project import get_project_settings

from crawler import CONTACT_PAGE, user_agent
from crawler.crawl.politeness.backoff import retry_after_seconds
from crawler.crawl.politeness.contact import check_contact
from crawler.runtime.limits import check_limits
from newsstand.server import serving
from tests.support.faulty_proxy import misbehaving
from tests.support.newsstand_crawl import Stand, stat
from tests.support.plain_fetch import visit
from tests.support.scrapy_process import scrapy

NOW = datetime(2024, 9, 11, 12, tzinfo=UTC)


def pages(host: str, *paths: str) -> list[str]:
    return [f"http://{host}{path}" for path in paths]


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


# -- robots.txt -------------------------------------------------------------------

ROBOTS = {
    "one.test": (200, "User-agent: *\nDisallow: /page\n\nUser-agent: Malgeum\nDisallow: /slow\n"),
    "two.test": (200, "User-agent: news\nDisallow: /\n"),  # a word of the user agent
    "three.test": (503, "User-agent: *\nAllow: /\n"),
    "four.test": (0, ""),
    "refused.test": (302, "http://evil.test/robots.txt"),
    "silent.test": (403, "User-agent: *\nDisallow: /\n"),
}


def test_only_an_answer_of_robots_txt_says_what_is_allowed() -> None:
    hosts = ["one.test", "two.test", "three.test", "four.test", "refused.test", "silent.test"]
    urls = [url for host in hosts for url in pages(host, "/page", "/slow")]
    with misbehaving(ROBOTS) as server:
        visited = visit(server, urls, RETRY_ENABLED=False)
    assert [visited.kind(url) for url in urls] == [
        "page", "robots",
        "page", "page",
        "deferred_robots", "deferred_robots",
        "deferred_robots", "deferred_robots",
        "deferred_robots", "deferred_robots",
        "page", "page",
    ]  # fmt: skip
    assert [server.seen(host) for host in hosts] == [1, 2, 0, 0, 0, 2]
    assert visited.log.count("http://three.test/robots.txt could not be fetched (HTTP 503)") == 1
    assert "robots.txt forbids http://one.test/slow." in visited.log
    assert "Traceback" not in visited.log
    counted = [visited.stats[f"malgeum/{what}"] for what in ("rejected/robots", "deferred/robots")]
    assert counted == [1, 6]


def test_crawl_delay_is_the_least_delay_whatever_autothrottle_makes_of_a_fast_host() -> None:
    rules = "User-agent: *\nCrawl-delay: 0.2\n"
    urls = pages("one.test", *(f"/page?{number}" for number in range(9)))
    with misbehaving({"one.test": (200, rules)}) as server:
        visited = visit(server, urls)
    assert visited.delays["one.test"] == [0.2, 0]
    assert min(gaps(visited.sent("one.test"))) >= 0.2
    assert "robots.txt of one.test demands 0.2 seconds between requests." in visited.log


# -- one at a time, with a delay ------------------------------------------------------


def test_a_slow_host_is_given_time() -> None:
    """Half a request at a time on the average: twice as long as the 0.2 s that a page takes."""
    urls = pages("paper.test", *(f"/slow?{number}" for number in range(3)))
    settings = {"AUTOTHROTTLE_TARGET_CONCURRENCY": 0.5, "DOWNLOAD_DELAY_JITTER": 0}
    with misbehaving() as server:
        visited = visit(server, urls, **settings)
    assert min(gaps(visited.sent("paper.test"))[1:]) >= 0.3


def test_without_a_delay_autothrottle_keeps_no_fast_host_waiting() -> None:
    urls = pages("paper.test", *(f"/page?{number}" for number in range(40)))
    with misbehaving() as server:
        visited = visit(server, urls)
    assert len(visited.ends) == 40
    assert max(gaps(visited.sent("paper.test"))) < 2.5  # Scrapy's own first delay is 5


# -- Retry-After --------------------------------------------------------------------


def test_one_at_a_time_and_a_busy_host_is_left_alone_as_long_as_it_asks() -> None:
    """Without any delay, and so without AutoThrottle, which makes one."""
    urls = [
        *pages("three.test", "/slow?1", "/slow?2", "/slow?3"),
        *pages("one.test", "/busy?after=1", "/page"),
        *pages("two.test", "/busy?after=date3&is=503"),
    ]
    with misbehaving() as server:
        visited = visit(server, urls, AUTOTHROTTLE_ENABLED=False)
    assert [visited.kind(url) for url in urls] == ["page"] * 6
    assert min(gaps(server.times("three.test"))) >= 0.15
    assert gaps(server.times("one.test"))[0] >= 1, "something was asked for meanwhile"
    assert 2 <= gaps(server.times("two.test"))[0] < 60


def test_a_host_that_asks_for_more_than_the_bound_is_left_for_later() -> None:
    urls = [
        *pages("one.test", "/busy?after=3600", "/page"),
        *pages("two.test", "/busy?after=1&1", "/busy?after=1&2", "/page"),
    ]
    with misbehaving() as server:
        visited = visit(server, urls, RETRY_AFTER_MAX=1.5)
    kinds = [visited.kind(url) for url in urls]
    assert kinds == ["deferred_busy"] * 5
    assert (server.seen("one.test"), server.seen("two.test")) == (1, 2)
    assert visited.stats["malgeum/deferred/retry_after"] == 5
    assert "since its host asks for a longer rest" in visited.ends[urls[1]]["sentence"]
    assert visited.log.count("one.test is busy and asks for 3600 seconds' rest: left for") == 1


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("120", 120),
        ("9" * 400, float("inf")),
        ("Wed, 11 Sep 2024 12:02:00 GMT", 120),
        ("Wednesday, 11-Sep-24 12:02:00 GMT", 120),
        ("Wed Sep 11 12:02:00 2024", 120),
        ("Wed, 11 Sep 2024 11:00:00 GMT", 0),
        ("-5", 0),
        ("soon", 0),
        ("٣", 0),
        ("Wed, 11 Sep 99999 12:02:00 GMT", 0),
    ],
)
def test_retry_after_is_read_in_each_of_its_forms(after: str, seconds: float) -> None:
    response = Response("http://one.test", 503, headers={"Retry-After": after})
    assert retry_after_seconds(response, NOW) == seconds


def test_a_host_whose_clock_is_wrong_is_taken_at_its_own() -> None:
    headers = {
        "Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT",
        "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
    }
    assert retry_after_seconds(Response("http://one.test", 429, headers=headers), NOW) == 60
    assert retry_after_seconds(Response("http://one.test", 404, headers=headers), NOW) == 0


# -- the budget, the contact, the settings -----------------------------------------------


def test_a_crawl_of_the_budgets_size_is_whole_and_a_larger_one_ends_with_it() -> None:
    urls = pages("paper.test", *(f"/page?{number}" for number in range(4)))
    with misbehaving() as server:
        enough = visit(server, urls, REQUEST_BUDGET=5)  # robots.txt is one
        scarce = visit(server, urls, REQUEST_BUDGET=3)
    assert (len(enough.ends), enough.stats["finish_reason"]) == (4, "finished")
    assert [scarce.kind(url) for url in urls[:3]] == ["page", "page", "deferred_budget"]
    assert scarce.stats["downloader/request_count"] == 3
    assert scarce.stats["finish_reason"] == "request_budget"
    assert server.seen("paper.test") == 6


def test_out_of_budget_is_partial_and_a_missing_contact_is_warned_of(tmp_path: Path) -> None:
    with serving(seed=5, articles=12) as proxy:
        run = Stand(proxy, tmp_path / "s.db", []).crawl("seonamtoday", "-s", "REQUEST_BUDGET=1")
    assert run.returncode == 3
    assert stat(run, "downloader/request_count") == 1
    assert "The crawl ends: its 1 requests are used up (REQUEST_BUDGET)." in run.stderr
    assert "CONTACT is empty: set it to your own address" in run.stderr
    assert CONTACT_PAGE in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("setting", ["REQUEST_BUDGET=many", "CONTACT=a@b.kr)\r\nX-Evil: 1"])
def test_a_setting_that_is_none_is_one_sentence(setting: str) -> None:
    run = scrapy("crawl", "papns", "-s", setting)
    assert run.returncode == 2
    assert run.stderr.startswith(f"scrapy: {setting.partition('=')[0]}=")
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("REQUEST_BUDGET", "-1", "REQUEST_BUDGET='-1' is not a whole number of requests"),
        ("REQUEST_BUDGET", 1.5, "REQUEST_BUDGET=1.5 is not a whole number of requests"),
        ("RETRY_AFTER_MAX", "nan", "RETRY_AFTER_MAX='nan' is not a number of seconds"),
        ("DOWNLOAD_DELAY", "1,5", "DOWNLOAD_DELAY='1,5' is not a number of seconds"),
        ("DOWNLOAD_TIMEOUT", None, "DOWNLOAD_TIMEOUT=None is not a number of seconds"),
        ("DOWNLOAD_MAXSIZE", "16M", "DOWNLOAD_MAXSIZE='16M' is not a whole number of bytes"),
    ],
)
def test_each_bound_is_looked_at(name: str, given: object, sentence: str) -> None:
    settings = get_project_settings()
    check_limits(settings)
    settings.set(name, given, priority="cmdline")
    with pytest.raises(ValueError, match=re.escape(sentence)):
        check_limits(settings)


@pytest.mark.parametrize("contact", ["", "desk@x.example", "https://x.example/who?a=b"])
def test_a_contact_is_a_mail_address_or_a_web_page(contact: str) -> None:
    check_contact(contact)
    assert f"; +{contact or CONTACT_PAGE})" in user_agent(contact)


@pytest.mark.parametrize(
    "contact", ["me", "홍길동", "me@localhost", "a@b.kr (me)", "ftp://x.example", "a@b.kr\n"]
)
def test_anything_else_is_none(contact: str) -> None:
    with pytest.raises(ValueError, match="is neither a mail address nor a web page"):
        check_contact(contact)
