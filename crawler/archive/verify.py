"""Verification: reads an archive completely, and compares it with the store's index."""

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
    """Result for one outlet; ``problems`` are sentences, ``notes`` are harmless."""

    files: int = 0
    records: int = 0
    versions: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(store: Store, folder: Path, outlet: str) -> VerifyResult:
    """Read every file of an outlet.

    Raises OSError if a folder cannot be read, and :class:`crawler.store.StoreError`.
    """
    result = VerifyResult()
    files = [file.relative_path for file in files_of(folder, outlet)]
    for file in sorted({*files, *files_with_records(store, outlet)}):
        # before the file is read: versions stored meanwhile are in the file by then
        versions = versions_in(store, file)
        result.versions += len(versions)
        if file not in files:
            result.problems.append(f"{file} is not there; {len(versions)} versions lie in it")
            continue
        result.files += 1
        try:
            _verify_file(result, folder, file, versions)
        except OSError as error:
            result.problems.append(f"{file} cannot be read: {error.strerror or error}")
    return result


def _verify_file(
    result: VerifyResult, folder: Path, file: str, versions: list[ArchivedVersion]
) -> None:
    pages: dict[int, WarcRecord] = {}
    with (folder / file).open("rb") as opened:
        for part in scan_members(opened):
            if isinstance(part, DamagedRange):
                _report_gap(result, file, part)
                continue
            result.records += 1
            try:
                record = parse(part.content)
            except Unreadable as error:
                result.problems.append(f"{file}@{part.offset} is not a WARC record: {error}")
                continue
            if record.problem:
                result.problems.append(f"{file}@{part.offset}: {record.problem}")
            elif record.kind in PAGE_KINDS:
                record.payload = b""
                pages[part.offset] = record
    result.problems += _misplaced(folder, versions, pages)


def _report_gap(result: VerifyResult, file: str, gap: DamagedRange) -> None:
    if gap.is_truncated:
        result.notes.append(
            f"{file} ends in the middle of a record: its writer was killed or is still writing; the"
            " next crawl cuts the rest off"
        )
    else:
        result.problems.append(f"{file}@{gap.offset}: {gap.length} bytes are not a record")


def _misplaced(
    folder: Path, kept: list[ArchivedVersion], pages: dict[int, WarcRecord]
) -> Iterator[str]:
    """Yield a sentence per version whose page is not where the index says."""
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
