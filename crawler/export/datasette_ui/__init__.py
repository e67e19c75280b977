"""The store in a browser: Datasette on loopback, read-only, for ``scrapy browse``."""
