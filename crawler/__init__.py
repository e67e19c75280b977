"""Malgeum: collects Korean local news as clean, dated, deduplicated articles."""

__version__ = "0.1.0"
