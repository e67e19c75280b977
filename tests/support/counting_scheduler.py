"""Scheduler that records the largest number of waiting requests.

``-s SCHEDULER=tests.support.counting_scheduler.Scheduler``.
"""

import scrapy.core.scheduler
from scrapy import Request

MOST = "tests/most_waiting"


class Scheduler(scrapy.core.scheduler.Scheduler):
    def enqueue_request(self, request: Request) -> bool:
        is_new = super().enqueue_request(request)
        assert self.stats is not None
        self.stats.max_value(MOST, len(self))
        return is_new
