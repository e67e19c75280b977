"""Renders findings as text: message and action, in English and Korean, from ``findings.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

Language = Literal["en", "ko"]


class FindingText(NamedTuple):
    """A finding in words; ``action`` may be empty."""

    message: str
    """What is wrong, with the outlet's name in front: ``papns: no new article in 3 days …``."""
    action: str
    """What to do."""


class FindingLike(Protocol):
    """A stored finding, or a judgement."""

    @property
    def outlet(self) -> str:
        """Name of the outlet."""

    @property
    def kind(self) -> str:
        """Kind, as in ``findings.toml``."""

    @property
    def field(self) -> str:
        """Field of the article or of the statistics, or empty."""

    @property
    def facts(self) -> dict[str, Any]:
        """Values for the templates."""


def render_finding(finding: FindingLike, language: Language = "en") -> FindingText:
    """Return message and action; for a kind that this version does not know, names alone."""
    template = templates().get(finding.kind)
    if template is None:
        return FindingText(
            " ".join(filter(None, (finding.outlet, finding.kind, finding.field))), ""
        )
    english, korean = _field_names().get(finding.field, (finding.field, finding.field))
    facts = {"outlet": finding.outlet, "field": finding.field} | finding.facts
    values = _Facts(facts | {"field_en": english, "field_ko": korean})
    return FindingText(
        template[language].format_map(values), template[f"action_{language}"].format_map(values)
    )


def short_message(finding: FindingLike, language: Language = "en") -> str:
    """Return the message without the outlet's name, for use below or after that name."""
    return render_finding(finding, language).message.removeprefix(f"{finding.outlet}: ")


def loses_articles(kind: str) -> bool:
    """Return True if articles are lost while a finding of the kind is open."""
    return bool(templates().get(kind, {}).get("lost"))


class _Facts(dict[str, Any]):
    """Facts of a finding; one that an older version did not record is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"


@cache
def templates() -> dict[str, dict[str, Any]]:
    """Return the templates of every kind of finding."""
    return {template["kind"]: template for template in _table()["finding"]}


@cache
def _field_names() -> dict[str, tuple[str, str]]:
    return {name: (words[0], words[1]) for name, words in _table()["fields"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("findings.toml").read_text("utf-8"))
