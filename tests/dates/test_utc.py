"""UTC times as text: ``crawler/dates/utc.py``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.dates.utc import format_utc, parse_utc, utc_now


def test_a_moment_is_written_in_utc_without_fractions() -> None:
    seoul = datetime(2024, 9, 11, 9, 14, 32, 999_999, tzinfo=timezone(timedelta(hours=9)))
    assert format_utc(seoul) == "2024-09-11T00:14:32Z"
    assert format_utc(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"  # texts compare


def test_a_text_is_read_as_the_moment_that_it_was_written_of() -> None:
    moment = datetime(2024, 9, 11, 0, 14, 32, tzinfo=UTC)
    assert parse_utc(format_utc(moment)) == moment
    assert parse_utc("2024-09-11T09:14:32+09:00").isoformat() == "2024-09-11T00:14:32+00:00"
    with pytest.raises(ValueError, match="yesterday"):
        parse_utc("yesterday")


def test_now_is_the_present_second() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= parse_utc(utc_now()) <= datetime.now(UTC)
