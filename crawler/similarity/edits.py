"""What a paper changed of a release, in a form that a press officer reads at a glance."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from crawler.similarity.normalize import read_letters, shingles

_SENTENCE = re.compile(r"(?<=[다요음함됨임까]\.)\s+|(?<=[.!?]”)\s+|\n+")
KEPT, REWORDED = 0.9, 0.3
"""Share of a sentence's 3-letter runs in the other text's likest sentence: from the first on it
is the same, from the second on the same in other words, below it has no counterpart."""


@dataclass(slots=True)
class TextEdits:
    """Sentences of the copy against the release's."""

    kept: int = 0
    reworded: int = 0
    left_out: int = 0
    added: int = 0
    headline: bool = False
    """Whether the headline is another."""
    figures: list[tuple[str, str]] = field(default_factory=list)
    """Figures that stand changed in an otherwise kept sentence: the release's and the copy's."""

    def __str__(self) -> str:
        told = [
            "another headline" if self.headline else "",
            *(f"{was} → {now}" for was, now in self.figures),
            f"{self.reworded} reworded" if self.reworded else "",
            f"{self.left_out} left out" if self.left_out else "",
            f"{self.added} added" if self.added else "",
        ]
        return ", ".join(filter(None, told)) or "nothing"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def text_edits(
    release: str, copy: str, headline: str | None = None, copys_headline: str | None = None
) -> TextEdits:
    """Compare two bodies sentence by sentence, in whatever order they stand."""
    found = TextEdits()
    if headline and copys_headline:
        found.headline = _letters(headline) != _letters(copys_headline)
    ours, theirs = _sentences(release), _sentences(copy)
    used: set[int] = set()
    for sentence in ours:
        likeness, at = max(
            ((_likeness(sentence, other), -at) for at, other in enumerate(theirs)),
            default=(0.0, 0),
        )
        if likeness < REWORDED:
            found.left_out += 1
            continue
        used.add(-at)
        counterpart = theirs[-at]
        if likeness >= KEPT:
            found.kept += 1
            found.figures += _figures(sentence, counterpart)
        else:
            found.reworded += 1
    found.added = sum(
        at not in used and all(_likeness(other, sentence) < REWORDED for sentence in ours)
        for at, other in enumerate(theirs)
    )
    return found


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _likeness(sentence: str, other: str) -> float:
    a, b = (shingles(read_letters(text).text, 3) for text in (sentence, other))
    return len(a & b) / len(a | b) if a and b else float(a == b)


def _figures(sentence: str, other: str) -> list[tuple[str, str]]:
    pairs = zip(read_letters(sentence).figures, read_letters(other).figures, strict=False)
    return [(a.value + a.after[:1], b.value + b.after[:1]) for a, b in pairs if a.value != b.value]
