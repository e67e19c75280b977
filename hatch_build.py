"""Build hook of the wheel: carries the checkout's packages as sub-packages of ``malgeum``.

In the checkout they are top-level (``crawler``, ``spiders``, ``pipelines``, ``newsstand``), names
that are not ours to claim in somebody else's environment. The hook copies them below ``malgeum/``
and writes ``malgeum.`` before each module of ours that the code names: in imports, in string
literals that are the dotted path of one (components in the settings, exceptions in tables), and in
settings that list modules. It only inserts, so tracebacks show the checkout's line numbers.
ARCHITECTURE.md, "How it is packaged", says why.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOP = "malgeum"
PACKAGES = ("crawler", "spiders", "pipelines", "newsstand")
CHECKOUT_ONLY = {Path("crawler/__main__.py")}
"""Files that only make sense in a checkout: this one sets up its ``.venv``."""

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
UNFINISHED = re.compile(rf"(?:{'|'.join(PACKAGES)})\.(?:[\w.]+\.)?")
"""The start of a path that is completed at run time; the build refuses it."""
LISTS_MODULES = re.compile(r"[A-Z_]+_MODULES?")


class WheelLayout(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]
    """Puts the rewritten packages into a wheel; an editable install uses the checkout itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the packages to a temporary folder and have hatchling include it."""
        if version == "editable":
            return
        self.folder = TemporaryDirectory()
        write_packages(Path(self.root), Path(self.folder.name))
        build_data["force_include"][self.folder.name] = TOP

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if version != "editable":
            self.folder.cleanup()


def write_packages(checkout: Path, target: Path) -> None:
    """Write the wheel's ``malgeum/``: the one of the checkout, and the packages below it."""
    sources = {path: path.relative_to(checkout / TOP) for path in files(checkout / TOP)}
    for package in PACKAGES:
        sources |= {path: path.relative_to(checkout) for path in files(checkout / package)}
    modules = frozenset(
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in sources.values()
        if path.suffix == ".py" and path.parts[0] in PACKAGES
    )
    for source, path in sources.items():
        if path in CHECKOUT_ONLY:
            continue
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            try:
                (target / path).write_bytes(rewritten(source.read_bytes(), modules))
            except ValueError as error:
                raise SystemExit(f"{source.relative_to(checkout)}:{error}") from None
        else:
            shutil.copyfile(source, target / path)


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, compiled ones left out."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return (path for path in paths if path.suffix != ".pyc" and not path.name.startswith("."))


def rewritten(source: bytes, modules: frozenset[str]) -> bytes:
    """Return a module's source with ``malgeum.`` before each of ``modules`` that it names.

    Raises ValueError, with line and reason, if a name cannot be rewritten by inserting alone.
    """
    starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
    tree = ast.parse(source)
    for line, column, name in sorted(named_modules(tree, modules), reverse=True):
        place = starts[line - 1] + column
        if not source.startswith(name.encode(), place):
            raise ValueError(f"{line}: write {name} on one line, as a plain literal or import")
        source = source[:place] + f"{TOP}.".encode() + source[place:]
    return source


def named_modules(tree: ast.Module, modules: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Yield line, column (in bytes) and text of each module of ours that the code names.

    Raises ValueError, with line and reason, for a name that is not written out.
    """
    listed = set(module_lists(tree))
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(name), level=0) if is_ours(name):
                yield node.lineno, node.col_offset + len("from "), name
            case ast.Import(names=aliases):
                for alias in aliases:
                    if is_ours(alias.name) and not alias.asname:
                        raise ValueError(f"{alias.lineno}: write from … import, or import … as …")
                    if is_ours(alias.name):
                        yield alias.lineno, alias.col_offset, alias.name
            case ast.Constant(value=str(text)):
                if UNFINISHED.fullmatch(text):
                    raise ValueError(f"{node.lineno}: write the path {text!r} … out in one literal")
                if is_dotted_path(text, modules) or (node in listed and text in modules):
                    yield node.lineno, node.col_offset + len("'"), text


def module_lists(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of settings that list modules, where a name needs no dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and LISTS_MODULES.fullmatch(ast.unparse(node.targets[0])):
            yield from ast.walk(node.value)


def is_ours(module: str) -> bool:
    """Return True if an import of the module is one of ours."""
    return module.split(".")[0] in PACKAGES


def is_dotted_path(text: str, modules: frozenset[str]) -> bool:
    """Return True for the dotted path of a module of ours, or of what a module holds."""
    parts = text.split(".")
    starts = {".".join(parts[:count]) for count in range(2, len(parts) + 1)}
    return bool(DOTTED.fullmatch(text)) and not starts.isdisjoint(modules)
