"""Reasons why a channel did not accept a notification, in words without secrets."""

from __future__ import annotations

import smtplib
import ssl

import requests


class ChannelError(Exception):
    """A channel did not accept a notification; the text is a clause without any secret."""


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "the server rejects the user or the password"),
    (smtplib.SMTPRecipientsRefused, "the server rejects the recipients"),
    (smtplib.SMTPSenderRefused, "the server rejects the sender: set one with ?from= in SMTP_URL"),
    (smtplib.SMTPNotSupportedError, "the server offers no STARTTLS or no log-in"),
    (requests.exceptions.SSLError, "its certificate is not trusted, or it does not speak TLS"),
    (ssl.SSLError, "its certificate is not trusted, or it does not speak TLS"),
    (requests.Timeout, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (requests.exceptions.ProxyError, "the proxy refuses the connection"),
    (requests.ConnectionError, "it cannot be reached, or closed the connection"),
    (smtplib.SMTPServerDisconnected, "it closed the connection, or did not answer in time"),
    (ConnectionError, "it cannot be reached, or closed the connection"),
)
"""Meaning of an error, the first match first. The errors' own texts contain addresses."""


def reason_of(error: Exception) -> str:
    """Return the reason as a clause, with the name of the error."""
    if isinstance(error, ChannelError):
        return str(error)
    text = next((text for error_type, text in REASONS if isinstance(error, error_type)), "")
    code = getattr(error, "smtp_code", None)
    name = f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
    return f"{text} ({name})" if text else name
