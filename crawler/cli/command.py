"""What a command is that runs no crawl."""

from __future__ import annotations

from typing import ClassVar

from scrapy.commands import ScrapyCommand


class PlainCommand(ScrapyCommand):
    """A command of this project that needs no crawler process; ``takes`` is what stands behind its
    name, ``does`` what it is for, in a line. Exit codes: ``outcomes/exit_codes.py``."""

    requires_project = True
    requires_crawler_process = False
    takes: ClassVar[str] = "[options]"
    does: ClassVar[str]

    def syntax(self) -> str:
        return self.takes

    def short_desc(self) -> str:
        return self.does
