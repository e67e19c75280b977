"""The laws of the house. Each message says what to do."""

import ast
import dataclasses
import importlib
import re
from pathlib import Path

import pytest

from crawler import settings
from crawler.article import Article
from crawler.outlet import Outlet

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("crawler", "spiders", "pipelines")

MAY_IMPORT = {
    "spiders": {"crawler.cms", "crawler.outlet", "crawler.selectors"},
    "crawler.cms": {"crawler.cms", "crawler.family", "crawler.selectors", "crawler.address"},
    "crawler.outlet": {"crawler.address", "crawler.answers", "crawler.arguments", "crawler.article", "crawler.dates", "crawler.extract",
                       "crawler.family", "crawler.quiet", "crawler.selectors", "crawler.sitemap"},
    "crawler.quiet": set(),
    "crawler.sitemap": {"crawler.answers", "crawler.extract", "crawler.family", "crawler.period", "crawler.sitemap"},
    "crawler.arguments": {"crawler.period"},
    "crawler.extract": {"crawler.address", "crawler.article", "crawler.family", "crawler.selectors"},
    "crawler.family": {"crawler.address", "crawler.selectors"},
    "crawler.selectors": {"crawler.article", "crawler.blocks"},
    "crawler.blocks": {"crawler.article"},
    "crawler.address": {"crawler.address"},
    "crawler.article": set(),
    "crawler.charset": set(),
    "crawler.answers": set(),
    "crawler.manners": {"crawler.address", "crawler.answers", "crawler.manners", "crawler.outlet"},
    "crawler.browser": {"crawler.answers", "crawler.browser", "crawler.extract", "crawler.family", "crawler.manners",
                        "crawler.outlet", "crawler.selectors"},
    "crawler.archive": {"crawler", "crawler.archive", "crawler.browser", "crawler.dates", "crawler.manners",
                        "crawler.outlet", "crawler.store"},
    "crawler.dates": {"crawler.date_shapes"},
    "crawler.date_shapes": set(),
    "crawler.mentions": {"crawler.article", "crawler.mentions"},
    "crawler.period": {"crawler.dates"},
    "crawler.frontier": {"crawler.extract", "crawler.hold", "crawler.outcomes", "crawler.outlet",
                         "crawler.quiet", "crawler.reading", "crawler.store"},
    "crawler.hold": {"crawler.store"},
    "crawler.outcomes": {"crawler", "crawler.article", "crawler.outlet", "crawler.period",
                         "crawler.store", "crawler.visits"},
    "crawler.reading": {"crawler.arguments", "crawler.outlet", "crawler.store"},
    "crawler.visits": {"crawler.period"},
    "crawler.record": {"crawler", "crawler.article", "crawler.outlet", "crawler.record", "crawler.store", "crawler.verdict"},
    "crawler.monitors": {"crawler.dates", "crawler.monitors", "crawler.outlet", "crawler.period", "crawler.record", "crawler.store", "crawler.verdict"},
    "crawler.status": {"crawler", "crawler.dates", "crawler.monitors", "crawler.record", "crawler.status", "crawler.store",
                       "crawler.terminal", "crawler.verdict"},
    "crawler.notices": {"crawler.dates", "crawler.monitors", "crawler.notices", "crawler.outlet", "crawler.store"},
    "crawler.log": set(),
    "crawler.feeds": {"crawler.feeds", "crawler.log", "crawler.settings", "crawler.store"},
    "crawler.stream": {"crawler", "crawler.store"},
    "crawler.command": set(),
    "crawler.asked": {"crawler.dates", "crawler.identity", "crawler.outlet", "crawler.period", "crawler.terminal", "crawler.verdict"},
    "crawler.opening": {"crawler.asked", "crawler.store", "crawler.verdict"},
    "crawler.output": {"crawler.asked", "crawler.feeds"},
    "crawler.jobs": {"crawler.store", "crawler.verdict"},
    "crawler.settings": {"crawler"},
    "crawler.verdict": set(),
    "crawler.identity": {"crawler.address", "crawler.outlet"},
    "crawler.differences": set(),
    "crawler.terminal": {"crawler.differences"},
    "crawler.doctor": {"crawler.archive", "crawler.browser", "crawler.manners", "crawler.notices", "crawler.outlet", "crawler.store"},
    "crawler.running": {"crawler", "crawler.archive", "crawler.arguments", "crawler.asked", "crawler.browser", "crawler.log", "crawler.manners",
                        "crawler.monitors", "crawler.notices", "crawler.outlet", "crawler.settings", "crawler.store", "crawler.verdict",
                        "crawler.visits"},
    "crawler.downloader": {"crawler.answers"},
    "crawler.process": {"crawler.downloader", "crawler.store"},
    "crawler.crawlall": {"crawler", "crawler.asked", "crawler.browser", "crawler.crawlall", "crawler.hold", "crawler.monitors", "crawler.notices",
                         "crawler.outlet", "crawler.process", "crawler.record", "crawler.store", "crawler.terminal", "crawler.verdict"},
    "crawler.captures": {"crawler.archive", "crawler.captures", "crawler.charset"},
    "crawler.finish": {"crawler.article", "pipelines.clean", "pipelines.dates"},
    "crawler.workers": set(),
    "crawler.snippet": set(),
    "crawler.browse": {"crawler.browse", "crawler.store"},
    "crawler.version": {"crawler"},
    "crawler.reextract": {"crawler.archive", "crawler.article", "crawler.captures", "crawler.dates", "crawler.extract", "crawler.finish",
                          "crawler.outlet", "crawler.period", "crawler.reextract", "crawler.replay", "crawler.store",
                          "crawler.terminal", "crawler.version", "crawler.workers", "pipelines.dedupe"},
    "crawler.replay": {"crawler.address", "crawler.answers", "crawler.archive", "crawler.article", "crawler.blocks",
                       "crawler.captures", "crawler.charset", "crawler.cms", "crawler.extract", "crawler.family",
                       "crawler.finish", "crawler.outlet", "crawler.period", "crawler.replay", "crawler.selectors",
                       "crawler.store", "crawler.workers"},
    "newsstand": {"newsstand"},
    "crawler.explain": {"crawler.address", "crawler.article", "crawler.extract", "crawler.identity", "crawler.outlet",
                        "crawler.replay", "crawler.store"},
    "crawler.commands": {"crawler", "crawler.address", "crawler.archive", "crawler.article", "crawler.asked", "crawler.browse",
                         "crawler.charset", "crawler.command", "crawler.crawlall", "crawler.dates", "crawler.doctor", "crawler.explain",
                         "crawler.identity", "crawler.jobs", "crawler.mentions", "newsstand", "crawler.notices", "crawler.opening",
                         "crawler.outlet", "crawler.output", "crawler.period", "crawler.process", "crawler.reextract", "crawler.releases",
                         "crawler.replay", "crawler.running", "crawler.settings", "crawler.snippet", "crawler.status", "crawler.store",
                         "crawler.stream", "crawler.terminal", "crawler.verdict", "crawler.workers", "pipelines.clean", "pipelines.dates"},
    "crawler.releases": {"crawler.releases"},
    "crawler.store": {"crawler.article", "crawler.releases", "crawler.store"},
    "crawler.store.migrations": {"crawler.settings", "crawler.store"},  # Alembic by hand asks the settings
    "crawler.__main__": set(),
    "pipelines.clean": {"crawler.article", "pipelines.clean"},
    "pipelines.dates": {"crawler.article", "crawler.dates", "crawler.mentions"},
    "pipelines.gone": {"crawler.article", "crawler.store"},
    "pipelines.validate": {"crawler.article"},
    "pipelines.dedupe": {"crawler.article", "crawler.releases", "crawler.store"},
    "pipelines.store": {"crawler", "crawler.article", "crawler.store", "crawler.version"},
}  # fmt: skip
"""What each room may import of ours: the figure in ARCHITECTURE.md. Imports go down only."""

FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "base", "core", "misc"}
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
OUTLETS = sorted(path.stem for path in (ROOT / "spiders").glob("*.py") if path.stem != "__init__")


def room_of(module: str) -> str:
    """The entry of ``MAY_IMPORT`` that a module belongs to."""
    if module.startswith("crawler.store.migrations"):
        return "crawler.store.migrations"
    parts = module.split(".")
    return parts[0] if parts[0] == "spiders" else ".".join(parts[:2])


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_go_down_only(path: Path) -> None:
    room = room_of(module_of(path))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            deeper = [f"{node.module}.{alias.name}" for alias in node.names]
            names = deeper if node.module in ROOMS else [node.module]
        for name in names:
            if name.split(".")[0] not in ROOMS:
                continue
            asked = room_of(name)
            known = asked if asked in MAY_IMPORT else asked.split(".")[0]
            allowed = MAY_IMPORT.get(room, set())
            assert known in allowed, (
                f"{module_of(path)} imports {name}: move the code down, or, if the figure in"
                f" ARCHITECTURE.md is wrong, mend it and MAY_IMPORT[{room!r}] together"
            )


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_no_room_without_a_subject(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES, f"{path.stem}: put each function where it is used"


def outlet_of(name: str) -> type[Outlet]:
    """The one outlet that ``spiders/<name>.py`` holds."""
    module = importlib.import_module(f"spiders.{name}")
    (outlet,) = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    assert issubclass(outlet, Outlet)
    return outlet


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


def test_every_command_stands_in_both_readmes() -> None:
    commands = [path.stem for path in (ROOT / "crawler" / "commands").glob("[a-z]*.py")]
    for readme in ("README.md", "README.ko.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        for command in commands:
            assert f"scrapy {command}" in text, (
                f"{readme} does not say what `scrapy {command}` does"
            )


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


def test_the_papers_name_no_file_that_is_not_there() -> None:
    for paper in ("README.md", "README.ko.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (ROOT / paper).read_text(encoding="utf-8")
        for name in re.findall(r"`((?:crawler|spiders|pipelines|tests|docs)/[\w./]*\w)`", text):
            if "NAME" not in name:
                assert (ROOT / name).exists(), f"{paper} speaks of {name}, which is not there"


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readmes_quote_the_scoreboard_as_it_is(readme: str) -> None:
    board = (ROOT / "docs" / "scoreboard.md").read_text(encoding="utf-8")
    quoted = (ROOT / readme).read_text(encoding="utf-8")
    table = [row.split(" | ") for row in board.split("\n### ")[0].splitlines() if row[:2] == "| "]
    for tool, f1, exact, _lost, leaks, *dates, _ms in table[2:]:
        if f1 != "stops":
            assert " | ".join([tool, f1, exact, leaks, *dates]) in quoted
