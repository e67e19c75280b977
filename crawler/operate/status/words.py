"""What the survey says, in words: English for the terminal, Korean for the page."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from crawler.dates.parse import SEOUL
from crawler.dates.utc import parse_utc
from crawler.operate.monitors.words import Language
from crawler.operate.status.queries import Concern
from crawler.store.runs.runs import Run

WEEKDAYS = "월화수목금토일"
_UNITS = {"day": 86400, "hour": 3600, "minute": 60}


def field_name(measure: str) -> str:
    """A measure's Korean name; its own where this version has none."""
    name: str = words()["fields"].get(measure, measure)
    return name


def ending(run: Run, language: Language) -> str:
    """How a run ended, with its exit code, and Scrapy's reason where it is no ordinary one."""
    known = words()["endings"]
    what = str(run.exit_code) if run.exit_code is not None else run.finish_reason or "running"
    word = _in(language, known.get(what, known["unknown"]))
    if run.exit_code is None:
        return word
    why = (
        f"{run.exit_code}"
        if run.finish_reason in ("finished", None)
        else f"{run.exit_code}, {run.finish_reason}"
    )
    return f"{word} ({why})"


def concern(one: Concern, language: Language) -> str:
    kind = "late_ever" if one.kind == "late" and one.run is None else one.kind
    values: dict[str, Any] = {"number": one.number}
    if one.run is not None:
        values |= {"ending": ending(one.run, language), "when": _day_of(one.run, language)}
    return _in(language, words()["concerns"][kind]).format_map(values)


def state(name: str, language: Language) -> str:
    return _in(language, words()["states"][name])


def ago(moment: str, now: datetime, language: Language) -> str:
    """How long ago a time in UTC is."""
    seconds = (now - parse_utc(moment)).total_seconds()
    for unit, length in _UNITS.items():
        if seconds >= length:
            return _in(language, words()["ages"][unit]).format(number=int(seconds // length))
    return _in(language, words()["ages"]["now"])


def lasted(run: Run) -> str:
    """How long it took, or had taken when it was last heard of, in Korean."""
    until = parse_utc(run.ended_at or run.updated_at)
    seconds = int((until - parse_utc(run.started_at)).total_seconds())
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}시간 {minutes}분"
    return f"{minutes}분 {seconds % 60}초" if minutes else f"{seconds}초"


def clock(moment: str | datetime, language: Language) -> str:
    """A time in UTC as clocks in Korea show it."""
    if isinstance(moment, str):
        moment = parse_utc(moment)
    there = moment.astimezone(SEOUL)
    if language == "en":
        return there.strftime("%Y-%m-%d %H:%M")
    return f"{day(there)} {there:%H:%M}"


def short(moment: str) -> str:
    """The same for a narrow table, without the weekday."""
    there = parse_utc(moment).astimezone(SEOUL)
    return f"{there.month}/{there.day} {there:%H:%M}"


def _day_of(run: Run, language: Language) -> str:
    there = parse_utc(run.started_at).astimezone(SEOUL).date()
    return day(there) if language == "ko" else str(there)


def day(when: date | str) -> str:
    """A day in Korean; one of the store, which may be none that this version can read, as it is."""
    if isinstance(when, str):
        try:
            when = date.fromisoformat(when)
        except ValueError:
            return str(when)
    return f"{when.month}월 {when.day}일({WEEKDAYS[when.weekday()]})"


def _in(language: Language, pair: list[str]) -> str:
    return pair[language == "ko"]


@cache
def words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
