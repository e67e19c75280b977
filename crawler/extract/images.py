"""Pictures of an article: their addresses as a browser resolves them, and their captions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import urljoin

from lxml.html import HtmlElement
from parsel import Selector

from crawler.article import Image
from crawler.extract.blocks import is_hidden, read_blocks

LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-echo",
    "data-url",
    "data-img",
)
"""Attributes that hold a picture's address until the reader scrolls to it."""
_PLACEHOLDER = re.compile(
    r"^data:|(?:^|/)(?:blank|spacer|pixel|transparent|loading|lazy|noimage|no_image|1x1|dot|clear)"
    r"[\w-]*\.(?:gif|png|svg|jpe?g)",
    re.I,
)
"""What stands in ``src`` until then."""


def base_of(page: Selector, url: str) -> str:
    """Return the address that the page's links start from: ``<base href>``, or its own."""
    base = page.xpath("//base/@href").get("").strip()
    return absolute(url, base) if base else url


def absolute(base: str, link: str) -> str:
    """Return a link as a whole address; one that is broken stays as it stands."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def address_of(node: HtmlElement) -> str | None:
    """Return the address of an ``<img>`` as it stands: lazy ones and ``srcset`` included."""
    source = (node.get("src") or "").strip()
    if source and not _PLACEHOLDER.search(source):
        return source
    for name in LAZY:
        if lazy := (node.get(name) or "").strip():
            return lazy
    for name in ("srcset", "data-srcset"):
        if listed := (node.get(name) or "").strip():
            return listed.split(",")[0].split()[0]
    return None if source.startswith("data:") else source or None


def read_images(
    body: HtmlElement,
    boxes: Collection[HtmlElement] = (),
    captions: Collection[HtmlElement] = (),
) -> list[Image]:
    """Read the pictures of a body as they stand, top to bottom, without those of boxes of links.

    A caption, one of ``captions`` or a ``figcaption``, belongs to the nearest picture above it
    that has none.
    """
    holding = {
        above for caption in captions for above in caption.iterancestors() if above in captions
    }
    around = {
        picture: caption
        for caption in captions
        if caption not in holding
        for picture in [next(caption.iter("img"), None)]
        if picture is not None
    }
    """Boxes of one caption, by their first picture."""
    outer = holding | set(around.values())
    images: list[Image] = []
    alternatives: list[str] = []
    skipped: set[HtmlElement] = set()
    for node in body.iter():
        if not isinstance(node.tag, str):
            continue
        if node.getparent() in skipped and node is not body:
            skipped.add(node)
            continue
        if node in boxes or (node is not body and is_hidden(node)):
            skipped.add(node)
        elif node.tag == "img":
            if source := address_of(node):
                box = around.get(node)
                shown = (
                    " ".join(block.text for block in read_blocks(box, {}))
                    if box is not None
                    else ""
                )
                images.append({"url": source, "caption": shown or None})
                alternatives.append(node.get("alt") or "")
        elif (node in captions and node not in outer) or node.tag == "figcaption":
            caption = " ".join(block.text for block in read_blocks(node, {}))
            if caption and images and images[-1]["caption"] is None:
                images[-1]["caption"] = caption
            elif caption:
                images.append({"url": None, "caption": caption})
                alternatives.append("")
    for image, alternative in zip(images, alternatives, strict=True):
        if image["caption"] is None and is_caption(alternative):
            image["caption"] = " ".join(alternative.split())
    return images


_FILE_NAME = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|heic|tiff?)\b|^\W*$|^https?:", re.I)
_WORDS = 3


def is_caption(alternative: str) -> bool:
    """Return True if an ``alt`` text tells what a picture shows: Korean words, no file's name."""
    words = alternative.split()
    has_korean = any("가" <= letter <= "힣" for letter in alternative)
    return has_korean and len(words) >= _WORDS and _FILE_NAME.search(alternative) is None


def with_addresses(page: Selector, url: str, images: Iterable[Image]) -> list[Image]:
    """Return the pictures with whole addresses."""
    base = base_of(page, url)
    return [
        {"url": absolute(base, image["url"]) if image["url"] else None, "caption": image["caption"]}
        for image in images
    ]
