"""Whether an archive holds what the store says, and every record is whole: read from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive.location import RecordLocation, files_of
from crawler.archive.reader import PAGE_KINDS, Unreadable, WarcRecord, page_at, parse
from crawler.archive.scan import DamagedRange, scan_members
from crawler.store import Store
from crawler.store.articles.archive_index import ArchivedVersion, files_with_records, versions_in


@dataclass(slots=True)
class VerifyResult:
    """What was read of an outlet. ``problems`` are sentences; ``notes`` say what is no loss."""

    files: int = 0
    records: int = 0
    versions: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(store: Store, folder: Path, outlet: str) -> VerifyResult:
    """Read every file of an outlet. Raises OSError where a folder cannot be read, and
    :class:`crawler.store.StoreError`."""
    found = VerifyResult()
    files = [file.relative_path for file in files_of(folder, outlet)]
    for file in sorted({*files, *files_with_records(store, outlet)}):
        kept = versions_in(store, file)  # first: what is stored meanwhile lies in the file by then
        found.versions += len(kept)
        if file not in files:
            found.problems.append(f"{file} is not there; {len(kept)} versions lie in it")
            continue
        found.files += 1
        try:
            _verify_file(found, folder, file, kept)
        except OSError as error:
            found.problems.append(f"{file} cannot be read: {error.strerror or error}")
    return found


def _verify_file(found: VerifyResult, folder: Path, file: str, kept: list[ArchivedVersion]) -> None:
    pages: dict[int, WarcRecord] = {}
    with (folder / file).open("rb") as opened:
        for one in scan_members(opened):
            if isinstance(one, DamagedRange):
                _report_gap(found, file, one)
                continue
            found.records += 1
            try:
                record = parse(one.content)
            except Unreadable as error:
                found.problems.append(f"{file}@{one.offset} is no WARC record: {error}")
                continue
            if record.problem:
                found.problems.append(f"{file}@{one.offset}: {record.problem}")
            elif record.kind in PAGE_KINDS:
                record.payload = b""
                pages[one.offset] = record
    found.problems += _misplaced(folder, kept, pages)


def _report_gap(found: VerifyResult, file: str, gap: DamagedRange) -> None:
    if gap.is_truncated:
        found.notes.append(
            f"{file} ends in the middle of a record, since its writer was ended or is at it; the"
            " next crawl cuts that off"
        )
    else:
        found.problems.append(f"{file}@{gap.offset}: {gap.length} bytes are no record")


def _misplaced(
    folder: Path, kept: list[ArchivedVersion], pages: dict[int, WarcRecord]
) -> Iterator[str]:
    """A sentence a version whose page does not lie where the index says."""
    for version in kept:
        try:
            place = RecordLocation.read(version.warc_location)
            page = pages.get(place.offset)
            if page is None:
                yield f"{version.url} has no whole record at {version.warc_location}"
            elif page.url != version.url:
                yield f"{version.url} has the record of {page.url} at {version.warc_location}"
            elif page.kind == "revisit":
                page_at(folder, place)
        except ValueError as error:
            yield f"{version.url}: {error}"
        except (OSError, Unreadable) as error:
            damaged = version.warc_location
            yield f"{version.url}: what its record at {damaged} refers to is gone: {error}"
