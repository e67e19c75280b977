"""Renders ``docs/commands.md`` from the help of the commands.

``.venv/bin/python -m crawler.cli.reference`` writes the file again.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from scrapy.settings import Settings

from crawler import commands
from crawler.cli.command import DocumentedCommand
from crawler.outcomes.exit_codes import NAMES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

GROUPS = {
    "Crawl": ("crawl", "crawlall", "work"),
    "Watch": ("status", "gaps", "doctor"),
    "Look at articles": ("search", "browse", "history", "explain", "date", "people", "whysame"),
    "Press releases": ("releases", "printed", "clusters", "recluster"),
    "Export": ("export", "stream"),
    "Archive": ("archive", "replay", "reextract"),
    "Maintain the store": ("backup", "prune", "forget"),
    "Try it": ("demo", "newsstand"),
}
"""Commands by purpose, in the order of the page."""

INTRODUCTION = """\
# Commands

<!-- Generated from the help of the commands: .venv/bin/python -m crawler.cli.reference -->

Run each as `.venv/bin/scrapy COMMAND`. [Exit codes](operations.md#exit-codes) are the same for all;
a command names those that mean something particular. [Settings](settings.md) can be given as
`-s NAME=VALUE`. 한국어: [commands.ko.md](commands.ko.md).

`OUTLET` is a name of `scrapy list`. `DAY|AGE` is a day (`2024-09-01`, Korean time) or an
age (`12h`, `7d`, `2w`).
"""

SPIDER_OPTIONS = """\
## Options of crawl, crawlall, replay and work

`replay` takes no `-a`; with `crawlall` the file name must contain `%(name)s`, one feed per outlet.
"""

SHARED = {"spargs", "output", "overwrite_output"}
"""Options that Scrapy gives to every command that runs a spider."""

WIDTH = 120


def load_command(name: str) -> DocumentedCommand:
    """Return the command of that name, with the settings that its help texts need."""
    command: DocumentedCommand = import_module(f"{commands.__name__}.{name}").Command()
    command.settings = Settings()
    command.settings.setmodule("crawler.settings", priority="project")
    return command


def option_groups(command: DocumentedCommand) -> dict[str, list[argparse.Action]]:
    """Return the options of a command, without ``-h``, by the title of their group in its help."""
    parser = argparse.ArgumentParser(conflict_handler="resolve", add_help=False)
    command.add_options(parser)
    return {
        str(group.title): [action for action in group._group_actions if action.option_strings]
        for group in parser._action_groups
    }


def own_options(command: DocumentedCommand) -> list[argparse.Action]:
    """Return the options of a command that Scrapy does not add to it."""
    groups = option_groups(command)
    return [
        option
        for title, options in groups.items()
        for option in options
        if title != "Global Options" and option.dest not in SHARED
    ]


def render() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for title, names in GROUPS.items():
        parts += [f"## {title}\n", *(_section(name, load_command(name)) for name in names)]
    groups = option_groups(load_command("crawl"))
    common = groups.pop("Global Options")
    spiders = [option for options in groups.values() for option in options]
    parts += [SPIDER_OPTIONS, *_table(spiders), "\n## Options of every command\n", *_table(common)]
    return "\n".join(parts) + "\n"


def _section(name: str, command: DocumentedCommand) -> str:
    see = " and ".join(f"[{page.partition('#')[0]}]({page})" for page in command.see_also)
    sentences = [f"{command.summary}.", command.details, f"See {see}." if see else ""]
    lines = [f"### {name}", "", "```", f"scrapy {name} {command.usage}", "```", ""]
    lines += [_wrapped(" ".join(filter(None, sentences))), ""]
    if options := own_options(command):
        lines += [*_table(options), ""]
    for code, note in command.exit_notes:
        lines += [f"- exit code {int(code)} ({NAMES[code]}): {note}"]
    lines += [""] * bool(command.exit_notes)
    lines += ["```console", command.example, "```", ""]
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _table(options: list[argparse.Action]) -> Iterator[str]:
    yield "| option | meaning |"
    yield "|---|---|"
    for option in options:
        value = f" {option.metavar or option.dest.upper()}" if option.nargs != 0 else ""
        names = ", ".join(f"`{name}{value}`" for name in option.option_strings)
        yield f"| {_cell(names)} | {_cell((option.help or '') % vars(option))} |"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
