"""Malgeum: collects Korean local news as clean, dated, deduplicated articles."""

__version__ = "0.2.0"

CONTACT_PAGE = "https://malgeum.example/contact"
"""Stands in the user agent until whoever runs the crawl says who that is. A reserved name: the
project has no page of its own yet."""


def user_agent(contact: str) -> str:
    """How a crawl introduces itself: what it is, and where its owner can be reached."""
    return f"Malgeum/{__version__} (Korean local news collector; +{contact or CONTACT_PAGE})"


INSTALL_EXTRAS = ".venv/bin/python -m pip install --require-hashes -r requirements-extras.lock"
"""What ``scrapy browse``, ``stream`` and ``work`` need beside the rest."""
