"""The bench's crawls in their short forms: kills at any moment, and hours that pass."""

from pathlib import Path

import pytest

from bench.hours import LISTS, NEW_ONES, hours
from bench.kills import AGAIN, kills


@pytest.mark.parametrize("faults", [False, True])
def test_whatever_is_killed_every_article_is_stored_once(tmp_path: Path, faults: bool) -> None:
    result = kills(tmp_path, 2 if faults else 5, 100, faults=faults)
    assert result.gold >= 100
    assert result.killed >= 2
    assert (result.lost, result.twice, result.foreign) == (0, 0, 0)
    assert result.again.total() <= AGAIN * result.gold


def test_an_hourly_crawl_asks_for_little_and_finds_what_changed(tmp_path: Path) -> None:
    result = hours(tmp_path, 8, ["papns"])
    assert result.new >= 10
    assert not result.missed
    assert result.articles_each <= NEW_ONES
    assert result.lists_each <= LISTS
    assert result.seen
