"""Log of changes, and the feed that reads it."""
