"""Breaks of content: nothing new, nothing at all, only the first paragraph, an extra line."""

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
"""An appeal below every article from one day on; no cleaning rule matches it."""


def silent(case: Case) -> Reply:
    """Show the posts of the time before the break."""
    return printing(case, case.before)


def empty(case: Case) -> Reply:
    """Show no posts."""
    return printing(case, [])


def retell(change: Callable[[Story], Story]) -> Callable[[Case], Reply]:
    """Return a break that changes every story."""

    def answer(case: Case) -> Reply:
        posts = [replace(post, story=change(post.story)) for post in case.site.posts]
        return printing(case, posts)

    return answer


def with_appeal(story: Story) -> Story:
    """Return the story with an appeal at its end."""
    return replace(story, paragraphs=(*story.paragraphs, APPEAL))


def first_paragraph(story: Story) -> Story:
    """Return the story's first paragraph."""
    return replace(story, paragraphs=story.paragraphs[:1])


def printing(case: Case, posts: list[Post]) -> Reply:
    """Return the site's response as if it had these posts."""
    kept, case.site.posts = case.site.posts, posts
    try:
        return case.own()
    finally:
        case.site.posts = kept
