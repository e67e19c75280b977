"""Score floors: values that Malgeum reached on the newsstand's pages and must reach again.

``score_floors.toml`` holds the values. The test suite checks them, ``python3 -m bench --raise``
raises those that are exceeded, ``--lower NAME --why TEXT`` is the only way down and records the
reason there.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.quality.our_extractor import Extraction, read, read_lines
from bench.quality.pages import Page
from bench.quality.score import Score

FLOORS = Path(__file__).with_name("score_floors.toml")
MODES = {"": read, "bare_": read_lines}
"""Each value is measured twice: for a known CMS, and from the page's visible lines only."""
MEASURES = {
    "body_f1": 1,
    "exact": 1,
    "lost_lines": -1,
    "leaked_lines": -1,
    "dates_right": 1,
    "dates_wrong": -1,
}
"""Measured values, shares and counts: 1 if higher is better, -1 if lower is."""
BETTER = {mode + kind: sign for mode in MODES for kind, sign in MEASURES.items()}


def measure(pages: Iterable[Page]) -> dict[str, float]:
    """Return Malgeum's values on these pages, shares rounded down to four decimals."""
    pages = list(pages)
    values: dict[str, float] = {}
    for mode, reader in MODES.items():
        values |= {mode + kind: value for kind, value in _measure(pages, reader).items()}
    return values


def _measure(pages: Iterable[Page], reader: Callable[[Page], Extraction]) -> dict[str, float]:
    score = Score()
    for page in pages:
        score.add(page, reader(page), 0)
    return {
        "body_f1": _share(score.f1, score.pages),
        "exact": _share(score.exact, score.pages),
        "lost_lines": score.lost_lines,
        "leaked_lines": score.leaks.total(),
        "dates_right": _share(score.dates["right"], score.pages),
        "dates_wrong": score.dates["wrong"],
    }


def _share(part: float, whole: int) -> float:
    return math.floor(part / whole * 10_000 + 1e-6) / 10_000


def read_floors(path: Path = FLOORS) -> dict[str, float]:
    """Return the floors of the file."""
    return {name: floor["value"] for name, floor in tomllib.loads(path.read_text("utf-8")).items()}


def below(measured: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Return a sentence for each floor that is not reached."""
    return [
        f"{name} is {measured[name]:g}, its floor is {floor:g}"
        for name, floor in floors.items()
        if (measured[name] - floor) * BETTER[name] < 0
    ]


def lift(measured: dict[str, float], path: Path = FLOORS) -> list[str]:
    """Write the values that are better than their floors; return the changes. Needs tomlkit."""
    floors = read_floors(path)
    better = {
        name: value
        for name, value in measured.items()
        if name not in floors or (value - floors[name]) * BETTER[name] > 0
    }
    _write(path, better)
    return [f"{name}: {floors.get(name, 'new')} → {value:g}" for name, value in better.items()]


def lower(name: str, reason: str, measured: dict[str, float], path: Path = FLOORS) -> str:
    """Write a worse value with the reason. Raises ValueError if there is nothing to lower."""
    floors = read_floors(path)
    if name not in floors:
        raise ValueError(f"no floor is named {name}; use {', '.join(floors)}")
    if (measured[name] - floors[name]) * BETTER[name] >= 0:
        raise ValueError(f"{name} is {measured[name]:g} and needs no lower floor")
    change = f"{floors[name]:g} → {measured[name]:g}"
    _write(path, {name: measured[name]}, f"{datetime.now(UTC):%Y-%m-%d}, {change}: {reason}")
    return f"{name}: {change}"


def _write(path: Path, values: dict[str, float], reason: str | None = None) -> None:
    tomlkit = import_module("tomlkit")  # installed for the bench; the tests only read
    document = tomlkit.parse(path.read_text("utf-8"))
    for name, value in values.items():
        floor = document.setdefault(name, tomlkit.table())
        floor["value"] = value
        if reason:
            floor["lowered"] = [*floor.get("lowered", []), reason]
    path.write_text(tomlkit.dumps(document), "utf-8")
