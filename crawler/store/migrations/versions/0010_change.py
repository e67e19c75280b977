"""What changed, in order, for those who follow the store; text that sorts alike everywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

VERSION = """
    url canonical_url outlet article_id fetched_at headline_raw byline_raw article_section
    keywords images in_language headline alternative_headline body authors author_details
    translation rights source_organization date_published date_modified date_published_raw
    date_source date_precision mentioned_dates content_hash duplicate_of cluster_id edit_kind
    revision extractor_version paper blocks shown_dates modified_raw tags_raw seen_at record
    revised_by
"""

PAGE_TEXT = """
    headline_raw byline_raw keywords images headline alternative_headline body authors
    author_details translation rights source_organization date_published_raw mentioned_dates
    blocks shown_dates modified_raw tags_raw
"""

TABLES = """
    article revision absence address forgotten forgotten_text cluster sketch link page walk ground
    lease run finding replay
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _sort_by_bytes()
        _sample_no_text()
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("at", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("article", sa.Integer),
        sa.Column("revision", sa.Integer),
        sa.Column("canonical_url", text, nullable=False),
        sa.Column("outlet", text, nullable=False),
        sa.Column("cluster_id", text),
        sa.Column("edit_kind", text),
        sa.PrimaryKeyConstraint("seq", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_article", "change", ["article"])
    # What was stored before comes first, in the order of storing.
    op.execute(
        """
        INSERT INTO change
               (at, kind, article, revision, canonical_url, outlet, cluster_id, edit_kind)
        SELECT trail.fetched_at,
               CASE WHEN trail.revision = 1 THEN 'new'
                    WHEN trail.revision <= article.revision THEN 'revised' ELSE 'older' END,
               trail.article, trail.revision, trail.canonical_url, trail.outlet,
               trail.cluster_id, trail.edit_kind
        FROM trail JOIN article ON article.id = trail.article
        ORDER BY trail.article, trail.revision
        """
    )
    op.execute(
        """
        INSERT INTO change
               (at, kind, article, revision, canonical_url, outlet, cluster_id, edit_kind)
        SELECT gone_at, 'gone', id, revision, canonical_url, outlet, cluster_id, edit_kind
        FROM article WHERE gone_at IS NOT NULL ORDER BY gone_at, id
        """
    )


def downgrade() -> None:
    op.drop_table("change")


def _sample_no_text() -> None:
    """What the server keeps of a column for its planning would outlive a takedown."""
    for table in ("article", "revision"):
        changes = ", ".join(f"ALTER COLUMN {name} SET STATISTICS 0" for name in PAGE_TEXT.split())
        op.execute(f"ALTER TABLE {table} {changes}")


def _sort_by_bytes() -> None:
    """Times and addresses are compared as texts; a language's own order skips their signs."""
    op.execute("DROP VIEW trail")
    inspector = sa.inspect(op.get_bind())
    for table in TABLES.split():
        texts = [
            column["name"]
            for column in inspector.get_columns(table)
            if isinstance(column["type"], sa.Text)
        ]
        changes = ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in texts)
        if changes:
            op.execute(f"ALTER TABLE {table} {changes}")
    shown = ", ".join(VERSION.split())
    op.execute(
        f"CREATE VIEW trail AS SELECT id AS article, {shown}, 1 AS is_current FROM article "  # noqa: S608
        f"UNION ALL SELECT article, {shown}, 0 FROM revision"
    )
