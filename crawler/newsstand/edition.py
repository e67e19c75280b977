"""Who prints which story when, under which number and in which skin.

Ordinary articles spread evenly over the last twenty days. Beside them stands one post for
every trap: `Special` says what is odd about it and how old it is (0 newest, 1 oldest).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from random import Random

from crawler.newsstand.stories import WORDS, Story, dice, person, story
from crawler.newsstand.traps import column, long_headline, notice_of_posts, photo_only

KST = timezone(timedelta(hours=9), "KST")
SPAN = timedelta(days=20)
RELEASES = (0.92, 0.75, 0.6, 0.45, 0.28)
"""Ages of the press releases that several outlets print word for word."""

GONE = {"deleted", "forbidden", "secret"}
"""Posts that a list still shows and that nobody can read."""


NO_DATE_ON_PAGE = {"no_view_date", "day_row", "undated", "image_date"}
"""Posts whose own page shows no date."""

FEED_ROWS = {"gyeonggitv": 15, "breaknews_kb": 20, "seonamtoday": 20}
"""How many posts the feeds carry; the other outlets have none."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """One story as one outlet prints it under one address; ``at`` is KST."""

    number: str
    story: Story
    at: datetime
    skin: str
    trap: str = ""
    section: int = 0
    reporter: str | None = None
    modified: datetime | None = None
    variant: int = 0
    """Which of four small differences, 0 to 3, the page shows."""

    @property
    def readable(self) -> bool:
        return self.trap not in GONE

    @property
    def dated(self) -> bool:
        return self.trap not in NO_DATE_ON_PAGE


@dataclass(frozen=True)
class Special:
    trap: str
    age: float
    skin: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How an outlet prints: its skins from new to old (each up to an age), its leads, its traps."""

    outlet: str
    first: int
    skins: tuple[tuple[float, str], ...]
    sections: int = 1
    town_tags: bool = False
    leads: tuple[str, ...] = ()
    specials: tuple[Special, ...] = field(default=())

    def skin(self, age: float) -> str:
        return next(name for until, name in self.skins if age <= until)


PLANS = (
    Plan(
        outlet="papns",
        first=8800,
        skins=((0.55, "theme"), (0.85, "stock53"), (1.0, "stock50")),
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
            Special("notice", 0.8),
        ),
    ),
    Plan(
        outlet="gyeonggitv",
        first=59000,
        town_tags=True,
        skins=((1.0, "theme"),),
        specials=(
            Special("deleted", 0.06),
            Special("mysql", 0.1),
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
        skins=((0.6, "current"), (0.82, "middle"), (1.0, "tables")),
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
        ),
    ),
    Plan(
        outlet="gosiweek",
        first=0,
        skins=((0.7, "current"), (1.0, "older")),
        sections=2,
        leads=("[공무원수험신문, 고시위크={name} 기자]", "[피앤피뉴스={name} 기자]"),
        specials=(
            Special("deleted", 0.07),
            Special("stray_bytes", 0.25),
            Special("lying_meta", 0.33),
            Special("photo", 0.4),
            Special("photo", 0.8),
            Special("outlet_byline", 0.55),
        ),
    ),
    Plan(
        outlet="seonamtoday",
        first=32700,
        skins=((0.7, "newer"), (1.0, "older")),
        sections=2,
        specials=(Special("deleted", 0.09), Special("deleted", 0.6)),
    ),
)


def feed(outlet: str, posts: list[Post]) -> list[Post]:
    """The posts in an outlet's feed: its newest, but none whose page keeps the date to itself."""
    return [post for post in posts if post.readable and post.dated][: FEED_ROWS.get(outlet, 0)]


def edition(seed: int, now: datetime, articles: int) -> dict[str, list[Post]]:
    """Posts by outlet, newest first; ``articles`` ordinary ones each, the traps on top."""
    shared = releases(dice(seed, "releases"), now)
    return {
        plan.outlet: number(
            plan,
            dice(seed, plan.outlet, "numbers"),
            list(printed(plan, seed, now, articles, shared)),
        )
        for plan in PLANS
    }


def moment(age: float, now: datetime) -> datetime:
    """When something of that age was printed, to the minute, in KST."""
    at = (now - timedelta(minutes=20) - SPAN * age).astimezone(KST)
    return at.replace(second=0, microsecond=0)


def releases(rng: Random, now: datetime) -> dict[str, list[tuple[float, Story]]]:
    """By outlet, the releases that it prints and their ages; each later print is a day younger."""
    shared: dict[str, list[tuple[float, Story]]] = {plan.outlet: [] for plan in PLANS}
    for age, printers in zip(RELEASES, (4, 3, 2, 3, 2), strict=True):
        release = story(rng, moment(age, now).date())
        for later, outlet in enumerate(rng.sample(list(shared), printers)):
            shared[outlet].append((age - later * 0.06, release))
    return shared


def printed(
    plan: Plan,
    seed: int,
    now: datetime,
    articles: int,
    shared: dict[str, list[tuple[float, Story]]],
) -> Iterator[tuple[float, Post]]:
    """Everything that an outlet prints, with its age, not yet numbered."""
    rng = dice(seed, plan.outlet)
    staff = [str(person(rng)) for _ in range(4)]
    rare = plan.outlet == "breaknews_kb"

    def post(age: float, told: Story, trap: str = "", skin: str = "") -> tuple[float, Post]:
        if plan.town_tags and rng.random() < 0.6:
            told = replace(told, headline=f"[{told.town}] {told.headline}")
        at = moment(age, now).replace(second=rng.randrange(60))
        modified = at + timedelta(minutes=rng.randint(1, 15)) if rng.random() < 0.3 else None
        return age, Post(
            number="",
            story=told,
            at=at,
            skin=skin or plan.skin(age),
            trap=trap,
            section=rng.randrange(plan.sections),
            reporter=rng.choice(staff),
            modified=modified,
            variant=rng.randrange(4),
        )

    for index in range(articles):
        age = (index + rng.random() * 0.8) / articles
        told = story(rng, moment(age, now).date(), rare=rare and rng.random() < 0.4)
        _, ordinary = post(age, told)
        if plan.leads and rng.random() < 0.8:
            lead = rng.choice(plan.leads).format(name=ordinary.reporter)
            ordinary = replace(ordinary, story=told.opening_with(lead))
        yield age, ordinary
    for age, release in shared[plan.outlet]:
        yield post(age, release)
    for special in plan.specials:
        told = OWN_WORDS.get(special.trap, story)(rng, moment(special.age, now).date())
        age, odd = post(special.age, told, special.trap, special.skin)
        yield age, settled(odd, now)
        if special.trap == "twin":  # the same article once more, a minute later
            yield age - 0.0001, replace(odd, at=odd.at + timedelta(minutes=1), trap="twin_again")


OWN_WORDS = {
    "column": column,
    "long": long_headline,
    "posts": notice_of_posts,
    "photo": photo_only,
}


def settled(post: Post, now: datetime) -> Post:
    """What a trap changes in the post itself."""
    match post.trap:
        case "redated":  # an editor brought it up to date; it keeps its old place in the list
            today = now.astimezone(KST).replace(microsecond=0)
            midnight = today.replace(hour=0, minute=0, second=0)
            return replace(post, at=max(midnight, today - timedelta(hours=2)))
        case "column":
            return replace(post, reporter=WORDS["publisher"])
        case "photo":
            return replace(post, reporter="온라인팀")
        case "outlet_byline":
            return replace(post, reporter="피앤피뉴스")
        case "no_view_date" | "undated" | "day_row" | "image_date":
            return replace(post, reporter=None)
    return post


def number(plan: Plan, rng: Random, aged: list[tuple[float, Post]]) -> list[Post]:
    """Give out numbers from the oldest on, with gaps; `ncode` numbers tell nothing of time."""
    posts, last = [], plan.first
    for _, post in sorted(aged, key=lambda pair: pair[0], reverse=True):
        last += rng.randint(2, 5)  # a comment takes a number too
        name = str(last) if plan.first else f"1795{rng.randrange(10**10, 10**11)}"
        posts.append(replace(post, number=name))
    return posts[::-1]
