"""The command ``malgeum``: Scrapy's command line with this project's settings, from any folder."""

from __future__ import annotations

import os

from scrapy.cmdline import execute
from scrapy.settings import Settings

SETTINGS = "crawler.settings"


def main() -> None:
    """Run one command; a ``scrapy.cfg`` or settings module of another project has no say."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = SETTINGS  # Scrapy's sign of being inside a project
    settings = Settings()
    settings.setmodule(SETTINGS, priority="project")
    execute(settings=settings)


if __name__ == "__main__":
    main()
