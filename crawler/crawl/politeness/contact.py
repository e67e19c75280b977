"""Where whoever runs a crawl can be reached: an address that may stand in the user agent."""

from __future__ import annotations

import re

CONTACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s()<>]+", re.ASCII)
"""A mail address or a web page; brackets and spaces would end the user agent's remark."""


def check_contact(contact: str) -> None:
    """ValueError with one sentence where a contact is given that is none."""
    if contact and not (contact.isascii() and CONTACT.fullmatch(contact)):
        raise ValueError(f"CONTACT={contact!r} is neither a mail address nor a web page")
