"""Notices of findings: by mail, Slack, Telegram or a webhook, once when it begins and once when it
is over ([notices](docs/notices.md))."""
