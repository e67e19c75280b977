"""The frontier: what was found and is to be fetched, lists to be read on, and who is at it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "page",
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("shown", sa.JSON(none_as_null=True)),
        sa.Column("found_at", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("date", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.Text),
        sa.Column("due_at", sa.Text),
        sa.PrimaryKeyConstraint("canonical_url", name="pk_page"),
    )
    op.create_index("ix_page_due", "page", ["outlet", "outcome", "due_at"])
    op.execute(  # what was stored before is known, and not looked at again by itself
        """
        INSERT INTO page (canonical_url, url, outlet, found_at, outcome, date, tries, asked_at)
        SELECT address.canonical_url, article.url, article.outlet, address.first_seen, 'stored',
               article.date_published, 0, article.seen_at
        FROM address JOIN article ON article.id = address.article
        """
    )
    op.create_table(
        "walk",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("since", sa.Text),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reached", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_walk"),
    )
    op.create_index("ix_walk_outlet", "walk", ["outlet"])
    op.create_table(
        "ground",
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("since", sa.Text),
        sa.Column("looked_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("outlet", "section", name="pk_ground"),
    )
    op.create_table(
        "lease",
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("outlet", name="pk_lease"),
    )


def downgrade() -> None:
    for table in ("lease", "ground", "walk", "page"):
        op.drop_table(table)
