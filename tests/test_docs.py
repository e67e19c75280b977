"""Documentation tests: names, links, quotes and words of README and docs.

Each message says what to do.
"""

import importlib
import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("pipelines/*/*.md")])
FILE_NAME = re.compile(
    r"`((?:crawler|spiders|pipelines|newsstand|bench|deploy|tests|docs)/[\w./]*\w)/?`"
)
MODULE_NAME = re.compile(r"(?<![\w./])((?:crawler|spiders|pipelines|bench|tests)(?:\.\w+)+)\b")


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_docs_name_only_files_and_modules_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.name == "CHANGELOG.md":  # names old places beside the new ones
        return
    for name in FILE_NAME.findall(text):
        if "NAME" not in name:
            assert (ROOT / name).exists(), f"{page.name} names {name}, which does not exist"
    for name in MODULE_NAME.findall(text):
        assert is_importable(name), f"{page.name} names {name}, which does not exist"


def is_importable(name: str) -> bool:
    """Return True if the dotted path is a module, or a name in a module."""
    parent, _, attribute = name.rpartition(".")
    path = ROOT / name.replace(".", "/")
    if path.with_suffix(".py").exists() or path.is_dir():
        return True
    return hasattr(importlib.import_module(parent), attribute)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_docs_link_only_to_pages_and_headings_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!\w+:)([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), f"{page.name} links to {target}, which does not exist"
        if anchor:
            assert anchor in anchors(linked), f"{page.name} links to {target}: no such heading"


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as Markdown renderers make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readmes_quote_the_scoreboard_as_it_is(readme: str) -> None:
    board = (ROOT / "docs" / "scoreboard.md").read_text(encoding="utf-8")
    quoted = (ROOT / readme).read_text(encoding="utf-8")
    table = [row.split(" | ") for row in board.split("\n### ")[0].splitlines() if row[:2] == "| "]
    scores = {tool.removeprefix("| "): f1 for tool, f1, *_ in table[2:]}
    others = [f1 for tool, f1 in scores.items() if "Malgeum" not in tool and f1[:1].isdigit()]
    assert re.findall(r"\b[01]\.\d{3}\b", quoted) == [scores["Malgeum"], max(others)]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_docs_use_plain_words(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    turns = re.findall(
        r"\b(?:anew|once more|told|who(?:so)?ever|whatever|at the most|is none)\b", text, re.I
    )
    assert not turns, f"{page.name}: say it with the noun or the plain word (docs/glossary.md)"


def test_the_readme_is_short() -> None:
    words = (ROOT / "README.md").read_text(encoding="utf-8").split()
    assert len(words) <= 800, "move details to docs/"
