"""Fixtures that several test files share, and the number of test processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from crawler.crawl.rendering.executable import find_browser
from tests.support.postgresql import Server, running_server

pytest_plugins = ["tests.support.interrupted_crawl"]


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: tests wait for servers, clocks and delays as long as they reckon."""
    return 3 * (os.cpu_count() or 1) // 2


@pytest.fixture(scope="session")
def browser() -> str:
    """A Chromium; without one the test is skipped, but not where CI has installed it."""
    try:
        return find_browser("")
    except ValueError as error:
        if os.environ.get("MALGEUM_TESTS_WANT_BROWSER"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def chromium(browser: str) -> Iterator[Browser]:
    """The same, running."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser)
        yield running
        running.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One PostgreSQL for all tests of a process; each test makes its own database in it."""
    with running_server() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One that may be stopped."""
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, on one database after the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/malgeum.db"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()
