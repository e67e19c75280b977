"""What a monitor says of an outlet."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Judged:
    """Found or not; what cannot be told is not said at all, and stays as it was."""

    kind: str
    field: str = ""
    is_found: bool = False
    began: str = ""
    """The day, in Korea, since when."""
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    example: str | None = None
