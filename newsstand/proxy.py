"""The newsstand as an HTTP(S) proxy on loopback: absolute-URI requests and CONNECT with own TLS.

A client that honours ``http_proxy`` and ``https_proxy`` meets the real host names here, under
certificates made at start by an authority that nobody trusts. Nothing goes out to any network.
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

from newsstand.http_write import Wire
from newsstand.journal import Journal
from newsstand.server_state import NewsstandState
from newsstand.sites import Ask, Reply

LOOPBACK = "127.0.0.1"


class Proxy:
    """Answers from a stand and notes each answer in ``journal``; ``date`` (Unix time) is what its
    Date headers say when the stand opens."""

    def __init__(self, stand: NewsstandState, date: float, journal: Journal | None = None) -> None:
        self.stand, self.date, self.journal = stand, date, journal or Journal()
        self.authority = trustme.CA()
        self.tls = cache(self.tls_for)

    async def listen(self, port: int) -> asyncio.Server:
        """Start to serve; port 0 takes a free one. Raises OSError where the port is taken."""
        return await asyncio.start_server(self.serve, LOOPBACK, port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: requests until the client has had enough."""
        try:
            await self.requests(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # a client that hangs up or mumbles is not the newsstand's trouble
        except asyncio.CancelledError:
            pass  # closing time; passed on, asyncio.streams would print it as an error (3.11)
        finally:
            writer.close()

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire, tunnel = Wire(reader, writer), ""
        while head := await reader.readuntil(b"\r\n\r\n"):
            line, _, fields = head.partition(b"\r\n")
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = parse_headers(BytesIO(fields))
            if method == "CONNECT":
                tunnel = target.rpartition(":")[0].lower()
                if tunnel not in self.stand.sites:
                    await self.answer(wire, Ask(tunnel, "/", {}, url=f"https://{tunnel}/"), method)
                    return
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await writer.start_tls(self.tls(tunnel))
                continue
            await reader.readexactly(int(headers.get("Content-Length", 0)))
            reply = await self.answer(wire, asked(target, headers, tunnel), method)
            if reply.broken is not None or headers.get("Connection", "").lower() == "close":
                return

    async def answer(self, wire: Wire, ask: Ask, method: str) -> Reply:
        """Answer and note it, however it ends; a client that vanished had no whole answer."""
        reply, whole = self.stand.answer(ask), False
        date = self.date + self.stand.passed.total_seconds()
        try:
            whole = await wire.send(reply, date, body=method != "HEAD")
        finally:
            self.journal.note(ask, reply, whole=whole)
        return reply

    def tls_for(self, host: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(host).configure_cert(context)
        return context


def asked(target: str, headers: Message, tunnel: str) -> Ask:
    """The request as a site sees it, whether it came with an absolute URI or through a tunnel."""
    parts = urlsplit(target)
    host = parts.hostname or tunnel or headers.get("Host", "").partition(":")[0].lower()
    scheme = "https" if tunnel else "http"
    return Ask(
        host=host,
        path=parts.path or "/",
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        user_agent=headers.get("User-Agent", ""),
        url=target if parts.hostname else f"{scheme}://{host}{target}",
    )
