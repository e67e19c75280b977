"""Invented news: towns, people and releases that do not exist, in sentence patterns.

One seed always gives the same stories. The patterns are data: words.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))

# After a closed syllable, after an open one.
PARTICLES = {"은": ("은", "는"), "이": ("이", "가"), "을": ("을", "를"), "과": ("과", "와")}


class Word(str):
    """A Korean word with its particle as format: ``f"{Word('가온시'):은}"`` is ``가온시는``."""

    __slots__ = ()

    def __format__(self, particle: str) -> str:
        final = (ord(self[-1]) - 0xAC00) % 28 if self else 0
        if particle == "으로":  # after ㄹ as after a vowel
            return str(self) + ("으로" if final not in (0, 8) else "로")
        closed, open_ = PARTICLES.get(particle, (particle, particle))
        return str(self) + (closed if final else open_)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A story that any outlet may print. ``english`` is headline, subtitle, body."""

    town: str
    headline: str
    subtitles: tuple[str, ...] = ()
    paragraphs: tuple[str, ...]
    caption: str | None = None
    keyword: str = ""
    english: tuple[str, ...] = ()
    lead: str = ""
    """The byline that some outlets print before the first word; not part of the body."""

    @property
    def body(self) -> str:
        """The paragraphs as text."""
        return "\n".join(self.paragraphs)

    @property
    def printed(self) -> tuple[str, ...]:
        """The paragraphs as the page shows them, with the lead."""
        first, *rest = self.paragraphs
        return (f"{self.lead} {first}".strip(), *rest)


def dice(*of: object) -> Random:
    """Return a random generator for whatever ``of`` names, the same in every run."""
    return Random(" ".join(map(str, of)))  # noqa: S311


def person(rng: Random) -> Word:
    """Return an invented name of three syllables."""
    return Word(rng.choice(WORDS["family"]) + rng.choice(WORDS["given"]))


def story(rng: Random, near: date, *, rare: bool = False) -> Story:
    """Return a story of the day ``near``; ``rare`` adds syllables that only CP949 can write."""
    topic, town = rng.choice(WORDS["topic"]), rng.choice(WORDS["town"])
    words = slots(rng, town, near)

    def say(pattern: str) -> str:
        return pattern.format_map(words | numbers(rng))

    details = [
        *rng.sample(topic["detail"], rng.randint(2, 4)),
        *rng.sample(WORDS["shared"], rng.randint(1, 3)),
    ]
    rng.shuffle(details)
    if rng.random() < 0.4:
        details.insert(rng.randrange(1, len(details)), rng.choice(WORDS["aside"]))
    if rare:
        details.insert(1, rng.choice(WORDS["rare"]))
    patterns = [rng.choice(topic["lead"]), *details, rng.choice(topic["quote"])]
    if rng.random() < 0.7:
        patterns.append(rng.choice(WORDS["closing"]))
    place = words["place"]
    return Story(
        town=town["name"],
        headline=say(rng.choice(topic["headline"])),
        subtitles=tuple(say(line) for line in rng.sample(topic["subtitle"], rng.randint(0, 2))),
        paragraphs=tuple(paragraphs(rng, [say(sentence) for sentence in patterns])),
        caption=f"{town['name']} {place} 현장을 둘러보는 {words['mayor']} {town['head']}",
        keyword=topic["keyword"],
        english=tuple(say(line) for line in topic["english"]),
    )


def slots(rng: Random, town: dict[str, str], near: date) -> dict[str, Word]:
    """Return the people and places of one story: the same in all its sentences."""
    of = dice(town["name"])  # a town keeps its mayor
    given_en = of.choice(("Ga-ram", "Na-rae", "Da-on", "Han-gyeol"))
    return {
        "town": Word(town["name"]),
        "county": Word(town["county"]),
        "head": Word(town["head"]),
        "town_en": Word(town["en"]),
        "mayor": person(of),
        "mayor_en": Word(f"{given_en} {of.choice(WORDS['family_en'])}"),
        "official": person(rng),
        "clerk": person(rng),
        "place": Word(rng.choice(WORDS["place"])),
        "group": Word(rng.choice(WORDS["group"])),
        "department": Word(rng.choice(WORDS["department"])),
        "day": Word((near - timedelta(days=rng.randrange(3))).day),
        "day2": Word((near + timedelta(days=rng.randint(4, 12))).day),
    }


def numbers(rng: Random) -> dict[str, Word]:
    """Return new numbers for one sentence, each wider than the one before."""
    ranges = {"n1": (2, 9), "n2": (3, 19), "n3": (20, 99), "n4": (100, 999)}
    return {name: Word(rng.randint(*bounds)) for name, bounds in ranges.items()}


def paragraphs(rng: Random, sentences: list[str]) -> list[str]:
    """Join sentences, one or two per paragraph; a heading such as ``◇ …`` stands alone."""
    lines: list[str] = []
    for sentence in sentences:
        joins = lines and lines[-1].endswith("다.") and sentence.endswith("다.")
        if joins and len(lines) > 1 and rng.random() < 0.35 and not sentence.startswith("한편"):
            lines[-1] += " " + sentence
        else:
            lines.append(sentence)
    return lines
