"""Spiders: one outlet per file."""
