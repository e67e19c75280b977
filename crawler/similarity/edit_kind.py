"""How much a paper changed of a release."""

from __future__ import annotations

from typing import Literal

from crawler.similarity.fingerprint import Fingerprint

EditKind = Literal["verbatim", "light", "heavy", "condensed"]

VERBATIM, LIGHT = 0.85, 0.5
"""Shares of the two texts' 5-letter runs that stand in both, from which on a copy is called so."""

CONDENSED = 0.6
"""A copy of at most this share of the first's length, made mostly of its words, is condensed."""


def edit_kind(first: Fingerprint, copy: Fingerprint) -> EditKind:
    """What the copy is to the cluster's first member."""
    ours, theirs = copy.shingles, first.shingles
    common = len(ours & theirs)
    alike = common / (len(ours | theirs) or 1)
    if alike >= VERBATIM:
        return "verbatim"
    if len(ours) <= CONDENSED * len(theirs) and common >= 0.5 * len(ours):
        return "condensed"
    return "light" if alike >= LIGHT else "heavy"
