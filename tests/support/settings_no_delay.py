"""The project's settings, but at a newsstand of our own, to which no delay is owed: for what takes
no ``-s``. ``SCRAPY_SETTINGS_MODULE=tests.support.settings_no_delay``, with the checkout on ``PYTHONPATH``."""

from crawler.settings import *  # noqa: F403

DOWNLOAD_DELAY = 0
