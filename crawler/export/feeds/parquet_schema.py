"""Table of the column types of Parquet feeds, and the conversion of rows to arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from crawler.store.db.serialize import storable

TEXT = pa.string()
DAY = pa.date32()
UTC = pa.timestamp("us", "UTC")
SEOUL = pa.timestamp("us", "Asia/Seoul")
MENTIONED = pa.struct(
    [("text", TEXT), ("start", pa.int32()), ("end", pa.int32()), ("from", DAY), ("to", DAY)]
)

TYPES: dict[str, pa.DataType] = {
    "seq": pa.int64(),
    "change": TEXT,
    "changed_at": UTC,
    "url": TEXT,
    "canonical_url": TEXT,
    "outlet": TEXT,
    "article_id": TEXT,
    "headline": TEXT,
    "headline_raw": TEXT,
    "alternative_headline": TEXT,
    "body": TEXT,
    "date_published": SEOUL,
    "date_published_day": DAY,
    "date_modified": SEOUL,
    "date_modified_day": DAY,
    "date_published_raw": TEXT,
    "date_source": TEXT,
    "date_precision": TEXT,
    "authors": pa.list_(TEXT),
    "author_details": pa.list_(pa.struct([("name", TEXT), ("email", TEXT), ("role", TEXT)])),
    "byline_raw": TEXT,
    "images": pa.list_(pa.struct([("url", TEXT), ("caption", TEXT)])),
    "keywords": pa.list_(TEXT),
    "article_section": TEXT,
    "in_language": TEXT,
    "translation": pa.struct([("language", TEXT), ("headline", TEXT), ("body", TEXT)]),
    "rights": pa.struct([("notice", TEXT), ("holder", TEXT), ("ai_training", pa.bool_())]),
    "source_organization": TEXT,
    "mentioned_dates": pa.list_(MENTIONED),
    "content_hash": TEXT,
    "duplicate_of": TEXT,
    "cluster_id": TEXT,
    "edit_kind": TEXT,
    "revision": pa.int32(),
    "revised_by": TEXT,
    "fetched_at": UTC,
    "extractor_version": TEXT,
}
"""Type of each field of an article or a change; any other field is text."""

DAY_OF = {"date_published_day": "date_published", "date_modified_day": "date_modified"}
"""Columns derived from a field: its day. The field's own column is null if only the day is known,
since midnight would be a guess."""


def schema_of(fields: Iterable[str]) -> pa.Schema:
    """Return the columns for fields, in their order; a day follows its moment."""
    days = {of: day for day, of in DAY_OF.items()}
    names = [name for field in fields for name in (field, days.get(field)) if name]
    return pa.schema([(name, TYPES.get(name, TEXT)) for name in names])


def batch_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Return rows as columns. Raises ValueError with the field whose value has another type."""
    return pa.RecordBatch.from_arrays([_column(rows, column) for column in schema], schema=schema)


def _column(rows: Sequence[Mapping[str, Any]], column: pa.Field[Any]) -> pa.Array[Any]:
    values = [row.get(DAY_OF.get(column.name, column.name)) for row in rows]
    if column.name in DAY_OF:
        values = [value and value[:10] for value in values]
    elif column.type == SEOUL:
        values = [value if value and "T" in value else None for value in values]
    elif column.name not in TYPES:
        values = [_text(value) for value in values]
    try:
        return _array(values, column.type)
    except UnicodeEncodeError:
        return _array(json.loads(storable(json.dumps(values, ensure_ascii=False))), column.type)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"{column.name} must be {column.type}: {error}") from None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _array(values: list[Any], type: pa.DataType) -> pa.Array[Any]:
    return pa.array(values, _as_written(type)).cast(type)


def _as_written(type: pa.DataType) -> pa.DataType:
    """Return the type that rows hold: days and moments are ISO 8601 text, at any depth."""
    if pa.types.is_temporal(type):
        return TEXT
    if pa.types.is_list(type):
        return pa.list_(_as_written(type.value_type))
    if pa.types.is_struct(type):
        return pa.struct([(part.name, _as_written(part.type)) for part in type.fields])
    return type
