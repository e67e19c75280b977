"""Notifications of findings: mail, Slack, Telegram or a webhook (``docs/notifications.md``)."""
