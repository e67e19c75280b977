"""A whole copy of the store at one moment, while crawls go on."""

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
    """Write the copy where nothing stands yet; gives its size in bytes.

    Of SQLite it is a store like the one it is of, checked; of PostgreSQL what ``pg_dump`` makes,
    for ``pg_restore``. Raises :class:`crawler.store.StoreError`; OSError where the file cannot be
    written.
    """
    url = store.engine.url
    if in_memory(url):
        raise StoreError("A store in memory has nothing to copy.")
    if file.exists():
        raise FileExistsError(EEXIST, "there is something already", str(file))
    with atomic_draft(file) as draft:
        draft.touch(mode=0o600)
        if url.get_backend_name() == "sqlite":
            _copy(store, draft)
        else:
            _dump(url, draft)
    return file.stat().st_size


def _copy(store: Database, file: Path) -> None:
    """SQLite's own way: all is as it was at one moment, and nothing deleted is in it."""
    with wrap_errors(store.engine.url), closing(store.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("VACUUM INTO ?", [str(file)])
        cursor.execute("ATTACH ? AS copy", [str(file)])
        cursor.execute("PRAGMA copy.quick_check(1)")
        found, *_ = cursor.fetchone() or ("nothing to read",)
        cursor.execute("DETACH copy")
    if found != "ok":
        raise StoreError(f"The copy of {redacted(store.engine.url)} is broken: {found}.")


def _dump(url: URL, file: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise StoreError("PostgreSQL's pg_dump is not installed (package postgresql-client).")
    place = {
        "PGHOST": url.query.get("host", url.host),
        "PGPORT": url.query.get("port", url.port),
        "PGUSER": url.query.get("user", url.username),
        "PGPASSWORD": url.query.get("password", url.password),
        "PGDATABASE": url.query.get("dbname", url.database),
        "PGSSLMODE": url.query.get("sslmode"),
    }  # in the environment: a command line is read by everyone on the machine
    given = {name: str(value) for name, value in place.items() if value is not None}
    done = subprocess.run(
        [program, "--format=custom", f"--file={file}"],
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip() or "no word").splitlines()[0]
        secret = given.get("PGPASSWORD")
        said = said.replace(secret, "***") if secret else said
        raise StoreError(f"The store {redacted(url)} cannot be copied: {said.rstrip('.')}.")
