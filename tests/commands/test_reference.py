"""docs/commands.md, docs/commands.ko.md and the pages of settings against the code."""

from __future__ import annotations

import re

import pytest

from crawler import settings
from crawler.cli.reference import GROUPS, PAGE, load_command, option_groups, own_options, render
from tests.support.paths import ROOT

COMMANDS = sorted(path.stem for path in (ROOT / "crawler" / "commands").glob("[a-z]*.py"))
RENEW = ".venv/bin/python -m crawler.cli.reference"


def test_the_reference_has_every_command_once() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == COMMANDS


def test_the_reference_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), f"renew docs/commands.md: {RENEW}"


def korean_sections() -> dict[str, str]:
    text = (ROOT / "docs" / "commands.ko.md").read_text(encoding="utf-8")
    return {
        section.partition("\n")[0].strip(): section
        for section in re.split(r"^##+ ", text, flags=re.M)
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_the_korean_reference_has_every_option(name: str) -> None:
    section = korean_sections()[name]
    assert f"scrapy {name}" in section, "an example"
    missing = [
        option.option_strings[-1]
        for option in own_options(load_command(name))
        if not re.search(rf"`{option.option_strings[-1]}[ `=]", section)
    ]
    assert not missing, f"docs/commands.ko.md, {name}: describe {', '.join(missing)}"
    documented = set(re.findall(r"^\| `(-[\w-]+)", section, flags=re.M))
    known = {
        string for option in own_options(load_command(name)) for string in option.option_strings
    }
    assert documented <= known, "an option that the command does not take"


def test_the_korean_reference_has_every_shared_option() -> None:
    text = "".join(korean_sections().values())
    for options in option_groups(load_command("crawl")).values():
        for option in options:
            for string in option.option_strings:
                assert f"`{string}" in text, f"docs/commands.ko.md: describe {string}"


def test_every_command_has_help() -> None:
    for name in COMMANDS:
        command = load_command(name)
        assert not command.summary.endswith(".")
        assert command.example.startswith(f"$ scrapy {name}")
        for option in own_options(command):
            assert option.help, f"{name}: {option.option_strings} has no help"
            assert option.nargs == 0 or option.metavar, f"{name}: {option.option_strings}: its form"


def our_settings() -> list[str]:
    """Names of the settings that the environment can set."""
    source = (ROOT / "crawler" / "settings.py").read_text(encoding="utf-8")
    return re.findall(r"\"MALGEUM_([A-Z_]+)\"", source)


@pytest.mark.parametrize("page", ["settings.md", "settings.ko.md"])
def test_every_setting_is_described(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    monitoring = (ROOT / "docs" / page.replace("settings", "monitoring")).read_text(
        encoding="utf-8"
    )
    names = our_settings()
    assert {"DATABASE_URL", "CONTACT", "ARCHIVE", "MONITOR_DROP"} <= {*names}
    for name in names:
        where = monitoring if name.startswith("MONITOR_") else text
        assert f"`{name}`" in where, f"docs/{page}: describe {name}"


def test_every_described_setting_exists() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", text, flags=re.M)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert named
    assert all(hasattr(settings, name) for name in named)
