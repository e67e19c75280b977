"""SQLAlchemy engine of a store, from the setting ``DATABASE_URL``."""

from __future__ import annotations

import json
import warnings
from typing import Any

from sqlalchemy import URL, Engine, StaticPool, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SAWarning

from crawler.store.db import postgresql, sqlite
from crawler.store.db.errors import StoreError

_to_json = json.JSONEncoder(ensure_ascii=False).encode  # Korean unescaped, at half the size


def engine_of(url: str) -> Engine:
    """Return the engine for ``url``; it has no connection yet.

    A transaction of ``engine.execution_options(writing=True)`` excludes other writers. Raises
    :class:`StoreError` if the URL, the database or the driver is not supported.
    """
    parsed = _parsed(url)
    name = parsed.drivername
    try:
        with warnings.catch_warnings(action="error", category=SAWarning):
            engine = create_engine(
                parsed, hide_parameters=True, json_serializer=_to_json, **_options(parsed)
            )
    except NoSuchModuleError:
        raise StoreError(f"DATABASE_URL names {name}, which is not a known database.") from None
    except ImportError as error:
        reason = f"DATABASE_URL names {name}, whose driver {error.name} is not installed."
        raise StoreError(reason) from None
    except (ArgumentError, SAWarning, TypeError, ValueError):
        raise StoreError(f"DATABASE_URL has options or a form that {name} rejects.") from None
    if engine.dialect.is_async:
        raise StoreError(
            f"DATABASE_URL names {name}, an asynchronous driver; it must be sqlite or "
            "postgresql+psycopg."
        )
    match engine.dialect.name, engine.dialect.driver:
        case "sqlite", _:
            sqlite.listen(engine)
        case "postgresql", "psycopg":
            postgresql.listen(engine)
        case _:  # only one writer at a time keeps articles from being stored twice
            raise StoreError(f"DATABASE_URL names {name}; it must be sqlite or postgresql+psycopg.")
    return engine


def _options(url: URL) -> dict[str, Any]:
    if sqlite.in_memory(url):
        return {"poolclass": StaticPool}
    if url.get_backend_name() == "postgresql":
        # A connection that the server has cut is replaced before it is used.
        return {"pool_pre_ping": True, "connect_args": postgresql.arguments(url)}
    return {}


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # its text is not repeated: it may hold a password
        raise StoreError(
            "DATABASE_URL is not an SQLAlchemy URL; "
            "write for example sqlite:////home/me/malgeum.db or postgresql+psycopg://me@host/news."
        ) from None
