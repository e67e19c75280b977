"""Search of articles by words."""
