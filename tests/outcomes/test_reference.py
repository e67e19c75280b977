"""Test of ``docs/outcomes.md``, which is generated from the outcome table."""

from __future__ import annotations

from crawler.outcomes.reference import PAGE, render


def test_the_page_is_what_the_table_says() -> None:
    renew = ".venv/bin/python -m crawler.outcomes.reference"
    assert PAGE.read_text(encoding="utf-8") == render(), f"renew it: {renew}"
