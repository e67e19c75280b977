"""Writes responses to a client: whole, late, in part or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import formatdate
from http import HTTPStatus

from newsstand.sites import Reply

NO_LINGER = struct.pack("ii", 1, 0)
"""Socket option: closing discards unsent data, and the client reads a reset."""


class ClientConnection:
    """One connection to a client; TLS may be added later."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.tcp = writer.transport

    async def send(self, reply: Reply, date: float, *, body: bool = True) -> bool:
        """Send a reply, dated with a Unix time; return True if all of it was sent.

        Raises OSError if the client has disconnected.
        """
        if reply.held:
            await asyncio.sleep(reply.held)
        if reply.broken == 0:
            self.reset()
            return False
        await self.heard()
        if self.tcp.is_closing() or self.reader.at_eof():
            raise ConnectionResetError
        sent = len(reply.body) if reply.broken is None else int(len(reply.body) * reply.broken)
        self.writer.write(head(reply, date) + (reply.body[:sent] if body else b""))
        await self.drained()
        return body and reply.broken is None

    async def drained(self) -> None:
        """Wait until the system has accepted every byte and no reset has come back."""
        await self.writer.drain()
        layers = (self.writer.transport, self.tcp)
        while any(layer.get_write_buffer_size() for layer in layers):
            if self.tcp.is_closing():
                raise ConnectionResetError
            await asyncio.sleep(0.002)
        await self.heard()
        if error := self.reader.exception():
            raise error

    async def heard(self) -> None:
        """Run the event loop until a client's disconnect is noticed."""
        for _ in range(4):  # one turn per layer, with TLS
            await asyncio.sleep(0)

    def reset(self) -> None:
        """Reset the connection without a response."""
        line: socket.socket | None = self.tcp.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.tcp.abort()


def head(reply: Reply, date: float) -> bytes:
    """Return status line and headers; Content-Length is that of the whole body."""
    fields = [
        ("Date", formatdate(date, usegmt=True)),
        ("Content-Length", str(len(reply.body))),
        *((("Content-Type", reply.content_type),) if reply.content_type else ()),
        *reply.headers,
    ]
    status = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"
    lines = [status, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1")
