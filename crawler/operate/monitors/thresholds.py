"""Thresholds of the monitors, read from the settings ``MONITOR_…``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One field per setting; defaults: ``crawler/settings.py``."""

    chance: float
    """Probability by chance alone below which a deviation is a finding, if it is large enough."""
    drop: float
    """How far the share of articles with a field must fall, or an unwanted share must rise."""
    fewer: float
    """Share of the usual number of articles at or below which there are too few."""
    size: float
    """Factor by which bodies must be longer or shorter than usual."""
    lost: float
    """How far the share of article pages without an article must rise."""
    days: float
    """Days of history that a run is compared with."""
    quiet_hours: float
    """Hours since the last good run after which one failed run is a finding; else it takes two."""
    new_normal: float
    """Days after which a finding is accepted as the new normal."""

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Read the settings. Raises ValueError if one is not a number above 0."""
        names = {field.name: f"MONITOR_{field.name.upper()}" for field in fields(cls)}
        values: dict[str, Any] = {
            name: _number(setting, settings[setting]) for name, setting in names.items()
        }
        return cls(**values)


def _number(name: str, configured: object) -> float:
    try:
        value = float(str(configured))
    except ValueError:
        value = -1.0
    if not 0 < value < 1e6:
        raise ValueError(f"{name} must be a number above 0, not {str(configured)!r}")
    return value
