"""The server: Datasette in this process, on loopback, until a signal to end comes."""

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
    "allow_download": False,  # of the whole file, a part of which is in its log
    "facet_time_limit_ms": 1000,
    "sql_time_limit_ms": 5000,
    "suggest_facets": False,
}
COLUMNS = ("date_published", "outlet", "headline", "article_section", "edit_kind", "url")
"""What a list shows of an article, of all that there is."""

HEADERS = {
    # Nothing from elsewhere, whatever a page's text should bring about.
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
    """The place where it is served; 0 for any that is free. OSError where it is in use."""
    return socket.create_server((HOST, port))


def serve(file: str, place: socket.socket, opened: Callable[[str], object]) -> None:
    """Serve the store in ``file`` until SIGINT or SIGTERM; ``opened`` is told the address."""
    host = f"{HOST}:{place.getsockname()[1]}"
    config = uvicorn.Config(
        guarded(_datasette(file), {host, f"localhost:{place.getsockname()[1]}"}),
        log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):  # it raises them again once it has ended
        signal.signal(number, server.handle_exit)
    opened(f"http://{host}/{NAME}")
    server.run(sockets=[place])


def _datasette(file: str) -> App:
    # It would print the traceback of every wrong query, with all values.
    pm.get_plugin("datasette.handle_exception").rich = None
    if not pm.is_registered(searching):
        pm.register(searching)
    datasette = Datasette(metadata=metadata(), settings=SETTINGS)
    datasette.add_database(_Quiet(datasette, path=file, is_mutable=True), name=NAME)
    app: App = datasette.app()
    return app


class _Quiet(Database):  # type: ignore[misc]
    """Prints no query that fails: the page says it."""

    async def execute(self, *given: Any, **more: Any) -> Any:
        return await super().execute(*given, **more | {"log_sql_errors": False})


def metadata() -> dict[str, Any]:
    """Titles, descriptions and saved queries, as Datasette takes them."""
    columns = urlencode([("_col", name) for name in COLUMNS]).replace("&", "&amp;")
    text = Path(__file__).with_name("metadata.toml").read_text("utf-8")
    return tomllib.loads(text.replace("?{columns}", f"?{columns}"))


def guarded(app: App, hosts: set[str]) -> App:
    """The application for those who ask for it by its own name alone: another site's page, whose
    name is made to lead here, must not read it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *ours]}
            await send(message)

        asked = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        await (app if asked in hosts else _refuse)(scope, receive, send_with)

    return answer


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": b"This server has another name.\n"})
