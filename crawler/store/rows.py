"""An article as a row: one value a column, in characters that every database takes."""

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from crawler.article import Article, Block, ShownDate
from crawler.store.tables import article as table

_FIELDS = [field.name for field in fields(Article)]
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD: PostgreSQL refuses the first, UTF-8 the
    second. Everything else stays as it is."""
    return _UNSTORABLE.sub("\ufffd", text)


def row_of(article: Article) -> tuple[dict[str, Any], bool]:
    """The article's fields that have a column, and whether a character had to be replaced."""
    values = asdict(article)
    as_is = {column.name: values[column.name] for column in table.c if column.name in values}
    row = {name: _storable(value) for name, value in as_is.items()}
    return row, row != as_is


def article_of(row: Mapping[str, Any]) -> Article:
    """The article as it was stored, raw material included."""
    values = {name: row[name] for name in _FIELDS if name in row}
    values["blocks"] = [Block(**block) for block in values["blocks"]]
    values["shown_dates"] = [ShownDate(**shown) for shown in values["shown_dates"]]
    return Article(**values)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case list():
            return [_storable(entry) for entry in value]
        case dict():
            return {key: _storable(entry) for key, entry in value.items()}
    return value
