"""A headline without the name of the paper that some outlets write into it."""

from __future__ import annotations

import re

_PAPER = r"[가-힣A-Za-z0-9·]{1,14}(?:뉴스|신문|일보|타임[즈스]|저널|투데이|방송|통신|매일|티비)"
_BEHIND = r"\s*[-–|:ㅣ]\s*(?:{paper})\s*[-–]?\s*$"
_BEFORE = r"^\s*(?:{paper})\s*[-–|:ㅣ]\s+"


def without_paper(headline: str, paper: str | None) -> str:
    """The headline alone: «[하남시] … ‘총력 -경기티비종합뉴스-» → «[하남시] … ‘총력».

    ``paper`` is the outlet's own name; a word that ends as papers' names do is taken for one.
    """
    papers = [re.escape(paper)] if paper else []
    names = "|".join([*papers, _PAPER])
    bare = re.sub(_BEHIND.format(paper=names), "", headline)
    bare = re.sub(_BEFORE.format(paper=names), "", bare)
    return bare.strip() or headline
