"""Notices by mail, over an SMTP server of one's own choice."""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from ssl import create_default_context
from typing import ClassVar

from crawler.operate.notifications.message import Notification

logger = logging.getLogger(__name__)

TIMEOUT = 10
"""Seconds of silence after which a server is taken for gone."""
MOST = 100_000
"""UTF-16 units of a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``tls``: from the first byte on. Otherwise a password is sent after STARTTLS, or never."""

    name: ClassVar[str] = "mail"
    recipients: tuple[str, ...]
    sender: str
    host: str
    port: int
    tls: bool
    user: str = field(repr=False)
    password: str = field(repr=False)

    def take(self, notice: Notification) -> None:
        """Raises OSError, and with it what smtplib raises."""
        server = self._server()
        try:
            if self.user:
                server.login(self.user, self.password)
            refused = server.send_message(self._message(notice), self.sender, self.recipients)
            with suppress(OSError):  # it has the mail, however it takes leave
                server.quit()
        finally:
            server.close()
        if refused:
            logger.warning(
                "The mail server refused %s of %s recipients.", len(refused), len(self.recipients)
            )

    def _server(self) -> smtplib.SMTP:
        if self.tls:
            context = create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        if self.user:
            try:
                server.starttls(context=create_default_context())
            except OSError:
                server.close()
                raise
        return server

    def _message(self, notice: Notification) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["Subject"] = notice.title
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid("malgeum", self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # so that no absence note comes back
        message.set_content(notice.text(MOST), cte="base64")  # a server need not know 8BITMIME
        return message
