"""Reads people from bylines: authors and photographers, with roles and mail addresses.

A name is read, not the desk, title, place or team beside it; a line that names nobody gives nobody.
The words that decide are in people.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from crawler.article import Author

_WORDS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
_SURNAMES = frozenset(_WORDS["surnames"])
_COMPOUND = tuple(_WORDS["compound_surnames"])
_OFFICIALS = tuple(_WORDS["official_titles"])
_TITLES = tuple(sorted([*_WORDS["titles"], *_OFFICIALS], key=len, reverse=True))
_PRESS = ("기자", "발행인", "편집인", "편집국장", "특파원", "논설위원", "주필", "칼럼니스트")
_KINDS = frozenset(_WORDS["reporter_kinds"])
_NOT_ENDS = tuple(_WORDS["not_name_ends"])
NO_NAMES = frozenset(_WORDS["not_names"]) | frozenset(_WORDS["places"])
"""Words that stand where a name could, and are none: «관리자», «인천»."""
_PLACES = frozenset(_WORDS["places"])
MAX_BYLINE = 500
"""Characters of a byline, at most."""
Credit = Literal["author", "photographer", "both", "neither"]
_LABELS: dict[str, Credit] = {
    word: credit for credit, words in _WORDS["labels"].items() for word in words
}
_ENGLISH = "|".join(_WORDS["english_titles"])

_EMAIL = re.compile(r"(?<![\w.*+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_BROKEN_MAIL = re.compile(r"[\w.+*-]{1,64}(?:\(at\)|\[골뱅이\]|@)[\w.*-]{1,100}")
_NOISE = re.compile(
    r"\d{2,4}[.\-/]\s?\d{1,2}[.\-/]\s?\d{1,2}\.?(?:\s?\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{4}년\s?\d{1,2}월\s?\d{1,2}일|\d{1,2}:\d{2}(?::\d{2})?|☎|[\d)( -]{8,16}(?!\w)"
    r"|(?:기사|최초|최종|데스크)?\s?(?:승인|입력|등록|수정|송고|게재|작성|게시|발행|출고|업데이트)"
    r"(?:\s?(?:일시?|시간|날짜))?(?=\s*(?:[:：\]|(]|\d|$))"
    r"|(?:조회|댓글|추천|공유|읽음)\s?수?\s?:?\s?[\d,]+|외\s?\d+\s?(?:명|인)|외\s취재팀"
    r"|(?:의\s)?(?:다른\s?)?기사\s?(?:더\s?)?보기|(?:이메일|메일)\s?보내기|구독하기|응원하기|다른기사보기|[一-鿿]+"
)
_NOBODY = re.compile(
    r"^(?:(?:발행인|편집인|인쇄인|대표이사|대표자)(?:\s?[·,/]\s?(?:발행인|편집인|인쇄인|대표))*\s?[:：|]"
    r"|(?:청소년|개인정보)\s?\S{0,6}책임자|대표이사|담당\s?(?:부서|자)|(?:자료|사진)\s?제공|(?:기사|뉴스)\s?제보|문의"
    r"|\[?인터뷰\]?\s|저작권|무단|copyright|ⓒ\s?\S+$|기자\s?(?:프로필|회견|수첩|협회|단|실)|\[기자수첩\])"
    r"|(?:시민|명예|학생|인턴)기자\s?모집|등록번호",
    re.I,
)
_PROVIDED = re.compile(
    r"(?:제공|자료|DB|(?:연합)?뉴스1?|뉴시스|픽사베이|게티이미지\S*|셔터스톡|언스플래시|AFP|로이터|AP)$"
)
_SENTENCE = re.compile(r"[가-힣]다\.$|니다\.?$")
_LEAD = re.compile(r"^\s*[\[【〔(<〈]([^\]】〕)>〉]{2,40})[\]】〕)>〉]")
_LATIN = re.compile(r"[A-Z][A-Za-z.'-]*$")
_PLACE_END = re.compile(r"[시군구읍면동청]$")
_JOINS = frozenset("·ㆍ,/&")
"""Signs between the names of a joint byline."""
_PARTICLE = re.compile(r"(?:에서|에게|으로|까지|부터|처럼)$")
_NAME = re.compile(r"[가-힣]{3}")
_GLUED_LABEL = re.compile(r"^(?:by|기자명)(?=[가-힣])", re.I)
_GLUED_SIGN = re.compile(r"(?<=[가-힣])_(?=[가-힣])")
_TEACHES = re.compile(r"(?:교수|교사|강사|총장|학장|교장)$")
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z'-]{1,20}(?: [A-Z][A-Za-z'-]{1,20}){1,2}")
_HANGUL = re.compile(r"[가-힣]")
_BODY_END = re.compile(r"[대초중고읍면동군구]$")
"""Last letters of schools and places: «가람대», «온빛면»."""


@dataclass(slots=True)
class Byline:
    """The people of a byline, in the order of the text."""

    authors: list[str] = field(default_factory=list)
    photographers: list[str] = field(default_factory=list)
    details: list[Author] = field(default_factory=list)
    reason: str = ""


def is_bare_name(text: str) -> bool:
    """Return True if a text is only a Korean name of three syllables, or of a longer surname's."""
    if _is_compound(text):
        return 3 <= len(text) <= 5 and not text.endswith(_NOT_ENDS)
    usual = _NAME.fullmatch(text) is not None and text[0] in _SURNAMES
    return usual and text not in NO_NAMES and not text.endswith((*_NOT_ENDS, *_TITLES))


def is_byline(text: str) -> bool:
    """Return True if a text is only a name and a newspaper's title: «김현우 기자»."""
    words = text.split()
    if len(words) == 1 and (parts := _glued(words[0])):
        words = list(parts)
    return len(words) == 2 and _is_name(words[0]) and words[1].endswith(_PRESS)


def read_authors(byline: str) -> list[Author]:
    """Return the authors that a byline names, in order; «쿡앤셰프 / 기사승인» names none."""
    read = read_byline(byline)
    return [person for person in read.details if person["name"] in read.authors]


def read_byline(text: str) -> Byline:
    """Read the people of a byline or of a lead; ``reason`` says why it names nobody."""
    if len(text) > MAX_BYLINE:
        return Byline(reason="too long for a byline")
    line = " ".join(text.replace("＠", "@").split())
    line = _GLUED_SIGN.sub("=", _GLUED_LABEL.sub("", line))
    if _NOBODY.search(line):
        return Byline(reason="a masthead, a contact or a notice")
    lead = _LEAD.match(line)
    if lead and _has_title(lead[1]):
        line = lead[1]
    elif lead and "=" in lead[1] and _has_title(line[lead.end() :]):
        line = line[lead.end() :].partition(" = ")[0]  # «(가람=온빛통신) 천이솔 기자 = …»
    elif " = " in line:
        line = line.partition(" = ")[0]
    elif _SENTENCE.search(line) and len(line) > 12:
        return Byline(reason="a sentence")
    read = Byline()
    people: dict[str, tuple[Author, set[str]]] = {}
    for person, credit in _people(line):
        if person["name"] in people:
            known, credits = people[person["name"]]
            known["email"] = known["email"] or person["email"]
            known["role"] = known["role"] or person["role"]
        else:
            known, credits = people.setdefault(person["name"], (person, set()))
        is_camera = (person["role"] or "").endswith(("사진기자", "촬영기자"))
        credits.add("photographer" if is_camera else credit)
    for person, credits in people.values():
        is_author = bool(credits & {"author", "both"})
        is_photographer = bool(credits & {"photographer", "both"})
        if is_author:
            read.authors.append(person["name"])
        if is_photographer:
            read.photographers.append(person["name"])
        if is_author or is_photographer:
            read.details.append(person)
    read.reason = "" if read.details else "no name"
    return read


def _has_title(text: str) -> bool:
    return any(word.endswith(_TITLES) for word in re.findall(r"[가-힣A-Za-z]+", text))


def _people(line: str) -> Iterator[tuple[Author, Credit]]:
    """Yield each person of a line with the credit of its label."""
    for part, credit in _parts(line):
        yield from ((person, credit) for person in _names(part))


def _parts(line: str) -> list[tuple[str, Credit]]:
    """Part a line at its labels: «글=…», «사진 : …», «취재 …», «글·사진=…»."""
    words = "|".join(map(re.escape, sorted(_LABELS, key=len, reverse=True)))
    label = re.compile(
        rf"(?:(?<=^)|(?<=[\s/|,·ㆍ&(\[=]))(?P<names>(?:{words})(?:\s?[·ㆍ/&,]\s?(?:{words}))*)"
        r"(?:\s?[=:：ⓒ/]\s?|\s+(?:ⓒ\s?)?|$)",
        re.I,
    )
    parts: list[tuple[str, Credit]] = []
    at, credit = 0, "author"
    for match in label.finditer(line):
        if match.start() > at:
            parts.append((line[at : match.start()], credit))  # type: ignore[arg-type]
        credits = {_LABELS[word.lower()] for word in re.split(r"\s?[·ㆍ/&,]\s?", match["names"])}
        credit = "both" if {"author", "photographer"} <= credits else credits.pop()
        at = match.end()
    parts.append((line[at:], credit))  # type: ignore[arg-type]
    return parts


def _names(part: str) -> list[Author]:
    """Read the names of a part of a line that has one label."""
    if _PROVIDED.search(part.strip(" ])>〉.")) and not _has_title(part):
        return []
    read: list[Author] = []
    mails: list[tuple[int, str]] = [(m.start(), m[0]) for m in _EMAIL.finditer(part)]
    bare = _BROKEN_MAIL.sub(lambda m: " " * len(m[0]), part)
    bare = _NOISE.sub(lambda m: " " * len(m[0]), bare)
    places: list[int] = []
    title: str | None = None
    if english := re.search(rf"\b({_ENGLISH})\b", bare):
        return _english(bare, english[1], english.start())
    if mails and not _HANGUL.search(bare):
        names = _LATIN_NAME.findall(bare)
        return [Author(name=name, email=mails[0][1], role=None) for name in names[:1]]
    for start, segment in _segments(bare):
        around = bare[start - 1 : start] + bare[start + len(segment) : start + len(segment) + 1]
        is_joint = _has_title(bare) and not _JOINS.isdisjoint(around)
        if bare[start + len(segment) : start + len(segment) + 1] == "=" and not _has_title(segment):
            continue  # «온새신문=김하늘 기자»: an outlet, a desk or a place
        alone = segment.strip()
        if " " not in alone and _is_title(alone) and not _glued(alone):
            if read and read[-1]["role"] is None:
                read[-1]["role"] = alone
            else:
                title = alone
            continue
        for person, at in _in_segment(segment, is_joint=is_joint):
            is_school = _BODY_END.search(person["name"]) and _TEACHES.search(person["role"] or "")
            if is_school and read and read[-1]["role"] is None:  # «천이솔 / 가람대 교수»
                read[-1]["role"] = person["role"]
                continue
            if title and person["role"] is None:
                person["role"] = title
            title = None
            read.append(person)
            places.append(start + at)
    _share_titles(read)
    for at, mail in mails:
        before = [i for i, place in enumerate(places) if place < at and read[i]["email"] is None]
        target = before[-1] if before else (0 if read and read[0]["email"] is None else None)
        if target is not None:
            read[target]["email"] = mail
    return read


def _segments(part: str) -> Iterator[tuple[int, str]]:
    """Yield the pieces between separators, with their places."""
    at = 0
    for match in re.finditer(r"[/|,·ㆍ&=:：\[\]【】〔〕()<>〈〉▲ⓒ\n]|\s-\s|^-|-$", part):
        yield at, part[at : match.start()]
        at = match.end()
    yield at, part[at:]


def _in_segment(segment: str, *, is_joint: bool) -> list[tuple[Author, int]]:
    """Read the names of a segment: «전남취재본부 육도현 기자», «인턴기자 지윤슬».

    ``is_joint``: whether another segment may hold this one's title.
    """
    words = [(m[0], m.start()) for m in re.finditer(r"[가-힣A-Za-z0-9.'-]+", segment)]
    words = [piece for word, at in words for piece in _split(word, at)]
    words = _joined(words)
    people: list[tuple[Author, int]] = []
    title: str | None = None
    index = 0
    pending: list[tuple[str, int]] = []
    while index < len(words):
        word, at = words[index]
        index += 1
        if _is_title(word):
            following = words[index][0] if index < len(words) else ""
            schooled = pending and re.search(r"[대초중고과]$", pending[-1][0])
            if schooled and is_bare_name(following):
                title = word
            elif name := _name_before(pending):
                people += _joint_before(pending, name)
                people.append((Author(name=name[0], email=None, role=word), name[1]))
                title = None
            else:
                title = word
            pending = []
        else:
            pending.append((word, at))
            following = words[index][0] if index < len(words) else ""
            named_behind = title and not any(_is_title(w) for w, _ in words[index:])
            if named_behind and _is_name(word) and not (following and _is_name(following)):
                people.append((Author(name=word, email=None, role=title), at))
                title, pending = None, []
    if not people or pending:
        people += _unnamed(pending, bool(people), is_joint)
    return people


def _split(word: str, at: int) -> list[tuple[str, int]]:
    """Part a glued «문가온기자»."""
    if parts := _glued(word):
        return [(parts[0], at), (parts[1], at + len(parts[0]))]
    return [(word, at)]


def _glued(word: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"([가-힣]{2,4})(기자)", word)
    if not match or match[1] in _KINDS or match[1] in NO_NAMES:
        return None
    if match[1].endswith(("전문", "시민", "객원", "선임", "수습", "인턴", "취재", "사진", "특파")):
        return None
    return (match[1], match[2]) if match[1][0] in _SURNAMES or _is_compound(match[1]) else None


def _joined(words: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Join a surname and a given name of one syllable each: «허 담», «국 새 론»."""
    joined: list[tuple[str, int]] = []
    is_spaced = len(words) > 2 and all(len(word) == 1 for word, _ in words[:3])
    for word, at in words:
        if (
            joined
            and len(word) == 1
            and (joined[-1][0] in _COMPOUND or joined[-1][0][0] in _SURNAMES)
            and len(joined[-1][0]) <= 2
            and (len(joined[-1][0]) == 1 or joined[-1][0] in _COMPOUND or is_spaced)
            and re.fullmatch("[가-힣]", word)
        ):
            joined[-1] = (joined[-1][0] + word, joined[-1][1])
        else:
            joined.append((word, at))
    return joined


def _is_title(word: str) -> bool:
    if word in {"이사", "시민", "학생", "대표", "위원"}:
        return word in {"위원", "대표"}
    return word.endswith(_TITLES) and not (is_bare_name(word) and not word.endswith("기자"))


def _is_compound(word: str) -> bool:
    return word.startswith(_COMPOUND) and 3 <= len(word) <= 5


def _is_name(word: str) -> bool:
    """Return True if a word may be a Korean name: two to four syllables, behind a surname."""
    if word in NO_NAMES or not re.fullmatch(r"[가-힣]{2,5}", word) or _PARTICLE.search(word):
        return False
    if _is_compound(word):
        return True
    return len(word) <= 4 and word[0] in _SURNAMES and not word.endswith(_NOT_ENDS)


def _name_before(pending: list[tuple[str, int]]) -> tuple[str, int] | None:
    """Return the name among the words before a title, the nearest one that is no desk or place."""
    words = [(w, at) for w, at in pending if not w.endswith(_NOT_ENDS) and w not in NO_NAMES]
    named = [w for w, _ in words if is_bare_name(w)]
    if named and not _BODY_END.search(named[0]):  # «천이솔 가람대 교수»
        words = [(w, at) for w, at in words if w == named[0] or not _BODY_END.search(w)]
    if not words:
        return None
    latin = [(w, at) for w, at in words if _LATIN.fullmatch(w)]
    if latin and latin[-1] == words[-1]:
        return " ".join(w for w, _ in latin), latin[0][1]
    word, at = words[-1]
    if len(words) > 1 and len(word) == 2 and len(words[-2][0]) >= 4 and words[-2][0].isalpha():
        return f"{words[-2][0]} {word}", words[-2][1]
    is_usual = _is_name(word) and (len(word) <= 3 or _is_compound(word) or len(words) == 1)
    if is_usual or re.search(r"\d", word):
        return (word, at) if is_usual else None
    firsts = [(w, a) for w, a in words if re.fullmatch(r"[가-힣]{1,6}", w)]
    for name, place in words:  # «한초롱 가온소방서 예방안전과장»
        if is_bare_name(name) and words[-1][0] != name:
            return name, place
    if len(firsts) == len(words) and 2 <= len(words) <= 4:
        return " ".join(w for w, _ in words), words[0][1]
    return (word, at) if _is_name(word) else None


def _joint_before(
    pending: list[tuple[str, int]], name: tuple[str, int]
) -> list[tuple[Author, int]]:
    """Return the names directly before a name, without a sign between: «한초롱 이다온 기자»."""
    joint: list[tuple[Author, int]] = []
    for word, at in reversed(pending[: [at for _, at in pending].index(name[1])]):
        if not (is_bare_name(word) and is_bare_name(name[0])) or _PLACE_END.search(word):
            break
        joint.insert(0, (Author(name=word, email=None, role=None), at))
    return joint


def is_signature(text: str, *, is_below: bool = True) -> bool:
    """Return True if a line holds people, their titles, mails and outlets, and nothing else.

    ``is_below``: whether it stands below the article; an official's name above it is a caption.
    """
    if len(text) > MOST_SIGNATURE or text[0] in _LIST_SIGNS:
        return False
    read = read_byline(text)
    if not read.details:
        return False
    if not is_below and any((person["role"] or "").endswith(_OFFICIALS) for person in read.details):
        return False
    rest = _NOISE.sub(" ", _BROKEN_MAIL.sub(" ", text.replace("＠", "@")))
    for person in read.details:
        rest = rest.replace(person["name"], " ").replace(person["role"] or " ", " ")
    words = re.findall(r"[가-힣A-Za-z]+", rest)
    named = any(person["role"] or person["email"] for person in read.details)
    return named and all(
        word in NO_NAMES
        or word.lower() in _LABELS
        or _OUTLET.fullmatch(word)
        or word.endswith((*_NOT_ENDS, *_TITLES))
        for word in words
    )


_OUTLET = re.compile(r"[A-Z]{2,6}\d?")
"""The abbreviation of a broadcaster or a paper."""
_LIST_SIGNS = "▲△▷▶◇◆□■○"
MOST_SIGNATURE = 80
"""Characters of a line that signs an article, at most."""


def _unnamed(
    pending: list[tuple[str, int]], has_people: bool, is_joint: bool
) -> list[tuple[Author, int]]:
    """Read a name without a title: alone in its piece, or beside a desk or a school."""
    has_digit = any(re.search(r"\d", word) for word, _ in pending)
    words = [
        (word, at)
        for word, at in pending
        if not word.endswith(_NOT_ENDS)
        and word not in NO_NAMES
        and not _OUTLET.fullmatch(word)
        and not re.search(r"\d", word)
        and not (has_digit and re.search(r"[초중고대]$", word))
    ]
    if has_people or len(words) != 1:
        return []
    word, at = words[0]
    if _PLACE_END.search(word):
        return []
    named = is_bare_name(word) or (_is_name(word) and (is_joint or len(word) == 4))
    return [(Author(name=word, email=None, role=None), at)] if named else []


def _english(part: str, title: str, at: int) -> list[Author]:
    head = re.sub(r"(?i)^\s*(?:written )?by\s", "", part[:at]).partition(",")[0]
    before = re.findall(r"[A-Z][A-Za-z'-]+", head)
    behind = re.findall(r"[A-Z][A-Za-z'-]+", part[at + len(title) :])
    name = " ".join(before or behind)
    mail = _EMAIL.search(part)
    return [Author(name=name, email=mail[0] if mail else None, role=title)] if name else []


def _share_titles(people: list[Author]) -> None:
    """Give a joint byline's title to each of its names: «설동하·설유나 기자»."""
    following: str | None = None
    for person in reversed(people):
        if person["role"] is not None:
            following = person["role"]
        elif following is not None:
            person["role"] = following


def merge_authors(people: Iterable[Author]) -> list[Author]:
    """Return each name once, with the first mail address and role beside it."""
    merged: dict[str, Author] = {}
    for person in people:
        known = merged.setdefault(person["name"], person)
        known["email"] = known["email"] or person["email"]
        known["role"] = known["role"] or person["role"]
    return list(merged.values())
