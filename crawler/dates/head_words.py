"""Words of head lines, from head_lines.toml: labels, refusals, and harmless words."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

NEAR = 40
"""Characters of a gap between two moments in which a label can stand."""

Scope = Literal["all", "update", "unlabelled"]

_CONNECTED = r"[\s:=|>·\[\]()<ᅵᆞ•▪-]{0,8}(?:서기\s?|[(\[][월화수목금토일](?:요일)?[)\]]\s?)?$"
_FOLLOWED = re.compile(r"[\s)\]]{0,3}(?P<particle>에\s?)?")
_ENDING = re.compile(
    r"(?:되었습니다|됐습니다|하였습니다|했습니다|되었으며|됐으며|되었음|됐음|된|한|됨|함|되었던)?(?![가-힣])"
)
PARTS = re.compile(
    r"[|│ᅵᆞ·•▪∙∥→▶▷►»«/;:()\[\]<>〈〉★◆■□●○]|\s[l-]\s|(?<=\s)[l](?=\s|$)|^l(?=\s|$)|,(?!\d{3})"
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label beside a moment; its place in the line is that of its words."""

    role: str
    strong: bool
    why: str
    start: int
    end: int
    text: str
    clocked: bool = False
    """True if any word may stand before the label of a moment with a clock."""
    pair: bool = False
    """True if the label counts only beside its counterpart: 최초 and 최종."""
    needs_known_words: bool = False
    """True if the label stands behind its moment, where the words of a sentence stand, too."""


@dataclass(frozen=True)
class HeadWords:
    """The rows of head_lines.toml as patterns."""

    labels: tuple[dict[str, Any], ...]
    """The row of each group of the two patterns below."""
    before_pattern: re.Pattern[str]
    behind_pattern: re.Pattern[str]
    refusals: tuple[tuple[str, Scope, re.Pattern[str], str], ...]
    neutral: re.Pattern[str]
    section: re.Pattern[str]
    person: re.Pattern[str]
    role: re.Pattern[str]
    outlet: re.Pattern[str]
    lead: re.Pattern[str]
    by: re.Pattern[str]
    menu: re.Pattern[str]

    def before(self, text: str, start: int, end: int) -> Label | None:
        """Return the label at the end of a gap."""
        start = max(start, end - NEAR)
        match = self.before_pattern.search(text[start:end])
        if match is None:
            return None
        label = self._label(match, start)
        glued = re.search(r"[가-힣]+$", text[max(0, label.start - 8) : label.start])
        if glued is None or label.strong or label.clocked or label.role != "published":
            return label
        if self.role.search(glued[0]) or self.is_known(glued[0]) or self.outlet.fullmatch(glued[0]):
            return label
        return replace(label, role="a label of something else")

    def behind(self, text: str, start: int, end: int) -> Label | None:
        """Return the label of publication or change at the start of a gap."""
        follows = _FOLLOWED.match(text, start, end)
        assert follows is not None
        match = self.behind_pattern.match(text, follows.end(), end)
        if match is None:
            return None
        label = self._label(match, 0)
        ending = _ENDING.match(text, label.end, end)
        if ending is None:
            return None
        at = start if follows["particle"] else label.start
        return replace(label, start=at, end=ending.end(), needs_known_words=True)

    def _label(self, match: re.Match[str], shift: int) -> Label:
        name = match.lastgroup
        assert name is not None
        row = self.labels[int(name[1:])]
        start, end = match.span(name)
        return Label(
            row["role"],
            row.get("strong", False),
            row["why"],
            start + shift,
            end + shift,
            match[name],
            clocked=row.get("clocked", False),
            pair=row.get("pair", False),
        )

    def is_outlet(self, word: str) -> bool:
        """Return True if a word has the form of an outlet's name."""
        return self.outlet.fullmatch(word) is not None

    def is_known(self, word: str) -> bool:
        """Return True if a word may stand beside a moment, before a label."""
        return bool(self.neutral.fullmatch(word) or self.role.search(word))

    def kind_of(self, piece: str) -> str | None:
        """Return ``person``, ``outlet``, ``section`` or ``neutral``; None for unknown words."""
        piece = piece.strip(" =-")
        if self.person.fullmatch(piece):
            return "person"
        rest = self.neutral.sub(" ", piece).strip(" -+~.!?'\"“”‘’`#&\\")
        if not re.search(r"\w", rest):
            return "section" if self.section.fullmatch(piece) else "neutral"
        if self.person.fullmatch(rest) or self.role.fullmatch(rest):
            return "person"
        return "outlet" if self.outlet.fullmatch(rest) else None


@cache
def head_words() -> HeadWords:
    """Return the table, compiled once."""
    file = Path(__file__).with_name("head_lines.toml")
    rows = tomllib.loads(file.read_text("utf-8"))
    pieces: dict[str, str] = {}
    for name, pattern in rows["pattern"].items():
        pieces[name] = _filled(pattern, pieces)
    labels = rows["label"]
    groups = [f"(?P<l{i}>{_filled(row['match'], pieces)})" for i, row in enumerate(labels)]
    own = [
        group
        for group, row in zip(groups, labels, strict=True)
        if row["role"] in ("published", "modified")
    ]
    person, role = pieces["person"], pieces["role"]
    neutral = "|".join(_filled(row["match"], pieces) for row in rows["neutral"])
    known = f"(?:{neutral}|{pieces['outlet']}|{pieces['region']})"
    return HeadWords(
        labels=tuple(labels),
        before_pattern=re.compile(rf"(?:{'|'.join(groups)}){_CONNECTED}"),
        behind_pattern=re.compile("|".join(own)),
        refusals=tuple(
            (row["rule"], row["scope"], re.compile(_filled(row["match"], pieces)), row["why"])
            for row in rows["refusal"]
        ),
        neutral=re.compile(rf"(?<![가-힣A-Za-z])(?:{neutral})(?![가-힣A-Za-z])"),
        section=re.compile(
            next(row["match"] for row in rows["neutral"] if row["name"] == "section")
        ),
        person=re.compile(
            rf"(?:{known}\s){{0,2}}(?:[가-힣A-Za-z0-9]{{1,12}}\s)?(?:{known}\s){{0,2}}"
            rf"{person}\s?(?:{pieces['press']})(?:\s[A-Za-z]{{2,20}})?"
            rf"|(?:{pieces['press']})\s{person}"
            rf"|(?!사진|글|그림|영상|제공|자료)[가-힣]{{1,6}}\s?=\s?{person}(?:\s?(?:{role}))?"
            rf"|(?:{known}\s){{0,3}}{person}\s?(?:{role})"
        ),
        role=re.compile(rf"(?:{role})$"),
        outlet=re.compile(pieces["outlet"]),
        lead=re.compile(
            rf"[가-힣]{{1,6}}\s?=\s?(?={person}\s?(?:{role}))"
            rf"|[(\[][가-힣]{{1,6}}\s?=\s?[가-힣A-Za-z0-9·]{{1,14}}[)\]](?=\s?{person}\s?(?:{role}))"
            rf"|(?:(?<![가-힣]){person}\s?[·,ᆞ/]\s?){{1,4}}(?={person}\s?(?:{role}))"
        ),
        menu=re.compile(_filled("{menu}|{weather}|{visits}", pieces)),
        by=re.compile(r"(?<![A-Za-z])[Bb][Yy]\.?\s[A-Z][\w.'-]{0,20}(?:\s[A-Z][\w.'-]{0,20}){0,3}"),
    )


def _filled(pattern: str, pieces: dict[str, str]) -> str:
    """Return a pattern with its {names} replaced by their pieces."""
    return re.sub(r"\{([a-z]+)\}", lambda m: f"(?:{pieces[m[1]]})", pattern)


def kinds_of_words(parts: Sequence[str], *, strict: bool) -> Counter[str] | None:
    """Return the kinds of words beside a moment; None if ``strict`` and one is unknown."""
    table = head_words()
    kinds: Counter[str] = Counter()
    for part in parts:
        rest, by = table.by.subn(" | ", part)
        kinds["person"] += by
        own = _kinds_of(rest)
        if own["unknown"]:  # a place or other names before the name: «가온=», «표단비·차우람 기자»
            own = _kinds_of(table.lead.sub(" ", rest))
        if own["unknown"] and strict:
            return None
        kinds += own
    return kinds


def _kinds_of(part: str) -> Counter[str]:
    return Counter(head_words().kind_of(piece) or "unknown" for piece in PARTS.split(part))
