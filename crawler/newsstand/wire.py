"""How an answer goes out to a client: whole, late, in part or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import formatdate
from http import HTTPStatus

from crawler.newsstand.sites import Reply

NO_LINGER = struct.pack("ii", 1, 0)
"""Socket option: closing throws away what was not sent, and the client reads a reset."""


class Wire:
    """One connection to a client; TLS may be put on it later."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.tcp = writer.transport

    async def send(self, reply: Reply, date: float, *, body: bool = True) -> bool:
        """Send a reply, dated with a Unix time; tells whether all of it went out.

        Raises OSError where the client has gone meanwhile.
        """
        if reply.held:
            await asyncio.sleep(reply.held)
        if reply.broken == 0:
            self.reset()
            return False
        self.check(not self.tcp.is_closing() and not self.reader.at_eof())
        sent = len(reply.body) if reply.broken is None else int(len(reply.body) * reply.broken)
        self.writer.write(head(reply, date) + (reply.body[:sent] if body else b""))
        await self.drained()
        return body and reply.broken is None

    async def drained(self) -> None:
        """Wait until the system has taken every byte and no reset has come back for them."""
        await self.writer.drain()
        layers = (self.writer.transport, self.tcp)
        while any(layer.get_write_buffer_size() for layer in layers):
            self.check(not self.tcp.is_closing())
            await asyncio.sleep(0.002)
        for _ in range(4):  # turns of the loop that a reset takes to come up through TLS
            await asyncio.sleep(0)
        self.check(self.reader.exception() is None)

    def check(self, well: bool) -> None:
        if not well:
            raise ConnectionResetError

    def reset(self) -> None:
        """Hang up without a word."""
        line: socket.socket | None = self.tcp.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.tcp.abort()


def head(reply: Reply, date: float) -> bytes:
    """The status line and the headers; Content-Length is the whole body's, whatever is sent."""
    fields = [
        ("Date", formatdate(date, usegmt=True)),
        ("Content-Length", str(len(reply.body))),
        *((("Content-Type", reply.content_type),) if reply.content_type else ()),
        *reply.headers,
    ]
    status = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
    return (status + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n").encode(
        "latin-1"
    )
