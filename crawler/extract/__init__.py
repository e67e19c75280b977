"""Extraction: from a fetched page to the raw half of the item. Pure functions."""
