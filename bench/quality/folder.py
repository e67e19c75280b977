"""Reads pages and their gold from a folder: ``FOLDER/pages.jsonl`` and ``FOLDER/gold/*.json``.

A line of ``pages.jsonl`` holds ``url`` and ``html``, or ``url`` and ``text`` (the page as lines),
optionally ``fetched_at``. A gold file belongs to one page::

    {"url": "…",
     "body_lines": ["…"],                                one per paragraph
     "published": "2024-09-11T09:14+09:00",              or a day, or null if the page shows none
     "boilerplate_lines": [{"line": "…", "kind": "…"}],  all other lines of the page
     "mixed_lines": [{"line": "…", "body_part": "…"}],   body lines with something glued to them
     "optional_lines": ["…"]}                            may be in the body or not

Only ``url`` and ``body_lines`` are required; other keys are ignored.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from bench.quality.pages import Page
from crawler.reprocess.replay.from_files import BadInput, SavedPage, read_pages


def folder_pages(folder: Path) -> list[Page]:
    """Return the pages that have a gold file. Raises BadInput with one sentence."""
    saved: dict[str, SavedPage] = {}
    for page in read_pages(folder / "pages.jsonl", datetime.now(UTC), _refuse):
        saved[page.url] = page
    golds = [_read_gold(file) for file in sorted((folder / "gold").glob("*.json"))]
    pages = [_page(saved[gold["url"]], gold) for gold in golds if gold["url"] in saved]
    if not pages:
        raise BadInput(f"{folder}: no file of gold/ has the url of a page in pages.jsonl")
    return pages


def _refuse(error: BadInput) -> None:
    raise error


def _read_gold(file: Path) -> dict[str, Any]:
    try:
        gold = json.loads(file.read_text("utf-8"))
        parts = {mixed["line"]: mixed["body_part"] for mixed in gold.get("mixed_lines", [])}
        lines = [parts.get(line, line) for line in gold["body_lines"]]
        boilerplate = [(each["line"], each["kind"]) for each in gold.get("boilerplate_lines", [])]
        return {**gold, "url": gold["url"], "body": lines, "boilerplate": boilerplate}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{file} is not a gold file: {type(error).__name__} {error}") from error


def _page(saved: SavedPage, gold: dict[str, Any]) -> Page:
    lines = (saved.text or "").splitlines()
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in lines if line.strip())
    bare = f"<!doctype html><html lang=ko><head></head><body>{paragraphs}</body></html>"
    return Page(
        url=saved.url,
        html=bare if saved.html is None else saved.html,
        text=saved.text if saved.html is None else None,
        fetched_at=saved.fetched_at,
        body=tuple(gold["body"]),
        published=gold.get("published"),
        boilerplate=tuple(gold["boilerplate"]),
        optional=tuple(gold.get("optional_lines", ())),
    )
