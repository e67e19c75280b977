"""Why a channel took no notice, in words that hold no secret."""

from __future__ import annotations

import smtplib
import ssl

import requests


class ChannelError(Exception):
    """A channel did not take a notice; its text is a clause for people, without any secret."""


KINDS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "the server refuses the user or the password"),
    (smtplib.SMTPRecipientsRefused, "the server refuses the recipients"),
    (smtplib.SMTPSenderRefused, "the server refuses the sender: set one with ?from= in SMTP_URL"),
    (smtplib.SMTPNotSupportedError, "the server offers no STARTTLS, or no way to log in"),
    (requests.exceptions.SSLError, "its certificate is not trusted, or it speaks no TLS"),
    (ssl.SSLError, "its certificate is not trusted, or it speaks no TLS"),
    (requests.Timeout, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (requests.exceptions.ProxyError, "the proxy does not let us through"),
    (requests.ConnectionError, "it cannot be reached, or hung up"),
    (smtplib.SMTPServerDisconnected, "it hung up, or gave no answer in time"),
    (ConnectionError, "it cannot be reached, or hung up"),
)
"""What an error means; the first that fits counts. The errors' own texts tell addresses."""


def why(error: Exception) -> str:
    """The reason as a clause."""
    if isinstance(error, ChannelError):
        return str(error)
    words = next((words for kind, words in KINDS if isinstance(error, kind)), "")
    code = getattr(error, "smtp_code", None)
    name = f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
    return f"{words} ({name})" if words else name
