"""A finding in words, English and Korean, and what to do about it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

Language = Literal["en", "ko"]


class FindingText(NamedTuple):
    what: str
    to_do: str


class FindingTemplate(Protocol):
    """A finding, stored or just judged."""

    @property
    def outlet(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def render_finding(finding: FindingTemplate, language: Language = "en") -> FindingText:
    """The sentences; plain ones for a kind that this version does not know."""
    words = kinds().get(finding.kind)
    if words is None:
        return FindingText(
            " ".join(filter(None, (finding.outlet, finding.kind, finding.field))), ""
        )
    english, korean = _fields().get(finding.field, (finding.field, finding.field))
    known = {"outlet": finding.outlet, "field": finding.field} | finding.facts
    known |= {"field_en": english, "field_ko": korean}
    return FindingText(
        words[language].format_map(_Known(known)), words[f"do_{language}"].format_map(_Known(known))
    )


def loses(kind: str) -> bool:
    """Whether articles are lost as long as it is true."""
    return bool(kinds().get(kind, {}).get("lost"))


class _Known(dict[str, Any]):
    """A number that an older version did not note is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"


@cache
def kinds() -> dict[str, dict[str, Any]]:
    """Every kind of finding with its words."""
    return {one["kind"]: one for one in _table()["finding"]}


@cache
def _fields() -> dict[str, tuple[str, str]]:
    return {name: (words[0], words[1]) for name, words in _table()["fields"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("findings.toml").read_text("utf-8"))
