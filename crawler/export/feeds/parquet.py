"""Parquet exporter for Scrapy's feeds."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from scrapy.exporters import BaseItemExporter

from crawler.article import FEED_FIELDS

if TYPE_CHECKING:
    from crawler.export.feeds.row_groups import RowGroups


class ParquetItemExporter(BaseItemExporter):
    """Parquet with the types of ``parquet_schema.py``, compressed with zstd.

    A feed's ``item_export_kwargs`` may hold other options of pyarrow's ``ParquetWriter``. Row
    groups are written as they fill, and the footer last: the file of a *killed* crawl cannot be
    read, and its articles are in the store only. A crawl that ends by Ctrl-C or ``--max-time``
    completes its file. A Parquet file cannot be appended to.
    """

    groups: RowGroups

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self.file = file

    def start_exporting(self) -> None:
        """Open the Parquet file."""
        # Not above: every crawl with a feed loads every exporter, and pyarrow takes half a second.
        from crawler.export.feeds.parquet_schema import schema_of
        from crawler.export.feeds.row_groups import RowGroups

        fields = self.fields_to_export or FEED_FIELDS
        names = fields.values() if isinstance(fields, dict) else fields
        self.groups = RowGroups(self.file, schema_of(names), **self._kwargs)

    def export_item(self, item: Any) -> None:
        """Add a row."""
        self.groups.add(dict(self.get_serialized_fields(item, include_empty=True)))

    def finish_exporting(self) -> None:
        """Write the last row group and the footer."""
        self.groups.close()
