"""The cleaning rules: read from ``rules.toml``, asked line by line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).with_name("rules.toml")
LONGEST = 400
"""Characters of the longest line that can be boilerplate; no pattern is tried on a longer one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of ``rules.toml``; ``drops`` and ``keeps`` are its test."""

    name: str
    kind: str
    why: str
    match: re.Pattern[str]
    drops: tuple[str, ...]
    keeps: tuple[str, ...]
    edge: bool = False


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules for whole lines, and trims for what is glued to a line, each in their order."""

    rules: tuple[Rule, ...]
    trims: tuple[Rule, ...]

    def rule_for(self, line: str) -> Rule | None:
        """The first rule that the whole line matches; ``line`` without bullet and outer space."""
        if len(line) > LONGEST:
            return None
        return next((rule for rule in self.rules if rule.match.fullmatch(line)), None)

    def trim(self, line: str) -> tuple[str, list[tuple[Rule, str]]]:
        """The line without what is glued to it, and what that was."""
        cut = []
        for rule in self.trims:
            if match := rule.match.search(line):
                cut.append((rule, match[0].strip()))
                line = (line[: match.start()] + line[match.end() :]).strip()
        return line, cut


@cache
def load_rules(path: Path = RULES) -> RuleBook:
    """Read a rule file; ValueError with one sentence where a rule is not well formed."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    pieces: dict[str, str] = {}
    for name, piece in table["pattern"].items():
        pieces[name] = f"(?:{_fill(piece, pieces)})"
    return RuleBook(
        tuple(_rules(table.get("rule", []), pieces)), tuple(_rules(table.get("trim", []), pieces))
    )


def _rules(tables: Iterable[dict[str, object]], pieces: dict[str, str]) -> Iterable[Rule]:
    for table in tables:
        try:
            table = table | {"match": re.compile(_fill(str(table["match"]), pieces))}
            yield Rule(**table)  # type: ignore[arg-type]
        except (KeyError, TypeError, re.error) as error:
            raise ValueError(f"rule {table.get('name')!r} is not well formed: {error}") from error


def _fill(pattern: str, pieces: dict[str, str]) -> str:
    """Put the named pieces into a pattern; ``{2,4}`` and the like stay."""
    return re.sub(r"\{([a-z]+)\}", lambda match: pieces[match[1]], pattern)
