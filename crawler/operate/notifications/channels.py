"""The settings of notices → the channels that they mean. A setting's value is never told on."""

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
    "SMTP_URL is not of the form smtp://user:password@host:587, or smtps://user:password@host:465,"
    " where signs such as @ / ? # in user and password are written %40 %2F %3F %23"
)

Channel = Mail | Slack | Telegram | Webhook


def channels_of(settings: BaseSettings) -> list[Channel]:
    """Those that are set. ValueError with one sentence where a setting makes no sense."""
    return [channel for read in READ if (channel := read(settings)) is not None]


def language_of(settings: BaseSettings) -> Language:
    """ValueError where it is none of ours."""
    if (language := settings["NOTIFY_LANGUAGE"]) not in LANGUAGES:
        raise ValueError("NOTIFY_LANGUAGE is neither ko nor en")
    return cast(Language, language)


def _mail(settings: BaseSettings) -> Mail | None:
    if not _both(settings, "NOTIFY_MAIL", "SMTP_URL"):
        return None
    url = _split(settings["SMTP_URL"], ("smtp", "smtps"), SMTP_FORM)
    if url.path not in ("", "/") or url.fragment or (url.password and not url.username):
        raise ValueError(SMTP_FORM)
    user, tls = unquote(url.username or ""), url.scheme == "smtps"
    recipients = tuple(one.strip() for one in settings["NOTIFY_MAIL"].split(","))
    own = user if ADDRESS.fullmatch(user) else recipients[0]
    sender = dict(parse_qsl(url.query)).get("from", own)
    if not all(map(ADDRESS.fullmatch, recipients)):
        raise ValueError("NOTIFY_MAIL is not one mail address, or some with commas between")
    if not ADDRESS.fullmatch(sender):
        raise ValueError("from= in SMTP_URL is no mail address")
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
        raise ValueError("NOTIFY_TELEGRAM is neither the number of a chat nor an @name")
    if not TOKEN.fullmatch(token := settings["TELEGRAM_TOKEN"]):
        raise ValueError("TELEGRAM_TOKEN is not of the form in which BotFather gives a bot's token")
    return Telegram(token, chat)


def _webhook(settings: BaseSettings) -> Webhook | None:
    return Webhook(url) if (url := _web_address(settings, "NOTIFY_WEBHOOK")) else None


READ: tuple[Callable[[BaseSettings], Channel | None], ...] = (_mail, _slack, _telegram, _webhook)
"""A channel more is a line more."""


def _both(settings: BaseSettings, whom: str, means: str) -> bool:
    """Whether both are given; ValueError where one is."""
    if bool(settings[whom]) != bool(settings[means]):
        missing = means if settings[whom] else whom
        raise ValueError(f"{whom} and {means} go together, and {missing} is not set")
    return bool(settings[whom])


def _web_address(settings: BaseSettings, name: str) -> str:
    """The address, or nothing where none is set."""
    url: str = settings[name]
    if url:
        _split(url, ("http", "https"), f"{name} is no http(s) address")
    return url


def _split(url: str, schemes: tuple[str, ...], otherwise: str) -> SplitResult:
    """The parts of a URL. ValueError with the sentence where it is none of these schemes."""
    try:
        parts = urlsplit(url)
        is_well = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        is_well = False
    if not is_well or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ValueError(otherwise) from None
    return parts
