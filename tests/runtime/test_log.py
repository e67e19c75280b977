"""Logging: JSON lines on request, secrets masked, no traceback for a locale or a closed output."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.runtime.log import JsonLines, RedactingLogRecord, redact_secrets
from newsstand.server import serving
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy

SETTINGS = (
    *("-s", "DOWNLOAD_DELAY=0"),
    *("-s", "CONTACT=desk@paper.kr"),
    *("-s", "MAIL_USER=desk"),
    *("-s", "MAIL_PASS=geheim"),
)
PAGE = next((ROOT / "tests" / "pages" / "papns").glob("*.html"))


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with serving(seed=7, articles=5) as address:
        yield address


@pytest.mark.parametrize("how", ["--logfile", "-s", "environment"])
def test_a_crawls_log_in_json_lines(
    how: str, proxy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"message": "an earlier run"}\n')
    given = {"--logfile": ("--logfile", str(file)), "-s": ("-s", f"LOG_FILE={file}")}
    monkeypatch.setenv("MALGEUM_LOG_FILE", str(file if how == "environment" else "/proc/nope"))
    store = ("-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db")
    crawl = ("crawl", "papns", "-a", "limit=1", *SETTINGS, *store, *given.get(how, ()))
    run = scrapy(*crawl, proxy=proxy)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    earlier, first, *_, last = entries = lines(file)
    assert earlier == {"message": "an earlier run"}
    assert list(first) == ["time", "level", "logger", "message"]
    assert datetime.fromisoformat(first["time"]).tzinfo == UTC
    assert last["message"].startswith("Spider closed")
    assert last["outlet"] == "papns"
    assert (last["level"], last["logger"]) == ("INFO", "scrapy.core.engine")
    check_no_secret("\n".join(line["message"] for line in entries))


@pytest.mark.parametrize("where", ["papns.log", "stderr"])
def test_other_logs_keep_the_plain_form(where: str, tmp_path: Path) -> None:
    file = tmp_path / where
    options = () if where == "stderr" else ("--logfile", str(file))
    run = scrapy("replay", str(PAGE), "--no-store", *SETTINGS, *options)
    log = run.stderr if where == "stderr" else file.read_text("utf-8")
    assert "[scrapy.core.engine] INFO: Spider closed (finished)" in log
    check_no_secret(log)


def check_no_secret(log: str) -> None:
    assert "'MAIL_USER': 'desk'" in log
    assert "'MAIL_PASS': ***" in log
    assert "geheim" not in log


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def logged() -> Iterator[Callable[..., dict[str, Any]]]:
    """Logs something, and gives the line of JSON that came of it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.Logger("crawler.trial")
    logger.addHandler(handler)

    def log(message: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        logger.error(message, *arguments, **options)
        (line,) = stream.getvalue().splitlines()
        assert all(character.isprintable() for character in line)
        entry: dict[str, Any] = json.loads(line)
        return entry

    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(RedactingLogRecord)
    yield log
    logging.setLogRecordFactory(before)


def test_korean_stays_as_it_is(logged: Callable[..., dict[str, Any]]) -> None:
    assert logged("%s: 맑음", "날씨")["message"] == "날씨: 맑음"


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "a\nb\r", "a\u2028b\x85c", "\u202egnp", "\udc80", "\U000e0001", '"\\']
)
def test_text_that_steers_is_escaped_and_comes_back_whole(
    text: str, logged: Callable[..., dict[str, Any]]
) -> None:
    assert logged("%s", text)["message"] == text


def test_an_exception_is_one_field_without_a_secret(
    logged: Callable[..., dict[str, Any]],
) -> None:
    try:
        raise ConnectionError("Max retries exceeded with url: /bot12:AA-b_c/sendMessage")
    except ConnectionError:
        entry = logged("lost", exc_info=True)
    assert entry["message"] == "lost"
    assert entry["exception"].startswith("Traceback")
    assert entry["exception"].endswith("with url: /bot***/sendMessage")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg://me:geh/e:im@host/news", "postgresql+psycopg://me:***@host/news"),
        ("by https://u:p@h.kr:3128 now", "by https://u:***@h.kr:3128 now"),
        ("https://api.telegram.org/bot123:AA-b_c/send", "https://api.telegram.org/bot***/send"),
        (
            "https://hooks.slack.com/services/T0A/B0A/abc",
            "https://hooks.slack.com/services/***",
        ),
        ("https://d.example/api/webhooks/12/a-b_c", "https://d.example/api/webhooks/***"),
        ("x?a=1&access_token=abc&b=2", "x?a=1&access_token=***&b=2"),
        ("{'AWS_SECRET_ACCESS_KEY': 'a', 'X': 'b'}", "{'AWS_SECRET_ACCESS_KEY': ***, 'X': 'b'}"),
    ],
)
def test_what_opens_a_door_is_left_out(text: str, shown: str) -> None:
    assert redact_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "http://papns.com:80/bbs/board.php?bo_table=news&wr_id=1",
        "http://www.seonamtoday.com/news/view.php?idx=32816&key=20240911",
        "Crawled (200) <GET https://a.kr/@desk> (referer: None)",
        "{'LOG_LEVEL': 'ERROR', 'USER_AGENT': 'Malgeum/1 (+a@b.kr)'}",
    ],
)
def test_other_addresses_stay_as_they_are(text: str) -> None:
    assert redact_secrets(text) == text


@pytest.mark.parametrize("output", ["ascii", "euc-kr"])
def test_an_output_that_knows_no_korean_is_no_traceback(output: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "scrapy", "date", "2024년 9월 11일 ⓒ"],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": output},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = run.stdout.decode(output)
    assert ("2024년" if output == "euc-kr" else "2024\\ub144") in said


def test_a_closed_output_is_no_traceback() -> None:
    command = f"{sys.executable} -m scrapy date 2024-09-11 >&-"
    run = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
