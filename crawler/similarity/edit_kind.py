"""Degree to which an outlet edited a press release."""

from __future__ import annotations

from typing import Literal

from crawler.similarity.fingerprint import Fingerprint

EditKind = Literal["verbatim", "light", "heavy", "condensed"]

VERBATIM, LIGHT = 0.85, 0.5
"""Minimum shares of common 5-letter runs of a copy of these kinds."""

CONDENSED = 0.6
"""A copy of at most this share of the first one's length, mostly in its words, is condensed."""


def edit_kind(first: Fingerprint, copy: Fingerprint) -> EditKind:
    """Return the degree of editing of the copy, compared with the cluster's first member."""
    ours, theirs = copy.shingles, first.shingles
    common = len(ours & theirs)
    alike = common / (len(ours | theirs) or 1)
    if alike >= VERBATIM:
        return "verbatim"
    if len(ours) <= CONDENSED * len(theirs) and common >= 0.5 * len(ours):
        return "condensed"
    return "light" if alike >= LIGHT else "heavy"
