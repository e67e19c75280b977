"""Architecture tests: imports between boxes, size of packages, contents of the repository.

Each message says what to do.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from graphlib import TopologicalSorter
from inspect import ismodule
from pathlib import Path

import pytest

import crawler
from tests.support.paths import ROOT

ROOMS = ("crawler", "spiders", "pipelines", "newsstand", "malgeum")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

BOXES = {
    "commands": {"crawler.commands", "crawler.cli"},
    "operate": {"crawler.operate"},
    "reprocess": {"crawler.reprocess"},
    "spiders": {"spiders"},
    "crawl": {"crawler.crawl"},
    "export": {"crawler.export"},
    "pipelines": {"pipelines"},
    "storage": {"crawler.store", "crawler.archive"},
    "extract": {"crawler.extract"},
    "ground": {
        "crawler.article", "crawler.dates", "crawler.encoding", "crawler.outcomes",
        "crawler.runtime", "crawler.similarity", "crawler.terminal", "crawler.urls",
    },
}  # fmt: skip
"""The ten boxes, and the packages and modules in each."""

LINES = (
    {"ground"},
    {"extract", "storage"},
    {"pipelines", "export"},
    {"crawl"},
    {"spiders", "reprocess", "operate"},
    {"commands"},
)
"""The boxes of each line, from line 1 up. A box imports only from the lines below its own."""

MAY_IMPORT = {
    "commands": {
        "operate", "reprocess", "spiders", "crawl", "export", "pipelines", "extract", "storage",
        "ground",
    },
    "operate": {"crawl", "storage", "ground"},
    "reprocess": {"crawl", "pipelines", "extract", "storage", "ground"},
    "spiders": {"crawl", "extract"},
    "crawl": {"pipelines", "extract", "storage", "ground"},
    "export": {"storage", "ground"},
    "pipelines": {"extract", "storage", "ground"},
    "storage": {"ground"},
    "extract": {"ground"},
    "ground": set(),
}  # fmt: skip
"""The boxes that each box may import beside itself."""

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
    "crawler.crawl": (
        {"arguments", "failures", "idle", "outlet_lock", "page_context"},
        {"downloader", "sitemaps"},
        {"spider"},
        {"frontier", "politeness", "stored_urls"},
        {"rendering"},
        {"archiving"},
    ),
    "crawler.store": (
        {"db"},
        {"changes", "frontier", "search"},
        {"clusters", "migrations", "runs"},
        {"articles"},
        {"session"},
    ),
}
"""The lines inside the two largest packages, from the lowest up; the same rule holds there."""

MAX_ENTRIES = 22
MAX_BYTES = 400_000
LARGE_SUFFIXES = {".lock": "hashes of every dependency", ".jsonl": "data of tests"}
BINARY_SUFFIXES: dict[str, str] = {}
"""Suffixes of binary files that the repository may hold, each with its reason."""

CONSTANTS = {f"crawler.{name}" for name, value in vars(crawler).items() if not ismodule(value)}
"""The constants and functions of ``crawler/__init__.py``."""

FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "base", "core", "misc"}
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BENCH = sorted((ROOT / "bench").rglob("*.py"))


def box_of(module: str) -> str:
    """Return the box of a module; ``settings``, ``newsstand`` and ``malgeum`` lie beside them."""
    if module.startswith(("newsstand", "malgeum")):
        return module.split(".")[0]
    if module.startswith(("crawler.settings", "crawler.__main__")):
        return module.split(".")[1]
    if module == "crawler" or module in CONSTANTS:
        return "ground"
    parents = [".".join(module.split(".")[:depth]) for depth in (2, 1)]
    boxes = [box for name in parents for box, names in BOXES.items() if name in names]
    assert boxes, f"{module} lies in no box: add it to BOXES and to the table in ARCHITECTURE.md"
    return boxes[0]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path, rooms: tuple[str, ...] = ROOMS) -> Iterator[str]:
    """Yield the modules of ours that a file imports, as dotted paths with the imported name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if name.split(".")[0] in rooms)


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


def test_a_box_may_import_from_lower_lines_only() -> None:
    line_of = {box: number for number, boxes in enumerate(LINES, start=1) for box in boxes}
    assert line_of.keys() == BOXES.keys() == MAY_IMPORT.keys()
    for box, allowed in MAY_IMPORT.items():
        above = {other for other in allowed if line_of[other] >= line_of[box]}
        assert not above, f"{box} (line {line_of[box]}) may not import {above}"


def test_the_boxes_have_no_circle() -> None:
    assert len(list(TopologicalSorter(MAY_IMPORT).static_order())) == len(BOXES)


def test_the_figure_of_the_architecture_is_the_lines() -> None:
    figure = ARCHITECTURE.split("## Ten boxes\n")[1].split("\n**A box")[0]
    rows = [line.split() for line in figure.splitlines() if line.strip()]
    expected = [(str(number), boxes) for number, boxes in enumerate(LINES, start=1)]
    assert [(number, set(boxes)) for number, *boxes in rows] == expected[::-1]


def test_the_table_of_the_architecture_is_the_boxes() -> None:
    table = ARCHITECTURE.split("<!-- boxes -->\n")[1].split("<!-- /boxes -->")[0]
    rows = [[cell.strip() for cell in row.strip("|\n").split("|")] for row in table.splitlines()]
    assert rows[0] == ["line", "box", "packages", "may import"]
    written = {
        box: (int(line), set(re.findall(r"`([^`]+)`", packages)), set(re.findall(r"\w+", allowed)))
        for line, box, packages, allowed in rows[2:]
    }
    assert written == {
        box: (
            next(number for number, boxes in enumerate(LINES, start=1) if box in boxes),
            {file_of(package) for package in packages},
            MAY_IMPORT[box],
        )
        for box, packages in BOXES.items()
    }


def file_of(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/" if (ROOT / path).is_dir() else f"{path}.py"


@pytest.mark.parametrize("package", INSIDES)
def test_inside_a_package_imports_go_down_only(package: str) -> None:
    lines = INSIDES[package]
    line_of = {part: number for number, parts in enumerate(lines, start=1) for part in parts}
    folder = ROOT / package.replace(".", "/")
    parts = {entry.stem for entry in entries(folder)} - {"__init__"}
    assert line_of.keys() == parts, f"{package}: give each part its line in INSIDES"
    for path in sorted(folder.rglob("*.py")):
        part = path.relative_to(folder).parts[0].removesuffix(".py")
        for name in imports_of(path):
            other = name.removeprefix(f"{package}.").split(".")[0]
            if part == "__init__" or other == part:
                continue
            if name.startswith(f"{package}.") and other in line_of:
                assert line_of[other] < line_of[part], f"{module_of(path)} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_no_room_without_a_subject(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES, f"{path.stem}: put each function where it is used"


def entries(folder: Path) -> list[Path]:
    """Return what a package holds directly: modules and packages that have modules."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py")))
    ]


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in SOURCES}), ids=lambda folder: folder.name
)
def test_a_package_is_small_enough_to_be_read_as_a_list(folder: Path) -> None:
    if folder.name == "commands":  # Scrapy finds a command by its file: there is one for each
        return
    assert len(entries(folder)) <= MAX_ENTRIES, f"{folder}: group its modules in packages"


@pytest.mark.parametrize("path", TESTS, ids=module_of)
def test_tests_share_through_support_alone(path: Path) -> None:
    for name in imports_of(path, ("tests",)):
        assert name.startswith("tests.support."), (
            f"{module_of(path)} imports {name}: move what tests share to tests/support/"
        )


@pytest.mark.parametrize("path", TESTS, ids=module_of)
def test_only_one_module_builds_paths_from_its_own(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    assert "__file__" not in names or path.name == "paths.py", "take it from tests/support/paths.py"


@pytest.mark.parametrize("path", SOURCES + BENCH, ids=module_of)
def test_nothing_imports_tests_and_only_tests_import_the_bench(path: Path) -> None:
    beside = ("tests",) if path in BENCH else ("tests", "bench")
    assert not list(imports_of(path, beside))


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout of git, as in a source distribution")
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the user's own git
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_of_the_repository_is_large() -> None:
    large = [path for path in tracked_files() if path.stat().st_size > MAX_BYTES]
    assert not [path for path in large if path.suffix not in LARGE_SUFFIXES]


def test_no_file_of_the_repository_is_binary() -> None:
    binary = [path for path in tracked_files() if b"\0" in path.read_bytes()]
    assert not [path for path in binary if path.suffix not in BINARY_SUFFIXES]
