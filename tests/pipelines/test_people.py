"""People of bylines: names without desks, titles, places and providers. All people are invented."""

from __future__ import annotations

import json
import time

import pytest

from pipelines.clean.people import MAX_BYLINE, is_signature, read_byline
from tests.support.paths import ROOT

BYLINES = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "bylines.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("row", BYLINES, ids=[row["text"] for row in BYLINES])
def test_a_byline_names_its_people_and_nobody_else(row: dict[str, list[str] | str]) -> None:
    byline = read_byline(str(row["text"]))
    assert byline.authors == row["authors"]
    assert byline.photographers == row["photographers"]
    assert [person["name"] for person in byline.details] == sorted(
        {*byline.authors, *byline.photographers}, key=str(row["text"]).replace(" ", "").find
    )
    assert bool(byline.reason) == (not byline.details)


def test_a_title_and_a_mail_go_to_their_person() -> None:
    byline = read_byline("천이솔 기자 cis@garam.example · 방나루 인턴기자 bnr@garam.example")
    assert byline.details == [
        {"name": "천이솔", "email": "cis@garam.example", "role": "기자"},
        {"name": "방나루", "email": "bnr@garam.example", "role": "인턴기자"},
    ]


def test_a_joint_bylines_title_is_everybodys() -> None:
    assert [person["role"] for person in read_byline("천이솔·방나루 기자").details] == ["기자"] * 2


def test_an_official_signs_below_an_article_and_is_a_caption_above_it() -> None:
    assert is_signature("천이솔 가람소방서장")
    assert not is_signature("천이솔 가람소방서장", is_below=False)
    assert is_signature("천이솔 기자", is_below=False)


@pytest.mark.parametrize(
    "piece", ["천이솔 ", "천이솔·", "사진=", "글 ", "a@", "가 ", "(", "천이솔 기자 ", "1", "-"]
)
def test_long_bylines_are_read_in_bounded_time(piece: str) -> None:
    for length in (MAX_BYLINE, 1_000_000):
        start = time.process_time()
        read_byline((piece * length)[:length])
        assert time.process_time() - start < 0.5
