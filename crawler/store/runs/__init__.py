"""Crawl runs, their findings, and the progress of replays."""
