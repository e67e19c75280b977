"""Every run leaves a row, and what the monitors find of it another."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("noted_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("how", sa.Text),
        sa.Column("code", sa.Integer),
        sa.Column("tally", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_outlet", "run", ["outlet", "started_at"])
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("began", sa.Text, nullable=False),
        sa.Column("found_at", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Text, nullable=False),
        sa.Column("over_at", sa.Text),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("example", sa.Text),
        sa.Column("told_at", sa.Text),
        sa.Column("over_told_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    op.create_index("ix_finding_outlet", "finding", ["outlet", "over_at"])


def downgrade() -> None:
    op.drop_table("finding")
    op.drop_table("run")
