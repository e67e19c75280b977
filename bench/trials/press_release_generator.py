"""Generates press releases, and the articles that invented outlets print of them, without end.

In invented words, so that two releases share no more than two real ones do: particles, endings and
the reporter's phrases. They include the difficult cases of a store: copies with every kind of edit,
one template in many towns, the same event a year later, an article under a second URL. One number
always gives the same release.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from crawler.article import Article, Block
from newsstand.stories import Word, dice

FIRST_DAY = date(2015, 1, 1)
OUTLETS = 40
RELEASES = 150
"""Releases per day; each is printed by two outlets on average."""
TOWNS, TEMPLATES = 300, 120

_SYLLABLES = (
    "가간강개거건결경고공관구국군권규근기길나난남노농다단담당대덕도동두들라란로루류리림마만매명모목무문미민"
    "바박반발방배백범별보복본봉부북비사산상새생서석선성세소속송수순승시신아안양어여연영예오온옥완용우운울원"
    "위유윤율은이인일임자장재전정제조종주준중지진차창채천청초추춘충치침타태토통파판평포품풍하학한해향현협형"
    "혜호홍화환활황회효후훈휘"
)
_VERBS = (
    "추진한다",
    "마련했다",
    "넓힌다",
    "펼친다",
    "지원한다",
    "높인다",
    "개선했다",
    "운영한다",
    "선보인다",
    "확대한다",
    "점검했다",
    "다듬었다",
    "모집한다",
    "나눴다",
    "갖췄다",
    "줄인다",
    "세운다",
    "보탰다",
    "이끈다",
    "잇는다",
    "돕는다",
    "심었다",
    "가꾼다",
    "찾아간다",
    "살핀다",
    "늘린다",
)
_HEADS = {"시": "시장", "군": "군수", "구": "구청장"}
_UNITS = ("명", "곳", "건", "가구", "대", "킬로미터", "퍼센트", "차례", "억 원", "만 원")
_FURNITURE = (  # furniture around an article, stored as raw material
    "기사검색", "로그인", "회원가입", "전체기사", "정치", "사회", "문화", "많이 본 기사",
    "페이스북", "트위터", "카카오스토리", "기사제보", "오피니언", "무단전재 및 재배포 금지",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Release:
    """A town's press release."""

    town: Word
    headline: str
    lead: str
    sentences: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: list[Word] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = dice("vocabulary")
        for length in (2, 2, 2, 3, 3, 4):
            self.words.extend(Word("".join(rng.choices(_SYLLABLES, k=length))) for _ in range(900))

    def sentence(self, rng: Random) -> str:
        words = rng.choices(self.words, k=rng.randint(7, 12))
        particles = rng.choices(
            ("을", "이", "은", "과", "에", "에서", "으로", "의", ""), k=len(words)
        )
        parts = [format(word, particle) for word, particle in zip(words, particles, strict=True)]
        if rng.random() < 0.4:
            parts.insert(rng.randrange(1, len(parts)), f"{rng.randint(2, 980)}{rng.choice(_UNITS)}")
        return " ".join([*parts, rng.choice(_VERBS)]) + "."

    def phrase(self, rng: Random) -> str:
        return " ".join(rng.choices(self.words, k=3))


_VOCABULARY = _Vocabulary()


def release(number: int, day: date) -> Release:
    """Return the release of a number and day: its own text, a template's, or last year's again."""
    rng = dice("release", number)
    town = _town(rng.randrange(TOWNS))
    kind = rng.random()
    if kind < 0.06:
        text = dice("template", rng.randrange(TEMPLATES))
    elif kind < 0.10 and day.year > FIRST_DAY.year:
        return _again(number - 365 * RELEASES, day)
    else:
        text = rng
    return _release(text, rng, town, day, edition=rng.randint(2, 40))


def _again(before: int, day: date) -> Release:
    """Return the event of a year ago, one round later, with other figures."""
    rng = dice("release", before)
    town = _town(rng.randrange(TOWNS))
    rng.random()
    return _release(rng, dice("figures", before), town, day, edition=day.year - 1980)


def _release(text: Random, rng: Random, town: Word, day: date, edition: int) -> Release:
    """Make a release: ``text`` decides the words, ``rng`` the differences by town and year."""
    head = f"{_HEADS[town[-1]]} {_person(dice(town, day.year // 4))}"
    topic = _VOCABULARY.phrase(text)
    stated = day - timedelta(days=rng.randint(0, 1))
    sentences = [_VOCABULARY.sentence(text) for _ in range(text.randint(4, 8))]
    sentences.append(
        f"{_VOCABULARY.phrase(text)} 참여 인원은 {rng.randint(20, 990)}명, 사업비는 "
        f"{rng.randint(2, 90)}억 {rng.randint(1, 9)}천만 원이다."
    )
    return Release(
        town=town,
        headline=f"{town}, 제{edition}회 {topic} {rng.randint(20, 990)}명 모집",
        lead=(
            f"{town:은}({head}) {stated.day}일 제{edition}회 {topic} 사업을 "
            f"{_VOCABULARY.sentence(text)[:-2]}다고 밝혔다."
        ),
        sentences=tuple(sentences),
        quote=f"{' '.join(reversed(head.split()))}은 “{_VOCABULARY.sentence(text)[:-1]}”고 말했다.",
    )


def _town(number: int) -> Word:
    rng = dice("town", number)
    return Word("".join(rng.choices(_SYLLABLES, k=2)) + rng.choice("시군구"))


def _person(rng: Random) -> str:
    return rng.choice("김이박최정강조윤장임") + "".join(rng.choices(_SYLLABLES, k=2))


def generate_articles(days: int | None = None) -> Iterator[Article]:
    """Yield cleaned articles by day of publication, without end or for ``days``."""
    day = 0
    late: list[list[Article]] = [[], [], []]
    while days is None or day < days:
        today, *late = [*late, []]
        for at in range(RELEASES):
            number = day * RELEASES + at
            for wait, article in _printed(number, FIRST_DAY + timedelta(days=day)):
                (late[wait - 1] if wait else today).append(article)
        dice("order", day).shuffle(today)
        yield from today
        day += 1


def _printed(number: int, day: date) -> Iterator[tuple[int, Article]]:
    """Yield the prints of a release, each with its delay in days."""
    press_release = release(number, day)
    rng = dice("prints", number)
    outlets = rng.sample(range(OUTLETS), rng.choice((1, 1, 1, 1, 2, 2, 3, 5)))
    for index, outlet in enumerate(outlets):
        wait = rng.choice((0, 0, 0, 1, 3)) if index else 0
        headline, body = _edit(press_release, rng, "verbatim" if index == 0 else _kind(rng))
        article = _article(number, index, outlet, day + timedelta(days=wait), headline, body)
        yield wait, article
        if rng.random() < 0.03:  # the outlet's second URL of it
            yield (
                wait,
                _article(number, index + 50, outlet, day + timedelta(days=wait), headline, body),
            )


def _kind(rng: Random) -> str:
    return rng.choices(("verbatim", "light", "heavy", "condensed"), (40, 35, 10, 15))[0]


def _edit(press_release: Release, rng: Random, kind: str) -> tuple[str, list[str]]:
    headline, sentences = press_release.headline, list(press_release.sentences)
    if kind != "verbatim":
        own = press_release.headline.rpartition(" ")[0][-12:]
        headline = f"{press_release.town} {_VOCABULARY.phrase(rng)}…{own}"
    match kind:
        case "light":
            del sentences[rng.randrange(len(sentences))]
            at = rng.randrange(len(sentences))
            sentences[at] = "이에 따라 " + sentences[at].replace("은 ", "도 ")
        case "heavy":
            for at in rng.sample(range(len(sentences)), len(sentences) // 3):
                sentences[at] = _VOCABULARY.sentence(rng)
            rng.shuffle(sentences)
        case "condensed":
            return headline, [press_release.lead, sentences[-1]]
    return headline, [press_release.lead, *sentences, press_release.quote]


def _article(
    number: int, index: int, outlet_number: int, day: date, headline: str, body: list[str]
) -> Article:
    rng = dice("article", number, index)
    outlet = f"paper{outlet_number:02}"
    own = f"{number}{index:02}"
    url = f"http://{outlet}.example/news/view.php?idx={own}"
    minute = f"{day.isoformat()}T{rng.randint(8, 18):02}:{rng.randint(0, 59):02}"
    furniture = [Block(line, "", "body #wrap ul.menu li") for line in _FURNITURE]
    text = [Block(line, "body", "body #wrap #content p") for line in body]
    return Article(
        url=url,
        canonical_url=url,
        outlet=outlet,
        article_id=own,
        fetched_at=f"{day.isoformat()}T{rng.randint(10, 23):02}:{rng.randint(0, 59):02}:00Z",
        headline_raw=f"{headline} - {outlet}",
        headline=headline,
        byline_raw="김하늘 기자",
        authors=["김하늘"],
        author_details=[{"name": "김하늘", "email": None, "role": "기자"}],
        body="\n".join(body),
        date_published=f"{minute}+09:00",
        date_published_raw=f"입력 {minute.replace('T', ' ')}",
        date_source="label",
        date_precision="minute",
        blocks=furniture[:7] + text + furniture[7:],
    )
