"""Moving time at the newsstand: posts appear, are edited, pinned or vanish.

Everything is decided before the clock moves: ``coming`` is the truth that an hourly crawl is
measured by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from newsstand.content import SPAN, Post, Press, number
from newsstand.outlets import PLANS, Plan
from newsstand.stories import Story, Word, dice, story

HOUR = timedelta(hours=1)
YOUNG = 24 * HOUR
"""Posts of at most this age at the opening may still be edited or vanish."""
EDITED, VANISHED = 0.2, 0.08
"""Shares of the posts that are edited, and that vanish."""
LATE, JUMPED = 1 / 12, 1 / 12
"""Shares that lists show out of order: below newer posts, or on top again after an edit."""
PIN_EVERY, PIN_FOR = 12 * HOUR, 8 * HOUR
PINS_BY_MARK = {"papns", "gyeonggitv"}
"""Outlets whose lists mark a notice; elsewhere a pinned post is only the first row."""


@dataclass(frozen=True)
class Happening:
    """An event of one post.

    A ``late`` post appears below newer ones; an edited one may move to the top (``Post.listed``).
    """

    at: datetime
    outlet: str
    what: Literal["appeared", "edited", "pinned", "unpinned", "vanished"]
    post: Post
    """The post after the event."""
    late: bool = False


Moments = Callable[[Random, str], Iterator[datetime]]
"""Gives an outlet's publication times, in order."""


def evenly(now: datetime, hours: float, per_hour: float) -> Moments:
    """Return ``per_hour`` publication times per hour, day and night."""

    def moments(rng: Random, outlet: str) -> Iterator[datetime]:
        for index in range(round(hours * per_hour)):
            yield now + HOUR * (index + rng.random() * 0.8) / per_hour

    return moments


def coming(
    seed: int, posts: dict[str, list[Post]], now: datetime, span: timedelta, moments: Moments
) -> list[Happening]:
    """Return all events of the ``span`` after ``now``, in order.

    They concern the new posts and the youngest old ones. Without a span there are none.
    """
    happenings = [
        happening
        for plan in (PLANS if span else ())
        for happening in Course(plan, seed, now, span).all(posts[plan.outlet], moments)
    ]
    return sorted(happenings, key=lambda happening: happening.at)


class Course:
    """The events of one outlet's posts."""

    def __init__(self, plan: Plan, seed: int, now: datetime, span: timedelta) -> None:
        self.plan, self.seed, self.now, self.span = plan, seed, now, span

    def all(self, posts: list[Post], moments: Moments) -> Iterator[Happening]:
        """Yield all events, unordered: young posts, new ones, then the pins."""
        ordinary = [post for post in posts if not post.trap]
        for post in ordinary:
            if post.at > self.now - YOUNG:
                yield from self.fate(post, self.now, self.dice(post))
        for post in self.printed(posts, moments):
            yield from self.life(post)
        yield from self.pins([post for post in ordinary if post.at <= self.now - YOUNG])

    def printed(self, posts: list[Post], moments: Moments) -> list[Post]:
        """Return the new posts, with numbers after those of ``posts``."""
        rng = dice(self.seed, self.plan.outlet, "coming")
        press = Press(self.plan, self.now, rng)
        aged = []
        for at in moments(rng, self.plan.outlet):
            age = (self.now - timedelta(minutes=20) - at) / SPAN
            post = press.post(age, story(rng, at.date()))
            aged.append((age, replace(post, modified=None)))
        last = max((int(post.number) for post in posts), default=self.plan.first)
        return number(self.plan, rng, aged, last)

    def life(self, post: Post) -> Iterator[Happening]:
        """Yield a post's appearance, in its place or late, and its later events."""
        rng = self.dice(post)
        late = rng.random() < LATE
        at = post.at + HOUR * rng.uniform(2, 8) if late else post.at
        yield Happening(at, self.plan.outlet, "appeared", post, late)
        yield from self.fate(post, at, rng)

    def fate(self, post: Post, since: datetime, rng: Random) -> Iterator[Happening]:
        """Yield the events of a post that has its present form ``since`` then."""
        if rng.random() < EDITED:
            at = (since + HOUR * rng.uniform(1, 10)).replace(microsecond=0)
            listed = at if rng.random() < JUMPED / EDITED else None
            post = replace(post, story=edited(post.story, rng), modified=at, listed=listed)
            yield Happening(at, self.plan.outlet, "edited", post)
            since = at
        if rng.random() < VANISHED:
            at = since + HOUR * rng.uniform(2, 20)
            with_404 = rng.random() < 0.5
            post = replace(post, status=404) if with_404 else replace(post, trap="deleted")
            yield Happening(at, self.plan.outlet, "vanished", post)

    def pins(self, old: list[Post]) -> Iterator[Happening]:
        """Yield events that pin an old post for some hours, one at a time."""
        rng = dice(self.seed, self.plan.outlet, "pins")
        chosen = rng.sample(old, min(len(old), int(self.span / PIN_EVERY)))
        for turn, post in enumerate(chosen):
            at = self.now + PIN_EVERY * turn + HOUR * rng.uniform(1, 3)
            marked = self.plan.outlet in PINS_BY_MARK
            up = replace(post, trap="notice") if marked else replace(post, pinned=True)
            yield Happening(at, self.plan.outlet, "pinned", up)
            yield Happening(at + PIN_FOR, self.plan.outlet, "unpinned", post)

    def dice(self, post: Post) -> Random:
        """Return the post's own random generator."""
        return dice(self.seed, self.plan.outlet, post.number, "fate")


def edited(original: Story, rng: Random) -> Story:
    """Return a corrected story: one more paragraph at its end, and sometimes one less inside."""
    lines = list(original.paragraphs)
    if len(lines) > 3 and rng.random() < 0.3:
        del lines[2]
    correction = (
        f"{Word(original.town):은} 참가 인원을 {rng.randint(30, 900)}명으로 바로잡는다고 알렸다."
    )
    return replace(original, paragraphs=(*lines, correction))
