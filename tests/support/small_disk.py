"""Small file system, mounted for a test that fills it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOUNT, UNMOUNT = shutil.which("mount"), shutil.which("umount")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A disk of so many bytes at ``folder``; gives what makes it larger."""
    if not MOUNT or not UNMOUNT:
        pytest.skip("there is no mount here")
    folder.mkdir(parents=True)
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run([MOUNT, *options], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")

    def grow(size: str) -> None:
        subprocess.run([MOUNT, "-o", f"remount,size={size}", str(folder)], check=True)

    try:
        yield grow
    finally:
        subprocess.run([UNMOUNT, "-l", str(folder)], check=True)
