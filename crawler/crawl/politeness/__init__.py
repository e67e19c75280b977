"""A guest's manners: what a crawl asks for, how often, how long it waits, and when it stops.

Scrapy's middlewares and extensions, one a file; ``crawler/settings.py`` puts them in order.
"""
