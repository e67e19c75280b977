"""Stories with unusual text: a column, long headlines, notices, photos."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from newsstand.stories import WORDS, Story, story


def column(rng: Random, near: date) -> Story:
    """Return a publisher's column that mentions ``구글 번역`` and has no translation."""
    return replace(
        story(rng, near),
        headline="[발행인 칼럼] 구글 번역이 열어 준 창",
        subtitles=(),
        paragraphs=tuple(WORDS["column"]),
        caption=None,
        english=(),
    )


def long_headline(rng: Random, near: date) -> Story:
    """Return a headline that stock lists cut after 60 characters and stock pages after 70."""
    base = story(rng, near)
    return replace(base, headline=base.headline + WORDS["long_tail"])


def notice_of_posts(rng: Random, near: date) -> Story:
    """Return one of two notices with the same short body, which are two articles nevertheless."""
    return Story(
        town="라온시",
        headline=f"[인사] 라온시 {near.month}월 {near.day}일자",
        paragraphs=("◇ 승진 ▲기획예산과장 윤다온 ▲안전총괄과장 서미르",),
        keyword="인사",
    )


def photo_only(rng: Random, near: date) -> Story:
    """Return a photograph with a sentence below it: the caption is the body."""
    base = story(rng, near)
    line = f"{base.town} 둘레길을 찾은 주민들이 단풍 아래를 {rng.randint(2, 9)}킬로미터 걷고 있다."
    return Story(
        town=base.town,
        headline=f"[포토] {base.town} 둘레길의 {rng.choice(('아침', '한낮', '저녁'))}",
        paragraphs=(line,),
        caption=line,
        keyword="포토",
    )


def signs(rng: Random, near: date) -> Story:
    """Return a story with characters that markup must escape, in headline and body."""
    base = story(rng, near)
    return replace(
        base,
        headline=f'<속보> {base.town} R&D 센터 ‘첫 삽’… "10년 > 100년"',
        paragraphs=(*base.paragraphs, *WORDS["signs"]),
    )
