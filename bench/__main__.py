"""Set the bench up and run it: ``python3 -m bench``; ``python3 -m bench --help`` says what it can.

Needs nothing but Python ≥ 3.11 and the package index: the tools that Malgeum is measured
against go into a virtual environment beside Malgeum's own. Nothing is fetched at run time.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path(__file__).with_name("requirements.lock")
VENV = ROOT / "output" / "bench-venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"


def main(arguments: list[str]) -> int:
    """Install what the lock file says where it is not there yet, then run the command."""
    try:
        install()
    except subprocess.CalledProcessError as error:
        print(f"set-up failed at: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    command = [str(PYTHON), "-m", "bench.command", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def install() -> None:
    stamp = VENV / f"{LOCK.name}.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Setting up {VENV} from {LOCK.name} …", flush=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    # --no-deps: the lock is complete, and older pips stumble over an extra spelt in two ways.
    wanted_from = ["--no-deps", "--require-hashes", "-r", str(LOCK)]
    subprocess.run([*pip, "install", *wanted_from], check=True)
    stamp.write_text(wanted)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - said in words to whoever starts an older one
        sys.exit("The bench needs Python 3.11 or newer.")
    sys.exit(main(sys.argv[1:]))
