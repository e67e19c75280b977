"""Rows gathered into batches, and batches into the row groups of a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.export.feeds.parquet_schema import batch_of

BATCH_CHARACTERS = 2_000_000
"""What waits as Python objects at the most: about a thousand articles."""

GROUP_ROWS = 10_000
GROUP_BYTES = 64 * 1024 * 1024
"""Rows, and bytes of their columns before packing, with which a row group is written."""


class Writer(pq.ParquetWriter):
    """One that was given up half way says nothing; pyarrow's would try to end its file."""

    def __del__(self) -> None:
        pass


class RowGroups:
    """Writes rows into a Parquet file; without any, the file has its columns and no row group."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, **options: Any) -> None:
        """The options are those of ``pyarrow.parquet.ParquetWriter``."""
        self.schema = schema
        self.writer = Writer(file, schema, **{"compression": "zstd"} | options)
        self.rows: list[Mapping[str, Any]] = []
        self.characters = 0
        self.batches: list[pa.RecordBatch] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row. ValueError where a value of the rows that waited does not fit its type."""
        self.rows.append(row)
        self.characters += characters_of(row)
        if self.characters >= BATCH_CHARACTERS:
            self._end_batch()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        self.batches.append(batch)
        rows = sum(batch.num_rows for batch in self.batches)
        if rows >= GROUP_ROWS or sum(batch.nbytes for batch in self.batches) >= GROUP_BYTES:
            self._end_group()

    def close(self) -> None:
        """Write what waits, and the footer: only now it is a Parquet file."""
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
    """How much room a row takes, about."""
    return sum(len(value if isinstance(value, str) else repr(value)) for value in row.values())
