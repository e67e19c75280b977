"""The headline: without the paper's name, and where only a masthead or a picture shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.clean.layout import MIN_HEADLINE_OVERLAP, headline_overlap, pairs

_PAPER = r"[가-힣A-Za-z0-9·]{1,14}(?:뉴스|신문|일보|타임[즈스]|저널|투데이|방송|통신|매일|티비)"
_BEHIND = r"\s*[-–|:ㅣ]\s*(?:{paper})\s*[-–]?\s*$"
_BEFORE = r"^\s*(?:{paper})\s*[-–|:ㅣ]\s+"
_SIGNATURE = re.compile(r"\s[가-힣]{2,4}\s?기자\s\S+@\S*\s?\|?$")
_FILE = re.compile(r"^\[크기변환\]\s?\d{0,3}\s?(?P<headline>.+)\.\w{3,4}$")
_CREDIT = re.compile(r"^[▲△▶]?\s*(?P<headline>.+?)\s*(?:[\[(<]사진.+[\])>]|모습\.\s?.{1,20}제공)$")


def without_outlet_name(headline: str, paper: str | None) -> str:
    """The headline alone: «[하남시] … ‘총력 -경기티비종합뉴스-» → «[하남시] … ‘총력».

    ``paper`` is the outlet's own name; a word that ends as papers' names do is taken for one.
    """
    papers = [re.escape(paper)] if paper else []
    names = "|".join([*papers, _PAPER])
    bare = re.sub(_BEHIND.format(paper=names), "", headline)
    bare = re.sub(_BEFORE.format(paper=names), "", bare)
    return bare.strip() or headline


def masthead(lines: Iterable[str]) -> str | None:
    """The headline of a line that holds headline, 부제, name and mail; a dash ends it."""
    for line in lines:
        return _SIGNATURE.sub("", line).split(" - ")[0].strip() or None
    return None


def headline_of_pictures(captions: Sequence[str], body: str) -> str | None:
    """The headline that a picture was named after, on a page that shows it nowhere else.

    Editors call a press release's picture by the headline («[크기변환]02 하남시, ….jpg») or
    put the headline below it with a credit. It must be in the article's own words.
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
