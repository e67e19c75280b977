"""Extracts one archived page with the present code, in a process of the pool."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from crawler.archive.captures.lookup import captures_at
from crawler.archive.captures.model import Capture
from crawler.archive.location import RecordLocation
from crawler.archive.reader import Unreadable
from crawler.article import DateCandidate
from crawler.crawl.spider import OutletSpider
from crawler.extract.pages import ListingEntry
from crawler.reprocess.replay.from_archive import PageResult, read_capture
from pipelines.dedupe import fill_text
from pipelines.stages import run_stages


@dataclass(frozen=True, slots=True)
class ReextractTask:
    """Stored version: the location of its page, its visit, and the date that its listing had."""

    id: int
    revision: int
    folder: Path
    warc_location: str
    url: str
    fetched_at: str
    listed_date: DateCandidate | None
    """Date that a list or feed had for the article, if one led to that visit."""
    outlet: type[OutletSpider]


def reextract_page(task: ReextractTask) -> PageResult:
    """Extract a page as the crawl of its visit would.

    Never raises: a page that cannot be read has the kind ``unreadable`` and a reason. An error page
    and an empty body are left to the caller.
    """
    try:
        capture = captures_at(task.folder, RecordLocation.read(task.warc_location))
        if capture.entry.url != task.url:
            return _unreadable(task, f"the record is the page of {capture.entry.url}")
        read = read_capture(_as_visited(capture, task), task.outlet)
        if read.article and not read.article.error_page:
            run_stages(read.article)
            fill_text(read.article)
    except OSError as error:
        return _unreadable(task, error.strerror or str(error))
    except (Unreadable, ValueError) as error:
        return _unreadable(task, str(error))
    except Exception as error:  # a page that no parser accepts must not end the run
        return _unreadable(task, type(error).__name__)
    return read


def _unreadable(task: ReextractTask, reason: str) -> PageResult:
    return PageResult(kind="unreadable", reason=f"{task.url} at {task.warc_location}: {reason}")


def _as_visited(capture: Capture, task: ReextractTask) -> Capture:
    """Return the capture with the version's own visit: the record may be of an earlier one."""
    entry = replace(capture.entry, fetched_at=task.fetched_at)
    listing = capture.listing or {}
    date = (
        DateCandidate(listing["date"], listing["source"], listing["shown_at"])
        if listing.get("date")
        else None
    )
    if date == task.listed_date:
        return replace(capture, entry=entry)
    if task.listed_date is None:
        return replace(capture, entry=entry, listing=None)
    text, source = task.listed_date.text, task.listed_date.source
    at = task.listed_date.shown_at or task.fetched_at
    stored = ListingEntry(task.url, task.url, text, None, source, at)
    return replace(capture, entry=entry, listing=asdict(stored))
