"""From when on something is a finding: every threshold is a setting, ``MONITOR_…``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What each is for; as they are set where nothing else is said: ``crawler/settings.py``."""

    chance: float
    """What is no likelier than that by chance alone is a finding, if it is also large enough."""
    drop: float
    """By how much the share of articles that have a field has to fall; also by how much a share
    that nobody wants has to rise."""
    fewer: float
    """Of the articles that are usual, how many are too few."""
    size: float
    """How many times longer or shorter bodies have to be."""
    lost: float
    """Share of article pages of which nothing is left."""
    days: float
    """How many days an outlet is compared with."""
    quiet_hours: float
    """A run that failed alone is a finding if the last good one is older; else two in a row are."""
    new_normal: float
    """Days after which what was found is taken for the way it is."""

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """ValueError with one sentence where a setting is no number above 0."""
        names = {field.name: f"MONITOR_{field.name.upper()}" for field in fields(cls)}
        values: dict[str, Any] = {
            name: _number(setting, settings[setting]) for name, setting in names.items()
        }
        return cls(**values)


def _number(name: str, given: object) -> float:
    try:
        value = float(str(given))
    except ValueError:
        value = -1.0
    if not 0 < value < 1e6:
        raise ValueError(f"{name}={str(given)!r} is no number above 0")
    return value
