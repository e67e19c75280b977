"""Table of the shapes in which Korean news pages show a date, and of contexts that rule one out.

Every pattern names its parts: ``y m d`` (``yy``: two digits; ``mon``: an English month), ``a``
오전/오후, ``h mi s``, ``z`` a zone, ``ago unit`` and ``word`` for relative dates.
crawler/dates/parse.py fills missing parts from the moment of reading. A shape's examples and
look-alikes are its test. Reasons for texts without any shape: date_lookalikes.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

WEEKDAY = (
    r"(?:[(\[<{【〔]\s?(?:[월화수목금토일](?:요일)?|[A-Z][a-z]{2})\s?[)\]>}】〕]"
    r"|[월화수목금토일]요일|[월화수목금토일](?=\s\d))"
)
# "-2024.07" behind a clock begins a date, "+0900" is an offset.
ZONE = (
    r"(?:\s?[\[(]?(?P<z>(?:GMT|UTC)\s?[+-]\d{1,2}(?::?\d\d)?|Z|UTC|UT|GMT|KST|[+-]\d\d:?\d\d)"
    r"(?![A-Za-z\d]|[+-]\d|[-./]\s?\d)[\])]?)"
)
CLOCK = (
    r"(?:(?P<a>오전|오후|[AaPp]\.?[Mm]\.?)\s?)?(?P<h>\d{1,2})"
    r"(?:\s?:\s?(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,]\d{1,9})?)?(?![\d:])"
    r"|\s?시(?!간|\s?반)(?:\s?(?P<mi2>\d{1,2})\s?분(?:\s?(?P<s2>\d{1,2})\s?초)?)?)"
    r"(?:\s?(?P<a2>[AaPp]\.?[Mm](?![A-Za-z])|오[전후](?![가-힣]|\s?\d)))?"
)
# A glued clock ("2024-09-1109:14") is only readable after a day of two digits.
_GAP = r"(?:T|[\s,]*[\[(]\s?|[\s,]+|\s[-/|]\s(?=\d\d:\d\d)|(?<=\d\d)(?=\d\d:)|(?<=[일)\]>}】〕]))"
THEN_CLOCK = rf"(?:\s?{WEEKDAY})?(?:{_GAP}{CLOCK}{ZONE}?)?"
EDGE = r"(?!\d|[-./:]\d)"
# The lookbehinds follow the year, so that the search skips to its first digit: 10x faster.
_NOT_AMID = r"(?<![A-Za-z\d_=]\d{4})(?<![A-Za-z]/\d{4})(?<!\d[-.,/:]\d{4})"
YEAR = r"(?P<y>(?:19|20)\d\d)"
LONE_YEAR = rf"{YEAR}{_NOT_AMID}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Reach = Literal["line", "part", "alone", "label"]
"""Positions at which a shape is read without a label: anywhere in a line, as a whole part of it, or
alone; ``label``: only after a label."""

Precision = Literal["second", "minute", "day"]
ANY: tuple[Precision, ...] = ("day", "minute", "second")

_COUNTS = "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열"
_DAY_COUNTS = "하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘"
COUNT_WORDS = {word: number for number, word in enumerate(_COUNTS.split(), 1)}
DAY_COUNT_WORDS = {word: number for number, word in enumerate(_DAY_COUNTS.split(), 1)}


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of a date, with its examples."""

    name: str
    reach: Reach
    why: str
    """The peculiarity of the shape, and where it was seen."""
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    refuses: tuple[str, ...]
    """Look-alikes from which no date may be read."""
    precision: tuple[Precision, ...] = ANY
    """The precisions that it can show."""


SHAPES = (
    Shape(
        "numeric",
        "line",
        "Four-digit year first, one separator throughout; ISO 8601 is a case of it.",
        re.compile(
            rf"{LONE_YEAR}\s?(?P<sep>[-./])\s?(?P<m>\d{{1,2}})\s?(?P=sep)\s?(?P<d>\d{{1,2}})"
            rf"(?:\s?\.(?=\D|$|\s))?{THEN_CLOCK}{EDGE}"
        ),
        ("2024.09.11(수) 09:14", "2021/05/18 [12:11]", "2025-02-16T10:50:25Z", "2024. 9. 11."),
        ("2021.13.17", "010-2019-1062", "2022.03.08 ~ 2022.03.12", "2024.09.11.3", "v2024.9.11"),
    ),
    Shape(
        "hangul",
        "line",
        "년 월 일, with 시 분 초 or a colon clock after it.",
        re.compile(
            rf"{LONE_YEAR}\s?년\s?(?P<m>\d{{1,2}})\s?월\s?(?P<d>\d{{1,2}})\s?일{THEN_CLOCK}"
        ),
        ("2021년05월04일 18시14분", "2024년 9월 11일 오후 3시 5분", "2022년 05월 21일 (토) 12:51"),
        ("2024년 2월 30일", "2023년 1월 8일부터 4일간", "2023년 가을", "2024년 9월"),
    ),
    Shape(
        "rfc822",
        "line",
        "pubDate of RSS 2.0, and dc:date of Gnuboard up to 5.3.",
        re.compile(
            rf"(?<![A-Za-z\d])(?P<d>\d{{1,2}}) (?P<mon>{'|'.join(MONTHS)})[a-z]*,? "
            rf"{YEAR}{THEN_CLOCK}{EDGE}"
        ),
        ("Mon, 17 Jul 2023 15:12:02 +0900", "Tue, 20 Sep 2022 04:55:24 GMT"),
        ("31 Jun 2024 10:00:00 +0900", "Mon, 17 Jul 2023 15:12:02 EST"),
    ),
    Shape(
        "clock_first",
        "alone",
        "Some list rows put the clock before the day.",
        re.compile(rf"{CLOCK}\s(?P<y>\d{{4}})[-./](?P<m>\d\d)[-./](?P<d>\d\d)"),
        ("오후 2:00 2024-01-02",),
        ("오후 2:00 2024-01-32",),
        ("minute", "second"),
    ),
    Shape(
        "compact",
        "alone",
        "Digits only, as in meta tags and data attributes.",
        re.compile(
            rf"{YEAR}(?P<m>\d\d)(?P<d>\d\d)"
            rf"(?:[T ]?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?{ZONE}?)?{EDGE}"
        ),
        ("20240911", "202409110914", "20240911091432", "20240911T091432+0900"),
        ("20241311", "2024091109", "1726013672", "202409112561", "2024091"),
    ),
    Shape(
        "two_digit_year",
        "part",
        "Gnuboard 5.4+ view pages (yy-mm-dd HH:MM) and neighbour lists (yy.mm.dd).",
        re.compile(
            rf"['’‘`]?(?P<yy>\d\d)(?P<sep>[-.])(?P<m>\d\d)(?P=sep)(?P<d>\d\d)\.?{THEN_CLOCK}{EDGE}"
        ),
        ("24-09-11 10:09", "24.09.11", "작성일24-05-16 07:36"),
        ("v25.10.5", "버전 22.9.18", "22.9.18", "24-13-11", "02-24-09-11"),
    ),
    Shape(
        "two_digit_year_spaced",
        "part",
        "Official documents: a dot and a space after each number, a dot after the last.",
        re.compile(
            rf"['’‘`]?(?P<yy>\d\d)\. (?P<m>\d{{1,2}})\. (?P<d>\d{{1,2}})\.{THEN_CLOCK}{EDGE}"
        ),
        ("24. 9. 11.", "24. 9. 11. 10:09", "’24. 9. 11."),
        ("24. 13. 11.", "24. 9. 11", "24. 9. 11. ~ 9. 13.", "3. 24. 9. 11."),
    ),
    Shape(
        "two_digit_year_short",
        "label",
        "Months and days without a zero look like a version; a publication label decides.",
        re.compile(
            rf"['’‘`]?(?P<yy>\d\d)(?P<sep>[-.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})\.?"
            rf"{THEN_CLOCK}{EDGE}"
        ),
        ("등록일 24.9.11", "입력 : 24.9.11. 10:09", "작성일24-9-11"),
        ("24.9.11", "업데이트 22.9.18", "등록 24.13.1", "작성일24/9/11"),
    ),
    Shape(
        "two_digit_year_hangul",
        "part",
        "The same with 년 월 일; a term of years (징역 24년) shows no month.",
        re.compile(rf"['’‘`]?(?P<yy>\d\d)년\s?(?P<m>\d{{1,2}})월\s?(?P<d>\d{{1,2}})일{THEN_CLOCK}"),
        ("24년 9월 11일", "'24년 9월 11일 10:09"),
        ("24년 9월", "24년 13월 1일", "124년 9월 11일"),
    ),
    Shape(
        "no_year",
        "part",
        "Gnuboard lists: MM-DD once the day is over.",
        re.compile(rf"(?P<m>\d\d)-(?P<d>\d\d){THEN_CLOCK}{EDGE}"),
        ("09-11", "09-11 10:09"),
        ("3-5면", "13-11", "D-24", "12-32", "09-11~09-13"),
    ),
    Shape(
        "no_year_dotted",
        "part",
        "Only with a clock after it: 12.10 alone is a number, 10/29 a page.",
        re.compile(rf"(?P<m>\d\d)(?P<sep>[./])(?P<d>\d\d)\.?\s[\[(]?{CLOCK}[\])]?{EDGE}"),
        ("09.11 10:09", "09/11 [10:09]"),
        ("12.10", "10/29", "13.11 10:09"),
    ),
    Shape(
        "no_year_labelled",
        "label",
        "The same without a clock: after a label it is not a number.",
        re.compile(r"(?P<m>\d\d)[./](?P<d>\d\d)\.?(?=\s|$|[|)\]])"),
        ("작성일 09.11", "등록 : 09/11 조회 12"),
        ("09.11", "등록 13.11", "등록 09.11%"),
        ("day",),
    ),
    Shape(
        "no_year_hangul",
        "part",
        "Portals and mobile lists.",
        re.compile(rf"(?P<m>\d{{1,2}})\s?월\s?(?P<d>\d{{1,2}})\s?일{THEN_CLOCK}"),
        ("9월 11일 13:23", "9월 11일", "9월 11일 오후 3시 5분"),
        ("9월 31일", "9월 11일부터", "지난해 12월 3일", "9월 11일에 열린 축제"),
    ),
    Shape(
        "ago",
        "part",
        "Rounded down to the unit; months and years are too coarse for a day and are refused.",
        re.compile(
            r"(?P<ago>\d{1,3})\s?(?:(?P<unit>초|분|시간|일|주일?)|시간\s?(?P<minutes>\d{1,2})\s?분)"
            r"\s?전"
        ),
        ("3시간 전", "16분전", "2일 전", "1주 전", "1시간 30분 전"),
        ("2개월 전", "1년 전", "3시간 전망", "5일 전후"),
        ("day", "minute"),
    ),
    Shape(
        "ago_in_words",
        "part",
        "The same with the number in words.",
        re.compile(
            rf"(?:(?P<ago>{'|'.join(COUNT_WORDS)})\s?(?P<unit>시간)"
            rf"|(?P<days>{'|'.join(DAY_COUNT_WORDS)}))\s?전"
        ),
        ("한 시간 전", "두시간 전", "이틀 전", "열흘 전"),
        ("한 달 전", "며칠 전", "두어 시간 전", "한두 시간 전", "이틀 전날"),
        ("day", "minute"),
    ),
    Shape(
        "day_word",
        "part",
        "어제 and its kin, with or without a clock.",
        re.compile(rf"(?P<word>방금(?:\s?전)?|오늘|금일|어제|그저께|그제)(?:\s{CLOCK})?"),
        ("방금 전", "어제", "그저께", "오늘 14:05"),
        ("엊그제", "오늘의 날씨", "어제와 오늘", "내일"),
    ),
    Shape(
        "clock",
        "alone",
        "Gnuboard lists: the clock alone on the day of writing.",
        re.compile(CLOCK),
        ("14:05", "오전 12:30"),
        ("3:36 남음", "25:10", "12:61", "스코어 3:36"),
        ("minute", "second"),
    ),
)

_MONTH_NAME = (
    r"(?i:(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t(?:ember)?|ober|ember)?)(?![A-Za-z])\.?"
)
_DAY_NAME = r"(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s)"
_DAY_NUMBER = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_THEN_ENGLISH_CLOCK = rf"(?:,?\s(?:at\s|[|·-]\s)?{CLOCK}{ZONE}?)?"
_ROMAN = "(?P<roman>I{1,3}|IV|VI{0,3}|IX|XI{0,2})"
ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_NAMED_FIRST = rf"(?<![A-Za-z]){_DAY_NAME}?{_MONTH_NAME}\s?{_DAY_NUMBER},?\s{YEAR}"

HEAD_SHAPES = (
    Shape(
        "english_month_first",
        "label",
        "American order, the month in letters.",
        re.compile(rf"{_NAMED_FIRST}{_THEN_ENGLISH_CLOCK}{EDGE}"),
        ("Sep 11, 2024 9:14 AM", "September 11, 2024", "Wednesday, Sept. 11th, 2024 at 6:05 p.m."),
        ("Sep 31, 2024", "Smarch 11, 2024", "Sep 2024"),
    ),
    Shape(
        "english_day_first",
        "label",
        "British order, the month in letters; hyphens and blanks alike.",
        re.compile(
            rf"(?<![A-Za-z\d]){_DAY_NAME}?{_DAY_NUMBER}(?P<sep>[ -]){_MONTH_NAME},?(?P=sep)"
            rf"{YEAR}{_THEN_ENGLISH_CLOCK}{EDGE}"
        ),
        ("26 Sep 2024 14:07", "11-SEP-2024 10:00", "11th September 2024", "11 Sept. 2024"),
        ("31 Sep 2024", "11 Smarch 2024"),
    ),
    Shape(
        "english_year_first",
        "label",
        "Year, month in letters, day: month names in a template of numbers.",
        re.compile(
            rf"{YEAR}(?P<sep>[ ./-]){_MONTH_NAME}(?P=sep)(?P<d>\d{{1,2}})"
            rf"{_THEN_ENGLISH_CLOCK}{EDGE}"
        ),
        ("2024-Sep-11 17:00", "2024 September 11"),
        ("2024-Sep-31",),
    ),
    Shape(
        "ctime",
        "label",
        "The form of C's ctime and of Java's Date: the year comes last.",
        re.compile(
            rf"(?<![A-Za-z]){_DAY_NAME}{_MONTH_NAME}\s(?P<d>\d{{1,2}})\s{CLOCK}{ZONE}?\s{YEAR}{EDGE}"
        ),
        ("Wed Sep 11 10:20:30 KST 2024", "Wed Sep 11 10:20:30 2024"),
        ("Wed Sep 31 10:20:30 2024",),
        ("minute", "second"),
    ),
    Shape(
        "roman_month",
        "label",
        "The month as a Roman numeral, with the year on either side.",
        re.compile(
            rf"(?:{YEAR}\s?(?P<sep>[-./])\s?{_ROMAN}\s?(?P=sep)\s?(?P<d>\d{{1,2}})\.?"
            rf"|(?P<d2>\d{{1,2}})\s?(?P<sep2>[-./\s])\s?{_ROMAN.replace('roman', 'roman2')}"
            rf"\s?(?P=sep2)\s?(?P<y2>(?:19|20)\d\d)){THEN_CLOCK}{EDGE}"
        ),
        ("10.IX.2024", "2024. Ⅸ. 11.", "11 IX 2024 10:00"),
        ("10.IIX.2024", "31.IX.2024"),
    ),
    Shape(
        "year_last",
        "label",
        "Read only if one of the first two numbers is above 12, so that it must be the day.",
        re.compile(
            rf"(?P<first>\d{{1,2}})(?P<sep>[-./])\s?(?P<second>\d{{1,2}})(?P=sep)\s?{YEAR}"
            rf"{THEN_CLOCK}{EDGE}"
        ),
        ("25/09/2024", "09/25/2024 10:00", "25.09.2024"),
        ("09/11/2024", "05/06/2022", "32/09/2024"),
    ),
    Shape(
        "year_first_rare_mark",
        "label",
        "Blanks, commas, dots in the middle of the line or underlines between the numbers.",
        re.compile(rf"{YEAR}(?P<sep>[ ,·ᆞ_])\s?(?P<m>\d\d)(?P=sep)\s?(?P<d>\d\d){THEN_CLOCK}{EDGE}"),
        ("2024 09 11 09:14", "2024ㆍ09ㆍ11 09:14"),
        ("2024 13 11", "2024, 9, 11"),
    ),
    Shape(
        "two_digits_and_slashes",
        "label",
        "Never read: with slashes the year may stand at either end.",
        re.compile(rf"(?P<ambiguous>\d\d/\d{{1,2}}/\d{{1,2}}){THEN_CLOCK}{EDGE}"),
        (),
        ("03/04/22", "24/09/11 10:00", "99/12/31"),
    ),
    Shape(
        "dangi",
        "label",
        "The calendar of Dangun is 2333 years ahead.",
        re.compile(
            r"단기\s?(?P<dangi>4[23]\d\d)\s?[년.]\s?(?P<m>\d{1,2})\s?[월.]\s?(?P<d>\d{1,2})\s?[일.]?"
            rf"{THEN_CLOCK}{EDGE}"
        ),
        ("단기 4357년 9월 11일", "단기 4357. 9. 11."),
        ("단기 4357년 9월 31일", "단기 4357년"),
    ),
    Shape(
        "english_ago",
        "label",
        "The Korean relative forms in English.",
        re.compile(
            r"(?i:(?<![A-Za-z\d])(?P<number>\d{1,3}|an?)\s(?P<english_unit>second|minute|min|hour|hr|day)s?\s"
            r"ago|(?P<word>just now)|(?P<english_day>yesterday|today)(?:,?\s(?:at\s)?"
            rf"{CLOCK})?)(?![A-Za-z])"
        ),
        ("3 hours ago", "an hour ago", "Yesterday at 10:20", "just now"),
        ("2 weeks ago", "3 days ago", "a few hours ago"),
    ),
)
"""Shapes that only head lines are searched for, beside SHAPES: rare, and of foreign templates."""

_VALUE = r"(?=['’‘`]?\d|오[늘전후]|어제|그저?[께제]|방금|[A-Z][a-z]{2})"
_TAIL = rf"(?:\s?(?:일시|일자|일|시간|시각|날짜|날))?\s*[:=|]?\s*[\[(<]?\s*{_VALUE}"
# Each alternative opens with a letter, not with an option, so that the search can skip to it.
PUBLISHED = re.compile(
    r"(?:입력(?<!수정입력)(?<!수정 입력)|등록|승인|송고|출고|전송|작성|게시|게재|발행|노출|업로드"
    r"|올린|보도일|날짜(?<![가-힣]날짜)|일자(?<![가-힣]일자)|뉴스(?=\s?(?:일[자시]|날짜))"
    r"|기사(?=\s?(?:일[자시]|날짜))"
    rf"|date(?<![A-Za-z]date)|Date|DATE|datePublished|published|Published|posted|Posted){_TAIL}"
)
MODIFIED = re.compile(
    r"(?:수정(?:\s?입력)?|편집|업데이트|변경"
    rf"|updated?|Updated?|UPDATED?\.?|modified|Modified){_TAIL}"
)

# The context of a date may show that it is no date, or not the day of publication. The name of the
# group is the reason.
CONTEXT = {
    "range": "a range, or one end of it",
    "number": "a number, not a date",
    "file": "the name of a file",
    "other": "a label of another day than that of publication",
    "label": "a word in front that is not a label of publication",
    "lunar": "a day of the lunar calendar",
    "zone": "an unknown time zone",
    "prose": "part of a sentence, or a day that is mentioned",
    "imprint": "the imprint: when the outlet was registered",
    "long": "too deep in a long line without a label",
}
NOT_BEHIND = re.compile(
    r"(?:(?P<range>[~∼〜]|부터|에서)|(?P<number>번호|\b[Nn][Oo]\.?|(?<![가-힣])제|(?<![A-Za-z])[Vv](?:er(?:sion)?)?\.?|버전)"
    r"|(?P<lunar>음력)"
    r"|(?P<other>기간|마감|접수|신청|예정|시행|개최|유효|만료|제정|개정|창간|창립|설립|준공|배포"
    r"|보도시점|사망|출생|별세|발인|투표|촬영|개봉|출시|발매|임기|휴관|휴무|유통|지난|오는"
    # Any other "day of …", but not 매일, which is part of outlets' names
    r"|[가-힣](?:(?<!매)일|일자|일시|시간|시각|기한)|[가-힣]날))"
    r"\s?[:(\[]?\s?$"
    r"|(?P<label>[가-힣]+\s?:\s?$|[가-힣]\($)"  # "선거일: 2024-01-01", "홍길동(1999-01-01)"
)
# The imprint of an outlet shows the day of its registration.
IMPRINT = re.compile(r"등록번호|등록연월일|정기간행물|제호\s?:|발행인\s?:|편집인\s?:|청소년보호")
NOT_BEFORE = re.compile(
    r"(?P<range>\s?(?:[~∼〜]|[-–—]\s?\d{1,4}\s?(?:[-./월일:]|[A-Z][a-z]{2})|부터|까지))"
    r"|(?P<zone>\s?\(?(?:(?!KST|JST)[A-Z]{2,3}T|MSK)\b|\s?\(?현지\s?시[간각]"
    r"|\s?(?:UTC|GMT)[+-]\d|\+\d|T\d)"
    r"|(?P<prose>\s?(?:이후|이전|기준|현재|예정|마감|시행|개최)"
    r"|(?:에|에는|은|는|의|이|자|생|경|판|와|과)(?![가-힣])|전[망후날])"
    r"|(?P<number>[호간번](?![가-힣]))"
    r"|(?P<file>\.?(?:pdf|jpe?g|png|gif|webp|hwpx?|docx?|xlsx?|pptx?|mp4|zip|html?)\b)"
)

# The only form that dateparser reads: an English date with its month in letters, so that day and
# month cannot be confused, and nothing beside it.
_MONTH = r"[A-Z][a-z]{2,8}\.?"
LAST_RESORT = re.compile(
    r"(?i:(?:published|posted|updated|date)(?: on)?\s?:?\s)?"
    rf"(?P<date>(?:[A-Z][a-z]{{2,8}},? )?"
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ -](?:19|20)\d\d"
    rf"|(?:19|20)\d\d[ -]{_MONTH}[ -]\d{{1,2}})"
    r"(?:,? (?:at )?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp][Mm])?(?:\s?(?:KST|[+-]\d{4}))?)?)"
)

IMAGE_NAME = re.compile(
    r"(?:^|/)(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:[01]\d|2[0-3])(?:[0-5]\d){2}_[^/]*$"
)
