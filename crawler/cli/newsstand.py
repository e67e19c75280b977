"""Ends the commands that serve the newsstand with a sentence if it cannot be imported."""

from __future__ import annotations

from typing import NoReturn

from crawler import INSTALL_EXTRAS
from crawler.cli.arguments import fail


def fail_without_newsstand(command: str, error: ModuleNotFoundError) -> NoReturn:
    """End ``command`` with what to install.

    Either the packages of the extra ``demo`` are missing, or ``newsstand/`` itself, as in the
    container image.
    """
    if (error.name or "").endswith("newsstand"):
        fail(f"{command} needs the folder newsstand/, which is not here: run it in a checkout")
    fail(f"{command} needs {error.name}; install it with {INSTALL_EXTRAS}")
