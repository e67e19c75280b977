"""Form of one row of the outcome table: schedule, weight, words and alarm of an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.outcomes.exit_codes import OK

Language = Literal["en", "ko"]

Alarm = Literal["", "lost", "failed", "refused"]
"""What monitors count an outcome as: an article page without an article, a failed request, a
refusal by the outlet; empty if it is a normal end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Exit codes that an outcome can lead to; ``OK`` if it never does under that condition."""

    some: int = OK
    """If it was counted at all."""
    most: int = OK
    """If most of the new pages came to it (``exit_rules.py`` has the numbers)."""
    some_list: int = OK
    """If a list page came to it."""
    no_list: int = OK
    """If a list page came to it and none could be read."""
    replay: int = OK
    """In a replay, if it was counted at all."""


NORMAL = Weight()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One outcome. ``{n}`` in a sentence is how often it was counted."""

    en: str
    ko: str
    action_en: str = ""
    """What to do about it, in English; empty if there is nothing to do."""
    action_ko: str = ""
    weight: Weight
    waits: tuple[str, ...] = ()
    """Waits after the first, second … visit that came to it; after the last wait the page is
    not fetched again."""
    noted_as: str | None = None
    """The frontier's word for it, if that is another outcome's."""
    settled: bool = False
    """Whether nothing is missing after it."""
    kept: bool = False
    """Whether the frontier keeps the page as it was, so that the next run fetches it."""
    is_read: bool = False
    """Whether the page came and was read: a stage drops it, and it is not an error."""
    passing: bool = False
    """Whether the next page of a list is requested after a list page came to it."""
    alarm: Alarm = ""
    finding: str = ""
    """Kind of finding that monitors open for a run that came to it (``findings.toml``)."""
    stat: str = ""
    """The stat that counts it, if it is not counted by visit or under its own word."""
    fallback: bool = False
    """Whether its sentence is given only if no other outcome explains the exit code."""

    def sentence(self, number: int, language: Language = "en") -> str:
        """Return what happened, in words."""
        return (self.ko if language == "ko" else self.en).format(n=number)

    def action(self, language: Language = "en") -> str:
        """Return what to do about it; empty if there is nothing to do."""
        return self.action_ko if language == "ko" else self.action_en
