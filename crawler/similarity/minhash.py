"""MinHash keys for finding near-duplicate candidates without comparing against every article.

MinHash (rensa) over the body and over the lead, in bands of two rows: the threshold is so low that
a heavily edited copy is still found. A copy in entirely different words shares facts: each figure
with the place, and the beginning of each quotation, is a key as well. Odd keys count twice, even
keys once; a candidate needs two points, so one accidental match is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import pack
from zlib import crc32

from rensa import RMinHash

from crawler.similarity.fingerprint import Fingerprint

ROWS = 2
BODY_BANDS = 12
LEAD_BANDS = 4
MIN_POINTS = 2
"""Minimum points of the shared keys of a candidate; odd keys count twice."""

_SEED = 20260101
_FACTS = 8
_QUOTES = 2
_QUOTED = 10
MAX_KEYS = BODY_BANDS + LEAD_BANDS + _FACTS + _QUOTES
"""Maximum number of keys of an article."""


def keys(article: Fingerprint) -> frozenset[int]:
    """Return the article's keys, 31 bits each; articles that share none are no candidates.

    The store saves them: a change here, or of rensa's algorithm, requires ``scrapy recluster``.
    """
    weak = {_key("body", band) & ~1 for band in _bands(article.shingles, BODY_BANDS)}
    weak |= {_key("lead", band) & ~1 for band in _bands(article.lead_shingles, LEAD_BANDS)}
    strong = {_key("fact", fact.encode()) | 1 for fact in _facts(article)}
    return frozenset(weak | strong)


def _bands(runs: frozenset[str], count: int) -> Iterator[bytes]:
    if not runs:
        return
    minhash = RMinHash(num_perm=count * ROWS, seed=_SEED)
    minhash.update(runs)
    digest: Sequence[int] = minhash.digest()
    for band in range(count):
        yield pack("<H2I", band, *digest[band * ROWS : (band + 1) * ROWS])


def _facts(article: Fingerprint) -> list[str]:
    """Return each amount with each place and person, longest first, and quotations' beginnings."""
    names = sorted({place for kind in article.places.values() for place in kind} | article.people)
    amounts = sorted(article.amounts, key=lambda amount: (-len(amount[0]), amount))
    facts = [f"{name}|{value}|{unit}" for value, unit in amounts for name in names][:_FACTS]
    quotes = sorted({quote[:_QUOTED] for quote in article.quotes if len(quote) >= _QUOTED})
    return facts + quotes[:_QUOTES]


def _key(kind: str, value: bytes) -> int:
    return crc32(value, crc32(kind.encode())) & 0x7FFFFFFF
