"""Feeds as Scrapy writes them, but for CSV: a page's text must not run in a spreadsheet."""

from __future__ import annotations

from typing import Any

from scrapy.exporters import CsvItemExporter

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which spreadsheets take a cell for a formula (OWASP, CSV injection)."""


class SafeCsvItemExporter(CsvItemExporter):
    """CSV whose text cells cannot be formulas: such a text gets an apostrophe before it."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        value = super().serialize_field(field, name, value)
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
