"""Trials of the bench in their short forms: kills, long crawls, hourly crawls, throughput."""

from pathlib import Path

import pytest

from bench.trials.cheap_server import cheap_server
from bench.trials.hourly_crawl import LISTS, NEW_ONES, hourly_crawl
from bench.trials.kill_test import AGAIN, kill_test
from bench.trials.soak import soak
from bench.trials.throughput import measured
from tests.support.postgresql import Server


@pytest.mark.parametrize("faults", [False, True])
def test_whatever_is_killed_every_article_is_stored_once(tmp_path: Path, faults: bool) -> None:
    result = kill_test(tmp_path, 2 if faults else 5, 60, faults=faults)
    assert result.held.gold >= 60
    assert result.killed >= 2
    assert result.held.is_right, result.held
    assert result.again.total() <= AGAIN * result.held.gold
    assert result.unkept == []
    assert result.kept >= result.held.gold


def test_whatever_is_killed_with_its_server_every_article_is_stored_once(
    tmp_path: Path, own_server: Server
) -> None:
    result = kill_test(tmp_path, 2, 60, server=own_server)
    assert result.killed >= 2
    assert result.held.is_right, result.held
    assert result.again.total() <= AGAIN * result.held.gold
    assert result.unkept == []


def test_a_long_crawl_stores_all_whatever_goes_wrong(tmp_path: Path) -> None:
    result = soak(tmp_path, 60)
    assert result.held.gold >= 60
    assert result.held.is_right, result.held
    assert result.peak(result.held.gold) > 50


def test_the_whole_way_is_measured_against_a_bare_spider(tmp_path: Path) -> None:
    with cheap_server(20) as proxy:
        pace = measured("papns", proxy, tmp_path, rounds=1)
    assert 0 < pace.share < 1


def test_an_hourly_crawl_asks_for_little_and_finds_what_changed(tmp_path: Path) -> None:
    result = hourly_crawl(tmp_path, 8, ["papns"])
    assert result.new >= 10
    assert not result.missed
    assert result.articles_each <= NEW_ONES
    assert result.lists_each <= LISTS
    assert result.seen
