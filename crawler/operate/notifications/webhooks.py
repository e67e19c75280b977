"""Channels that accept a notification as one POST: Slack, Telegram, a webhook.

URLs and tokens are secrets: they appear in no ``repr`` and in no error.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, ClassVar

import requests
from requests.auth import HTTPBasicAuth
from requests.utils import get_auth_from_url

from crawler.operate.notifications.errors import ChannelError
from crawler.operate.notifications.message import Notification

TIMEOUT = 10
"""Seconds of silence after which a server counts as down."""
MAX_LENGTH = 4000
"""UTF-16 code units of a chat message: Telegram accepts 4,096, Slack recommends 4,000."""

logging.getLogger("urllib3").propagate = False  # it logs paths, which contain tokens


@dataclass(frozen=True, slots=True)
class Slack:
    """Incoming webhook of Slack, or of a chat with the same format (Mattermost, Rocket.Chat)."""

    name: ClassVar[str] = "Slack"
    url: str = field(repr=False)

    def send(self, notification: Notification) -> None:
        """Send the text with all markup escaped. Raises ChannelError or OSError."""
        text = notification.text(MAX_LENGTH, _escape_markup)
        quiet = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
        _post(self.url, {"text": text, **quiet}, SLACK_ERRORS)


@dataclass(frozen=True, slots=True)
class Telegram:
    """Telegram bot that writes to a chat."""

    name: ClassVar[str] = "Telegram"
    token: str = field(repr=False)
    chat: str = field(repr=False)

    def send(self, notification: Notification) -> None:
        """Send plain text. Raises ChannelError or OSError."""
        message = {
            "chat_id": self.chat,
            "text": notification.text(MAX_LENGTH),
            "link_preview_options": {"is_disabled": True},
        }
        url = f"https://api.telegram.org/bot{self.token}/sendMessage"
        _post(url, message, TELEGRAM_ERRORS)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Webhook that accepts our JSON (``docs/notifications.md``)."""

    name: ClassVar[str] = "webhook"
    url: str = field(repr=False)

    def send(self, notification: Notification) -> None:
        """Send the data. Raises ChannelError or OSError."""
        _post(self.url, notification.data, {})


SLACK_ERRORS = {
    403: "the webhook is no longer valid, or may not write to its channel",
    404: "there is no webhook at this URL (any more)",
    410: "the channel is archived",
}
TELEGRAM_ERRORS = {
    400: "there is no such chat, or the bot is not in it: write to the bot first",
    401: "the token is not (or no longer) valid",
    403: "the bot was blocked, or removed from the chat",
    404: "the token is not valid",
}
"""Meaning of a status. The server's own text is never shown: it may repeat a secret."""


def _post(url: str, message: dict[str, Any], meanings: dict[int, str]) -> None:
    """Send one POST. Raises ChannelError if it is rejected, OSError if there is no answer."""
    user = get_auth_from_url(url)
    with requests.Session() as session:
        response = session.post(
            url,
            json=message,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,  # only the status is needed
            auth=HTTPBasicAuth(*user) if any(user) else _no_auth,
        )
    if response.is_redirect:
        raise ChannelError("the server redirects: set the URL that it redirects to")
    if not 200 <= response.status_code < 300:
        meaning = meanings.get(response.status_code)
        text = f"the server answers {response.status_code}"
        raise ChannelError(f"{text}: {meaning}" if meaning else text)


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request unchanged; without an ``auth`` requests would read ``~/.netrc``."""
    return request


def _escape_markup(text: str) -> str:
    """Escape the three characters of which Slack makes links and mentions."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
