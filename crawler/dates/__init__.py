"""Dates: reading, formatting, periods, and dates mentioned in text."""
