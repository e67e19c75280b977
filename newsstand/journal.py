"""A journal of what was answered: one JSON line each, on the disk as soon as it is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from newsstand.page_type import kind_of
from newsstand.sites import Ask, Reply


class Journal:
    """Writes to the end of ``path``; without one it writes nothing. Raises OSError."""

    def __init__(self, path: Path | None = None) -> None:
        self.lines = path.open("a", encoding="utf-8", buffering=1) if path else None

    def note(self, ask: Ask, reply: Reply, *, whole: bool) -> None:
        """``whole``: whether every byte went out to a client that was still there. A fault is
        never whole."""
        if self.lines is None:
            return
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "outlet": ask.host,
            "address": ask.address,
            "kind": kind_of(ask),
            "status": reply.status,
            "whole": whole and not reply.fault,
            "fault": reply.fault or None,
        }
        self.lines.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self.lines:
            self.lines.close()
