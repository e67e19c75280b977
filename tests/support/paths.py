"""Folders of the checkout that tests read: the only module that uses ``__file__``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
PAGES, DATA = TESTS / "pages", TESTS / "data"
