"""Rows of articles: one value per column, in characters that every database accepts."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from crawler.article import Article, Block, DateCandidate
from crawler.store.db.schema import article as table

_FIELDS = [field.name for field in fields(Article)]
COLUMNS = [name for name in _FIELDS if name in table.c]
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_REPLACEMENTS = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")


def storable(text: str) -> str:
    """Return the text with NUL and lone surrogates replaced by U+FFFD.

    PostgreSQL rejects the former, UTF-8 the latter.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.translate(_REPLACEMENTS)
    return text.replace("\x00", "\ufffd")


def row_of(article: Article) -> tuple[dict[str, Any], bool]:
    """Return the fields that have a column, and True if a character had to be replaced."""
    as_is = {name: _plain(getattr(article, name)) for name in COLUMNS}
    if _is_storable(as_is):
        return as_is, False
    row = {name: _storable(value) for name, value in as_is.items()}
    return row, row != as_is


def article_of(row: Mapping[str, Any]) -> Article:
    """Return the article as it was stored, including raw material."""
    values = {name: row[name] for name in _FIELDS if name in row}
    values["blocks"] = [Block(**block) for block in values["blocks"]]
    values["date_candidates"] = [DateCandidate(**date) for date in values["date_candidates"]]
    return Article(**values)


def _plain(value: Any) -> Any:
    """Return a list of dataclasses as a list of mappings, and any other value as it is."""
    if isinstance(value, list) and value and (names := _names(value[0].__class__)):
        return [{name: getattr(entry, name) for name in names} for entry in value]
    return value


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(getattr(kind, "__dataclass_fields__", ()))


def _is_storable(row: dict[str, Any]) -> bool:
    """Return True if the row is storable as it is; False means that it must be looked through."""
    content = _as_json(row)
    try:
        content.encode()
    except UnicodeEncodeError:
        return False
    return r"\u0000" not in content


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case list():
            return [_storable(entry) for entry in value]
        case dict():
            return {key: _storable(entry) for key, entry in value.items()}
    return value
