"""Feeds and exports: rows into a file, in a format, wherever ``-O`` says (``docs/feeds.md``).

Formats are Scrapy's item exporters: ``csv.py`` and ``xml.py`` mend what Scrapy's leave open,
``parquet.py`` adds Parquet, whose typed columns stand in ``columns.py`` and whose row groups are
gathered in ``groups.py``. ``file.py`` is where a *crawl's* feed goes; ``target.py`` is the ``-O``
of every *other* command, which goes to a file or a stream (``local.py``), over a driver
(``remote.py``), or into a folder by day (``days.py``).
"""

from crawler.export.feeds.target import Target

__all__ = ["Target"]
