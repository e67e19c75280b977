"""``scrapy doctor``: one line per check, and exit code 0 if every required check passes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crawler.operate import doctor
from crawler.store.db.schema import SCHEMA
from tests.support.scrapy_process import scrapy


def lines(run: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {
        what: said.strip()
        for what, _, said in (line.partition(" ") for line in run.stdout.splitlines())
    }


@pytest.fixture
def without_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nope")


def test_a_browser_that_no_outlet_needs_may_be_missing(
    without_browser: None, tmp_path: Path
) -> None:
    run = scrapy("doctor", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/x.db", "-s", "CONTACT=a@b.kr")
    said = lines(run)
    assert run.returncode == 0, run.stdout
    assert list(said) == [
        "python",
        "packages",
        "store",
        "archive",
        "settings",
        "contact",
        "browser",
        "notifications",
    ]
    assert said["store"].endswith(f"opens with schema {SCHEMA} and is writable")
    assert said["contact"] == "a@b.kr"
    assert said["browser"].startswith("no outlet needs one; no Chromium was found: install one")
    assert (tmp_path / "x.db").exists()


def test_one_that_is_needed_may_not(without_browser: None, tmp_path: Path) -> None:
    store = f"DATABASE_URL=sqlite:///{tmp_path}/x.db"
    run = scrapy("doctor", "-s", store, "-s", "SPIDER_MODULES=tests.support.rendered_spiders")
    assert run.returncode == 2
    assert lines(run)["browser"].startswith(
        "failed: no Chromium was found: install one (apt install"
    )


def test_what_is_wrong_is_said_in_a_line_each_and_the_gravest_counts(tmp_path: Path) -> None:
    options = (
        "DATABASE_URL=sqlite:////proc/x.db",
        "CONTACT=hm",
        "BROWSER=/bin/ls",
        "BROWSER_PAGES=x",
    )
    run = scrapy("doctor", *(part for option in options for part in ("-s", option)))
    said = lines(run)
    assert run.returncode == 6
    assert not run.stderr
    for what in ("store", "settings", "contact", "browser"):
        assert said[what].startswith("failed: ")


def test_a_package_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: "0.1")
    with pytest.raises(ValueError, match=r"scrapy>=2.19 is required, 0.1 is installed"):
        doctor.packages(None)  # type: ignore[arg-type]
