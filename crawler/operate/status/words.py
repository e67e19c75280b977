"""Texts of the status: English for the terminal, Korean for the HTML page, both for JSON."""

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


def field_name(field: str) -> str:
    """Return the Korean name of a field, or the field itself if it has none."""
    name: str = words()["fields"].get(field, field)
    return name


def result(run: Run, language: Language) -> str:
    """Return the result of a run with its exit code, and a finish reason other than finished."""
    known = words()["results"]
    key = str(run.exit_code) if run.exit_code is not None else run.finish_reason or "running"
    word = _in(language, known.get(key, known["unknown"]))
    if run.exit_code is None:
        return word
    detail = (
        f"{run.exit_code}"
        if run.finish_reason in ("finished", None)
        else f"{run.exit_code}, {run.finish_reason}"
    )
    return f"{word} ({detail})"


def concern(reason: Concern, language: Language) -> str:
    """Return the reason why an outlet needs attention."""
    kind = "late_ever" if reason.kind == "late" and reason.run is None else reason.kind
    values: dict[str, Any] = {"number": reason.number}
    if reason.run is not None:
        values |= {"result": result(reason.run, language), "when": _day_of(reason.run, language)}
    return _in(language, words()["concerns"][kind]).format_map(values)


def state(name: str, language: Language) -> str:
    """Return the name of an outlet's state."""
    return _in(language, words()["states"][name])


def ago(moment: str, now: datetime, language: Language) -> str:
    """Return the age of a time in UTC."""
    seconds = (now - parse_utc(moment)).total_seconds()
    for unit, length in _UNITS.items():
        if seconds >= length:
            return _in(language, words()["ages"][unit]).format(number=int(seconds // length))
    return _in(language, words()["ages"]["now"])


def lasted(run: Run) -> str:
    """Return the duration of a run, up to its last update if it has no end, in Korean."""
    until = parse_utc(run.ended_at or run.updated_at)
    seconds = int((until - parse_utc(run.started_at)).total_seconds())
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}시간 {minutes}분"
    return f"{minutes}분 {seconds % 60}초" if minutes else f"{seconds}초"


def clock(moment: str | datetime, language: Language) -> str:
    """Return a time in UTC as the time in Korea."""
    if isinstance(moment, str):
        moment = parse_utc(moment)
    in_seoul = moment.astimezone(SEOUL)
    if language == "en":
        return in_seoul.strftime("%Y-%m-%d %H:%M")
    return f"{day(in_seoul)} {in_seoul:%H:%M}"


def short(moment: str) -> str:
    """Return a time in UTC as a short time in Korea, without the weekday."""
    in_seoul = parse_utc(moment).astimezone(SEOUL)
    return f"{in_seoul.month}/{in_seoul.day} {in_seoul:%H:%M}"


def _day_of(run: Run, language: Language) -> str:
    start = parse_utc(run.started_at).astimezone(SEOUL).date()
    return day(start) if language == "ko" else str(start)


def day(when: date | str) -> str:
    """Return a day in Korean; text that is not a day is returned unchanged."""
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
    """Return the tables of ``words.toml``."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
