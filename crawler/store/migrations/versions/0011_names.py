"""Plain names for tables and columns; no row and no value changes."""

from alembic import op

revision = "0011"
down_revision = "0010"

TABLES = {"walk": "list_cursor", "ground": "watermark", "lease": "outlet_lock"}

VERSION_COLUMNS = {
    "paper": "outlet_name",
    "shown_dates": "date_candidates",
    "tags_raw": "keywords_raw",
    "seen_at": "last_seen_at",
    "record": "warc_location",
}
COLUMNS = {
    "article": VERSION_COLUMNS,
    "revision": VERSION_COLUMNS,
    "change": {"at": "changed_at"},
    "forgotten": {"at": "forgotten_at", "why": "reason"},
    "link": {"one": "article", "other": "other_article", "why": "reason"},
    "page": {"shown": "listing", "why": "reason", "tries": "attempts", "asked_at": "requested_at"},
    "list_cursor": {
        "asked": "arguments",
        "number": "page_number",
        "tries": "attempts",
        "why": "reason",
        "at": "updated_at",
    },
    "watermark": {"looked_at": "checked_at"},
    "outlet_lock": {"since": "acquired_at", "until": "expires_at"},
    "run": {
        "asked": "arguments",
        "noted_at": "updated_at",
        "how": "finish_reason",
        "code": "exit_code",
        "tally": "stats",
    },
    "finding": {
        "began": "started_on",
        "seen_at": "last_seen_at",
        "over_at": "resolved_at",
        "told_at": "notified_at",
        "over_told_at": "resolution_notified_at",
    },
    "replay": {"asked": "selection", "reached": "byte_offset"},
}
INDICES = {
    "ix_article_record": ("ix_article_warc_location", "article", "warc_location"),
    "ix_revision_record": ("ix_revision_warc_location", "revision", "warc_location"),
    "ix_link_other": ("ix_link_other_article", "link", "other_article"),
    "ix_walk_outlet": ("ix_list_cursor_outlet", "list_cursor", "outlet"),
}
VIEWED = """
    url canonical_url outlet article_id fetched_at headline_raw byline_raw article_section
    keywords images in_language headline alternative_headline body authors author_details
    translation rights source_organization date_published date_modified date_published_raw
    date_source date_precision mentioned_dates content_hash duplicate_of cluster_id edit_kind
    revision extractor_version paper blocks shown_dates modified_raw tags_raw seen_at record
    revised_by
"""


def upgrade() -> None:
    op.execute("DROP VIEW trail")
    for old, new in TABLES.items():
        op.rename_table(old, new)
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            _rename_column(table, old, new)
    for old, (new, table, column) in INDICES.items():
        _rename_index(old, new, table, column)
    if op.get_bind().dialect.name == "postgresql":
        for old, new in TABLES.items():
            op.execute(f"ALTER INDEX pk_{old} RENAME TO pk_{new}")
        op.execute("ALTER SEQUENCE walk_id_seq RENAME TO list_cursor_id_seq")
    _create_view("article_version", [VERSION_COLUMNS.get(name, name) for name in VIEWED.split()])


def downgrade() -> None:
    op.execute("DROP VIEW article_version")
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            _rename_column(table, new, old)
    tables = {new: old for old, new in TABLES.items()}
    for new, old in tables.items():
        op.rename_table(new, old)
    for old, (new, table, column) in INDICES.items():
        names = {after: before for before, after in COLUMNS.get(table, {}).items()}
        _rename_index(new, old, tables.get(table, table), names.get(column, column))
    if op.get_bind().dialect.name == "postgresql":
        for new, old in tables.items():
            op.execute(f"ALTER INDEX pk_{new} RENAME TO pk_{old}")
        op.execute("ALTER SEQUENCE list_cursor_id_seq RENAME TO walk_id_seq")
    _create_view("trail", VIEWED.split())


def _rename_column(table: str, old: str, new: str) -> None:
    """Rename in place: a copy, as Alembic makes it in batch mode, loses the triggers of search."""
    op.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{new}"')


def _rename_index(old: str, new: str, table: str, column: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {old} RENAME TO {new}")
    else:  # SQLite cannot rename an index
        op.drop_index(old, table)
        op.create_index(new, table, [column])


def _create_view(name: str, columns: list[str]) -> None:
    listed = ", ".join(columns)
    op.execute(
        f"CREATE VIEW {name} AS SELECT id AS article, {listed}, 1 AS is_current FROM article "  # noqa: S608
        f"UNION ALL SELECT article, {listed}, 0 FROM revision"
    )
