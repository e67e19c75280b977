"""Rules for the URLs that a crawl may request: web pages on the outlet's own hosts.

The host counts as it is written: behind a proxy no name can be looked up, and a name may resolve
to another address a moment later.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Set
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from crawler.urls import host_of

LOCAL_NAME = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|lan|home\.arpa)|[^.]*"
)
"""Names of this machine and its own network (RFC 6761, 6762, 8375; customs), or without a dot."""

CARRIES_IPV4 = [
    IPv6Network(network)
    for network in (
        "::/96",  # IPv4-compatible, and ::1
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # RFC 2765
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64 of one's own network, RFC 8215
    )
]
"""IPv6 networks whose last 32 bits are an IPv4 address, which is the one that answers."""


def objection(url: str, hosts: Set[str]) -> tuple[str, str] | None:
    """Return why a URL must not be requested, as (kind, words), or None.

    ``hosts`` in the form of ``host_of``. Kinds: ``scheme``, ``private_address``, ``other_host``.
    """
    try:
        split = urlsplit(url)
    except ValueError:
        return "scheme", "is not the address of a web page"
    if split.scheme not in {"http", "https"} or not split.hostname:
        return "scheme", "is not the address of a web page"
    if is_private(split.hostname):
        return "private_address", "is an address of this machine or of its own network"
    if host_of(url) not in hosts or "@" in split.netloc:
        return "other_host", "is not an address of the outlet"
    return None


def is_private(host: str) -> bool:
    """Return True if a host, a name or an address in any spelling, is not a public one."""
    name = normalize("NFKC", unquote(host)).replace("。", ".").lower().rstrip(".")
    address = _ipv6(name) or _ipv4(name)
    if address is None:
        return bool(LOCAL_NAME.fullmatch(name))
    return not address.is_global or address.is_multicast


def _ipv6(name: str) -> IPv4Address | IPv6Address | None:
    """Parse an IPv6 address; return the IPv4 address that it stands for, if it does."""
    try:
        address = IPv6Address(name)
    except ValueError:
        return None
    carries = any(address in network for network in CARRIES_IPV4)
    return IPv4Address(int(address) & 0xFFFFFFFF) if carries else address.sixtofour or address


def _ipv4(name: str) -> IPv4Address | None:
    """Parse an IPv4 address in any spelling that connects: short, decimal, octal, hexadecimal."""
    try:
        return IPv4Address(socket.inet_aton(name))
    except (OSError, UnicodeEncodeError):
        return None
