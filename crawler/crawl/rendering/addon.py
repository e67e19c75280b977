"""Scrapy add-on that gives a crawl a browser; ``OutletSpider.update_settings`` names it."""

from __future__ import annotations

import os

from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings

from crawler.crawl.rendering.executable import find_browser
from crawler.crawl.rendering.middleware import RenderMiddleware

BEFORE_ROBOTS = 45
"""Order of the middleware: the last to see a page, when it is decoded and not a redirect."""

NO_NETWORK = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}
"""A proxy that does not exist, for loopback too: the browser gets only what it is handed."""

ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-dev-shm-usage",  # 64 MB in containers, too little
    "--disable-gpu",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)


class BrowserAddon:
    """Renders pages in the Chromium of the setting ``BROWSER``."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Add the middleware. Raises NotConfigured if there is no Chromium."""
        try:
            path = find_browser(settings["BROWSER"])
        except ValueError as error:
            raise NotConfigured(str(error)) from None
        options = {
            "executable_path": path,
            "headless": True,
            "proxy": NO_NETWORK,
            "args": list(ARGUMENTS),
            "chromium_sandbox": hasattr(os, "geteuid") and os.geteuid() != 0,  # root cannot
        }
        settings.set("PLAYWRIGHT_LAUNCH_OPTIONS", options, "addon")
        settings.setdefault_in_component_priority_dict(
            "DOWNLOADER_MIDDLEWARES", RenderMiddleware, BEFORE_ROBOTS
        )
