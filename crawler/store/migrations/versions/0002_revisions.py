"""Revisions: every version of an article, when it was gone, and what was forgotten for good."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Json = sa.JSON(none_as_null=True)

VERSION = """
    url canonical_url outlet article_id fetched_at headline_raw byline_raw article_section
    keywords images in_language headline alternative_headline body authors author_details
    translation rights source_organization date_published date_modified date_published_raw
    date_source date_precision mentioned_dates content_hash duplicate_of cluster_id edit_kind
    revision extractor_version paper blocks shown_dates modified_raw tags_raw seen_at
"""


def upgrade() -> None:
    # Columns are added, never the table copied: address and others point at its rows.
    op.add_column("article", sa.Column("seen_at", sa.Text, nullable=False, server_default=""))
    op.add_column("article", sa.Column("gone_at", sa.Text))
    op.execute("UPDATE article SET seen_at = fetched_at")
    op.create_table(
        "revision",
        sa.Column("article", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("article_id", sa.Text),
        sa.Column("fetched_at", sa.Text, nullable=False),
        sa.Column("headline_raw", sa.Text),
        sa.Column("byline_raw", sa.Text),
        sa.Column("article_section", sa.Text),
        sa.Column("keywords", Json, nullable=False),
        sa.Column("images", Json, nullable=False),
        sa.Column("in_language", sa.Text, nullable=False),
        sa.Column("headline", sa.Text),
        sa.Column("alternative_headline", sa.Text),
        sa.Column("body", sa.Text),
        sa.Column("authors", Json, nullable=False),
        sa.Column("author_details", Json, nullable=False),
        sa.Column("translation", Json),
        sa.Column("rights", Json),
        sa.Column("source_organization", sa.Text),
        sa.Column("date_published", sa.Text),
        sa.Column("date_modified", sa.Text),
        sa.Column("date_published_raw", sa.Text),
        sa.Column("date_source", sa.Text),
        sa.Column("date_precision", sa.Text),
        sa.Column("mentioned_dates", Json, nullable=False),
        sa.Column("content_hash", sa.Text),
        sa.Column("duplicate_of", sa.Text),
        sa.Column("cluster_id", sa.Text),
        sa.Column("edit_kind", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("extractor_version", sa.Text),
        sa.Column("paper", sa.Text),
        sa.Column("blocks", Json, nullable=False),
        sa.Column("shown_dates", Json, nullable=False),
        sa.Column("modified_raw", sa.Text),
        sa.Column("tags_raw", sa.Text),
        sa.Column("seen_at", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("article", "revision", name="pk_revision"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_revision_article"),
    )
    op.create_index("ix_revision_content_hash", "revision", ["content_hash"])
    columns = ", ".join(VERSION.split())
    op.execute(
        f"CREATE VIEW trail AS SELECT id AS article, {columns}, 1 AS is_current FROM article "  # noqa: S608
        f"UNION ALL SELECT article, {columns}, 0 FROM revision"
    )
    op.create_table(
        "absence",
        sa.Column("article", sa.Integer, nullable=False),
        sa.Column("gone_at", sa.Text, nullable=False),
        sa.Column("back_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article", "gone_at", name="pk_absence"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_absence_article"),
    )
    op.create_table(
        "forgotten",
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.PrimaryKeyConstraint("canonical_url", name="pk_forgotten"),
    )
    op.create_table(
        "forgotten_text",
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("outlet", "content_hash", name="pk_forgotten_text"),
    )


def downgrade() -> None:
    op.execute("DROP VIEW trail")
    for table in ("forgotten_text", "forgotten", "absence", "revision"):
        op.drop_table(table)
    op.drop_column("article", "gone_at")
    op.drop_column("article", "seen_at")
