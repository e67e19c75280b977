"""What goes out: findings in words for people, and as data for programs.

A finding's words and its example come from pages: whatever steers a terminal, a mail or a chat is
taken out here, and each channel escapes what is markup there.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crawler.dates.parse import SEOUL
from crawler.dates.utc import parse_utc
from crawler.operate.monitors.lifecycle import ACCEPTED
from crawler.operate.monitors.words import Language, render_finding
from crawler.store.runs.findings import Finding

LONGEST = 600
"""Characters of one line of a page's making; a longer address is of no use and left out."""
OUTLETS = 3
"""How many outlets a title names."""


@dataclass(frozen=True, slots=True)
class Notification:
    """``entries``: a finding each, of some lines. ``data``: what a program is told."""

    title: str
    entries: Sequence[str]
    data: dict[str, Any]
    language: Language

    def text(self, most: int, escaped: Callable[[str], str] = str) -> str:
        """Title and entries, ``most`` UTF-16 units long at the most, as chats count; what has no
        room is counted in a last line."""
        text = escaped(self.title)
        for number, entry in enumerate(self.entries):
            left = len(self.entries) - number
            rest = "\n\n" + words(self.language)["more"].format(number=left)
            longer = f"{text}\n\n{escaped(entry)}"
            room = most - (len(rest) if left > 1 else 0)
            if len(longer.encode("utf-16-le")) // 2 > room:
                return text + rest
            text = longer
        return text


def notification_of(findings: Sequence[Finding], language: Language, at: str) -> Notification:
    """The notice that the findings have begun, or are over; ``at``: the time now, UTC."""
    entries = [_entry(one, language) for one in findings]
    data = {"sent_at": at, "test": False, "findings": [_data(one) for one in findings]}
    return Notification(_title(findings, language), entries, data, language)


def trial(language: Language, at: str) -> Notification:
    """One that says that it is none, to see whether it arrives."""
    say = words(language)
    data = {"sent_at": at, "test": True, "findings": []}
    return Notification(say["test_title"], [say["test"]], data, language)


def _title(findings: Sequence[Finding], language: Language) -> str:
    say = words(language)
    outlets = sorted({one.outlet for one in findings})
    named = ", ".join(outlets[:OUTLETS]) + (" …" if len(outlets) > OUTLETS else "")
    over = sum(one.resolved_at is not None for one in findings)
    numbers = {"new": len(findings) - over, "over": over}
    counts = ", ".join(say[name].format(number=count) for name, count in numbers.items() if count)
    return say["title"].format(outlets=_line(named), counts=counts)


def _entry(finding: Finding, language: Language) -> str:
    say, (what, to_do) = words(language), map(_line, render_finding(finding, language))
    known = {"what": what, "began": finding.started_on, "ended": _day(finding.resolved_at)}
    if finding.resolved_at is not None:
        return say[_ending(finding)].format(**known)
    example = _example(finding)
    lines = [
        say["began"].format(**known),
        say["example"].format(example=example) if example else "",
        say["to_do"].format(to_do=to_do) if to_do else "",
    ]
    return "\n".join(filter(None, lines))


def _data(finding: Finding) -> dict[str, Any]:
    sayings = {"en": render_finding(finding, "en"), "ko": render_finding(finding, "ko")}
    return {
        "id": finding.id,
        "outlet": finding.outlet,
        "kind": finding.kind,
        "field": finding.field or None,
        "started_on": finding.started_on,
        "over": finding.resolved_at is not None,
        "resolved_at": finding.resolved_at,
        "accepted": _ending(finding) == "accepted",
        "what": {language: _line(words.what) for language, words in sayings.items()},
        "to_do": {language: _line(words.to_do) for language, words in sayings.items()},
        "example": _example(finding),
    }


def _ending(finding: Finding) -> str:
    """``accepted`` where the monitors take for usual from now on what was found."""
    return "accepted" if finding.facts.get(ACCEPTED) else "ended"


def _example(finding: Finding) -> str | None:
    address = finding.example or ""
    return _line(address) if 0 < len(address) <= LONGEST else None


def _day(moment: str | None) -> str:
    """The day in Korea of a time in UTC."""
    return f"{parse_utc(moment).astimezone(SEOUL):%Y-%m-%d}" if moment else ""


def _line(text: str) -> str:
    """On one line, and without characters that steer, turn the order of letters, or are half."""
    line = " ".join(text[: 4 * LONGEST].split())
    plain = "".join(sign for sign in line if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def words(language: Language) -> dict[str, str]:
    """What a notice says around its findings."""
    return _table()[language]


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
