"""The table of breaks: what each is called, and what happened at the outlet."""

from __future__ import annotations

from newsstand.breaks import content as printed
from newsstand.breaks.markup import families, relaunched, renamed
from newsstand.breaks.model import PAPERS, Break
from newsstand.faults import network as mishaps
from newsstand.faults import soft
from newsstand.page_type import Kind

ANY = (*PAPERS, "scripted")
LISTS: tuple[Kind, ...] = ("list", "feed", "sitemap", "other")
"""Every page that names articles: the front page is none of the others."""

TABLE = (
    Break(
        name="template",
        why="a relaunch that has come to half of the articles so far",
        answer=relaunched,
        on=("article",),
        share=0.5,
    ),
    Break(
        name="label",
        why="the date's label and element have other names, in structured data and pictures too",
        answer=renamed("label"),
        on=("article",),
        families=families("label"),
    ),
    Break(
        name="container",
        why="the element that holds the body has another name",
        answer=renamed("container"),
        on=("article",),
        families=families("container"),
    ),
    Break(
        name="byline",
        why="who wrote an article stands nowhere any more, neither on its page nor in a list",
        answer=renamed("byline"),
        on=("article", "list"),
        families=families("byline"),
    ),
    Break(
        name="images",
        why="pictures are loaded by a script, from an attribute that is not src",
        answer=renamed("images"),
        on=("article",),
        families=families("images"),
    ),
    Break(
        name="captions",
        why="pictures' captions are paragraphs like all others, without sign or credit",
        answer=renamed("captions"),
        on=("article",),
        families=families("captions"),
    ),
    Break(
        name="boilerplate",
        why="the paper asks for news and money below every article, inside its body",
        answer=printed.told(printed.with_appeal),
        on=("article",),
    ),
    Break(
        name="short",
        why="an article's page has its first paragraph alone, the rest is for members",
        answer=printed.told(printed.first_paragraph),
        on=("article",),
    ),
    Break(
        name="empty",
        why="lists and feeds hold nothing, as if the paper had never printed anything",
        answer=printed.empty,
        on=LISTS,
    ),
    Break(
        name="silent",
        why="lists and feeds stay as they were: the paper prints nothing, or hides it",
        answer=printed.silent,
        on=LISTS,
    ),
    Break(
        name="blocked",
        why="a firewall turns us away, whatever we ask for",
        answer=soft.firewall(403),
        families=ANY,
        mute=True,
    ),
    Break(
        name="login",
        why="all articles are behind a login",
        answer=soft.login_form,
        on=("article",),
        families=ANY,
        mute=True,
    ),
    Break(
        name="down",
        why="the server is up and what stands behind it is not",
        answer=mishaps.down,
        families=ANY,
        mute=True,
    ),
    Break(
        name="reset",
        why="connections are cut before anything is answered",
        answer=mishaps.reset,
        families=ANY,
        mute=True,
    ),
)

BREAKS = {kind.name: kind for kind in TABLE}
