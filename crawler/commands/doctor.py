"""``scrapy doctor``: whether all is here that a crawl needs, a line each."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand

from crawler.doctor import CHECKS
from crawler.running import harmless, stop
from crawler.store import StoreError
from crawler.verdict import BAD_USAGE, STORE_TROUBLE, WELL


class Command(ScrapyCommand):
    """Exit codes as in ``crawler/verdict.py``; 0 where all that is needed is well."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Say whether all is here that a crawl needs, and how to get what is not"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if args:
            stop("doctor takes no argument")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        codes = [WELL]
        for what, check in CHECKS.items():
            try:
                said = check(self.settings)
            except StoreError as error:
                said = f"not well: {error}"
                codes.append(STORE_TROUBLE)
            except ValueError as error:
                said = f"not well: {error}"
                codes.append(BAD_USAGE)
            print(harmless(f"{what:<10} {said}"), flush=True)
        self.exitcode = max(codes)
