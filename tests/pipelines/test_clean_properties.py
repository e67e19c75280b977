"""Properties of cleaning, tried on pages that Hypothesis generates.

``MALGEUM_PROPERTIES=long`` tries 20,000 random pages per property instead of 60 fixed ones.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from crawler.article import Article, Block
from crawler.encoding import charset_of
from crawler.reprocess.replay.from_files import SavedPage, extract_saved
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import Dates
from tests.support.hypothesis_profile import PROFILE
from tests.support.paths import PAGES

URL, FETCHED = "https://paper.example/1", "2026-03-11T06:00:00Z"
HEAD = ("가온시 새 도서관 문 열어", "김하늘 기자 | 입력 2026-03-10 10:00")
BOOK = load_rules()
TAG = re.compile(r"<[^<>]*>")


def saved_lines() -> Iterator[str]:
    """The lines of the saved pages, without their tags."""
    for page in sorted(PAGES.glob("*/*.html")):
        body = page.read_bytes()
        text = TAG.sub("\n", body.decode(charset_of(body) or "utf-8"))
        yield from filter(str.strip, text.splitlines())


RULES = [rule for group in fields(BOOK) for rule in getattr(BOOK, group.name)]
DROPS = "\n".join(text for rule in RULES for text in rule.drops).split("\n")
BOILERPLATE = "\n".join(text for rule in BOOK.lines for text in rule.drops).split("\n")
KEEPS = "\n".join(text for rule in RULES for text in rule.keeps).split("\n")
SENTENCES = [
    line
    for line in KEEPS
    if re.fullmatch(r"[가-힣].{12,}다\.", line)
    # An article's own notice in 합니다 style is one by its markup; as a line alone it is an appeal.
    and BOOK.rule_for(line) is None
]
KNOWN = sorted({*DROPS, *KEEPS, *saved_lines()})

plain_sentences = st.builds(
    "{}{}은 {}에서 {} {}명과 함께 {}을 {}다고 밝혔다.".format,
    st.sampled_from(["가온시", "누리군", "도담구", "온빛마을 주민들"]),
    st.sampled_from(["청 직원들", " 자원봉사단", " 청년들"]),
    st.sampled_from(["시민회관", "물빛공원 앞마당", "군청 대강당", "시장 골목"]),
    st.sampled_from(["이웃", "학생", "상인", "어르신"]),
    st.integers(2, 9999),
    st.sampled_from(["새 도서관", "나눔 장터 ‘온정’", "“함께 걷는 길” 사업", "무료 강좌 3개 반"]),
    st.sampled_from(["열었", "시작했", "마쳤", "알렸"]),
)
articles = st.lists(plain_sentences, min_size=1, max_size=12, unique=True)
any_lines = st.lists(st.text(max_size=120), max_size=12)
one_line = st.one_of(st.sampled_from(KNOWN), plain_sentences, st.text(max_size=80))
page_lines = st.lists(one_line, max_size=20)
furniture = st.lists(st.sampled_from(BOILERPLATE), max_size=4, unique=True)
stories = st.lists(
    plain_sentences | st.sampled_from(SENTENCES), min_size=1, max_size=9, unique=True
)


def cleaned(article: Article) -> Article:
    clean_article(article, BOOK)
    Dates().process_item(article)
    return article


def page(lines: Sequence[str]) -> Article:
    """The lines as a page of no known system."""
    return cleaned(extract_saved(SavedPage(URL, FETCHED, text="\n".join(lines)), None))


def located(lines: Sequence[str]) -> Article:
    """The lines as the body that a known system's markup shows."""
    article = extract_saved(SavedPage(URL, FETCHED, text=""), None)
    article.blocks = [Block(line, "body") for line in lines]
    return cleaned(article)


def lines_of(text: str | None) -> list[str]:
    return text.split("\n") if text else []


def shown(article: Article) -> Iterator[str]:
    """Every line that an article gives out."""
    yield from lines_of(article.headline)
    yield from lines_of(article.alternative_headline)
    yield from lines_of(article.body)
    for image in article.images:
        yield from lines_of(image["caption"])
    if article.translation:
        yield from lines_of(article.translation["headline"])
        yield from lines_of(article.translation["body"])
    if article.rights:
        yield article.rights["notice"]


def bare(text: str) -> str:
    """Without what hygiene may change: white space, characters without a shape, composition."""
    kept = (
        char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    )
    return unicodedata.normalize("NFC", "".join(kept))


# -- any text whatever ----------------------------------------------------------------------


@PROFILE
@given(any_lines)
def test_no_text_raises(lines: list[str]) -> None:
    page(lines)
    located(lines)


@PROFILE
@given(page_lines, st.text(max_size=200))
def test_no_html_raises(lines: list[str], markup: str) -> None:
    html = markup + "".join(f"<p>{line}" for line in lines)
    cleaned(extract_saved(SavedPage(URL, FETCHED, html=html), None))


@PROFILE
@given(st.binary(max_size=400))
def test_no_bytes_raise(body: bytes) -> None:
    html = body.decode(charset_of(body) or "utf-8", "replace")
    cleaned(extract_saved(SavedPage(URL, FETCHED, html=html), None))


# -- nothing is invented, nothing plain is lost -------------------------------------------------


@PROFILE
@given(page_lines)
def test_every_line_that_comes_out_is_part_of_one_that_went_in(lines: list[str]) -> None:
    sources = [bare(line) for line in lines]
    for article in (page(lines), located(lines)):
        for line in shown(article):
            assert any(bare(line) in source for source in sources), line


@PROFILE
@given(articles)
def test_plain_sentences_come_out_unchanged(sentences: list[str]) -> None:
    assert lines_of(located(sentences).body) == sentences


@PROFILE
@given(articles)
def test_plain_sentences_below_a_head_come_out_unchanged(sentences: list[str]) -> None:
    article = page([*HEAD, *sentences])
    assert lines_of(article.body) == sentences
    assert article.headline == HEAD[0]
    assert article.date_published == "2026-03-10T10:00+09:00"


@PROFILE
@given(articles, page_lines)
def test_a_sentence_of_the_article_survives_whatever_stands_below(
    sentences: list[str], below: list[str]
) -> None:
    body = lines_of(page([*HEAD, *sentences, *below]).body)
    assert body[: len(sentences)] == sentences


# -- once is enough -----------------------------------------------------------------------------


@PROFILE
@given(furniture, plain_sentences, stories, furniture)
def test_a_clean_body_is_clean(
    above: list[str], first: str, story: list[str], below: list[str]
) -> None:
    """As a located body, and below a head on a page of no known system."""
    lines = [*above, *HEAD, first, *story, *below]
    for article in (page(lines), located([first, *story, *below])):
        body = lines_of(article.body)
        assert lines_of(located(body).body) == body
        assert lines_of(page([*HEAD, *body]).body) == body


SAID = "가온시청 직원들은 시민회관에서 이웃 12명과 함께 새 도서관을 열었다고 밝혔다."
ADDED = "누리군 청년들은 시장 골목에서 학생 8명과 함께 나눔 장터를 마쳤다고 밝혔다."


def test_a_body_printed_four_times_is_printed_once() -> None:
    assert located([SAID, ADDED] * 4).body == f"{SAID}\n{ADDED}"


def test_a_strip_with_a_button_in_it_is_a_strip() -> None:
    strip = ["맑음강릉22.3℃", "구름많음울릉도6.4℃", "기사 메일전송", "맑음속초20.3℃"]
    assert located([SAID, *strip, ADDED]).body == f"{SAID}\n{ADDED}"


def test_a_page_of_headline_date_and_picture() -> None:
    article = page([*HEAD, "▲ 새 도서관을 둘러보는 주민들 (사진=가온시 제공)"])
    assert article.headline == HEAD[0]
    assert article.body is not None
    assert article.body.startswith("새 도서관을 둘러보는 주민들")


def test_a_short_article_above_many_calls_keeps_its_voice() -> None:
    calls = [
        "카카오톡에서 가온타임스를 친구로 추가하면 새 기사를 먼저 볼 수 있습니다.",
        "여러분의 후원이 지역 언론을 지킵니다.",
        "뉴스레터를 구독하세요!",
    ]
    assert located([SAID, ADDED, *calls]).body == f"{SAID}\n{ADDED}"
