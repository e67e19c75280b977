"""``scrapy date``: the date read from a text, and the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.scrapy_process import scrapy

NOW = "2026-11-24T15:00:20+09:00"


def lines(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_texts_are_shown_with_rule_and_reason() -> None:
    run = scrapy("date", "입력 2026.11.24 09:14", "-0.3℃", "어제", "--now", NOW)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    first, second, third, _ = run.stdout.split("\n\n")
    assert first.splitlines()[:4] == [
        "text       입력 2026.11.24 09:14",
        "value      2026-11-24T09:14+09:00",
        "precision  minute",
        "rule       numeric",
    ]
    assert second.splitlines()[1:] == [
        "value      -",
        "precision  -",
        "rule       temperature",
        "reason     a temperature",
    ]
    assert "2026-11-23" in third


def test_a_file_is_answered_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "dates.jsonl"
    file.write_text(
        '\ufeff{"text": "09-11", "now": "2024-09-09T09:00:00+09:00"}\n\n'
        '{"text": "09-11"}\n'
        '{"text": "\\ud800", "now": "2024-09-10"}\n',
        encoding="utf-8",
    )
    run = scrapy("date", "--file", str(file), "--now", NOW)
    assert (run.returncode, run.stderr) == (0, "")
    first, second, third = lines(run.stdout)
    assert (first["value"], second["value"]) == ("2023-09-11", "2026-09-11")
    assert (third["value"], third["rule"]) == (None, "none")
    assert set(first) >= {"text", "value", "rule", "reason"}


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = [
        (b"{", "the line must be JSON in UTF-8"),
        (b"\xff", "the line must be JSON in UTF-8"),
        (b"[" * 100_000, "the line must be JSON in UTF-8"),
        (b"[1]", "the line must be a JSON object"),
        (b'{"text": 3}', "'text' must be a text"),
        (b'{"now": "2024-09-11"}', "'text' must be a text"),
        (b'{"text": "x", "now": "soon"}', "'soon' is not a time such as 2024-09-11T09:00"),
        (b'{"text": "x", "now": "9999-12-31"}', "'9999-12-31' is outside the years 1990 to 2199"),
    ]
    file = tmp_path / "dates.jsonl"
    file.write_bytes(b"\n".join(line for line, _ in bad))
    run = scrapy("date", "--file", str(file))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        f"scrapy: {file}, line {number}: {why}" for number, (_, why) in enumerate(bad, 1)
    ]
    file.write_bytes(file.read_bytes() + b'\n{"text": "2024-09-11"}')
    run = scrapy("date", "--file", str(file))
    assert run.returncode == 3
    assert [line["value"] for line in lines(run.stdout)] == ["2024-09-11"]


def test_mentions_of_sentences_and_of_a_file(tmp_path: Path) -> None:
    sentence = "온새시는 11일 축제를 열었다."
    mention = {"text": "11일", "start": 5, "end": 8, "from": "2024-09-11", "to": "2024-09-11"}
    run = scrapy("date", "--mentions", sentence, "18일.", "--now", "2024-09-12")
    assert (run.returncode, run.stderr) == (0, "")
    assert "온새시" in run.stdout
    assert [line["mentions"] for line in lines(run.stdout)] == [[mention], []]
    file = tmp_path / "sentences.jsonl"
    row = {"sentence": sentence, "published": "2024-09-12"}
    file.write_text(json.dumps(row) + '\n{"sentence": null}\n', encoding="utf-8")
    run = scrapy("date", "--mentions", "--file", str(file))
    assert run.returncode == 3
    assert lines(run.stdout) == [row | {"mentions": [mention]}]
    assert run.stderr == f"scrapy: {file}, line 2: 'sentence' must be a text\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "date takes one or more texts, or --file, and not both"),
        (("x", "--file", "y"), "date takes one or more texts, or --file, and not both"),
        (("x", "--now", "soon"), "--now: 'soon' is not a time such as 2024-09-11T09:00"),
        (("x", "--bogus"), "unknown option --bogus; see -h"),
        (("--file", "/nope"), "the file /nope cannot be read: No such file or directory"),
        (("--file", "/"), "the file / cannot be read: Is a directory"),
        (("--file", "/dev/null"), "/dev/null is empty"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    run = scrapy("date", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"scrapy: {sentence}\n"
