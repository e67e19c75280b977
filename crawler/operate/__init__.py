"""Runs crawls, records and judges them, and reports: crawlall, monitors, notifications, status."""
