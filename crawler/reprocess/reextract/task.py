"""One kept page → the article that today's code makes of it: what each process does."""

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
from crawler.reprocess.replay.from_archive import Read, read_capture
from pipelines.dedupe import fill_text
from pipelines.stages import run_stages


@dataclass(frozen=True, slots=True)
class Job:
    """A stored version: where its page lies, and as what, when and with what it came."""

    id: int
    revision: int
    folder: Path
    record: str
    url: str
    fetched_at: str
    shown: DateCandidate | None
    """The date that a list or feed showed, if one led to that visit."""
    outlet: type[OutletSpider]


def reread(job: Job) -> Read:
    """As a crawl read it, at the time at which it came. Never raises: what cannot be read is said
    in ``why``, of the kind ``unreadable``; ``error_page`` and a body that is missing are left to
    the caller."""
    try:
        capture = captures_at(job.folder, RecordLocation.read(job.record))
        if capture.entry.url != job.url:
            return _unreadable(job, f"the page of {capture.entry.url} lies there")
        read = read_capture(_as_it_came(capture, job), job.outlet)
        if read.article and not read.article.error_page:
            run_stages(read.article)
            fill_text(read.article)
    except OSError as error:
        return _unreadable(job, error.strerror or str(error))
    except (Unreadable, ValueError) as error:
        return _unreadable(job, str(error))
    except Exception as error:  # one page that no parser takes must not end the rest
        return _unreadable(job, type(error).__name__)
    return read


def _unreadable(job: Job, why: str) -> Read:
    return Read(kind="unreadable", why=f"{job.url} at {job.record}: {why}")


def _as_it_came(capture: Capture, job: Job) -> Capture:
    """With the version's own visit: the record may be of an earlier one, with the same page."""
    entry = replace(capture.entry, fetched_at=job.fetched_at)
    row = capture.listing or {}
    shown = DateCandidate(row["date"], row["source"], row["shown_at"]) if row.get("date") else None
    if shown == job.shown:
        return replace(capture, entry=entry)
    if job.shown is None:
        return replace(capture, entry=entry, listing=None)
    text, source, at = job.shown.text, job.shown.source, job.shown.shown_at or job.fetched_at
    return replace(
        capture, entry=entry, listing=asdict(ListingEntry(job.url, job.url, text, None, source, at))
    )
