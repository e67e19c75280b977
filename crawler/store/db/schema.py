"""The tables, in types that SQLite and PostgreSQL both know.

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

SCHEMA = "0010"
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
    """One column a field of the item, and when the version's page was last seen as it is.
    ``record``: where its page lies in the archive, null where it does not. ``revised_by``: who made
    it another than the one before, ``outlet`` or ``extractor``, this program."""
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
        Column("paper", Text),
        Column("blocks", Json, nullable=False),
        Column("shown_dates", Json, nullable=False),
        Column("modified_raw", Text),
        Column("tags_raw", Text),
        Column("seen_at", Text, nullable=False, server_default=""),
        Column("record", Text, index=True),
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
"""One row an article, as it is now; ``id`` grows in the order of storing. ``gone_at``: since when
its page is gone, null while it is there."""

revision = Table(
    "revision",
    metadata,
    Column("article", ForeignKey("article.id"), nullable=False),
    *_version(),
    PrimaryKeyConstraint("article", "revision"),
)
"""Every version of an article that is not the current one, under its number."""

trail = table(
    "trail",
    column("article", Integer),
    *(column(one.name, one.type) for one in _version()),
    column("is_current", Integer),
)
"""A view: all versions of all articles; in the order of storing by ``article``, ``revision``."""

absence = Table(
    "absence",
    metadata,
    Column("article", ForeignKey("article.id"), nullable=False),
    Column("gone_at", Text, nullable=False),
    Column("back_at", Text, nullable=False),
    PrimaryKeyConstraint("article", "gone_at"),
)
"""Times between which an article was gone, once it is there again."""

change = Table(
    "change",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("article", Integer, index=True),
    Column("revision", Integer),
    Column("canonical_url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("cluster_id", Text),
    Column("edit_kind", Text),
    sqlite_autoincrement=True,
)
"""One row a change of an article (``store/changes/log.py``), in the order in which it could be
seen: a number is given within the transaction that no other writer shares, and never again."""

address = Table(
    "address",
    metadata,
    Column("canonical_url", Text, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("kind", Text, CheckConstraint("kind IN ('article', 'alias')", "kind"), nullable=False),
    Column("first_seen", Text, nullable=False),
)
"""Every address under which an article was met: its own, and those that showed it again."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("canonical_url", Text, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text),
)
"""Tombstones: every address of an article that was taken out for good, never to be stored."""

forgotten_text = Table(
    "forgotten_text",
    metadata,
    Column("outlet", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    PrimaryKeyConstraint("outlet", "content_hash"),
)
"""The texts of those articles, all versions, which the outlet may show elsewhere."""

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
the lower number. ``first`` is the id of its earliest article. ``contested``: not all verdicts on
pairs agree with the cluster as it is, so that a new member can change it. ``merged_into`` names the
cluster that took its members over; whoever follows it arrives at where they stand now."""

sketch = Table(
    "sketch",
    metadata,
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("article", Integer, primary_key=True, autoincrement=False, index=True),
    sqlite_with_rowid=False,
)
"""The numbers by which an article's likely copies are found (``similarity/minhash.py``), each
within its time of publication, so that the part of the table in use is as small as the window."""

link = Table(
    "link",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("other", Integer, primary_key=True, autoincrement=False, index=True),
    Column("kind", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("why", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The verdict on two articles' press releases; ``one`` has the lower id. Kinds as in
``crawler/similarity/decide.py``, but ``none``, which is not kept."""

IS_MISSING = text("outcome IS NULL OR outcome NOT IN ('stored', 'gone', 'forgotten', 'outside')")
"""What is still to be fetched, or to be tried again. The index of a part of the table and the query
that is to use it have to say it in the same words."""

page = Table(
    "page",
    metadata,
    Column("canonical_url", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("shown", Json),
    Column("found_at", Text, nullable=False),
    Column("outcome", Text),
    Column("why", Text),
    Column("date", Text),
    Column("tries", Integer, nullable=False),
    Column("asked_at", Text),
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
"""Every address of an article that a list, feed or sitemap ever showed, before it is fetched.
``shown``: what stood there of it, until it is stored. ``outcome``: how the last visit ended, null
before the first (``store/frontier/pages.py``); ``why`` in words. ``date``: of publication, as far
as it is known. ``tries``: visits since the last that was answered whole. ``due_at``: when to ask
(again), null never."""

walk = Table(
    "walk",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False, index=True),
    Column("section", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("since", Text),
    Column("number", Integer, nullable=False),
    Column("reached", Text),
    Column("tries", Integer, nullable=False),
    Column("why", Text),
    Column("at", Text, nullable=False),
)
"""What is still to be read of an outlet's lists: from the ``number``-th page (from 0) of a section
on, as the list stood ``at``, down to ``since``, which ``asked`` was on the command line. Above it
all rows are in ``page``; the last of them was published on ``reached``. ``why``: what kept it from
being read, null where the crawl ended first."""

ground = Table(
    "ground",
    metadata,
    Column("outlet", Text, primary_key=True),
    Column("section", Text, primary_key=True),
    Column("since", Text),
    Column("looked_at", Text, nullable=False),
)
"""From when on everything that a section's list showed is in ``page``, but for what ``walk`` names;
null: from its beginning. ``looked_at``: when it was last read further than to known rows."""

lease = Table(
    "lease",
    metadata,
    Column("outlet", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
)
"""Which process crawls an outlet now, and until when it holds it without a sign of life."""

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("asked", Json, nullable=False),
    Column("version", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("noted_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("how", Text),
    Column("code", Integer),
    Column("tally", Json, nullable=False),
    Index("ix_run_outlet", "outlet", "started_at"),
)
"""One row a crawl of an outlet. ``asked``: its arguments. ``noted_at``: when the row was written
last, while it ran or at its end. ``how``: why it ended, as Scrapy says it, or ``killed``; null
while it runs. ``code``: its exit code. ``tally``: what it counted
(``operate/run_stats/tally.py``)."""

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outlet", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("began", Text, nullable=False),
    Column("found_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("over_at", Text),
    Column("facts", Json, nullable=False),
    Column("example", Text),
    Column("told_at", Text),
    Column("over_told_at", Text),
    Index("ix_finding_outlet", "outlet", "over_at"),
)
"""What monitors found. ``kind`` and ``field`` say what (``operate/monitors/findings.toml``);
``began``: the day, in Korea, from which it is true; ``seen_at``: when it was last true;
``over_at``: since when it is no more. ``facts``: the numbers of it. ``told_at`` and
``over_told_at``: when its notice went out, and that it is over."""

replay = Table(
    "replay",
    metadata,
    Column("file", Text, primary_key=True),
    Column("asked", Text, primary_key=True),
    Column("reached", BigInteger, nullable=False),
)
"""How far files of an archive were replayed. ``file``: its name and what it begins with. ``asked``:
which of its pages were. ``reached``: the byte from which on they are still to be read."""
