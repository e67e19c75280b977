"""One body for all outlets: a saved page, and what a person reads on it (the JSON beside it).

A page has the outlet's real markup and invented text. The JSON holds ``url``, ``fetched_at``
and every field that was read by eye; fields that it does not name are not compared.
"""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from parsel import Selector

from crawler.charset import charset_of
from crawler.cms import family_of
from crawler.extract import Place, read_article
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import date_article
from tests.test_laws import OUTLETS, outlet_of

PAGES = Path(__file__).with_name("pages")
SAVED = sorted(PAGES.glob("*/*.html"))


@pytest.mark.parametrize("page", SAVED, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_saved_page_reads_as_a_person_reads_it(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    outlet = outlet_of(page.parent.name)
    body = page.read_bytes()
    source = Selector(text=body.decode(charset_of(body) or "utf-8", "replace"))
    article = read_article(
        source,
        expected.pop("url"),
        outlet.family,
        Place(outlet.name, outlet.paper, outlet.home),
        fetched_at=expected.pop("fetched_at"),
        whole=True,
    )
    clean_article(article, load_rules())
    date_article(article)
    fields = asdict(article)
    assert {name: fields[name] for name in expected} == expected


@pytest.mark.parametrize("page", SAVED, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_saved_page_shows_its_family(page: Path) -> None:
    body = page.read_bytes()
    source = Selector(text=body.decode(charset_of(body) or "utf-8", "replace"))
    assert family_of(source) is outlet_of(page.parent.name).family


def test_no_page_is_of_an_outlet_that_is_not_there() -> None:
    assert {page.parent.name for page in SAVED} == set(OUTLETS)
