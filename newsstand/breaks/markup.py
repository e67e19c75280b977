"""Breaks of markup: elements renamed by markup.toml, or another template altogether."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from newsstand.breaks.model import Case, cms_of
from newsstand.page_type import article_of
from newsstand.sites import Reply, numbered, render

MARKUP: dict[str, dict[str, list[list[str]]]] = tomllib.loads(
    (Path(__file__).parent / "markup.toml").read_text("utf-8")
)
CHARSETS = {"breaknews": "cp949"}
"""CMSs that do not use UTF-8."""


def cmses(kind: str) -> tuple[str, ...]:
    """Return the CMSs that have something to rename."""
    return tuple(MARKUP[kind])


def renamed(kind: str) -> Callable[[Case], Reply]:
    """Return a break that renames elements; bytes that are not text stay as they are."""

    def answer(case: Case) -> Reply:
        reply, cms = case.own(), cms_of(case.site)
        charset = CHARSETS.get(cms, "utf-8")
        page = reply.body.decode(charset, "surrogateescape")
        for find, put in MARKUP[kind][cms]:
            page = re.sub(find, put, page)
        return replace(reply, body=page.encode(charset, "surrogateescape"))

    return answer


def relaunched(case: Case) -> Reply:
    """Show the article in a template of an unknown CMS."""
    reply, post = case.own(), numbered(case.site.posts, article_of(case.request))
    if reply.status != 200 or reply.fault or post is None or not post.readable:
        return reply
    charset = CHARSETS.get(cms_of(case.site), "utf-8")
    page = render("relaunch.html", site=case.site, post=post, charset=charset)
    return replace(reply, body=page.encode(charset, "xmlcharrefreplace"))
