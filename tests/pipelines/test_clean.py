"""Cleaning: whole pages of text; each line becomes its field or is dropped.

Towns, people and outlets are invented; the layouts are those of real pages.
"""

import pytest

from crawler.article import Article, Block, BlockKind
from pipelines.clean import clean_article
from pipelines.clean.headline import without_outlet_name
from pipelines.clean.people import read_authors
from pipelines.clean.rights import read_rights
from pipelines.clean.rules import load_rules
from pipelines.dates import date_article

BOOK = load_rules()
STRIP = ["  • 구름조금속초-1.2℃", "  • 흐림-4.2℃", "  • 눈서울-1.9℃", "  • 맑음완도", "기상청 제공"]
TITLE = "온새시, 도서관 밤에도 연다"
FIRST = "온새시가 도서관 여섯 곳의 문을 밤 열 시까지 연다고 11일 밝혔다."
SECOND = "시는 열람석 40석을 늘리고 퇴근길 대출함을 세 곳에 놓았다."


def read(*lines: str | Block, **fields: str) -> Article:
    """A page as the stages clean and date it; plain strings are lines that no markup explains."""
    article = Article(
        url="https://x.example/1",
        canonical_url="https://x.example/1",
        outlet="x.example",
        fetched_at="2026-01-23T03:00:00Z",
        blocks=[line if isinstance(line, Block) else Block(line) for line in lines],
        **fields,
    )
    clean_article(article, BOOK)
    date_article(article)
    return article


def located(*lines: str, kind: BlockKind = "body", headline: str = TITLE) -> Article:
    """A page whose markup says where the body is."""
    return read(*(Block(line, kind) for line in lines), headline_raw=headline)


def test_a_page_with_strip_clock_share_and_tail_leaves_the_article() -> None:
    article = read(
        "2026.01.23 (금)", *STRIP, TITLE, "  • 해당된 기사를 공유합니다", "지역뉴스", TITLE,
        "온새시 도서관 개관 현장", FIRST, SECOND, "모바일 버전으로 보기",
    )  # fmt: skip
    assert article.headline == TITLE
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.images == [{"url": None, "caption": "온새시 도서관 개관 현장"}]


def test_the_clock_of_the_header_is_no_publication_date() -> None:
    article = read("2026.01.23 (금)", *STRIP, TITLE, FIRST, SECOND)
    assert (article.date_published, article.date_published_raw) == (None, None)


def test_a_moment_above_the_headline_is_the_visit_and_below_it_the_date() -> None:
    visit = read("2026-01-23 11:59:58", TITLE, FIRST, SECOND)
    assert visit.date_published is None
    shown = read("2026-01-23 11:59:58", TITLE, "2025-11-02 08:15", FIRST, SECOND)
    assert shown.date_published == "2025-11-02T08:15+09:00"


@pytest.mark.parametrize(
    ("line", "author", "date"),
    [
        ("김하늘 / 기사승인 : 2025-07-15 14:39:00", ["김하늘"], "2025-07-15T14:39:00+09:00"),
        ("김하늘 기자 | 기사입력 2025/05/18 [12:11]", ["김하늘"], "2025-05-18T12:11+09:00"),
        ("김하늘기자 작성일25-06-04 11:37", ["김하늘"], "2025-06-04T11:37+09:00"),
        ("입력 2025년07월19일 09시39분 김하늘", ["김하늘"], "2025-07-19T09:39+09:00"),
        ("2025-07-09     김하늘 기자", ["김하늘"], "2025-07-09"),
        ("김하늘 기자 a@x.example | 2025-10-08 13:58:20", ["김하늘"], "2025-10-08T13:58:20+09:00"),
        ("온새신문, 김하늘 기자, 2025-10-08 12:03", ["김하늘"], "2025-10-08T12:03+09:00"),
        ("등록 2025-09-11 09:14:32", [], "2025-09-11T09:14:32+09:00"),
    ],
)  # fmt: skip
def test_a_head_line_gives_date_and_author(line: str, author: list[str], date: str) -> None:
    article = read("홈 > 사회", TITLE, line, "인쇄", FIRST, SECOND)
    assert article.headline == TITLE
    assert article.body == f"{FIRST}\n{SECOND}"
    assert (article.authors, article.date_published) == (author, date)


def test_modified_and_published_on_one_line() -> None:
    line = "김하늘 시민기자 승인 2025.08.14 11:56 | 최종 수정 2025.08.15 09:00 의견 1"
    article = read(TITLE, line, FIRST, SECOND)
    assert article.date_published == "2025-08-14T11:56+09:00"
    assert article.date_modified == "2025-08-15T09:00+09:00"
    assert article.author_details == [{"name": "김하늘", "email": None, "role": "시민기자"}]


def test_subtitles_go_to_their_field_however_often_they_stand() -> None:
    article = read(
        TITLE, "- 열람석 40석 늘려", "열람석 40석 늘려", "입력 2025-09-11 09:14", FIRST, SECOND,
        "- 열람석 40석 늘려",
    )  # fmt: skip
    assert article.alternative_headline == "열람석 40석 늘려"
    assert article.body == f"{FIRST}\n{SECOND}"


def test_teasers_above_the_headline_are_not_the_headline() -> None:
    article = read("가락군 군수 선거 3파전", "두레시 버스 파업 닷새째", TITLE, "입력 2025.06.13 16:07",
                   FIRST, SECOND)  # fmt: skip
    assert article.headline == TITLE
    assert article.body == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    "end",
    [
        "<저작권자 ⓒ 온새신문 무단전재 및 재배포 금지>",
        "많이 본 뉴스더보기",
        "목록 바로가기",
        "WEEKLY HOTISSUE",
    ],
)
def test_nothing_below_the_end_is_the_articles(end: str) -> None:
    teaser = "1. 두레시 버스 파업 닷새째 두레시 시내버스 노사가 임금을 놓고 밤새 마주 앉았다."
    article = read(TITLE, "입력 2025-09-11 09:14", FIRST, SECOND, end, "서초구", teaser)
    assert article.body == f"{FIRST}\n{SECOND}"


def test_a_box_of_other_articles_inside_does_not_end_the_article() -> None:
    article = read(TITLE, "입력 2025-09-11 09:14", FIRST, "관련기사", SECOND,
                   "시는 내년에 두 곳을 더 연다.", "저작권자 © 온새신문 무단전재 및 재배포 금지")  # fmt: skip
    assert article.body == f"{FIRST}\n{SECOND}\n시는 내년에 두 곳을 더 연다."


@pytest.mark.parametrize(
    "line",
    [
        "“맑음.” 관측소 일지의 칸에는 두 글자만 적혀 있었다.",
        "아침 최저기온은 서울 1.9℃, 대전 3.4℃로 평년보다 낮았다.",
        "가락 37.4℃",
        "맑음 12.0℃",
        "읍내 | -12.3℃ | -17.0℃",
        "변아람 기자",
        "사회",
        "97",
        "▲ 옛역 앞 보도 1.2㎞",
        "저작권자가 누구인지 밝히는 한 줄이다.",
        "‘무단전재 및 재배포 금지’라는 문구는 어디까지 통할까.",
        "페이스북 공유하기 단추를 누른 사람은 평균 1.4명이었다.",
        "구글 번역으로 옮긴 글을 이웃 도시에 보냈다.",
        "“Slow is fine, but never stop.”",
        "◇ 남은 숙제",
        "1. 마을버스 첫차를 20분 앞당긴다.",
        "문의: 031-000-0000",
        "쥐띠 48년생 손님부터 대학생까지 나이는 가지가지다.",
    ],
)
def test_the_articles_own_lines_are_never_cut(line: str) -> None:
    for article in (
        read(
            TITLE, "입력 2025-09-11 09:14", FIRST, line, SECOND, "저작권자 © 온새신문 무단전재 금지"
        ),
        located(FIRST, line, SECOND),
    ):
        assert article.body == f"{FIRST}\n{line}\n{SECOND}"


def test_a_poem_has_no_sentences_and_stays_whole() -> None:
    poem = [
        "비가 온다",
        "우산은 두 개",
        "하나는 나",
        "하나는",
        "젖은 강아지",
        "꼬리가 먼저",
        "집에 간다",
    ]
    page = read("전체메뉴", "이 달의 동시, 우산 두 개", "김하늘 기자", "승인 2025.07.11 19:12", *poem,
                "저작권자 © 온새신문 무단전재 및 재배포 금지")  # fmt: skip
    assert page.body == "\n".join(poem)
    assert located(*poem).body == "\n".join(poem)


def test_a_page_cut_in_mid_sentence_keeps_its_last_line() -> None:
    article = read(TITLE, "등록 2025-09-11 09:14", FIRST, SECOND, "시 관계자는 “누구나 와서 쉬어")
    assert (article.body or "").endswith("누구나 와서 쉬어")


def test_a_strip_inside_the_body_goes_and_single_weather_lines_stay() -> None:
    strip = ["맑음속초1.2℃", "흐림서울3.0℃", "눈대관령-4.1℃"]
    assert located(FIRST, *strip, SECOND).body == f"{FIRST}\n{SECOND}"
    assert located(FIRST, strip[0], SECOND).body == f"{FIRST}\n{strip[0]}\n{SECOND}"


def test_what_is_glued_to_a_paragraph_is_cut_off_and_kept() -> None:
    notice = "저작권자 © 온새신문 무단전재 및 재배포 금지"
    article = located(f"{FIRST}김하늘 기자", f"{SECOND} {notice}")
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.authors == ["김하늘"]
    assert article.rights == {"notice": notice, "holder": "온새신문", "ai_training": None}


def test_a_lead_is_taken_off_the_body_and_names_the_author() -> None:
    article = located(f"[온새신문=김하늘 기자] {FIRST}", SECOND)
    assert article.body == f"{FIRST}\n{SECOND}"
    assert (article.authors, article.byline_raw) == (["김하늘"], "[온새신문=김하늘 기자]")


def test_a_lead_on_a_line_of_its_own_is_no_paragraph() -> None:
    assert located("[온새신문=김하늘 기자]", FIRST, SECOND).body == f"{FIRST}\n{SECOND}"


def test_a_signature_below_the_last_sentence_is_a_byline() -> None:
    article = read(
        TITLE, "입력 2025-09-11 09:14", FIRST, SECOND, "김하늘", "김하늘 기자 desk@x.example"
    )
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.author_details == [{"name": "김하늘", "email": "desk@x.example", "role": "기자"}]


def test_a_readers_letter_keeps_its_signature() -> None:
    article = read("나무를 베지 마세요", "입력 2025-09-11 09:14", "그 그늘에서 저희 아이들이 자랐습니다.",
                   "추노을 드림")  # fmt: skip
    assert (article.body or "").endswith("추노을 드림")


def test_the_body_that_a_page_shows_twice_is_taken_once() -> None:
    notice = "[저작권자ⓒ 온새신문. 무단전재-재배포 금지]"
    assert located(FIRST, SECOND, notice, FIRST, SECOND, notice).body == f"{FIRST}\n{SECOND}"
    assert located(FIRST, SECOND, FIRST, SECOND).body == f"{FIRST}\n{SECOND}"


MARKERS = [
    "* 아래는 위 기사를 '구글 번역'으로 번역한 영문 기사의 [전문]이다. * Below is the [full text] of an"
    " English article translated from the above article as'Google Translate'.",
    "<아래는 구글번역기로 번역한 기사 전문이다.>",
    "<구글 번역으로 번역한 영문 기사의 전문 입니다. 오류가 있을 수 있음을 밝힙니다.>",
    "*아래는 위 기사를 '구글 번역'으로 번역한 영문 기사의 [전문]입니다. 영문 번역에 오류가 있을 수 있음을"
    " 전제로 합니다.<*The following is [the full text] of the English article translated by 'Google"
    " Translate'. It is assumed that there may be errors in the English translation.>",
]


@pytest.mark.parametrize("marker", MARKERS)
def test_a_translation_tail_goes_to_its_field(marker: str) -> None:
    english = ["Onsae City Opens Libraries at Night", "[Reporter Haneul Kim = Onsae] Onsae City said on"
               " the 11th that six libraries stay open.", "Forty seats were added."]  # fmt: skip
    article = located(FIRST, SECOND, marker, *english)
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.translation == {
        "language": "en",
        "headline": english[0],
        "body": "\n".join(english[1:]),
    }


def test_a_column_about_translation_stays_whole() -> None:
    column = ["아래는 구글 번역으로 번역한 영문 기사의 전문이라는 안내를 누구나 보았을 것이다.",
              "번역은 창이다. Google Translate라는 이름을 모르는 이도 쓴다.", FIRST]  # fmt: skip
    article = located(*column)
    assert article.body == "\n".join(column)
    assert article.translation is None


def test_in_a_photo_article_the_caption_is_the_body() -> None:
    article = read(
        Block("주민들이 단풍 아래를 걷고 있다. (사진=온새시 제공)", "caption"),
        Block("[저작권자ⓒ 온새신문. 무단전재-재배포 금지]", "body"),
        headline_raw="[포토] 단풍",
    )
    assert article.body == "주민들이 단풍 아래를 걷고 있다. (사진=온새시 제공)"


def test_a_file_name_is_no_caption_and_no_body() -> None:
    article = read(Block("[크기변환]02 온새시.jpg", "caption"), headline_raw=TITLE)
    assert article.body is None
    assert article.images == [{"url": None, "caption": "[크기변환]02 온새시.jpg"}]


def test_dashed_lines_at_the_head_of_a_body_are_subtitles_and_dashed_questions_are_not() -> None:
    article = located("- 열람석 40석 늘려", "-퇴근길 대출함 놓아", FIRST, SECOND)
    assert article.alternative_headline == "열람석 40석 늘려\n퇴근길 대출함 놓아"
    interview = ["-관장을 맡은 지 백 일이 지났다.", "“책보다 사람 이름을 먼저 외웠다.”"]
    assert located(*interview).body == "\n".join(interview)


def test_source_and_hashtags_go_to_their_fields() -> None:
    article = read(
        TITLE, "입력 2025-09-11 09:14", FIRST, SECOND, "[보도자료출처: 온새시]", "#온새시 #도서관"
    )
    assert article.source_organization == "온새시"
    assert article.keywords == ["온새시", "도서관"]
    assert article.body == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize("lines", [[], [""], [" ", "\u00a0", "|"], STRIP, ["0"], ["많이 본 기사"]])
def test_a_page_of_nothing_has_no_body(lines: list[str]) -> None:
    assert not read(*lines).body


@pytest.mark.parametrize(
    ("shown", "paper", "bare"),
    [
        ("[온새시] 문 열다 ‘총력 -경기종합뉴스-", None, "[온새시] 문 열다 ‘총력"),
        ("피앤피뉴스 - 온새시, 문 열다", "피앤피뉴스", "온새시, 문 열다"),
        ("온새시, 문 열다 | 가락신문", None, "온새시, 문 열다"),
        ("온새시, 문 열다 - 2부", None, "온새시, 문 열다 - 2부"),
        ("온새시 - 두레시 뱃길 열려", None, "온새시 - 두레시 뱃길 열려"),
        ("온새신문", "온새신문", "온새신문"),
    ],
)
def test_a_headline_goes_without_the_papers_name(shown: str, paper: str | None, bare: str) -> None:
    assert without_outlet_name(shown, paper) == bare


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("김하늘 기자", ["김하늘"]),
        ("by김하늘 기자", ["김하늘"]),
        ("기자명 김하늘 기자", ["김하늘"]),
        ("온새신문 김하늘 기자", ["김하늘"]),
        ("/온새=김하늘기자 desk@", ["김하늘"]),
        ("김하늘", ["김하늘"]),
        ("김하늘 발행인", ["김하늘"]),
        ("남궁하늘 선임기자", ["남궁하늘"]),
        ("김하늘·박구름 기자", ["김하늘", "박구름"]),
        ("by김하늘", ["김하늘"]),
        ("온라인팀", []),
        ("시민기자", []),
        ("쿡앤뉴스 / 기사승인 : 2025-07-15", []),
        ("", []),
    ],
)
def test_a_byline_names_people(byline: str, names: list[str]) -> None:
    assert [author["name"] for author in read_authors(byline)] == names


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("[김하늘 기자 = 온새] 시가", ["김하늘"]),
        ("[공무원신문, 고시주=김하늘 기자] 시가", ["김하늘"]),
        ("(온새=가락신문) 김하늘 기자 = 시가", ["김하늘"]),
        ("【가락신문 온새】김하늘 기자=시가", ["김하늘"]),
        ("가락신문 김하늘 기자 | 시가", ["김하늘"]),
        ("[가락신문] 시가", []),
        ("올해의 기자상에 김하늘 기자가 뽑혔다.", []),
        ("(사)김하늘 기자상위원회는 11일 상을 줬다.", []),
    ],
)
def test_a_lead_names_people(paragraph: str, names: list[str]) -> None:
    assert located(paragraph, SECOND).authors == names


@pytest.mark.parametrize(
    ("notice", "holder", "training"),
    [
        ("<저작권자 ⓒ 온새신문 무단전재 및 재배포 금지>", "온새신문", None),
        ("[저작권자ⓒ CWN(CHANGE WITH NEWS). 무단전재-재배포 금지]", "CWN(CHANGE WITH NEWS)", None),
        ("Copyright ⓒ 온새일보 All rights reserved. 무단 전재, 재배포 및 AI 학습 이용 금지", "온새일보", False),
        ("저작권자 © 온새신문 무단전재 및 재배포, AI학습 이용 금지", "온새신문", False),
        ("ⓒ온새투데이. 무단전재-재배포 금지.", "온새투데이", None),
        ("Copyright @온새일보 Corp. All rights reserved.", "온새일보", None),
    ],
)  # fmt: skip
def test_a_copyright_line_says_who_and_what(
    notice: str, holder: str, training: bool | None
) -> None:
    assert read_rights(notice) == {"notice": notice, "holder": holder, "ai_training": training}


def test_the_day_of_the_issue_above_the_headline_is_no_date() -> None:
    article = read(
        "발행일: 2026-11-18 (수요일)", TITLE, "승인 2025.07.04 17:30", FIRST, SECOND,
    )  # fmt: skip
    assert article.date_published == "2025-07-04T17:30+09:00"


def test_a_readers_moment_is_no_date_of_the_article() -> None:
    article = read(
        TITLE, "장아름 기자", FIRST, SECOND, "댓글목록", "이웃 2026.03.11 (수)",
        "좋은 소식이네요. 기자님 고맙습니다.",
    )  # fmt: skip
    assert article.date_published is None
    assert article.body == f"{FIRST}\n{SECOND}"


def test_a_labelled_date_below_the_last_sentence_ends_the_article() -> None:
    article = read(
        TITLE, "이미르 기자", FIRST, SECOND,
        "기사입력: 2026/01/22 [20:11] 최종편집: ⓒ 온새신문 경기북부",
        "누리군, 홀로 사는 어르신 37가구에 안부 전화", "[칼럼] 번역이 열어 준 창",
    )  # fmt: skip
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.date_published == "2026-01-22T20:11+09:00"


@pytest.mark.parametrize(
    "first",
    [
        "― 외롭지 않았나.",
        "◎ 금상 : 참솔(누리울중 3), 은별(해솔초 5)",
        "<앵커>",
        "- 참석자 : 고샅길 상인회장, 윤슬비 교수",
        "<질문 1> 우리 신문에서 가장 먼저 펴는 면은?",
    ],
)
def test_what_no_subtitle_looks_like_begins_the_body(first: str) -> None:
    article = read(TITLE, "2026-01-23 10:00 김하늘 기자", first, FIRST, SECOND)
    assert article.body == f"{first}\n{FIRST}\n{SECOND}"
    assert article.alternative_headline is None


def test_a_station_without_weather_in_the_strip_is_no_headline() -> None:
    article = read(
        "속초18.4℃", "22.8℃", "완도", "홍성(예)22.5℃", TITLE, "장아름 기자", FIRST, SECOND
    )
    assert article.headline == TITLE


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Nông sản hình dáng xấu lên kệ siêu thị.", "vi"),
        ("В супермаркете продают некрасивые овощи.", "ru"),
        ("Ugly vegetables are on the shelves.", "en"),
    ],
)
def test_the_language_of_a_translation(line: str, language: str) -> None:
    article = read(TITLE, "장아름 기자", FIRST, SECOND, "[기계번역]", line)
    assert article.translation is not None
    assert article.translation["language"] == language


def test_an_interview_answered_in_polite_speech_keeps_its_answers() -> None:
    lines = [
        "<질문 1> 우리 신문에서 가장 먼저 펴는 면은?",
        "부고 난이요. 제 또래 이름이 있나 봅니다.",
        "<질문 2> 없애고 싶은 면은?",
        "눈이 보이면요. 글자 좀 키워 주세요.",
    ]
    article = read(
        TITLE, "장아름 기자 2026-01-22 10:00", *lines, "Copyright © 온새신문. 무단전재 금지."
    )
    assert article.body == "\n".join(lines)
