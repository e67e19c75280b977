"""Pages that need a browser: scrapy-playwright, but without a network of its own.

Every page is fetched plainly first, by Scrapy. Where it has to be rendered, the browser is handed
what came, and whatever its scripts ask for is fetched by Scrapy again: through robots.txt, the
delay, the budget and the guard of the outlet's hosts, like any other request. The browser itself
can reach nothing.

``find.py`` looks for a Chromium, ``addon.py`` is how a crawl is given one, ``render.py`` says which
pages are rendered, ``shell.py`` which look as if they had to be, ``chromium.py`` opens and closes
them, ``visit.py`` is one page in the browser and ``loads.py`` what it may load. A crawl that needs
no browser imports ``find.py`` alone.
"""

RENDERED = "rendered"
"""Flag of a response that has been in the browser."""
