"""When two articles are the same: what counts of a text, and what follows from it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

MIN_MERGED_BODY = 100
"""Shortest body, in characters, that makes two addresses one article: a photo line or a notice
of appointments (인사) comes back under the same headline and is another piece of news."""

_APART = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """Only the letters and numbers of a text, NFKC and in one case: what two outlets' copies of
    it have in common, whatever their spacing, quotes, bullets and full-width forms."""
    return _APART.sub("", unicodedata.normalize("NFKC", text).casefold())


def same_headline(one: str | None, other: str | None) -> bool:
    return letters(one or "") == letters(other or "")


@dataclass(slots=True, frozen=True)
class DedupeResult:
    """What an article is to the store.

    ``new``: nothing like it is stored. ``copy``: another outlet's text, stored and linked.
    ``revised``: another text at a known address, now the current one. ``older``: the same from
    an earlier visit than the current one, kept in the trail only.
    ``same``: this outlet's article under another address, kept once. ``known``: stored already.
    ``forgotten``: taken out for good, never stored again.

    ``first`` is, for ``same`` and ``known``, the canonical address of the stored article meant,
    for what is stored the one that had its text first, if that is another outlet's.
    """

    kind: Literal["new", "copy", "revised", "older", "same", "known", "forgotten"]
    first: str | None = None

    @property
    def is_stored(self) -> bool:
        """Whether the text itself is kept, as an article or in one's trail."""
        return self.kind in ("new", "copy", "revised", "older")
