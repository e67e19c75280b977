"""List pagination over many runs: lists change, fail, and are left at any page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.crawl.arguments import Arguments, read_arguments
from crawler.crawl.frontier.pagination import first_page, list_crawls
from crawler.crawl.spider import ListPage
from crawler.extract.pages import ListingEntry
from crawler.store import Store, open_store
from crawler.store.frontier import pages
from crawler.store.frontier.list_progress import open_cursors, watermark_of
from crawler.store.frontier.pages import DiscoveredPage

NOW = datetime.now(UTC)
ROWS = 5


seconds = count()


def tick() -> str:
    """A clock that is later each time it is looked at."""
    return (NOW + timedelta(seconds=next(seconds))).isoformat(timespec="seconds")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("crawler.crawl.frontier.pagination.utc_now", tick)


@dataclass
class Paper:
    """A list with five rows a page, and the runs that read it."""

    store: Store
    rows: list[tuple[str, str]] = field(default_factory=list)
    printed: int = 0
    requested: list[int] = field(default_factory=list)
    """The pages that the last run asked for."""

    def print(self, number: int, *, hours_ago: float = 1, at: int = 0) -> None:
        """Put articles on the list, by default at its top."""
        for _ in range(number):
            self.printed += 1
            day = (NOW - timedelta(hours=hours_ago)).isoformat(timespec="seconds")
            self.rows.insert(at, (f"https://paper.example/{self.printed}", day))

    def run(
        self, *, killed_after: int | None = None, down: Collection[int] = (), **given: str
    ) -> list[int]:
        arguments = read_arguments({"since": "2020-01-01"} | given, {}, NOW)
        (reading,) = list_crawls(self.store, "paper", arguments).values()
        number: int | None = first_page(reading)
        began, self.requested = tick(), []
        while number is not None:
            if len(self.requested) == killed_after:
                break
            self.requested.append(number)
            with self.store.engine.execution_options(writing=True).begin() as connection:
                if number in down:
                    number = reading.lose(connection, number, "HTTP 503", passing=True)
                    continue
                page = self.page(number, arguments)
                found = [
                    DiscoveredPage(row.canonical_url, row.url, {}, row.date) for row in page.rows
                ]
                known = pages.record_discovered(connection, "paper", found, began)
                before = {url for url, one in known.items() if one.found_at < began}
                number = reading.read(connection, page, before)
        return self.requested

    def page(self, number: int, arguments: Arguments) -> ListPage:
        shown = self.rows[number * ROWS : (number + 1) * ROWS]
        if not shown:
            return ListPage([], "", number, end="end")
        period = arguments.period
        rows = [
            ListingEntry(url, url, day, None, "list", "")
            for url, day in shown
            if period.contains(day)
        ]
        is_last = arguments.pages is not None and number + 1 >= arguments.pages
        is_old = all(period.is_before(day) for _, day in shown)
        end = "since" if is_old else "limit" if is_last else None
        oldest = min(day for _, day in shown)
        return ListPage(rows, "", number, tuple(url for url, _ in shown), oldest, end)

    def unknown(self) -> set[str]:
        with self.store.engine.begin() as connection:
            found = [DiscoveredPage(url, url, {}, None) for url, _ in self.rows]
            known = {one.canonical_url for one in pages.known_among(connection, found)}
        return {url for url, _ in self.rows} - known


@pytest.fixture
def paper():
    with open_store("sqlite://") as store:
        yield Paper(store)


def test_a_first_run_reads_to_the_end_a_second_only_the_first_page(paper: Paper):
    paper.print(23)
    assert paper.run() == [0, 1, 2, 3, 4, 5]
    assert not paper.unknown()
    assert paper.run() == [0]
    paper.print(7)
    assert paper.run() == [0, 1]
    assert not paper.unknown()


def test_a_walk_left_halfway_is_gone_on_with(paper: Paper):
    paper.print(40)
    paper.run(killed_after=5)
    assert [walk.page_number for walk in open_cursors(paper.store, "paper")] == [5]
    assert paper.run() == [0, 4, 5, 6, 7, 8]
    assert not paper.unknown()
    assert not open_cursors(paper.store, "paper")
    assert paper.run() == [0]


def test_what_moved_down_meanwhile_is_found(paper: Paper):
    paper.print(40)
    paper.run(killed_after=3)
    paper.print(11)
    paper.run(killed_after=2)
    paper.print(3)
    paper.run()
    assert not paper.unknown()
    assert paper.run() == [0]


def test_a_page_that_fails_is_left_for_the_next_run(paper: Paper):
    paper.print(40)
    assert paper.run(down={3}) == list(range(9))
    (gap,) = open_cursors(paper.store, "paper")
    assert (gap.page_number, gap.reason) == (3, "HTTP 503")
    assert len(paper.unknown()) == 5
    assert paper.run(down={3}) == [0, 2, 3, 4]
    (gap,) = open_cursors(paper.store, "paper")
    assert gap.attempts == 1
    paper.run()
    assert not paper.unknown()
    assert not open_cursors(paper.store, "paper")


def test_a_run_killed_on_its_way_to_what_was_left_leaves_it_where_it_was(paper: Paper):
    paper.print(30)
    paper.run(killed_after=1)
    paper.print(17)
    paper.run(down={4})
    paper.print(8)
    paper.run(killed_after=4)  # it read where the page stood once, and not where it stands now
    paper.run()
    assert not paper.unknown()
    assert not open_cursors(paper.store, "paper")


def test_an_outlet_that_is_down_is_not_asked_for_page_after_page(paper: Paper):
    paper.print(100)
    assert paper.run(down=range(2, 100)) == [0, 1, 2, 3, 4]
    paper.run()
    assert not paper.unknown()


def test_older_than_known_ground_is_read_when_it_is_asked_for(paper: Paper):
    paper.print(20, hours_ago=24 * 30)
    paper.print(20)
    assert paper.run(since="7d") == [0, 1, 2, 3, 4]
    assert len(paper.unknown()) == 20
    assert paper.run(since="7d") == [0]
    assert paper.run(since="60d") == list(range(9))
    assert not paper.unknown()
    assert paper.run(since="60d") == [0]


def test_a_bygone_period_is_gone_on_with_where_it_was_left(paper: Paper):
    paper.print(60, hours_ago=24 * 30)
    paper.print(40)
    old = {"since": "60d", "until": "20d"}
    paper.run(killed_after=12, **old)
    assert paper.run(**old)[0] == 11
    assert len(paper.unknown()) == 40  # the young ones, which nobody asked for
    paper.run(since="7d")
    assert not paper.unknown()


def test_a_run_of_few_pages_leaves_no_hole_behind(paper: Paper):
    paper.print(10)
    paper.run()
    paper.print(30)
    assert paper.run(pages="1") == [0]
    paper.run()
    assert not paper.unknown()


def test_what_is_inserted_late_is_found_once_a_day(paper: Paper, monkeypatch):
    paper.print(30, hours_ago=30)
    paper.print(12, hours_ago=10)
    paper.run()
    paper.print(1, hours_ago=12, at=11)
    assert paper.run() == [0]
    monkeypatch.setattr("crawler.crawl.frontier.pagination.LOOK_DEEPER", -timedelta(days=1))
    assert paper.run() == [0, 1, 2]
    assert not paper.unknown()
    assert watermark_of(paper.store, "paper")[""].since is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("print"), st.integers(1, 13)),
        st.tuples(st.just("delete"), st.integers(0, 40)),
        st.tuples(st.just("kill"), st.integers(0, 9)),
        st.tuples(st.just("down"), st.integers(0, 9)),
        st.tuples(st.just("few"), st.integers(1, 3)),
    ),
    max_size=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happened_before_a_whole_run_knows_everything(steps):
    with open_store("sqlite://") as store:
        paper = Paper(store)
        paper.print(30)
        for what, number in steps:
            match what:
                case "print":
                    paper.print(number)
                case "delete" if number < len(paper.rows):
                    del paper.rows[number]
                case "kill":
                    paper.run(killed_after=number)
                case "down":
                    paper.run(down={number})
                case "few":
                    paper.run(pages=str(number))
        paper.run()
        assert not paper.unknown()
        assert not open_cursors(store, "paper")
