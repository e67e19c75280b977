"""Which pages of which files are read, in which order."""

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
from crawler.reprocess.replay.progress import Progress
from crawler.reprocess.replay.task import Job
from crawler.urls import host_of

WARC = (".warc", ".warc.gz")
KNOWN = (*sorted(HTML | JSON_LINES), *WARC)

Refuse = Callable[[BadInput], None]


@dataclass(frozen=True)
class Wanted:
    """What is asked for: pages of which outlets, and fetched from when on."""

    outlets: Sequence[type[OutletSpider]]
    """Those that are known."""
    alone: bool = False
    """Whether pages of other hosts are passed over."""
    since: str | None = None
    """UTC; a page that was fetched before can show no article of after."""
    archive: Path | None = None
    """The store's own archive: what lies there keeps its place in the index."""
    spool: Path = Path()
    """A folder of our own for what is unpacked."""

    def takes(self, entry: Entry, outlet: type[OutletSpider] | None) -> bool:
        if self.alone and outlet is None:
            return False
        if self.since and entry.fetched_at < self.since:
            return False
        return entry.listing_offset is not None or may_be_article(entry.url, outlet)

    def outlet(self, url: str, file: Path) -> type[OutletSpider] | None:
        """Whose page it is, by its host; of outlets that share one, by the file of our archive."""
        ours, host = ArchiveFile.named(file.name), host_of(url)
        named = self.by_name.get(ours.outlet) if ours else None
        return named if named and host in site_of(named).hosts else self.by_host.get(host)

    @cached_property
    def by_host(self) -> dict[str, type[OutletSpider]]:
        return index_by_host(self.outlets)

    @cached_property
    def by_name(self) -> dict[str, type[OutletSpider]]:
        return {outlet.name: outlet for outlet in self.outlets}


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those of a known kind in folders that are, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.name.endswith(KNOWN))
        else:
            yield path


def jobs(
    files: Iterable[Path], wanted: Wanted, progress: Progress, refuse: Refuse
) -> Iterator[Job]:
    """The pages of all files, as they were given; those of our archive day by day, each day's in
    the order in which they came: of two papers with one text, the first keeps being the first."""
    for _, group in groupby(files, key=_day):
        together = list(group)
        if together[0].name.endswith(WARC):
            parts = [_captures(file, wanted, progress, refuse) for file in together]
            yield from heapq.merge(*parts, key=attrgetter("page.fetched_at"))
        else:
            for file in together:
                yield from _pages(file, wanted, refuse)


def _day(file: Path) -> str:
    """What is read as one: files of our archive of one day; any other alone."""
    ours = ArchiveFile.named(file.name)
    return f"{ours.day}" if ours else str(file)


def _captures(file: Path, wanted: Wanted, progress: Progress, refuse: Refuse) -> Iterator[Job]:
    def refuse_part(sentence: str) -> None:
        refuse(BadInput(sentence))

    if file.exists() and not file.is_file():  # to open one may wait for ever
        refuse(BadInput(f"{file}: this is a pipe or a device; give it a file"))
        return
    try:
        begin = progress.begin(file)
    except OSError as error:
        refuse(BadInput(f"{file}: {error.strerror or error}"))
        return
    found = [
        (entry, wanted.outlet(entry.url, file))
        for entry in index(file, refuse_part, wanted.spool)
        if entry.offset >= begin
    ]
    found = [(entry, outlet) for entry, outlet in found if wanted.takes(entry, outlet)]
    progress.expect(file, len(found))
    for entry, outlet in found:
        yield Job(entry, outlet, str(file), _record(wanted.archive, entry))


def _pages(file: Path, wanted: Wanted, refuse: Refuse) -> Iterator[Job]:
    for page in read_pages(file, datetime.now(UTC), refuse):
        outlet = wanted.outlet(page.url, file)
        if outlet or not wanted.alone:
            yield Job(page, outlet, str(file))


def _record(archive: Path | None, entry: Entry) -> str | None:
    """A page's place below the archive's folder, as a crawl notes it: of one that came unchanged,
    where it was kept first. None where it does not lie there."""
    is_unchanged = entry.payload is not None and entry.payload_url == entry.url
    name, offset = entry.payload if entry.payload and is_unchanged else (entry.file, entry.offset)
    if archive is None or not Path(name).resolve().is_relative_to(archive.resolve()):
        return None
    return f"{Path(name).resolve().relative_to(archive.resolve()).as_posix()}@{offset}"
