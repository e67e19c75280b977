"""When two articles are the same: what counts of a text, and what follows from it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

MERGED_FROM = 100
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
class Verdict:
    """What an article is to the store.

    ``new``: nothing like it is stored. ``copy``: another outlet's text, stored and linked.
    ``same``: this outlet's article under another address, kept once. ``known``: its address is
    stored already. ``first`` is the canonical address of the stored article meant (not for new).
    """

    kind: Literal["new", "copy", "same", "known"]
    first: str | None = None
