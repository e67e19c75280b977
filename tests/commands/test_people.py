"""``scrapy people``: the people of bylines, one JSON line each."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.scrapy_process import scrapy


def test_texts_are_answered_in_order() -> None:
    run = scrapy("people", "글 김하늘 기자 · 사진 박구름 기자", "온라인뉴스팀")
    assert run.returncode == 0, run.stderr
    first, second = [json.loads(line) for line in run.stdout.splitlines()]
    assert first == {
        "text": "글 김하늘 기자 · 사진 박구름 기자",
        "authors": ["김하늘"],
        "photographers": ["박구름"],
        "details": [
            {"name": "김하늘", "email": None, "role": "기자"},
            {"name": "박구름", "email": None, "role": "기자"},
        ],
        "reason": None,
    }
    assert (second["authors"], second["reason"]) == ([], "no name")


def test_a_bad_line_of_a_file_is_named_and_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "bylines.jsonl"
    file.write_text(
        '{"text": "김하늘 기자"}\n{"line": "x"}\nx\n{"text": "\\ud800"}\n', encoding="utf-8"
    )
    run = scrapy("people", "--file", str(file))
    assert run.returncode == 3
    assert [json.loads(line)["authors"] for line in run.stdout.splitlines()] == [["김하늘"], []]
    assert len(run.stderr.splitlines()) == 2
    assert "line 2" in run.stderr


def test_texts_and_a_file_exclude_each_other(tmp_path: Path) -> None:
    assert scrapy("people").returncode == 2
    assert scrapy("people", "김하늘 기자", "--file", str(tmp_path / "x")).returncode == 2
