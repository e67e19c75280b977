"""Contact of the operator: an address that may stand in the user agent."""

from __future__ import annotations

import re

CONTACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s()<>]+", re.ASCII)
"""A mail address or a web page; brackets and spaces would end the user agent's remark."""


def check_contact(contact: str) -> None:
    """Check a contact; empty is allowed. Raises ValueError with one sentence."""
    if contact and not (contact.isascii() and CONTACT.fullmatch(contact)):
        raise ValueError(f"CONTACT={contact!r} is neither a mail address nor a web page")
