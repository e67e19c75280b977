"""``scrapy crawl``: arguments, section names and exit codes."""

import re
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.crawl.arguments import read_arguments
from crawler.outcomes import exit_codes as verdict
from crawler.outcomes.exit_rules import exit_code_of_crawl
from newsstand.server import serving
from tests.support.newsstand_crawl import Stand, stat
from tests.support.scrapy_process import scrapy

NOW = datetime.fromisoformat("2026-11-24T15:00:20+09:00")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("papnss",), 2, "unknown outlet 'papnss'; did you mean papns?"),
        (("nix",), 2, "unknown outlet 'nix'; known: breaknews_kb, gosiweek,"),
        ((), 2, "crawl takes the name of one outlet, not 0"),
        (("papns", "gosiweek"), 2, "crawl takes the name of one outlet, not 2"),
        (("papns", "--bogus"), 2, "unknown option --bogus"),
        (("papns", "-a", "since=yesterday"), 2, "since='yesterday' is not a date"),
        (("papns", "-a", "revisit=3"), 2, "revisit='3' is not a date; use a day"),
        (("papns", "-a", "sicne=7d"), 2, "unknown argument 'sicne': an outlet takes since, until"),
        (("papns", "-s", "USER_AGENT=My phone"), 2, "USER_AGENT looks like a mobile browser"),
        (("papns", "-O", "/proc/nope/x.jsonl"), 2, "the output file /proc/nope/x.jsonl cannot"),
        (("papns", "-s", "DATABASE_URL=oops"), 6, "DATABASE_URL is not an SQLAlchemy URL"),
        (("papns", "-s", "DATABASE_URL=sqlite:////proc/nope/x.db"), 6, "The store sqlite:////proc"),
        (
            ("papns", "-s", "DATABASE_URL=mssql+pymssql://u:geheim@h/x"),
            6,
            "DATABASE_URL names mssql",
        ),
    ],
)
def test_bad_usage_is_one_sentence_before_anything_is_fetched(
    arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    run = scrapy("crawl", *arguments)
    assert run.returncode == code
    assert run.stderr.startswith(f"scrapy: {sentence}")
    assert len(run.stderr.splitlines()) == 1
    assert "geheim" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"pages": "0"}, "pages must be a whole number of at least 1, not '0'"),
        ({"limit": "many"}, "limit must be a whole number of at least 1, not 'many'"),
        ({"limit": "٣"}, "limit must be a whole number of at least 1, not '٣'"),
        ({"sections": "정치"}, "sections='정치' is not known here; known: 지역뉴스"),
        ({"since": "2024-09-31"}, "since='2024-09-31' is not a date"),
        ({"revisit": "often"}, "revisit='often' is not a date"),
        ({"since": "2026-11-22", "until": "2026-11-20"}, "since=2026-11-22 lies after"),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read_arguments(given, {"지역뉴스": "7"}, NOW)


def test_sections_are_taken_by_name_and_by_code() -> None:
    read = read_arguments({"sections": "지역뉴스, 20"}, {"지역뉴스": "7"}, NOW)
    assert read.sections == ("7", "20")


LISTS = {"malgeum/list_pages": 3}


@pytest.mark.parametrize(
    ("stats", "code"),
    [
        (LISTS | {"malgeum/page/stored": 5}, verdict.OK),
        (LISTS, verdict.OK),
        (LISTS | {"malgeum/page/stored": 9, "malgeum/page/temporary": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/stored": 9, "malgeum/list/temporary": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/stored": 9, "malgeum/revisit/temporary": 9}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/stored": 9, "malgeum/page/blocked": 1}, verdict.PARTIAL),
        (LISTS | {"finish_reason": "shutdown"}, verdict.PARTIAL),
        (LISTS | {"finish_reason": "max_time"}, verdict.PARTIAL),
        (LISTS | {"finish_reason": "forced"}, verdict.PARTIAL),
        ({"finish_reason": "shutdown"}, verdict.PARTIAL),
        ({"finish_reason": "max_time", "malgeum/deferred/robots": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/stored": 9, "malgeum/deferred/budget": 1}, verdict.PARTIAL),
        ({"malgeum/deferred/budget": 1}, verdict.PARTIAL),
        ({"malgeum/deferred/robots": 1}, verdict.UNEXPECTED),
        ({"malgeum/list/temporary": 1}, verdict.UNEXPECTED),
        ({"malgeum/list/blocked": 1}, verdict.BLOCKED),
        ({"malgeum/list/forbidden": 1}, verdict.BLOCKED),
        ({"malgeum/list/gone": 1}, verdict.BROKEN_LAYOUT),
        ({"malgeum/rejected/robots": 1}, verdict.BLOCKED),
        (LISTS | {"malgeum/rejected/robots": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/blocked": 9, "malgeum/page/stored": 2}, verdict.BLOCKED),
        (LISTS | {"malgeum/page/blocked": 2}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/forbidden": 9, "malgeum/known": 40}, verdict.BLOCKED),
        (LISTS | {"malgeum/page/members": 3}, verdict.BLOCKED),
        (LISTS | {"malgeum/page/members": 2, "malgeum/page/blocked": 2, "malgeum/page/stored": 3},
         verdict.BLOCKED),
        (LISTS | {"malgeum/page/forbidden": 2}, verdict.OK),
        (LISTS | {"malgeum/page/forbidden": 4, "malgeum/page/stored": 9}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/forbidden": 4, "malgeum/page/stored": 19}, verdict.OK),
        (LISTS | {"malgeum/revisit/forbidden": 9}, verdict.OK),
        (LISTS | {"malgeum/page/temporary": 9}, verdict.PARTIAL),
        (LISTS | {"malgeum/page/gone": 3}, verdict.BROKEN_LAYOUT),
        (LISTS | {"malgeum/page/gone": 2, "malgeum/page/stored": 9}, verdict.OK),
        (LISTS | {"malgeum/page/gone": 2, "malgeum/page/members": 2}, verdict.PARTIAL),
        (LISTS | {"malgeum/losing": 1, "malgeum/page/stored": 9}, verdict.BROKEN_LAYOUT),
        ({"malgeum/failed_lists": 3}, verdict.BROKEN_LAYOUT),
        ({"malgeum/failed_lists": 3, "malgeum/list/temporary": 3}, verdict.UNEXPECTED),
        (LISTS | {"malgeum/failed_lists": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/list/members": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/list/gone": 1}, verdict.OK),
        (LISTS | {"malgeum/new_findings": 1}, verdict.PARTIAL),
        (LISTS | {"malgeum/archive_errors": 1}, verdict.PARTIAL),
        ({"malgeum/broken_lists": 1}, verdict.BROKEN_LAYOUT),
        (LISTS | {"malgeum/page/not_article": 3, "malgeum/page/stored": 1}, verdict.BROKEN_LAYOUT),
        (LISTS | {"malgeum/page/not_article": 2, "malgeum/page/no_body": 2}, verdict.BROKEN_LAYOUT),
        (LISTS | {"malgeum/page/not_article": 1, "malgeum/known": 30}, verdict.OK),
        (LISTS | {"spider_exceptions/count": 1, "malgeum/page/temporary": 1}, verdict.UNEXPECTED),
        (LISTS | {"malgeum/store_errors": 1, "malgeum/page/blocked": 9}, verdict.STORE_ERROR),
        (LISTS | {"malgeum/feed_errors": 1}, verdict.STORE_ERROR),
        (LISTS | {"malgeum/not_started": 1}, verdict.UNEXPECTED),
        (LISTS | {"malgeum/locked": 1, "malgeum/store_errors": 1}, verdict.LOCKED),
    ],
)  # fmt: skip
def test_the_gravest_wins(stats: dict[str, Any], code: int) -> None:
    assert exit_code_of_crawl(stats) == code


@pytest.fixture(scope="module")
def proxy() -> Any:
    with serving(seed=5, articles=12) as address:
        yield address


def stand(proxy: str, folder: Path) -> Stand:
    return Stand(proxy, folder / "store.db", [])


def test_limit_is_exact(proxy: str, tmp_path: Path) -> None:
    here = stand(proxy, tmp_path)
    run = here.crawl("gosiweek", "-a", "limit=3", "-a", "since=60d")
    assert run.returncode == 0
    assert len(here.stored()) == stat(run, "item_scraped_count") == 3


def test_since_and_until_choose_by_day(proxy: str, tmp_path: Path) -> None:
    here = stand(proxy, tmp_path)
    here.crawl("seonamtoday", "-a", "since=60d")
    days = sorted(row["date_published"][:10] for row in here.stored().values())
    since, until = days[3], days[-3]
    there = stand(proxy, tmp_path / "chosen")
    run = there.crawl("seonamtoday", "-a", f"since={since}", "-a", f"until={until}")
    assert run.returncode == 0
    chosen = sorted(row["date_published"][:10] for row in there.stored().values())
    assert chosen == [day for day in days if since <= day <= until]


def test_pages_bounds_the_walk(proxy: str, tmp_path: Path) -> None:
    run = stand(proxy, tmp_path).crawl("papns", "-a", "pages=2", "-a", "since=60d")
    assert stat(run, "malgeum/list_pages") == 2


def test_sections_ask_only_for_their_lists(proxy: str, tmp_path: Path) -> None:
    here = stand(proxy, tmp_path)
    run = here.crawl("breaknews_kb", "-a", "sections=sc1", "-a", "since=60d")
    assert run.returncode == 0
    some = here.stored()
    here.crawl("breaknews_kb", "-a", "since=60d")
    assert 0 < len(some) < len(here.stored())


def test_a_feed_in_korean_letters_goes_where_it_is_told(proxy: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "articles.jsonl"
    run = stand(proxy, tmp_path).crawl("gosiweek", "-a", "limit=1", "-O", str(out))
    assert run.returncode == 0
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert re.search("[가-힣]", line)
    assert "\\u" not in line


def test_an_outlet_that_cannot_be_reached_is_unexpected(tmp_path: Path) -> None:
    closed = Stand("http://127.0.0.1:9", tmp_path / "store.db", [])
    run = closed.crawl("papns", "-s", "RETRY_ENABLED=False")
    assert run.returncode == verdict.UNEXPECTED
    assert "robots.txt could not be fetched (the host refused the connection)" in run.stderr


def test_the_crawl_is_a_polite_one(proxy: str, tmp_path: Path) -> None:
    """Without ``-s``: one request at a time, a delay, robots.txt first, an honest user agent."""
    polite = scrapy(
        "crawl", "gosiweek", "-a", "limit=1", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/s.db",
        "-s", "LOG_LEVEL=DEBUG", "-s", "CONTACT=desk@x.example", proxy=proxy,
    )  # fmt: skip
    crawled = re.findall(r"Crawled \(200\) <GET (\S+)>", polite.stderr)
    assert crawled[0] == "https://www.gosiweek.com/robots.txt"
    assert stat(polite, "robotstxt/request_count") == 1
    assert "desk@x.example" in polite.stderr
    elapsed = float(re.search(r"'elapsed_time_seconds': ([\d.]+)", polite.stderr)[1])  # type: ignore[index]
    assert elapsed > 0.5 * (len(crawled) - 2)
    connection = sqlite3.connect(tmp_path / "s.db")
    assert connection.execute("SELECT count(*) FROM article").fetchone() == (1,)
    connection.close()
