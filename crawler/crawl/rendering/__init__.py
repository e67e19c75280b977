"""Rendering of pages that need JavaScript: scrapy-playwright, with a browser that has no network.

Scrapy fetches every page first. If it must be rendered, the browser is handed the response, and
whatever its scripts load is fetched by Scrapy again: through robots.txt, the delay, the budget and
the allowed hosts, like any other request.

``executable.py`` finds a Chromium, ``addon.py`` adds it to a crawl, ``middleware.py`` renders
pages, ``detect.py`` decides if a page looks empty, ``handler.py`` opens and closes pages,
``page.py`` is one page in the browser, ``resources.py`` what it may load. A crawl without rendering
imports ``executable.py`` alone.
"""

RENDERED = "rendered"
"""Flag of a response that was rendered."""
