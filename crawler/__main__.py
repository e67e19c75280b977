"""Set Malgeum up and run it: ``python3 -m crawler`` (the main job) or ``python3 -m crawler test``.

Needs nothing but Python ≥ 3.11 and the package index: makes ``.venv/`` in the checkout and
fills it from the lock file, then hands over to what is installed there.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")

BY_NAME = "--no-loadscope-reorder"
"""Files with few tests are not the quickest: left to the end, they keep one core waiting."""
JOBS = {
    "demo": ("requirements-demo.lock", ["scrapy", "demo"]),
    "test": ("requirements-dev.lock", ["pytest", "-n", "auto", "--dist", "loadfile", BY_NAME]),
}
"""Each job's lock file, and what it runs."""


def main(arguments: list[str]) -> int:
    """Run a job, by default the main one; further arguments go to what the job runs."""
    name = arguments[0] if arguments else "demo"
    if name not in JOBS:
        print(f"python3 -m crawler takes {' or '.join(JOBS)}, not {name!r}", file=sys.stderr)
        return 2
    lock, (program, *options) = JOBS[name]
    try:
        install(ROOT / lock)
    except subprocess.CalledProcessError as error:
        print(f"set-up failed at: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    command = [str(BIN / "python"), "-m", program, *options, *arguments[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def install(lock: Path) -> None:
    """Bring ``.venv/`` to what the lock file says; quick where it is there already."""
    stamp = VENV / f"{lock.name}.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Setting up {VENV} from {lock.name} …", flush=True)
    if not (BIN / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = [str(BIN / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--require-hashes", "-r", str(lock)], check=True)
    stamp.write_text(wanted)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - said in words to whoever starts an older one
        sys.exit("Malgeum needs Python 3.11 or newer.")
    sys.exit(main(sys.argv[1:]))
