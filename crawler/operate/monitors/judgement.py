"""Judgement: the result of a monitor for one kind of finding and one field."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Judged:
    """A problem, or the absence of one; a monitor that cannot tell yields nothing."""

    kind: str
    field: str = ""
    is_found: bool = False
    started_on: str = ""
    """The first day of the problem, in Korea."""
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    example: str | None = None
