"""From an SQLAlchemy URL to an engine, and how its transactions begin."""

from __future__ import annotations

import json
import warnings
from typing import Any

from sqlalchemy import URL, Engine, StaticPool, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SAWarning

from crawler.store.db import postgresql, sqlite
from crawler.store.db.errors import StoreError

_to_json = json.JSONEncoder(ensure_ascii=False).encode  # Korean as it is, at half the size


def engine_of(url: str) -> Engine:
    """The engine for ``url``, which connects to nothing yet; :class:`StoreError` where none can.

    A transaction of ``engine.execution_options(writing=True)`` has no other writer beside it.
    """
    parsed = _parsed(url)
    name = parsed.drivername
    try:
        with warnings.catch_warnings(action="error", category=SAWarning):
            engine = create_engine(
                parsed, hide_parameters=True, json_serializer=_to_json, **_options(parsed)
            )
    except NoSuchModuleError:
        says = f"DATABASE_URL names a database that SQLAlchemy does not know: {name}."
        raise StoreError(says) from None
    except ImportError as error:
        says = f"DATABASE_URL asks for {name}, whose driver is not installed: {error.name}."
        raise StoreError(says) from None
    except (ArgumentError, SAWarning, TypeError, ValueError):
        raise StoreError(f"DATABASE_URL has a form that {name} does not take.") from None
    if engine.dialect.is_async:
        raise StoreError(f"DATABASE_URL asks for {name}, an asynchronous driver.")
    match engine.dialect.name, engine.dialect.driver:
        case "sqlite", _:
            sqlite.listen(engine)
        case "postgresql", "psycopg":
            postgresql.listen(engine)
        case _:  # one writer at a time is what keeps an article from being stored twice
            raise StoreError(
                f"DATABASE_URL asks for {name}: a store is in sqlite or in postgresql+psycopg."
            )
    return engine


def _options(url: URL) -> dict[str, Any]:
    if sqlite.in_memory(url):
        return {"poolclass": StaticPool}
    if url.get_backend_name() == "postgresql":
        # A connection that the server has cut is made anew before anything is asked over it.
        return {"pool_pre_ping": True, "connect_args": postgresql.arguments(url)}
    return {}


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # what it says is not repeated: it may hold a password
        raise StoreError(
            "DATABASE_URL is no SQLAlchemy URL; "
            "write for example sqlite:////home/me/malgeum.db or postgresql+psycopg://me@host/news."
        ) from None
