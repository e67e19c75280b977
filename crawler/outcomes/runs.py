"""Table of what can happen to a run as a whole, in the form of the pages' table."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from crawler.outcomes.exit_codes import (
    BAD_USAGE,
    BROKEN_LAYOUT,
    LOCKED,
    PARTIAL,
    STORE_ERROR,
    UNEXPECTED,
)
from crawler.outcomes.model import Row, Weight
from crawler.outcomes.pages import LOG_EN, LOG_KO, MEND_EN, MEND_KO, NEXT_EN, NEXT_KO
from crawler.outcomes.stats import PREFIX, SPIDER_EXCEPTIONS

CUT_SHORT = Weight(some=PARTIAL, replay=PARTIAL)
FAULT = Weight(some=UNEXPECTED, replay=UNEXPECTED)
UNSTORED = Weight(some=STORE_ERROR, replay=STORE_ERROR)
ELSEWHERE = Weight(some=LOCKED)


class RunOutcome(StrEnum):
    """What happened to a run; ``row`` says what follows. The member's word names its stat."""

    row: Row

    def __new__(cls, word: str, row: Row) -> Self:
        """Make a member that equals its word."""
        member = str.__new__(cls, word)
        member._value_, member.row = word, row
        return member

    LOCKED = "locked", Row(
        en="another process crawls it", ko="다른 프로세스가 수집하고 있습니다",
        weight=ELSEWHERE,
    )  # fmt: skip
    STORE_ERROR = "store_errors", Row(
        en="the store failed", ko="저장소에 오류가 났습니다",
        action_en="see the log", action_ko="로그를 확인하십시오",
        weight=UNSTORED, finding="store",
    )  # fmt: skip
    FEED_ERROR = "feed_errors", Row(
        en="its feed could not be written", ko="피드를 쓸 수 없었습니다",
        action_en="see the log", action_ko="로그를 확인하십시오",
        weight=UNSTORED, finding="feed",
    )  # fmt: skip
    BROKEN_LIST = "broken_lists", Row(
        en="its list shows no rows that this version can read",
        ko="목록에서 읽을 수 있는 항목이 없습니다",
        action_en=MEND_EN, action_ko=MEND_KO,
        weight=Weight(some=BROKEN_LAYOUT), finding="new_list",
    )  # fmt: skip
    EMPTIED_LIST = "emptied_lists", Row(
        en="a list that had articles shows none",
        ko="기사가 있던 목록이 비었습니다",
        action_en="open it in a browser: was it moved?",
        action_ko="브라우저로 열어 옮겨졌는지 확인하십시오",
        weight=Weight(some=BROKEN_LAYOUT), finding="empty_list",
    )  # fmt: skip
    UNREAD_LIST = "failed_lists", Row(
        en="{n}× a page that should be a list and is not",
        ko="목록이 아닌 목록 페이지 {n}건",
        action_en=MEND_EN, action_ko=MEND_KO,
        weight=Weight(some=PARTIAL, no_list=BROKEN_LAYOUT), finding="new_list", passing=True,
    )  # fmt: skip
    SPIDER_ERROR = "exception", Row(
        en="{n}× an error of this program", ko="프로그램 오류 {n}건",
        action_en=LOG_EN, action_ko=LOG_KO,
        weight=FAULT, alarm="failed", finding="crash", stat=SPIDER_EXCEPTIONS,
    )  # fmt: skip
    ITEM_ERROR = "item_errors", Row(
        en="{n}× an article at which this program failed",
        ko="처리하다 프로그램 오류가 난 기사 {n}건",
        action_en=LOG_EN, action_ko=LOG_KO,
        weight=FAULT, finding="crash",
    )  # fmt: skip
    NOT_STARTED = "not_started", Row(
        en="the crawl could not be started", ko="수집을 시작하지 못했습니다",
        action_en=LOG_EN, action_ko=LOG_KO,
        weight=FAULT,
    )  # fmt: skip
    WORKER_LOST = "workers_lost", Row(
        en="a process of the replay was killed",
        ko="재처리 프로세스가 강제로 종료되었습니다",
        action_en="is memory short?", action_ko="메모리가 모자라는지 확인하십시오",
        weight=Weight(replay=UNEXPECTED),
    )  # fmt: skip
    BAD_INPUT = "bad_input", Row(
        en="{n}× an input that is not a page", ko="페이지가 아닌 입력 {n}건",
        action_en="the log names each", action_ko="로그에 하나씩 적혀 있습니다",
        weight=Weight(replay=PARTIAL),
    )  # fmt: skip
    NOTHING_READ = "nothing_read", Row(
        en="none of the inputs is a page", ko="페이지인 입력이 없습니다",
        action_en="the log names each", action_ko="로그에 하나씩 적혀 있습니다",
        weight=Weight(replay=BAD_USAGE),
    )  # fmt: skip
    SHUTDOWN = "shutdown", Row(
        en="ended by a signal", ko="신호를 받아 끝났습니다",
        action_en=NEXT_EN, action_ko=NEXT_KO,
        weight=CUT_SHORT,
    )  # fmt: skip
    FORCED = "forced", Row(
        en="ended by a second signal", ko="두 번째 신호를 받아 끝났습니다",
        action_en=NEXT_EN, action_ko=NEXT_KO,
        weight=CUT_SHORT,
    )  # fmt: skip
    MAX_TIME = "max_time", Row(
        en="the time limit was reached (--max-time)", ko="시간이 다 되었습니다(--max-time)",
        action_en=NEXT_EN, action_ko=NEXT_KO,
        weight=CUT_SHORT,
    )  # fmt: skip
    ARCHIVE_ERROR = "archive_errors", Row(
        en="all pages were read, but {n}× the archive could not be written",
        ko="페이지는 읽었지만 보관소에 쓰지 못한 것이 {n}건입니다",
        action_en="is its disk full? scrapy doctor says",
        action_ko="디스크가 찼는지 scrapy doctor로 확인하십시오",
        weight=Weight(some=PARTIAL), finding="archive",
    )  # fmt: skip
    LOSING = "losing", Row(
        en="articles are being lost", ko="기사를 잃고 있습니다",
        action_en="its findings in scrapy status say why",
        action_ko="원인은 scrapy status의 이상 항목에 있습니다",
        weight=Weight(some=BROKEN_LAYOUT), fallback=True,
    )  # fmt: skip
    NEW_FINDING = "new_findings", Row(
        en="{n}× something new that is wrong", ko="새로 발견된 이상 {n}건",
        action_en="see scrapy status", action_ko="scrapy status를 보십시오",
        weight=Weight(some=PARTIAL), fallback=True,
    )  # fmt: skip
    NO_LIST = "no_list", Row(
        en="no list could be read", ko="읽을 수 있는 목록이 없었습니다",
        action_en="is the host down? See the log",
        action_ko="서버가 멈췄는지 로그에서 확인하십시오",
        weight=Weight(no_list=UNEXPECTED), finding="down", fallback=True,
    )  # fmt: skip

    @property
    def stat(self) -> str:
        """The stat that counts it."""
        return self.row.stat or PREFIX + self.value


ENDED_EARLY = (RunOutcome.SHUTDOWN, RunOutcome.FORCED, RunOutcome.MAX_TIME)
"""Finish reasons of a run that had more to do."""

DERIVED = (RunOutcome.NOTHING_READ, RunOutcome.NO_LIST)
"""Outcomes that are not counted: they follow from other stats."""
