"""What another reading of the same page changes, field by field."""

from __future__ import annotations

from typing import Any, NamedTuple

from crawler.article import Article
from crawler.store.db.serialize import COLUMNS, row_of

OF_THE_VISIT = ("url", "canonical_url", "outlet", "fetched_at", "warc_location")
"""What an article is known by: no reading makes it another one."""

OF_THE_STORE = ("duplicate_of", "cluster_id", "edit_kind", "revision", "revised_by",
                "extractor_version")  # fmt: skip
"""What follows from other articles, or from the storing itself."""

COMPARED = tuple(name for name in COLUMNS if name not in (*OF_THE_VISIT, *OF_THE_STORE))


class Change(NamedTuple):
    """A field's values, as the store keeps them."""

    old: Any
    new: Any


def changes(stored: Article, read: Article) -> dict[str, Change]:
    """The fields that differ, in the item's order; gives ``read`` the identity of ``stored``.

    The page of an alias says another address and id than the article is known by.
    """
    if read.canonical_url != stored.canonical_url:
        read.article_id = stored.article_id
    for name in OF_THE_VISIT:
        setattr(read, name, getattr(stored, name))
    (old, _), (new, _) = row_of(stored), row_of(read)
    return {name: Change(old[name], new[name]) for name in COMPARED if old[name] != new[name]}
