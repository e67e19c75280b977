"""Reading whole head lines: labelled lists, the rows of the tables, and properties of any text."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta
from itertools import pairwise
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.dates.head_line import HeadLine, read_head_line
from crawler.dates.patterns import HEAD_SHAPES, Shape
from tests.support.paths import DATA, ROOT

NOW = datetime.fromisoformat("2026-11-24T15:00:20+09:00")
LINES = [json.loads(line) for line in (DATA / "head_lines.jsonl").read_text("utf-8").splitlines()]
TABLE = tomllib.loads((ROOT / "crawler" / "dates" / "head_lines.toml").read_text("utf-8"))


def values(head: HeadLine) -> tuple[str | None, str | None]:
    published, modified = head.published, head.modified
    return published and published.value, modified and modified.value


@pytest.mark.parametrize("row", LINES, ids=lambda row: row["line"])
def test_labelled_lines(row: dict[str, Any]) -> None:
    fetched_at = row["fetched_at"] and datetime.fromisoformat(row["fetched_at"])
    head = read_head_line(row["line"], fetched_at)
    assert values(head) == (row["published"], row["modified"]), head
    assert head.rule
    assert head.reason


@pytest.mark.parametrize("row", TABLE["label"], ids=lambda row: row["why"][:40])
def test_labels_keep_their_examples(row: dict[str, Any]) -> None:
    for line in row["examples"]:
        head = read_head_line(line, NOW)
        if row["role"] in ("published", "modified"):
            assert getattr(head, row["role"]), (line, head)
        else:
            assert values(head) == (None, None), (line, head)
            assert head.reason in (row["role"], *(row["why"] for row in TABLE["refusal"])), line
    for line in row["refuses"]:
        assert values(read_head_line(line, NOW)) == (None, None), line


@pytest.mark.parametrize("row", TABLE["refusal"], ids=lambda row: f"{row['rule']}-{row['scope']}")
def test_refusals_keep_their_examples(row: dict[str, Any]) -> None:
    for line in row["examples"]:
        head = read_head_line(line, NOW)
        assert values(head) == (None, None), line
        assert head.reason
    for line in row["keeps"]:
        assert read_head_line(line, NOW).published, line


@pytest.mark.parametrize("shape", HEAD_SHAPES, ids=lambda shape: shape.name)
def test_shapes_of_head_lines_keep_their_examples(shape: Shape) -> None:
    for text in shape.examples:
        assert read_head_line(f"입력 {text}", NOW).published, text
    for text in shape.refuses:
        assert read_head_line(f"입력 {text}", NOW).published is None, text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("입력 09:14", "a time without a day"),
        ("입력 2023.02.29", "no such day"),
        ("입력 2027.02.11", "later than the moment of reading"),
        ("등록 01/02/2024", "day and month could change places"),
        ("등록 24/09/11", "the year may stand at either end"),
        ("등록 2시간 전", "the moment of the fetch, which it is counted from, is unknown"),
        ("입력 10.01 09:00", "without a year, and more than 31 days before the fetch"),
        ("성적 등록 2024.09.11", "another word before the label says what else it is of"),
        ("2024.09.11 10:00 기획전", "no label, and unknown words beside it"),
        ("가온일보 2024.09.11", "the name of an outlet and a date: a masthead"),
        ("행사일 2024.09.11", "a label of another day than that of publication"),
        ("글쓴이 없음", "nothing in it has the shape of a date"),
    ],
)
def test_refusal_says_why(line: str, reason: str) -> None:
    fetched_at = None if "시간 전" in line else NOW
    head = read_head_line(line, fetched_at)
    assert (values(head), head.reason) == ((None, None), reason)


@pytest.mark.parametrize(
    ("line", "alone", "located"),
    [
        ("2024.09.11 09:14 기획전", None, "2024-09-11T09:14+09:00"),
        ("2019-05-29 공희준", None, "2019-05-29"),
        ("성적 등록 2024.09.11", None, "2024-09-11"),
        ("24.09.11", None, "2024-09-11"),
        ("3일 전", None, "2026-11-21"),
        ("2026-11-24T14:59:00+09:00", None, "2026-11-24T14:59:00+09:00"),
        ("2024.09.11 (수)", None, None),
        ("최종편집 2024.09.11 09:14", None, None),
        ("등록번호 경기 아51234 등록일 2013.05.06", None, None),
        ("2주 전", None, None),
        ("2024.09.11 ~ 09.20", None, None),
    ],
)
def test_page_vouches_for_unknown_words(line: str, alone: str | None, located: str | None) -> None:
    assert values(read_head_line(line, NOW))[0] == alone
    assert values(read_head_line(line, NOW, located=True))[0] == located


@pytest.mark.parametrize(
    ("line", "modified"),
    [
        ("등록 2025-05-25 23:40:13 / 수정 2025-05-26 23:40:13", "2025-05-26T23:40:13+09:00"),
        ("승인 2019.08.14 11:56 | 최종 수정 2019.08.14 11:56 의견 1", "2019-08-14T11:56+09:00"),
        ("수정 2026-11-11 13:23", "2026-11-11T13:23+09:00"),
        ("최종수정: 2024년 9월 11일", "2024-09-11"),
        ("기사입력: 2012/08/02 [10:36]  최종편집: 2012/08/03 [08:00]", None),
        ("업데이트 2024.09.11 09:14", "2024-09-11T09:14+09:00"),
        ("입력 2024.09.11 09:14 수정입력 2024.09.12", "2024-09-12"),
        ("Last modified: 2024-09-11 09:14", "2024-09-11T09:14+09:00"),
        ("기사입력: 2012/08/02 [10:36]  최종편집:    ⓒ 새벽신문", None),
        ("등록 2025-05-25 23:40:13", None),
        ("기사수정", None),
        ("입력 2024-09-11 변경 2024-09-20까지", None),
        ("2024-09-11 09:14", None),
        ("최종편집 2026-11-22 09:38 (일)", None),
        ("UPDATED. 2026-11-22 09:38 (일)", None),
        ("수정 2027-11-22 09:38", None),
    ],
)
def test_modified(line: str, modified: str | None) -> None:
    for located in (False, True):
        assert values(read_head_line(line, NOW, located=located))[1] == modified


@pytest.mark.parametrize(
    "line",
    [
        *("2026.01.23 (금)", "2026-01-23 [금요일]", "2026년 11월 22일 일요일", "오늘 2026.11.22"),
        *(
            "2026년 11월 22일 일요일 09:41:27",
            "UPDATED. 2026-11-22 09:38 (일)",
            "현재 시간 : 09:38",
        ),
        *("현재시각 2026-11-22 09:38", "최종편집 2026-11-22 09:38 (일)", "Today : 2026.11.22 (일)"),
        "최종편집 : 2026년 11월 22일(일) 09:38",
    ],
)
def test_page_clock_is_neither(line: str) -> None:
    for located in (False, True):
        assert values(read_head_line(line, NOW, located=located)) == (None, None)


@pytest.mark.parametrize(
    ("line", "published", "modified"),
    [
        ("2026.01.23", "2026-01-23", None),
        ("2026.01.23(금) 09:14", "2026-01-23T09:14+09:00", None),
        ("기사입력 2026.01.23 (금)", "2026-01-23", None),
        (
            "기사입력 2012/08/02 [10:36] 최종편집: 2012/08/03 [08:00]",
            "2012-08-02T10:36+09:00",
            None,
        ),
        ("최종수정 2026-11-22 09:38", None, "2026-11-22T09:38+09:00"),
        ("최종수정 25-05-26 10:00", None, "2025-05-26T10:00+09:00"),
        ("2025-05-25 10:00 (수정 2025-05-26)", "2025-05-25T10:00+09:00", "2025-05-26"),
        ("수정입력 2025-05-26", None, "2025-05-26"),
        (
            "수정 24-09-12 10:00 | 등록 24-09-11 10:00",
            "2024-09-11T10:00+09:00",
            "2024-09-12T10:00+09:00",
        ),
        ("등록 방법", None, None),
        ("입력 KBS", None, None),
    ],
)
def test_roles_of_labels(line: str, published: str | None, modified: str | None) -> None:
    for located in (False, True):
        assert values(read_head_line(line, NOW, located=located)) == (published, modified)


PIECES = (
    *(
        "입력 ",
        "수정 ",
        "등록",
        "최종편집 ",
        "발행일 ",
        "기자 ",
        "문가람 ",
        "댓글 3",
        "조회 ",
        "가온일보 ",
    ),
    *(
        "2024",
        "24",
        "9",
        "11",
        "0",
        ".",
        "-",
        "/",
        " ",
        " | ",
        "년 ",
        "월 ",
        "일 ",
        "시 ",
        "분 ",
        "전",
    ),
    *("2026.11.24 15:00", "2026.11.24", "2027-01-01", "12:05", ":30", "T", "Z", "+0900", " GMT-3"),
    *(
        "오전 ",
        "오후 ",
        "Sep ",
        "IX",
        ", ",
        "(수)",
        "[",
        "]",
        "~",
        "3시간 ",
        "어제 ",
        "방금 ",
        "음력 ",
    ),
    *(
        "단기 4359년 ",
        "호",
        "면",
        "℃",
        "로그인 ",
        "ㅣ",
        "l",
        "٣",
        "２",
        "年",
        "\u200b",
        "\ud800",
        "ago ",
    ),
)
ANY_LINE = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=80)


@settings(deadline=None, max_examples=400)
@given(ANY_LINE, st.booleans(), st.sampled_from([None, NOW, NOW - timedelta(hours=14, minutes=40)]))
def test_any_text_gives_nothing_later_than_the_fetch(
    line: str, located: bool, fetched_at: datetime | None
) -> None:
    head = read_head_line(line, fetched_at, located=located)
    assert head.rule
    assert head.reason
    for value in filter(None, values(head)):
        assert value >= "1990"
        if fetched_at:
            now = fetched_at.isoformat()
            assert value.removesuffix("+09:00") <= now[: len(value.removesuffix("+09:00"))]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "가",
            "가 ",
            "1.",
            "2024.09.11 ",
            "입력 ",
            "가:",
            "℃",
            "기자 ",
            "문가람 기자 ",
            "문가람·",
            "가온일보 ",
        ),
        *(
            "| ",
            "수정 24",
            "댓글 ",
            "3분 ",
            "입력2024",
            "가가가가가 =",
            "Posted by ",
            "By A ",
            "a@",
            "a.",
            "기사 ",
        ),
        *(
            "[가=",
            "사진 ",
            "등록 등록",
            "2024 01 ",
            "11.",
            "I",
            "X.",
            "Sep ",
            "1 Sep ",
            "( ",
            "최초 ",
            "\t",
        ),
    ],
)
def test_long_line_takes_time_linear_in_its_length(piece: str) -> None:
    took = []
    for size in (20_000, 80_000):
        line = piece * (size // len(piece))
        start = process_time()
        read_head_line(line, NOW)
        read_head_line(line[:450] + "2024.09.11", NOW, located=True)
        took.append(process_time() - start)
    assert all(later < 12 * max(first, 0.01) for first, later in pairwise(took))
