"""Period: the spider arguments ``since`` and ``until``."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.dates.period import Period, read_period

NOW = datetime.fromisoformat("2024-09-20T06:00:00Z")  # 15:00 in Korea


@pytest.mark.parametrize(
    ("since", "until", "start", "end"),
    [
        (None, None, None, None),
        ("", "", None, None),
        ("2024-09-01", None, "2024-09-01T00:00+09:00", None),
        ("7d", None, "2024-09-13T15:00+09:00", None),
        ("12h", None, "2024-09-20T03:00+09:00", None),
        ("2w", "1W", "2024-09-06T15:00+09:00", "2024-09-13T15:00+09:00"),
        (" 2024-09-01 ", " 2024-09-01 ", "2024-09-01T00:00+09:00", "2024-09-02T00:00+09:00"),
        ("1d", "2024-09-20", "2024-09-19T15:00+09:00", "2024-09-21T00:00+09:00"),
    ],
)
def test_arguments(
    since: str | None, until: str | None, start: str | None, end: str | None
) -> None:
    assert read_period(since, until, NOW) == Period(
        start and datetime.fromisoformat(start), end and datetime.fromisoformat(end)
    )


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "7",
        "d",
        "-7d",
        "7m",
        "7.5d",
        "2024-9-1",
        "2024-02-30",
        "20240901",
        "9" * 12 + "d",
    ],
)
def test_a_bad_value_gets_one_sentence(value: str) -> None:
    for name in ("since", "until"):
        with pytest.raises(ValueError, match="is not a date") as caught:
            read_period(**{"since": None, "until": None, name: value}, now=NOW)
        assert str(caught.value) == (
            f"{name}={value!r} is not a date; use a day (2024-09-01) or an age (12h, 7d, 2w)."
        )


@pytest.mark.parametrize(("since", "until"), [("2024-09-02", "2024-09-01"), ("1d", "2d")])
def test_ends_in_the_wrong_order(since: str, until: str) -> None:
    with pytest.raises(ValueError, match=f"^since={since} lies after until={until}; swap them.$"):
        read_period(since, until, NOW)


@pytest.mark.parametrize(
    ("value", "inside", "before"),
    [
        ("2024-09-12", False, True),
        ("2024-09-13", True, False),  # its evening lies inside
        ("2024-09-13T14:58+09:00", False, True),
        ("2024-09-13T14:59+09:00", False, True),
        ("2024-09-13T15:00+09:00", True, False),
        ("2024-09-13T14:59:59+09:00", False, True),
        ("2024-09-15", True, False),
        ("2024-09-15T23:59:59+09:00", True, False),
        ("2024-09-16", False, False),
        ("2024-09-16T00:00+09:00", False, False),
    ],
)
def test_contains_and_is_before(value: str, inside: bool, before: bool) -> None:
    period = read_period("7d", "2024-09-15", NOW)
    assert (period.contains(value), period.is_before(value)) == (inside, before)


def test_open_ends() -> None:
    assert Period().contains("1999-01-01")
    assert not Period().is_before("1999-01-01")
    assert read_period("2024-09-01", None, NOW).contains("2030-01-01")
    assert read_period(None, "2024-09-01", NOW).contains("1999-01-01T00:00+09:00")
