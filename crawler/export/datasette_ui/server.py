"""Server that runs Datasette in this process, on loopback, until SIGINT or SIGTERM."""

from __future__ import annotations

import signal
import socket
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from crawler.export.datasette_ui import search_plugin as searching

HOST = "127.0.0.1"
NAME = "malgeum"
SETTINGS = {
    "allow_download": False,  # a copy of the file without its log would not be complete
    "facet_time_limit_ms": 1000,
    "sql_time_limit_ms": 5000,
    "suggest_facets": False,
}
COLUMNS = ("date_published", "outlet", "headline", "article_section", "edit_kind", "url")
"""Columns that a list of articles shows."""

HEADERS = {
    # Texts of pages may be hostile: nothing is loaded from other hosts.
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
}

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def bind(port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises OSError if the port is in use."""
    return socket.create_server((HOST, port))


def serve(file: str, listener: socket.socket, announce: Callable[[str], object]) -> None:
    """Serve the store in ``file`` until SIGINT or SIGTERM; ``announce`` gets the address."""
    host = f"{HOST}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        guarded(_datasette(file), {host, f"localhost:{listener.getsockname()[1]}"}),
        log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again at its end
        signal.signal(number, server.handle_exit)
    announce(f"http://{host}/{NAME}")
    server.run(sockets=[listener])


def _datasette(file: str) -> App:
    # Else every wrong query prints a traceback with all values.
    pm.get_plugin("datasette.handle_exception").rich = None
    if not pm.is_registered(searching):
        pm.register(searching)
    datasette = Datasette(metadata=metadata(), settings=SETTINGS)
    datasette.add_database(_QuietDatabase(datasette, path=file, is_mutable=True), name=NAME)
    app: App = datasette.app()
    return app


class _QuietDatabase(Database):  # type: ignore[misc]
    """Database that does not print a failed query: its page has the error."""

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run a query without logging its errors."""
        return await super().execute(*args, **kwargs | {"log_sql_errors": False})


def metadata() -> dict[str, Any]:
    """Return titles, descriptions and saved queries in Datasette's format."""
    columns = urlencode([("_col", name) for name in COLUMNS]).replace("&", "&amp;")
    text = Path(__file__).with_name("metadata.toml").read_text("utf-8")
    return tomllib.loads(text.replace("?{columns}", f"?{columns}"))


def guarded(app: App, hosts: set[str]) -> App:
    """Return the application for requests whose Host is one of ``hosts``; 421 for others.

    So a page of another site whose name resolves to 127.0.0.1 cannot read the store.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *ours]}
            await send(message)

        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        await (app if host in hosts else _refuse)(scope, receive, send_with)

    return answer


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": b"The Host header must name this server.\n"})
