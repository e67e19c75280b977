"""``scrapy replay`` of pages in a JSON Lines file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.scrapy_process import Run, scrapy

TEXT = (
    "2026.01.23 (금)\n\n  • 구름조금속초-1.2℃\n온새시, 도서관 밤에도 연다\n입력 2025-09-11 09:14\n"
    "온새시가 도서관 여섯 곳의 문을 밤 열 시까지 연다고 11일 밝혔다."
)
PAGE = {
    "url": "https://온새신문.example/1",
    "text": TEXT,
    "fetched_at": "2026-01-23T12:00:00+09:00",
}


def write(path: Path, *records: Any) -> Path:
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def replay(folder: Path, *arguments: str | Path) -> tuple[Run, list[dict[str, Any]]]:
    out = folder / "out.jsonl"
    run = scrapy("replay", *map(str, arguments), "-O", str(out))
    assert "Traceback" not in run.stderr
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    return run, [json.loads(line) for line in lines]
