"""Hypothesis settings: short by default, long if ``MALGEUM_PROPERTIES=long``."""

from __future__ import annotations

import os

from hypothesis import settings

SHORT = settings(max_examples=60, deadline=None, derandomize=True)
LONG = settings(max_examples=20_000, deadline=None)
PROFILE = LONG if os.environ.get("MALGEUM_PROPERTIES") == "long" else SHORT
