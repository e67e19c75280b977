"""Settings without a download delay, for commands that take no ``-s``.

``SCRAPY_SETTINGS_MODULE=tests.support.settings_no_delay``, with the checkout on ``PYTHONPATH``.
"""

from crawler.settings import *  # noqa: F403

DOWNLOAD_DELAY = 0
