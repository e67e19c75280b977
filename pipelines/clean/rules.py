"""Cleaning rules: loaded from ``pipelines/rules/*.toml`` and matched line by line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

RULES = Path(__file__).resolve().parent.parent / "rules"
MAX_FURNITURE_CHARS = 400
"""Length in characters of the longest line that can be furniture; longer lines are not matched."""

MAX_CUTS = 8
"""Maximum number of pieces cut off a line; a line with more is a text that repeats itself."""
FURNITURE = {"share", "nav", "ad", "most_read", "footer", "comments"}
"""Kinds that also occur after a sign: «- 공유», «▶ 구독하기»."""
_SIGN = re.compile(r"^[-–·▲▶▷►■□◆※☞→+>]\s?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cleaning rule; ``drops`` and ``keeps`` are its test.

    pipelines/rules/README.md describes the forms of ``match``.
    """

    name: str
    kind: str
    why: str
    match: re.Pattern[str]
    drops: tuple[str, ...]
    keeps: tuple[str, ...]
    where: Literal["anywhere", "edge", "head", "plain"] = "anywhere"
    """``edge``: only above the first and below the last sentence; ``head``: above the first;
    ``plain``: like ``edge``, on pages in 했다 style, not in 합니다 style."""
    more: re.Pattern[str] | None = None
    """For a box: the lines below that belong to it as well."""
    most: int = 0
    """Maximum number of lines of a box, without its first line."""
    outside: bool = False
    """Limited to lines that no markup calls the body's."""
    outlets: tuple[str, ...] = ()
    """Outlets that the rule is limited to; empty: every page."""

    def applies(self, outlet: str) -> bool:
        """Return True if the rule holds for the outlet."""
        return not self.outlets or outlet in self.outlets


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules by their target, each group in the order of the files."""

    lines: tuple[Rule, ...]
    """Rules for whole lines, and for the first lines of boxes."""
    trims: tuple[Rule, ...]
    """Rules for pieces glued to a line."""
    leads: tuple[Rule, ...]
    """Rules for bylines before the first word of the body."""
    places: tuple[Rule, ...]
    """Rules for the elements around a line in the page's markup."""

    def rule_for(self, line: str, outlet: str = "", *, in_body: bool = False) -> Rule | None:
        """Return the first rule that matches a whole line, without bullet and outer space.

        ``in_body``: whether the markup calls the line plain text of the body.
        """
        if len(line) > MAX_FURNITURE_CHARS:
            return None
        bare = _SIGN.sub("", line)
        for rule in self.lines:
            if (
                rule.applies(outlet)
                and not (in_body and rule.outside)
                and (
                    rule.match.fullmatch(line)
                    or (bare != line and rule.kind in FURNITURE and rule.match.fullmatch(bare))
                )
            ):
                return rule
        return None

    def rule_for_place(self, inside: str) -> Rule | None:
        """Return the first rule that matches the elements around a line, ``body nav ul li``."""
        return next((rule for rule in self.places if rule.match.search(inside)), None)

    def trim(self, line: str, outlet: str = "") -> tuple[str, list[tuple[Rule, str]]]:
        """Return the line without the pieces glued to it, and the pieces."""
        return _cut(line, (rule for rule in self.trims if rule.applies(outlet)))

    def take_lead(self, line: str) -> tuple[str, list[tuple[Rule, str]]]:
        """Return the body's first line without its lead, and the lead; a line may have two."""
        return _cut(line, self.leads)


def _cut(line: str, rules: Iterable[Rule]) -> tuple[str, list[tuple[Rule, str]]]:
    """Cut off the rules' matches, one after the other, at most MAX_CUTS."""
    cut: list[tuple[Rule, str]] = []
    rules = tuple(rules)
    while len(cut) < MAX_CUTS and (
        first := next(((r, m) for r in rules if (m := r.match.search(line))), None)
    ):
        rule, match = first
        cut.append((rule, match[0].strip()))
        line = (line[: match.start()] + line[match.end() :]).strip()
    return line, cut


@cache
def load_rules(folder: Path = RULES) -> RuleBook:
    """Read all rules of a folder. Raises ValueError with one sentence for a malformed rule."""
    tables = [_read(path) for path in sorted(folder.glob("*.toml"))]
    pieces: dict[str, str] = {}
    for table in tables:
        for name, piece in table.get("pattern", {}).items():
            pieces[name] = f"(?:{_fill(piece, pieces)})"
    groups = {
        group: tuple(rule for table in tables for rule in _rules(table.get(group, []), pieces))
        for group in ("line", "trim", "lead", "place")
    }
    return RuleBook(groups["line"], groups["trim"], groups["lead"], groups["place"])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from error


def _rules(tables: Iterable[dict[str, Any]], pieces: dict[str, str]) -> Iterator[Rule]:
    known = {field.name for field in fields(Rule)}
    for table in tables:
        try:
            if unknown := table.keys() - known:
                raise ValueError(
                    f"{unknown.pop()!r} is not a key of a rule; use {', '.join(sorted(known))}"
                )
            patterns = {
                part: re.compile(_fill(table[part], pieces))
                for part in ("match", "more")
                if part in table
            }
            lists = {part: tuple(table.get(part, ())) for part in ("drops", "keeps", "outlets")}
            yield Rule(**(table | lists | patterns))
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise ValueError(f"rule {table.get('name')!r} is malformed: {error}") from error


def _fill(pattern: str, pieces: dict[str, str]) -> str:
    """Insert the named pieces into a pattern; ``{2,4}`` and the like stay."""
    return re.sub(r"\{([a-z]+)\}", lambda match: pieces[match[1]], pattern)
