"""Redis stream of the store's changes, for consumers that want each change at once.

The id of an entry is the number of the change, ``<seq>-0``. So Redis itself holds the position and
rejects what it has: two senders at a time, or one that was killed, add nothing twice and leave
nothing out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from crawler import INSTALL_EXTRAS
from crawler.store.db.errors import StoreError

if TYPE_CHECKING:
    import redis

STREAM_KEY = "malgeum"
"""The stream's key."""

RESPONSE_SECONDS = 10
"""Seconds within which Redis must respond."""

_BATCH_SIZE = 1000
"""Entries read at a time when a takedown deletes some."""


class StreamError(Exception):
    """Redis does not respond, or reports an error; the text is one sentence without a secret."""


class RedisStream:
    """Redis at ``url``; connects at the first use.

    ``min_entries``: entries that are kept at least, older ones are removed; 0 keeps all.
    """

    def __init__(self, url: str, min_entries: int) -> None:
        """Raise ValueError with one sentence if ``url`` is invalid or redis is not installed."""
        try:
            import redis
        except ImportError:
            raise ValueError(f"STREAM_URL needs redis; install it with {INSTALL_EXTRAS}") from None
        try:
            self._redis = redis.Redis.from_url(
                url,
                socket_timeout=RESPONSE_SECONDS,
                socket_connect_timeout=RESPONSE_SECONDS,
                decode_responses=True,
            )
        except ValueError:  # its text can hold the password
            raise ValueError(
                "STREAM_URL must be the address of a Redis, for example redis://localhost:6379/0"
            ) from None
        self._unavailable = (redis.ConnectionError, redis.TimeoutError)
        self._rejected, self._error = redis.ResponseError, redis.RedisError
        self.min_entries = min_entries or None

    def last(self) -> int:
        """Return the number of the last change that was sent; 0 if there is no stream."""
        try:
            info: Any = self._redis.xinfo_stream(STREAM_KEY)
        except self._error as error:
            if "no such key" in str(error):
                return 0
            raise self._stream_error(error) from None
        return int(str(info["last-generated-id"]).partition("-")[0])

    def send(self, lines: Iterable[Mapping[str, Any]]) -> int:
        """Add the changes in order and return how many were new.

        Raises StreamError; the changes before the failed one are added then.
        """
        sent = 0
        for line in lines:
            try:
                if line["change"] == "forgotten":  # before the entry, which is sent only once
                    self._forget(line["canonical_url"], line["seq"])
                sent += self._put(line)
            except self._error as error:
                raise self._stream_error(error) from None
        return sent

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()

    def _put(self, line: Mapping[str, Any]) -> bool:
        short = {name: str(line[name]) for name in ("change", "outlet", "canonical_url")}
        entry: Any = short | {"line": json.dumps(dict(line), ensure_ascii=False)}
        try:
            self._redis.xadd(STREAM_KEY, entry, id=f"{line['seq']}-0", maxlen=self.min_entries)
        except self._rejected as error:
            if "equal or smaller" in str(error):
                return False
            raise
        return True

    def _forget(self, url: str, seq: int) -> None:
        """Delete the entries of an article that was erased from the store."""
        start = "-"
        while page := self._page(start, seq):
            if ids := [id for id, entry in page if entry.get("canonical_url") == url]:
                self._redis.xdel(STREAM_KEY, *ids)
            start = f"({page[-1][0]}"

    def _page(self, start: str, seq: int) -> list[tuple[str, dict[str, str]]]:
        page: Any = self._redis.xrange(STREAM_KEY, start, f"({seq}-0", count=_BATCH_SIZE)
        return list(page)

    def _stream_error(self, error: redis.RedisError) -> StreamError:
        problem = "does not respond" if isinstance(error, self._unavailable) else "reports an error"
        line = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
        return StreamError(f"The Redis of STREAM_URL {problem}: {line}.")


def check_store(last: int, newest: int) -> None:
    """Raise StoreError if the stream has changes that the store does not have."""
    if last > newest:
        raise StoreError(
            f"The stream {STREAM_KEY} has changes up to {last}, the store up to {newest}: it "
            "belongs to another store, or the store is an older copy. Delete the stream to send "
            "all changes again."
        )
