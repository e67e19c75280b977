"""Datasette over the store, on loopback and read-only, for ``scrapy browse``."""
