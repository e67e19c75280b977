"""Who made a version: the outlet, which changed its page, or this program, which read it anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

VERSION = """
    url canonical_url outlet article_id fetched_at headline_raw byline_raw article_section
    keywords images in_language headline alternative_headline body authors author_details
    translation rights source_organization date_published date_modified date_published_raw
    date_source date_precision mentioned_dates content_hash duplicate_of cluster_id edit_kind
    revision extractor_version paper blocks shown_dates modified_raw tags_raw seen_at record
"""


def upgrade() -> None:
    op.execute("DROP VIEW trail")
    for table in ("article", "revision"):
        made_by = sa.Column("revised_by", sa.Text, nullable=False, server_default="outlet")
        op.add_column(table, made_by)
    _make_view([*VERSION.split(), "revised_by"])


def downgrade() -> None:
    op.execute("DROP VIEW trail")
    for table in ("article", "revision"):
        op.drop_column(table, "revised_by")
    _make_view(VERSION.split())


def _make_view(columns: list[str]) -> None:
    shown = ", ".join(columns)
    op.execute(
        f"CREATE VIEW trail AS SELECT id AS article, {shown}, 1 AS is_current FROM article "  # noqa: S608
        f"UNION ALL SELECT article, {shown}, 0 FROM revision"
    )
