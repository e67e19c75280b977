"""How Alembic reaches the database: over the connection that opens the store, or by hand.

By hand: ``alembic revision --autogenerate -m "…"`` compares ``tables.py`` with the database that
``MALGEUM_DATABASE_URL`` names, or with one in memory at the newest migration.
"""

from alembic import context
from sqlalchemy import Connection

from crawler.store.tables import metadata


def migrate(connection: Connection) -> None:
    # SQLite's ALTER TABLE knows little: batch mode copies the table instead
    context.configure(connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    from crawler import settings
    from crawler.store import open_store

    with open_store(settings.DATABASE_URL) as store, store.engine.begin() as connection:
        migrate(connection)
