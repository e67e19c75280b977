"""HTTP proxy on loopback whose responses are faulty in every way that a crawl must survive.

Any host is served; the path says what happens. Nothing reaches a network.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import brotli
from backports import zstd

ZEROS = bytes(64 * 1024 * 1024)
"""What a bomb comes to: four times as much as a download may be."""

Writer = asyncio.StreamWriter


@dataclass
class Server:
    """Server that misbehaves; ``requests``: every request as (time, host, path with query)."""

    robots: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Status and text of a host's robots.txt, or where it redirects to; 404 for other hosts."""
    address: str = ""
    requests: list[tuple[float, str, str]] = field(default_factory=list)

    def times(self, host: str, path: str = "") -> list[float]:
        """When a host was asked for what begins with ``path``, robots.txt apart."""
        return [at for at, name, what in self.requests
                if name == host and what.startswith(path or "/") and what != "/robots.txt"]  # fmt: skip

    def seen(self, host: str, path: str = "") -> int:
        return len(self.times(host, path))


Ask = tuple[Server, str, str, dict[str, str]]
"""Server, host, path with query, the query's values."""


def head(status: int = 200, length: int | None = None, **headers: str) -> bytes:
    """A response's head; ``length`` is what it claims."""
    fields = {"Content-Type": "text/html; charset=utf-8"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    if length is not None:
        fields["Content-Length"] = str(length)
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} It Says So\r\n{lines}\r\n".encode()


def whole(body: bytes, status: int = 200, **headers: str) -> bytes:
    return head(status, len(body), **headers) + body


PAGE = "<html><body><p>맑음</p></body></html>".encode()


async def page(writer: Writer, ask: Ask) -> None:
    writer.write(whole(PAGE))


async def status(writer: Writer, ask: Ask) -> None:
    """``?is=503``, with ``&says=`` as the page's text."""
    query = ask[3]
    writer.write(whole(f"<p>{query.get('says', '')}</p>".encode(), int(query["is"])))


async def to(writer: Writer, ask: Ask) -> None:
    """``?url=`` is where it redirects to; ``&meta=`` by the page itself, after that many seconds."""
    url = ask[3]["url"]
    if after := ask[3].get("meta"):
        writer.write(whole(f'<meta http-equiv="refresh" content="{after};url={url}">'.encode()))
    else:
        writer.write(whole(b"", 302, Location=url))


async def busy(writer: Writer, ask: Ask) -> None:
    """``?after=`` is the Retry-After, ``&times=`` how often it says so, ``&is=`` the status."""
    server, host, what, query = ask
    if server.seen(host, what) > int(query.get("times", "1")):
        return await page(writer, ask)
    after = query["after"]
    if after.startswith("date"):
        moment = time.gmtime(time.time() + int(after[4:]))
        after = time.strftime("%a, %d %b %Y %H:%M:%S GMT", moment)
    writer.write(whole(b"", int(query.get("is", "429")), Retry_After=after))
    return None


async def compressed(writer: Writer, ask: Ask) -> None:
    """``?as=`` is the Content-Encoding; ``&what=page``, ``bomb`` or ``nonsense``."""
    coding, what = ask[3]["as"], ask[3]["what"]
    plain = PAGE if what == "page" else ZEROS
    body = b"no such coding" if what == "nonsense" else CODINGS[coding](plain)
    writer.write(whole(body, Content_Encoding=coding))


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda plain: gzip.compress(plain, 1),
    "deflate": lambda plain: zlib.compress(plain, 1),
    "br": lambda plain: brotli.compress(plain, quality=1),
    "zstd": lambda plain: zstd.compress(plain, 1),
}


async def big(writer: Writer, ask: Ask) -> None:
    """More than a download may be: claimed, or with ``?how=endless`` sent without an end."""
    if ask[3].get("how") != "endless":
        writer.write(head(length=len(ZEROS)))
        return
    writer.write(head())
    for start in range(0, len(ZEROS), 65536):
        writer.write(ZEROS[start : start + 65536])
        await writer.drain()


async def drip(writer: Writer, ask: Ask) -> None:
    """A byte every fifth of a second: of the body, or with ``?of=head`` of the head."""
    dripping = head(length=1000) if ask[3].get("of") == "head" else PAGE * 20
    if ask[3].get("of") != "head":
        writer.write(head(length=1000))
    for byte in dripping:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def slow(writer: Writer, ask: Ask) -> None:
    await asyncio.sleep(0.2)
    await page(writer, ask)


async def silent(writer: Writer, ask: Ask) -> None:
    await asyncio.sleep(60)


async def again(writer: Writer, ask: Ask) -> None:
    """Redirects to itself."""
    writer.write(whole(b"", 302, Location=f"http://{ask[1]}{ask[2]}"))


async def truncated(writer: Writer, ask: Ask) -> None:
    """Less than claimed; ``?how=chunked`` without the last chunk."""
    if ask[3].get("how") == "chunked":
        writer.write(head(Transfer_Encoding="chunked") + b"5\r\n<html\r\n")
    else:
        writer.write(head(length=1000) + PAGE)


async def closed(writer: Writer, ask: Ask) -> None:
    """Not a byte."""


async def reset(writer: Writer, ask: Ask) -> None:
    """The connection is reset; ``?how=body`` in the middle of a page."""
    if ask[3].get("how") == "body":
        writer.write(head(length=1000) + PAGE)
        await writer.drain()
        await asyncio.sleep(0.05)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def garbage(writer: Writer, ask: Ask) -> None:
    """No HTTP at all."""
    writer.write(b"\x00\x01 what is this\r\n\r\n")


async def robots(writer: Writer, ask: Ask) -> None:
    code, text = ask[0].robots.get(ask[1], (404, ""))
    if code == 302:
        writer.write(whole(b"", code, Location=text))
    elif code:
        writer.write(whole(text.encode(), code, Content_Type="text/plain"))


async def tunnel(writer: Writer, target: str) -> None:
    """A CONNECT that comes to nothing: refused, never answered, or no TLS behind it."""
    if "silent" in target:
        await asyncio.sleep(60)
    writer.write(head(502 if "refused" in target else 200) + b"this is no TLS")


ANSWERS: dict[str, Callable[[Writer, Ask], Awaitable[None]]] = {
    f"/{answer.__name__}": answer
    for answer in (page, status, to, busy, compressed, big, drip, slow, silent, again, truncated,
                   closed, reset, garbage)
} | {"/robots.txt": robots}  # fmt: skip


async def serve(server: Server, reader: asyncio.StreamReader, writer: Writer) -> None:
    """One request, answered by its path; then the connection is closed."""
    async with closing(writer):
        first = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[0]
        method, target, _ = first.decode("latin-1").split(" ", 2)
        split = urlsplit(target)
        host, what = split.hostname or target, split.path + ("?" + split.query) * bool(split.query)
        server.requests.append((time.monotonic(), host, what))
        if method == "CONNECT":
            await tunnel(writer, target)
            return
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        await ANSWERS.get(split.path, page)(writer, (server, host, what, query))


@asynccontextmanager
async def closing(writer: Writer) -> AsyncIterator[None]:
    try:
        yield
    except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


@contextmanager
def misbehaving(robots: dict[str, tuple[int, str]] | None = None) -> Iterator[Server]:
    """The server, in a thread of this process."""
    server, loop = Server(robots or {}), asyncio.new_event_loop()

    async def answer(reader: asyncio.StreamReader, writer: Writer) -> None:
        await serve(server, reader, writer)

    listening = loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", 0))
    server.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        listening.close()
        loop.close()
