"""Journal of all responses: one JSON line each, on the disk as soon as it is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from newsstand.page_type import kind_of
from newsstand.sites import Reply, SiteRequest


class Journal:
    """Appends to ``path``, or writes nothing without one. Raises OSError."""

    def __init__(self, path: Path | None = None) -> None:
        self.lines = path.open("a", encoding="utf-8", buffering=1) if path else None

    def note(self, request: SiteRequest, reply: Reply, *, whole: bool) -> None:
        """Write a line.

        ``whole`` is True if every byte was sent to a client that was still connected. A fault is
        never whole.
        """
        if self.lines is None:
            return
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "outlet": request.host,
            "address": request.address,
            "kind": kind_of(request),
            "status": reply.status,
            "whole": whole and not reply.fault,
            "fault": reply.fault or None,
        }
        self.lines.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file."""
        if self.lines:
            self.lines.close()
