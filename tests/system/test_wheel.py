"""The wheel, built and installed elsewhere: it claims one name and works as the checkout does."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipelines.extractor_version import extractor_version
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, scrapy

OURS = ("crawler", "spiders", "pipelines", "newsstand")
PAGE = ROOT / "tests" / "pages" / "papns" / "theme.html"
DATE = ("date", "2026.03.11 15:04")
REPLAY = ("replay", str(PAGE), "-O", "-:jsonl", "-L", "ERROR")
BUILD = "import sys, hatchling.build as backend; print(backend.build_wheel(sys.argv[1]))"
OWNER = "OWNER = 'somebody else'\n"

LOOK_AROUND = """
import importlib, json, pkgutil, sys
from scrapy.utils.misc import load_object
import crawler, pipelines, spiders
import malgeum
names = [found.name for found in pkgutil.walk_packages(malgeum.__path__, "malgeum.")]
names = [name for name in names if "migrations.env" not in name and "__main__" not in name]
modules = [importlib.import_module(name) for name in names]
from malgeum.crawler import INSTALL_EXTRAS, settings
def paths(value):
    if isinstance(value, str):
        yield from [value] if value.startswith("malgeum.") else []
    elif isinstance(value, (dict, list)):
        for part in value:
            yield from paths(part)
        yield from paths(list(value.values())) if isinstance(value, dict) else []
components = {path for name in dir(settings) if name.isupper() and not name.endswith(("_MODULE", "_MODULES"))
              for path in paths(getattr(settings, name))}
print(json.dumps({
    "modules": names,
    "components": sorted(load_object(path).__module__ for path in components),
    "owners": [package.OWNER for package in (crawler, pipelines, spiders)],
    "ours": sorted(name for name in sys.modules if name.partition(".")[0] in %r),
    "extras": INSTALL_EXTRAS,
}))
""" % (OURS,)  # noqa: UP031 - braces stand in it


@dataclass(frozen=True)
class Installed:
    """An environment of somebody who has packages of such names, and the wheel beside them."""

    wheel: Path
    python: Path
    packages: Path
    others: dict[Path, str]

    def run(self, *command: str, folder: Path) -> Run:
        """Run its Python in a folder, whose ``home`` is the user's."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), "PYTHONUTF8": "1"}
        return subprocess.run(
            [str(self.python), *command], cwd=folder, env=environment,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def malgeum(self, *arguments: str, folder: Path) -> Run:
        """Run the installed command."""
        return self.run(str(self.python.with_name("malgeum")), *arguments, folder=folder)


def digests(folder: Path) -> dict[Path, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    dist, venv = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("venv")
    built = [sys.executable, "-c", BUILD, str(dist)]
    build = subprocess.run(
        built, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert build.returncode == 0, build.stderr
    (wheel,) = dist.iterdir()
    made = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(made, check=True, timeout=120)
    python = venv / "bin" / "python"
    (packages,) = (venv / "lib").glob("python*/site-packages")
    for name in OURS[:3]:
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text(OWNER, "utf-8")
        (packages / name / "settings.py").write_text("BOT_NAME = 'somebody else'\n", "utf-8")
    others = digests(packages)
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(python), "install"]
    options = ["--no-deps", "--no-index", "--no-compile", str(wheel)]
    subprocess.run([*pip, *options], check=True, env=environment, timeout=120)
    of_tests = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    of_tests.add(str(Path(str(importlib.util.find_spec("scrapy").origin)).parents[1]))
    (packages / "dependencies.pth").write_text("\n".join(sorted(of_tests)), "utf-8")
    return Installed(wheel, python, packages, others)


def test_the_wheel_claims_one_name_and_holds_every_file(installed: Installed) -> None:
    with ZipFile(installed.wheel) as wheel:
        names = set(wheel.namelist())
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"malgeum"}
    here = [path for name in OURS for path in (ROOT / name).rglob("*") if path.is_file()]
    wanted = {f"malgeum/{path.relative_to(ROOT)}" for path in here if path.suffix != ".pyc"}
    assert wanted - names == {"malgeum/crawler/__main__.py"}


def test_every_module_and_component_is_found_below_it(installed: Installed, tmp_path: Path) -> None:
    """Nothing that is imported, or named in the settings, is looked for under the bare names."""
    run = installed.run("-c", LOOK_AROUND, folder=tmp_path)
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert len(seen["modules"]) > 200
    assert len(seen["components"]) > 20
    assert all(name.startswith("malgeum.") for name in seen["components"])
    assert seen["owners"] == ["somebody else"] * 3
    assert seen["ours"] == ["crawler", "pipelines", "spiders"]
    assert seen["extras"] == "python -m pip install 'malgeum[browse,demo,stream,workers]'"


def test_dates_are_read_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    away, here = installed.malgeum(*DATE, folder=tmp_path), scrapy(*DATE)
    assert (away.returncode, away.stdout, away.stderr) == (0, here.stdout, "")
    assert away.stdout
    assert not any(tmp_path.iterdir())


def test_another_projects_folder_has_no_say(installed: Installed, tmp_path: Path) -> None:
    """Outlets are listed where ``scrapy`` is another project's command, with such names of its own."""
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n", "utf-8")
    away, here = installed.malgeum("list", folder=tmp_path), scrapy("list")
    assert (away.returncode, away.stdout, away.stderr) == (0, here.stdout, "")
    assert "papns\n" in away.stdout


def test_a_page_is_read_as_in_the_checkout_and_stored_in_the_users_data_folder(
    installed: Installed, tmp_path: Path
) -> None:
    before = digests(installed.packages)
    away = installed.malgeum(*REPLAY, folder=tmp_path)
    here = scrapy(*REPLAY, "-s", f"DATABASE_URL=sqlite:///{tmp_path}/here.db")
    assert (away.returncode, away.stdout, away.stderr) == (0, here.stdout, "")
    row = json.loads(away.stdout)
    assert row["extractor_version"] == extractor_version(row["outlet"])
    assert (tmp_path / "home" / ".local" / "share" / "malgeum" / "malgeum.db").is_file()
    after = digests(installed.packages)
    assert after == before, "nothing is written beside the code"
    assert {path: after[path] for path in installed.others} == installed.others


MODULES = frozenset({"crawler", "crawler.settings", "crawler.store", "spiders", "spiders.papns"})


@pytest.mark.parametrize(
    ("here", "away"),
    [
        ("from crawler.store import Store", "from malgeum.crawler.store import Store"),
        ("import crawler.settings as ours", "import malgeum.crawler.settings as ours"),
        ("import crawlers, crawler as c", "import crawlers, malgeum.crawler as c"),
        ("맑음 = {'crawler.store.Store': 1}", "맑음 = {'malgeum.crawler.store.Store': 1}"),
        ("SPIDER_MODULES = ['spiders', 'mine']", "SPIDER_MODULES = ['malgeum.spiders', 'mine']"),
        # A name that is not a module of ours, an attribute, a sentence, a word that is no path.
        ("x = 'crawler.stats', crawler.store", "x = 'crawler.stats', crawler.store"),
        ("x = 'see crawler.store', 'crawler'", "x = 'see crawler.store', 'crawler'"),
        ("from . import store", "from . import store"),
    ],
)
def test_modules_are_renamed_wherever_the_code_names_them(here: str, away: str) -> None:
    from hatch_build import rewritten

    assert rewritten(here.encode(), MODULES).decode() == away


@pytest.mark.parametrize(
    "line",
    [
        "import crawler.store",
        "x = 'crawler.' + name",
        "x = f'crawler.store.{name}'",
        "x = 'crawler' '.store'",
        "x = r'crawler.store'",
        "from \\\n crawler import store",
    ],
)
def test_the_build_refuses_a_name_that_it_cannot_rename(line: str) -> None:
    from hatch_build import rewritten

    with pytest.raises(ValueError, match=r"^2: "):
        rewritten(f"\n{line}\n".encode(), MODULES)
