"""Addresses: the one form and the one number that a page is known by, from its URL alone.

``identify`` is the only function that decides it. A host whose system is known (an outlet, or
one named in ``systems.toml``) is read in all of the system's forms; on any other host a system
is known by the shape of the address; and where no shape fits, only what never tells two pages
apart is set aside. Two articles under one address would be one article lost: where it is not
certain that two addresses are one page, they stay two.
"""

from crawler.urls.canonical import Identity, UrlComparison, compare, identify
from crawler.urls.normalize import Address, host_of, read
from crawler.urls.registry import SYSTEMS
from crawler.urls.site import AddressForm, Site, System

__all__ = [
    "SYSTEMS",
    "Address",
    "AddressForm",
    "Identity",
    "Site",
    "System",
    "UrlComparison",
    "compare",
    "host_of",
    "identify",
    "read",
]
