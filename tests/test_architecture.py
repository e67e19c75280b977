"""The laws of the house. Each message says what to do."""

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler import settings
from crawler.article import Article
from tests.support.outlets import OUTLETS, outlet_of
from tests.support.paths import ROOT

ROOMS = ("crawler", "spiders", "pipelines", "newsstand", "malgeum")

BOXES = {
    "ground": {
        "crawler", "crawler.article", "crawler.dates", "crawler.encoding", "crawler.outcomes",
        "crawler.runtime", "crawler.similarity", "crawler.terminal", "crawler.urls",
    },
    "extract": {"crawler.extract"},
    "storage": {"crawler.archive", "crawler.store"},
    "pipelines": {"pipelines"},
    "export": {"crawler.export"},
    "crawl": {"crawler.crawl"},
    "spiders": {"spiders"},
    "reprocess": {"crawler.reprocess"},
    "operate": {"crawler.operate"},
    "commands": {"crawler.cli", "crawler.commands"},
}  # fmt: skip
"""The ten boxes, and the packages and modules in each."""

MAY_IMPORT = {
    "ground": set(),
    "extract": {"ground"},
    "storage": {"ground"},
    "pipelines": {"extract", "storage", "ground"},
    "export": {"storage", "ground"},
    "crawl": {"pipelines", "extract", "storage", "ground"},
    "spiders": {"crawl", "extract"},
    "reprocess": {"crawl", "pipelines", "extract", "storage", "ground"},
    "operate": {"crawl", "storage", "ground"},
    "commands": {
        "operate", "reprocess", "spiders", "crawl", "export", "pipelines", "extract", "storage",
        "ground",
    },
}  # fmt: skip
"""The boxes that each box may import beside itself: the figure in ARCHITECTURE.md."""

BESIDE = {
    "crawler.settings": {"ground"},
    "crawler.__main__": set(),
    "crawler.store.migrations.env": {"settings", "storage"},
    "crawler.cli.checks": {"settings"},
    "crawler.commands.demo": {"newsstand"},
    "crawler.commands.newsstand": {"newsstand"},
    "crawler.commands.work": {"settings"},
}
"""Modules outside the boxes, and what a module may import beyond its box, each for a reason:
settings name components by dotted path; Alembic and the checks of a command read the settings;
two commands start the newsstand."""

INSIDES = {
    "crawler.crawl": {},
    "crawler.store": {},
}

FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "base", "core", "misc"}
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def box_of(module: str) -> str:
    """The box that a module lies in; ``settings``, ``newsstand`` and ``malgeum`` stand beside them."""
    if module.startswith(("newsstand", "malgeum")):
        return module.split(".")[0]
    if module.startswith(("crawler.settings", "crawler.__main__")):
        return module.split(".")[1]
    parents = [".".join(module.split(".")[:depth]) for depth in (3, 2, 1)]
    return next(box for name in parents for box, names in BOXES.items() if name in names)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, as dotted paths with the imported name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.split(".")[0] in ROOMS)


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_go_down_only(path: Path) -> None:
    module = module_of(path)
    box = box_of(module)
    allowed = MAY_IMPORT.get(box, set()) | BESIDE.get(module, set()) | {box}
    for name in imports_of(path):
        assert box_of(name) in allowed, (
            f"{module} imports {name}: move the code down, or, if the figure in"
            f" ARCHITECTURE.md is wrong, mend it and MAY_IMPORT[{box!r}] together"
        )


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_no_room_without_a_subject(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES, f"{path.stem}: put each function where it is used"


@pytest.mark.parametrize("name", OUTLETS)
def test_an_outlets_name_file_and_class_agree(name: str) -> None:
    outlet = outlet_of(name)
    assert outlet.__name__ == name.title().replace("_", ""), (
        f"name the class in spiders/{name}.py like the file"
    )
    assert outlet.name == name, f"the outlet in spiders/{name}.py is named {name}"


@pytest.mark.parametrize("name", OUTLETS)
def test_an_outlet_is_data_only(name: str) -> None:
    tree = ast.parse((ROOT / "spiders" / f"{name}.py").read_text(encoding="utf-8"))
    methods = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not methods, f"spiders/{name}.py: say the difference as data of the family instead"


@pytest.mark.parametrize("name", OUTLETS)
def test_every_outlet_has_a_saved_page_and_what_it_says(name: str) -> None:
    pages = sorted((ROOT / "tests" / "pages" / name).glob("*.html"))
    assert pages, f"save an article page as tests/pages/{name}/SKIN.html"
    for page in pages:
        assert page.with_suffix(".json").exists(), f"write what {page.name} says beside it, as JSON"


@pytest.mark.parametrize("page", ["commands.md", "commands.ko.md"])
def test_docs_describe_every_command(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for path in (ROOT / "crawler" / "commands").glob("[a-z]*.py"):
        assert f"scrapy {path.stem}" in text, f"{page} does not describe `scrapy {path.stem}`"


def test_feeds_carry_every_field_but_the_raw_material() -> None:
    fields = {field.name for field in dataclasses.fields(Article)}
    raw = {
        "paper",
        "blocks",
        "shown_dates",
        "modified_raw",
        "tags_raw",
        "soft_error",
        "is_revisit",
        "record",
    }
    assert set(settings.FEED_EXPORT_FIELDS) == fields - raw


def test_no_setting_repeats_scrapys_default() -> None:
    from scrapy.settings import default_settings

    ours = {name: value for name, value in vars(settings).items() if name.isupper()}
    same = [
        name for name, value in ours.items() if getattr(default_settings, name, object()) == value
    ]
    assert not same, f"{same} equal Scrapy's defaults: leave them out"


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


def test_the_readme_is_short() -> None:
    words = (ROOT / "README.md").read_text(encoding="utf-8").split()
    assert len(words) <= 800, "move details to docs/"
