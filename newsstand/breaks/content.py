"""Breaks in what is printed: nothing new, nothing at all, the first paragraph, a line too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from newsstand.breaks.model import Case
from newsstand.content import Post
from newsstand.sites import Reply
from newsstand.stories import Story

APPEAL = (
    "본지는 독자 여러분의 제보를 24시간 기다리며, 보내 주신 이야기는 기자가 직접 확인한 뒤 지면에"
    " 옮긴다. 후원 회원이 되시면 광고 없는 지면을 받아 보실 수 있다."
)
"""What a paper puts below each of its articles one day; no rule knows it."""


def silent(case: Case) -> Reply:
    return printing(case, case.before)


def empty(case: Case) -> Reply:
    return printing(case, [])


def told(change: Callable[[Story], Story]) -> Callable[[Case], Reply]:
    """Every story is told otherwise."""

    def answer(case: Case) -> Reply:
        posts = [replace(post, story=change(post.story)) for post in case.site.posts]
        return printing(case, posts)

    return answer


def with_appeal(story: Story) -> Story:
    return replace(story, paragraphs=(*story.paragraphs, APPEAL))


def first_paragraph(story: Story) -> Story:
    return replace(story, paragraphs=story.paragraphs[:1])


def printing(case: Case, posts: list[Post]) -> Reply:
    """The site's answer as if it had these posts."""
    kept, case.site.posts = case.site.posts, posts
    try:
        return case.own()
    finally:
        case.site.posts = kept
