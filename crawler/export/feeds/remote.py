"""Writers to remote addresses: Scrapy's feed storages (s3, gs, ftp …) and fsspec.

Rows are written to a temporary file first, so that an error until then changes nothing remote.
Object stores then take the file whole or not at all; fsspec is used in a transaction if the driver
has one. A broken FTP or SFTP connection may leave part of a file.
"""

from __future__ import annotations

import asyncio
import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from tempfile import NamedTemporaryFile
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.utils.defer import ensure_awaitable
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.runtime.log import redact_secrets

LIBRARIES = {"gs": "google.cloud.storage"}
"""Packages that Scrapy imports only after everything is written."""


class ScrapyStorage:
    """One of ``FEED_STORAGES``, used as a crawl uses it."""

    def __init__(self, address: str, storage: str, settings: Settings) -> None:
        """Raise ValueError if a library is missing or the address is invalid."""
        scheme = urlsplit(address).scheme
        crawler = Crawler(Spider, settings)
        self.address = address
        self.spider = Spider.from_crawler(crawler, "feed")
        options: dict[str, Any] = {"feed_options": {"overwrite": True}}
        try:
            if scheme in LIBRARIES and not _is_installed(LIBRARIES[scheme]):
                raise NotConfigured(f"missing {LIBRARIES[scheme]} library")
            kind = load_object(storage)
            self.storage = build_from_crawler(kind, crawler, address, **options)
        except Exception as error:
            raise ValueError(f"{redacted_url(address)} cannot be written: "
                             f"{_message(error, address)}") from None  # fmt: skip

    @contextmanager
    def __call__(self) -> Iterator[IO[bytes]]:
        """Open a temporary file, and upload it if the body raises nothing."""
        with _driver_errors(self.address):
            file = self.storage.open(self.spider)
        with file:
            yield file
            with _driver_errors(self.address):
                asyncio.run(self._store(file))

    async def _store(self, file: IO[bytes]) -> None:
        await ensure_awaitable(self.storage.store(file))


class Filesystem:
    """File at an address that fsspec knows."""

    def __init__(self, address: str, settings: Settings) -> None:
        """Raise ValueError if fsspec does not know the scheme, or its driver is missing."""
        from fsspec import get_filesystem_class  # not above: every command would wait for it

        scheme = urlsplit(address).scheme
        self.address, self.folder = address, settings["FEED_TEMPDIR"]
        try:
            get_filesystem_class(scheme)
        except ValueError:
            raise ValueError(f"neither Scrapy nor fsspec knows the scheme {scheme}://") from None
        except ImportError as error:
            raise ValueError(f"{redacted_url(address)} cannot be written: {error}") from None

    @contextmanager
    def __call__(self) -> Iterator[IO[bytes]]:
        """Open a temporary file, and upload it if the body raises nothing."""
        from fsspec.core import url_to_fs

        with NamedTemporaryFile(prefix="malgeum-", dir=self.folder) as file:
            yield file
            file.flush()
            with _driver_errors(self.address):
                filesystem, path = url_to_fs(self.address)
                with filesystem.transaction:
                    filesystem.put_file(file.name, path)


def redacted_url(address: str) -> str:
    """Return the address without user, password and query, which may hold a secret."""
    scheme, slashes, rest = address.partition("://")
    if not slashes:
        return address
    return f"{scheme}://{re.split(r'[?#]', rest)[0].rpartition('@')[2]}"  # keys have slashes


@contextmanager
def _driver_errors(address: str) -> Iterator[None]:
    """Turn any error of a driver into an OSError whose ``strerror`` is one line."""
    try:
        yield
    except Exception as error:
        raise OSError(errno.EIO, _message(error, address)) from None


def _message(error: Exception, address: str) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = (
        (text.strip() or type(error).__name__)
        .splitlines()[0]
        .replace(address, redacted_url(address))
    )
    password = urlsplit(address).password
    for secret in filter(None, [password, unquote(password or "")]):
        line = line.replace(secret, "***")
    return redact_secrets(line).rstrip(".")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        return False
