"""Arguments of spiders, read and checked before the first request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from crawler.dates.period import Period, read_period

NAMES = ("since", "until", "pages", "sections", "limit", "revisit")


@dataclass(frozen=True, slots=True)
class Arguments:
    """Wanted period, and upper bounds."""

    period: Period
    pages: int | None
    """List pages per section at most; None: as many as the period needs."""
    sections: tuple[str, ...]
    """Section codes as the outlet's addresses carry them; none: the list of all articles."""
    limit: int | None
    """Articles at most."""
    revisit: Period | Literal["off"] | None
    """Period of publication of the stored articles to revisit; None: those that are due
    (``REVISIT_AGES``)."""
    wanted: str
    """The period as given: ``7d..``, ``2020-01-01..2020-12-31``."""
    given: dict[str, str]
    """As they stood on the command line."""

    @property
    def since(self) -> str | None:
        """In UTC, as text that sorts by time."""
        since = self.period.since
        return since.astimezone(UTC).isoformat(timespec="seconds") if since else None


def read_arguments(
    given: Mapping[str, str], sections: Mapping[str, str], now: datetime
) -> Arguments:
    """Read ``-a NAME=VALUE`` pairs. Raises ValueError with one sentence for a wrong one.

    ``sections`` maps the known names of an outlet's sections to their codes; a bare code is taken
    as it is, since not every outlet's names are known.
    """
    if unknown := sorted(set(given) - set(NAMES)):
        raise ValueError(f"unknown argument {unknown[0]!r}: an outlet takes {', '.join(NAMES)}")
    return Arguments(
        period=read_period(given.get("since", "7d"), given.get("until"), now),
        pages=_count("pages", given.get("pages")),
        sections=_codes(given.get("sections", ""), sections),
        limit=_count("limit", given.get("limit")),
        revisit=_revisit(given.get("revisit"), now),
        wanted=f"{given.get('since', '7d')}..{given.get('until', '')}".replace(" ", ""),
        given=dict(given),
    )


def _revisit(value: str | None, now: datetime) -> Period | Literal["off"] | None:
    if value == "off":
        return "off"
    return read_period(value, None, now, "revisit") if value else None


def _count(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) == 0:
        raise ValueError(f"{name} must be a whole number of at least 1, not {value!r}")
    return int(value)


def _codes(value: str, sections: Mapping[str, str]) -> tuple[str, ...]:
    codes = []
    for name in filter(None, (part.strip() for part in value.split(","))):
        code = sections.get(name, name)
        if not re.fullmatch(r"[A-Za-z0-9_]+", code):
            known = ", ".join(sections) or "none by name, only by code"
            raise ValueError(f"sections={name!r} is not known here; known: {known}")
        codes.append(code)
    return tuple(codes)
