"""Extracts articles again from pages that are stored: files, archives, the store."""
