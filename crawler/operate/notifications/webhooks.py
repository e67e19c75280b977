"""Channels that take a notice by one POST: Slack, Telegram, a webhook of one's own.

Addresses and tokens are secrets: no ``repr`` shows them, and no error that tells an address leaves.
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
"""Seconds of silence after which a server is taken for gone."""
MOST = 4000
"""UTF-16 units of a chat's message: Telegram takes 4,096, and Slack asks for no more."""

logging.getLogger("urllib3").propagate = False  # it logs paths, and with them tokens


@dataclass(frozen=True, slots=True)
class Slack:
    """An incoming webhook, of Slack or of what takes its form (Mattermost, Rocket.Chat)."""

    name: ClassVar[str] = "Slack"
    url: str = field(repr=False)

    def take(self, notice: Notification) -> None:
        text = notice.text(MOST, _without_markup)
        quiet = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
        _post(self.url, {"text": text, **quiet}, REFUSED_BY_SLACK)


@dataclass(frozen=True, slots=True)
class Telegram:
    """A bot that writes into a chat, in plain text."""

    name: ClassVar[str] = "Telegram"
    token: str = field(repr=False)
    chat: str = field(repr=False)

    def take(self, notice: Notification) -> None:
        message = {
            "chat_id": self.chat,
            "text": notice.text(MOST),
            "link_preview_options": {"is_disabled": True},
        }
        url = f"https://api.telegram.org/bot{self.token}/sendMessage"
        _post(url, message, REFUSED_BY_TELEGRAM)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Anything that takes our JSON (``docs/notices.md``)."""

    name: ClassVar[str] = "webhook"
    url: str = field(repr=False)

    def take(self, notice: Notification) -> None:
        _post(self.url, notice.data, {})


REFUSED_BY_SLACK = {
    403: "the address is no longer valid, or its channel may not be written to",
    404: "the address is not, or no longer, that of a webhook",
    410: "the channel is archived",
}
REFUSED_BY_TELEGRAM = {
    400: "there is no such chat, or the bot is not in it: write to the bot first",
    401: "the token is not, or no longer, that of a bot",
    403: "the bot was blocked, or put out of the chat",
    404: "the token is not that of a bot",
}
"""What a status means. What a server says is not told on: it may repeat a secret."""


def _post(url: str, message: dict[str, Any], meanings: dict[int, str]) -> None:
    """Raises Refusal where the server does not take it, OSError where there is none."""
    user = get_auth_from_url(url)
    with requests.Session() as session:
        answer = session.post(
            url,
            json=message,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,  # the status is all that is wanted
            auth=HTTPBasicAuth(*user) if any(user) else _as_it_is,
        )
    if answer.is_redirect:
        raise ChannelError("the server sends us elsewhere: give the address that it leads to")
    if not 200 <= answer.status_code < 300:
        meaning = meanings.get(answer.status_code)
        said = f"the server answers {answer.status_code}"
        raise ChannelError(f"{said}: {meaning}" if meaning else said)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without it requests would send what ``~/.netrc`` has."""
    return request


def _without_markup(text: str) -> str:
    """Slack reads links and calls to everybody out of these three signs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
