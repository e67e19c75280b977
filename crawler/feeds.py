"""Feeds as Scrapy writes them, but for CSV: a page's text must not run in a spreadsheet."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scrapy.exceptions import UsageError
from scrapy.exporters import CsvItemExporter
from scrapy.settings import BaseSettings
from scrapy.utils.conf import feed_process_params_from_cli
from scrapy.utils.misc import load_object

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which spreadsheets take a cell for a formula (OWASP, CSV injection)."""


class SafeCsvItemExporter(CsvItemExporter):
    """CSV whose text cells cannot be formulas: such a text gets an apostrophe before it."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        value = super().serialize_field(field, name, value)
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class Target:
    """Where ``-O FILE[:FORMAT]`` writes to, in one of the formats that Scrapy's feeds have."""

    def __init__(self, asked: str, settings: BaseSettings) -> None:
        """ValueError with one sentence where there is no such format."""
        try:
            feeds = feed_process_params_from_cli(settings, [], overwrite_output=[asked])
        except UsageError as error:
            raise ValueError(str(error).rstrip(".")) from None
        address, options = next(iter(feeds.items()))
        split = urlsplit(address)
        self.path = (
            None
            if address in {"-", "stdout:"}
            else Path(url2pathname(split.path) if split.scheme == "file" else address)
        )
        self.exporter = load_object(settings.getwithbase("FEED_EXPORTERS")[options["format"]])
        self.encoding = settings["FEED_EXPORT_ENCODING"]

    def write(self, rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        """Write all rows, or leave what stands there as it is; gives their number.

        OSError where the file cannot be written.
        """
        if self.path is None:
            return self._export(sys.stdout.buffer, rows, fields)
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            with beside.open("wb") as file:
                number = self._export(file, rows, fields)
            beside.replace(self.path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        return number

    def _export(self, file: IO[bytes], rows: Iterable[Mapping[str, Any]], fields: list[str]) -> int:
        exporter = self.exporter(file, fields_to_export=fields, encoding=self.encoding)
        exporter.start_exporting()
        number = 0
        for row in rows:
            exporter.export_item(row)
            number += 1
        exporter.finish_exporting()
        return number
