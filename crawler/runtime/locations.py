"""Folders on this machine: the checkout, if the code runs from one, and the default for data."""

from __future__ import annotations

import os
from pathlib import Path

from crawler import IN_CHECKOUT


def data_folder() -> Path:
    """Return the folder of an installed Malgeum's data, which is never where the code lies."""
    return Path(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "malgeum")


CHECKOUT = Path(__file__).resolve().parents[2] if IN_CHECKOUT else None
"""Root of the checkout, the working folder of started processes; None in an installed wheel, whose
processes start in the user's folder."""

OUTPUT = CHECKOUT / "output" if CHECKOUT else data_folder()
"""Default folder of the store and its archive."""
