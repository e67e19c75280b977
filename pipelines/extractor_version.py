"""Version of the code that makes an article of its page: ``0.1.0+1f3a5c7e``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from crawler import __version__

ROOT = Path(__file__).resolve().parent.parent

MADE_BY = (
    "crawler/urls",
    "crawler/article.py",
    "crawler/extract/blocks.py",
    "crawler/encoding.py",
    "crawler/extract/cms",
    "crawler/dates/patterns.py",
    "crawler/dates/parse.py",
    "crawler/dates/head_line.py",
    "crawler/dates/head_lines.toml",
    "crawler/dates/head_words.py",
    "crawler/extract/pages.py",
    "crawler/extract/captions.py",
    "crawler/extract/container.py",
    "crawler/extract/generic.py",
    "crawler/extract/headline.py",
    "crawler/extract/images.py",
    "crawler/extract/metadata.py",
    "crawler/extract/parse.py",
    "crawler/dates/mentions",
    "crawler/similarity/entities.py",
    "crawler/similarity/fingerprint.py",
    "crawler/similarity/normalize.py",
    "crawler/similarity/words.toml",
    "crawler/extract/selectors.py",
    "crawler/store/articles/same_text.py",
    "pipelines/clean",
    "pipelines/dates.py",
    "pipelines/dedupe.py",
    "pipelines/rules",
)
"""Files and folders that decide what an article says; all others find, keep or show it."""


@cache
def extractor_version(outlet: str) -> str:
    """Return the version of the code and eight hex digits of a digest.

    The digest covers all files that make an article of this outlet: the shared ones and the
    outlet's own spider, no other outlet's.
    """
    digest = hashlib.sha256(_shared())
    spider = ROOT / "spiders" / f"{outlet}.py"
    if outlet.isidentifier() and spider.is_file():  # otherwise it is the name of a host
        digest.update(content_of(spider))
    return f"{__version__}+{digest.hexdigest()[:8]}"


def content_of(file: Path) -> bytes:
    """Return the content as it is in the checkout: a wheel has ``malgeum.`` before our modules."""
    return file.read_bytes().replace(b"malgeum.", b"")


def digest_of(files: Iterable[Path]) -> bytes:
    """Return a digest of the files' contents; their names, folders and order do not matter."""
    contents = sorted(hashlib.sha256(content_of(file)).digest() for file in files)
    return hashlib.sha256(b"".join(contents)).digest()


@cache
def _shared() -> bytes:
    parts = [ROOT / part for part in MADE_BY]
    files = [file for part in parts for file in ([part] if part.is_file() else part.iterdir())]
    return digest_of(file for file in files if file.suffix in (".py", ".toml"))
