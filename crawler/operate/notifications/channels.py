"""Builds notification channels from the settings. No setting's value appears in an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from scrapy.settings import BaseSettings

from crawler.operate.monitors.words import Language
from crawler.operate.notifications.mail import Mail
from crawler.operate.notifications.webhooks import Slack, Telegram, Webhook

LANGUAGES = ("ko", "en")
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[\w-]+(?:\.[\w-]+)*", re.ASCII)
TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
CHAT = re.compile(r"-?\d+|@\w+", re.ASCII)
SMTP_FORM = (
    "SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465,"
    " with @ / ? # in user and password written as %40 %2F %3F %23"
)

Channel = Mail | Slack | Telegram | Webhook


def channels_of(settings: BaseSettings) -> list[Channel]:
    """Return the configured channels. Raises ValueError if a setting is invalid."""
    return [channel for read in READERS if (channel := read(settings)) is not None]


def language_of(settings: BaseSettings) -> Language:
    """Return NOTIFY_LANGUAGE. Raises ValueError if it is not ``ko`` or ``en``."""
    if (language := settings["NOTIFY_LANGUAGE"]) not in LANGUAGES:
        raise ValueError("NOTIFY_LANGUAGE must be ko or en")
    return cast(Language, language)


def _mail(settings: BaseSettings) -> Mail | None:
    if not _both(settings, "NOTIFY_MAIL", "SMTP_URL"):
        return None
    url = _split(settings["SMTP_URL"], ("smtp", "smtps"), SMTP_FORM)
    if url.path not in ("", "/") or url.fragment or (url.password and not url.username):
        raise ValueError(SMTP_FORM)
    user, tls = unquote(url.username or ""), url.scheme == "smtps"
    recipients = tuple(address.strip() for address in settings["NOTIFY_MAIL"].split(","))
    own = user if ADDRESS.fullmatch(user) else recipients[0]
    sender = dict(parse_qsl(url.query)).get("from", own)
    if not all(map(ADDRESS.fullmatch, recipients)):
        raise ValueError("NOTIFY_MAIL must be mail addresses separated by commas")
    if not ADDRESS.fullmatch(sender):
        raise ValueError("from= in SMTP_URL must be a mail address")
    return Mail(
        recipients=recipients,
        sender=sender,
        host=url.hostname or "",
        port=url.port or (465 if tls else 587 if user else 25),
        tls=tls,
        user=user,
        password=unquote(url.password or ""),
    )


def _slack(settings: BaseSettings) -> Slack | None:
    return Slack(url) if (url := _web_address(settings, "NOTIFY_SLACK")) else None


def _telegram(settings: BaseSettings) -> Telegram | None:
    if not _both(settings, "NOTIFY_TELEGRAM", "TELEGRAM_TOKEN"):
        return None
    if not CHAT.fullmatch(chat := settings["NOTIFY_TELEGRAM"]):
        raise ValueError("NOTIFY_TELEGRAM must be the number of a chat or an @name")
    if not TOKEN.fullmatch(token := settings["TELEGRAM_TOKEN"]):
        raise ValueError("TELEGRAM_TOKEN must be a bot's token as BotFather gives it, 123456:ABC…")
    return Telegram(token, chat)


def _webhook(settings: BaseSettings) -> Webhook | None:
    return Webhook(url) if (url := _web_address(settings, "NOTIFY_WEBHOOK")) else None


READERS: tuple[Callable[[BaseSettings], Channel | None], ...] = (
    _mail, _slack, _telegram, _webhook,
)  # fmt: skip
"""One function per channel; it returns None if the channel is not configured."""


def _both(settings: BaseSettings, target: str, access: str) -> bool:
    """Return True if both settings are set. Raises ValueError if only one is."""
    if bool(settings[target]) != bool(settings[access]):
        missing = access if settings[target] else target
        raise ValueError(f"{target} and {access} must be set together: {missing} is not set")
    return bool(settings[target])


def _web_address(settings: BaseSettings, name: str) -> str:
    """Return the URL, or an empty string if none is set. Raises ValueError."""
    url: str = settings[name]
    if url:
        _split(url, ("http", "https"), f"{name} must be an http:// or https:// URL")
    return url


def _split(url: str, schemes: tuple[str, ...], error: str) -> SplitResult:
    """Return the parts of a URL. Raises ValueError with the text ``error`` if it is invalid."""
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ValueError(error) from None
    return parts
