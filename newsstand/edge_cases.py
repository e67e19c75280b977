"""Stories that are odd in their own words: a column, long headlines, notices, photos."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from newsstand.stories import WORDS, Story, story


def column(rng: Random, near: date) -> Story:
    """A publisher's column that talks of ``구글 번역`` and has no translated tail."""
    return replace(
        story(rng, near),
        headline="[발행인 칼럼] 구글 번역이 열어 준 창",
        subtitles=(),
        paragraphs=tuple(WORDS["column"]),
        caption=None,
        english=(),
    )


def long_headline(rng: Random, near: date) -> Story:
    """A headline that a stock list cuts after 60 characters and a stock page after 70."""
    told = story(rng, near)
    return replace(told, headline=told.headline + WORDS["long_tail"])


def notice_of_posts(rng: Random, near: date) -> Story:
    """One of two notices with the same short body, which are two articles all the same."""
    return Story(
        town="라온시",
        headline=f"[인사] 라온시 {near.month}월 {near.day}일자",
        paragraphs=("◇ 승진 ▲기획예산과장 윤다온 ▲안전총괄과장 서미르",),
        keyword="인사",
    )


def photo_only(rng: Random, near: date) -> Story:
    """A photograph and a sentence under it: the caption is the body."""
    told = story(rng, near)
    line = f"{told.town} 둘레길을 찾은 주민들이 단풍 아래를 {rng.randint(2, 9)}킬로미터 걷고 있다."
    return Story(
        town=told.town,
        headline=f"[포토] {told.town} 둘레길의 {rng.choice(('아침', '한낮', '저녁'))}",
        paragraphs=(line,),
        caption=line,
        keyword="포토",
    )


def signs(rng: Random, near: date) -> Story:
    """Signs that mark-up has to escape, in headline and body."""
    told = story(rng, near)
    return replace(
        told,
        headline=f'<속보> {told.town} R&D 센터 ‘첫 삽’… "10년 > 100년"',
        paragraphs=(*told.paragraphs, *WORDS["signs"]),
    )
