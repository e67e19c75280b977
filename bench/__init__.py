"""Benchmarks of Malgeum: quality against other tools and its own floors, and long trials.

``python3 -m bench`` (__main__.py) sets up a virtual environment of its own and runs command.py
in it. ``quality`` holds the scoreboard, the score floors, speed and fuzzing; ``trials`` holds
crawls under kills, faults and load, and measurements of the store. The test suite uses the parts
that need no other tool.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""Root of the checkout, the working folder of started processes."""
