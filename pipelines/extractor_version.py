"""Which state of this code made an article of its page: ``0.1.0+1f3a5c7e``."""

from __future__ import annotations

import hashlib
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
    "crawler/extract/pages.py",
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
"""Files and folders that have a part in what an article says; all else finds, keeps or shows it."""


@cache
def extractor_version(outlet: str) -> str:
    """The version of the code, and a digest of all that an article of this outlet is made by: the
    outlet's own file is among it, another outlet's is not."""
    digest = hashlib.sha256(_shared())
    spider = ROOT / "spiders" / f"{outlet}.py"
    if outlet.isidentifier() and spider.is_file():  # else it is the name of a host
        digest.update(spider.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:8]}"


@cache
def _shared() -> bytes:
    digest = hashlib.sha256()
    for part in MADE_BY:
        path = ROOT / part
        found = [path] if path.is_file() else path.iterdir()
        for file in sorted(one for one in found if one.suffix in (".py", ".toml")):
            content = file.read_bytes()
            digest.update(f"{file.relative_to(ROOT)} {len(content)}\n".encode())
            digest.update(content)
    return digest.digest()
