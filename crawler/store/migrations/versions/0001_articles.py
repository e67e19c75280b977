"""Articles, and every address under which one was met."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Json = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer, nullable=False),
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
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("canonical_url", name="uq_article_canonical_url"),
    )
    op.create_index("ix_article_content_hash", "article", ["content_hash"])
    op.create_index("ix_article_outlet", "article", ["outlet", "date_published"])
    op.create_table(
        "address",
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("article", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_seen", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("canonical_url", name="pk_address"),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name="fk_address_article"),
        sa.CheckConstraint("kind IN ('article', 'alias')", name="ck_address_kind"),
    )
    op.create_index("ix_address_article", "address", ["article"])


def downgrade() -> None:
    op.drop_table("address")
    op.drop_table("article")
