"""Collects rows into batches, and batches into the row groups of a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.export.feeds.parquet_schema import batch_of

BATCH_CHARACTERS = 2_000_000
"""Size of the rows kept as Python objects: about a thousand articles."""

GROUP_ROWS = 10_000
GROUP_BYTES = 64 * 1024 * 1024
"""Number of rows, and bytes before compression, at which a row group is written."""


class Writer(pq.ParquetWriter):
    """Writer that ignores an abandoned file; pyarrow's would try to complete it."""

    def __del__(self) -> None:
        pass


class RowGroups:
    """Writer of a Parquet file; without rows the file has its columns and no row group."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, **options: Any) -> None:
        """Open the file with options of ``pyarrow.parquet.ParquetWriter``."""
        self.schema = schema
        self.writer = Writer(file, schema, **{"compression": "zstd"} | options)
        self.rows: list[Mapping[str, Any]] = []
        self.characters = 0
        self.batches: list[pa.RecordBatch] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row. Raises ValueError if a value of the batch does not have its column's type."""
        self.rows.append(row)
        self.characters += characters_of(row)
        if self.characters >= BATCH_CHARACTERS:
            self._end_batch()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Take a batch, and write a row group if it is full."""
        self.batches.append(batch)
        rows = sum(batch.num_rows for batch in self.batches)
        if rows >= GROUP_ROWS or sum(batch.nbytes for batch in self.batches) >= GROUP_BYTES:
            self._end_group()

    def close(self) -> None:
        """Write the rest and the footer, without which the file cannot be read."""
        self._end_batch()
        self._end_group()
        self.writer.close()

    def _end_batch(self) -> None:
        rows, self.rows, self.characters = self.rows, [], 0
        self.add_batch(batch_of(rows, self.schema))

    def _end_group(self) -> None:
        table = pa.Table.from_batches(self.batches, self.schema)
        self.batches = []
        if table.num_rows:
            self.writer.write_table(table)


def characters_of(row: Mapping[str, Any]) -> int:
    """Return the approximate size of a row in characters."""
    return sum(len(value if isinstance(value, str) else repr(value)) for value in row.values())
