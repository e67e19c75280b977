"""Texts of pages on a terminal: they steer nothing, and what changed in them is seen."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from crawler.differences import differences
from crawler.running import harmless

STYLES = {"-": "red", "+": "green", "…": "dim", " ": ""}


class Terminal(Console):
    """Rich's, but that a reader who has seen enough, such as head, ends no command with 1: what
    prints has :func:`crawler.running.printing` around it."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show_line(console: Console, text: str, style: str = "") -> None:
    """A line as it is: page text is neither mark-up nor a terminal's control code."""
    console.print(Text(harmless(text), style))


def show_differences(console: Console, old: str, new: str) -> None:
    """A diff, line by line."""
    for found in differences(old.splitlines(), new.splitlines()):
        style = STYLES[found.sign]
        text = Text(f"{found.sign} ", style)
        if found.skipped:
            text.append(f"{found.skipped} lines as before")
        for part, is_new in found.parts:
            text.append(harmless(part), f"{style} reverse" if is_new else style)
        console.print(text)
