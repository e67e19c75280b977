"""Texts of pages on a terminal: they steer nothing, and what changed in them is seen."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from crawler.terminal.diff import diff_texts

STYLES = {"-": "red", "+": "green", "…": "dim", " ": ""}


_STEERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that steer a terminal or turn the order of its letters, and halves of characters."""


def escape_terminal(text: str) -> str:
    """A page's text as it may go to a terminal: what would steer it is spelt out."""
    return _STEERS.sub(_spelt, text)


def safe_json(value: Any) -> str:
    """JSON on one line with Korean as it is; what would steer a terminal is escaped."""
    return _STEERS.sub(_spelt, json.dumps(value, ensure_ascii=False))


def _spelt(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


@contextmanager
def safe_stdout() -> Iterator[None]:
    """Around what prints much: a reader that has seen enough, such as head, is no error."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Terminal(Console):
    """Rich's, but that a reader who has seen enough, such as head, ends no command with 1: what
    prints has :func:`safe_stdout` around it."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show_line(console: Console, text: str, style: str = "") -> None:
    """A line as it is: page text is neither mark-up nor a terminal's control code."""
    console.print(Text(escape_terminal(text), style))


def show_differences(console: Console, old: str, new: str) -> None:
    """A diff, line by line."""
    for found in diff_texts(old.splitlines(), new.splitlines()):
        style = STYLES[found.sign]
        text = Text(f"{found.sign} ", style)
        if found.skipped:
            text.append(f"{found.skipped} lines as before")
        for part, is_new in found.parts:
            text.append(escape_terminal(part), f"{style} reverse" if is_new else style)
        console.print(text)
