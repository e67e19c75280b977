"""Output of page text to a terminal: control characters escaped, differences highlighted."""

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


_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that control a terminal or reverse its letters, and lone surrogates."""


def escape_terminal(text: str) -> str:
    """Return a page's text with terminal control characters escaped."""
    return _CONTROL.sub(_escaped, text)


def safe_json(value: Any) -> str:
    """Return JSON on one line, with Korean unescaped and terminal control characters escaped."""
    return _CONTROL.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


@contextmanager
def safe_stdout() -> Iterator[None]:
    """Suppress the error of a reader that stops early, such as head, around long output."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Terminal(Console):
    """Rich console that does not exit with 1 if its reader stops early, such as head.

    Long output must be inside :func:`safe_stdout`.
    """

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError, which :func:`safe_stdout` handles."""
        raise BrokenPipeError


def show_line(console: Console, text: str, style: str = "") -> None:
    """Print a line literally: page text is neither markup nor terminal control."""
    console.print(Text(escape_terminal(text), style))


def show_differences(console: Console, old: str, new: str) -> None:
    """Print a diff, line by line."""
    for line in diff_texts(old.splitlines(), new.splitlines()):
        style = STYLES[line.sign]
        text = Text(f"{line.sign} ", style)
        if line.skipped:
            text.append(f"{line.skipped} unchanged lines")
        for part, is_new in line.parts:
            text.append(escape_terminal(part), f"{style} reverse" if is_new else style)
        console.print(text)
