"""Compares two extractions of one page, field by field."""

from __future__ import annotations

from typing import Any, NamedTuple

from crawler.article import Article
from crawler.store.db.serialize import COLUMNS, row_of

IDENTITY_FIELDS = ("url", "canonical_url", "outlet", "fetched_at", "warc_location")
"""Fields of the visit, which an extraction does not change."""

DERIVED_FIELDS = ("duplicate_of", "cluster_id", "edit_kind", "revision", "revised_by",
                "extractor_version")  # fmt: skip
"""Fields that follow from other articles, or from storing itself."""

COMPARED_FIELDS = tuple(name for name in COLUMNS if name not in (*IDENTITY_FIELDS, *DERIVED_FIELDS))


class FieldChange(NamedTuple):
    """Values of a field, as the store has them."""

    old: Any
    new: Any


def changed_fields(stored: Article, extracted: Article) -> dict[str, FieldChange]:
    """Return the fields that differ, in the item's order.

    Gives ``extracted`` the identity of ``stored``: the page of an alias has another URL and id
    than the article.
    """
    if extracted.canonical_url != stored.canonical_url:
        extracted.article_id = stored.article_id
    for name in IDENTITY_FIELDS:
        setattr(extracted, name, getattr(stored, name))
    (old, _), (new, _) = row_of(stored), row_of(extracted)
    return {
        name: FieldChange(old[name], new[name])
        for name in COMPARED_FIELDS
        if old[name] != new[name]
    }
