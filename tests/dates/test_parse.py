"""Date parsing: tables of cases, then the pipeline stage that chooses among candidates."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Article, DateCandidate, DateSource
from crawler.dates.parse import (
    DateExplanation,
    explain_date,
    has_publication_label,
    is_page_clock,
    only_modified,
    read_date,
    read_image_date,
    read_modified,
)
from crawler.dates.patterns import SHAPES, Shape
from pipelines.dates import Dates
from tests.support.paths import DATA, ROOT

NOW = datetime.fromisoformat("2026-11-24T15:00:20+09:00")

READS = {
    # labels, glued or not, with any sign behind
    "입력 2026.03.02 09:14": "2026-03-02T09:14+09:00",
    "입력2026.03.02 09:14": "2026-03-02T09:14+09:00",
    "입력 : 2026.03.02 09:14:59": "2026-03-02T09:14:59+09:00",
    "등록 2026-03-02 09:14:32": "2026-03-02T09:14:32+09:00",
    "등록일 : 2026-03-02": "2026-03-02",
    "등록일시: 2026-03-02 09:14": "2026-03-02T09:14+09:00",
    "승인 2019.08.14 11:56": "2019-08-14T11:56+09:00",
    "기사입력 2021/05/18 [12:11]": "2021-05-18T12:11+09:00",
    "기사입력:  2012/08/02 [10:36]": "2012-08-02T10:36+09:00",
    "기사입력:  2012/08/02 [10:36]  \xa0최종편집:    ⓒ 새벽신문": "2012-08-02T10:36+09:00",
    "기사등록 2017-04-14 10:00:00": "2017-04-14T10:00:00+09:00",
    "쿡앤뉴스 / 기사승인 : 2020-07-15 14:39:00": "2020-07-15T14:39:00+09:00",
    "작성일24-05-16 07:36": "2024-05-16T07:36+09:00",
    "작성자 홍길동 작성일24-05-16 07:36 조회 12회 댓글 0건": "2024-05-16T07:36+09:00",
    "작성일 09-11 10:09": "2026-09-11T10:09+09:00",
    "게시일 2024년 9월 11일": "2024-09-11",
    "송고시간 2024-09-11 09:14": "2024-09-11T09:14+09:00",
    "최초입력 2024.09.11 오후 3:05": "2024-09-11T15:05+09:00",
    "최초 입력 : 2024.09.11 15:05": "2024-09-11T15:05+09:00",
    "발행일 2024. 9. 11.": "2024-09-11",
    "date: 2024-09-11": "2024-09-11",
    "Date 2024-09-11 10:10": "2024-09-11T10:10+09:00",
    "날짜 : 2024-09-11": "2024-09-11",
    "입력：２０２４．０９．１１　０９：１４": "2024-09-11T09:14+09:00",
    "입력 | 2024-09-11 09:14": "2024-09-11T09:14+09:00",
    "등록 3시간 전": "2026-11-24T12:00+09:00",
    "수정일 2026-07-26 20:35": "2026-07-26T20:35+09:00",
    "수정24-11-23 04:40": "2024-11-23T04:40+09:00",
    # amid a line
    "김일중 기자 | 기사입력 2021/05/18 [12:11]": "2021-05-18T12:11+09:00",
    "문일석 발행인 | 기사입력 2021/12/01 [17:10]": "2021-12-01T17:10+09:00",
    "전승원 기자 a7@example.com | 2020-10-08 13:58:20": "2020-10-08T13:58:20+09:00",
    "- 강현구 기자 - 2025-01-06 09:26": "2025-01-06T09:26+09:00",
    "뉴스 > 사회2023-04-30": "2023-04-30",
    "뉴스 > 경제2023-04-30": "2023-04-30",
    "새벽TV 2024-09-11 09:14": "2024-09-11T09:14+09:00",
    "2024-09-11 이 진 기자": "2024-09-11",
    "2019-05-29 공희준": "2019-05-29",
    "2019-05-29이홍석 기자": "2019-05-29",
    "홍길동 기자 24-09-11 10:09": "2024-09-11T10:09+09:00",
    "사회 | 24.09.11": "2024-09-11",
    "홍길동 기자 | 3시간 전": "2026-11-24T12:00+09:00",
    "강지안 시민기자 승인 2019.08.14 11:56 | 최종 수정 2019.08.15 11:56 의견 1": (
        "2019-08-14T11:56+09:00"
    ),
    "수정 2024-09-12 10:00 | 등록 2024-09-11 09:00": "2024-09-11T09:00+09:00",
    "2024-09-11 09:00 (수정: 2024-09-12 10:00)": "2024-09-11T09:00+09:00",
    "2024년 9월 11일 09:00 (수정 2024-09-12)": "2024-09-11T09:00+09:00",
    "가나다 " * 40 + "2024-09-11": "2024-09-11",
    "입력 2024-09-11 | " + "가나다 " * 40: "2024-09-11",
    "2024.09.11 09:14 댓글 3 조회 1,204": "2024-09-11T09:14+09:00",
    # four-digit years
    "2024-09-11": "2024-09-11",
    "2024.9.1": "2024-09-01",
    "2024. 9. 11.": "2024-09-11",
    "2024. 9. 11. 18:14": "2024-09-11T18:14+09:00",
    "2020.07.15. 14:39": "2020-07-15T14:39+09:00",
    "2024/09/11 14:05": "2024-09-11T14:05+09:00",
    "2024․09․11": "2024-09-11",
    "2024-09-1109:14": "2024-09-11T09:14+09:00",
    "2024-09-11, 09:14": "2024-09-11T09:14+09:00",
    "[2024-09-11 09:14]": "2024-09-11T09:14+09:00",
    "2024-09-11 (09:14)": "2024-09-11T09:14+09:00",
    "2024-09-11\u200b 09:14": "2024-09-11T09:14+09:00",
    "2024-02-29": "2024-02-29",
    "1990-01-01 00:00": "1990-01-01T00:00+09:00",
    # weekdays
    "2024.09.11(수) 09:14": "2024-09-11T09:14+09:00",
    "2024-09-11 [수] 09:14:32": "2024-09-11T09:14:32+09:00",
    "2024-09-11 <수요일> 09:14": "2024-09-11T09:14+09:00",
    "2024-09-11 【월】 09:14": "2024-09-11T09:14+09:00",
    "2024-09-11（수）09:14": "2024-09-11T09:14+09:00",
    "2024-09-11 (Wed) 09:14": "2024-09-11T09:14+09:00",
    "2024.09.11 수요일 09:14": "2024-09-11T09:14+09:00",
    "2024.09.11 수 09:14": "2024-09-11T09:14+09:00",
    "2024년 9월 11일 (일) 오전 9:14": "2024-09-11T09:14+09:00",
    # 한글 units, 오전 and 오후
    "2021년05월04일 18시14분": "2021-05-04T18:14+09:00",
    "2021년 5월 4일 18시 14분 9초": "2021-05-04T18:14:09+09:00",
    "2021년 5월 4일": "2021-05-04",
    "2021년5월4일18:14": "2021-05-04T18:14+09:00",
    "2024년 9월 11일 오후 3시": "2024-09-11T15:00+09:00",
    "2024년 9월 11일 오후 3시 5분": "2024-09-11T15:05+09:00",
    "2024. 9. 11. 오전 12:30": "2024-09-11T00:30+09:00",
    "2024. 9. 11. 오후 12:30": "2024-09-11T12:30+09:00",
    "2024-09-11 오후 15:05": "2024-09-11T15:05+09:00",
    "2024-09-11 오후3:05:06": "2024-09-11T15:05:06+09:00",
    "2024-09-11 3:05 PM": "2024-09-11T15:05+09:00",
    "2024-09-11 PM 3:05": "2024-09-11T15:05+09:00",
    "오후 2:00 2024-01-02": "2024-01-02T14:00+09:00",
    # zones
    "2024-09-11T00:14:32Z": "2024-09-11T09:14:32+09:00",
    "2024-09-11T20:14:32.123Z": "2024-09-12T05:14:32+09:00",
    "2024-09-11T09:14:32+09:00": "2024-09-11T09:14:32+09:00",
    "2024-09-11T09:14+0900": "2024-09-11T09:14+09:00",
    "2024-09-11T09:14:32": "2024-09-11T09:14:32+09:00",
    "2024-09-11 00:14:32 +0000": "2024-09-11T09:14:32+09:00",
    "2024-09-11 09:14:32 KST": "2024-09-11T09:14:32+09:00",
    "2024-09-10T20:14:00-04:00": "2024-09-11T09:14:00+09:00",
    "Wed, 12 Apr 2023 18:16:00 +0900": "2023-04-12T18:16:00+09:00",
    "12 Apr 2023 18:16:00 GMT": "2023-04-13T03:16:00+09:00",
    "Wed, 12 Apr 2023 18:16 +0900": "2023-04-12T18:16+09:00",
    "Sat, 1 Jul 2023 08:00:00 UTC": "2023-07-01T17:00:00+09:00",
    # digits only, two-digit years
    "20240911": "2024-09-11",
    "202409110914": "2024-09-11T09:14+09:00",
    "20240911091432": "2024-09-11T09:14:32+09:00",
    "24-09-11 10:09": "2024-09-11T10:09+09:00",
    "24.09.11": "2024-09-11",
    "24/09/11 10:09:08": "2024-09-11T10:09:08+09:00",
    "24.09.11 (수)": "2024-09-11",
    "(24.09.11)": "2024-09-11",
    "24년 9월 11일 10:09": "2024-09-11T10:09+09:00",
    "99-12-31 10:09": "1999-12-31T10:09+09:00",
    # completed from now
    "09-11": "2026-09-11",
    "12-24": "2025-12-24",
    "11-24": "2026-11-24",
    "02-29": "2024-02-29",
    "09.11 10:09": "2026-09-11T10:09+09:00",
    "12/24 [10:09]": "2025-12-24T10:09+09:00",
    "11-24 15:04": "2026-11-24T15:04+09:00",
    "11-24 22:00": "2025-11-24T22:00+09:00",
    "9월 11일": "2026-09-11",
    "12월 1일 오전 9시 5분": "2025-12-01T09:05+09:00",
    "14:05": "2026-11-24T14:05+09:00",
    "오전 12:30": "2026-11-24T00:30+09:00",
    "14:05:06": "2026-11-24T14:05:06+09:00",
    "방금 전": "2026-11-24T15:00+09:00",
    "방금": "2026-11-24T15:00+09:00",
    "15분 전": "2026-11-24T14:45+09:00",
    "16시간전": "2026-11-23T23:00+09:00",
    "40초 전": "2026-11-24T14:59+09:00",
    "2일 전": "2026-11-22",
    "2주 전": "2026-11-10",
    "오늘": "2026-11-24",
    "어제": "2026-11-23",
    "그저께": "2026-11-22",
    "그제": "2026-11-22",
    "어제 23:10": "2026-11-23T23:10+09:00",
    # at the edge of now
    "2026-11-25 14:59": "2026-11-25T14:59+09:00",
    "2026-11-25": "2026-11-25",
    # dateparser
    "Sep 11, 2024": "2024-09-11",
    "Posted on Sep. 11, 2024": "2024-09-11",
    "11-Sep-2024": "2024-09-11",
    "Sep 11, 2024 20:14:05 +0000": "2024-09-12T05:14:05+09:00",
    "Sep 11, 2024 12:30 AM": "2024-09-11T00:30+09:00",
    "11 September 2024": "2024-09-11",
    "Jan 1 2024 1:05 PM": "2024-01-01T13:05+09:00",
    "September 11, 2024 9:14 AM": "2024-09-11T09:14+09:00",
}

REFUSES = (
    # numbers that are no date
    *("", " ", "댓글 0", "조회수 2005", "조회 1,234", "8,550원", "2,024.09원", "27.8℃", "-0.3℃"),
    *("코스피 2412.10", "12.10", "3.14", "10/29", "D-24", "D-09-11", "1726013672", "3:36 남음"),
    *("010-2019-1062", "02-2024-0911", "051-2011-1228", "1588-2024", "T. 031-09-11-2222"),
    *(
        "제1234호",
        "제2024-09-11호",
        "2024-9-11호",
        "통권 제2015호",
        "제45조 제2항 제6호",
        "16면 8판",
    ),
    *(
        "3-5면",
        "v25.10.5",
        "v2024.9.11",
        "버전 22.9.18",
        "버전 2024.09.11",
        "ver. 2024.09.11",
        "제 2024-09-11 호",
        "22.9.18",
        "2024.09.11.3",
    ),
    *("192.168.20.24", "2024-09-11-001", "45% 12:3", "스코어 3:36", "대한민국 3-0 승", "아51234"),
    *("https://news.example/2024/09/11/title", "photo_2024-09-11", "IMG_20240911", "123-45-67890"),
    # no such moment
    *("2023-02-29", "2024년 2월 30일", "2021.13.17", "입력 2021-11-31 17:38", "24-13-11", "13-11"),
    *("9월 31일", "20241311", "202409112561", "2024-09-11 25:10", "2024-09-11 12:61", "25:10"),
    *("2024-09-11 오전 13:10", "2024-00-10", "2024-09-00", "0000-00-00 00:00:00", "12-32"),
    # out of reach
    *("2026-11-26", "2026-11-25 15:01", "입력 2027-09-11 09:14", "30-01-01 10:00", "2099.01.01"),
    *("1989-12-31", "1970-01-01T00:00:00Z", "1945년 8월 15일", "1899-12-30"),
    # ranges and other days
    *(
        "2022.03.08 ~ 2022.03.12",
        "2022.03.08∼03.12",
        "2022.03.08(화)～12",
        "2022-03-08 - 2022-03-12",
    ),
    *("기간: 2023-09-09~09-18", "09-11~09-13", "2023년 1월 8일부터 4일간", "2024.09.11까지"),
    *("2024.09.11 (수) 까지", "~ 2024.09.11", "행사일시 : 2024-09-11 10:00", "접수기간 2024.09.11"),
    *(
        "생년월일 1999-01-01",
        "생일: 1999-01-01",
        "마감 2024.09.11",
        "2024.09.11 기준",
        "시행 2024. 9. 11.",
    ),
    *("2024년 9월 11일에 열린 축제", "2024년 9월 11일 예정", "2024.09.11 현재", "2024.09.11 개최"),
    *("보도시점 2024. 9. 11.(수) 09:00", "배포일시 2024.9.11", "등록일: 2013.05.06 발행인: 홍길동"),
    *("등록번호 아51234 | 등록일자 2013.05.06", "등록번호 : 경기, 아51234 · 등록일: 2015-03-04"),
    "2024-09-11 " + "가나다 " * 40,
    "지난 2024년 9월 11일 군청에서 회의가 열렸다. 이날 회의에는 군수가 참석했다.",
    # too vague
    *(
        "2023년 가을",
        "2024년 9월",
        "2024.09",
        "2024",
        "18일",
        "지난달 30일",
        "오는 25일",
        "이달 10일",
    ),
    *(
        "지난해 12월 3일",
        "2개월 전",
        "1년 전",
        "엊그제",
        "내일",
        "조금 전",
        "오늘의 날씨",
        "3시간 전망",
    ),
    *("Jan 12-15, 2024", "12 Jan 2024 - 15 Jan 2024", "1/2024 Jan", "March 2024 3"),
    *("Spring 11, 2024", "Sep 31, 2024", "Sep 11, 2024 25:10"),
    *("Sep 2024", "01/02/2024", "11-09-2024", "Feb 30, 2024", "Sep 11", "May 2024 report"),
    # labels without a value
    *(
        "기사승인 ",
        "송고",
        "게시일",
        "입력 :",
        "등록번호 서울아26885",
        "기사수정",
        "최종편집:    ⓒ",
        "date",
    ),
    *("홍길동 기자", "입력 홍길동", "등록 | 수정", "비밀번호 입력"),
    # a zone that is not known
    *("Mon, 17 Jul 2023 15:12:02 EST", "2024-09-11 09:14 PST"),
)


@pytest.mark.parametrize(("text", "value"), READS.items())
def test_reads(text: str, value: str) -> None:
    read = read_date(text, NOW)
    assert read is not None
    assert read.value == value
    assert read.precision == {10: "day", 22: "minute", 25: "second"}[len(value)]


@pytest.mark.parametrize("text", REFUSES)
def test_refuses(text: str) -> None:
    assert read_date(text, NOW) is None


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_shapes_keep_their_examples(shape: Shape) -> None:
    for text in shape.examples:
        assert read_date(text, NOW), text
    for text in shape.refuses:
        assert read_date(text, NOW) is None, text


def test_shapes_show_the_precision_they_name() -> None:
    for shape in SHAPES:
        for text in shape.examples:
            reading = explain_date(text, NOW)
            assert (reading.rule, reading.reason) == (shape.name, shape.why), text
            assert reading.precision in shape.precision, text


TABLE = ROOT / "crawler" / "dates" / "date_lookalikes.toml"
LOOKALIKES = tomllib.loads(TABLE.read_text("utf-8"))["lookalike"]


@pytest.mark.parametrize("row", LOOKALIKES, ids=lambda row: row["rule"])
def test_lookalikes_keep_their_examples(row: dict[str, Any]) -> None:
    for text in row["examples"]:
        assert explain_date(text, NOW) == DateExplanation(None, None, row["rule"], row["why"]), text


@pytest.mark.parametrize(
    ("text", "rule", "why"),
    [
        ("2024.13.11", "numeric", "no such day"),
        ("2023년 2월 29일", "hangul", "no such day"),
        ("2024-09-11 25:10", "numeric", "no such time of day"),
        ("2024-09-11 24:00", "numeric", "no such time of day"),
        ("입력 2024-09-11 오전 13:10", "numeric", "no such hour before noon"),
        ("2026-11-26", "numeric", "more than a day ahead of now"),
        ("1989-12-31", "numeric", "before 1990"),
        ("2024.09.11 ~ 09.13", "numeric", "a range, or one end of it"),
        ("2024. 9. 11.부터", "numeric", "a range, or one end of it"),
        ("~ 2024.09.11", "numeric", "a range, or one end of it"),
        ("버전 2024.09.11", "numeric", "a number, not a date"),
        ("투표일 2024-09-11", "numeric", "a label of another day than that of publication"),
        ("선거일 : 2024-09-11", "numeric", "a word in front that is not a label of publication"),
        ("음력 2024년 9월 11일", "hangul", "a day of the lunar calendar"),
        ("2024-09-11 09:14 PST", "numeric", "an unknown time zone"),
        ("2024년 9월 11일에 열린 축제", "hangul", "part of a sentence, or a day that is mentioned"),
        (
            "등록번호 경기, 아51234 2015-03-04",
            "numeric",
            "the imprint: when the outlet was registered",
        ),
        ("2024-09-11 " + "가 " * 80, "numeric", "too deep in a long line without a label"),
        ("글쓴이 없음", "none", "nothing in it has the shape of a date"),
    ],
)
def test_a_refusal_says_why(text: str, rule: str, why: str) -> None:
    assert explain_date(text, NOW) == DateExplanation(None, None, rule, why)


BATTERY = (DATA / "dates.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize("row", [json.loads(line) for line in BATTERY], ids=lambda row: row["text"])
def test_battery(row: dict[str, Any]) -> None:
    reading = explain_date(row["text"], datetime.fromisoformat(row["now"]))
    assert reading.value == row["expect"], row["why"]
    assert reading.rule
    assert reading.reason


PIECES = (
    *(
        "입력 ",
        "수정 ",
        "2024",
        "24",
        "9",
        "11",
        "0",
        ".",
        "-",
        "/",
        " ",
        "년 ",
        "월 ",
        "일",
        "시 ",
        "분",
    ),
    *(
        "오전 ",
        "오후 ",
        "12:05",
        ":30",
        "T",
        "Z",
        "+0900",
        " GMT",
        "Sep ",
        ", ",
        "(수)",
        "[",
        "]",
        "~",
        "전",
    ),
    *("3시간 ", "어제", "한 시간 ", "제", "호", "℃", "|", "기자 ", "٣", "２", "\u200b", "\ud800"),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=60))
def test_any_text_is_a_date_not_ahead_or_none_with_a_reason(text: str) -> None:
    reading, read = explain_date(text, NOW), read_date(text, NOW)
    assert (reading.value, reading.precision) == (
        (read.value, read.precision) if read else (None,) * 2
    )
    assert reading.rule
    assert reading.reason
    if read:
        assert "1990" <= read.value <= "2026-11-25T15:00:20+09:00"
    read_modified(text, NOW)


@pytest.mark.parametrize(
    "piece", ["가", "1.", "2024.09.11 ", "입력 ", "가:", "℃", "기자 ", "| ", "수정 24"]
)
def test_a_long_line_takes_time_linear_in_its_length(piece: str) -> None:
    def least(size: int) -> float:
        took = []
        for _ in range(3):  # what else the machine does makes it slower, never quicker
            start = process_time()
            explain_date(piece * (size // len(piece)), NOW)
            took.append(process_time() - start)
        return min(took)

    assert least(200_000) < 12 * max(least(50_000), 0.005)


def test_now_may_stand_in_any_zone() -> None:
    utc = datetime.fromisoformat("2024-09-10T15:30:00Z")  # half past midnight in Korea
    for text, value in {"오늘": "2024-09-11", "어제": "2024-09-10", "09-11": "2024-09-11"}.items():
        assert (read := read_date(text, utc))
        assert read.value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("등록 2025-05-25 23:40:13 / 수정 2025-05-26 23:40:13", "2025-05-26T23:40:13+09:00"),
        ("승인 2019.08.14 11:56 | 최종 수정 2019.08.14 11:56 의견 1", "2019-08-14T11:56+09:00"),
        ("수정 2026-11-11 13:23", "2026-11-11T13:23+09:00"),
        ("최종수정: 2024년 9월 11일", "2024-09-11"),
        ("기사입력: 2012/08/02 [10:36]  최종편집: 2012/08/03 [08:00]", "2012-08-03T08:00+09:00"),
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
def test_modified(text: str, value: str | None) -> None:
    read = read_modified(text, NOW)
    assert (read and read.value) == value


@pytest.mark.parametrize(
    ("text", "published", "modified"),
    [
        ("등록 2025-05-25 / 수정 2025-05-26", True, False),
        ("수정 2025-05-26", False, True),
        ("최종수정 25-05-26 10:00", False, True),
        ("2025-05-25 10:00 (수정 2025-05-26)", False, False),
        ("2025-05-25", False, False),
        ("입력", False, False),
        ("비밀번호 입력", False, False),
        ("등록 방법", False, False),
        ("입력 KBS", False, False),
        ("수정입력 2025-05-26", False, True),
        ("수정 24-09-12 10:00 | 등록 24-09-11 10:00", True, False),
    ],
)
def test_labels(text: str, published: bool, modified: bool) -> None:
    assert has_publication_label(text) is published
    assert only_modified(text) is modified


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2026.01.23 (금)", True),
        ("2026-01-23 [금요일]", True),
        ("2026년 11월 22일 일요일", True),
        ("2026년 11월 22일 일요일 09:41:27", True),
        ("UPDATED. 2026-11-22 09:38 (일)", True),
        ("현재시각 2026-11-22 09:38", True),
        ("현재 시간 : 09:38", True),
        ("최종편집 2026-11-22 09:38 (일)", True),
        ("최종편집 : 2026년 11월 22일(일) 09:38", True),
        ("오늘 2026.11.22", True),
        ("Today : 2026.11.22 (일)", True),
        ("2026.01.23", False),
        ("2026.01.23(금) 09:14", False),
        ("기사입력 2026.01.23 (금)", False),
        ("기사입력 2012/08/02 [10:36] 최종편집: 2012/08/03 [08:00]", False),
        ("최종수정 2026-11-22 09:38", False),
        ("오늘", False),
        ("", False),
    ],
)
def test_page_clock(text: str, clock: bool) -> None:
    assert is_page_clock(text) is clock


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("20210319101112_abcdefgh.jpg", "2021-03-19"),
        ("https://x.example/data/editor/2103/20210319101112_a1b2.png", "2021-03-19"),
        ("20211319101112_a.jpg", None),
        ("20210319251112_a.jpg", None),
        ("20210319_a.jpg", None),
        ("a20210319101112_a.jpg", None),
        ("20310319101112_a.jpg", None),
        ("202103191011_a.jpg", None),
    ],
)
def test_image_names(name: str, day: str | None) -> None:
    read = read_image_date(name, NOW)
    assert (read and read.value) == day


# the stage

FETCHED = "2026-11-24T06:00:20Z"  # NOW


def dated(*shown: tuple[DateSource, str], modified: str | None = None) -> Article:
    article = Article(
        url="https://x.example/1",
        canonical_url="https://x.example/1",
        outlet="x",
        fetched_at=FETCHED,
        date_candidates=[DateCandidate(text, source) for source, text in shown],
        modified_raw=modified,
    )
    assert Dates().process_item(article) is article
    return article


def published(article: Article) -> tuple[str | None, str | None, str | None, str | None]:
    return (
        article.date_published,
        article.date_published_raw,
        article.date_source,
        article.date_precision,
    )


def test_the_most_trusted_source_decides_whatever_the_order() -> None:
    article = dated(("feed", "Tue, 10 Sep 2024 09:00:00 +0900"), ("label", "입력 2024.09.11 09:14"))
    value = "2024-09-11T09:14+09:00"
    assert published(article) == (value, "입력 2024.09.11 09:14", "label", "minute")


def test_the_finer_of_two_that_agree_is_taken_and_named() -> None:
    iso = "2024-09-11T00:14:32Z"
    article = dated(("label", "입력 2024.09.11"), ("list", "2024.09.11 09:14"), ("structured", iso))
    assert published(article) == ("2024-09-11T09:14:32+09:00", iso, "structured", "second")


def test_of_two_as_fine_the_more_trusted_is_taken() -> None:
    article = dated(("structured", "2024-09-11T17:40+09:00"), ("label", "입력 2024.09.11 09:14"))
    assert article.date_published == "2024-09-11T09:14+09:00"


def test_the_next_source_stands_in_for_an_unreadable_one() -> None:
    article = dated(("label", "입력 2023-02-29 10:00"), ("list", "2023-03-01"))
    assert published(article) == ("2023-03-01", "2023-03-01", "list", "day")


def test_what_nobody_can_read_is_kept_as_shown() -> None:
    assert published(dated(("label", "2023년 가을"))) == (None, "2023년 가을", None, None)
    assert published(dated(("label", "입력 2026-11-26 09:00")))[0] is None
    assert published(dated()) == (None, None, None, None)


def test_the_clock_of_the_page_is_no_publication_date() -> None:
    for clock in ("2026.11.24 (화)", "최종편집 2026-11-24 14:58", "2026.02.21 (토)"):
        assert dated(("label", clock)).date_published is None
        assert dated(("label", clock), ("list", "09-11")).date_published == "2026-09-11"


def test_a_row_of_a_list_may_show_day_and_weekday() -> None:
    assert dated(("list", "2026.01.23 (금)")).date_published == "2026-01-23"


def test_a_structured_date_of_the_visit_yields_to_any_other_day() -> None:
    visit = ("structured", "2026-11-24T15:00:19+09:00")
    assert dated(visit, ("list", "2026-09-11")).date_source == "list"
    assert dated(visit).date_published is None
    assert dated(visit).date_published_raw == visit[1]
    assert dated(visit, ("list", "11-24")).date_precision == "day"
    today = ("structured", "2026-11-24")
    assert dated(today, ("list", "2026-09-11")).date_source == "list"
    assert dated(today, ("image", "20261123101112_a.jpg")).date_source == "structured"


def test_a_structured_date_counts_where_it_agrees_or_stands_alone() -> None:
    drafted = ("structured", "2026-11-10T18:00:00+09:00")
    assert published(dated(drafted))[0] == "2026-11-10T18:00:00+09:00"
    assert dated(drafted, ("image", "20261109101112_a.jpg")).date_source == "structured"
    assert published(dated(drafted, ("list", "2026-11-11")))[0] == "2026-11-11"
    assert published(dated(drafted, ("feed", "Wed, 11 Nov 2026 09:00 +0900")))[2] == "feed"
    assert published(dated(drafted, ("list", "2026-11-10")))[0] == "2026-11-10T18:00:00+09:00"
    in_utc = ("structured", "2026-11-10T03:14:07+09:00")  # 12:14 in Korea, says the feed
    feed = ("feed", "Tue, 10 Nov 2026 12:14:07 +0900")
    assert published(dated(in_utc, feed, ("list", "11-10")))[0] == "2026-11-10T12:14:07+09:00"
    assert published(dated(in_utc, ("label", "2026.11.10 12:14")))[0] == "2026-11-10T12:14+09:00"


def test_an_image_name_is_an_estimate_of_the_day() -> None:
    name = "20210319101112_abcdefgh.jpg"
    assert published(dated(("image", name))) == ("2021-03-19", name, "image", "estimated")
    assert dated(("image", name), ("feed", "2021-03-19")).date_precision == "day"


def test_a_modification_is_no_publication() -> None:
    article = dated(("label", "수정 2026-11-11 13:23"), ("list", "2026-11-10"))
    assert (article.date_published, article.date_modified) == (
        "2026-11-10",
        "2026-11-11T13:23+09:00",
    )


def test_modified_comes_from_its_own_text_or_from_the_label() -> None:
    both = ("label", "등록 2025-05-25 23:40:13 / 수정 2025-05-26 23:40:13")
    assert dated(both).date_modified == "2025-05-26T23:40:13+09:00"
    own = dated(("label", "입력 2025-05-25"), modified="2025-05-27T01:00:00Z")
    assert own.date_modified == "2025-05-27T10:00:00+09:00"
    assert dated(modified="수정 2025-05-27").date_modified == "2025-05-27"
    assert dated(modified="입력 2025-05-27").date_modified is None
    assert dated(modified="2026.11.24 (화)").date_modified is None


def test_modified_on_a_day_before_publication_is_none() -> None:
    label = ("label", "입력 2025-05-25 23:40")
    assert dated(label, modified="2025-05-24").date_modified is None
    assert dated(label, modified="2025-05-25 23:39:59").date_modified == "2025-05-25T23:39:59+09:00"
    assert dated(label, modified="2025-05-25").date_modified == "2025-05-25"


def test_another_time_of_the_same_day_is_no_finer_date() -> None:
    article = dated(("label", "입력 2024.09.11 09:14"), ("structured", "2024-09-11T17:40:05+09:00"))
    assert article.date_published == "2024-09-11T09:14+09:00"


def test_a_row_that_shows_only_a_time_is_read_as_of_its_list() -> None:
    article = dated()
    article.date_candidates = [DateCandidate("23:50", "list", "2024-09-11T14:55:00Z")]
    article.fetched_at = "2024-09-11T15:02:00Z"  # past midnight in Seoul
    Dates().process_item(article)
    assert article.date_published == "2024-09-11T23:50+09:00"
