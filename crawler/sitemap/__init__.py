"""Sitemaps: ``read.py`` says what one names, ``walk.py`` asks for an outlet's."""
