"""An article as a row: one value a column, in characters that every database takes."""

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
    """The text with NUL and lone surrogates as U+FFFD: PostgreSQL refuses the first, UTF-8 the
    second. Everything else stays as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.translate(_REPLACEMENTS)
    return text.replace("\x00", "\ufffd")


def row_of(article: Article) -> tuple[dict[str, Any], bool]:
    """The article's fields that have a column, and whether a character had to be replaced."""
    as_is = {name: _plain(getattr(article, name)) for name in COLUMNS}
    if _is_storable(as_is):
        return as_is, False
    row = {name: _storable(value) for name, value in as_is.items()}
    return row, row != as_is


def article_of(row: Mapping[str, Any]) -> Article:
    """The article as it was stored, raw material included."""
    values = {name: row[name] for name in _FIELDS if name in row}
    values["blocks"] = [Block(**block) for block in values["blocks"]]
    values["date_candidates"] = [DateCandidate(**shown) for shown in values["date_candidates"]]
    return Article(**values)


def _plain(value: Any) -> Any:
    """Lists of dataclasses as lists of mappings; all else is plain already."""
    if isinstance(value, list) and value and (names := _names(value[0].__class__)):
        return [{name: getattr(entry, name) for name in names} for entry in value]
    return value


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(getattr(kind, "__dataclass_fields__", ()))


def _is_storable(row: dict[str, Any]) -> bool:
    """Told from all of the row at once, for nearly every row is; False is no proof."""
    written = _as_json(row)
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return r"\u0000" not in written


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case list():
            return [_storable(entry) for entry in value]
        case dict():
            return {key: _storable(entry) for key, entry in value.items()}
    return value
