"""Finds a Chromium: the one that ``BROWSER`` names, an installed one, or Playwright's own.

Does not import Playwright, which takes half a second: the places of its browsers are a table, from
its documentation ("Browsers", "Managing browser binaries").
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
"""Names of the programs that distributions install on the PATH."""

ELSEWHERE = {
    "darwin": ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
               "/Applications/Chromium.app/Contents/MacOS/Chromium"),
    "win32": (r"C:\Program Files\Google\Chrome\Application\chrome.exe",
              r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe"),
}  # fmt: skip
"""Paths of installations that are not on the PATH."""

PLAYWRIGHTS = {
    "linux": (".cache/ms-playwright", ("chromium-*/chrome-linux*/chrome",
              "chromium_headless_shell-*/chrome-*linux*/*headless*shell")),
    "darwin": ("Library/Caches/ms-playwright", ("chromium-*/chrome-mac*/*.app/Contents/MacOS/*",)),
    "win32": ("AppData/Local/ms-playwright", ("chromium-*/chrome-win*/chrome.exe",)),
}  # fmt: skip
"""Folder of Playwright's browsers under the home directory, and the patterns of their names."""

INSTALL_HINT = (
    "install one (apt install chromium), let Playwright fetch its own"
    " (.venv/bin/playwright install chromium), or name yours with BROWSER"
)


def find_browser(named: str) -> str:
    """Return the path of a Chromium; ``named`` is the setting BROWSER, empty for any.

    Raises ValueError with one sentence if there is none.
    """
    if named:
        if path := shutil.which(os.path.expanduser(named)):
            return path
        raise ValueError(f"BROWSER={named!r} is not a program that can be run")
    installed = (shutil.which(program) for program in PROGRAMS)
    elsewhere = (path for path in ELSEWHERE.get(sys.platform, ()) if Path(path).exists())
    for path in (*installed, *elsewhere, *playwrights_own()):
        if path:
            return path
    raise ValueError(f"no Chromium was found: {INSTALL_HINT}")


def playwrights_own() -> list[str]:
    """Return the browsers that ``playwright install`` fetched, the newest first."""
    folder, forms = PLAYWRIGHTS.get(sys.platform, PLAYWRIGHTS["linux"])
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / folder)
    paths = [path for form in forms for path in root.glob(form)]
    return [str(path) for path in sorted(paths, key=lambda path: path.stat().st_mtime)[::-1]]


def look_at(path: str) -> str:
    """Start a Chromium on an empty page; return its name and version.

    Raises ValueError with one sentence if it does not start.
    """
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = ["--headless", "--disable-gpu", *as_root, f"--user-data-dir={folder}"]
        page += ["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", "data:text/html,well"]
        if "well" not in _output_of([path, *page]):
            raise ValueError(f"{path} does not start: it shows no page")
    return _output_of([path, "--version"]).partition(" built ")[0].strip()


def _output_of(command: list[str]) -> str:
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise ValueError(f"{command[0]} does not start: {lines[-1]}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"{command[0]} does not start: {error}") from None
    return run.stdout
