"""Extraction quality: scoreboard, score floors, speed and fuzzing."""
