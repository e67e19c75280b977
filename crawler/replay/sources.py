"""Which pages of which files are read, in which order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from crawler.address import host_of
from crawler.archive.place import File
from crawler.captures.capture import Entry
from crawler.captures.index import index
from crawler.outlet import Outlet
from crawler.replay.captured import may_be_article
from crawler.replay.job import Job
from crawler.replay.progress import Progress
from crawler.replay.saved import HTML, JSON_LINES, BadInput, read_pages

WARC = (".warc", ".warc.gz")
KNOWN = (*sorted(HTML | JSON_LINES), *WARC)

Refuse = Callable[[BadInput], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: pages of which hosts, and fetched from when on."""

    outlets: Mapping[str, type[Outlet]]
    """By host."""
    alone: bool = False
    """Whether pages of other hosts are passed over."""
    since: str | None = None
    """UTC; a page that was fetched before can show no article of after."""
    archive: Path | None = None
    """The store's own archive: what lies there keeps its place in the index."""
    spool: Path = Path()
    """A folder of our own for what is unpacked."""

    def entry(self, entry: Entry) -> bool:
        host = host_of(entry.url)
        if self.alone and host not in self.outlets:
            return False
        if self.since and entry.fetched_at < self.since:
            return False
        return entry.row_at is not None or may_be_article(entry.url, self.outlets.get(host))

    def page(self, url: str) -> bool:
        return not self.alone or host_of(url) in self.outlets


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
    ours = File.named(file.name)
    return f"{ours.day}" if ours else str(file)


def _captures(file: Path, wanted: Wanted, progress: Progress, refuse: Refuse) -> Iterator[Job]:
    def refuse_part(sentence: str) -> None:
        refuse(BadInput(sentence))

    try:
        begin = progress.begin(file)
    except OSError as error:
        refuse(BadInput(f"{file}: {error.strerror or error}"))
        return
    entries = [
        one
        for one in index(file, refuse_part, wanted.spool)
        if one.offset >= begin and wanted.entry(one)
    ]
    progress.expect(file, len(entries))
    place = _place_in(wanted.archive, file)
    for entry in entries:
        record = f"{place}@{entry.offset}" if place else None
        yield Job(entry, wanted.outlets.get(host_of(entry.url)), str(file), record)


def _pages(file: Path, wanted: Wanted, refuse: Refuse) -> Iterator[Job]:
    for page in read_pages(file, datetime.now(UTC), refuse):
        if wanted.page(page.url):
            yield Job(page, wanted.outlets.get(host_of(page.url)), str(file))


def _place_in(archive: Path | None, file: Path) -> str | None:
    """A file's place below the archive's folder; None where it does not lie there."""
    whole = file.resolve()
    if archive is None or not whole.is_relative_to(archive.resolve()):
        return None
    return whole.relative_to(archive.resolve()).as_posix()
