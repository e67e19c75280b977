"""Table of the outlets: templates by age, leads, and one post per edge case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Special:
    """An edge case: its kind, and its place in the list (0 newest, 1 oldest)."""

    trap: str
    age: float
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An outlet's templates from new to old (each up to an age), leads and edge cases."""

    outlet: str
    first: int
    templates: tuple[tuple[float, str], ...]
    sections: int = 1
    town_tags: bool = False
    rare: bool = False
    """True if some stories use syllables that only CP949 can write."""
    leads: tuple[str, ...] = ()
    specials: tuple[Special, ...] = ()

    def template(self, age: float) -> str:
        """Return the template of posts of an age."""
        return next(name for until, name in self.templates if age <= until)


PLANS = (
    Plan(
        outlet="papns",
        first=8800,
        templates=((0.55, "theme"), (0.85, "stock53"), (1.0, "stock50")),
        specials=(
            Special("deleted", 0.08),
            Special("forbidden", 0.12),
            Special("mysql", 0.18),
            Special("secret", 0.22),
            Special("redated", 0.26, "stock53"),
            Special("twin", 0.4),
            Special("long", 0.7),
            Special("posts", 0.5),
            Special("posts", 0.65),
            Special("signs", 0.6),
            Special("notice", 0.8),
        ),
    ),
    Plan(
        outlet="gyeonggitv",
        first=59000,
        town_tags=True,
        templates=((1.0, "theme"),),
        specials=(
            Special("deleted", 0.06),
            Special("mysql", 0.1),
            Special("signs", 0.2),
            Special("forbidden", 0.3),
            Special("no_view_date", 0.55),
            Special("day_view", 0.58),
            Special("no_view_date", 0.62),
            Special("day_row", 0.66),
            Special("undated", 0.7),
            Special("day_view", 0.72),
            Special("day_row", 0.78),
            Special("notice", 0.85),
            Special("image_date", 0.82),
            Special("undated", 0.9),
        ),
    ),
    Plan(
        outlet="breaknews_kb",
        first=17000,
        rare=True,
        templates=((0.6, "current"), (0.82, "middle"), (1.0, "tables")),
        sections=3,
        leads=(
            "[{name} 기자 = 경기북부]",
            "[{name} 기자 = 경기북부/강원]",
            "【브레이크뉴스 경기북부】{name} 기자=",
            "브레이크뉴스 {name} 기자=",
        ),
        specials=(
            Special("deleted", 0.05),
            Special("no_charset", 0.2, "current"),
            Special("lying_header", 0.35, "current"),
            Special("column", 0.45, "current"),
            Special("nameless", 0.5, "current"),
            Special("signs", 0.3, "current"),
            Special("signs", 0.9),
        ),
    ),
    Plan(
        outlet="gosiweek",
        first=0,
        templates=((0.7, "current"), (1.0, "older")),
        sections=2,
        leads=("[공무원수험신문, 고시위크={name} 기자]", "[피앤피뉴스={name} 기자]"),
        specials=(
            Special("deleted", 0.07),
            Special("stray_bytes", 0.25),
            Special("lying_meta", 0.33),
            Special("photo", 0.4),
            Special("photo", 0.8),
            Special("outlet_byline", 0.55),
            Special("signs", 0.15),
        ),
    ),
    Plan(
        outlet="seonamtoday",
        first=32700,
        templates=((0.7, "newer"), (1.0, "older")),
        sections=2,
        specials=(Special("deleted", 0.09), Special("signs", 0.2), Special("deleted", 0.6)),
    ),
)

SCRIPTED = Plan(
    outlet="gaonilbo",
    first=4100,
    templates=((0.8, "app"), (1.0, "plain")),
    specials=(Special("signs", 0.3), Special("deleted", 0.6), Special("signs", 0.9)),
)
"""A sixth outlet, opened on request: it can only be read with a browser."""
