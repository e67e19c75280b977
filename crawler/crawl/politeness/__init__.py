"""Politeness: robots.txt, delays, back-off, request budget, allowed hosts.

One Scrapy component per file; ``crawler/settings.py`` puts them in order.
"""
