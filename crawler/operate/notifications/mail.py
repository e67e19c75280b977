"""Mail channel: sends notifications through an SMTP server."""

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
"""Seconds of silence after which a server counts as down."""
MAX_LENGTH = 100_000
"""UTF-16 code units of a mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """SMTP channel. ``tls``: from the first byte; else a password is only sent after STARTTLS."""

    name: ClassVar[str] = "mail"
    recipients: tuple[str, ...]
    sender: str
    host: str
    port: int
    tls: bool
    user: str = field(repr=False)
    password: str = field(repr=False)

    def send(self, notification: Notification) -> None:
        """Send the notification. Raises OSError, which includes smtplib's exceptions."""
        server = self._server()
        try:
            if self.user:
                server.login(self.user, self.password)
            rejected = server.send_message(
                self._message(notification), self.sender, self.recipients
            )
            with suppress(OSError):  # the mail was accepted before
                server.quit()
        finally:
            server.close()
        if rejected:
            logger.warning(
                "The mail server rejected %s of %s recipients.", len(rejected), len(self.recipients)
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

    def _message(self, notification: Notification) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["Subject"] = notification.title
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid("malgeum", self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # prevents out-of-office replies
        message.set_content(notification.text(MAX_LENGTH), cte="base64")  # works without 8BITMIME
        return message
