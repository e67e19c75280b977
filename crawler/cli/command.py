"""Base class of this project's commands: their help text stands in class attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import ScrapyCommand

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcessBase
    from scrapy.settings import Settings


class DocumentedCommand(ScrapyCommand):
    """Command whose ``-h`` and whose section in ``docs/commands.md`` come from class attributes.

    ``usage`` follows the name in the syntax line; ``summary`` is one line without a full stop;
    ``details`` is a paragraph; ``example`` is shell input with its output; ``exit_notes`` says for
    exit codes of ``outcomes/exit_codes.py`` what they mean for this command in particular.
    """

    requires_project = True
    usage: ClassVar[str] = "[options]"
    summary: ClassVar[str]
    details: ClassVar[str] = ""
    example: ClassVar[str]
    exit_notes: ClassVar[tuple[tuple[int, str], ...]] = ()

    # Scrapy sets both before it calls anything but add_options.
    settings: Settings
    crawler_process: CrawlerProcessBase

    def syntax(self) -> str:
        """Return what follows the command's name."""
        return self.usage

    def short_desc(self) -> str:
        """Return the line for the list of commands."""
        return self.summary

    def long_desc(self) -> str:
        """Return the description for ``-h``."""
        return " ".join(filter(None, [f"{self.summary}.", self.details]))


class PlainCommand(DocumentedCommand):
    """Command that runs no crawl."""

    requires_crawler_process = False
