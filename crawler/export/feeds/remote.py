"""Writing over a driver: what Scrapy's feed storages know (s3, gs, ftp …), and what fsspec does.

Rows go into a temporary file first, so that a failure on the way there touches nothing. Object
stores then take the file whole or not at all; of the rest, what fsspec can do in a transaction is.
Over FTP and SFTP a connection that breaks may leave a half file.
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
"""What Scrapy misses only once all is written."""


class ScrapyStorage:
    """One of ``FEED_STORAGES``, used as a crawl uses it."""

    def __init__(self, address: str, storage: str, settings: Settings) -> None:
        """ValueError where it needs a library that is not there, or the address is none for it."""
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
            raise ValueError(f"nothing can be written to {shown(address)}: "
                             f"{_why(error, address)}") from None  # fmt: skip

    @contextmanager
    def __call__(self) -> Iterator[IO[bytes]]:
        with _told(self.address):
            file = self.storage.open(self.spider)
        with file:
            yield file
            with _told(self.address):
                asyncio.run(self._store(file))

    async def _store(self, file: IO[bytes]) -> None:
        await ensure_awaitable(self.storage.store(file))


class Filesystem:
    """A file on anything that fsspec knows."""

    def __init__(self, address: str, settings: Settings) -> None:
        """ValueError where fsspec does not know the scheme, or its driver is not there."""
        from fsspec import get_filesystem_class  # not above: every command would wait for it

        scheme = urlsplit(address).scheme
        self.address, self.folder = address, settings["FEED_TEMPDIR"]
        try:
            get_filesystem_class(scheme)
        except ValueError:
            raise ValueError(f"neither Scrapy nor fsspec knows what {scheme}:// is") from None
        except ImportError as error:
            raise ValueError(f"nothing can be written to {shown(address)}: {error}") from None

    @contextmanager
    def __call__(self) -> Iterator[IO[bytes]]:
        from fsspec.core import url_to_fs

        with NamedTemporaryFile(prefix="malgeum-", dir=self.folder) as file:
            yield file
            file.flush()
            with _told(self.address):
                filesystem, path = url_to_fs(self.address)
                with filesystem.transaction:
                    filesystem.put_file(file.name, path)


def shown(address: str) -> str:
    """The address as it may be read by anyone: no user, no password, no query (it can hold one)."""
    scheme, slashes, rest = address.partition("://")
    if not slashes:
        return address
    return f"{scheme}://{re.split(r'[?#]', rest)[0].rpartition('@')[2]}"  # keys have slashes


@contextmanager
def _told(address: str) -> Iterator[None]:
    """What a driver raises as an OSError whose ``strerror`` says why."""
    try:
        yield
    except Exception as error:
        raise OSError(errno.EIO, _why(error, address)) from None


def _why(error: Exception, address: str) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = (said.strip() or type(error).__name__).splitlines()[0].replace(address, shown(address))
    password = urlsplit(address).password
    for secret in filter(None, [password, unquote(password or "")]):
        line = line.replace(secret, "***")
    return redact_secrets(line).rstrip(".")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it is not there
        return False
