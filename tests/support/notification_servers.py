"""SMTP server and HTTP server on loopback that receive notifications.

The HTTP server is also a proxy behind which any host speaks TLS. Received messages are kept.
"""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer, StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any

import trustme


@dataclass
class Authority:
    """Certificates for any host; ``bundle`` is what a client has to trust."""

    bundle: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self.ca.cert_pem.write_to_path(self.bundle)

    def tls(self, host: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(host).configure_cert(context)
        return context


@dataclass
class Post:
    host: str
    path: str
    headers: dict[str, str]
    data: Any


@dataclass
class Hooks:
    """HTTP server for webhooks and chats; it keeps what is posted.

    The path says what happens: ``/500``, ``/302``, ``/drip``, ``/silent``; so does the token of a
    bot, as ``/bot1:401/``. Any other path accepts the message.
    """

    authority: Authority
    address: str = ""
    posts: list[Post] = field(default_factory=list)
    closing: Event = field(default_factory=Event)


class _Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def __init__(self, hooks: Hooks, *rest: Any) -> None:
        self.hooks, self.tunnel = hooks, ""
        super().__init__(*rest)

    def do_CONNECT(self) -> None:
        self.tunnel = self.path.rpartition(":")[0]
        self.send_response_only(200)
        self.end_headers()
        tls = self.hooks.authority.tls(self.tunnel)
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
        self.close_connection = False

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        host = self.tunnel or self.headers["Host"]
        data = json.loads(body) if body else None
        self.hooks.posts.append(Post(host, self.path, dict(self.headers), data))
        status = next((code for code in (302, 400, 401, 403, 500) if str(code) in self.path), 200)
        if "silent" in self.path:
            self.hooks.closing.wait()
        elif "drip" in self.path:
            self._drip()
        else:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{self.hooks.address}/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

    def _drip(self) -> None:
        while not self.hooks.closing.wait(0.05):
            self.wfile.write(b"H")

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr."""


@dataclass
class Mailbox:
    """SMTP server; it keeps the mails.

    ``tls``: ``""``, ``starttls`` or ``smtps``. ``quirk``: ``refuses`` a mail after its text, is
    ``silent`` from the start, takes no ``leave``, knows no ``recipient`` that begins with x.
    """

    authority: Authority
    tls: str = ""
    quirk: str = ""
    users: dict[str, str] = field(default_factory=dict)
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """The commands that came, as ``tls EHLO`` where they came under TLS."""
    closing: Event = field(default_factory=Event)


class _Smtp(StreamRequestHandler):
    timeout = 10

    def __init__(self, box: Mailbox, *rest: Any) -> None:
        self.box, self.safe = box, False
        super().__init__(*rest)

    def handle(self) -> None:
        if self.box.quirk == "silent":
            self.box.closing.wait()
            return
        if self.box.tls == "smtps":
            self._begin_tls()
        self._say("220 box.test")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            self.box.said.append(f"tls {verb.upper()}" if self.safe else verb.upper())
            if not getattr(self, f"_{verb.lower()}", self._well)(rest):
                return

    def _say(self, line: str) -> bool:
        self.wfile.write(f"{line}\r\n".encode())
        return True

    def _well(self, rest: str) -> bool:
        return self._say("250 well")

    def _ehlo(self, rest: str) -> bool:
        offers = ["250-box.test"]
        offers += ["250-STARTTLS"] if self.box.tls == "starttls" and not self.safe else []
        offers += ["250-AUTH PLAIN"] if self.box.users else []
        return self._say("\r\n".join([*offers, "250 HELP"]))

    def _starttls(self, rest: str) -> bool:
        self._say("220 go on")
        self._begin_tls()
        return True

    def _begin_tls(self) -> None:
        tls = self.box.authority.tls("localhost")
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
        self.safe = True

    def _auth(self, rest: str) -> bool:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        is_right = self.box.users.get(user) == password
        return self._say("235 in" if is_right else f"535 no: {user} {password}")

    def _rcpt(self, rest: str) -> bool:
        address = rest[rest.index("<") + 1 : rest.index(">")]
        if self.box.quirk == "recipient" and address.startswith("x"):
            return self._say("550 no such user")
        self.box.recipients.append(address)
        return self._say("250 well")

    def _data(self, rest: str) -> bool:
        self._say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        text = b"".join(line.removeprefix(b".") for line in lines)
        if self.box.quirk == "refuses":
            return self._say("554 no")
        self.box.raw.append(text)
        mail = message_from_bytes(text, policy=default)
        assert isinstance(mail, EmailMessage)
        self.box.mails.append(mail)
        return self._say("250 well")

    def _quit(self, rest: str) -> bool:
        if self.box.quirk == "leave":
            self.box.closing.wait()
            return False
        self._say("221 bye")
        return False

    def finish(self) -> None:
        super().finish()
        self.connection.close()


class _Tcp(ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up, or trust nobody, are what is tested."""


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """As above."""


@contextmanager
def hooks(authority: Authority) -> Iterator[Hooks]:
    opened = Hooks(authority)
    server = _Http(("127.0.0.1", 0), partial(_Hook, opened))
    opened.address = f"http://127.0.0.1:{server.server_address[1]}"
    with _running(server, opened.closing):
        yield opened


@contextmanager
def mailbox(authority: Authority, **how: Any) -> Iterator[Mailbox]:
    opened = Mailbox(authority, **how)
    server = _Tcp(("127.0.0.1", 0), partial(_Smtp, opened))
    opened.port = server.server_address[1]
    with _running(server, opened.closing):
        yield opened


@contextmanager
def _running(server: BaseServer, closing: Event) -> Iterator[None]:
    with server:
        thread = Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield
        finally:
            closing.set()
            server.shutdown()
            thread.join()
