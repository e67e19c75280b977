"""Reads a copyright line: the holder of the rights, and whether AI training is forbidden."""

from __future__ import annotations

import re

from crawler.article import Rights

_HOLDER = re.compile(
    r"[ⓒ©Ⓒ@]\s?(?:[\d.]+\s)?(?P<holder>.+?)"
    r"(?=\.?\s*(?:Corp|All rights|무단|재배포|[>\])〉]?$))",
    re.IGNORECASE,
)
_AI = re.compile(r"AI\s?(?:학습|훈련|데이터)")


def read_rights(notice: str) -> Rights:
    """Return the notice as displayed, its holder or None, and False if it forbids AI training."""
    holder = _HOLDER.search(notice)
    return Rights(
        notice=notice,
        holder=holder["holder"].strip(" .") if holder else None,
        ai_training=False if _AI.search(notice) else None,
    )
