"""Backup of a store as it is at one moment, while crawls continue."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from errno import EEXIST
from pathlib import Path

from sqlalchemy import URL

from crawler.runtime.atomic_file import atomic_draft
from crawler.store.db.database import Database
from crawler.store.db.errors import StoreError, redacted, wrap_errors
from crawler.store.db.sqlite import in_memory


def backup(store: Database, file: Path) -> int:
    """Write the backup to a file that does not exist yet; return its size in bytes.

    The backup of an SQLite store is an SQLite store, checked for integrity; that of a PostgreSQL
    store is a ``pg_dump`` archive for ``pg_restore``. Raises :class:`crawler.store.StoreError`, and
    OSError if the file cannot be written.
    """
    url = store.engine.url
    if in_memory(url):
        raise StoreError(
            "A store in memory cannot be backed up: DATABASE_URL must name a file or a server."
        )
    if file.exists():
        raise FileExistsError(EEXIST, "File exists", str(file))
    with atomic_draft(file) as draft:
        draft.touch(mode=0o600)
        if url.get_backend_name() == "sqlite":
            _copy(store, draft)
        else:
            _dump(url, draft)
    return file.stat().st_size


def _copy(store: Database, file: Path) -> None:
    """Copy an SQLite store as of one moment, without the bytes of deleted rows."""
    with wrap_errors(store.engine.url), closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("VACUUM INTO ?", [str(file)])
        cursor.execute("ATTACH ? AS copy", [str(file)])
        cursor.execute("PRAGMA copy.quick_check(1)")
        result, *_ = cursor.fetchone() or ("it is empty",)
        cursor.execute("DETACH copy")
    if result != "ok":
        raise StoreError(f"The copy of {redacted(store.engine.url)} is broken: {result}.")


def _dump(url: URL, file: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise StoreError("PostgreSQL's pg_dump is not installed (package postgresql-client).")
    settings = {
        "PGHOST": url.query.get("host", url.host),
        "PGPORT": url.query.get("port", url.port),
        "PGUSER": url.query.get("user", url.username),
        "PGPASSWORD": url.query.get("password", url.password),
        "PGDATABASE": url.query.get("dbname", url.database),
        "PGSSLMODE": url.query.get("sslmode"),
    }  # in the environment, since every user of the machine can read a command line
    environment = {name: str(value) for name, value in settings.items() if value is not None}
    dump = subprocess.run(
        [program, "--format=custom", f"--file={file}"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if dump.returncode:
        reason = (dump.stderr.strip() or f"pg_dump exits with {dump.returncode}").splitlines()[0]
        if password := environment.get("PGPASSWORD"):
            reason = reason.replace(password, "***")
        raise StoreError(f"The store {redacted(url)} cannot be copied: {reason.rstrip('.')}.")
