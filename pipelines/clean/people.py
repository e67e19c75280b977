"""Reads names, mail addresses and roles from bylines and leads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.article import Author

_ROLE = (
    r"(?:선임|수습|시민|객원|인턴|전문|취재|사진|대)?\s?기자"
    r"|논설위원|특파원|통신원|리포터|편집국장|편집인|발행인|주필"
)
_NAMED = re.compile(
    rf"(?P<others>(?:(?<![가-힣])[가-힣]{{2,4}}\s?[·,]\s?)*)(?P<name>[가-힣]{{2,4}})\s?(?P<role>{_ROLE})(?![가-힣])"
)

_GLUED = re.compile(
    r"^(?:(?:기자명|글쓴이|작성자)\s?[:：]?\s?|취재\s?기자\s|(?:by|By|BY)\s?|글\s?[=:]?\s?)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_BARE = re.compile(r"(?:^|[\d분초\]]\s+)(?P<name>[가-힣]{2,4})\s*(?:[/|,\d]|$|(?=\S+@))")
"""A name without a role: before or after the moment, or before a mail address."""
NO_NAMES = {
    "시민", "취재", "담당", "본지", "온라인", "편집", "디지털", "사진", "명예", "현장", "선임",
    "수습", "객원", "인턴", "전문", "이메일", "글쓴이", "기자명", "작성자", "관리자", "최고관리자",
    "영상", "문의",
}  # fmt: skip
"""Words before 기자 that are not names."""
SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄"
    "채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예봉사부"
)
"""First letters of the surnames of all but a few in a thousand Koreans."""
_OTHER = re.compile(rf"(?<![가-힣])[{SURNAMES}][가-힣]{{1,3}}(?![가-힣])")
_NAME = re.compile(rf"(?:[{SURNAMES}]|남궁|황보|제갈|사공|선우|서문|독고)[가-힣]{{2}}")


def is_bare_name(text: str) -> bool:
    """Return True if a text is only a name of the usual three syllables, or of four."""
    return _NAME.fullmatch(text) is not None and text not in NO_NAMES


def is_byline(text: str) -> bool:
    """Return True if a text is only a name and a role: «김현우 기자»."""
    return _NAMED.fullmatch(text.strip()) is not None


def read_authors(byline: str) -> list[Author]:
    """Return the people that a byline names, in order; «쿡앤셰프 / 기사승인» names none."""
    line = _GLUED.sub("", byline.strip())
    email = _EMAIL.search(line)
    authors = [
        Author(name=name, email=None, role=m["role"].strip())
        for m in _NAMED.finditer(line)
        for name in [*_OTHER.findall(m["others"]), m["name"]]
        if name not in NO_NAMES
    ]
    if not authors:
        alone = re.fullmatch(r"[가-힣]{2,4}(?P<email>\s\S+@\S+)?", line)
        signed = alone and (line != byline.strip() or alone["email"])
        bare = [m["name"] for m in _BARE.finditer(line) if signed or is_bare_name(m["name"])]
        bare = [name for name in bare if name not in NO_NAMES]
        authors = [Author(name=name, email=None, role=None) for name in bare]
    if authors and email:
        authors[0]["email"] = email[0]
    return authors


def merge_authors(people: Iterable[Author]) -> list[Author]:
    """Return each name once, with the first mail address and role beside it."""
    merged: dict[str, Author] = {}
    for person in people:
        known = merged.setdefault(person["name"], person)
        known["email"] = known["email"] or person["email"]
        known["role"] = known["role"] or person["role"]
    return list(merged.values())
