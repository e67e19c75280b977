"""Report of a re-extraction, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler.reprocess.reextract.diff import COMPARED_FIELDS, FieldChange
from crawler.reprocess.reextract.run import ChangedArticle, Reextraction, SkipReason
from crawler.terminal.output import escape_terminal, show_differences, show_line

INLINE_CHARS = 80
"""Longest value that is printed on one line with the value before; longer ones are a diff."""

SKIP_TEXTS: dict[SkipReason, str] = {
    "no_record": "no page in the archive (stored before it was kept, or pruned)",
    "no_outlet": "an unknown outlet",
    "unreadable": "a page that cannot be read",
    "no_article": "a page on which this code finds no article",
    "superseded": "a newer version, stored in the meantime (run it again)",
}


def sentences(reextraction: Reextraction) -> Iterator[str]:
    """Yield the totals, one sentence per line."""
    is_applied = reextraction.options.is_applied
    number = f"{reextraction.changed} of {reextraction.read} articles read"
    if not reextraction.changed:
        verb = "was" if is_applied else "would be"
        yield f"Nothing {verb} changed; articles read: {reextraction.read}."
    elif is_applied:
        yield f"Changed, as new versions: {number}."
    else:
        yield f"Would be changed: {number}; --apply stores them."
    for reason, words in SKIP_TEXTS.items():
        if skipped := reextraction.skipped.get(reason):
            yield f"Skipped: {skipped.count} with {words}:"
            yield from (f"  {escape_terminal(example)}" for example in skipped.examples)


# -- JSON -------------------------------------------------------------------------


def as_json(changed: ChangedArticle, *, is_stored: bool) -> dict[str, Any]:
    """Return a changed article as one object; ``revision`` is that of the stored version."""
    stored = changed.stored
    return {
        "outlet": stored.outlet,
        "url": stored.url,
        "canonical_url": stored.canonical_url,
        "revision": stored.revision,
        "fetched_at": stored.fetched_at,
        "extractor_version": stored.extractor_version,
        "warc_location": stored.warc_location,
        "is_stored": is_stored,
        "changes": {name: change._asdict() for name, change in changed.fields.items()},
    }


# -- text -----------------------------------------------------------------------------


def show(changed: ChangedArticle, console: Console) -> None:
    """Print the fields of an article that change."""
    show_line(console, f"{changed.stored.canonical_url}  version {changed.stored.revision}", "bold")
    for name, change in changed.fields.items():
        if name == "blocks":  # the other fields show what they result in
            show_line(console, f"{name}: {len(change.old)} → {len(change.new)}")
        else:
            show_field(name, change, console)
    console.print()


def show_field(name: str, change: FieldChange, console: Console) -> None:
    """Print a field's old and new value, on one line or as a diff."""
    old, new = as_text(change.old), as_text(change.new)
    if "\n" not in old + new and max(len(old), len(new)) <= INLINE_CHARS:
        show_line(console, f"{name}: {old} → {new}")
    else:
        show_line(console, f"{name}:")
        show_differences(console, old, new)


def as_text(value: Any) -> str:
    """Return a value for people: a list has one line per entry."""
    match value:
        case str():
            return value
        case list():
            return "\n".join(map(as_text, value)) or "(none)"
        case dict():
            return ", ".join(f"{name}: {as_text(part)}" for name, part in value.items())
    return json.dumps(value, ensure_ascii=False)


def show_fields(reextraction: Reextraction, console: Console) -> None:
    """Print how many articles change in each field."""
    if reextraction.fields:
        table = Table("field", "articles")
        for name in COMPARED_FIELDS:
            if reextraction.fields[name]:
                table.add_row(name, str(reextraction.fields[name]))
        console.print(table)
