"""An index of the pages that are missing: a crawl reads them a few at a time, however many."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

IS_MISSING = sa.text("outcome IS NULL OR outcome NOT IN ('stored', 'gone', 'forgotten', 'outside')")


def upgrade() -> None:
    op.create_index(
        "ix_page_missing",
        "page",
        ["outlet", "found_at", "canonical_url"],
        sqlite_where=IS_MISSING,
        postgresql_where=IS_MISSING,
    )


def downgrade() -> None:
    op.drop_index("ix_page_missing", "page")
