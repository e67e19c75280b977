"""Atomic files: ``crawler/runtime/atomic_file.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.runtime.atomic_file import atomic_draft, atomic_file, check_writable, write_file


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.json"
    check_writable(path)
    assert list(path.parent.iterdir()) == []
    write_file(path, "가".encode())
    (tmp_path / "link").symlink_to(path)
    write_file(tmp_path / "link", "나".encode())
    assert path.read_text("utf-8") == "나"
    assert (tmp_path / "link").is_symlink()
    with pytest.raises(OSError, match="No such file"):
        write_file(tmp_path / "nowhere" / "report.json", b"")
    assert [entry.name for entry in path.parent.iterdir()] == ["report.json"]


def test_a_device_stays_a_device() -> None:
    check_writable(Path("/dev/null"))
    write_file(Path("/dev/null"), "가".encode())
    assert Path("/dev/null").is_char_device()


def test_an_error_half_way_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), atomic_file(path) as file:
        file.writelines([b"new", "no bytes"])  # type: ignore[list-item]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_draft_of_a_killed_process_is_overwritten_if_it_has_the_same_name(
    tmp_path: Path,
) -> None:
    path, draft = tmp_path / "a.warc.gz", tmp_path / "a.warc.gz.new"
    draft.write_bytes(b"half of a draft, longer than the new content")
    with atomic_draft(path, draft) as new:
        new.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]
