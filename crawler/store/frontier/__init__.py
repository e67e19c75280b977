"""Frontier of a crawl: pages, list cursors and outlet locks."""
