"""Calendar of the newsstand: working hours, weekends and holidays, known in advance."""

from __future__ import annotations

import time
from argparse import Namespace
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from statistics import mean, variance

import pytest

from newsstand.calendar import RHYTHMS, is_holiday
from newsstand.cli import time_that_passes
from newsstand.clock import Happening
from newsstand.content import KST
from newsstand.gold import ADDRESS
from newsstand.server import serving
from newsstand.server_state import STOCK_ROWS, NewsstandState
from tests.support.list_pages import LISTS, read
from tests.support.waiting import wait_for

NOW = datetime(2026, 8, 31, 0, 0, tzinfo=KST)
"""A Monday; 추석 is from Thursday, 24 September, to Saturday."""
DAYS, PER_DAY = 56, 12.0
CHUSEOK = [date(2026, 9, day) for day in (24, 25, 26)]
DAILIES = [outlet for outlet in ADDRESS if outlet != "gosiweek"]


@cache
def happenings() -> list[Happening]:
    return list(NewsstandState(1, NOW, 3, days=DAYS, per_day=PER_DAY).coming)


@cache
def printed(outlet: str) -> Counter[date]:
    """How many posts an outlet prints, by day."""
    return Counter(
        one.post.at.date() for one in happenings() if is_new(one) and one.outlet == outlet
    )


def is_new(one: Happening) -> bool:
    return one.what == "appeared"


def counts(outlet: str, *weekdays: int) -> list[int]:
    """Posts of each day that is such a weekday (Monday is 0) and no holiday."""
    days = [NOW.date() + timedelta(days=day) for day in range(DAYS)]
    return [
        printed(outlet)[day] for day in days if day.weekday() in weekdays and not is_holiday(day)
    ]


@pytest.mark.parametrize("outlet", DAILIES)
def test_a_daily_prints_on_working_days_and_little_on_others(outlet: str) -> None:
    assert 0.8 * PER_DAY < mean(counts(outlet, 0, 1, 2, 3, 4)) < 1.2 * PER_DAY
    assert all(mean(counts(outlet, day)) < 0.7 * PER_DAY for day in (5, 6))


def test_one_paper_prints_nothing_on_sundays() -> None:
    assert sum(counts("seonamtoday", 6)) == 0
    assert all(sum(counts(outlet, 6)) for outlet in DAILIES if outlet != "seonamtoday")


def test_one_paper_is_close_to_a_weekly() -> None:
    assert mean(counts("gosiweek", 3)) > 1.5 * PER_DAY
    assert 0 < mean(counts("gosiweek", 0, 1, 2, 4, 5, 6)) < 0.1 * PER_DAY


def test_nearly_nothing_is_printed_on_holidays() -> None:
    assert all(map(is_holiday, CHUSEOK))
    assert not is_holiday(date(2026, 9, 23))
    assert is_holiday(date(2026, 10, 5))  # in lieu of a Saturday
    for outlet in ADDRESS:
        assert sum(printed(outlet)[day] for day in CHUSEOK) < 0.2 * PER_DAY * len(CHUSEOK)


def test_days_differ_by_chance_as_counts_do() -> None:
    days = [count for outlet in DAILIES for count in counts(outlet, 1, 2, 3)]
    assert 0.6 < variance(days) / mean(days) < 1.5  # 1 of a Poisson process


def test_a_newsroom_works_by_day() -> None:
    hours = Counter(one.post.at.hour for one in happenings() if is_new(one))
    assert sum(hours[hour] for hour in range(7, 20)) > 0.94 * hours.total()
    assert hours[10] > 2 * hours[12]
    assert hours.total() > sum(hours[hour] for hour in range(7, 20))


def test_posts_are_edited_and_removed_as_by_the_hour() -> None:
    many = sum(map(is_new, happenings()))
    what = Counter(one.what for one in happenings())
    assert 0.14 * many < what["edited"] < 0.3 * many
    assert 0.04 * many < what["vanished"] < 0.14 * many
    assert [one.at for one in happenings()] == sorted(one.at for one in happenings())


def test_the_days_are_the_same_for_ever_however_the_clock_is_moved() -> None:
    one, other = (NewsstandState(1, NOW, 3, days=10, per_day=PER_DAY) for _ in range(2))
    assert list(one.coming) == list(other.coming)
    assert list(one.coming) != list(NewsstandState(2, NOW, 3, days=10, per_day=PER_DAY).coming)
    one.step(24 * 12)
    for _ in range(24):
        other.step(12)
    assert one.posts == other.posts
    assert one.happened == other.happened
    assert not one.coming


def test_a_day_at_a_time_shows_what_was_printed_until_then() -> None:
    stand = NewsstandState(1, NOW, 3, days=7)
    news = [len([one for one in stand.step(24) if is_new(one)]) for _ in range(7)]
    assert min(news[:5]) > 24
    assert max(news[5:]) < 24
    assert stand.now == NOW + timedelta(days=7)
    assert max(post.at for post in stand.posts["papns"]) <= stand.now


def test_lists_are_as_long_as_where_hours_pass() -> None:
    assert getattr(NewsstandState(1, NOW, 1, days=1).outlets["papns"], "rows", None) == STOCK_ROWS


def test_papers_that_print_nothing_are_no_trouble() -> None:
    assert not any(map(is_new, NewsstandState(1, NOW, 1, days=3, per_day=0.0).coming))


def test_hours_and_days_do_not_pass_at_once() -> None:
    with pytest.raises(ValueError, match="either hours pass or days"):
        NewsstandState(1, NOW, 1, hours=1, days=1)


def test_every_paper_has_a_rhythm() -> None:
    assert set(RHYTHMS["week"]) == set(ADDRESS)
    assert all(len(week) == 7 for week in RHYTHMS["week"].values())
    assert len(RHYTHMS["day"]) == 24


def test_thirty_days_open_at_once() -> None:
    """A quiet machine takes a second of its processor, a loaded one somewhat more."""
    start = time.process_time()
    NewsstandState(2, NOW, 30, days=30, per_day=PER_DAY)
    assert time.process_time() - start < 5


# -- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "pace", "passes"), [(0.0, 0.0, (0, 0)), (0.0, 2.0, (48, 0)), (30.0, 2.0, (0, 30))]
)
def test_the_command_lets_hours_pass_or_days(
    days: float, pace: float, passes: tuple[float, float]
) -> None:
    assert time_that_passes(Namespace(days=days, hours_per_second=pace)) == passes


@pytest.mark.parametrize(
    ("days", "pace", "sentence"),
    [
        (3.0, 0.0, "--days needs a moving clock: add --hours-per-second."),
        (367.0, 1.0, "--days must be between 0 and 366, not 367.0."),
        (float("nan"), 1.0, "--days must be between 0 and 366, not nan."),
    ],
)
def test_bad_usage_gets_one_sentence(
    days: float, pace: float, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        time_that_passes(Namespace(days=days, hours_per_second=pace))
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"{sentence}\n"


def test_the_commands_days_pass_by_themselves() -> None:
    with serving(now=NOW, articles=1, hours_per_second=200, days=3) as proxy:
        wait_for(lambda: "2026-09-02" in read(proxy, LISTS["seonamtoday"].format(1)))
