"""Crawl of an outlet: spider, frontier, politeness, rendering, archiving."""
