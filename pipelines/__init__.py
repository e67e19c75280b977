"""Pipeline stages: clean, date, deduplicate, validate and store an article."""
