"""Extracts articles from stored pages instead of the network.

``from_files.py`` reads saved pages (HTML, JSON Lines), ``from_archive.py`` the pages of an archive
(WARC), ``task.py`` extracts either in a process of the pool, ``sources.py`` selects the pages,
``progress.py`` remembers how far a file is read, ``spider.py`` is run by ``scrapy replay``.
"""
