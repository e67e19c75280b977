"""Table of breaks: the name of each, and what happened at the outlet."""

from __future__ import annotations

from newsstand.breaks import content as printed
from newsstand.breaks.markup import cmses, relaunched, renamed
from newsstand.breaks.model import OUTLET_CMSES, Break
from newsstand.faults import network as mishaps
from newsstand.faults import soft
from newsstand.page_type import Kind

ANY = (*OUTLET_CMSES, "scripted")
LISTS: tuple[Kind, ...] = ("list", "feed", "sitemap", "other")
"""Every page that lists articles; the front page counts as ``other``."""

TABLE = (
    Break(
        name="template",
        why="a relaunch that has reached half of the articles so far",
        answer=relaunched,
        on=("article",),
        share=0.5,
    ),
    Break(
        name="label",
        why="the date's label and element are renamed, in structured data and image names as well",
        answer=renamed("label"),
        on=("article",),
        cmses=cmses("label"),
    ),
    Break(
        name="container",
        why="the element of the body is renamed",
        answer=renamed("container"),
        on=("article",),
        cmses=cmses("container"),
    ),
    Break(
        name="byline",
        why="bylines are gone, from pages and lists",
        answer=renamed("byline"),
        on=("article", "list"),
        cmses=cmses("byline"),
    ),
    Break(
        name="images",
        why="images are loaded by a script, from an attribute other than src",
        answer=renamed("images"),
        on=("article",),
        cmses=cmses("images"),
    ),
    Break(
        name="captions",
        why="captions are ordinary paragraphs, without sign or credit",
        answer=renamed("captions"),
        on=("article",),
        cmses=cmses("captions"),
    ),
    Break(
        name="boilerplate",
        why="the outlet asks for tips and donations below every article, inside its body",
        answer=printed.retell(printed.with_appeal),
        on=("article",),
    ),
    Break(
        name="short",
        why="a page shows only the first paragraph, the rest is for members",
        answer=printed.retell(printed.first_paragraph),
        on=("article",),
    ),
    Break(
        name="empty",
        why="lists and feeds are empty, as if the outlet had never printed anything",
        answer=printed.empty,
        on=LISTS,
    ),
    Break(
        name="silent",
        why="lists and feeds stay as they were: the outlet prints nothing, or hides it",
        answer=printed.silent,
        on=LISTS,
    ),
    Break(
        name="blocked",
        why="a firewall blocks every request",
        answer=soft.firewall(403),
        cmses=ANY,
        mute=True,
    ),
    Break(
        name="login",
        why="all articles are behind a login",
        answer=soft.login_form,
        on=("article",),
        cmses=ANY,
        mute=True,
    ),
    Break(
        name="down",
        why="the web server is up and its backend is down",
        answer=mishaps.down,
        cmses=ANY,
        mute=True,
    ),
    Break(
        name="reset",
        why="connections are reset before any response",
        answer=mishaps.reset,
        cmses=ANY,
        mute=True,
    ),
)

BREAKS = {kind.name: kind for kind in TABLE}
