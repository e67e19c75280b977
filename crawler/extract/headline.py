"""Headline of a page of an unknown CMS, and the names of the site that stand around it.

Witnesses: the headings that the page shows, ``og:title`` and ``<title>``. The site's name comes off
them before they are compared; a generic ``og:title`` loses to a heading, a logo in an ``h1`` to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from parsel import Selector

from crawler.extract.blocks import MAX_PATH, NAMES
from crawler.extract.container import PageLine, is_furniture
from crawler.extract.metadata import Metadata

HEADINGS = ("h1", "h2", "h3", "h4", "h5")
SEPARATORS = r"(?:\s+[-–—|:·•»>/]+\s+|\s*(?:\||::|>|»|<|≪)\s*|\s*:\s*|\s+l\s+|-)"
"""Signs between a headline and the name of the site or the section, with the space around them."""
OUTLET_WORDS = re.compile(
    r"(?:신문|일보|뉴스|방송|타임[스즈]|투데이|저널|닷컴|데일리|미디어|통신|경제|매일|포스트|인터넷판?"
    r"|TV|news|times|daily|today|press|journal|post|\.(?:com|kr|net))\)?$",
    re.I,
)
"""Last words of an outlet's name; only such a tail of a title comes off unless it is known."""
MOST_TAIL = 20
"""Letters of a tail of a title that may be a site's name."""
LEAST = 4
"""Letters of a headline, at least."""
SECTION = 12
"""Letters of a section's name behind a headline, at most."""


def letters(shown: str) -> str:
    """Return the letters and digits of a text, for comparison."""
    return re.sub(r"[\W_]", "", shown).lower()


def title_of(page: Selector) -> str:
    """Return the text of ``<title>``, or an empty one."""
    title = page.root.find(".//title")
    return " ".join(title.text.split()) if title is not None and title.text else ""


def site_names(page: Selector, meta: Metadata, known: Iterable[str | None]) -> list[str]:
    """Return the names by which the page calls its site, longest first."""
    title = title_of(page)
    names = [name for name in (*known, meta.site_name) if name]
    if meta.title and title.startswith(meta.title) and title != meta.title:
        tail = re.fullmatch(rf"{SEPARATORS}(.+)", title[len(meta.title) :])
        names += [tail[1].strip()] if tail else []
    for part in (title, meta.title or ""):
        tail = re.search(rf"{SEPARATORS}([^|<>]{{2,{MOST_TAIL}}})$", part)
        if tail and OUTLET_WORDS.search(tail[1].strip()):
            names.append(tail[1].strip())
        lead = re.match(rf"\[?([^|<>:\[\]]{{2,{MOST_TAIL}}})(?:\]|{SEPARATORS})", part)
        if lead and OUTLET_WORDS.search(lead[1].strip()):
            names.append(lead[1].strip())
    bare = title.strip(" :|·-~=*#[]<>")
    if bare and len(bare) <= MOST_TAIL and OUTLET_WORDS.search(bare):
        names.append(bare)
    return sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)


def without_names(shown: str, names: Iterable[str]) -> str:
    """Return a title without the names of its site at either end."""
    for _ in range(3):
        before = shown
        for name in names:
            quoted = re.escape(name)
            shown = re.sub(rf"(?:{SEPARATORS}|\s*[\[(<])\s*{quoted}\s*[\])>]?$", "", shown)
            shown = re.sub(rf"^(?:\[{quoted}\]|<{quoted}>|{quoted}{SEPARATORS})\s*", "", shown)
        if shown == before:
            break
    return shown.strip()


def find_headline(
    page: Selector, lines: Sequence[PageLine], meta: Metadata, names: Sequence[str]
) -> tuple[str | None, int | None]:
    """Return the headline, and the number of the line that shows it (None: no line does)."""
    known = {letters(name) for name in names}
    headings = [
        (number, line)
        for number, line in enumerate(lines)
        if (line.node.tag in HEADINGS or _is_named(line))
        and letters(line.block.text) not in known
        and len(letters(line.block.text)) >= LEAST
        and not is_furniture(line.block.inside)
        and line.block.role not in {"box"}
    ]
    titles = [
        bare
        for shown in (meta.title, title_of(page))
        if shown
        and len(letters(bare := without_names(shown, names))) >= LEAST
        and letters(bare) not in known
    ]
    for title in titles:
        wanted = letters(title)
        for number, line in headings:
            if letters(line.block.text) == wanted:
                return _below_section(line, number, headings)
        for number, line in enumerate(lines):
            if letters(line.block.text) == wanted and line.block.role == "":
                return line.block.text, number
        stem = letters(re.sub(r"(?:…|\.{2,})$", "", title))
        for number, line in headings:
            shown = letters(line.block.text)
            if stem != wanted and len(stem) >= LEAST and shown.startswith(stem):
                return line.block.text, number
            if wanted.startswith(shown) and len(wanted) - len(shown) <= SECTION:
                return _below_section(line, number, headings)
            if shown.endswith(wanted) and len(shown) - len(wanted) <= SECTION:
                return title, number
    if titles:
        return titles[0], None
    for tag in HEADINGS[:3]:
        for number, line in headings:
            if line.node.tag == tag and line.block.role != "link":
                return line.block.text, number
    return None, None


NEAR = 8
"""Lines between the name of a section and the headline below it, at most."""


def _below_section(
    section: PageLine, number: int, headings: Sequence[tuple[int, PageLine]]
) -> tuple[str, int]:
    """Return a heading, or the longer one below it if it only names a section, as titles may do."""
    short = len(letters(section.block.text))
    if short <= SECTION // 2:
        for place, line in headings:
            longer = len(letters(line.block.text)) >= max(2 * short, SECTION)
            if number < place <= number + NEAR and line.block.role != "link" and longer:
                return line.block.text, place
    return section.block.text, number


_NAMED = re.compile(
    r"(?:article|news|view|read|arti?c?l?|post|story|board|subject|bo_v)?[-_]*"
    r"(?:head(?:line|ing)?|title|tit|subject)(?:[-_]?\d*)$",
    re.I,
)


def _is_named(line: PageLine) -> bool:
    """Return True if the element of a line is called a headline."""
    attributes = line.node.attrib
    return bool(attributes) and _names_headline(
        attributes.get("class", ""), attributes.get("id", "")
    )


@lru_cache(maxsize=NAMES)
def _names_headline(classes: str, identifier: str) -> bool:
    names = [*classes[:MAX_PATH].split(), identifier[:MAX_PATH]]
    return any(_NAMED.fullmatch(name) for name in names if name)
