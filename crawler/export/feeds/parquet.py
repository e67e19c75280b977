"""Parquet as a format of Scrapy's feeds."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from scrapy.exporters import BaseItemExporter

from crawler.article import FEED_FIELDS

if TYPE_CHECKING:
    from crawler.export.feeds.row_groups import RowGroups


class ParquetItemExporter(BaseItemExporter):
    """Parquet with the types of ``columns.py``, packed with zstd; other options of pyarrow's
    ``ParquetWriter`` may stand in a feed's ``item_export_kwargs``.

    Row groups go into the file as they fill. What a reader needs first, the footer, is written
    last: a crawl that is *killed* leaves a file that none can read, and its articles in the store
    alone. One that is told to end (Ctrl-C, ``--max-time``) ends its file, too. Nothing can be
    appended to a Parquet file.
    """

    groups: RowGroups

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self.file = file

    def start_exporting(self) -> None:
        # Not above: every crawl with a feed loads every exporter, and pyarrow takes half a second.
        from crawler.export.feeds.parquet_schema import schema_of
        from crawler.export.feeds.row_groups import RowGroups

        fields = self.fields_to_export or FEED_FIELDS
        names = fields.values() if isinstance(fields, dict) else fields
        self.groups = RowGroups(self.file, schema_of(names), **self._kwargs)

    def export_item(self, item: Any) -> None:
        self.groups.add(dict(self.get_serialized_fields(item, include_empty=True)))

    def finish_exporting(self) -> None:
        self.groups.close()
