"""Captures: pages of any WARC file, as Scrapy responses.

``model.py`` has the data classes; ``index.py`` finds all pages of a file, with ``scan.py`` for its
records and ``link.py`` for the relations among them. ``load.py`` reads one page, ``lookup.py`` one
page of our archive by its location. Nothing here knows outlets or CMSs.
"""
