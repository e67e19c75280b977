"""Content of a notification: findings as text for people and as data for programs.

Texts and examples of findings come from pages: control characters are removed here, and each
channel escapes its own markup.
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

MAX_LINE = 600
"""Characters of one line from a page; longer text is cut, a longer URL is left out."""
MAX_OUTLETS_IN_TITLE = 3


@dataclass(frozen=True, slots=True)
class Notification:
    """One message. ``entries``: one text per finding; ``data``: the JSON of the webhook."""

    title: str
    entries: Sequence[str]
    data: dict[str, Any]
    language: Language

    def text(self, max_length: int, escape: Callable[[str], str] = str) -> str:
        """Return title and entries, at most ``max_length`` UTF-16 code units, as chats count.

        Entries that do not fit are counted in a last line.
        """
        text = escape(self.title)
        for number, entry in enumerate(self.entries):
            left = len(self.entries) - number
            rest = "\n\n" + words(self.language)["more"].format(number=left)
            longer = f"{text}\n\n{escape(entry)}"
            room = max_length - (len(rest) if left > 1 else 0)
            if len(longer.encode("utf-16-le")) // 2 > room:
                return text + rest
            text = longer
        return text


def notification_of(findings: Sequence[Finding], language: Language, at: str) -> Notification:
    """Return the notification of findings that were opened or resolved; ``at``: now, UTC."""
    entries = [_entry(finding, language) for finding in findings]
    data = {"sent_at": at, "test": False, "findings": [_data(finding) for finding in findings]}
    return Notification(_title(findings, language), entries, data, language)


def test_notification(language: Language, at: str) -> Notification:
    """Return a notification without findings, to try the channels; ``at``: now, UTC."""
    template = words(language)
    data = {"sent_at": at, "test": True, "findings": []}
    return Notification(template["test_title"], [template["test"]], data, language)


def _title(findings: Sequence[Finding], language: Language) -> str:
    template = words(language)
    outlets = sorted({finding.outlet for finding in findings})
    named = ", ".join(outlets[:MAX_OUTLETS_IN_TITLE])
    named += " …" if len(outlets) > MAX_OUTLETS_IN_TITLE else ""
    resolved = sum(finding.resolved_at is not None for finding in findings)
    numbers = {"new": len(findings) - resolved, "resolved": resolved}
    counts = [template[name].format(number=count) for name, count in numbers.items() if count]
    return template["title"].format(outlets=_line(named), counts=", ".join(counts))


def _entry(finding: Finding, language: Language) -> str:
    template = words(language)
    message, action = map(_line, render_finding(finding, language))
    values = {
        "message": message,
        "started_on": finding.started_on,
        "resolved_on": _day(finding.resolved_at),
    }
    if finding.resolved_at is not None:
        return template["accepted" if _is_accepted(finding) else "closed"].format(**values)
    example = _example(finding)
    lines = [
        template["opened"].format(**values),
        template["example"].format(example=example) if example else "",
        template["action"].format(action=action) if action else "",
    ]
    return "\n".join(filter(None, lines))


def _data(finding: Finding) -> dict[str, Any]:
    texts = {"en": render_finding(finding, "en"), "ko": render_finding(finding, "ko")}
    return {
        "id": finding.id,
        "outlet": finding.outlet,
        "kind": finding.kind,
        "field": finding.field or None,
        "started_on": finding.started_on,
        "resolved": finding.resolved_at is not None,
        "resolved_at": finding.resolved_at,
        "accepted": _is_accepted(finding),
        "message": {language: _line(text.message) for language, text in texts.items()},
        "action": {language: _line(text.action) for language, text in texts.items()},
        "example": _example(finding),
    }


def _is_accepted(finding: Finding) -> bool:
    """Return True if the monitors accepted the finding as the new normal."""
    return bool(finding.facts.get(ACCEPTED))


def _example(finding: Finding) -> str | None:
    url = finding.example or ""
    return _line(url) if 0 < len(url) <= MAX_LINE else None


def _day(moment: str | None) -> str:
    """Return the day in Korea of a time in UTC."""
    return f"{parse_utc(moment).astimezone(SEOUL):%Y-%m-%d}" if moment else ""


def _line(text: str) -> str:
    """Return the text on one line, without control, format and surrogate characters."""
    line = " ".join(text[: 4 * MAX_LINE].split())
    plain = "".join(char for char in line if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    return plain if len(plain) <= MAX_LINE else plain[: MAX_LINE - 1] + "…"


def words(language: Language) -> dict[str, str]:
    """Return the templates of a notification's text in one language."""
    return _table()[language]


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
