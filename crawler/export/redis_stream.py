"""The store's changes in a Redis stream, for those who want each as soon as it is there.

An entry's id is the number of the change, ``<seq>-0``. So Redis itself knows how far it got, and
refuses what it has: two that send at once, or one that was killed, put nothing in twice, and
nothing is ever left out.
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

ANSWER = 10
"""Seconds within which Redis has to answer."""

_AT_ONCE = 1000
"""Entries looked through in one step for what a takedown deletes."""


class StreamError(Exception):
    """Redis cannot be asked, or refuses; its text is one sentence without a secret."""


class RedisStream:
    """Redis at ``url``; connects when it is first asked. ValueError with one sentence where the
    address is none. ``most``: entries that stay at least, older ones go; 0 for all."""

    def __init__(self, url: str, most: int) -> None:
        try:
            import redis
        except ImportError:
            raise ValueError(f"STREAM_URL needs redis; install it with {INSTALL_EXTRAS}") from None
        try:
            self._redis = redis.Redis.from_url(
                url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER, decode_responses=True
            )
        except ValueError:  # what it says can hold the password
            raise ValueError(
                "STREAM_URL is no address of a Redis; write for example redis://localhost:6379/0"
            ) from None
        self._away = (redis.ConnectionError, redis.TimeoutError)
        self._refusal, self._error = redis.ResponseError, redis.RedisError
        self.most = most or None

    def last(self) -> int:
        """The number of the last change that it ever got; 0 where there is no stream."""
        try:
            told: Any = self._redis.xinfo_stream(STREAM_KEY)
        except self._error as error:
            if "no such key" in str(error):
                return 0
            raise self._told(error) from None
        return int(str(told["last-generated-id"]).partition("-")[0])

    def send(self, lines: Iterable[Mapping[str, Any]]) -> int:
        """Put the changes in, in order; gives how many it did not have. What comes first is in,
        whatever stops the rest."""
        sent = 0
        for line in lines:
            try:
                if line["change"] == "forgotten":  # before it is told, which happens once
                    self._forget(line["canonical_url"], line["seq"])
                sent += self._put(line)
            except self._error as error:
                raise self._told(error) from None
        return sent

    def close(self) -> None:
        self._redis.close()

    def _put(self, line: Mapping[str, Any]) -> bool:
        short = {name: str(line[name]) for name in ("change", "outlet", "canonical_url")}
        entry: Any = short | {"line": json.dumps(dict(line), ensure_ascii=False)}
        try:
            self._redis.xadd(STREAM_KEY, entry, id=f"{line['seq']}-0", maxlen=self.most)
        except self._refusal as error:
            if "equal or smaller" in str(error):
                return False
            raise
        return True

    def _forget(self, url: str, seq: int) -> None:
        """Delete what the stream still holds of an article that was taken out for good."""
        start = "-"
        while found := self._page(start, seq):
            if mine := [id for id, entry in found if entry.get("canonical_url") == url]:
                self._redis.xdel(STREAM_KEY, *mine)
            start = f"({found[-1][0]}"

    def _page(self, start: str, seq: int) -> list[tuple[str, dict[str, str]]]:
        page: Any = self._redis.xrange(STREAM_KEY, start, f"({seq}-0", count=_AT_ONCE)
        return list(page)

    def _told(self, error: redis.RedisError) -> StreamError:
        kind = "does not answer" if isinstance(error, self._away) else "refuses"
        line = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
        return StreamError(f"The Redis of STREAM_URL {kind}: {line}.")


def check_store(last: int, newest: int) -> None:
    """StoreError where the stream has changes that the store has not."""
    if last > newest:
        raise StoreError(
            f"The stream {STREAM_KEY} has changes up to {last}, the store up to {newest}: it is of "
            "another store, or the store is an older copy. Delete the stream, and all is sent anew."
        )
