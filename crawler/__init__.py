"""Malgeum: collects Korean local news as clean, dated, deduplicated articles."""

__version__ = "0.2.0"

CONTACT_PAGE = "https://malgeum.example/contact"
"""Placeholder in the user agent until CONTACT is set: a reserved name, no page of the project."""


def user_agent(contact: str) -> str:
    """Return the user agent: the program, and where its operator can be reached."""
    return f"Malgeum/{__version__} (Korean local news collector; +{contact or CONTACT_PAGE})"


IN_CHECKOUT = __name__ == "crawler"
"""False in an installed wheel, where this package is ``malgeum.crawler``."""

INSTALL_EXTRAS = (
    ".venv/bin/python -m pip install --require-hashes -r requirements-extras.lock"
    if IN_CHECKOUT
    else "python -m pip install 'malgeum[browse,demo,stream,workers]'"
)
"""The command that installs the packages of ``scrapy browse``, ``demo``, ``newsstand``, ``stream``
and ``work``."""
