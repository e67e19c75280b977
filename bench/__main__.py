"""Sets up the bench's environment and runs a command: ``python3 -m bench [--help]``.

Needs Python ≥ 3.11 and the package index: the tools that Malgeum is compared with are installed
into a virtual environment beside Malgeum's own. Commands run without network.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from bench import ROOT

LOCK = Path(__file__).with_name("requirements.lock")
VENV = ROOT / "output" / "bench-venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"


def main(arguments: list[str]) -> int:
    """Install the lock file's packages if they are missing, then run the command."""
    try:
        install()
    except subprocess.CalledProcessError as error:
        print(f"setup failed at: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    command = [str(PYTHON), "-m", "bench.command", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def install() -> None:
    """Install the lock file's packages unless they are installed. Raises CalledProcessError."""
    stamp = VENV / f"{LOCK.name}.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Setting up {VENV} from {LOCK.name} …", flush=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    # --no-deps: the lock is complete, and older pips fail on an extra spelt in two ways.
    packages = ["--no-deps", "--require-hashes", "-r", str(LOCK)]
    subprocess.run([*pip, "install", *packages], check=True)
    stamp.write_text(wanted)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - a message for users of an older one
        sys.exit("The bench needs Python 3.11 or newer.")
    sys.exit(main(sys.argv[1:]))
