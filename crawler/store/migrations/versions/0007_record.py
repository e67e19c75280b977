"""Where the page of each version lies in the archive; null for what was stored before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

VERSION = """
    url canonical_url outlet article_id fetched_at headline_raw byline_raw article_section
    keywords images in_language headline alternative_headline body authors author_details
    translation rights source_organization date_published date_modified date_published_raw
    date_source date_precision mentioned_dates content_hash duplicate_of cluster_id edit_kind
    revision extractor_version paper blocks shown_dates modified_raw tags_raw seen_at
"""


def upgrade() -> None:
    op.execute("DROP VIEW trail")
    for table in ("article", "revision"):
        op.add_column(table, sa.Column("record", sa.Text))
        op.create_index(f"ix_{table}_record", table, ["record"])
    _make_view([*VERSION.split(), "record"])


def downgrade() -> None:
    op.execute("DROP VIEW trail")
    for table in ("article", "revision"):
        op.drop_index(f"ix_{table}_record", table)
        op.drop_column(table, "record")
    _make_view(VERSION.split())


def _make_view(columns: list[str]) -> None:
    shown = ", ".join(columns)
    op.execute(
        f"CREATE VIEW trail AS SELECT id AS article, {shown}, 1 AS is_current FROM article "  # noqa: S608
        f"UNION ALL SELECT article, {shown}, 0 FROM revision"
    )
