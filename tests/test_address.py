"""What an address identifies: the pairs of tests/data/addresses.jsonl, and what holds for all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.address import SYSTEMS, AddressForm, Site, System, compare, identify
from crawler.address.tables import NEVER, never
from crawler.outlet import by_host, site_of
from tests.test_crawl import scrapy
from tests.test_laws import OUTLETS, outlet_of

PAIRS = [
    json.loads(line)
    for line in Path(__file__)
    .with_name("data")
    .joinpath("addresses.jsonl")
    .read_text("utf-8")
    .splitlines()
]
SITES = [site_of(outlet_of(name)) for name in OUTLETS]
URLS = sorted({pair[side] for pair in PAIRS for side in ("first", "second")})


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["case"])
def test_a_pair_is_the_same_or_not_by_the_rule_that_says_so(pair: dict[str, Any]) -> None:
    for one, other in (("first", "second"), ("second", "first")):
        answer = compare(pair[one], pair[other], SITES)
        assert (answer.same, answer.rule) == (pair["same"], pair["rule"]), answer


def test_the_pairs_speak_of_every_system_and_every_meaningless_parameter() -> None:
    assert len(PAIRS) >= 200
    assert 0.4 < sum(pair["same"] for pair in PAIRS) / len(PAIRS) < 0.6
    told = {pair["rule"] for pair in PAIRS}
    assert told >= SYSTEMS.keys() | {group.name for group in NEVER} | {"spelling", "host"}
