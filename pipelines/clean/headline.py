"""Headline: removal of the outlet's name, and headlines found only in a masthead or an image."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.clean.layout import MIN_HEADLINE_OVERLAP, headline_overlap, pairs

_OUTLET_NAME = (
    r"[가-힣A-Za-z0-9·]{1,14}(?:뉴스|신문|일보|타임[즈스]|저널|투데이|방송|통신|매일|티비)"
)
_BEHIND = r"\s*[-–|:ㅣ]\s*(?:{outlet})\s*[-–]?\s*$"
_BEFORE = r"^\s*(?:{outlet})\s*[-–|:ㅣ]\s+"
_SIGNATURE = re.compile(r"\s[가-힣]{2,4}\s?기자\s\S+@\S*\s?\|?$")
_FILE = re.compile(r"^\[크기변환\]\s?\d{0,3}\s?(?P<headline>.+)\.\w{3,4}$")
_CREDIT = re.compile(r"^[▲△▶]?\s*(?P<headline>.+?)\s*(?:[\[(<]사진.+[\])>]|모습\.\s?.{1,20}제공)$")


def without_outlet_name(headline: str, outlet_name: str | None) -> str:
    """Return the headline alone: «[하남시] … ‘총력 -경기티비종합뉴스-» → «[하남시] … ‘총력».

    ``outlet_name`` is the outlet's own name; words that end like names of outlets are removed as
    well.
    """
    own = [re.escape(outlet_name)] if outlet_name else []
    names = "|".join([*own, _OUTLET_NAME])
    bare = re.sub(_BEHIND.format(outlet=names), "", headline)
    bare = re.sub(_BEFORE.format(outlet=names), "", bare)
    return bare.strip() or headline


def masthead(lines: Iterable[str]) -> str | None:
    """Return the headline of a line with headline, 부제, name and mail address; a dash ends it."""
    for line in lines:
        return _SIGNATURE.sub("", line).split(" - ")[0].strip() or None
    return None


def headline_of_pictures(captions: Sequence[str], body: str) -> str | None:
    """Return the headline that an image was named after, if the page shows it nowhere else.

    Editors name a press release's image by the headline («[크기변환]02 하남시, ….jpg») or put the
    headline below it with a credit. The headline must share words with the article.
    """
    known = pairs(body)
    for caption in captions:
        match = _FILE.match(caption) or _CREDIT.match(caption)
        headline = match["headline"] if match else ""
        if (
            " " in headline
            and headline[-1] != "."
            and headline_overlap(headline, known) >= MIN_HEADLINE_OVERLAP
        ):
            return headline
    return None
