"""CSV exporter whose cells no spreadsheet takes for formulas."""

from __future__ import annotations

import json
from typing import IO, Any

from scrapy.exporters import CsvItemExporter

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which spreadsheets take a cell for a formula (OWASP, CSV injection)."""


class SafeCsvItemExporter(CsvItemExporter):
    """CSV whose text cells cannot be formulas: such a text gets an apostrophe before it.

    Objects and lists of objects (images, rights …) are JSON in their cell. A file without rows has
    a header, too.
    """

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(file, **kwargs)  # type: ignore[arg-type]
        self.is_new = not (file.seekable() and file.tell())

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """Return the text of a cell."""
        if isinstance(value, dict) or (isinstance(value, list) and _has_fields(value)):
            return json.dumps(value, ensure_ascii=False)
        value = super().serialize_field(field, name, value)
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value

    def finish_exporting(self) -> None:
        """Write the header of a file that got no row."""
        if self._headers_not_written and self.fields_to_export and self.is_new:
            self._write_headers_and_set_fields_to_export({})
        super().finish_exporting()


def _has_fields(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)
