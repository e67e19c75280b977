"""By which numbers an article's likely copies are found, without a look at all the others.

MinHash (rensa) over the body and over the lead, in bands of two rows: a threshold so low that
a heavily edited copy is still found. A copy in other words altogether shares facts: each figure
together with the place, and each quotation's beginning, is a number too. A number that counts
twice is odd, one that counts once is even; two are needed, so that one chance meeting is none.
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
NEEDED = 2
"""What the shared numbers of a candidate add up to at the least, each odd one counted twice."""

_SEED = 20260101
_FACTS = 8
_QUOTES = 2
_QUOTED = 10
MOST = BODY_BANDS + LEAD_BANDS + _FACTS + _QUOTES
"""Numbers an article has at the most."""


def keys(release: Fingerprint) -> frozenset[int]:
    """The article's numbers, 31 bits each; articles that share none are no candidates.

    They are stored: a change here, or in rensa's algorithm, needs ``scrapy recluster``.
    """
    weak = {_key("body", band) & ~1 for band in _bands(release.shingles, BODY_BANDS)}
    weak |= {_key("lead", band) & ~1 for band in _bands(release.lead_shingles, LEAD_BANDS)}
    strong = {_key("fact", fact.encode()) | 1 for fact in _facts(release)}
    return frozenset(weak | strong)


def _bands(runs: frozenset[str], count: int) -> Iterator[bytes]:
    if not runs:
        return
    minhash = RMinHash(num_perm=count * ROWS, seed=_SEED)
    minhash.update(runs)
    digest: Sequence[int] = minhash.digest()
    for band in range(count):
        yield pack("<H2I", band, *digest[band * ROWS : (band + 1) * ROWS])


def _facts(release: Fingerprint) -> list[str]:
    """Each amount with each place and person, the longest first; the beginnings of quotations."""
    of = sorted({place for kind in release.places.values() for place in kind} | release.people)
    amounts = sorted(release.amounts, key=lambda amount: (-len(amount[0]), amount))
    told = [f"{one}|{value}|{unit}" for value, unit in amounts for one in of][:_FACTS]
    said = sorted({quote[:_QUOTED] for quote in release.quotes if len(quote) >= _QUOTED})
    return told + said[:_QUOTES]


def _key(kind: str, value: bytes) -> int:
    return crc32(value, crc32(kind.encode())) & 0x7FFFFFFF
