"""Tables of the store, in column types that SQLite and PostgreSQL share.

Times are text, as in the item: the precision of a date decides its form, and no database type
keeps that. A change here needs a new file in ``migrations/versions`` and its number in ``SCHEMA``.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    column,
    table,
    text,
)

SCHEMA = "0011"
"""The newest migration: a database at this number is opened without loading Alembic."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Json = JSON(none_as_null=True)
Text = sqlalchemy.Text().with_variant(sqlalchemy.Text(collation="C"), "postgresql")
"""Sorted by its bytes on every database: of a server's language, the order skips signs."""


def _version() -> list[Column[Any]]:
    """Return one column per field of the article, and the time of the last visit that saw it.

    ``last_seen_at``: the last visit at which the outlet still showed this version.
    ``warc_location``: where the page lies in the archive, null if it is not archived.
    ``revised_by``: who made it differ from the version before: ``outlet``, or ``extractor``, which
    is this program.
    """
    return [
        Column("url", Text, nullable=False),
        Column("canonical_url", Text, nullable=False),
        Column("outlet", Text, nullable=False),
        Column("article_id", Text),
        Column("fetched_at", Text, nullable=False),
        Column("headline_raw", Text),
        Column("byline_raw", Text),
        Column("article_section", Text),
        Column("keywords", Json, nullable=False),
        Column("images", Json, nullable=False),
        Column("in_language", Text, nullable=False),
        Column("headline", Text),
        Column("alternative_headline", Text),
        Column("body", Text),
        Column("authors", Json, nullable=False),
        Column("author_details", Json, nullable=False),
        Column("translation", Json),
        Column("rights", Json),
        Column("source_organization", Text),
        Column("date_published", Text),
        Column("date_modified", Text),
        Column("date_published_raw", Text),
        Column("date_source", Text),
        Column("date_precision", Text),
        Column("mentioned_dates", Json, nullable=False),
        Column("content_hash", Text, index=True),
        Column("duplicate_of", Text),
        Column("cluster_id", Text),
        Column("edit_kind", Text),
        Column("revision", Integer, nullable=False),
        Column("extractor_version", Text),
        Column("outlet_name", Text),
        Column("blocks", Json, nullable=False),
        Column("date_candidates", Json, nullable=False),
        Column("modified_raw", Text),
        Column("keywords_raw", Text),
        Column("last_seen_at", Text, nullable=False, server_default=""),
        Column("warc_location", Text, index=True),
        Column("revised_by", Text, nullable=False, server_default="outlet"),
    ]


article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    *_version(),
    Column("gone_at", Text),
    UniqueConstraint("canonical_url"),
    Index("ix_article_outlet", "outlet", "date_published"),
    Index("ix_article_cluster_id", "cluster_id"),
    Index("ix_article_day", "date_published", "cluster_id", "outlet", "fetched_at"),
)
"""One row per article, as it is now; ``id`` grows in the order of storing. ``gone_at``: since when
its page is gone, null while the page is there."""

revision = Table(
    "revision",
    metadata,
    Column("article", ForeignKey("article.id"), nullable=False),
    *_version(),
    PrimaryKeyConstraint("article", "revision"),
)
"""Every version of an article but the current one, under its number."""

article_version = table(
    "article_version",
    column("article", Integer),
    *(column(field.name, field.type) for field in _version()),
    column("is_current", Integer),
)
"""View of all versions of all articles; ``article``, ``revision`` is the order of storing."""

absence = Table(
    "absence",
    metadata,
    Column("article", ForeignKey("article.id"), nullable=False),
    Column("gone_at", Text, nullable=False),
    Column("back_at", Text, nullable=False),
    PrimaryKeyConstraint("article", "gone_at"),
)
"""Periods during which an article was gone, once its page is back."""

change = Table(
    "change",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("changed_at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("article", Integer, index=True),
    Column("revision", Integer),
    Column("canonical_url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("cluster_id", Text),
    Column("edit_kind", Text),
    sqlite_autoincrement=True,
)
"""One row per change of an article (``store/changes/log.py``), in the order in which the changes
became visible: ``seq`` is given within the transaction that no other writer shares, and never
reused."""

address = Table(
    "address",
    metadata,
    Column("canonical_url", Text, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("kind", Text, CheckConstraint("kind IN ('article', 'alias')", "kind"), nullable=False),
    Column("first_seen", Text, nullable=False),
)
"""Every address under which an article was seen: its own, and its aliases."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("canonical_url", Text, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("forgotten_at", Text, nullable=False),
    Column("reason", Text),
)
"""Tombstones: every address of an article that was forgotten for good; it is never stored again."""

forgotten_text = Table(
    "forgotten_text",
    metadata,
    Column("outlet", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    PrimaryKeyConstraint("outlet", "content_hash"),
)
"""The texts of those articles, all versions: the outlet may show them under another address."""

cluster = Table(
    "cluster",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("first", Integer),
    Column("contested", Boolean, nullable=False),
    Column("merged_into", Text),
    Column("merged_at", Text),
)
"""Every press release ever seen, by the id that ``article.cluster_id`` carries; an older one has
the lower number. ``first``: id of its earliest article. ``contested``: the verdicts on some pairs
contradict the cluster, so that a new member can change it. ``merged_into``: id of the cluster that
took its members over; following it leads to the cluster that holds them now."""

sketch = Table(
    "sketch",
    metadata,
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("article", Integer, primary_key=True, autoincrement=False, index=True),
    sqlite_with_rowid=False,
)
"""MinHash keys that find an article's likely copies (``similarity/minhash.py``), grouped by the
time of publication, so that the part of the table in use is as small as the window."""

link = Table(
    "link",
    metadata,
    Column("article", Integer, primary_key=True, autoincrement=False),
    Column("other_article", Integer, primary_key=True, autoincrement=False, index=True),
    Column("kind", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The verdict on the press releases of two articles; ``article`` has the lower id. Kinds as in
``crawler/similarity/decide.py``; ``none`` is not stored."""

IS_MISSING = text("outcome IS NULL OR outcome NOT IN ('stored', 'gone', 'forgotten', 'outside')")
"""What is still to be fetched, or to be tried again. The index of a part of the table and the query
that is to use it have to say it in the same words."""

page = Table(
    "page",
    metadata,
    Column("canonical_url", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("listing", Json),
    Column("found_at", Text, nullable=False),
    Column("outcome", Text),
    Column("reason", Text),
    Column("date", Text),
    Column("attempts", Integer, nullable=False),
    Column("requested_at", Text),
    Column("due_at", Text),
    Index("ix_page_due", "outlet", "outcome", "due_at"),
    Index(
        "ix_page_missing",
        "outlet",
        "found_at",
        "canonical_url",
        sqlite_where=IS_MISSING,
        postgresql_where=IS_MISSING,
    ),
)
"""Frontier: every article page that a list, feed or sitemap ever showed, stored before it is
fetched. ``listing``: the article's entry there, until the article is stored. ``outcome``:
how the last visit ended, null before the first (``store/frontier/pages.py``); ``reason``: the same
as a sentence. ``date``: of publication, as far as known. ``attempts``: visits since the last
complete response. ``due_at``: when to request it (again), null for never."""

list_cursor = Table(
    "list_cursor",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False, index=True),
    Column("section", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("since", Text),
    Column("page_number", Integer, nullable=False),
    Column("reached", Text),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    Column("updated_at", Text, nullable=False),
)
"""What is still unread of an outlet's lists: a section from its ``page_number``-th page (from 0)
down to ``since``, as the list was numbered at ``updated_at``. ``arguments``: ``since`` as it stood
on the command line. All entries above are in ``page``; the last of them was published on
``reached``. ``reason``: why reading failed, null if the crawl ended first."""

watermark = Table(
    "watermark",
    metadata,
    Column("outlet", Text, primary_key=True),
    Column("section", Text, primary_key=True),
    Column("since", Text),
    Column("checked_at", Text, nullable=False),
)
"""From ``since`` on every entry of a section's list is in ``page``, except for what ``list_cursor``
names; null: from the beginning of the list. ``checked_at``: when the list was last read further
than to known entries."""

outlet_lock = Table(
    "outlet_lock",
    metadata,
    Column("outlet", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("acquired_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)
"""The process that crawls an outlet now, and when its lock expires without a heartbeat."""

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("arguments", Json, nullable=False),
    Column("version", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("finish_reason", Text),
    Column("exit_code", Integer),
    Column("stats", Json, nullable=False),
    Index("ix_run_outlet", "outlet", "started_at"),
)
"""One row per crawl of an outlet. ``arguments``: those of its command. ``updated_at``: when the row
was written last, during the crawl or at its end. ``finish_reason``: Scrapy's, or ``killed``; null
while it runs. ``stats``: its counts (``operate/run_stats/stats.py``)."""

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("started_on", Text, nullable=False),
    Column("found_at", Text, nullable=False),
    Column("last_seen_at", Text, nullable=False),
    Column("resolved_at", Text),
    Column("facts", Json, nullable=False),
    Column("example", Text),
    Column("notified_at", Text),
    Column("resolution_notified_at", Text),
    Index("ix_finding_outlet", "outlet", "resolved_at"),
)
"""Findings of the monitors. ``kind`` and ``field``: see ``operate/monitors/findings.toml``.
``started_on``: the day, in Korea, since which it is true; ``last_seen_at``: when it was last true;
``resolved_at``: since when it is not. ``facts``: its numbers. ``notified_at`` and
``resolution_notified_at``: when the notification of its start and of its end was sent."""

replay = Table(
    "replay",
    metadata,
    Column("file", Text, primary_key=True),
    Column("selection", Text, primary_key=True),
    Column("byte_offset", BigInteger, nullable=False),
)
"""How far each file of an archive was replayed. ``file``: its name and first bytes. ``selection``:
which of its pages were replayed. ``byte_offset``: everything before it is done."""
