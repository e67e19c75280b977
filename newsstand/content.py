"""Content of the outlets: which story is printed when, under which number and in which template.

Ordinary articles are spread evenly over the last twenty days. In addition there is one post per
edge case; outlets.py lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from random import Random

from newsstand.edge_cases import column, long_headline, notice_of_posts, photo_only, signs
from newsstand.outlets import PLANS, SCRIPTED, Plan
from newsstand.stories import WORDS, Story, dice, person, story

KST = timezone(timedelta(hours=9), "KST")
SPAN = timedelta(days=20)
RELEASES = (0.92, 0.75, 0.6, 0.45, 0.28)
"""Ages of the press releases that several outlets print word for word."""

GONE = {"deleted", "forbidden", "secret"}
"""Posts that a list still shows and that cannot be read."""


NO_DATE_ON_PAGE = {"no_view_date", "day_row", "undated", "image_date"}
"""Posts whose own page shows no date."""

FEED_ROWS = {"gyeonggitv": 15, "breaknews_kb": 20, "seonamtoday": 20}
"""Number of posts in the feeds; the other outlets have no feed."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """One story as one outlet prints it under one URL; ``at`` is KST."""

    number: str
    story: Story
    at: datetime
    template: str
    trap: str = ""
    section: int = 0
    reporter: str | None = None
    modified: datetime | None = None
    variant: int = 0
    """Number of one of four small differences of the page, 0 to 3."""
    status: int = 200
    """HTTP status that the web server answers for its page."""
    listed: datetime | None = None
    """The time by which lists sort it, if it is not ``at``."""
    pinned: bool = False
    """True if it stands above all others in lists, without any mark."""

    @property
    def readable(self) -> bool:
        """True if the page shows the article."""
        return self.trap not in GONE and self.status == 200

    @property
    def dated(self) -> bool:
        """True if the page shows a date."""
        return self.trap not in NO_DATE_ON_PAGE

    @property
    def rank(self) -> tuple[bool, datetime]:
        """Sort key in lists: the greater, the higher."""
        return self.pinned, self.listed or self.at


def feed(outlet: str, posts: list[Post]) -> list[Post]:
    """Return the posts of an outlet's feed: its newest ones whose page shows a date."""
    return [post for post in posts if post.readable and post.dated][: FEED_ROWS.get(outlet, 0)]


def edition(
    seed: int, now: datetime, articles: int, *, scripted: bool = False
) -> dict[str, list[Post]]:
    """Return posts by outlet, newest first: ``articles`` ordinary ones, and the edge cases."""
    shared = releases(dice(seed, "releases"), now)
    posts = {}
    for plan in (*PLANS, SCRIPTED) if scripted else PLANS:
        press = Press(plan, now, dice(seed, plan.outlet))
        printed = shared.get(plan.outlet, [])
        aged = [*press.ordinary(articles), *press.releases(printed), *press.specials()]
        posts[plan.outlet] = number(plan, dice(seed, plan.outlet, "numbers"), aged, plan.first)
    return posts


def moment(age: float, now: datetime) -> datetime:
    """Return the time of publication of an age, to the second, in KST."""
    at = (now - timedelta(minutes=20) - SPAN * age).astimezone(KST)
    return at.replace(microsecond=0)


def releases(rng: Random, now: datetime) -> dict[str, list[tuple[float, Story]]]:
    """Return, by outlet, its releases with their ages; each later print is a day younger."""
    shared: dict[str, list[tuple[float, Story]]] = {plan.outlet: [] for plan in PLANS}
    for age, printers in zip(RELEASES, (4, 3, 2, 3, 2), strict=True):
        release = story(rng, moment(age, now).date())
        for later, outlet in enumerate(rng.sample(list(shared), printers)):
            shared[outlet].append((age - later * 0.06, release))
    return shared


class Press:
    """One outlet at work. Posts come with their age and without a number."""

    def __init__(self, plan: Plan, now: datetime, rng: Random) -> None:
        self.plan, self.now, self.rng = plan, now, rng
        self.staff = [str(person(rng)) for _ in range(4)]

    def ordinary(self, articles: int) -> Iterator[tuple[float, Post]]:
        """Yield the ordinary posts."""
        rng, plan = self.rng, self.plan
        for index in range(articles):
            age = (index + rng.random() * 0.8) / articles
            rare = plan.rare and rng.random() < 0.4
            post = self.post(age, story(rng, moment(age, self.now).date(), rare=rare))
            if plan.leads and rng.random() < 0.8:
                lead = rng.choice(plan.leads).format(name=post.reporter)
                post = replace(post, story=replace(post.story, lead=lead))
            yield age, post

    def releases(self, shared: list[tuple[float, Story]]) -> Iterator[tuple[float, Post]]:
        """Yield the posts of shared press releases."""
        for age, release in shared:
            yield age, self.post(age, release)

    def specials(self) -> Iterator[tuple[float, Post]]:
        """Yield the edge cases."""
        for special in self.plan.specials:
            write = OWN_WORDS.get(special.trap, story)
            text = write(self.rng, moment(special.age, self.now).date())
            post = replace(self.post(special.age, text), trap=special.trap)
            post = settled(replace(post, template=special.template or post.template), self.now)
            yield special.age, post
            if special.trap == "twin":  # the same article again, a minute later
                later = timedelta(minutes=1)
                again = replace(post, at=post.at + later, trap="twin_again")
                yield special.age - later / SPAN, again

    def post(self, age: float, text: Story) -> Post:
        """Make a post of a story."""
        rng, plan = self.rng, self.plan
        if plan.town_tags and rng.random() < 0.6:
            text = replace(text, headline=f"[{text.town}] {text.headline}")
        at = moment(age, self.now)
        modified = at + timedelta(minutes=rng.randint(1, 15)) if rng.random() < 0.3 else None
        return Post(
            number="",
            story=text,
            at=at,
            template=plan.template(age),
            section=rng.randrange(plan.sections),
            reporter=rng.choice(self.staff),
            modified=modified,
            variant=rng.randrange(4),
        )


OWN_WORDS = {
    "column": column,
    "long": long_headline,
    "posts": notice_of_posts,
    "photo": photo_only,
    "signs": signs,
}


def settled(post: Post, now: datetime) -> Post:
    """Return the post with the changes of its edge case."""
    match post.trap:
        case "redated":  # an editor updated it; it keeps its place in the list
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


def number(plan: Plan, rng: Random, aged: list[tuple[float, Post]], last: int) -> list[Post]:
    """Assign numbers after ``last`` from the oldest post on, with gaps; newest first.

    `ncode` numbers do not follow time.
    """
    posts = []
    for _, post in sorted(aged, key=lambda pair: pair[0], reverse=True):
        last += rng.randint(2, 5)  # a comment takes a number too
        name = str(last) if plan.first else f"1795{rng.randrange(10**10, 10**11)}"
        posts.append(replace(post, number=name))
    return posts[::-1]
