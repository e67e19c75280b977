"""Parser of a page's source: a tree as a browser builds it, where lxml's recovery differs."""

from __future__ import annotations

import re

from parsel import Selector

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
"""It may name another encoding than that which the source was decoded from."""
_BREAK_END = re.compile(r"</br\s*/?>", re.I)
_TAG = re.compile(
    r"<(/?)(p|address|article|aside|blockquote|center|details|dialog|dd|div|dl|dt|fieldset|figure"
    r"|figcaption|footer|form|h[1-6]|header|hr|li|main|menu|nav|ol|pre|section|table|td|th|tr|ul)"
    r"(?=[\s/>])",
    re.I,
)


def parse(source: str) -> Selector:
    """Parse the decoded source of a page; an empty one gives an empty tree."""
    source = _DECLARATION.sub("", source)
    if "</br" in source or "</BR" in source:
        source = _BREAK_END.sub("<br>", source)
    if source.count("</p>") + source.count("</P>") > source.count("<p") + source.count("<P"):
        source = _with_empty_paragraphs(source)
    return Selector(text=source or "<html/>")


def _with_empty_paragraphs(source: str) -> str:
    """Write ``<p></p>`` for an end tag of a paragraph that is not open, as the standard does."""
    is_open = False
    parts: list[str] = []
    at = 0
    for tag in _TAG.finditer(source):
        is_end, is_paragraph = bool(tag[1]), tag[2] in "pP"
        if is_end and is_paragraph and not is_open:
            parts += [source[at : tag.start()], "<p>"]
            at = tag.start()
        is_open = is_paragraph and not is_end
    return "".join([*parts, source[at:]])
