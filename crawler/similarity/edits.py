"""Edits that an outlet made to a press release, counted by sentence."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from crawler.similarity.normalize import read_letters, shingles

_SENTENCE = re.compile(r"(?<=[다요음함됨임까]\.)\s+|(?<=[.!?]”)\s+|\n+")
KEPT, REWORDED = 0.9, 0.3
"""Minimum share of a sentence's 3-letter runs in the most similar sentence of the other text: to be
kept, to be reworded; below it the sentence has no counterpart."""


@dataclass(slots=True)
class TextEdits:
    """Sentences of the copy compared with the release's."""

    kept: int = 0
    reworded: int = 0
    left_out: int = 0
    added: int = 0
    headline: bool = False
    """True if the headline differs."""
    figures: list[tuple[str, str]] = field(default_factory=list)
    """Figures that differ in an otherwise kept sentence: the release's and the copy's."""

    def __str__(self) -> str:
        parts = [
            "another headline" if self.headline else "",
            *(f"{was} → {now}" for was, now in self.figures),
            f"{self.reworded} reworded" if self.reworded else "",
            f"{self.left_out} left out" if self.left_out else "",
            f"{self.added} added" if self.added else "",
        ]
        return ", ".join(filter(None, parts)) or "nothing"

    def as_dict(self) -> dict[str, Any]:
        """Return the edits for JSON."""
        return asdict(self)


def text_edits(
    release: str, copy: str, headline: str | None = None, copys_headline: str | None = None
) -> TextEdits:
    """Compare two bodies sentence by sentence, in any order."""
    edits = TextEdits()
    if headline and copys_headline:
        edits.headline = _letters(headline) != _letters(copys_headline)
    ours, theirs = _sentences(release), _sentences(copy)
    used: set[int] = set()
    for sentence in ours:
        similarity, index = max(
            ((_similarity(sentence, other), -index) for index, other in enumerate(theirs)),
            default=(0.0, 0),
        )
        if similarity < REWORDED:
            edits.left_out += 1
            continue
        used.add(-index)
        counterpart = theirs[-index]
        if similarity >= KEPT:
            edits.kept += 1
            edits.figures += _figures(sentence, counterpart)
        else:
            edits.reworded += 1
    edits.added = sum(
        index not in used and all(_similarity(other, sentence) < REWORDED for sentence in ours)
        for index, other in enumerate(theirs)
    )
    return edits


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _similarity(sentence: str, other: str) -> float:
    a, b = (shingles(read_letters(text).text, 3) for text in (sentence, other))
    return len(a & b) / len(a | b) if a and b else float(a == b)


def _figures(sentence: str, other: str) -> list[tuple[str, str]]:
    pairs = zip(read_letters(sentence).figures, read_letters(other).figures, strict=False)
    return [(a.value + a.after[:1], b.value + b.after[:1]) for a, b in pairs if a.value != b.value]
