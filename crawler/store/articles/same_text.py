"""Rule for exact duplicates: the text that is compared, and the possible results."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

MIN_MERGED_BODY = 100
"""Shortest body, in characters, that makes two URLs one article: a photo caption or a notice of
appointments (인사) recurs under the same headline as a different article."""

_APART = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """Return the letters and numbers of a text, in NFKC and one case.

    Spacing, quotes, bullets and full-width forms differ among outlets' copies of a text.
    """
    return _APART.sub("", unicodedata.normalize("NFKC", text).casefold())


def same_headline(first: str | None, second: str | None) -> bool:
    """Return True if two headlines have the same letters."""
    return letters(first or "") == letters(second or "")


@dataclass(slots=True, frozen=True)
class DedupeResult:
    """Result of comparing an article with the store.

    ``new``: nothing like it is stored. ``copy``: another outlet's text, stored with a reference.
    ``revised``: a new text under a known URL, now the current version. ``older``: a text of a known
    URL from a visit before the current version, stored as a revision. ``same``: the outlet's own
    article under another URL, which becomes an alias. ``known``: stored already. ``forgotten``:
    has a tombstone and is never stored.

    ``first``: for ``same`` and ``known`` the canonical URL of the stored article; otherwise that of
    the first article with the text, if it is another outlet's.
    """

    kind: Literal["new", "copy", "revised", "older", "same", "known", "forgotten"]
    first: str | None = None

    @property
    def is_stored(self) -> bool:
        """True if the text is stored, as an article or as a revision."""
        return self.kind in ("new", "copy", "revised", "older")
