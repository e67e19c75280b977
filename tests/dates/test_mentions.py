"""Dates in sentences; the cases are data: tests/data/mentions.jsonl."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Article, DateCandidate
from crawler.dates.mentions import mentioned_dates
from pipelines.dates import Dates
from tests.support.paths import DATA

SENTENCES = [json.loads(line) for line in (DATA / "mentions.jsonl").read_text("utf-8").splitlines()]
PUBLISHED = date(2024, 9, 12)


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row["sentence"])
def test_sentences(row: dict[str, Any]) -> None:
    assert mentioned_dates(row["sentence"], date.fromisoformat(row["published"])) == row["mentions"]


def test_sentences_are_read_apart_in_one_body() -> None:
    rows = [row for row in SENTENCES if row["published"] == PUBLISHED.isoformat()]
    body = "\n\n".join(row["sentence"] for row in rows)
    texts = [mention["text"] for row in rows for mention in row["mentions"]]
    found = mentioned_dates(body, PUBLISHED)
    assert [mention["text"] for mention in found] == texts
    assert all(body[found_["start"] : found_["end"]] == found_["text"] for found_ in found)


def test_the_verb_of_the_next_sentence_does_not_count() -> None:
    for end in (".", "다.", "\n"):
        assert mentioned_dates(f"문의는 18일{end} 축제가 열렸다.", PUBLISHED) == []


@pytest.mark.parametrize(
    "piece",
    [
        "가",
        "1",
        "1일 ",
        "18일 열",
        "지난 ",
        "~1",
        "9월 ",
        "2024년 ",
        "“",
        "다. ",
        "오늘",
        "15일부터 ",
        "℃",
        "1·",
    ],
)
def test_a_long_line_takes_time_linear_in_its_length(piece: str) -> None:
    def least(size: int) -> float:
        took = []
        for _ in range(3):  # what else the machine does makes it slower, never quicker
            start = time.process_time()
            mentioned_dates(piece * (size // len(piece)), PUBLISHED)
            took.append(time.process_time() - start)
        return min(took)

    assert least(80_000) < 12 * max(least(20_000), 0.01)


PIECES = (
    *(
        "지난 ",
        "오는 ",
        "이달 ",
        "다음 달 ",
        "올해 ",
        "내년 ",
        "같은 달 ",
        "이번 주 ",
        "1",
        "3",
        "29",
        "31",
    ),
    *(
        "0",
        "2024",
        "1999",
        "년",
        "월",
        "일",
        " ",
        "부터 ",
        "까지",
        "~",
        "·",
        "(",
        ")",
        "금",
        "요일",
        "어제",
    ),
    *(
        "내일",
        ".",
        "\n",
        "열렸다.",
        "열린다고 ",
        "밝혔다.",
        "예정",
        "“",
        "”",
        "‘",
        "기로 했다",
        "에 따르면 ",
        "\ud800",
    ),
)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=60),
    st.dates(date(1990, 1, 1), date(2199, 12, 31)),
)
def test_any_text_gives_spans_in_order_or_nothing(body: str, published: date) -> None:
    end = 0
    for mention in mentioned_dates(body, published):
        assert end <= mention["start"] < mention["end"]
        end = mention["end"]
        assert body[mention["start"] : end] == mention["text"]
        assert date.fromisoformat(mention["from"]) <= date.fromisoformat(mention["to"])


def dated(shown: DateCandidate | None, body: str | None) -> Article:
    article = Article(
        url="https://x.example/1",
        canonical_url="https://x.example/1",
        outlet="x",
        fetched_at="2026-11-24T06:00:20Z",
        body=body,
        date_candidates=[shown] if shown else [],
    )
    Dates().process_item(article)
    return article


def test_the_stage_needs_a_known_day() -> None:
    body = "온새시는 11일 축제를 열었다."
    label = DateCandidate("입력 2024.09.12 09:14", "label")
    (mention,) = dated(label, body).mentioned_dates
    assert mention == {
        "text": "11일",
        "start": 5,
        "end": 8,
        "from": "2024-09-11",
        "to": "2024-09-11",
    }
    assert dated(DateCandidate("20240912101112_a.jpg", "image"), body).mentioned_dates == []
    assert dated(None, body).mentioned_dates == []
    assert dated(label, None).mentioned_dates == []
