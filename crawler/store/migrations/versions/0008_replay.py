"""How far files of an archive were replayed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "replay",
        sa.Column("file", sa.Text, primary_key=True),
        sa.Column("asked", sa.Text, primary_key=True),
        sa.Column("reached", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("replay")
