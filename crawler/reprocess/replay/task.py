"""One kept page → the finished article: what each process does."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.archive.captures.load import load
from crawler.archive.captures.model import Entry
from crawler.archive.reader import Unreadable
from crawler.crawl.spider import OutletSpider
from crawler.outcomes.pages import PageOutcome
from crawler.reprocess.replay.from_archive import Read, read_capture
from crawler.reprocess.replay.from_files import Page, read_saved
from pipelines.stages import run_stages


@dataclass(frozen=True, slots=True)
class Job:
    """A page, whose it is (None where the host is not known), and where it came from."""

    page: Page | Entry
    outlet: type[OutletSpider] | None
    file: str
    record: str | None = None
    """Its place in the archive of the store that it goes to, if it lies there."""


def read(job: Job) -> Read:
    """Never raises: what cannot be read is said in ``why``, of the kind ``unreadable``."""
    try:
        found = _read(job)
        error = found.article.error_page if found.article else None
        if found.article and (error is None or error.kind is not PageOutcome.GONE):
            found.rules = run_stages(found.article)
    except (Unreadable, OSError) as error:
        return Read(kind="unreadable", why=f"{job.file}: {error}")
    except Exception as error:  # one page that no parser takes must not end the rest
        kind = type(error).__name__
        why = f"{job.file}: {job.page.url} could not be read ({kind})"
        return Read(kind="unreadable", why=why)
    return found


def _read(job: Job) -> Read:
    if isinstance(job.page, Page):
        return Read(read_saved(job.page, job.outlet))
    found = read_capture(load(job.page), job.outlet)
    if found.article:
        found.article.warc_location = job.record
    return found
