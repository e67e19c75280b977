"""Malgeum: collects Korean local news as clean, dated, deduplicated articles."""

__version__ = "0.1.0"


def user_agent(contact: str) -> str:
    """How a crawl introduces itself: what it is, and where its owner can be reached."""
    return f"Malgeum/{__version__} (Korean local news collector; +{contact or 'no contact given'})"
