"""Press releases: the clusters, by what numbers they are found, and the verdicts on pairs.

Articles stored before have no cluster until ``scrapy recluster`` has compared them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("first", sa.Integer),
        sa.Column("contested", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.Text),
        sa.Column("merged_at", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_cluster"),
        sa.UniqueConstraint("id", name="uq_cluster_id"),
    )
    op.create_table(
        "sketch",
        sa.Column("bucket", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("key", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("article", sa.Integer, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "key", "article", name="pk_sketch"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sketch_article", "sketch", ["article"])
    op.create_table(
        "link",
        sa.Column("one", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("other", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name="pk_link"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_link_other", "link", ["other"])
    op.create_index("ix_article_cluster_id", "article", ["cluster_id"])
    op.create_index(
        "ix_article_day", "article", ["date_published", "cluster_id", "outlet", "fetched_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_article_day", "article")
    op.drop_index("ix_article_cluster_id", "article")
    for table in ("link", "sketch", "cluster"):
        op.drop_table(table)
