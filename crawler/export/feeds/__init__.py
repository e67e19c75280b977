"""Feeds of crawls and ``-O`` of the other commands: rows in a format to a place (docs/feeds.md).

Formats are Scrapy's item exporters: ``csv.py`` and ``xml.py`` make Scrapy's safe, ``parquet.py``
adds Parquet with the columns of ``parquet_schema.py`` and the row groups of ``row_groups.py``.
``storage.py`` writes the feed of a *crawl*. ``target.py`` is the ``-O`` of every *other* command:
a file or stream (``streams.py``), a remote address (``remote.py``), or a folder by day
(``partitioned.py``).
"""

from crawler.export.feeds.target import FeedTarget

__all__ = ["FeedTarget"]
