"""HTTP(S) proxy on loopback that answers for the newsstand's hosts.

It takes absolute URIs, and CONNECT with its own TLS. A client that honours ``http_proxy`` and
``https_proxy`` sees the real host names, with certificates of a temporary authority that nobody
trusts. Nothing is sent to any network.
"""

from __future__ import annotations

import asyncio
import ssl
from email.message import Message
from functools import cache
from http.client import parse_headers
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

import trustme

from newsstand.http_write import ClientConnection
from newsstand.journal import Journal
from newsstand.server_state import NewsstandState
from newsstand.sites import Reply, SiteRequest

LOOPBACK = "127.0.0.1"


class Proxy:
    """Answers from a newsstand and logs each response in ``journal``.

    ``date`` (Unix time) is the time of the Date headers when the newsstand opens.
    """

    def __init__(self, stand: NewsstandState, date: float, journal: Journal | None = None) -> None:
        self.stand, self.date, self.journal = stand, date, journal or Journal()
        self.authority = trustme.CA()
        self.tls = cache(self.tls_for)

    async def listen(self, port: int) -> asyncio.Server:
        """Start to serve; port 0 takes a free one. Raises OSError if the port is taken."""
        return await asyncio.start_server(self.serve, LOOPBACK, port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client closes it."""
        try:
            await self.requests(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # a client that disconnects or sends garbage is no error here
        except asyncio.CancelledError:
            pass  # shutdown; asyncio.streams would print it as an error (3.11)
        finally:
            writer.close()

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        wire, tunnel = ClientConnection(reader, writer), ""
        while head := await reader.readuntil(b"\r\n\r\n"):
            line, _, fields = head.partition(b"\r\n")
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = parse_headers(BytesIO(fields))
            if method == "CONNECT":
                tunnel = target.rpartition(":")[0].lower()
                if tunnel not in self.stand.sites:
                    await self.answer(
                        wire, SiteRequest(tunnel, "/", {}, url=f"https://{tunnel}/"), method
                    )
                    return
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await writer.start_tls(self.tls(tunnel))
                continue
            await reader.readexactly(int(headers.get("Content-Length", 0)))
            reply = await self.answer(wire, parse_request(target, headers, tunnel), method)
            if reply.broken is not None or headers.get("Connection", "").lower() == "close":
                return

    async def answer(self, wire: ClientConnection, request: SiteRequest, method: str) -> Reply:
        """Answer and log the response; if the client disconnects, it is not whole."""
        reply, whole = self.stand.answer(request), False
        date = self.date + self.stand.passed.total_seconds()
        try:
            whole = await wire.send(reply, date, body=method != "HEAD")
        finally:
            self.journal.note(request, reply, whole=whole)
        return reply

    def tls_for(self, host: str) -> ssl.SSLContext:
        """Return the TLS context of a host."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(host).configure_cert(context)
        return context


def parse_request(target: str, headers: Message, tunnel: str) -> SiteRequest:
    """Return the request as a site sees it, from an absolute URI or through a tunnel."""
    parts = urlsplit(target)
    host = parts.hostname or tunnel or headers.get("Host", "").partition(":")[0].lower()
    scheme = "https" if tunnel else "http"
    return SiteRequest(
        host=host,
        path=parts.path or "/",
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        user_agent=headers.get("User-Agent", ""),
        url=target if parts.hostname else f"{scheme}://{host}{target}",
    )
