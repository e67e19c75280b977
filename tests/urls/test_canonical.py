"""Canonical URLs: the pairs of tests/data/addresses.jsonl, and properties of all URLs."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crawler.crawl.spider import index_by_host, site_of
from crawler.urls import CMS_URLS, AddressForm, CmsUrls, Site, compare, identify
from crawler.urls.registry import MEANINGLESS, meaningless
from tests.support.hypothesis_profile import PROFILE
from tests.support.outlets import OUTLETS, outlet_of
from tests.support.paths import DATA
from tests.support.replays import PAGE, replay, write
from tests.support.scrapy_process import scrapy

PAIRS = [json.loads(line) for line in (DATA / "addresses.jsonl").read_text("utf-8").splitlines()]
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
    rules = {pair["rule"] for pair in PAIRS}
    assert rules >= CMS_URLS.keys() | {group.name for group in MEANINGLESS} | {"spelling", "host"}


# --- what holds for all -----------------------------------------------------------------

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"])
NAMES = st.text(LETTERS, min_size=1, max_size=8)
NOISE = st.sampled_from(
    [name.replace("*", "x") for group in MEANINGLESS for name in group.parameters]
)
FORMS = [(system, form) for system in CMS_URLS.values() for form in system.forms]


@pytest.mark.parametrize("sites", [(), SITES], ids=["anywhere", "with the outlets"])
def test_the_canonical_address_is_its_own(sites: list[Site]) -> None:
    for url in URLS:
        identity = identify(url, sites)
        again = identify(identity.canonical_url, sites)
        assert again.canonical_url == identity.canonical_url
        assert again.article_id in (identity.article_id, None)  # a short form is no proof


@PROFILE
@given(st.text(LETTERS, max_size=40) | st.text("%0123ABCDEF/.?&=#+ 가é", max_size=40))
def test_any_text_has_one_canonical_address_or_none(text: str) -> None:
    for url in (text, f"http://{text}", f"https://paper.example/{text}"):
        try:
            canonical = identify(url).canonical_url
        except ValueError:
            continue
        assert canonical.isascii()
        assert identify(canonical).canonical_url == canonical


@PROFILE
@given(
    st.sampled_from(URLS),
    st.sampled_from(["http", "https"]),
    st.randoms(),
    st.dictionaries(NOISE, NAMES, max_size=3),
)
def test_scheme_order_tracking_and_sessions_never_matter(
    url: str, scheme: str, random: Any, noise: dict[str, str]
) -> None:
    split = urlsplit(url.strip())
    named: dict[str, list[str]] = {}
    for pair in filter(None, split.query.replace("&amp;", "&").split("&")):
        named.setdefault(pair.partition("=")[0], []).append(pair)
    groups = [*named.values(), *([f"{name}={quote(value)}"] for name, value in noise.items())]
    random.shuffle(groups)
    query = "&".join(pair for group in groups for pair in group)
    port = {"http": "https", "https": "http"}[scheme] if split.port in {80, 443} else ""
    other = split._replace(scheme=scheme, query=query).geturl()
    assert port or identify(other, SITES).canonical_url == identify(url, SITES).canonical_url


@pytest.mark.parametrize(("system", "form"), FORMS, ids=lambda part: getattr(part, "name", "form"))
@settings(PROFILE, max_examples=PROFILE.max_examples // 4)
@given(data=st.data())
def test_two_articles_of_a_system_never_are_one(
    system: CmsUrls, form: AddressForm, data: st.DataObject
) -> None:
    host = system.hosts[0] if system.hosts else "paper.example"

    def draw() -> tuple[Any, str]:
        path = data.draw(from_regex(form.path).filter(lambda path: "/." not in path))
        values = {
            n: data.draw(from_regex(system.parts.get(p, r"\d{1,20}")))
            for n, p in form.query.items()
        }
        more = dict.fromkeys(form.marks[:1], "a")
        query = "&".join(f"{name}={value}" for name, value in (values | more).items())
        url = f"https://{host}{quote(path, safe='/')}?{query}"
        found = identify(url)
        assume(found.rule == system.name)  # «/.» in a slug is no slug
        match = re.fullmatch(form.path, urlsplit(url).path.rstrip("/") or "/", re.ASCII)
        assume(match)
        return (match and match.groupdict(), values), found.canonical_url

    (parts, canonical), (other_parts, other_canonical) = draw(), draw()
    assert (canonical == other_canonical) == (parts == other_parts)


def from_regex(pattern: str) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8", exclude_categories=["Cc"])
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=letters)


@PROFILE
@given(NAMES, NAMES, NAMES, st.sampled_from(["/view", "/", "/news/read.php", "/board/7"]))
def test_on_an_unknown_host_any_parameter_may_be_the_identity(
    name: str, one: str, two: str, path: str
) -> None:
    assume(not meaningless(name))
    assume(unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", two))
    first, second = (
        f"https://paper.example{path}?{quote(name, safe='')}={quote(value, safe='')}"
        for value in (one, two)
    )
    assert not compare(first, second).same


def test_a_paper_has_its_other_hosts_from_its_data() -> None:
    home = Site("https://www.paper.example", CMS_URLS["gnuboard"], ("news.paper.example",))
    one, two = "https://paper.example/news/1", "http://news.paper.example/news/1?page=2"
    assert compare(one, two, [home]).same
    assert not compare(one, two).same
    assert not compare(one, "https://pdf.paper.example/news/1", [home]).same
    assert not compare(one, "https://paper.example:8080/news/1", [home]).same


def test_an_outlet_is_found_at_each_of_its_hosts() -> None:
    class Elsewhere(outlet_of("papns")):  # type: ignore[misc]
        aliases = ("papns.example", "m.papns.kr")

    assert set(index_by_host([Elsewhere])) == {"papns.kr", "papns.example"}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("papns.kr/1", "it must begin with http:// or https://"),
        ("ftp://papns.kr/1", "it must begin with http:// or https://"),
        ("", "it must begin with http:// or https://"),
        ("http:///1", "it names no host"),
        ("http://:80/1", "it names no host"),
        ("http://papns.kr:99999/", "Port out of range"),
        ("http://papns.kr:x/", "Port could not be cast"),
        ("http://[::1", "Invalid IPv6 URL"),
        ("http://pap ns.kr/", "its host name is malformed"),
        ("http://papns..kr/", "its host name is malformed"),
        ("http://papns.kr/a\nb", "'http://papns.kr/a\\nb' holds a control character"),
        ("http://papns.kr/\x00", "holds a control character"),
        ("http://papns.kr/\ud800", "holds half a character"),
    ],
)
def test_what_is_no_address_is_told_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as error:
        identify(url)
    assert "\n" not in str(error.value)


def test_copies_of_an_unknown_paper_are_one_article_in_the_store(tmp_path: Path) -> None:
    """86 of 94 exact copies in a real collection came from lists and visits in the address."""
    address = "http://m.paper.example/news/articleView.html?idxno=7"
    urls = [address, f"{address}&page=3&sc_word=%C3%E0%C1%A6", f"{address[:-1]}8", address + "#rs"]
    store = ("-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db")
    pages = write(tmp_path / "p.jsonl", *(PAGE | {"url": url} for url in urls))
    _, articles = replay(tmp_path, pages, *store)
    assert [(a["canonical_url"], a["article_id"]) for a in articles] == [
        ("https://paper.example/news/articleView.html?idxno=7", "7"),
        ("https://paper.example/news/articleView.html?idxno=8", "8"),
    ]
    run = scrapy("explain", "https://www.paper.example/news/articleViewAmp.html?idxno=8", *store)
    assert run.returncode == 0, run.stderr
    run = scrapy("explain", "http://paper.example:x/", *store)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("scrapy: 'http://paper.example:x/' is not the URL of a web page")


# --- scrapy whysame ---------------------------------------------------------------------


def test_the_command_says_same_or_not_and_why() -> None:
    run = scrapy(
        "whysame",
        "http://papns.kr/bbs/board.php?bo_table=news&page=3&wr_id=8",
        "https://m.papns.kr/news/8",
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert [line.split() for line in run.stdout.splitlines() if "reason" not in line] == [
        ["same"],
        ["rule", "gnuboard"],
        ["first", "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8", "(news/8)"],
        ["second", "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=8", "(news/8)"],
        [],
    ]
    run = scrapy("whysame", "--json", "http://x.example/?page=a", "http://x.example/?page=b")
    assert (run.returncode, run.stderr) == (0, "")
    answer = json.loads(run.stdout)
    assert (answer["same"], answer["rule"]) == (False, "as-written")
    assert answer["reason"] == "page may distinguish the pages"
    assert answer["first"] == {
        "url": "http://x.example/?page=a",
        "canonical_url": "https://x.example/?page=a",
        "article_id": None,
        "rule": "as-written",
    }


def test_a_list_of_pairs_is_answered_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    lines = (
        "\ufeffhttp://a.example/1\thttps://a.example/1/\n\nhttp://a.example/1 http://a.example/2\n"
    )
    file.write_text(lines, encoding="utf-8")
    run = scrapy("whysame", "--json", "--file", str(file))
    assert (run.returncode, run.stderr) == (0, "")
    assert [json.loads(line)["same"] for line in run.stdout.splitlines()] == [True, False]
    with file.open("ab") as more:
        more.write(b"http://a.example/1\nx y\n\xff \xfe\n")
    run = scrapy("whysame", "--file", str(file))
    assert run.returncode == 3
    assert run.stdout.count("rule") == 2
    assert run.stderr.splitlines() == [
        f"scrapy: {file}, line 4: the line must have two URLs, not 1",
        f"scrapy: {file}, line 5: 'x' is not the URL of a web page: it must begin with http:// or https://",
        f"scrapy: {file}, line 6: the line must be UTF-8",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "whysame takes two URLs, or --file, and not both"),
        (("http://x.example",), "whysame takes two URLs, or --file, and not both"),
        (
            ("http://x.example", "x", "--file", "y"),
            "whysame takes two URLs, or --file, and not both",
        ),
        (("--bogus", "x"), "unknown option --bogus; see -h"),
        (
            ("http://x.example", "http://x.example:x"),
            "'http://x.example:x' is not the URL of a web page: Port could not be cast to integer value as 'x'",
        ),
        (("--file", "/nope"), "the file /nope cannot be read: No such file or directory"),
        (("--file", "/"), "the file / cannot be read: Is a directory"),
        (("--file", "/dev/null"), "/dev/null is empty"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    run = scrapy("whysame", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"scrapy: {sentence}\n"
