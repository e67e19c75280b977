"""Table of what can become of a page that was fetched, or left unfetched.

A member is its own word: the frontier stores it, stats and run counts are named after it. Waits are
ages as in settings: ``0h`` is the next run.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from crawler.outcomes.exit_codes import BLOCKED, BROKEN_LAYOUT, PARTIAL, STORE_ERROR, UNEXPECTED
from crawler.outcomes.model import NORMAL, Row, Weight
from crawler.outcomes.stats import DEFERRED, PREFIX, REJECTED, Visit

AGAIN_EN = "it is tried again"
AGAIN_KO = "다음 수집에서 다시 시도합니다"

LEAVE_ALONE_EN = "leave it alone for a day, set CONTACT, and look at its pages in a browser"
LEAVE_ALONE_KO = "하루 동안 수집하지 말고 CONTACT를 설정한 뒤 브라우저로 페이지를 확인하십시오"
ASK_EN = "open one in a browser without logging in; if it is not public, ask the outlet for access"
ASK_KO = "로그인하지 않은 브라우저로 열어 보고, 공개 기사가 아니면 매체에 열람을 요청하십시오"
MEND_EN = "look at one with scrapy explain, and see CONTRIBUTING.md"
MEND_KO = "scrapy explain으로 살펴보고 CONTRIBUTING.md를 참고하십시오"
MOVED_EN = "open one in a browser: did the outlet change its addresses?"
MOVED_KO = "브라우저로 열어 보고 매체의 주소가 바뀌었는지 확인하십시오"
DOWN_EN = "open one in a browser: is the host down, or is the answer another kind of file?"
DOWN_KO = "브라우저로 열어 보고 서버가 멈췄는지, 다른 형식으로 응답하는지 확인하십시오"
NEXT_EN = "the next run continues where this one ended"
NEXT_KO = "다음 수집이 멈춘 곳부터 이어서 합니다"
LOG_EN = "see the log, and report it"
LOG_KO = "로그를 확인하고 알려 주십시오"

SOON = ("0h", "0h", "1d", "7d")
"""For answers that may be right again at the next run."""

UNREACHABLE = Weight(some=PARTIAL, most=PARTIAL, no_list=UNEXPECTED)
CLOSED = Weight(most=BLOCKED, some_list=PARTIAL, no_list=BLOCKED)
"""A few pages that are not public are normal, an outlet of them is not."""
REFUSED = Weight(some=PARTIAL, most=BLOCKED, no_list=BLOCKED)
UNREADABLE = Weight(most=BROKEN_LAYOUT, no_list=BROKEN_LAYOUT, replay=PARTIAL)
ABSENT = Weight(most=BROKEN_LAYOUT, no_list=BROKEN_LAYOUT)
LATER = Weight(some=PARTIAL, no_list=UNEXPECTED)


class PageOutcome(StrEnum):
    """What became of a page; ``row`` says what follows."""

    row: Row

    def __new__(cls, word: str, row: Row) -> Self:
        """Make a member that equals its word."""
        member = str.__new__(cls, word)
        member._value_, member.row = word, row
        return member

    # -- the page was read ----------------------------------------------------
    STORED = "stored", Row(
        en="{n}× a new article",
        ko="새 기사 {n}건",
        weight=NORMAL, settled=True,
    )  # fmt: skip
    REVISED = "revised", Row(
        en="{n}× a new revision of a stored article",
        ko="저장된 기사의 새 판 {n}건",
        weight=NORMAL, settled=True, noted_as="stored",
    )  # fmt: skip
    UNCHANGED = "unchanged", Row(
        en="{n}× an article that is stored as it is",
        ko="이미 저장된 그대로인 기사 {n}건",
        weight=NORMAL, settled=True, noted_as="stored",
    )  # fmt: skip
    ALIAS = "alias", Row(
        en="{n}× another address of a stored article",
        ko="저장된 기사의 다른 주소 {n}건",
        weight=NORMAL, settled=True, noted_as="stored",
    )  # fmt: skip
    OLDER = "older", Row(
        en="{n}× an older revision of a stored article",
        ko="저장된 기사의 이전 판 {n}건",
        weight=NORMAL, settled=True, noted_as="stored",
    )  # fmt: skip
    OUTSIDE = "outside", Row(
        en="{n}× an article published outside the wanted period",
        ko="요청한 기간 밖에 작성된 기사 {n}건",
        weight=NORMAL,
    )  # fmt: skip
    ERASED = "forgotten", Row(
        en="{n}× an article that was erased with scrapy forget",
        ko="scrapy forget으로 삭제한 기사 {n}건",
        weight=NORMAL, settled=True,
    )  # fmt: skip

    # -- the outlet does not show it ------------------------------------------
    GONE = "gone", Row(
        en="{n}× a page that is gone", ko="사라진 페이지 {n}건",
        action_en=MOVED_EN, action_ko=MOVED_KO,
        is_read=True, weight=ABSENT, settled=True, finding="absent_pages",
        waits=("1d", "7d"),  # of what is stored: some were only hidden for a while
    )  # fmt: skip
    LED_AWAY = "led_away", Row(
        en="{n}× an article's address that led to another page",
        ko="다른 페이지로 연결되는 기사 주소 {n}건",
        action_en=MOVED_EN, action_ko=MOVED_KO,
        is_read=True, weight=ABSENT, waits=("1d", "7d"), alarm="failed", finding="absent_pages",
    )  # fmt: skip
    FORBIDDEN = "forbidden", Row(
        en="{n}× asked to log in or to pay", ko="로그인이나 결제를 요구한 페이지 {n}건",
        action_en=ASK_EN, action_ko=ASK_KO,
        weight=CLOSED, waits=SOON, alarm="failed", finding="members", passing=True,
    )  # fmt: skip
    MEMBERS = "members", Row(
        en="{n}× a page for members only", ko="회원에게만 보이는 페이지 {n}건",
        action_en=ASK_EN, action_ko=ASK_KO,
        is_read=True, weight=CLOSED, alarm="failed", finding="members", passing=True,
        waits=("1d", "7d"),  # at times such a page is opened later
    )  # fmt: skip
    BLOCKED = "blocked", Row(
        en="{n}× turned away", ko="접속이 차단된 페이지 {n}건",
        action_en=LEAVE_ALONE_EN, action_ko=LEAVE_ALONE_KO,
        weight=REFUSED, alarm="refused", finding="blocked",
        waits=("0h", "0h", "1h", "6h", "1d", "1d", "7d"),
    )  # fmt: skip

    # -- we do not ask for it -------------------------------------------------
    ROBOTS = "robots", Row(
        en="{n}× forbidden by robots.txt", ko="robots.txt가 금지한 페이지 {n}건",
        action_en=LEAVE_ALONE_EN, action_ko=LEAVE_ALONE_KO,
        weight=REFUSED, waits=SOON, alarm="refused", finding="blocked", passing=True,
        stat=REJECTED + "robots",
    )  # fmt: skip
    OTHER_HOST = "other_host", Row(
        en="{n}× led to an address outside the outlet", ko="매체 밖의 주소로 연결된 페이지 {n}건",
        action_en="open one in a browser: has the outlet moved? Then change home in its spider",
        action_ko="브라우저로 열어 보고 매체가 옮겨졌다면 스파이더의 home을 고치십시오",
        weight=CLOSED, alarm="failed", finding="absent_pages", passing=True,
        waits=SOON,  # a domain that ran out may be mended soon
    )  # fmt: skip

    # -- it may be there next time --------------------------------------------
    TEMPORARY = "temporary", Row(
        en="{n}× a page that could not be fetched", ko="가져오지 못한 페이지 {n}건",
        action_en=DOWN_EN, action_ko=DOWN_KO,
        weight=UNREACHABLE, alarm="failed", finding="unread_pages", passing=True,
        # an outlet that stays down is asked ever more rarely
        waits=("0h", "0h", "0h", "1h", "6h", "1d", "1d", "7d"),
    )  # fmt: skip
    BROKEN = "broken", Row(
        en="{n}× an answer that is not a page", ko="페이지가 아닌 응답 {n}건",
        action_en=DOWN_EN, action_ko=DOWN_KO,
        weight=UNREACHABLE, alarm="failed", finding="unread_pages", passing=True,
        waits=SOON,  # an answer that cannot be read may be half of one
    )  # fmt: skip

    # -- it came, and this version cannot read it -----------------------------
    NOT_ARTICLE = "not_article", Row(
        en="{n}× a page without an article that this version can read",
        ko="기사를 읽을 수 없는 페이지 {n}건",
        action_en=MEND_EN, action_ko=MEND_KO,
        is_read=True, weight=UNREADABLE, alarm="lost",
        waits=SOON,  # an error page that no CMS knows, or a layout that this version cannot read
    )  # fmt: skip
    NO_BODY = "no_body", Row(
        en="{n}× an article without a body that this version can read",
        ko="본문을 읽을 수 없는 기사 {n}건",
        action_en=MEND_EN, action_ko=MEND_KO,
        is_read=True, weight=UNREADABLE, waits=SOON, alarm="lost", noted_as="not_article",
    )  # fmt: skip
    UNEXPECTED = "unexpected", Row(
        en="{n}× a failure of an unknown kind", ko="알 수 없는 오류가 난 페이지 {n}건",
        action_en=LOG_EN, action_ko=LOG_KO,
        weight=UNREACHABLE, waits=SOON, alarm="failed", finding="unread_pages",
    )  # fmt: skip

    # -- it is left as it was, for the next run -------------------------------
    NOT_STORED = "not_stored", Row(
        en="{n}× an article that the store could not take",
        ko="저장소에 넣지 못한 기사 {n}건",
        action_en="see the log; it is fetched again",
        action_ko="로그를 확인하십시오. 다시 가져옵니다",
        weight=Weight(some=STORE_ERROR, replay=STORE_ERROR), kept=True, finding="store",
    )  # fmt: skip
    NO_ROBOTS = "deferred_robots", Row(
        en="its robots.txt could not be fetched, so nothing was requested",
        ko="robots.txt를 가져오지 못해 아무것도 요청하지 않았습니다",
        action_en="is the host down?", action_ko="서버가 멈췄는지 확인하십시오",
        weight=LATER, kept=True, stat=DEFERRED + "robots",
    )  # fmt: skip
    BUSY = "deferred_busy", Row(
        en="its host is busy and asks for rest", ko="서버가 바빠 쉬어 달라고 요청했습니다",
        action_en=NEXT_EN, action_ko=NEXT_KO,
        weight=LATER, kept=True, stat=DEFERRED + "retry_after",
    )  # fmt: skip
    BUDGET = "deferred_budget", Row(
        en="its requests are used up (REQUEST_BUDGET)",
        ko="요청 한도를 다 썼습니다(REQUEST_BUDGET)",
        action_en=NEXT_EN, action_ko=NEXT_KO,
        weight=Weight(some=PARTIAL), kept=True, stat=DEFERRED + "budget",
    )  # fmt: skip
    RUN_ENDED = "deferred_end", Row(
        en="{n}× a page that was on its way when the run ended",
        ko="수집이 끝날 때 가져오는 중이던 페이지 {n}건",
        action_en=NEXT_EN, action_ko=NEXT_KO,
        weight=NORMAL, kept=True, stat=DEFERRED + "end",
    )  # fmt: skip

    def stat(self, visit: Visit) -> str:
        """Return the stat that counts visits of a kind that came to this outcome."""
        return f"{PREFIX}{visit}/{self.value}"

    @property
    def noted(self) -> str:
        """The frontier's word for it."""
        return self.row.noted_as or self.value


SETTLED = tuple(sorted({one.noted for one in PageOutcome if one.row.settled}))
"""Words of the frontier after which nothing is missing of a page."""
