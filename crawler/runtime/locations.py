"""Folders on this machine: the checkout, if the code runs from one, and the default for data."""

from __future__ import annotations

import os
from pathlib import Path

from crawler import IN_CHECKOUT


def data_folder() -> Path:
    """Return the folder of an installed Malgeum's data, which is never where the code lies."""
    return Path(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "malgeum")


CHECKOUT = Path(__file__).resolve().parents[2] if IN_CHECKOUT else None
"""Its root. Processes are started in it; those of an installed Malgeum where the user is."""

OUTPUT = CHECKOUT / "output" if CHECKOUT else data_folder()
"""Default folder of the store and its archive."""
