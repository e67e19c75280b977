"""Due revisits: the stored articles that ``-a revisit=`` requests again."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from crawler.article import DateCandidate
from crawler.crawl.arguments import read_arguments
from crawler.dates.parse import SEOUL
from crawler.store import Store, open_store
from crawler.store.frontier import due as revisit
from crawler.store.frontier.due import to_revisit
from tests.support.articles import at, day

NOW = datetime(2024, 9, 11, 12, tzinfo=SEOUL)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("sqlite://") as store:
        yield store


def numbers(store: Store, age: str) -> list[str]:
    """The articles to look at again, by their number, in order."""
    period = read_arguments({"revisit": age}, {}, NOW).revisit
    assert period is not None
    assert period.since is not None
    found = to_revisit(store, "hangang", period.since, period.contains)
    return [one.canonical_url.rpartition("/")[2] for one in found]


def add(store: Store, number: int, published: str | None, seen: int = 1, **more: object) -> None:
    store.upsert(at(seen, f"글 {number}", number=number, date_published=published, **more))


def test_by_publication_or_where_that_is_not_known_by_the_first_sight(store: Store):
    add(store, 1, "2024-09-08T11:59+09:00")
    add(store, 2, "2024-09-08T12:01+09:00")
    add(store, 3, "2024-09-08")  # some of the day lies within
    add(store, 4, "2024-09-07")
    add(store, 5, None, seen=8)
    add(store, 6, None, seen=9)
    add(store, 7, "2024-09-11", outlet="namdo")
    assert numbers(store, "3d") == ["2", "3", "6"]
    assert numbers(store, "2024-09-08") == ["1", "2", "3", "5", "6"]
    assert read_arguments({}, {}, NOW).revisit is None


def test_no_more_than_so_many_and_those_first_that_were_seen_longest_ago(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    for number, seen in ((1, 5), (2, 3), (3, 4)):
        add(store, number, "2024-09-11", seen)
    assert numbers(store, "3d") == ["2", "3", "1"]
    monkeypatch.setattr(revisit, "MAX_REVISITS", 2)
    assert numbers(store, "3d") == ["2", "3"]


def test_a_gone_article_is_looked_at_again_a_forgotten_one_is_not_there(store: Store):
    add(store, 1, "2024-09-11")
    store.mark_gone(at(1).canonical_url, day(2))
    assert numbers(store, "3d") == ["1"]


def test_what_lists_had_shown_of_it_comes_along(store: Store):
    shown = [DateCandidate("입력 2024.09.11", "label"), DateCandidate("09-11", "list", day(11))]
    add(store, 1, "2024-09-11", byline_raw="장이든 기자", date_candidates=shown)
    (found,) = to_revisit(store, "hangang", NOW.replace(day=10), lambda date: True)
    assert (found.byline, found.date) == ("장이든 기자", shown[1])
