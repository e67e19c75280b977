"""Selects the pages of a replay and orders them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from crawler.archive.captures.index import index
from crawler.archive.captures.model import Entry
from crawler.archive.location import ArchiveFile
from crawler.crawl.spider import OutletSpider, index_by_host, site_of
from crawler.reprocess.replay.from_archive import may_be_article
from crawler.reprocess.replay.from_files import HTML, JSON_LINES, BadInput, read_pages
from crawler.reprocess.replay.progress import ReplayProgress
from crawler.reprocess.replay.task import ReplayTask
from crawler.urls import host_of

WARC = (".warc", ".warc.gz")
EXTENSIONS = (*sorted(HTML | JSON_LINES), *WARC)

Reject = Callable[[BadInput], None]


@dataclass(frozen=True)
class Selection:
    """Outlets and time of the pages that are replayed."""

    outlets: Sequence[type[OutletSpider]]
    """Selected outlets, or all known ones."""
    outlets_only: bool = False
    """Skip pages of other hosts."""
    since: str | None = None
    """UTC: a page that was fetched before has no later article."""
    archive: Path | None = None
    """Archive of the store: articles keep the location of their page in it."""
    spool: Path = Path()
    """Folder for unpacked files."""

    def includes(self, entry: Entry, outlet: type[OutletSpider] | None) -> bool:
        """Return True if a page can be an article of the selection."""
        if self.outlets_only and outlet is None:
            return False
        if self.since and entry.fetched_at < self.since:
            return False
        return entry.listing_offset is not None or may_be_article(entry.url, outlet)

    def outlet(self, url: str, file: Path) -> type[OutletSpider] | None:
        """Return the outlet of a page by its host; if several share it, by the archive file."""
        ours, host = ArchiveFile.named(file.name), host_of(url)
        named = self.by_name.get(ours.outlet) if ours else None
        return named if named and host in site_of(named).hosts else self.by_host.get(host)

    @cached_property
    def by_host(self) -> dict[str, type[OutletSpider]]:
        """Outlets by host."""
        return index_by_host(self.outlets)

    @cached_property
    def by_name(self) -> dict[str, type[OutletSpider]]:
        """Outlets by name."""
        return {outlet.name: outlet for outlet in self.outlets}


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the named files, and the files with a known extension in named folders, sorted."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.name.endswith(EXTENSIONS))
        else:
            yield path


def replay_tasks(
    files: Iterable[Path], selection: Selection, progress: ReplayProgress, reject: Reject
) -> Iterator[ReplayTask]:
    """Yield the pages of all files in their order; those of our archive in the order of fetching.

    So of two outlets with one text, the first stays the first.
    """
    for _, group in groupby(files, key=_day):
        group_files = list(group)
        if group_files[0].name.endswith(WARC):
            parts = [_captures(file, selection, progress, reject) for file in group_files]
            yield from heapq.merge(*parts, key=attrgetter("page.fetched_at"))
        else:
            for file in group_files:
                yield from _pages(file, selection, reject)


def _day(file: Path) -> str:
    """Return a key that is equal for our archive's files of one day."""
    ours = ArchiveFile.named(file.name)
    return f"{ours.day}" if ours else str(file)


def _captures(
    file: Path, selection: Selection, progress: ReplayProgress, reject: Reject
) -> Iterator[ReplayTask]:
    def reject_part(sentence: str) -> None:
        reject(BadInput(sentence))

    if file.exists() and not file.is_file():  # opening one may block
        reject(BadInput(f"{file} must be a file, not a pipe or a device"))
        return
    try:
        offset = progress.start_file(file)
    except OSError as error:
        reject(BadInput(f"{file}: {error.strerror or error}"))
        return
    pages = [
        (entry, selection.outlet(entry.url, file))
        for entry in index(file, reject_part, selection.spool)
        if entry.offset >= offset
    ]
    pages = [(entry, outlet) for entry, outlet in pages if selection.includes(entry, outlet)]
    progress.expect(file, len(pages))
    for entry, outlet in pages:
        yield ReplayTask(entry, outlet, str(file), _warc_location(selection.archive, entry))


def _pages(file: Path, selection: Selection, reject: Reject) -> Iterator[ReplayTask]:
    for page in read_pages(file, datetime.now(UTC), reject):
        outlet = selection.outlet(page.url, file)
        if outlet or not selection.outlets_only:
            yield ReplayTask(page, outlet, str(file))


def _warc_location(archive: Path | None, entry: Entry) -> str | None:
    """Return a page's location in the archive, as a crawl records it; None if it is elsewhere.

    An unchanged page has the location of the record that holds its text.
    """
    is_unchanged = entry.payload is not None and entry.payload_url == entry.url
    name, offset = entry.payload if entry.payload and is_unchanged else (entry.file, entry.offset)
    if archive is None or not Path(name).resolve().is_relative_to(archive.resolve()):
        return None
    return f"{Path(name).resolve().relative_to(archive.resolve()).as_posix()}@{offset}"
