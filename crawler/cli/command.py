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
    ``details`` is a paragraph; ``see_also`` names pages of ``docs/``; ``example`` is shell input
    with its output; ``exit_notes`` says what an exit code means for this command in particular.
    """

    requires_project = True
    usage: ClassVar[str] = "[options]"
    summary: ClassVar[str]
    details: ClassVar[str] = ""
    see_also: ClassVar[tuple[str, ...]] = ()
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
        pages = [f"docs/{page.partition('#')[0]}" for page in self.see_also]
        see = f"See {' and '.join(pages)}." if pages else ""
        return " ".join(filter(None, [f"{self.summary}.", self.details, see]))


class PlainCommand(DocumentedCommand):
    """Command that runs no crawl."""

    requires_crawler_process = False
