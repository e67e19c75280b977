"""Allowed hosts: URLs as they are written, and requests that pages and redirects lead to."""

from collections.abc import Iterator

import pytest

from crawler.crawl.politeness.allowed_hosts import is_private, objection
from crawler.crawl.spider import site_of
from tests.support.faulty_proxy import PAGE, Server, misbehaving
from tests.support.outlets import outlet_of
from tests.support.plain_fetch import Visit, visit
from tests.support.scrapy_process import scrapy

HOSTS = site_of(outlet_of("seonamtoday")).hosts | {"mirror.example"}


@pytest.mark.parametrize(
    "url",
    [
        "http://seonamtoday.com/news/view.php?idx=1",
        "https://www.seonamtoday.com/",
        "http://m.seonamtoday.com/news/1",
        "http://SEONAMTODAY.com/",
        "http://seonamtoday.com:8080/",
        "http://www.mirror.example/1",
    ],
)
def test_the_outlets_own_hosts_pass(url: str) -> None:
    assert objection(url, HOSTS) is None


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://evil.example/", "other_host"),
        ("http://seonamtoday.com.evil.example/", "other_host"),
        ("http://evilseonamtoday.com/", "other_host"),
        ("http://news.seonamtoday.com/", "other_host"),
        ("http://seonamtoday.com@evil.example/", "other_host"),
        ("http://evil.example\\@seonamtoday.com/", "other_host"),
        ("http://evil.example@seonamtoday.com/", "other_host"),
        ("http://1.1.1.1/", "other_host"),
        ("http://[2606:4700::1111]/", "other_host"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://localhost:6379/", "private_address"),
        ("http://seonamtoday.internal/", "private_address"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://seonamtoday.com/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("http:///news", "scheme"),
        ("http://[::1", "scheme"),
        ("//seonamtoday.com/", "scheme"),
    ],
)
def test_everything_else_is_objected_to(url: str, kind: str) -> None:
    found = objection(url, HOSTS)
    assert found is not None
    assert found[0] == kind


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001",
        "0", "0.0.0.0",  # noqa: S104
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "2852039166", "0xa9fea9fe", "224.0.0.1", "255.255.255.255",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "127.0.0.%31", "127.0.0.1.",
        "::1", "::", "fe80::1", "fe80::1%25eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::ffff:0:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
        "localhost", "LOCALHOST.", "a.localhost", "printer.local", "metadata.google.internal",
        "nas.lan", "router", "x.home.arpa",
    ],
)  # fmt: skip
def test_a_private_host_is_known_in_every_spelling(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize(
    "host",
    ["1.1.1.1", "16843009", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "papns.kr",
     "local.example", "internal.co.kr", "localhost.example", "한강.한국"],
)  # fmt: skip
def test_a_public_host_is_none(host: str) -> None:
    assert not is_private(host)


ELSEWHERE = {
    "http://evil.test/page": "other_host",
    "http://127.0.0.1:9/": "private_address",
    "http://0x7f.1/": "private_address",
    "http://169.254.169.254/latest": "private_address",
    "http://[::ffff:7f00:1]/": "private_address",
    "http://db.internal/": "private_address",
    "file:///etc/passwd": "scheme",
    "javascript:alert(1)": "scheme",
    "http://[::1": "scheme",
}
"""Where no page may lead → what that is counted as."""

WAYS = {
    "redirect": "http://paper.test/to?url={}",
    "meta refresh": "http://paper.test/to?meta=0&url={}",
}
REQUESTED = ["http://evil.test/page", "file:///etc/passwd", "http://2130706433/"]
HARMLESS = {
    "/to?url=http://www.paper.test/page": "http://www.paper.test/page",
    "/to?meta=0&url=http://one.test/page": "http://one.test/page",
    "/to?url=/to%3Furl=/page": "http://paper.test/page",
    "/to?meta=60&url=/page": "http://paper.test/to?meta=60&url=/page",  # for readers, not for us
}
"""Path → the address that the page is had from."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with misbehaving() as server:
        yield server


@pytest.fixture(scope="module")
def visited(server: Server) -> Visit:
    led = [way.format(url) for way in WAYS.values() for url in ELSEWHERE]
    return visit(server, [*REQUESTED, *led, *(f"http://paper.test{path}" for path in HARMLESS)])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_page_that_leads_elsewhere_is_not_followed(visited: Visit, way: str, url: str) -> None:
    end = visited.ends[WAYS[way].format(url)]
    assert (end["kind"], end["refused"]) == ("other_host", ELSEWHERE[url])
    assert end["sentence"] in visited.log


def test_a_request_for_another_host_is_not_made_either(visited: Visit) -> None:
    kinds = [visited.ends[url]["refused"] for url in REQUESTED]
    assert kinds == ["other_host", "scheme", "private_address"]


@pytest.mark.parametrize("path", HARMLESS)
def test_within_the_outlets_hosts_pages_may_lead_anywhere(visited: Visit, path: str) -> None:
    assert visited.ends[f"http://paper.test{path}"]["url"] == HARMLESS[path]


def test_nothing_of_it_reaches_another_host_and_all_is_counted(
    server: Server, visited: Visit
) -> None:
    assert {host for _, host, _ in server.requests} == {"paper.test", "www.paper.test", "one.test"}
    counted = {kind: visited.stats[f"malgeum/rejected/{kind}"] for kind in set(ELSEWHERE.values())}
    assert counted == {"other_host": 3, "private_address": 11, "scheme": 7}


def test_scrapys_own_fetch_goes_where_it_is_told(server: Server) -> None:
    run = scrapy("fetch", "--nolog", "http://evil.test/page", proxy=server.address)
    assert run.stdout.encode() == PAGE + b"\n"
