"""The cleaning rules: read from ``pipelines/rules/*.toml``, asked line by line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

RULES = Path(__file__).resolve().parent.parent / "rules"
LONGEST = 400
"""Characters of the longest line that can be boilerplate; no pattern is tried on a longer one."""

CUTS = 8
"""Pieces that are cut off a line at the most; a line of more is a text that repeats itself."""
FURNITURE = {"share", "nav", "ad", "most_read", "footer", "comments"}
"""Kinds that also stand behind a sign: «- 공유», «▶ 구독하기»."""
_SIGN = re.compile(r"^[-–·▲▶▷►■□◆※☞→+>]\s?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; ``drops`` and ``keeps`` are its test. Forms of ``match``: see README.md there."""

    name: str
    kind: str
    why: str
    match: re.Pattern[str]
    drops: tuple[str, ...]
    keeps: tuple[str, ...]
    where: Literal["anywhere", "edge", "head", "plain"] = "anywhere"
    """``edge``: only above the first and below the last sentence; ``head``: above the first;
    ``plain``: at the edge of a page that is told in 했다, not in 합니다."""
    more: re.Pattern[str] | None = None
    """A box: the lines below that belong to it as well."""
    most: int = 0
    """Lines of a box at the most, its first line aside."""
    outlets: tuple[str, ...] = ()
    """Only for these; none: for every page."""

    def applies(self, outlet: str) -> bool:
        return not self.outlets or outlet in self.outlets


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules by what they match, each group in the order of the files."""

    lines: tuple[Rule, ...]
    """Whole lines, and the first lines of boxes."""
    trims: tuple[Rule, ...]
    """What is glued to a line."""
    leads: tuple[Rule, ...]
    """Who wrote it, before the first word of the body."""
    places: tuple[Rule, ...]
    """Where in the page's markup: the elements around the line."""

    def rule_for(self, line: str, outlet: str = "") -> Rule | None:
        """The first rule that the whole line matches; ``line`` without bullet and outer space."""
        if len(line) > LONGEST:
            return None
        bare = _SIGN.sub("", line)
        for rule in self.lines:
            if rule.applies(outlet) and (
                rule.match.fullmatch(line)
                or (bare != line and rule.kind in FURNITURE and rule.match.fullmatch(bare))
            ):
                return rule
        return None

    def rule_for_place(self, inside: str) -> Rule | None:
        """The first rule that knows the elements around a line, ``body nav ul .menu li``."""
        return next((rule for rule in self.places if rule.match.search(inside)), None)

    def trim(self, line: str, outlet: str = "") -> tuple[str, list[tuple[Rule, str]]]:
        """The line without what is glued to it, and what that was."""
        return _cut(line, (rule for rule in self.trims if rule.applies(outlet)))

    def take_lead(self, line: str) -> tuple[str, list[tuple[Rule, str]]]:
        """The body's first line without its lead, and the lead; a line may have two."""
        return _cut(line, self.leads)


def _cut(line: str, rules: Iterable[Rule]) -> tuple[str, list[tuple[Rule, str]]]:
    """Cut off what the rules match, one after the other, until none does or enough is cut."""
    cut: list[tuple[Rule, str]] = []
    rules = tuple(rules)
    while len(cut) < CUTS and (
        found := next(((r, m) for r in rules if (m := r.match.search(line))), None)
    ):
        rule, match = found
        cut.append((rule, match[0].strip()))
        line = (line[: match.start()] + line[match.end() :]).strip()
    return line, cut


@cache
def load_rules(folder: Path = RULES) -> RuleBook:
    """Read all rules of a folder; ValueError with one sentence where one is not well formed."""
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
        raise ValueError(f"{path} is no TOML: {error}") from error


def _rules(tables: Iterable[dict[str, Any]], pieces: dict[str, str]) -> Iterator[Rule]:
    known = {field.name for field in fields(Rule)}
    for table in tables:
        try:
            if unknown := table.keys() - known:
                raise ValueError(f"{unknown.pop()!r} is no part of a rule")
            patterns = {
                part: re.compile(_fill(table[part], pieces))
                for part in ("match", "more")
                if part in table
            }
            lists = {part: tuple(table.get(part, ())) for part in ("drops", "keeps", "outlets")}
            yield Rule(**(table | lists | patterns))
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise ValueError(f"rule {table.get('name')!r} is not well formed: {error}") from error


def _fill(pattern: str, pieces: dict[str, str]) -> str:
    """Put the named pieces into a pattern; ``{2,4}`` and the like stay."""
    return re.sub(r"\{([a-z]+)\}", lambda match: pieces[match[1]], pattern)
