"""What a re-extraction comes to, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler.reprocess.reextract.diff import COMPARED, Change
from crawler.reprocess.reextract.run import Changed, Kind, Reextraction
from crawler.terminal.output import escape_terminal, show_differences, show_line

SHORT = 80
"""Characters of a value that is shown beside the one before, not line by line."""

LEFT: dict[Kind, str] = {
    "no_record": "no page in the archive (stored before there was one, or no longer kept)",
    "no_outlet": "an outlet that is not known any more",
    "unreadable": "a page that cannot be read",
    "no_article": "a page on which this code finds no article",
    "superseded": "another version that came meanwhile (run it again)",
}


def sentences(done: Reextraction) -> Iterator[str]:
    """What came of it, in sentences."""
    is_applied = done.asked.is_applied
    if not done.changed:
        yield f"Nothing {'is' if is_applied else 'would be'} changed; articles read: {done.read}."
    elif is_applied:
        yield f"Changed, as versions of ours: {done.changed} of {done.read} articles read."
    else:
        yield f"Would be changed: {done.changed} of {done.read} articles read; --apply does it."
    for kind, words in LEFT.items():
        if left := done.left.get(kind):
            yield f"Left as stored: {left.count} with {words}:"
            yield from (f"  {escape_terminal(example)}" for example in left.examples)


# -- for machines -------------------------------------------------------------------------


def as_json(changed: Changed, *, is_stored: bool) -> dict[str, Any]:
    """``revision``: of the version that is read anew."""
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


# -- for people -----------------------------------------------------------------------------


def show(changed: Changed, console: Console) -> None:
    show_line(console, f"{changed.stored.canonical_url}  version {changed.stored.revision}", "bold")
    for name, change in changed.fields.items():
        if name == "blocks":  # what they come to is seen in the other fields
            show_line(console, f"{name}: {len(change.old)} → {len(change.new)}")
        else:
            show_field(name, change, console)
    console.print()


def show_field(name: str, change: Change, console: Console) -> None:
    old, new = as_text(change.old), as_text(change.new)
    if "\n" not in old + new and max(len(old), len(new)) <= SHORT:
        show_line(console, f"{name}: {old} → {new}")
    else:
        show_line(console, f"{name}:")
        show_differences(console, old, new)


def as_text(value: Any) -> str:
    """A value as people read it: an entry of a list, or a part of an object, a line."""
    match value:
        case str():
            return value
        case list():
            return "\n".join(map(as_text, value)) or "(none)"
        case dict():
            return ", ".join(f"{name}: {as_text(part)}" for name, part in value.items())
    return json.dumps(value, ensure_ascii=False)


def show_fields(done: Reextraction, console: Console) -> None:
    """How many articles change in each field."""
    if done.fields:
        table = Table("field", "articles")
        for name in COMPARED:
            if done.fields[name]:
                table.add_row(name, str(done.fields[name]))
        console.print(table)
