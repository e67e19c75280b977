"""Alembic environment: migrates over the connection that opens the store, or by hand.

By hand, ``alembic upgrade head`` and then ``alembic revision --autogenerate --rev-id 0002 -m "…"``
writes the differences between ``crawler/store/db/schema.py`` and the database of
``MALGEUM_DATABASE_URL``.
"""

from alembic import context
from sqlalchemy import Connection

from crawler.store.db.schema import metadata
from crawler.store.search.index import is_migrated


def migrate(connection: Connection) -> None:
    # SQLite's ALTER TABLE knows little: batch mode copies the table instead
    context.configure(
        connection, target_metadata=metadata, render_as_batch=True, include_name=is_migrated
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    from crawler import settings
    from crawler.store.db.engine import engine_of

    engine = engine_of(settings.DATABASE_URL).execution_options(writing=True)
    with engine.begin() as connection:
        migrate(connection)
