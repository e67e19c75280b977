"""Extracts one stored page, in a process of the pool."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.archive.captures.load import load
from crawler.archive.captures.model import Entry
from crawler.archive.reader import Unreadable
from crawler.crawl.spider import OutletSpider
from crawler.outcomes.pages import PageOutcome
from crawler.reprocess.replay.from_archive import PageResult, read_capture
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from pipelines.stages import run_stages


@dataclass(frozen=True, slots=True)
class ReplayTask:
    """Page, its outlet (None if the host is unknown), and its file."""

    page: SavedPage | Entry
    outlet: type[OutletSpider] | None
    file: str
    warc_location: str | None = None
    """Location in the archive of the store that is written to, if the page is from there."""


def replay_page(task: ReplayTask) -> PageResult:
    """Extract a page and run the stages that need only the article.

    Never raises: a page that cannot be read has the kind ``unreadable`` and a reason.
    """
    try:
        result = _extract(task)
        error = result.article.error_page if result.article else None
        if result.article and (error is None or error.kind is not PageOutcome.GONE):
            result.rules = run_stages(result.article)
    except (Unreadable, OSError) as error:
        return PageResult(kind="unreadable", reason=f"{task.file}: {error}")
    except Exception as error:  # a page that no parser accepts must not end the run
        name = type(error).__name__
        reason = f"{task.file}: {task.page.url} could not be read ({name})"
        return PageResult(kind="unreadable", reason=reason)
    return result


def _extract(task: ReplayTask) -> PageResult:
    if isinstance(task.page, SavedPage):
        return PageResult(extract_saved(task.page, task.outlet))
    result = read_capture(load(task.page), task.outlet)
    if result.article:
        result.article.warc_location = task.warc_location
    return result
