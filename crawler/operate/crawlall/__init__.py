"""``scrapy crawlall``: crawls several outlets in one process, each with a result of its own."""
